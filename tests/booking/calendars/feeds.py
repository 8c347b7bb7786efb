"""Asking for a feed as a calendar program does."""

from __future__ import annotations

from typing import Any

from django.test import Client
from icalendar import Calendar as Parsed

from booking.models import Calendar
from identity import scope
from tests.town import Town


def uuid_of(town: Town, key: str) -> Any:  # noqa: ANN401 - a UUID
    """The public id of somebody's calendar."""
    with scope.transaction(town.municipality.id):
        return Calendar.objects.get(id=town.calendars[key]).uuid


def path_of(whole: str) -> str:
    """An address without scheme and host."""
    return "/" + whole.split("/", 3)[3]


def get(path: str, **headers: str) -> Any:  # noqa: ANN401 - the test client's own response
    """Ask as a calendar program does: no cookie, no Accept header."""
    return Client(headers=headers).get(path, SERVER_NAME="localhost", secure=True)


def calendar_of(response: Any) -> Any:  # noqa: ANN401 - as above, and icalendar's untyped values
    """The calendar of an answer."""
    return Parsed.from_ical(response.content)


def events_of(response: Any) -> list[Any]:  # noqa: ANN401 - as above
    """The entries of an answer."""
    return list(calendar_of(response).walk("VEVENT"))
