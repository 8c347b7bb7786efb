"""A week in words: each block with its time, what it is, and why a time is closed; as a table and as a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

import holidays
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext

from booking import wording
from booking.models import Calendar, CalendarKind
from booking.officer_forms import ABSENCES
from booking.patterns import MINUTES_PER_DAY
from booking.timeline import Span, instant
from booking.week import Week
from booking.week_grid import Cell, Kind, Piece, reach, table
from booking.week_pieces import Day, Meeting

_USUAL: Span = (8 * 60, 16 * 60)
_WEEK = timedelta(days=7)
_WEEKEND = 5
_STYLES = {Kind.BOOKED: "book", Kind.HELD: "busy", Kind.BUSY: "busy", Kind.OPEN: "open"}


@dataclass(frozen=True)
class BlockWords:
    """One block. `kind` in words before `text` for who listens, part of the text or said by colour for who looks.

    `clock`, `until`: `8.30` and `–9.15`, of the list; `address`: where it leads, or empty; `minute`: its place in the
    day; `shut`: no rule opens it, and that is all.
    """

    style: str
    kind: str
    text: str
    words: str
    clock: str
    until: str
    address: str
    minute: int
    shut: bool = False
    rows: int = 1
    day: int = 0


@dataclass(frozen=True)
class RowWords:
    """A row of the table. `time` is said for every row and shown at full hours; `size`: its length in ticks."""

    time: str
    hour: bool
    size: int
    cells: tuple[BlockWords, ...]


@dataclass(frozen=True)
class DayWords:
    """A day: `mån`, `måndag`, `30/11`, `Måndag 30 november`; its blocks, none that is only closed."""

    short: str
    full: str
    number: str
    title: str
    today: bool
    blocks: tuple[BlockWords, ...]


@dataclass(frozen=True)
class WeekPage:
    """The whole page. `whose`: the calendar's name when it is another's; `earlier`, `later`: Mondays for addresses."""

    number: int
    span: str
    lead: str
    whose: str
    days: tuple[DayWords, ...]
    rows: tuple[RowWords, ...]
    monday: date
    earlier: date
    later: date
    edits: bool
    own: bool


def week_page(week: Week, *, now: datetime) -> WeekPage:
    """The page of a week at `now`; Saturday and Sunday only when something is there."""
    days = [day for number, day in enumerate(week.days) if number < _WEEKEND or _used(day)]
    minutes = [tuple(_in_minutes(day)) for day in days]
    rows = table(minutes, reach(minutes, _USUAL))
    return WeekPage(
        number=wording.iso_week(week.monday),
        span=wording.week_span(week.monday, len(days)),
        lead=_lead(week),
        whose="" if week.own else name_of(week.calendar),
        days=tuple(_day(week, day, pieces, now) for day, pieces in zip(days, minutes, strict=True)),
        rows=tuple(
            RowWords(
                _clock(row.minute),
                row.minute % 60 == 0,
                row.minutes // 5,
                tuple(_block(week, days[cell.day], cell.piece, now, cell) for cell in row.cells),
            )
            for row in rows
        ),
        monday=week.monday,
        earlier=week.monday - _WEEK,
        later=week.monday + _WEEK,
        edits=week.edits,
        own=week.own,
    )


def name_of(calendar: Calendar) -> str:
    """Whose time it is: the name at work, or the room's; an interpreter's by their name."""
    if calendar.kind == CalendarKind.ROOM or calendar.person is None:
        return calendar.name or gettext("Rum")
    account = getattr(calendar.person, "staff_account", None)
    return (account.name if account else calendar.person.name) or gettext("Namnet är inte känt än")


def booked_meetings(n: int) -> str:
    """`8 bokade möten`, `inga bokade möten`."""
    if n == 0:
        return gettext("inga bokade möten")
    return ngettext("%(n)d bokat möte", "%(n)d bokade möten", n) % {"n": n}


def _used(day: Day) -> bool:
    return any(one.kind not in (Kind.SHUT, Kind.CLOSURE, Kind.ABSENCE, Kind.BUSY) for one in day.blocks)


def _in_minutes(day: Day) -> Iterator[Piece]:
    """The blocks in wall time. In the hour that comes twice a block has no length, and is left to its neighbours."""
    for block in day.blocks:
        start, end = _minute(block.span[0], day), _minute(block.span[1], day)
        if start < end:
            yield Piece(block.kind, (start, end), _Known(block.about, block.span))


@dataclass(frozen=True)
class _Known:
    """What stands behind a block, and its ticks."""

    about: object
    span: Span


def _minute(tick: int, day: Day) -> int:
    if tick >= day.span[1]:
        return MINUTES_PER_DAY
    wall = wording.local(instant(tick))
    return wall.hour * 60 + wall.minute


def _day(week: Week, day: Day, pieces: Sequence[Piece], now: datetime) -> DayWords:
    shown = [one for one in pieces if one.kind != Kind.SHUT]
    return DayWords(
        short=wording.short_weekday(day.date),
        full=wording.weekday(day.date),
        number=f"{day.date.day}/{day.date.month}",
        title=wording.capital(wording.day(day.date)),
        today=wording.local_date(now) == day.date,
        blocks=tuple(_block(week, day, one, now) for one in shown),
    )


def _block(week: Week, day: Day, piece: Piece, now: datetime, cell: Cell | None = None) -> BlockWords:
    known = cast("_Known", piece.about)
    first, last = piece.span
    meeting = known.about if isinstance(known.about, Meeting) else None
    if meeting is not None:
        first, last = (_minute(tick, day) for tick in meeting.span)
    kind, words = _words(week, day, piece.kind, known, now)
    return BlockWords(
        style=_STYLES.get(piece.kind, ""),
        kind=kind,
        text=f"{_clock(first)} {words}" if meeting is not None else f"{_hours(first, last)} {words}".strip(),
        words=words,
        clock=_clock(first),
        until=f"–{_clock(last)}",
        address=_address(week, piece.kind, known, now),
        minute=first,
        shut=piece.kind == Kind.SHUT,
        rows=cell.rows if cell else 1,
        day=cell.day if cell else 0,
    )


def _words(week: Week, day: Day, kind: Kind, known: _Known, now: datetime) -> tuple[str, str]:
    """What kind of block it is, for who listens; and the words that both read."""
    if isinstance(known.about, Meeting):
        how = _form(known.about)
        return (gettext("Bokat:"), how) if kind == Kind.BOOKED else (gettext("Håller på att bokas:"), how)
    if kind == Kind.BUSY:
        return gettext("Upptaget:"), gettext("Annan kalender")
    if kind == Kind.OPEN:
        return "", _open(week.free.get(known.span[0], 0), past=instant(known.span[1]) <= now)
    return gettext("Stängt:"), _closed(day, kind, known.about)


def _form(meeting: Meeting) -> str:
    how = {
        "video": gettext("Video"),
        "phone": gettext("Telefon"),
        "visit": gettext("Besök"),
        "home": gettext("Hembesök"),
    }[meeting.form]
    return gettext("%(form)s, tolk") % {"form": how} if meeting.interpreter else how


def _open(free: int, *, past: bool) -> str:
    if past or not free:
        return gettext("Öppet")
    return ngettext("Öppet, %(n)d ledig", "Öppet, %(n)d lediga", free) % {"n": free}


def _closed(day: Day, kind: Kind, about: object) -> str:
    return {
        Kind.RED: gettext("Röd dag, %(name)s") % {"name": _red(day.date)} if kind == Kind.RED else "",
        Kind.SHORT: gettext("Stänger tidigare före helgen"),
        Kind.CLOSED: gettext("Stängt den här dagen"),
        Kind.CLOSURE: gettext("Enheten är stängd"),
        Kind.ABSENCE: str(dict(ABSENCES).get(str(about), gettext("Frånvaro"))),
    }.get(kind, gettext("Inte öppet"))


def _red(day: date) -> str:
    """The red day by its name, in the reader's language where the package has it."""
    language = "sv" if (get_language() or "sv").startswith("sv") else "en_US"
    names = holidays.country_holidays("SE", years=day.year, expand=False, include_sundays=False, language=language)
    return wording.small(names.get(day, ""))


def _address(week: Week, kind: Kind, known: _Known, now: datetime) -> str:
    if isinstance(known.about, Meeting):
        return reverse("booking:officer_booking", args=[known.about.key]) if known.about.opens else ""
    if not week.own:
        return ""
    if kind == Kind.BUSY:
        return reverse("booking:calendar")
    if kind == Kind.OPEN and instant(known.span[1]) > now:
        return f"{reverse('booking:book_for')}?fran={known.span[0]}"
    if kind in (Kind.ABSENCE, Kind.CLOSED):
        return reverse("booking:opening")
    return ""


def _lead(week: Week) -> str:
    blocks = [one for day in week.days for one in day.blocks if one.kind == Kind.BOOKED]
    booked = {one.about.key for one in blocks if isinstance(one.about, Meeting)}
    meetings = wording.capital(booked_meetings(len(booked)))
    if week.calendar.kind != CalendarKind.OFFICER:
        return f"{meetings}."
    return f"{meetings}, {wording.free_times(sum(week.free.values()))}."


def _clock(minute: int) -> str:
    return wording.wall_time(*divmod(minute, 60))


def _hours(first: int, last: int) -> str:
    """`9–12`, `8.30–10`: short, for a narrow column."""
    return f"{_short(first)}–{_short(last)}"


def _short(minute: int) -> str:
    return str(minute // 60) if minute % 60 == 0 else _clock(minute)
