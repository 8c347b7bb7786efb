"""One booking in an officer's words: what to prepare by, who takes part, and what has happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from booking import wording
from booking.calendars.events import short_code
from booking.models import Booking, BookingChange, Form, Party, PartyRole
from booking.officer_booking import SeenBooking
from booking.officer_presenters import StateWords, short_name, state_words
from booking.presenters import forms_of_meeting
from booking.sheltering import TO_COME
from booking.states import Event, State
from booking.timeline import instant
from identity.models import Person

MASKED = "••••••••-••••"
_CANCELLABLE = (State.CONFIRMED, State.READY, State.WAITING)


@dataclass(frozen=True)
class PartyLine:
    """Somebody who takes part. `unproven`: acts for the resident, and nobody has seen what shows it."""

    role: str
    name: str
    unproven: bool


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened: when, what, and who did it."""

    at: datetime
    what: str
    who: str


@dataclass(frozen=True)
class OfficerBooking:
    """The whole page. `number`: masked, or as it was just shown; empty when none is known.

    `broken`: until when it stands open by a second person's yes, as a time of day, or empty; `left`: its officer left.
    """

    id: UUID
    code: str
    who: str
    when: str
    form: str
    place: str
    about: str
    state: StateWords
    contact: str
    number: str
    shown: bool
    protected: bool
    parties: tuple[PartyLine, ...]
    history: tuple[HistoryLine, ...]
    meeting: UUID | None
    leads: bool
    can_cancel: bool
    broken: str
    left: bool
    in_series: bool = False


@dataclass(frozen=True)
class ProtectedLine:
    """A protected booking in a list: a code and a day, nothing else."""

    id: UUID
    code: str
    day: str


@dataclass(frozen=True)
class LeftLine:
    """A booking whose officer has left; of a protected person nothing but a code and when."""

    id: UUID
    code: str
    when: str
    who: str
    unit: str
    protected: bool


def page_of(seen: SeenBooking, *, now: datetime, number: str = "") -> OfficerBooking:
    """The page at `now`. `number`: the resident's, if it was asked for."""
    booking, resident = seen.booking, seen.booking.resident
    hidden = MASKED if resident is not None and resident.number else ""
    return OfficerBooking(
        id=booking.id,
        code=short_code(booking.id),
        who=_name(resident),
        when=wording.capital(wording.day_and_span(booking.starts_at, booking.ends_at)),
        form=forms_of_meeting.name_of(booking.form),
        place=booking.calendar.unit.visit_place if booking.form == Form.VISIT else "",
        about=f"{booking.meeting_type.service.name}, {wording.small(booking.meeting_type.name)}",
        state=state_words(booking.state),
        contact=_contact(booking),
        number=number or (hidden if "booking.see_number" in seen.may else ""),
        shown=bool(number),
        protected=resident is not None and resident.protected,
        parties=tuple(_party(party, seen) for party in seen.parties),
        history=tuple(_history(seen)),
        meeting=seen.meeting if seen.leads and booking.form == Form.VIDEO and _to_come(booking, now) else None,
        leads=seen.leads and _to_come(booking, now),
        can_cancel=seen.cancels and booking.state in _CANCELLABLE and now < booking.ends_at,
        broken=wording.at(seen.broken_until) if seen.broken_until else "",
        left=seen.left,
        in_series=booking.series_id is not None,
    )


def protected_lines(rows: list[Booking]) -> tuple[ProtectedLine, ...]:
    """Named readers' list, by start."""
    return tuple(
        ProtectedLine(row.id, short_code(row.id), wording.capital(wording.full_day(row.starts_at))) for row in rows
    )


def left_lines(rows: list[Booking]) -> tuple[LeftLine, ...]:
    """The list of who coordinates their units, by start."""
    return tuple(
        LeftLine(
            id=row.id,
            code=short_code(row.id),
            when=wording.capital(wording.day_and_span(row.starts_at, row.ends_at)),
            who=short_name(row.resident),
            unit=row.calendar.unit.name,
            protected=row.resident is not None and row.resident.protected,
        )
        for row in rows
    )


def cancel_reasons() -> tuple[tuple[str, str], ...]:
    """Why an officer cancels: code and words."""
    return (
        ("ill", gettext("Jag är sjuk eller borta")),
        ("clash", gettext("Tiden krockar")),
        ("asked", gettext("Personen har bett om det")),
        ("other", gettext("Något annat")),
    )


def _to_come(booking: Booking, now: datetime) -> bool:
    return booking.state in TO_COME and now < booking.ends_at


def _contact(booking: Booking) -> str:
    if booking.resident is not None and booking.resident.protected:
        return gettext("Inget skickas av sig självt. Kom överens om hur ni når varandra, gång för gång.")
    if booking.contact_way == "email" and booking.contact_to:
        return gettext("E-post till %(address)s") % {"address": booking.contact_to}
    return gettext("Inget skickas. Personen har valt det.")


def _party(party: Party, seen: SeenBooking) -> PartyLine:
    acts = party.role == PartyRole.REPRESENTATIVE
    return PartyLine(_role(party.role), _name(party.person), acts and party.person_id not in seen.proven)


def _name(person: Person | None) -> str:
    """Staff by their name at work, others by their own."""
    if person is None:
        return gettext("Intern tid")
    account = getattr(person, "staff_account", None)
    return (account.name if account else person.name) or gettext("Namnet är inte känt än")


def _role(role: str) -> str:
    return {
        PartyRole.RESIDENT: gettext("Invånare"),
        PartyRole.OFFICER: gettext("Handläggare"),
        PartyRole.REPRESENTATIVE: gettext("Företrädare"),
        PartyRole.INTERPRETER: gettext("Tolk"),
        PartyRole.COMPANION: gettext("Stödperson"),
    }[PartyRole(role)]


def _history(seen: SeenBooking) -> Iterator[HistoryLine]:
    for change in seen.changes:
        yield HistoryLine(change.at, _happened(change), _by(change, seen))


def _by(change: BookingChange, seen: SeenBooking) -> str:
    if change.by_id is None:
        return gettext("Systemet")
    if change.by_id == seen.booking.resident_id:
        return gettext("Invånaren")
    party = next((one for one in seen.parties if one.person_id == change.by_id), None)
    return _name(party.person) if party else gettext("Någon annan")


def _happened(change: BookingChange) -> str:
    if change.event == Event.MOVE and change.from_tick_before is not None:
        before = wording.day_and_time(instant(change.from_tick_before))
        return gettext("Flyttades från %(time)s") % {"time": before}
    words = {
        Event.CONFIRM: gettext("Bokades"),
        Event.MAKE_READY: gettext("Allt blev klart inför mötet"),
        Event.REOPEN: gettext("Något saknas inför mötet"),
        Event.ENTER_LOBBY: gettext("Någon kom till väntrummet"),
        Event.EMPTY_LOBBY: gettext("Väntrummet blev tomt"),
        Event.EMPTY_LOBBY_READY: gettext("Väntrummet blev tomt"),
        Event.START: gettext("Mötet började"),
        Event.INTERRUPT: gettext("Kontakten bröts"),
        Event.RESUME: gettext("Kontakten kom tillbaka"),
        Event.END: gettext("Mötet avslutades"),
        Event.FOLLOW_UP: gettext("Följdes upp"),
        Event.CANCEL_BY_RESIDENT: gettext("Avbokades av invånaren"),
        Event.CANCEL_BY_OFFICER: gettext("Avbokades av oss"),
        Event.CONVERT: gettext("Byttes till ett annat möte"),
        Event.MARK_NO_SHOW: gettext("Personen kom inte"),
        Event.UNDO_NO_SHOW: gettext("Personen kom ändå"),
        Event.ABORT: gettext("Avbröts"),
    }
    return words.get(Event(change.event), gettext("Ändrades"))
