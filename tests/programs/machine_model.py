"""A small model of booking in memory: officers who are open on workdays, and what takes their time. No database.

It shares no code with the engine: opening is asked of the wall clock, claims are spans in a list, and each use case is
a sentence of when it is refused, by the name of the error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
MEETING, AFTER, STEP = 6, 2, 30  # ticks of a meeting, of the buffer after it; minutes between starts
HORIZON = timedelta(days=60)
BEGINS = 8 * 60
MOST_HOLDS, MOST_EXTENSIONS = 2, 10


def local(tick: int) -> datetime:
    """The wall clock at a tick."""
    return datetime.fromtimestamp(tick * 300, UTC).astimezone(ZONE)


def next_tick(now: datetime) -> int:
    """The first tick that has not begun."""
    return -(-int(now.timestamp()) // 300)


def is_open(ends: int, start: int) -> bool:
    """Whether a meeting may begin here: on the grid, within the hours of a workday of the wall clock."""
    at = local(start)
    minute = at.hour * 60 + at.minute
    inside = minute >= BEGINS and minute + MEETING * 5 <= ends
    return at.isoweekday() < 6 and inside and (minute - BEGINS) % STEP == 0


@lru_cache(maxsize=64)
def open_starts(ends: int, first: int, last: int) -> tuple[int, ...]:
    """Every start between two ticks, if nothing were taken."""
    return tuple(tick for tick in range(first, last) if is_open(ends, tick))


@dataclass
class Diary:
    """One officer: open from 8 to `ends` (minutes after midnight), booked while `works`."""

    ends: int = 16 * 60
    works: bool = True


@dataclass
class Meeting:
    """One booking as the model knows it. `alive`: its hold has not run out; `until`: where its claim ends."""

    resident: int
    diary: int
    start: int
    state: str = "held"
    alive: bool = True
    sequence: int = 0
    extended: int = 0
    until: int = field(default=0)

    def __post_init__(self) -> None:
        self.until = self.until or self.start + MEETING + AFTER

    @property
    def taken(self) -> bool:
        """Whether anything of its time is claimed."""
        return self.alive and self.state != "cancelled"


@dataclass
class World:
    """All of it. `refuses_...`: the class of the error, or nothing."""

    diaries: list[Diary]
    meetings: list[Meeting] = field(default_factory=list)

    def free(self, diary: int, start: int, *, but: Meeting | None = None) -> bool:
        """Whether nobody else claims a tick of a meeting that begins here, or of the buffer after it."""
        ends = start + MEETING + AFTER
        others = (one for one in self.meetings if one is not but and one.diary == diary and one.taken)
        return not any(one.start < ends and start < one.until for one in others)

    def open_to(self, diary: int, start: int, now: datetime) -> bool:
        """Whether it could be had if it were free: not begun, within the horizon, open, the officer one still."""
        whose = self.diaries[diary]
        return whose.works and next_tick(now) <= start and self.near(start, now) and is_open(whose.ends, start)

    def near(self, start: int, now: datetime) -> bool:
        """The horizon ends with its last local day."""
        return local(start).date() <= (now.astimezone(ZONE) + HORIZON).date()

    def had(self, diary: int, start: int, now: datetime, *, but: Meeting | None = None) -> bool:
        """Whether it can be had."""
        return self.open_to(diary, start, now) and self.free(diary, start, but=but)

    def refuses_hold(self, resident: int, diary: int, start: int, now: datetime) -> str:
        """The lead time is nothing; two holds at most."""
        if start < next_tick(now):
            return "TooSoon"
        if not self.had(diary, start, now):
            return "SlotTaken"
        mine = sum(one.resident == resident and one.state == "held" and one.alive for one in self.meetings)
        return "LimitReached" if mine >= MOST_HOLDS else ""

    def refuses_extend(self, one: Meeting, now: datetime) -> str:
        """Ten times; what ran out is taken again if it can be had."""
        if one.state != "held":
            return "WrongState"
        if one.extended >= MOST_EXTENSIONS:
            return "LimitReached"
        return "" if one.alive or self.had(one.diary, one.start, now, but=one) else "HoldExpired"

    def refuses_book(self, one: Meeting, now: datetime) -> str:
        """Not once it has begun."""
        if one.state != "held":
            return "WrongState"
        begun = one.start * 300 <= now.timestamp()
        kept = one.alive or self.had(one.diary, one.start, now, but=one)
        return "SlotTaken" if begun or not kept else ""

    def refuses_move(self, one: Meeting, diary: int, start: int, sequence: int, now: datetime) -> str:
        """Until the start, and not to where it stands."""
        if sequence != one.sequence:
            return "Stale"
        if one.state != "confirmed":
            return "WrongState"
        here = (diary, start) == (one.diary, one.start)
        if here or not self.had(diary, start, now, but=one):
            return "SlotTaken"
        return "TooLate" if now.timestamp() > one.start * 300 else ""

    def refuses_cancel(self, one: Meeting, now: datetime) -> str:
        """Until the start; again is the same."""
        if one.state == "cancelled":
            return ""
        if one.state != "confirmed":
            return "WrongState"
        return "TooLate" if now.timestamp() >= one.start * 300 else ""

    def refuses_hand_over(self, one: Meeting, other: int, now: datetime) -> str:
        """By an officer who is one, to one who is free."""
        if not self.diaries[one.diary].works:
            return "NotAllowed"
        if one.state != "confirmed":
            return "WrongState"
        return "" if self.had(other, one.start, now, but=one) else "SlotTaken"

    def refuses_no_show(self, one: Meeting, now: datetime) -> str:
        """From ten minutes after the start."""
        if not self.diaries[one.diary].works:
            return "NotAllowed"
        if one.state != "confirmed":
            return "WrongState"
        return "TooSoon" if now.timestamp() < one.start * 300 + 600 else ""

    def refuses_undo(self, one: Meeting, now: datetime) -> str:
        """The same day, while the rest is free."""
        if not self.diaries[one.diary].works:
            return "NotAllowed"
        if one.state != "no_show" or local(one.start).date() != now.astimezone(ZONE).date():
            return "WrongState"
        cut = one.until < one.start + MEETING
        return "SlotTaken" if cut and not self.free(one.diary, one.start, but=one) else ""

    def whole(self, one: Meeting) -> int:
        """Where a claim ends that is taken back; what was cut in the buffer only, stays cut."""
        return one.start + MEETING + AFTER if one.until < one.start + MEETING else one.until

    def weekly(self, start: int, count: int) -> list[int]:
        """The same time of day, a week apart."""
        at = local(start)
        days = [at.replace(tzinfo=None) + timedelta(weeks=number) for number in range(count)]
        return [int(day.replace(tzinfo=ZONE).timestamp()) // 300 for day in days]

    def refuses_series(self, diary: int, starts: list[int], now: datetime) -> str:
        """All of them, or none."""
        if not self.had(diary, starts[0], now):
            return "SlotTaken"
        return "" if all(self.had(diary, start, now) for start in starts) else "SeriesTaken"
