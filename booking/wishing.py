"""The waiting list's rules, pure: which start suits a wish, whose turn it is, and how long an offer runs.

Moments are aware; dates, weekdays and parts of the day are read on the calendar's wall (`zone`). The rules stand in
the design of the waiting list: one offer at a time for a wish, the oldest wish first, nobody asked at night.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from statistics import median
from uuid import UUID

from booking.timeline import Tick, instant

MORNING, AFTERNOON = "morning", "afternoon"
PARTS = (MORNING, AFTERNOON)
NOON = 12
OFFER, NEAR_OFFER, PHONE_OFFER = timedelta(minutes=30), timedelta(minutes=15), timedelta(minutes=60)
NEAR = timedelta(hours=24)
OPENS, CLOSES = time(8), time(20)  # nobody is asked before or after, local time
MOST_A_DAY = 3
UNANSWERED_BEFORE_REST = 3
FEWEST_FOR_MEDIAN = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wished:
    """A wish as the rules read it.

    `weekdays`: ISO, none: any; `parts`: of `PARTS`, none: any; `notice`: before the start, at least; `before`: only
    earlier than this start, the old time's; `asked`: starts that were offered already; `asked_today`: how many offers
    the person had this local day, whatever the wish; `waits`: neither resting nor being asked just now.
    """

    id: UUID
    form: str
    made_at: datetime
    weekdays: frozenset[int] = frozenset()
    parts: frozenset[str] = frozenset()
    earliest: date | None = None
    latest: date | None = None
    notice: timedelta = _DAY
    before: Tick | None = None
    asked: frozenset[Tick] = field(default=frozenset(), repr=False)
    asked_today: int = 0
    waits: bool = True


def suits(wish: Wished, start: Tick, form: str, *, until: datetime, zone: tzinfo) -> bool:
    """Whether a start is what somebody waits for. `until`: the last moment of an answer; the notice counts from it."""
    moment = instant(start)
    wall = moment.astimezone(zone)
    return (
        form == wish.form
        and (not wish.weekdays or wall.isoweekday() in wish.weekdays)
        and (not wish.parts or part_of(wall) in wish.parts)
        and (wish.earliest is None or wall.date() >= wish.earliest)
        and (wish.latest is None or wall.date() <= wish.latest)
        and (wish.before is None or start < wish.before)
        and start not in wish.asked
        and until + wish.notice <= moment
    )


def part_of(wall: datetime) -> str:
    """The part of the day that a local time lies in."""
    return MORNING if wall.hour < NOON else AFTERNOON


def may_be_asked(wish: Wished) -> bool:
    """Whether it is anybody's turn at all: it waits, and the person was not asked too often today."""
    return wish.waits and wish.asked_today < MOST_A_DAY


def in_line(wishes: Iterable[Wished]) -> list[Wished]:
    """Those who may be asked, the oldest wish first; of two equally old ones the id decides, always alike."""
    return sorted((wish for wish in wishes if may_be_asked(wish)), key=lambda wish: (wish.made_at, wish.id.int))


def next_in_line(wishes: Iterable[Wished], start: Tick, form: str, *, until: datetime, zone: tzinfo) -> Wished | None:
    """Whose turn it is when a start falls free; None when it suits nobody who may be asked."""
    return next((wish for wish in in_line(wishes) if suits(wish, start, form, until=until, zone=zone)), None)


def offer_span(now: datetime, start: Tick, zone: tzinfo, *, by_phone: bool = False) -> tuple[datetime, datetime]:
    """When an offer of this start would begin and end, aware UTC. It begins at `now`, or at 8 when that were night.

    30 minutes, 15 when the start is within 24 hours of the beginning, 60 for an officer who rings.
    """
    begins = now.astimezone(UTC)
    length = _length(begins, start, by_phone=by_phone)
    if not _by_day(begins, length, zone):
        begins = _next_opening(begins, zone)
        length = _length(begins, start, by_phone=by_phone)
    return begins, begins + length


def _length(begins: datetime, start: Tick, *, by_phone: bool) -> timedelta:
    if by_phone:
        return PHONE_OFFER
    return NEAR_OFFER if instant(start) - begins < NEAR else OFFER


def _by_day(begins: datetime, length: timedelta, zone: tzinfo) -> bool:
    """Whether an offer lies between 8 and 20 of one local day."""
    first, last = begins.astimezone(zone), (begins + length).astimezone(zone)
    return first.date() == last.date() and first.time() >= OPENS and last.time() <= CLOSES


def _next_opening(begins: datetime, zone: tzinfo) -> datetime:
    """The next 8 o'clock on the wall. No clock is changed between 8 and 20, so it exists once."""
    wall = begins.astimezone(zone)
    day = wall.date() if wall.time() < OPENS else wall.date() + _DAY
    return datetime.combine(day, OPENS, zone).astimezone(UTC)


def rests(unanswered: int) -> bool:
    """Whether a wish rests after so many offers without an answer."""
    return unanswered >= UNANSWERED_BEFORE_REST


def median_wait(minutes: Sequence[int]) -> timedelta | None:
    """The median age of wishes whose offers ended; None from fewer than five, which would tell of single persons."""
    return timedelta(minutes=median(minutes)) if len(minutes) >= FEWEST_FOR_MEDIAN else None
