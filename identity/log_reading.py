"""Reading the access log, as the role that may do nothing else: for the log review and a person's extract.

Each function opens a transaction of its own on the connection of `motas_log_reader`; it may be called inside a scope of
the same municipality, or outside one. That somebody reads the log is an entry too: the caller records it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from identity import scope
from identity.models import AccessEntry

ALIAS = "log_reader"
_PAGE = 2000  # entries that are held in memory at a time


def entries_about(objects: Collection[UUID], *, municipality: int, since: datetime | None = None) -> list[AccessEntry]:
    """Every entry in which one of these was seen or touched, oldest first; `since`: from then on, inclusive."""
    if not objects:
        return []
    with scope.transaction(municipality, using=ALIAS):
        found = _entries().filter(objects_seen__overlap=list(objects))
        return list(found.filter(at__gte=since) if since else found)


def entries_of_month(first: datetime, last: datetime, *, municipality: int) -> Iterator[AccessEntry]:
    """The entries of `first` <= at < `last`, oldest first, a page at a time: no transaction is open in between."""
    page = _page(Q(at__gte=first), last, municipality)
    while page:
        yield from page
        end = page[-1]
        page = _page(Q(at=end.at, id__gt=end.id) | Q(at__gt=end.at), last, municipality)


def entries_by_id(ids: Collection[UUID], *, municipality: int) -> dict[UUID, AccessEntry]:
    """These entries, by their ids; what was purged is not there."""
    with scope.transaction(municipality, using=ALIAS):
        return {entry.id: entry for entry in _entries().filter(id__in=list(ids))}


def _page(after: Q, last: datetime, municipality: int) -> list[AccessEntry]:
    with scope.transaction(municipality, using=ALIAS):
        return list(_entries().filter(after, at__lt=last)[:_PAGE])


def _entries() -> QuerySet[AccessEntry]:
    return AccessEntry.objects.using(ALIAS).order_by("at", "id")
