"""Who comes along: named by the resident or the officer, and let in only when both have said yes (process.md B7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from booking import access
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.errors import LimitReached, WrongState
from booking.models import Booking, Party, PartyRole, Said, TaskKind
from booking.services import claims, readiness, tasks_of
from booking.states import Role, State
from identity import access_log
from identity.actors import Actor
from identity.models import Person

_UPCOMING = (State.CONFIRMED, State.READY)
_THE_TWO = 2  # resident and officer


def within_limit(booking: Booking, companions: Sequence[str]) -> bool:
    """Whether these, the resident and the officer are no more than the type allows."""
    return _THE_TWO + len(companions) <= int(booking.meeting_type.max_parties)


def name_all(booking: Booking, names: Sequence[str], role: Role, now: datetime, *, both: bool = False) -> list[Party]:
    """Write down who comes along. `both`: the resident asked for it while the officer booked: both have said yes."""
    people = Person.objects.bulk_create([Person(name=_name(name)) for name in names])
    says_officer = Said.YES if both or role is Role.OFFICER else ""
    says_resident = Said.YES if both or role is not Role.OFFICER else ""
    parties = [
        Party(
            booking=booking,
            person=person,
            role=PartyRole.COMPANION,
            officer_said=says_officer,
            resident_said=says_resident,
        )
        for person in people
    ]
    Party.objects.bulk_create(parties)
    if parties and not says_officer:
        ask_officer(booking, now)
    return parties


def _name(name: str) -> str:
    if not 1 <= len(name.strip()) <= 80:
        raise ValueError("a companion has a name of at most 80 characters")
    return name.strip()


def ask_officer(booking: Booking, now: datetime) -> None:
    """A task for the officer to answer whether somebody may come along, due as an interpreter's order is."""
    tasks_of.ask(TaskKind.APPROVE_PARTY, booking, max(now, tasks_of.order_by(booking)), now)


@tried_twice
def add_companion(*, actor: Actor, booking: UUID, name: str) -> Party:
    """Name somebody who comes along; who names them has said yes. Raises `LimitReached`, `WrongState`, `NotAllowed`."""
    now = timezone.now()
    with deciding(actor.municipality_id):
        found, role = _locked(actor, booking)
        if Party.objects.filter(booking=found).exclude(officer_said=Said.NO).count() >= found.meeting_type.max_parties:
            raise LimitReached(limit="party")
        (party,) = name_all(found, [name], role, now)
        readiness.reopen(found, now=now)
        _log(actor, found, "booking.companion", party)
        return party


@tried_twice
def remove_party(*, actor: Actor, party: UUID) -> Booking:
    """Take back that somebody comes along: from then on nobody lets them in. Raises `WrongState`, `NotAllowed`."""
    now = timezone.now()
    with deciding(actor.municipality_id):
        of = Party.objects.filter(id=party).values_list("booking", flat=True).first() or party
        found, _ = _locked(actor, of)
        row = _companion(party, found)
        person = row.person_id
        row.delete()
        _settle(found, now)
        access_log.record(actor=actor, action="booking.companion", kind="booking", objects=[found.id, person])
        return found


@tried_twice
def answer_party(*, actor: Actor, party: UUID, yes: bool, reason: str = "") -> Party:
    """Say yes or no to who comes along. An officer's no needs a `reason` (a code); a yes can be taken back.

    Raises `WrongState` for a no without a reason, `NotAllowed`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        of = Party.objects.filter(id=party).values_list("booking", flat=True).first() or party
        found, role = _locked(actor, of)
        row = _companion(party, found)
        says = Said.YES if yes else Said.NO
        if role is Role.OFFICER:
            if not yes and not reason:
                raise WrongState("a no of the officer's needs a reason")
            row.officer_said, row.reason = says, "" if yes else reason
        else:
            row.resident_said = says
        row.save(update_fields=["officer_said", "resident_said", "reason"])
        _settle(found, now, by=actor.person_id)
        _log(actor, found, "booking.companion", row)
        return row


def _locked(actor: Actor, booking: UUID) -> tuple[Booking, Role]:
    found, facts = access.fetch_with(actor, "booking.companion", booking)
    lock_calendars(claims.calendars_of(found))
    access.reread(found)
    if found.state not in _UPCOMING:
        raise WrongState(f"booking.companion in {found.state}")
    return found, access.role_in(actor, found, facts)


def _companion(party: UUID, booking: Booking) -> Party:
    row: Party | None = Party.objects.filter(id=party, booking=booking, role=PartyRole.COMPANION).first()
    if row is None:
        raise WrongState("nobody who comes along")
    return row


def _settle(booking: Booking, now: datetime, by: UUID | None = None) -> None:
    if not Party.objects.filter(booking=booking, role=PartyRole.COMPANION, officer_said="").exists():
        tasks_of.close(booking, [TaskKind.APPROVE_PARTY], now, by)
    readiness.settle(booking, now=now)


def _log(actor: Actor, booking: Booking, action: str, party: Party) -> None:
    objects, unit = [booking.id, party.person_id], booking.calendar.unit_id
    access_log.record(actor=actor, action=action, kind="booking", objects=objects, unit=unit)
