"""Bookings, for those who open what is closed: how one is found, and which are coming for a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from booking import access, wording
from booking.models import Booking
from booking.sheltering import TO_COME
from booking.states import State
from booking.timeline import floor_tick
from identity import access_log, policies
from identity.actors import Actor
from identity.alert_presenters import NO_LINK, register_link
from identity.openings import Link, Openable, register_object
from identity.policies import Facts


def register() -> None:
    """Make bookings something that can be opened, and say where alerts lead; called once when the package starts."""
    register_object("booking", Openable(_facts, _coming, _address, _units, _open_to))
    register_link("booking_protected", lambda about: (_address(about), gettext("Se bokningen")) if about else NO_LINK)
    register_link("feed_closed", lambda about: (reverse("booking:calendar"), gettext("Kalender")))
    register_link("meetings_left", lambda about: (reverse("booking:left"), gettext("Se mötena")))
    register_link("reader_named", lambda about: (reverse("booking:protected"), gettext("Skyddade bokningar")))


def _facts(booking: UUID) -> Facts | None:
    found = Booking.objects.select_related("calendar", "meeting_type", "resident").filter(id=booking).first()
    if found is None:
        access.ask_for_none(booking)
        return None
    return access.facts_of(found)


def _coming(person: UUID, now: datetime) -> Iterable[UUID]:
    """The person's meetings that are not over. Needs an open scope."""
    rows = Booking.objects.filter(resident_id=person, to_tick__gt=floor_tick(now), state__in=TO_COME)
    return rows.order_by("from_tick").values_list("id", flat=True)


def _units(person: UUID) -> Iterable[UUID]:
    """The units with a time of the person's, coming or kept. Needs an open scope."""
    rows = Booking.objects.filter(resident_id=person).exclude(state__in=(State.HELD, State.PURGED))
    return rows.order_by().values_list("calendar__unit", flat=True).distinct()


def _open_to(actor: Actor, person: UUID, now: datetime) -> Iterable[Link]:
    """Those that the actor reads, or opens with a reason. The list is an entry of the log."""
    rows = Booking.objects.select_related("calendar", "meeting_type", "resident").filter(id__in=_coming(person, now))
    mine = [row for row in rows.order_by("from_tick") if _leads_in(actor, access.facts_of(row))]
    access_log.record(actor=actor, action="booking.list", kind="booking", objects=[row.id for row in mine])
    return [Link(wording.capital(wording.day_and_span(row.starts_at, row.ends_at)), _address(row.id)) for row in mine]


def _leads_in(actor: Actor, facts: Facts) -> bool:
    return any(policies.may(actor, action, facts) for action in ("booking.prepare", "booking.open_protected"))


def _address(booking: UUID) -> str:
    """Where the officer who opened it, reads it."""
    return reverse("booking:officer_booking", args=[booking])
