"""Turn a held time into a booking; or, as staff, hold and book in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from booking import access, idempotency, reach, search, transitions
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.errors import HoldExpired, SlotTaken
from booking.models import Booking, Party, PartyRole, StepShown
from booking.search import Filling, Query
from booking.services import claims, parties, readiness
from booking.services import needs as needed
from booking.services.asked import Contact, Wanted, WantedNeed
from booking.services.filling import all_of, as_it_stands, offered, same
from booking.services.hold import hold_one, in_turn, take_again
from booking.services.standing import Standing
from booking.slots import Slot
from booking.states import Event, Guard, Role
from identity import scope
from identity.actors import Actor
from identity.policies import Facts

_STORED = ("contact_way", "contact_to", "to_tick")


@dataclass(frozen=True)
class Answers:
    """What was filled in beside the time. `read_aloud`: an officer read out what applies."""

    contact: Contact
    needs: tuple[WantedNeed, ...] = ()
    companions: tuple[str, ...] = ()
    read_aloud: bool = False

    def asked(self) -> Mapping[str, object]:
        """As a key stands for it."""
        return asdict(self)


@tried_twice
def book(
    *,
    actor: Actor,
    booking: UUID,
    contact: Contact,
    shown: UUID | None,
    key: str,
    needs: tuple[WantedNeed, ...] = (),
    companions: tuple[str, ...] = (),
) -> Booking:
    """Book what is held. `shown`: the StepShown row of the text that was read and ticked; `key`: idempotency key.

    Staff who book for a resident may leave `shown` out: the booking then waits with being ready until it is read. A
    hold that ran out is taken again silently if the time is still free. With an interpreter the time is made longer
    where that fits, and one of our own is claimed if free. Raises `SlotTaken` with the three nearest otherwise;
    `WrongState`, `KeyReused`, `NotAllowed`.
    """
    now, answers = timezone.now(), Answers(contact, needs, companions)
    try:
        with deciding(actor.municipality_id):
            return _book(actor, booking, answers, shown, key, now)
    except (SlotTaken, HoldExpired):
        raise SlotTaken(alternatives=_nearest(actor, booking, now)) from None


def _book(actor: Actor, booking: UUID, answers: Answers, shown: UUID | None, key: str, now: datetime) -> Booking:
    held, around = access.fetch_with(actor, "booking.answer", booking)
    asked = {"use": "book", "booking": booking, "shown": shown, **answers.asked()}
    if idempotency.replayed(actor=actor, key=key, asked=asked, result=booking):
        return held
    role = access.role_in(actor, held, around)
    better = _better(held, answers, now)
    lock_calendars(claims.calendars_of(held) | (all_of(better) if better else set()))
    access.reread(held)
    read = StepShown.objects.filter(id=shown, booking=held, marked_at__isnull=False).exists() if shown else False
    step = transitions.check(held.state, Event.CONFIRM, role, _facts(held, answers, role, read=read))
    if held.starts_at <= now:
        raise HoldExpired
    if not claims.keep(held):
        take_again(held, now, state="booked")
    if better is not None:
        _improve(held, answers, better, now)
    _confirm(actor, held, answers, role, around, now)
    transitions.take(held, step, actor=actor, now=now, fields=_STORED, stamp=True)
    return held


def _facts(held: Booking, answers: Answers, role: Role, *, read: bool) -> dict[Guard, bool]:
    """By telephone or from another system the reading may wait (`ready` asks for it)."""
    return {
        Guard.INFORMATION_SHOWN: read or role is Role.OFFICER,
        Guard.CONTACT_CHOSEN: answers.contact.chosen,
        Guard.FORM_ALLOWED: held.form in held.meeting_type.forms,
        Guard.PARTIES_WITHIN_LIMIT: parties.within_limit(held, answers.companions),
        Guard.HOLD_ALIVE: True,
    }


def _as_staff(held: Booking) -> Standing:
    """What is held may be filled by whoever offers it: it was decided when it was held."""
    return Standing(held.resident_id or held.id, Role.OFFICER, None)


def _options(held: Booking, answers: Answers) -> tuple[Wanted, ...]:
    """Other ways to hold this time that meet the needs better than the hold does, the best first."""
    if not any(need.kind in needed.SPOKEN for need in answers.needs):
        return ()
    now = as_it_stands(held, claims.last_of(held))
    if any(role.role == "interpreter" for role in now.roles):
        return ()
    asked = needed.options(replace(now, duration=None), answers.needs)
    return tuple(one for one in (*asked, *needed.options(now, answers.needs)) if one != now)


def _better(held: Booking, answers: Answers, now: datetime) -> Filling | None:
    """A filling that meets the needs better, before the locks; None when there is none, or none is needed."""
    for wanted in _options(held, answers):
        for one in search.fillings(offered(wanted, _as_staff(held)), held.from_tick, now=now, but=held.id, lead=False):
            if one.officer == held.calendar_id:
                return one
    return None


def _improve(held: Booking, answers: Answers, better: Filling, now: datetime) -> None:
    """Under the locks: longer, and with our own interpreter, if that is free still; else the time stays as held."""
    claims.let_expired_go(all_of(better))
    for wanted in _options(held, answers):
        found = same(
            search.fillings(offered(wanted, _as_staff(held)), held.from_tick, now=now, but=held.id, lead=False), better
        )
        if found is not None:
            held.to_tick = found.claims[0].to_tick
            claims.replace(held, found.claims)
            return


def _confirm(actor: Actor, held: Booking, answers: Answers, role: Role, around: Facts, now: datetime) -> None:
    held.contact_way, held.contact_to = answers.contact.way, answers.contact.to
    rows = [Party(booking=held, person_id=person, role=kind) for person, kind in _also_there(actor, held, around)]
    Party.objects.bulk_create(rows)
    if answers.needs:
        needed.write(held, answers.needs, claims.live(held.id), now)
    if answers.companions:
        parties.name_all(held, answers.companions, role, now, both=role is Role.OFFICER)
    if answers.read_aloud:
        readiness.note_read_aloud(held, now)


def _also_there(actor: Actor, held: Booking, around: Facts) -> Sequence[tuple[UUID, PartyRole]]:
    """The officer, and who booked for the resident and may attend with them."""
    found: list[tuple[UUID, PartyRole]] = []
    if held.calendar.person_id is not None:
        found.append((held.calendar.person_id, PartyRole.OFFICER))
    if actor.person_id is not None and "attend" in dict(around.represented_by).get(actor.person_id, ()):
        found.append((actor.person_id, PartyRole.REPRESENTATIVE))
    return found


def _nearest(actor: Actor, booking: UUID, now: datetime) -> tuple[Slot, ...]:
    with scope.transaction(actor.municipality_id):
        held = access.fetch(actor, "booking.answer", booking)
        query = Query(held.meeting_type_id, held.form, officers=reach.officers(actor, held.resident_id))
        return search.nearest_free(query, held.from_tick, now=now)


@tried_twice
def book_directly(
    *,
    actor: Actor,
    wanted: Wanted,
    contact: Contact,
    key: str,
    read_aloud: bool = False,
    needs: tuple[WantedNeed, ...] = (),
    companions: tuple[str, ...] = (),
) -> Booking:
    """Hold and book for a resident in one transaction: staff on the telephone, or a system of the municipality.

    `wanted.asked_how` says how the resident asked. Raises what `hold` and `book` do.
    """
    now, answers = timezone.now(), Answers(contact, needs, companions, read_aloud)
    asked = {"use": "book_directly", **asdict(wanted), **answers.asked()}

    def attempt(lost: set[int]) -> Booking:
        made = hold_one(actor, wanted, now, lost, key=key, asked=asked, needs=answers.needs, direct=True)
        return made if made.state != "held" else confirm_now(actor, made, answers, now)

    return in_turn(actor, wanted, now, attempt)


def confirm_now(actor: Actor, held: Booking, answers: Answers, now: datetime) -> Booking:
    """Book what was held in this very transaction, under its locks."""
    step = transitions.check(
        held.state, Event.CONFIRM, Role.OFFICER, _facts(held, answers, Role.OFFICER, read=answers.read_aloud)
    )
    claims.keep(held)
    _confirm(actor, held, answers, Role.OFFICER, access.facts_of(held), now)
    transitions.take(held, step, actor=actor, now=now, fields=_STORED, stamp=True)
    return held
