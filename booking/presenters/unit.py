"""A unit's load in words and as a chart: bars of hours, with the same numbers in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext, ngettext

from booking import languages, wording
from booking.models import Calendar, CalendarKind
from booking.presenters.week import booked_meetings, name_of
from booking.unit_load import Load, Other, UnitLoad

_WIDTH, _ROW, _TEXT, _BAR = 360, 56, 20, 20


@dataclass(frozen=True)
class Bar:
    """One officer in the chart, in units of its drawing; `label` stands over the bar."""

    label: str
    y: int
    text_y: int
    width: int


@dataclass(frozen=True)
class Chart:
    """The drawing: its height, its bars, and all of its numbers in one sentence."""

    width: int
    height: int
    bar: int
    bars: tuple[Bar, ...]
    said: str


@dataclass(frozen=True)
class LoadLine:
    """One officer in the table."""

    calendar: UUID
    name: str
    share: str
    booked: str
    weighted: str
    meetings: int
    free: int
    tasks: int


@dataclass(frozen=True)
class OtherLine:
    """An interpreter or a room: what it is, what is coming."""

    calendar: UUID
    name: str
    what: str
    meetings: str


@dataclass(frozen=True)
class UnitPage:
    """The whole page. `units`: id, name and whether it is shown, when there are several; `tasks` is empty for none."""

    name: str
    lead: str
    units: tuple[tuple[UUID, str, bool], ...]
    chart: Chart
    lines: tuple[LoadLine, ...]
    others: tuple[OtherLine, ...]
    tasks: str


def unit_page(load: UnitLoad) -> UnitPage:
    """The page of one unit; officers by how much they have, those with most first."""
    officers = sorted(load.officers, key=lambda one: (-one.weighted, one.calendar.id))
    return UnitPage(
        name=load.unit.name,
        lead=_lead(officers),
        units=tuple((one.id, one.name, one.id == load.unit.id) for one in load.units) if len(load.units) > 1 else (),
        chart=_chart(officers),
        lines=tuple(_line(one) for one in officers),
        others=tuple(_other(one) for one in load.others),
        tasks=_tasks(load.tasks),
    )


def hours(minutes: int) -> str:
    """`0 tim`, `45 min`, `3 tim`, `3 tim 20 min`."""
    whole, rest = divmod(minutes, 60)
    if not rest:
        return gettext("%(hours)d tim") % {"hours": whole}
    if not whole:
        return gettext("%(minutes)d min") % {"minutes": rest}
    return gettext("%(hours)d tim %(minutes)d min") % {"hours": whole, "minutes": rest}


def _lead(officers: Sequence[Load]) -> str:
    meetings = sum(one.meetings for one in officers)
    booked = booked_meetings(meetings)
    free = wording.free_times(sum(one.free for one in officers))
    return gettext("%(booked)s och %(free)s de kommande fyra veckorna.") % {"booked": booked, "free": free}


def _chart(officers: Sequence[Load]) -> Chart:
    most = max((one.weighted for one in officers), default=0)
    bars = tuple(
        Bar(
            label=f"{name_of(one.calendar)}, {hours(one.weighted)}",
            y=number * _ROW + _TEXT + 6,
            text_y=number * _ROW + _TEXT - 2,
            width=round(_WIDTH * one.weighted / most) if most else 0,
        )
        for number, one in enumerate(officers)
    )
    numbers = ", ".join(f"{name_of(one.calendar)} {hours(one.weighted)}" for one in officers)
    said = gettext("Stapeldiagram. Bokad tid omräknad till heltid: %(numbers)s.") % {"numbers": numbers}
    return Chart(_WIDTH, max(len(officers), 1) * _ROW, _BAR, bars, said)


def _line(load: Load) -> LoadLine:
    return LoadLine(
        calendar=load.calendar.uuid,
        name=name_of(load.calendar),
        share=gettext("%(n)d %%") % {"n": load.calendar.share},
        booked=hours(load.minutes),
        weighted=hours(load.weighted),
        meetings=load.meetings,
        free=load.free,
        tasks=load.tasks,
    )


def _other(other: Other) -> OtherLine:
    count = booked_meetings(other.meetings)
    return OtherLine(other.calendar.uuid, name_of(other.calendar), _what(other.calendar), wording.capital(count))


def _what(calendar: Calendar) -> str:
    if calendar.kind == CalendarKind.ROOM:
        return gettext("Rum att låna")
    return gettext("Tolk: %(languages)s") % {
        "languages": ", ".join(languages.name_of(code) for code in calendar.languages)
    }


def _tasks(n: int) -> str:
    if not n:
        return ""
    return ngettext("%(n)d uppgift har ingen tagit än.", "%(n)d uppgifter har ingen tagit än.", n) % {"n": n}
