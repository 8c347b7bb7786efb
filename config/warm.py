"""What the first request of a process would otherwise wait for: modules, addresses, the red days.

Nothing here asks the database, so that a process starts whether or not that answers.
"""

from __future__ import annotations

from datetime import timedelta

from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from django.utils import timezone

from booking import red_days


def up() -> None:
    """Read every table of addresses, and with them all views; work out the red days of the year to come."""
    _read(get_resolver())
    today = timezone.localdate()
    red_days.calendar(today, today + timedelta(days=366))


def _read(resolver: URLResolver) -> None:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            _read(pattern)
