"""A held or booked time in words: on the steps of a booking, the receipt, and in Mina tider."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext

from booking import wording
from booking.presenters import forms_of_meeting, readiness
from booking.presenters.readiness import CompanionFact, NeedFact, ReadyLine
from booking.states import State

LOBBY_OPENS = timedelta(minutes=15)
UPCOMING = frozenset({State.CONFIRMED, State.READY, State.WAITING, State.IN_PROGRESS, State.INTERRUPTED})
_CHANGEABLE = frozenset({State.CONFIRMED, State.READY})


@dataclass(frozen=True)
class Appointment:
    """The facts of a time, read inside the transaction. Moments are aware; `move_limit` is before the start."""

    id: UUID
    state: str
    form: str
    start: datetime
    end: datetime
    type_name: str
    kod: str
    place: str = ""
    officer: str = ""
    sequence: int = 0
    move_limit: timedelta = timedelta(days=1)
    bring: tuple[str, ...] = ()
    told_at: str = ""
    meeting: UUID | None = None
    calendar: UUID | None = None
    needs: tuple[NeedFact, ...] = ()
    companions: tuple[CompanionFact, ...] = ()


@dataclass(frozen=True)
class Held:
    """The chosen time on every step. `until` is empty when it is no longer held.

    `ends` and `sent` are when the hold ends and when the page was made, by the server's clock, as ISO 8601: what is
    left of the hold does not hang on the reader's clock.
    """

    id: UUID
    when: str
    what: str
    until: str
    ends: str = ""
    sent: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the summary; `address` is the page that changes it, or empty."""

    name: str
    value: str
    address: str = ""
    more: str = ""


@dataclass(frozen=True)
class Card:
    """One time in Mina tider."""

    id: UUID
    when: str
    leaf: tuple[str, str, str]
    what: str
    sign: str
    state: str
    can_move: bool
    can_cancel: bool
    meeting: UUID | None
    note: str
    ready: tuple[ReadyLine, ...] = ()


@dataclass(frozen=True)
class MyTimes:
    """Somebody's times: the next one, those after it, and earlier ones, newest first."""

    next: Card | None
    later: tuple[Card, ...]
    earlier: tuple[Card, ...]

    @property
    def ahead(self) -> tuple[Card, ...]:
        """Every time that is to come, in order."""
        return ((self.next,) if self.next else ()) + self.later


@dataclass(frozen=True)
class Receipt:
    """What stands on the receipt, on screen and on paper."""

    when: str
    what: str
    steps: tuple[tuple[str, str], ...]
    bring: tuple[str, ...]
    video: bool


def when(time: Appointment) -> str:
    """`Torsdag 3 december kl. 13.30–14.15`."""
    return wording.capital(wording.day_and_span(time.start, time.end))


def what(time: Appointment) -> str:
    """`Videomöte med Anna Lindqvist`."""
    name = forms_of_meeting.name_of(time.form)
    return gettext("%(form)s med %(officer)s") % {"form": name, "officer": time.officer} if time.officer else name


def held(time: Appointment, *, expires_at: datetime | None, now: datetime) -> Held:
    """The chosen time; `expires_at` is None when it is no longer held."""
    told = when(time), wording.small(what(time))
    if expires_at is None:
        return Held(time.id, *told, until="")
    until = gettext("Vi håller tiden till %(time)s.") % {"time": wording.at(expires_at)}
    return Held(time.id, *told, until, ends=expires_at.isoformat(), sent=now.isoformat())


def summary(time: Appointment, *, way: str, to: str, addresses: Mapping[str, str]) -> tuple[Row, ...]:
    """What is about to be booked; `addresses`: the pages that change time, form, start and needs."""
    told = to if way == "email" else gettext("Ingen bekräftelse. Du ser tiden i Mina tider.")
    day, span = wording.capital(wording.full_day(time.start)), wording.span(time.start, time.end)
    rows = [
        Row(gettext("Tid"), day, addresses["time"], span),
        Row(gettext("Mötesform"), forms_of_meeting.name_of(time.form), addresses["form"], _place(time)),
        Row(gettext("Handläggare"), time.officer),
        Row(gettext("Gäller"), time.type_name, addresses["start"]),
        Row(gettext("Bekräftelse"), told, addresses["needs"]),
    ]
    return tuple(row for row in rows if row.value)


def change_until(time: Appointment, *, now: datetime) -> str:
    """Until when the time can be changed here."""
    limit = time.start - time.move_limit
    if limit <= now:
        return gettext("Vill du byta tid sedan? Ring oss. Avboka kan du här ända fram till mötet.")
    words = {"limit": wording.day_and_time(limit)}
    return gettext("Du kan byta tid här till och med %(limit)s. Avboka kan du ända fram till mötet.") % words


def receipt(time: Appointment) -> Receipt:
    """The receipt: when, how, what happens now, what to bring."""
    full = wording.capital(wording.day_and_span(time.start, time.end, year=True))
    return Receipt(full, what(time), (_told(time), *_how(time)), time.bring, video=time.form == "video")


def _told(time: Appointment) -> tuple[str, str]:
    if time.told_at:
        return (
            gettext("Du får en bekräftelse"),
            gettext("till %(address)s. Den säger bara att du har en tid, inte vad den gäller.")
            % {"address": time.told_at},
        )
    return gettext("Spara eller skriv ut den här sidan."), gettext(
        "Vi skickar ingen bekräftelse. Tiden står i Mina tider."
    )


def _how(time: Appointment) -> tuple[tuple[str, str], ...]:
    """What to do on the day, by form."""
    opens = wording.at(time.start - LOBBY_OPENS)
    if time.form == "video":
        return (
            (gettext("Sätt dig där ingen annan hör."), gettext("Ha gärna hörlurar.")),
            (
                gettext("Logga in och gå till Mina tider."),
                gettext("Från %(time)s finns knappen Gå till väntrummet där.") % {"time": opens},
            ),
        )
    return {
        "phone": ((gettext("Vi ringer dig."), gettext("Sitt gärna där ingen annan hör.")),),
        "visit": ((gettext("Kom till oss."), _place(time)),),
        "home": ((gettext("Vi kommer hem till dig."), gettext("Du behöver inte åka någonstans.")),),
    }[time.form]


def _place(time: Appointment) -> str:
    return time.place if time.form == "visit" else ""


def notice(code: str) -> str:
    """What was just done, once."""
    return {
        "moved": gettext("Tiden är bytt."),
        "waiting": gettext("Du står på väntelistan. Vi frågar dig när en tid som passar blir ledig."),
        "left": gettext("Du står inte på väntelistan längre."),
        "declined": gettext("Du har kvar din plats på väntelistan."),
        "taken": gettext("Tiden är din."),
        "cancelled": gettext("Tiden är avbokad. Du kan boka en ny tid när du vill."),
    }.get(code, "")


def my_times(times: Iterable[Appointment], *, now: datetime) -> MyTimes:
    """Somebody's times in order. Held times are not booked, and stand nowhere here."""
    known = sorted((time for time in times if time.state != State.HELD), key=lambda time: time.start)
    ahead = [card(time, now=now) for time in known if time.state in UPCOMING and time.end > now]
    gone = [card(time, now=now) for time in reversed(known) if not (time.state in UPCOMING and time.end > now)]
    return MyTimes(ahead[0] if ahead else None, tuple(ahead[1:]), tuple(gone))


def card(time: Appointment, *, now: datetime) -> Card:
    """One time with what can be done about it now."""
    upcoming = time.state in UPCOMING and time.end > now
    changeable = time.state in _CHANGEABLE and now < time.start
    sign, words = _state(time.state, upcoming)
    return Card(
        id=time.id,
        when=when(time),
        leaf=(
            wording.short_weekday(time.start),
            str(wording.local_date(time.start).day),
            wording.short_month(time.start),
        ),
        what=what(time),
        sign=sign,
        state=words,
        can_move=changeable and now <= time.start - time.move_limit,
        can_cancel=changeable,
        meeting=time.meeting if upcoming and time.form == "video" and now >= time.start - LOBBY_OPENS else None,
        note=_note(time, now, changeable=changeable),
        ready=readiness.lines(time.needs, time.companions, time.told_at) if upcoming else (),
    )


def _note(time: Appointment, now: datetime, *, changeable: bool) -> str:
    """What to know about a coming time: when the lobby opens, or why it cannot be changed here."""
    if changeable and now > time.start - time.move_limit:
        return gettext("Vill du byta tid? Ring oss. Det är för nära mötet för att byta här.")
    if changeable and time.form == "video":
        return gettext("Väntrummet öppnar %(time)s. Då visas knappen Gå till väntrummet här.") % {
            "time": wording.at(time.start - LOBBY_OPENS)
        }
    return ""


def _state(state: str, upcoming: bool) -> tuple[str, str]:
    """Sign and words of a state; the sign never stands alone."""
    if upcoming:
        return {
            State.WAITING: ("d-wait", gettext("Du är i väntrummet")),
            State.IN_PROGRESS: ("d-met", gettext("Mötet pågår")),
            State.INTERRUPTED: ("d-met", gettext("Mötet är avbrutet")),
        }.get(State(state), ("d-booked", gettext("Bokad")))
    return {
        State.ENDED: ("d-done", gettext("Mötet är klart")),
        State.FOLLOWED_UP: ("d-done", gettext("Mötet är klart")),
        State.CANCELLED_BY_RESIDENT: ("d-off", gettext("Avbokad av dig")),
        State.CANCELLED_BY_OFFICER: ("d-off", gettext("Avbokad av oss")),
        State.CONVERTED: ("d-off", gettext("Bytt till ett annat sätt att ses")),
        State.NO_SHOW: ("d-off", gettext("Mötet blev inte av")),
        State.ABORTED: ("d-off", gettext("Mötet avbröts")),
    }.get(State(state), ("d-off", gettext("Tiden har varit")))
