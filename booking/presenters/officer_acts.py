"""What can be done about a booking, in the officer's words, and what it still waits for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext

from booking import languages, wording
from booking.models import Need, NeedState, Party, PartyRole, Said
from booking.officer_acts import CALLS, KINDS, NO_REASONS, ORDERS, READY_REASONS
from booking.officer_booking import SeenBooking
from booking.presenters.week import name_of
from booking.states import State

_UPCOMING = (State.CONFIRMED, State.READY)
_WAITED = timedelta(minutes=10)
_ORDERED = ("interpreter", "sign", "speech_to_text", "deafblind")
Choices = tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class NeedLine:
    """One need: what, how far it has come, the agency's number; `orders`: somebody must be ordered for it.

    `ours`: interpreters of our own who are free then, id and name; `drops`: the reader may take it away.
    """

    id: UUID
    text: str
    state: str
    order: str
    orders: bool
    ours: Choices = ()
    drops: bool = False


@dataclass(frozen=True)
class CompanionLine:
    """Somebody who comes along; `asks`: the officer has not answered yet."""

    id: UUID
    name: str
    said: str
    asks: bool


@dataclass(frozen=True)
class OwnLine:
    """The resident's own officer in the unit: `name`, empty for none; `here`: it is this meeting's officer."""

    name: str
    here: bool
    officer: str


@dataclass(frozen=True)
class Acts:
    """What the page offers. `waits`: what the booking waits for; empty when it waits for nothing."""

    moves: bool
    hands_over: bool
    misses: bool
    came: bool
    reads: bool
    waits: tuple[str, ...]
    needs: tuple[NeedLine, ...]
    companions: tuple[CompanionLine, ...]
    own: OwnLine | None = None
    kinds: Choices = ()
    languages: Choices = ()
    calls: Choices = CALLS
    no_reasons: Choices = NO_REASONS
    ready_reasons: Choices = READY_REASONS
    orders: Choices = ORDERS

    @property
    def some(self) -> bool:
        """Whether anything is offered at all."""
        steps = (self.moves, self.hands_over, self.misses, self.came, self.reads, self.own, self.kinds)
        return any((*steps, self.waits, self.needs, self.companions))


def acts_of(seen: SeenBooking, *, now: datetime) -> Acts:
    """To each what is theirs: who coordinates the unit moves it, hands it over and orders. Nothing once it is over."""
    booking, upcoming = seen.booking, seen.booking.state in _UPCOMING
    coming, before = seen.leads and upcoming, upcoming and now < booking.starts_at
    missable = seen.leads and booking.state in (*_UPCOMING, State.WAITING)
    same_day = wording.local_date(booking.starts_at) == wording.local_date(now)
    return Acts(
        moves=before and "booking.move" in seen.may,
        hands_over=before and "booking.hand_over" in seen.may,
        misses=missable and now >= booking.starts_at + _WAITED,
        came=seen.leads and booking.state == State.NO_SHOW and same_day,
        reads=coming and not seen.read,
        waits=tuple(_waits(seen)) if coming and booking.state == State.CONFIRMED else (),
        needs=tuple(_need(one, seen) for one in seen.needs) if upcoming and "booking.order" in seen.may else (),
        companions=tuple(_companion(one) for one in _along(seen)) if coming else (),
        own=_own(seen),
        kinds=KINDS if _asks(seen, now) else (),
        languages=_languages() if _asks(seen, now) else (),
    )


def _asks(seen: SeenBooking, now: datetime) -> bool:
    booking = seen.booking
    return "booking.need" in seen.may and booking.state in _UPCOMING and now < booking.starts_at


def _languages() -> Choices:
    names = ((code, wording.capital(languages.name_of(code))) for code in languages.codes())
    return tuple(sorted(names, key=lambda one: one[1]))


def _own(seen: SeenBooking) -> OwnLine | None:
    """None to whom it is none of theirs, and where no officer or nobody is met."""
    calendar = seen.booking.calendar
    if "booking.own_officer" not in seen.may or calendar.person_id is None or seen.booking.resident_id is None:
        return None
    here = seen.own is not None and seen.own.id == calendar.id
    return OwnLine(name_of(seen.own) if seen.own is not None else "", here, name_of(calendar))


def need_words(need: Need) -> str:
    """`Tolk, arabiska`."""
    if need.kind == "interpreter":
        return gettext("Tolk, %(language)s") % {"language": languages.name_of(need.language)}
    return {
        "sign": gettext("Teckenspråkstolk"),
        "speech_to_text": gettext("Skrivtolk"),
        "deafblind": gettext("Dövblindtolk"),
        "text": gettext("Skriver i mötet"),
        "pauses": gettext("Vill ha pauser"),
        "easy_read": gettext("Lättläst text"),
        "room": gettext("Lånar ett rum hos oss"),
    }[need.kind]


def _along(seen: SeenBooking) -> Iterator[Party]:
    return (one for one in seen.parties if one.role == PartyRole.COMPANION)


def _waits(seen: SeenBooking) -> Iterator[str]:
    for need in seen.needs:
        if need.state != NeedState.CONFIRMED:
            yield gettext("%(need)s är inte klar.") % {"need": need_words(need)}
    for one in _along(seen):
        if Said.NO in (one.resident_said, one.officer_said):
            continue
        if not (one.resident_said and one.officer_said):
            yield gettext("Alla har inte sagt ja till vem som följer med.")
    if not seen.read:
        yield gettext("Personen har inte läst det som gäller.")


def _need(need: Need, seen: SeenBooking) -> NeedLine:
    state = {
        NeedState.WANTED: gettext("Ska beställas"),
        NeedState.ORDERED: gettext("Beställd"),
        NeedState.CONFIRMED: gettext("Klart"),
        NeedState.WITHDRAWN: gettext("Tolken kan inte"),
        NeedState.NOT_FOUND: gettext("Ingen hittad"),
    }[NeedState(need.state)]
    ours = tuple((str(one.uuid), name_of(one)) for key, one in seen.ours if key == need.id)
    return NeedLine(
        need.id, need_words(need), state, need.order, need.kind in _ORDERED, ours, "booking.need" in seen.may
    )


def _companion(one: Party) -> CompanionLine:
    said = {
        "": gettext("Väntar på ditt svar"),
        Said.YES: gettext("Du har sagt ja"),
        Said.NO: gettext("Du har sagt nej"),
    }[one.officer_said]
    return CompanionLine(one.id, one.person.name, said, not one.officer_said)
