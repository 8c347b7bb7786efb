"""Bookings as the access rules see them, and the only ways to fetch one."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.utils import timezone

from booking import left_behind
from booking.deciding import Overtaken
from booking.models import AskedHow, Booking, Party
from booking.sheltering import TO_COME
from booking.states import Role, State
from booking.timeline import floor_tick
from identity import openings, policies, protection, representing, scope
from identity.access_log import Tried
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.policies import Facts


def facts_of(booking: Booking) -> Facts:
    """What the rules may look at. Reads the booking's calendar, type, resident and parties, and who may act or read."""
    return _facts(booking, booking.id, of_staff=True)


def ask_for_none(sought: UUID) -> None:
    """The statements of `facts_of` for nothing: what is not there costs what a stranger's does."""
    _facts(None, sought, of_staff=True)


def _facts(found: Booking | None, sought: UUID, *, of_staff: bool) -> Facts:
    """The facts of a booking; of one that is not there by the same statements, which tell a stranger nothing.

    `of_staff`: named readers, who has left, and what stands open are the staff's only: not looked up for others.
    """
    resident = (found.resident_id if found else None) or sought
    opened, broken = openings.standing_open(sought, timezone.now()) if of_staff else (frozenset(), frozenset())
    around = Facts(
        municipality_id=scope.current(),
        parties=tuple(Party.objects.filter(booking=sought).values_list("person", "role")),
        represented_by=representing.opened_to(resident),
        named=protection.readers_of(resident) if of_staff else frozenset(),
        opened_by=opened,
        broken_by=broken,
        left=of_staff and left_behind.is_left(found, sought, timezone.now()),
        object=sought,
    )
    if found is None:
        return around
    return replace(
        around,
        unit=found.calendar.unit_id,
        officer=found.calendar.person_id,
        resident=found.resident_id,
        person=found.resident_id,
        protected=found.resident is not None and found.resident.protected,
        level_needed=found.meeting_type.level,
        vouched_enough=found.meeting_type.vouched_enough,
        booker=_booker(found),
        over=is_over(found),
        by_system=found.asked_how == AskedHow.SYSTEM,
    )


def is_over(found: Booking) -> bool:
    """Whether nobody is to meet by it any more: held, missed, cancelled, or past."""
    return found.state not in TO_COME or found.to_tick <= floor_tick(timezone.now())


_CHANGING = (
    "calendar_id", "form", "state", "sequence", "extensions", "from_tick", "to_tick", "local_start", "contact_way",
    "contact_to", "series_id",
)  # fmt: skip


_WITH = ("calendar", "meeting_type", "meeting_type__service", "resident", "municipality")


def fetch(actor: Actor, action: str, booking: UUID) -> Booking:
    """A booking that the actor may act on. Raises `NotAllowed`: missing, foreign and forbidden are one answer.

    It stands before every lock, so that a stranger neither waits nor makes anybody wait.
    """
    return fetch_with(actor, action, booking)[0]


def fetch_with(actor: Actor, action: str, booking: UUID) -> tuple[Booking, Facts]:
    """As `fetch`, with what the rules looked at, for who must know more of it."""
    found, facts = look(actor, booking)
    if found is None or not policies.may(actor, action, facts):
        raise NotAllowed(action, Tried(actor, action, "booking", booking))
    return found, facts


def of_key(booking: UUID) -> Booking:
    """What came of a caller's own idempotency key, whatever they may do with it by now."""
    return Booking.objects.select_related(*_WITH).get(id=booking)


def look(actor: Actor, booking: UUID) -> tuple[Booking | None, Facts]:
    """A booking and what the rules look at, for who must ask them more than one thing. Shows nobody anything yet."""
    rows = Booking.objects.select_related(*_WITH)
    found: Booking | None = rows.filter(id=booking).first()
    return found, _facts(found, booking, of_staff=actor.is_staff)


def reread(booking: Booking) -> None:
    """Read again, under the calendars' locks, what may have changed since; the row is held until the end.

    Raises `Overtaken` when it stands on another calendar by now: then the locks are not the right ones.
    """
    rows = Booking.objects.select_for_update(no_key=True).filter(id=booking.id).values_list(*_CHANGING)
    now = dict(zip(_CHANGING, rows.get(), strict=True))
    if now["calendar_id"] != booking.calendar_id:
        raise Overtaken
    for name, value in now.items():
        setattr(booking, name, value)


def role_in(actor: Actor, booking: Booking, facts: Facts | None = None, *, as_staff: bool = True) -> Role:
    """As whom the actor asks about this booking: officer, in the resident's stead, or as another listed party.

    Who of the staff holds it for the resident, or coordinates the unit, asks as its officer does. `as_staff`: another
    system asks as the staff would; else as the resident.
    """
    if actor.system:
        return Role.SYSTEM
    if actor.token is not None:
        return Role.OFFICER if as_staff else Role.RESIDENT
    if actor.person_id == booking.calendar.person_id:
        return Role.OFFICER
    if actor.person_id == booking.resident_id:
        return Role.RESIDENT
    known = facts.represented_by if facts is not None else representing.opened_to(booking.resident_id)
    if actor.person_id is not None and "book" in dict(known).get(actor.person_id, ()):
        return Role.RESIDENT
    return Role.OFFICER if _of_staff(actor, booking) else Role.PARTY


def _of_staff(actor: Actor, booking: Booking) -> bool:
    if _booker(booking) == actor.person_id and actor.is_staff:
        return True
    return booking.calendar.unit_id in actor.units("coordinator") | actor.units("unit_manager")


def _booker(booking: Booking) -> UUID | None:
    """Who of the staff holds it for the resident; nobody once it is booked."""
    return booking.booked_by_id if booking.asked_how and booking.state == State.HELD else None
