"""Rules -> the local times at which they start, near a window, under a budget; dateutil does the arithmetic."""

import calendar
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dateutil.rrule import DAILY, HOURLY, MINUTELY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

from booking.calendars.busy.budget import RULE_STEPS, Budget, OverBudget
from booking.calendars.busy.recurrence import Rule

MARGIN = timedelta(days=40)  # longer than any period whose days depend on its beginning
TIMES_PER_DAY = 1_440
LAST_SURE_DAY = 28
MONTHS = 12
MOST_WEEKS_IN_MONTH = 5
DAY_PARTS = {"byweekday", "bymonthday", "byyearday", "byweekno"}
TIME_PARTS = {"byhour", "byminute", "bysecond"}


@dataclass(slots=True)
class Expansion:
    """Naive local starts in ascending order; `throughout` are the first and last of a chain without gaps.

    `complete` is false when the rule went over budget: it blocks from the last start on.
    """

    starts: list[datetime] = field(default_factory=list)
    throughout: tuple[datetime, datetime] | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Near:
    """The part of local time in which starts are wanted, both ends included."""

    first: datetime
    last: datetime


def expand(
    rule: Rule, first: datetime, near: Near, length: timedelta, budget: Budget, *, gaps: bool = False
) -> Expansion:
    """The starts of a rule whose DTSTART is `first`, as naive local times within `near`.

    `length` is the exact length of an instance; `gaps` says that single instances may be taken out, so that a chain
    must be told apart. UNTIL is left to the caller, who compares instants.
    """
    found = Expansion()
    try:
        with budget.rule():
            if rule.costly:
                raise OverBudget
            if rule.frequency >= HOURLY:
                _sub_daily(rule, first, near, length, found, gaps=gaps)
            else:
                _daily_and_up(rule, first, near, budget, found)
        budget.instance(len(found.starts))
    except OverBudget:
        found.complete = False
    return found


def _daily_and_up(rule: Rule, first: datetime, near: Near, budget: Budget, found: Expansion) -> None:
    times = math.prod(len(rule.by.get(part, (0,))) for part in TIME_PARTS)
    if times > TIMES_PER_DAY:
        raise OverBudget
    if never(rule, first):
        return
    begin = fast_forward(rule, first, near.first)
    for start in dated(rule, begin, None if rule.count else near.last):
        budget.step()
        if start > near.last:
            break
        if start >= near.first:
            found.starts.append(start)


def dated(rule: Rule, first: datetime, until: datetime | None) -> rrule:
    """The rule as dateutil's, beginning at `first`; `until` instead of the rule's own."""
    by: dict[str, Any] = dict(rule.by)
    if rule.frequency == YEARLY and "byweekno" in by and not DAY_PARTS - {"byweekno"} & by.keys():
        by["byweekday"] = first.weekday()  # RFC 5545 3.3.10: what a rule leaves out comes from DTSTART
    return rrule(
        rule.frequency, dtstart=first, interval=rule.interval, count=rule.count, until=until, wkst=rule.week_start, **by
    )


def fast_forward(rule: Rule, first: datetime, wanted: datetime) -> datetime:
    """A later start from which the rule gives the same instances from `wanted` on; `first` where there is none.

    A whole number of intervals later, and at least MARGIN before `wanted`. COUNT must be counted from the beginning.
    """
    if rule.count or rule.by.keys() & {"bysetpos", "byweekno", "byyearday"} or wanted.year == 1:
        return first
    target = wanted - MARGIN
    if target <= first:
        return first
    if rule.frequency in {DAILY, WEEKLY}:
        days = rule.interval * (7 if rule.frequency == WEEKLY else 1)
        return first + timedelta(days=(target - first).days // days * days)
    if first.day > LAST_SURE_DAY:
        return first
    months = (target.year - first.year) * MONTHS + target.month - first.month - 1
    every = rule.interval * (MONTHS if rule.frequency == YEARLY else 1)
    years, month = divmod(first.month - 1 + max(0, months) // every * every, MONTHS)
    return first.replace(year=first.year + years, month=month + 1)


def never(rule: Rule, first: datetime) -> bool:
    """Whether a rule asks for days that no year has, such as 30 February: dateutil would look until the year 9999."""
    months = rule.by.get("bymonth", range(1, MONTHS + 1))
    days = rule.by.get("bymonthday", ())
    if not days and rule.frequency in {YEARLY, MONTHLY} and not DAY_PARTS & rule.by.keys():
        days = (first.day,)
        months = rule.by.get("bymonth", (first.month,) if rule.frequency == YEARLY else months)
    longest = max(calendar.monthrange(2000, int(month))[1] for month in months if isinstance(month, int))
    if days and all(abs(day) > longest for day in days if isinstance(day, int)):
        return True
    in_month = rule.frequency == MONTHLY or (rule.frequency == YEARLY and "bymonth" in rule.by)
    if _beyond_the_set(rule):
        return True
    weekdays = [day for day in rule.by.get("byweekday", ()) if isinstance(day, weekday)]
    return bool(weekdays) and in_month and all(abs(day.n or 1) > MOST_WEEKS_IN_MONTH for day in weekdays)


def _beyond_the_set(rule: Rule) -> bool:
    """Whether BYSETPOS asks for more than any period of the rule holds."""
    positions = [position for position in rule.by.get("bysetpos", ()) if isinstance(position, int)]
    weekdays = len(rule.by.get("byweekday", range(7)))
    days = {DAILY: 1, WEEKLY: weekdays, MONTHLY: min(31, MOST_WEEKS_IN_MONTH * weekdays)}.get(rule.frequency, 366)
    times = math.prod(len(rule.by.get(part, (0,))) for part in TIME_PARTS)
    return bool(positions) and all(abs(position) > days * times for position in positions)


def _sub_daily(rule: Rule, first: datetime, near: Near, length: timedelta, found: Expansion, *, gaps: bool) -> None:
    """Closed form of HOURLY, MINUTELY and SECONDLY: every so many seconds on the local clock."""
    if rule.by:
        raise OverBudget
    unit = {HOURLY: 3600, MINUTELY: 60}.get(rule.frequency, 1)
    step = timedelta(seconds=unit * rule.interval)
    begin = max(0, -((first - near.first) // step))
    end = (near.last - first) // step
    if rule.count:
        end = min(end, rule.count - 1)
    if end < begin:
        return
    chained = length >= step
    if chained and (not gaps or end - begin >= RULE_STEPS):
        found.throughout = (first + begin * step, first + end * step)
    elif end - begin < RULE_STEPS:
        found.starts.extend(first + number * step for number in range(begin, end + 1))
    else:
        raise OverBudget
