"""What somebody wants of an opening, as plain values: what forms and the API give to the use cases. Pure.

Minutes are wall time after midnight and multiples of 5; moments are aware; each `check` raises `OpeningFault`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, cast
from uuid import UUID

from booking.opening_faults import MOST_DAYS_AHEAD, Fault, check_dates, check_day, check_minutes, check_step, refuse
from booking.patterns import MINUTES_PER_DAY, WEEKLY, Cycle, Parity, Pattern
from booking.rules import Anchor, DatedException, Kind, Rule
from booking.timeline import TICK_MINUTES

FORMS: Final = ("video", "phone", "visit", "home")
ABSENCE_CODES: Final = ("leave", "sick", "course", "other")
SHORTEST, LONGEST = timedelta(minutes=TICK_MINUTES), timedelta(days=400)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,4})?")
_MOST: Final = {"per_day": 288, "per_week": 2016, "minutes_per_day": MINUTES_PER_DAY}

Orphans = Literal["keep", "tasks"]


def cycle_of(every: int = 1, first_monday: date | None = None, week_parity: str = "", nth: int = 0) -> Cycle:
    """A cycle from its four fields. `OpeningFault` for what is none."""
    refuse(not 1 <= every <= 8, Fault.BAD_CYCLE, "every")
    monday = first_monday is not None and first_monday.isoweekday() == 1
    refuse(every > 1 and not monday, Fault.NO_MONDAY, "first_monday")
    refuse(week_parity not in ("", "odd", "even"), Fault.BAD_CYCLE, "week_parity")
    refuse(nth not in (-1, 0, 1, 2, 3, 4, 5), Fault.BAD_CYCLE, "nth")
    refuse((every > 1) + bool(week_parity) + bool(nth) > 1, Fault.BAD_CYCLE, "every")
    return Cycle(every, first_monday if every > 1 else None, cast("Parity", week_parity), nth)


@dataclass(frozen=True, slots=True)
class WantedRule:
    """A rule as it is asked for: one row comes of each weekday (ISO 1-7)."""

    weekdays: tuple[int, ...]
    from_minute: int
    to_minute: int
    forms: tuple[str, ...]
    step: int
    valid_from: date | None = None
    valid_to: date | None = None
    cycle: Cycle = WEEKLY
    anchor: str = "opening"
    on_red_days: bool = False

    def check(self, today: date) -> None:
        """Raises `OpeningFault` for the first thing that is wrong with it by itself."""
        refuse(not self.weekdays, Fault.NO_DAYS, "weekdays")
        refuse(any(not 1 <= day <= 7 for day in self.weekdays), Fault.UNKNOWN_DAY, "weekdays")
        refuse(len(set(self.weekdays)) < len(self.weekdays), Fault.OVERLAPS_ITSELF, "weekdays")
        check_minutes(self.from_minute, self.to_minute)
        _check_forms(self.forms)
        check_step(self.step, self.anchor)
        check_dates(self.valid_from, self.valid_to, today)
        first = self.cycle.first_monday
        refuse(bool(first and abs((first - today).days) > MOST_DAYS_AHEAD), Fault.TOO_FAR_AHEAD, "first_monday")

    def rules(self) -> tuple[Rule, ...]:
        """One pure rule for each weekday. ValueError for what is no rule."""
        return tuple(
            Rule(
                weekday,
                self.from_minute,
                self.to_minute,
                self.valid_from,
                self.valid_to,
                frozenset(self.forms),
                self.step,
                cast("Anchor", self.anchor),
                self.on_red_days,
                cycle=self.cycle,
            )
            for weekday in self.weekdays
        )


@dataclass(frozen=True, slots=True)
class WantedException:
    """One day that differs. `rule`: of a `skip` or `change`, whose occurrence; no `forms` is all of them.

    `kind`: `skip` or `change` of one occurrence of a rule, `extra` time, or `closed` for part or all of the day.
    """

    day: date
    kind: str
    rule: UUID | None = None
    from_minute: int = 0
    to_minute: int = MINUTES_PER_DAY
    forms: tuple[str, ...] = ()
    step: int = 5
    anchor: str = "opening"

    def check(self, today: date) -> None:
        """Raises `OpeningFault` for the first thing that is wrong with it by itself."""
        refuse(self.kind not in ("skip", "change", "extra", "closed"), Fault.UNKNOWN_KIND, "kind")
        refuse((self.kind in ("skip", "change")) == (self.rule is None), Fault.NO_RULE_NAMED, "rule")
        check_day(self.day, today)
        check_minutes(self.from_minute, self.to_minute)
        if self.kind == "extra" or self.forms:
            _check_forms(self.forms)
        check_step(self.step, self.anchor)

    def pure(self) -> DatedException:
        """As the pure value that opening is computed from."""
        forms = frozenset(self.forms)
        anchor, kind = cast("Anchor", self.anchor), cast("Kind", self.kind)
        return DatedException(self.day, kind, self.rule, self.from_minute, self.to_minute, forms, self.step, anchor)


@dataclass(frozen=True, slots=True)
class WantedAbsence:
    """A time to close, from one aware moment to another, half-open; `code` says why, for the unit only.

    With a `weekday` (ISO 1-7) it recurs between the two: that piece of each such day that the cycle counts.
    """

    from_at: datetime
    to_at: datetime
    code: str
    weekday: int | None = None
    from_minute: int = 0
    to_minute: int = MINUTES_PER_DAY
    cycle: Cycle = WEEKLY

    def check(self, now: datetime) -> None:
        """Raises `OpeningFault`. An absence is 5 minutes to 400 days long, one that recurs up to five years."""
        refuse(self.code not in ABSENCE_CODES, Fault.UNKNOWN_REASON, "code")
        check_span(self.from_at, self.to_at, now, longest=timedelta(days=MOST_DAYS_AHEAD) if self.weekday else LONGEST)
        refuse(self.weekday is not None and not 1 <= self.weekday <= 7, Fault.UNKNOWN_DAY, "weekday")
        check_minutes(self.from_minute, self.to_minute)

    def pattern(self, first: date, last: date) -> Pattern | None:
        """What recurs between two local dates; None when it does not recur."""
        if self.weekday is None:
            return None
        return Pattern(self.weekday, self.from_minute, self.to_minute, first, last, cycle=self.cycle)


@dataclass(frozen=True, slots=True)
class WantedClosure:
    """A time when a unit is closed, or without one the whole municipality; aware, half-open."""

    from_at: datetime
    to_at: datetime
    unit: UUID | None = None

    def check(self, now: datetime) -> None:
        """Raises `OpeningFault`; as long as an absence."""
        check_span(self.from_at, self.to_at, now, longest=LONGEST)


@dataclass(frozen=True, slots=True)
class WantedLimit:
    """The most that a calendar takes, of one meeting type or overall; None is any number, 0 closes."""

    meeting_type: UUID | None = None
    per_day: int | None = None
    per_week: int | None = None
    minutes_per_day: int | None = None

    def check(self) -> None:
        """Raises `OpeningFault`."""
        for name, most in _MOST.items():
            value = getattr(self, name)
            refuse(value is not None and not 0 <= value <= most, Fault.LIMIT_OUT_OF_BOUNDS, name)

    @property
    def says_nothing(self) -> bool:
        """True when it limits nothing."""
        return self.per_day is None and self.per_week is None and self.minutes_per_day is None


@dataclass(frozen=True, slots=True)
class WantedSettings:
    """What a calendar is: its share of full time in percent, languages, own lead time and buffers in minutes."""

    name: str = ""
    share: int = 100
    languages: tuple[str, ...] = ()
    lead_minutes: int = 0
    buffer_before: int = 0
    buffer_after: int = 0

    def check(self) -> None:
        """Raises `OpeningFault`."""
        refuse(len(self.name) > 60 or not self.name.isprintable(), Fault.BAD_NAME, "name")
        refuse(not 5 <= self.share <= 100, Fault.SHARE_OUT_OF_BOUNDS, "share")
        refuse(not all(_LANGUAGE.fullmatch(one) for one in self.languages), Fault.BAD_LANGUAGE, "languages")
        refuse(len(set(self.languages)) < len(self.languages), Fault.BAD_LANGUAGE, "languages")
        refuse(not 0 <= self.lead_minutes <= 86_400, Fault.LEAD_OUT_OF_BOUNDS, "lead_minutes")
        for field in ("buffer_before", "buffer_after"):
            minutes = getattr(self, field)
            refuse(not 0 <= minutes <= 240 or minutes % TICK_MINUTES != 0, Fault.BUFFER_OUT_OF_BOUNDS, field)


def check_span(from_at: datetime, to_at: datetime, now: datetime, *, longest: timedelta) -> None:
    """Two moments in order, not over already, 5 minutes to `longest` apart, within five years."""
    refuse(to_at <= from_at, Fault.ENDS_BEFORE, "to_at")
    refuse(to_at - from_at < SHORTEST, Fault.ABSENCE_TOO_SHORT, "to_at")
    refuse(to_at - from_at > longest, Fault.ABSENCE_TOO_LONG, "to_at")
    refuse(to_at <= now, Fault.IN_THE_PAST, "to_at")
    refuse((from_at - now).days > MOST_DAYS_AHEAD, Fault.TOO_FAR_AHEAD, "from_at")


def check_limits(limits: Iterable[WantedLimit]) -> None:
    """Each in bounds, and at most one overall and one of each meeting type."""
    seen: set[UUID | None] = set()
    for limit in limits:
        limit.check()
        refuse(limit.meeting_type in seen, Fault.LIMIT_TWICE, "meeting_type")
        seen.add(limit.meeting_type)


def _check_forms(forms: tuple[str, ...]) -> None:
    refuse(not forms, Fault.NO_FORMS, "forms")
    refuse(any(form not in FORMS for form in forms), Fault.UNKNOWN_FORM, "forms")
