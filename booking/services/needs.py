"""What makes a meeting easier: asked for, ordered, confirmed, and deleted after it (process.md B6).

An interpreter from one of our own calendars is confirmed at once, with the claim. One from outside is ordered by who
coordinates the unit; the order has nothing of the person in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from booking import access, search
from booking import pool as pools
from booking.deciding import deciding, lock_calendars, tried_twice
from booking.errors import NotOffered, SlotTaken, WrongState
from booking.models import Booking, Calendar, MeetingType, Need, NeedKind, NeedState, TaskKind
from booking.pool import RoleWanted
from booking.search import Claimed
from booking.services import claims, readiness, tasks_of
from booking.services.asked import Wanted, WantedNeed
from booking.states import State
from booking.timeline import TICK_MINUTES, floor_tick
from identity import access_log, scope
from identity.actors import Actor

SPOKEN = frozenset({NeedKind.INTERPRETER, NeedKind.SIGN})
_ORDERED = SPOKEN | {NeedKind.SPEECH_TO_TEXT, NeedKind.DEAFBLIND}
_KEPT = timedelta(hours=24)
_UPCOMING = (State.CONFIRMED, State.READY)


def options(wanted: Wanted, needs: Iterable[WantedNeed]) -> tuple[Wanted, ...]:
    """The ways to ask for a time with these needs, the best first.

    With an interpreter the meeting is longer, by the type's percent rounded up to 5 minutes; one of our own first,
    else one who is ordered. Who was asked for by name or length already is left as asked.
    """
    spoken = next((need for need in needs if need.kind in SPOKEN), None)
    if spoken is None or any(role.role == "interpreter" for role in wanted.roles):
        return (wanted,)
    longer = wanted if wanted.duration is not None else replace(wanted, duration=_longer(wanted))
    ours = replace(longer, roles=(*wanted.roles, RoleWanted("interpreter", language=spoken.language)))
    return (ours, longer)


def _longer(wanted: Wanted) -> int:
    terms = MeetingType.objects.filter(id=wanted.meeting_type).values_list(
        "duration", "interpreter_percent", "terms__form", "terms__duration"
    )
    rows = list(terms)
    if not rows:
        raise NotOffered
    minutes = next((own for _, _, form, own in rows if form == wanted.form and own), rows[0][0])
    return -(-minutes * rows[0][1] // (100 * TICK_MINUTES)) * TICK_MINUTES


def write(booking: Booking, needs: Sequence[WantedNeed], claimed: Sequence[Claimed], now: datetime) -> None:
    """Write down new needs of a booking: what our own interpreter meets is confirmed, the rest is to be ordered."""
    ours = next((one.calendar for one in claimed if one.role == "interpreter"), None)
    rows = [_row(booking, need, ours, now) for need in needs]
    Need.objects.bulk_create(rows)
    if any(row.state == NeedState.WANTED for row in rows):
        ask_to_order(booking, now)


def _row(booking: Booking, need: WantedNeed, ours: int | None, now: datetime) -> Need:
    met = need.kind not in _ORDERED or (need.kind in SPOKEN and ours is not None)
    return Need(
        booking=booking,
        kind=need.kind,
        language=need.language,
        state=NeedState.CONFIRMED if met else NeedState.WANTED,
        calendar_id=ours if need.kind in SPOKEN else None,
        changed_at=now,
    )


def ask_to_order(booking: Booking, now: datetime) -> None:
    """A task for who coordinates the unit: due two working days before the meeting, or at once."""
    tasks_of.ask(TaskKind.ORDER_INTERPRETER, booking, max(now, tasks_of.order_by(booking)), now, to_officer=False)


def lose_own(booking: Booking, claimed: Sequence[Claimed], now: datetime) -> None:
    """Needs whose own interpreter no longer has a claim are to be ordered again."""
    held = {one.calendar for one in claimed}
    lost = Need.objects.filter(booking=booking, calendar__isnull=False).exclude(calendar__in=held)
    if lost.update(state=NeedState.WANTED, calendar=None, changed_at=now):
        ask_to_order(booking, now)


def follow(booking: Booking, claimed: Sequence[Claimed], now: datetime) -> None:
    """After a move: our own interpreter may be another one; who was ordered from outside must be asked again."""
    ours = next((one.calendar for one in claimed if one.role == "interpreter"), None)
    spoken = Need.objects.filter(booking=booking, kind__in=SPOKEN)
    if ours is not None:
        spoken.update(state=NeedState.CONFIRMED, calendar=ours, changed_at=now)
        tasks_of.close(booking, [TaskKind.ORDER_INTERPRETER], now)
        spoken = spoken.none()
    outside = Need.objects.filter(booking=booking, kind__in=_ORDERED).exclude(kind__in=SPOKEN if ours else [])
    if outside.update(state=NeedState.WANTED, calendar=None, changed_at=now):
        tasks_of.close(booking, [TaskKind.ORDER_INTERPRETER], now)
        ask_to_order(booking, now)


def withdraw_all(booking: Booking, now: datetime) -> bool:
    """The meeting is cancelled: nobody is to come. True when an order outside stands and must be cancelled there."""
    rows = Need.objects.filter(booking=booking)
    outside = rows.filter(state__in=(NeedState.ORDERED, NeedState.CONFIRMED), kind__in=_ORDERED, calendar=None)
    stands = outside.exists()
    rows.update(state=NeedState.WITHDRAWN, changed_at=now)
    return stands


@tried_twice
def set_needs(*, actor: Actor, booking: UUID, needs: tuple[WantedNeed, ...]) -> Booking:
    """Say anew what makes the meeting easier. What stays keeps its state; who is no longer needed is let go.

    Raises `WrongState` once the meeting has begun, `NotAllowed`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        found, before = _locked(actor, "booking.need", booking)
        kept = {(row.kind, row.language): row for row in before}
        wanted = {(need.kind, need.language): need for need in needs}
        new = [need for key, need in wanted.items() if key not in kept]
        _end([row for key, row in kept.items() if key not in wanted], found, now)
        write(found, new, [], now)
        _after(actor, found, now, "booking.need")
        return found


@tried_twice
def change_needs(
    *, actor: Actor, booking: UUID, add: tuple[WantedNeed, ...] = (), drop: frozenset[UUID] = frozenset()
) -> Booking:
    """Add and take away some needs, and leave the others as they are. What is there already is not added twice.

    Raises as `set_needs`.
    """
    now = timezone.now()
    with deciding(actor.municipality_id):
        found, before = _locked(actor, "booking.need", booking)
        kept = {(row.kind, row.language) for row in before if row.id not in drop}
        _end([row for row in before if row.id in drop], found, now)
        write(found, [need for need in add if (need.kind, need.language) not in kept], [], now)
        _after(actor, found, now, "booking.need")
        return found


def _locked(actor: Actor, action: str, booking: UUID) -> tuple[Booking, list[Need]]:
    found = access.fetch(actor, action, booking)
    lock_calendars(claims.calendars_of(found))
    access.reread(found)
    if found.state not in _UPCOMING:
        raise WrongState(f"{action} in {found.state}")
    return found, list(Need.objects.filter(booking=found))


def _end(rows: Sequence[Need], booking: Booking, now: datetime) -> None:
    for row in rows:
        if row.calendar_id is not None:
            claims.release(booking, "interpreter", row.calendar_id)
    Need.objects.filter(id__in=[row.id for row in rows]).delete()
    if not _to_order(booking):
        tasks_of.close(booking, [TaskKind.ORDER_INTERPRETER], now)


def _to_order(booking: Booking) -> bool:
    return Need.objects.filter(booking=booking, kind__in=_ORDERED).exclude(state=NeedState.CONFIRMED).exists()


def _after(actor: Actor, booking: Booking, now: datetime, action: str) -> None:
    if readiness.missing(booking):
        readiness.reopen(booking, now=now)
    else:
        readiness.settle(booking, now=now)
    unit = booking.calendar.unit_id
    access_log.record(actor=actor, action=action, kind="booking", objects=[booking.id], unit=unit)


@tried_twice
def set_need_state(*, actor: Actor, need: UUID, state: str, order: str = "", calendar: UUID | None = None) -> Need:
    """Note how far an order has come; with `calendar`, our own interpreter's, it is confirmed with a claim.

    `order`: the agency's number, at most 40 characters. Raises `SlotTaken` when that interpreter is taken,
    `WrongState`, `NotOffered` for a calendar that is no interpreter's.
    """
    now = timezone.now()
    with scope.transaction(actor.municipality_id):
        of = Need.objects.filter(id=need).values_list("booking", flat=True).first() or need
        ours = _interpreter(calendar)
    with deciding(actor.municipality_id):
        found = access.fetch(actor, "booking.order", of)
        lock_calendars(claims.calendars_of(found) | ({ours.id} if ours else set()))
        access.reread(found)
        row = Need.objects.filter(id=need, booking=found).first()
        if row is None or found.state not in _UPCOMING or row.kind not in _ORDERED:
            raise WrongState("no order of this need")
        _move_claim(found, row, ours, now, keeps=state == NeedState.CONFIRMED and calendar is None)
        row.state = NeedState.CONFIRMED if ours else NeedState(state)
        row.calendar, row.order, row.changed_at = ours or row.calendar, order or row.order, now
        row.save(update_fields=["state", "calendar", "order", "changed_at"])
        _tasks_follow(actor, found, now)
        _after(actor, found, now, "booking.order")
        return row


def _interpreter(calendar: UUID | None) -> Calendar | None:
    if calendar is None:
        return None
    found: Calendar | None = Calendar.objects.filter(uuid=calendar, kind="interpreter", active=True).first()
    if found is None:
        raise NotOffered
    return found


def _move_claim(booking: Booking, row: Need, ours: Calendar | None, now: datetime, *, keeps: bool) -> None:
    """Our own interpreter's claim goes with the need: to another one, or away when somebody else is to come."""
    if row.calendar_id is not None and not keeps:
        claims.release(booking, "interpreter", row.calendar_id)
        row.calendar = None
    if ours is not None:
        claims.let_expired_go([ours.id])
        free = ours_free(booking, row.language, now, calendar=ours.uuid)
        if not free:
            raise SlotTaken
        claims.claim_free(booking, free[0])


def ours_free(booking: Booking, language: str, now: datetime, *, calendar: UUID | None = None) -> tuple[Claimed, ...]:
    """What our own interpreters would give to a booking as it stands, of those who speak the language and are free:
    open then, not away, not busy elsewhere. `calendar`: one of them only. Raises `NotOffered`."""
    role = RoleWanted("interpreter", calendar, language)
    minutes = (booking.to_tick - booking.from_tick) * TICK_MINUTES
    pool = pools.load(booking.meeting_type_id, booking.form, roles=(role,), duration=minutes, by_staff=True)
    return search.in_role(pool, booking.from_tick, pool.roles[-1], now=now, but=booking.id)


def _tasks_follow(actor: Actor, booking: Booking, now: datetime) -> None:
    if _to_order(booking):
        ask_to_order(booking, now)
    else:
        tasks_of.close(booking, [TaskKind.ORDER_INTERPRETER], now, actor.person_id)


def purge(*, municipality: int, now: datetime) -> int:
    """Delete the needs of meetings that ended more than 24 hours ago; how many."""
    with scope.transaction(municipality, durable=True):
        over = Need.objects.filter(booking__to_tick__lte=floor_tick(now - _KEPT))
        return over.delete()[0]
