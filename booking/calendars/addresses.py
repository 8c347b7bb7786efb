"""Addresses of our own pages as they stand in mail, calendars and on the sync page."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from identity.models import Municipality


def site(municipality: Municipality) -> str:
    """`https://<host>`; in a trial `http://<host>:<port>`."""
    host = municipality.hosts[0]
    return f"http://{host}:{settings.PORT}" if settings.TRIAL else f"https://{host}"


def page(municipality: Municipality, name: str) -> str:
    """The whole address of the page with this URL name, for somebody who reads it outside the browser."""
    return site(municipality) + reverse(name)


def meeting(municipality: Municipality, booking: UUID, *, officer: bool = False) -> str:
    """Where the meeting of a booking is held; it has the booking's own id, which opens nothing without sign-in."""
    name = "meetings:officer" if officer else "meetings:meeting"
    return site(municipality) + reverse(name, args=[booking])


def feed(municipality: Municipality, secret: str) -> str:
    """The secret address of a feed."""
    return site(municipality) + reverse("booking:feed", args=[secret])


def as_webcal(address: str) -> str:
    """The same address with the scheme that makes a calendar program ask to subscribe."""
    return "webcal://" + address.partition("://")[2]
