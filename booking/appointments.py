"""Somebody's held and booked times, read as facts for the presenters. Called inside an open scope; reads are logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from booking import access, own_facts
from booking.models import Booking, Occupancy, WishOffer
from booking.presenters.appointments import UPCOMING, Appointment
from booking.states import State
from booking.timeline import floor_tick
from identity import access_log
from identity.actors import Actor
from identity.models import Person
from identity.policies import fields_for

_TO_COME = tuple(UPCOMING)
_WITH = ("calendar__person", "meeting_type__service__unit")


def of(booking: Booking, actor: Actor) -> Appointment:
    """The facts of one booking as its resident reads them. A protected person is never told of a message."""
    kind, officer = booking.meeting_type, booking.calendar.person
    return Appointment(
        id=booking.id,
        state=booking.state,
        form=booking.form,
        start=booking.starts_at,
        end=booking.ends_at,
        type_name=kind.name,
        kod=kind.code,
        place=kind.service.unit.visit_place,
        officer=officer.name if officer else "",
        sequence=booking.sequence,
        move_limit=timedelta(minutes=kind.move_limit_minutes),
        bring=tuple(kind.bring),
        told_at=booking.contact_to if booking.contact_way == "email" and not actor.protected else "",
        meeting=getattr(booking, "meeting_key", None),
        calendar=booking.calendar.uuid,
    )


def one(actor: Actor, booking: UUID) -> Appointment:
    """One time of the actor's as its resident: also its officer gets `NotAllowed`, as a stranger does.

    Who acts for the resident sees that somebody comes along, and not who.
    """
    found = access.fetch(actor, "booking.answer", booking)
    access_log.record(actor=actor, action="booking.see", kind="booking", objects=[found.id])
    if found.state == State.HELD:
        return of(found, actor)
    time = _with_needs([_as_allowed(found, actor)])[0]
    if found.resident_id == actor.person_id:
        return time
    return replace(time, companions=tuple(replace(who, name="") for who in time.companions))


def own(actor: Actor) -> list[Appointment]:
    """Every time that the actor has or had as a resident."""
    rows = Booking.objects.visible_to(actor).filter(resident_id=actor.person_id).exclude(state=State.HELD)
    # The floor above hangs a meeting on every booking; its key is all that a link needs.
    found = list(rows.select_related(*_WITH).annotate(meeting_key=F("meeting__id")))
    access_log.record(actor=actor, action="booking.list", kind="booking", objects=[row.id for row in found])
    return _with_needs([of(row, actor) for row in found])


def for_others(actor: Actor) -> list[Appointment]:
    """Coming times of those whom the actor represents: who only books for them sees when and how, never what."""
    found = list(Booking.objects.represented_by(actor).select_related(*_WITH))
    access_log.record(actor=actor, action="booking.list", kind="booking", objects=[row.id for row in found])
    return [_as_allowed(row, actor) for row in found]


def some_are_hidden(actor: Actor, *, now: datetime) -> bool:
    """True when the actor has coming times that this sign-in is not sure enough for. In an open scope."""
    if actor.only_booking is not None:
        return False
    mine = Booking.objects.filter(resident_id=actor.person_id, to_tick__gt=floor_tick(now), state__in=_TO_COME)
    return mine.exclude(id__in=Booking.objects.visible_to(actor).values("id")).exists()


def _with_needs(times: list[Appointment]) -> list[Appointment]:
    """The same times with what they need and who comes along; not for who may know but when and how."""
    known = [time.id for time in times if time.type_name]
    needs, companions = own_facts.needs_of(known), own_facts.companions_of(known)
    return [replace(time, needs=needs.get(time.id, ()), companions=companions.get(time.id, ())) for time in times]


def _as_allowed(row: Booking, actor: Actor) -> Appointment:
    time = of(row, actor)
    if "*" in fields_for(actor, "booking.see", access.facts_of(row)):
        return time
    return replace(time, type_name="", officer="", bring=(), told_at="", meeting=None)


def held(actor: Actor, *, now: datetime) -> list[Appointment]:
    """Every time that the actor holds at `now`, in whichever browser, by start; but what the waiting list offers."""
    rows = Booking.objects.visible_to(actor).filter(resident_id=actor.person_id, state=State.HELD)
    rows = rows.exclude(id__in=WishOffer.objects.filter(outcome="", booking__isnull=False).values("booking"))
    alive = rows.filter(occupancies__live=True, occupancies__state="hold", occupancies__expires_at__gt=now)
    found = list(alive.select_related(*_WITH).order_by("from_tick"))
    access_log.record(actor=actor, action="booking.list", kind="booking", objects=[row.id for row in found])
    return [of(row, actor) for row in found]


def held_until(booking: UUID, *, now: datetime) -> datetime | None:
    """When the hold of a booking ends; None when it has ended or the time is booked."""
    holds = Occupancy.objects.filter(booking_id=booking, live=True, state="hold", expires_at__gt=now)
    ends: datetime | None = holds.values_list("expires_at", flat=True).first()
    return ends


def email_of(actor: Actor) -> str:
    """The address that the person is known by, offered as a first value."""
    known = Person.objects.filter(id=actor.person_id).first() if actor.person_id else None
    return known.email if known else ""
