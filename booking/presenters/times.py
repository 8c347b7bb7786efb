"""Free times in words: the three first, a week with its days, and a month to jump in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlencode

from django.utils.translation import gettext, ngettext

from booking import wording

NOON = 12
MOST_IN_A_PART = 8
_STEPS = (60, 30, 15, 10, 5)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class View:
    """What of the free times somebody asked to see: a Monday, one day of it or None, `fm`, `em` or "" for all day.

    `who`: the calendar of one officer as text, and that officer's name; empty for everybody's.
    """

    monday: date | None = None
    day: date | None = None
    part: str = ""
    who: str = ""
    name: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """What every link of the page must carry on."""
        return {name: value for name, value in (("del", self.part), ("vem", self.who)) if value}


@dataclass(frozen=True)
class TimeButton:
    """One start as a submit button: what it sends, what it shows, what comes before that for a screen reader.

    `who`: `med Anna Lindqvist`, where one officer's times are shown.
    """

    value: str
    clock: str
    day: str
    lead: str
    who: str = ""


@dataclass(frozen=True)
class Link:
    """An address and its words."""

    address: str
    text: str


@dataclass(frozen=True)
class DayTimes:
    """A day of the list. `rest` leads to all its times when only the roundest are shown."""

    anchor: str
    title: str
    count: str
    morning: tuple[TimeButton, ...]
    afternoon: tuple[TimeButton, ...]
    rest: Link | None


@dataclass(frozen=True)
class StripDay:
    """A day at the top of the week; `anchor` is empty when nothing is free."""

    short: str
    full: str
    number: int
    free: str
    anchor: str


@dataclass(frozen=True)
class Cell:
    """A day of the month table; no address when nothing is free."""

    number: int
    text: str
    address: str
    chosen: bool


@dataclass(frozen=True)
class Month:
    """A calendar month as a table of weeks."""

    caption: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]
    earlier: Link | None
    later: Link | None


@dataclass(frozen=True)
class Week:
    """The shown week."""

    number: int
    span: str
    strip: tuple[StripDay, ...]
    days: tuple[DayTimes, ...]
    earlier: Link | None
    later: Link | None
    whole: Link | None
    nearest: TimeButton | None
    nearest_is_later: bool = True


@dataclass(frozen=True)
class OwnTimes:
    """The first free times of somebody's own officer; `calendar`: what choosing one of them sends."""

    calendar: str
    name: str
    times: tuple[TimeButton, ...]


@dataclass(frozen=True)
class TimesPage:
    """All free times of a meeting type and form, as one page shows them. `first` is empty when nothing is free.

    `own`: the first ones of the resident's own officer, which stand before `first`; that is then what is free earlier.
    """

    first: tuple[TimeButton, ...]
    week: Week
    month: Month
    part: str
    who: str = ""
    own: OwnTimes | None = None


@dataclass(frozen=True)
class _Free:
    """Free starts by local date, the days that are open at all, and the first and last Monday that can be shown."""

    by_day: dict[date, tuple[datetime, ...]]
    view: View
    first_monday: date
    last_monday: date
    open_days: frozenset[date] = field(default=frozenset())

    def of(self, day: date) -> tuple[datetime, ...]:
        return self.by_day.get(day, ())


def times_page(
    starts: Sequence[datetime], view: View, *, now: datetime, until: datetime, opened: Iterable[datetime] = ()
) -> TimesPage:
    """The page for free `starts` (aware, ascending) between `now` and `until`, the end of the horizon.

    `opened`: starts of the shown week if nothing were booked; a day with such starts and no free one is full.
    """
    kept = [start for start in starts if _in_part(start, view.part)]
    free = _free(kept, view, now, until, opened)
    monday = _shown_monday(view, kept, free)
    return TimesPage(
        first=tuple(time_button(start, view.name) for start in kept[:3]),
        week=_week(free, monday, view.day if view.day and _monday(view.day) == monday else None, kept),
        month=_month(free, monday, view.day),
        part=view.part,
        who=view.who,
    )


def own_first(page: TimesPage, calendar: str, name: str, own: Sequence[datetime]) -> TimesPage:
    """The page with the own officer's times first; of the others only what is free earlier stands beside them.

    Nothing changes where one officer's times alone are asked for, or a part of the day.
    """
    if not own or not name or page.who or page.part:
        return page
    times = tuple(time_button(start, name) for start in own)
    earlier = tuple(button for button in page.first if datetime.fromisoformat(button.value) < own[0])
    return replace(page, first=earlier, own=OwnTimes(calendar, name, times))


def empty_days(starts: Sequence[datetime], view: View, *, now: datetime, until: datetime) -> tuple[date, ...]:
    """The workdays of the shown week without a free start: full, closed or past."""
    kept = [start for start in starts if _in_part(start, view.part)]
    free = _free(kept, view, now, until)
    monday = _shown_monday(view, kept, free)
    return tuple(day for day in (monday + timedelta(days=n) for n in range(5)) if not free.of(day))


def _free(
    kept: Iterable[datetime], view: View, now: datetime, until: datetime, opened: Iterable[datetime] = ()
) -> _Free:
    by_day = {day: tuple(group) for day, group in groupby(kept, key=wording.local_date)}
    open_days = frozenset(wording.local_date(start) for start in opened if _in_part(start, view.part))
    first, last = _monday(wording.local_date(now)), _monday(wording.local_date(until))
    return _Free(by_day, view, first, last, open_days)


def time_button(start: datetime, officer: str = "") -> TimeButton:
    """The button of one start, on one officer's calendar if a name is given."""
    day = wording.capital(wording.day(start))
    spoken = wording.capital(wording.spoken(start))
    clock = wording.clock(start)
    value = wording.local(start).isoformat(timespec="minutes")
    who = gettext("med %(officer)s") % {"officer": officer} if officer else ""
    return TimeButton(value, clock, day, spoken.removesuffix(clock), who)


def roundest(starts: Sequence[datetime], most: int = MOST_IN_A_PART) -> tuple[datetime, ...]:
    """At most about `most` of the starts: those on the finest of whole hours, halves, quarters … that are few enough.

    A fine grid has dozens of starts in half a day; nobody chooses well among so many.
    """
    if len(starts) <= most:
        return tuple(starts)
    for step in reversed(_STEPS):
        found = tuple(start for start in starts if wording.local(start).minute % step == 0)
        if 0 < len(found) <= most:
            return found
    return tuple(starts[:most])


def _in_part(start: datetime, part: str) -> bool:
    return part not in ("fm", "em") or (wording.local(start).hour < NOON) == (part == "fm")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _shown_monday(view: View, kept: Sequence[datetime], free: _Free) -> date:
    """The week asked for, inside what can be shown; without one, the week of the first free time."""
    asked = _monday(view.day) if view.day else view.monday
    if asked is None:
        asked = _monday(wording.local_date(kept[0])) if kept else free.first_monday
    return min(max(_monday(asked), free.first_monday), free.last_monday)


def _address(monday: date, kept: Mapping[str, str], day: date | None = None) -> str:
    """The query that shows a week, or one day of it, with the filters that are on."""
    iso = monday.isocalendar()
    query = {"vecka": f"{iso.year}-{iso.week:02}"}
    if day:
        query["dag"] = day.isoformat()
    return f"?{urlencode({**query, **kept})}"


def _week(free: _Free, monday: date, only: date | None, kept: Sequence[datetime]) -> Week:
    days = [monday + timedelta(days=n) for n in range(7)]
    shown = [day for day in days if free.of(day) and only in (None, day)]
    strip = tuple(_strip_day(free, day, only) for day in days if day.weekday() < 5 or free.of(day))
    nearest = None if shown else _nearest(kept, monday, free.view.name)
    return Week(
        number=wording.iso_week(monday),
        span=wording.week_span(monday, len(strip)),
        strip=strip,
        days=tuple(_day_times(free, day, whole=only is not None) for day in shown),
        earlier=_week_link(free, monday - _WEEK),
        later=_week_link(free, monday + _WEEK),
        whole=Link(_address(monday, free.view.kept), gettext("Visa hela veckan")) if only else None,
        nearest=nearest[0] if nearest else None,
        nearest_is_later=nearest is None or nearest[1],
    )


def _week_link(free: _Free, monday: date) -> Link | None:
    if not free.first_monday <= monday <= free.last_monday:
        return None
    text = gettext("vecka %(number)d") % {"number": wording.iso_week(monday)}
    return Link(_address(monday, free.view.kept), text)


def _nearest(kept: Sequence[datetime], monday: date, officer: str) -> tuple[TimeButton, bool] | None:
    """The first free time after an empty week, else the last before it; and whether it is after."""
    after = [start for start in kept if wording.local_date(start) >= monday]
    found = after[:1] or kept[-1:]
    return (time_button(found[0], officer), bool(after)) if found else None


def _strip_day(free: _Free, day: date, only: date | None) -> StripDay:
    n = len(free.of(day))
    anchor = "" if n == 0 else f"#{_anchor(day)}"
    if n and only not in (None, day):
        anchor = _address(_monday(day), free.view.kept) + anchor
    return StripDay(wording.short_weekday(day), wording.weekday(day), day.day, _count(free, day), anchor)


def _count(free: _Free, day: date) -> str:
    """How many times are free; none on a day that is closed or past is not because somebody took them."""
    n = len(free.of(day))
    if n:
        return ngettext("%(n)d ledig", "%(n)d lediga", n) % {"n": n}
    return gettext("Fullt") if day in free.open_days else gettext("Inga tider")


def _anchor(day: date) -> str:
    return f"d-{day.isoformat()}"


def _day_times(free: _Free, day: date, *, whole: bool) -> DayTimes:
    starts = free.of(day)
    halves = [tuple(s for s in starts if _in_part(s, part)) for part in ("fm", "em")]
    shown = halves if whole else [roundest(half) for half in halves]
    left_out = len(starts) - sum(map(len, shown))
    words = {"count": wording.free_times(len(starts)), "day": wording.day(day)}
    address = _address(_monday(day), free.view.kept, day) + f"#{_anchor(day)}"
    return DayTimes(
        anchor=_anchor(day),
        title=wording.capital(wording.day(day)),
        count=wording.free_times(len(starts)),
        morning=tuple(time_button(start, free.view.name) for start in shown[0]),
        afternoon=tuple(time_button(start, free.view.name) for start in shown[1]),
        rest=Link(address, gettext("Visa alla %(count)s %(day)s") % words) if left_out else None,
    )


def _month(free: _Free, monday: date, chosen: date | None) -> Month:
    """The month that most of the shown week lies in, from this week on; weekends only where they have free times."""
    first = (monday + timedelta(days=3)).replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    weeks = (_monday(first) + n * _WEEK for n in range(6))
    mondays = [week for week in weeks if free.first_monday <= week < after]
    weekdays = [n for n in range(7) if n < 5 or any(free.of(m + timedelta(days=n)) for m in mondays)]
    return Month(
        caption=gettext("Dagar med lediga tider i %(month)s") % {"month": wording.month(first)},
        heads=tuple(
            (wording.short_weekday(monday + timedelta(n)), wording.weekday(monday + timedelta(n))) for n in weekdays
        ),
        rows=tuple(tuple(_cell(free, m + timedelta(days=n), chosen) for n in weekdays) for m in mondays),
        earlier=_month_link(free, first - timedelta(days=1)),
        later=_month_link(free, after),
    )


def _cell(free: _Free, day: date, chosen: date | None) -> Cell:
    n = len(free.of(day))
    address = f"{_address(_monday(day), free.view.kept)}#{_anchor(day)}" if n else ""
    return Cell(day.day, f"{wording.month(day)}, {wording.free_times(n)}", address, chosen=day == chosen)


def _month_link(free: _Free, day: date) -> Link | None:
    """To the first shown week of a month, if it lies in the horizon."""
    first = _monday(day.replace(day=1) + timedelta(days=6))
    if _monday(day) < free.first_monday or first > free.last_monday:
        return None
    return Link(_address(max(first, free.first_monday), free.view.kept), wording.capital(wording.month(day)))
