"""What an officer reads of one booking, to prepare by and to compare with; of a protected one only after a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from booking import access
from booking.errors import NotOffered
from booking.models import Booking, BookingChange, Calendar, Need, OwnOfficer, Party, PartyRole, StepShown
from booking.services.needs import SPOKEN, ours_free
from booking.sheltering import TO_COME
from booking.states import State
from booking.timeline import floor_tick
from identity import access_log, numbers, openings, policies, scope
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Representation, people

KIND = "booking"
_ACTIONS = (
    "booking.move",
    "booking.hand_over",
    "booking.order",
    "booking.need",
    "booking.see_number",
    "booking.own_officer",
)
_NOWHERE = (State.HELD, State.PURGED)
_WITH = ("calendar__person__staff_account", "calendar__unit", "meeting_type__service", "resident__staff_account")


@dataclass(frozen=True)
class SeenBooking:
    """One booking with everybody in it and all that happened to it.

    `proven`: representatives who have shown it; `leads`: the reader holds it and vouches for its resident;
    `cancels`: the reader may cancel it; `left`: in the stead of who has left; `broken_until`: it stands open for the
    reader by a second person's yes until then; `read`: the information was read, or read aloud; `may`: the page's
    actions that are the reader's; `own`: whose calendar is the resident's own in the unit; `ours`: a need, and an
    interpreter of our own who is free for it.
    """

    booking: Booking
    parties: tuple[Party, ...]
    changes: tuple[BookingChange, ...]
    proven: frozenset[UUID]
    meeting: UUID | None
    leads: bool = False
    cancels: bool = False
    may: frozenset[str] = frozenset()
    left: bool = False
    broken_until: datetime | None = None
    needs: tuple[Need, ...] = ()
    read: bool = False
    own: Calendar | None = None
    ours: tuple[tuple[UUID, Calendar], ...] = ()


def see(actor: Actor, booking: UUID, *, now: datetime) -> SeenBooking | None:
    """The booking; None when it is closed until the actor gives a reason. Needs an open scope; the read is one entry.

    Raises `NotAllowed` to everybody else, as for a booking that is not there.
    """
    found, facts = access.look(actor, booking)
    if found is None or found.state in _NOWHERE or not actor.is_staff:
        raise _refused(actor, "booking.prepare", booking)
    if not policies.may(actor, "booking.prepare", facts):
        if facts.protected and policies.may(actor, "booking.open_protected", facts):
            return None
        raise _refused(actor, "booking.prepare", booking)
    openings.note_use(actor=actor, object=booking, now=now)
    leads, cancels = (policies.may(actor, action, facts) for action in ("booking.vouch", "booking.cancel"))
    broken = None if leads else openings.broken_until(actor, booking, now)
    left = facts.left and cancels and not leads
    may = frozenset(action for action in _ACTIONS if policies.may(actor, action, facts))
    seen = replace(_read(booking), leads=leads, cancels=cancels, may=may, left=left, broken_until=broken)
    if "booking.order" in may:
        seen = replace(seen, ours=tuple(_ours(seen, now)))
    objects = [booking, *(party.person_id for party in seen.parties)]
    access_log.record(actor=actor, action="booking.prepare", kind=KIND, objects=objects, unit=facts.unit)
    return seen


def open_booking(*, actor: Actor, booking: UUID, reason: str) -> None:
    """Open a protected person's booking for half an hour. Raises `NotAllowed`, `SignInNeeded` after 15 minutes."""
    with acting(actor.municipality_id):
        found, facts = access.look(actor, booking)
        closed = found is not None and found.state not in _NOWHERE and facts.protected
        if not closed or not policies.may(actor, "booking.open_protected", facts):
            raise _refused(actor, "booking.open_protected", booking)
    openings.open_protected(actor=actor, object_kind=KIND, object=booking, unit=facts.unit, facts=facts, reason=reason)


def number_of(*, actor: Actor, booking: UUID) -> str:
    """The resident's number as people write it, to be compared; empty if none is known. The look is an entry."""
    with acting(actor.municipality_id):
        found = access.fetch(actor, "booking.see_number", booking)
        if found.resident is None:
            return ""
        seen, unit = [found.resident.id, booking], found.calendar.unit_id
        access_log.record(actor=actor, action="booking.see_number", kind="person", objects=seen, unit=unit)
        return numbers.written(found.resident.number)


def protected_ones(actor: Actor, *, now: datetime) -> list[Booking]:
    """Coming bookings of those for whom the actor is a named reader, by start. Needs an open scope; logged."""
    facts = policies.Facts(scope.current())
    policies.require(actor, "booking.list_protected", facts)
    rows: QuerySet[Booking] = Booking.objects.filter(
        people.protected("resident"),
        resident__named_readers__reader=actor.person_id,
        state__in=TO_COME,
        to_tick__gt=floor_tick(now),
    )
    found = list(rows.order_by("from_tick"))
    access_log.record(actor=actor, action="booking.list", kind=KIND, objects=[row.id for row in found])
    return found


def _read(booking: UUID) -> SeenBooking:
    # The floor above hangs a meeting on every booking; its key is all that a link needs.
    row = Booking.objects.select_related(*_WITH).annotate(meeting_key=F("meeting__id")).get(id=booking)
    parties = tuple(Party.objects.filter(booking=row).select_related("person__staff_account"))
    acting_for = [party.person_id for party in parties if party.role == PartyRole.REPRESENTATIVE]
    shown = Representation.objects.filter(
        principal=row.resident_id, representative__in=acting_for, revoked_at=None, seen_at__isnull=False
    )
    return SeenBooking(
        booking=row,
        parties=parties,
        changes=tuple(BookingChange.objects.filter(booking=row)),
        proven=frozenset(shown.values_list("representative", flat=True)),
        meeting=row.meeting_key,
        needs=tuple(Need.objects.filter(booking=row).order_by("kind")),
        own=_own(row),
        read=StepShown.objects.filter(booking=row, marked_at__isnull=False).exists(),
    )


def _ours(seen: SeenBooking, now: datetime) -> Iterator[tuple[UUID, Calendar]]:
    """Of what is neither met by one of our own nor over."""
    spoken = [need for need in seen.needs if need.kind in SPOKEN and need.calendar_id is None]
    if seen.booking.state not in (State.CONFIRMED, State.READY) or now >= seen.booking.starts_at:
        return
    for need in spoken:
        try:
            free = [one.calendar for one in ours_free(seen.booking, need.language, now)]
        except NotOffered:
            continue
        rows = Calendar.objects.filter(id__in=free).select_related("person__staff_account").order_by("id")
        yield from ((need.id, row) for row in rows)


def _own(row: Booking) -> Calendar | None:
    found = OwnOfficer.objects.filter(resident=row.resident_id, unit=row.calendar.unit_id)
    own = found.select_related("calendar__person__staff_account").first()
    return own.calendar if own is not None else None


def _refused(actor: Actor, action: str, booking: UUID) -> NotAllowed:
    return NotAllowed(action, Tried(actor, action, KIND, booking))
