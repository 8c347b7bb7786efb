"""The officer's day in words: the next meeting with its one next action, today, and the days that come.

A list never holds a full name beside a number: first name and initial, and for protected persons neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.utils.translation import gettext, ngettext

from booking import wording
from booking.calendars.events import short_code
from booking.models import Booking
from booking.presenters import forms_of_meeting
from booking.states import State
from identity.models import Person

_GONE = (State.CANCELLED_BY_RESIDENT, State.CANCELLED_BY_OFFICER, State.CONVERTED, State.NO_SHOW, State.ABORTED)
_OFF = "d-off"
_OVER = (State.ENDED, State.FOLLOWED_UP, *_GONE)
_INSIDE = (State.WAITING, State.IN_PROGRESS, State.INTERRUPTED)


@dataclass(frozen=True)
class StateWords:
    """A state as people see it: words, the dots' name in the sprite, and the tag's tone."""

    text: str
    dots: str
    tone: str


@dataclass(frozen=True)
class MeetingLine:
    """One meeting in a list. `meeting`: its id, None when it cannot be opened; `past`: shown in a quieter tone."""

    booking: UUID
    meeting: UUID | None
    starts_at: datetime
    ends_at: datetime
    who: str
    about: str
    state: StateWords
    past: bool


@dataclass(frozen=True)
class NextMeeting:
    """The card at the top. `when` is empty today and the day in words otherwise."""

    line: MeetingLine
    when: str
    about: str


@dataclass(frozen=True)
class ComingDay:
    """A later day: its name, and each meeting in a few words."""

    day: str
    meetings: tuple[MeetingLine, ...]


@dataclass(frozen=True)
class DayPage:
    """The whole page. `none` is the sentence of a day without meetings, `count` the line beside the heading.

    `stale` says that an incoming calendar could not be read; empty when all is well.
    """

    title: str
    next: NextMeeting | None
    today: tuple[MeetingLine, ...]
    count: str
    none: str
    coming: tuple[ComingDay, ...]
    waiting: int
    stale: str


def day_page(bookings: Sequence[Booking], free: int, *, now: datetime, stale: int = 0) -> DayPage:
    """The page of one officer at `now`; `bookings` by start, from today on; `free` times left today.

    `stale`: how many incoming calendars could not be read lately.
    """
    today = wording.local_date(now)
    lines = [_line(booking, now) for booking in bookings]
    of_today = tuple(line for line in lines if wording.local_date(line.starts_at) <= today)
    later = [line for line in lines if wording.local_date(line.starts_at) > today and line.state.dots != _OFF]
    return DayPage(
        title=wording.capital(wording.day(now)),
        next=_next(bookings, now),
        today=of_today,
        count=_count(of_today, free),
        none="" if of_today else gettext("Inga möten i dag. %(free)s.") % {"free": _free(free)},
        coming=tuple(_coming(later)),
        waiting=sum(booking.state == State.WAITING for booking in bookings),
        stale=_stale(stale),
    )


def state_words(state: str, waiting_since: datetime | None = None, now: datetime | None = None) -> StateWords:
    """The words, dots and tone of a booking's state; for one who waits also for how long."""
    if state == State.WAITING and waiting_since and now:
        minutes = max(0, int((now - waiting_since).total_seconds() // 60))
        waits = gettext("Väntar sedan %(minutes)s") % {"minutes": wording.minutes(minutes)}
        return StateWords(waits if minutes else gettext("Väntar"), "d-wait", "tag-sun")
    text, dots, tone = _words()[State(state)]
    return StateWords(text, dots, tone)


def short_name(person: Person | None) -> str:
    """First name and initial; a protected person's name is never in a list."""
    if person is None:
        return gettext("Intern tid")
    if person.protected:
        return gettext("Skyddad bokning")
    first, *rest = person.name.split() or [gettext("Invånare")]
    return f"{first} {rest[-1][0]}." if rest else first


def _line(booking: Booking, now: datetime) -> MeetingLine:
    about = gettext("%(form)s, kod %(code)s") % {
        "form": forms_of_meeting.name_of(booking.form),
        "code": short_code(booking.id),
    }
    over = booking.state in _OVER
    return MeetingLine(
        booking=booking.id,
        meeting=None if over else getattr(booking, "meeting_key", None),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        who=short_name(booking.resident),
        about=about,
        state=state_words(booking.state, getattr(booking, "waiting_since", None), now),
        past=over or booking.ends_at <= now,
    )


def _next(bookings: Iterable[Booking], now: datetime) -> NextMeeting | None:
    """Who is inside or waits comes first, then the next that has not ended."""
    left = [one for one in bookings if one.state not in _OVER and (one.ends_at > now or one.state in _INSIDE)]
    if not left:
        return None
    booking = min(left, key=lambda one: (one.state not in _INSIDE, one.from_tick))
    length = wording.minutes((booking.to_tick - booking.from_tick) * 5)
    about = f"{forms_of_meeting.name_of(booking.form)}, {length}."
    if booking.resident is None or not booking.resident.protected:  # what it is about is nothing for a list
        about = f"{booking.meeting_type.name}. {about}"
    same_day = wording.local_date(booking.starts_at) == wording.local_date(now)
    return NextMeeting(
        line=_line(booking, now), when="" if same_day else wording.capital(wording.day(booking.starts_at)), about=about
    )


def _coming(lines: Iterable[MeetingLine]) -> Iterable[ComingDay]:
    for day, group in groupby(lines, key=lambda line: wording.local_date(line.starts_at)):
        yield ComingDay(day=wording.capital(wording.day(day)), meetings=tuple(group))


def _count(lines: Sequence[MeetingLine], free: int) -> str:
    held = sum(line.state.dots != _OFF for line in lines)
    meetings = ngettext("%(n)d möte", "%(n)d möten", held) % {"n": held}
    return f"{meetings}, {wording.free_times(free)}"


def _stale(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "En kalender som gör dig upptagen kunde inte läsas.",
        "%(n)d kalendrar som gör dig upptagen kunde inte läsas.",
        count,
    ) % {"n": count}


def _free(free: int) -> str:
    return wording.capital(wording.free_times(free))


def _words() -> dict[State, tuple[str, str, str]]:
    return {
        State.HELD: (gettext("Håller på att bokas"), "d-booked", ""),
        State.CONFIRMED: (gettext("Bokad"), "d-booked", "tag-brand"),
        State.READY: (gettext("Bokad, allt är klart"), "d-booked", "tag-brand"),
        State.WAITING: (gettext("Väntar"), "d-wait", "tag-sun"),
        State.IN_PROGRESS: (gettext("Pågår"), "d-met", "tag-ok"),
        State.INTERRUPTED: (gettext("Kontakten bröts"), "d-wait", "tag-sun"),
        State.ENDED: (gettext("Klar"), "d-done", "tag-ok"),
        State.FOLLOWED_UP: (gettext("Klar"), "d-done", "tag-ok"),
        State.CANCELLED_BY_RESIDENT: (gettext("Avbokad av invånaren"), _OFF, ""),
        State.CANCELLED_BY_OFFICER: (gettext("Avbokad av oss"), _OFF, ""),
        State.CONVERTED: (gettext("Bytt till ett annat möte"), _OFF, ""),
        State.NO_SHOW: (gettext("Kom inte"), _OFF, ""),
        State.ABORTED: (gettext("Avbrutet"), _OFF, ""),
        State.PURGED: (gettext("Gallrad"), _OFF, ""),
    }
