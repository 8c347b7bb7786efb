"""The sync page in words: the address that leaves, the calendars that come in, and why one is not read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext, ngettext

from booking import wording
from booking.models import BusyFeed, CalendarFeed
from booking.timeline import floor_tick

SILENT = timedelta(days=3)
AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Tag:
    """A state in words, with its sign and tone; never colour alone."""

    text: str
    sign: str
    tone: str


@dataclass(frozen=True)
class Address:
    """The officer's subscription. `silent`: no program has asked for three days, in words."""

    tag: Tag
    grade: str
    made: str
    silent: str


@dataclass(frozen=True)
class BusyLine:
    """One incoming calendar: its name, state, when it was read, and what to know about it."""

    id: UUID
    name: str
    tag: Tag
    sentences: tuple[str, ...]
    can_read: bool


def address_of(feed: CalendarFeed | None, *, now: datetime) -> Address | None:
    """The live subscription in words; None when there is none."""
    if feed is None:
        return None
    asked = feed.last_fetched_at
    if asked is None:
        tag = Tag(gettext("Inte hämtad än"), "clock", "")
    else:
        by = gettext(" av %(program)s") % {"program": _program(feed.client)} if feed.client else ""
        tag = Tag(gettext("Hämtades %(when)s") % {"when": _when(asked, now)} + by, "check", "tag-ok")
    return Address(tag, feed.grade, wording.day_and_time(feed.made_at), _silent(asked or feed.made_at, now))


def busy_lines(feeds: Iterable[BusyFeed], *, now: datetime) -> tuple[BusyLine, ...]:
    """The incoming calendars in words."""
    return tuple(_busy_line(feed, now) for feed in feeds)


def reason_words(code: str) -> str:
    """Why a calendar could not be used, and what to do next; a code that is not known gets the general sentence."""
    return (_refused() | _failed() | _unusable()).get(
        code, gettext("Kalendern gick inte att läsa. Försök igen senare.")
    )


def limit_words() -> str:
    """There are as many incoming calendars as a calendar may have."""
    return gettext("Du har redan tio kalendrar här. Ta bort en som du inte behöver.")


def wait_words(seconds: int) -> str:
    """Calendars were added too fast one after another."""
    words = ngettext(
        "Det blev många försök. Försök igen om %(n)d sekund.",
        "Det blev många försök. Försök igen om %(n)d sekunder.",
        seconds,
    )
    return words % {"n": seconds}


def _busy_line(feed: BusyFeed, now: datetime) -> BusyLine:
    host = urlsplit(feed.address).hostname if feed.kind == "url" else None
    return BusyLine(
        id=feed.id,
        name=host or _file(feed, now),
        tag=_tag(feed, now),
        sentences=tuple(sentence for sentence in _sentences(feed, now) if sentence),
        can_read=feed.kind == "url",
    )


def _file(feed: BusyFeed, now: datetime) -> str:
    """An uploaded file by when it came: it is read once, just then."""
    if feed.tried_at is None:
        return gettext("Uppladdad fil")
    return gettext("Fil som laddades upp %(when)s") % {"when": _when(feed.tried_at, now)}


def _tag(feed: BusyFeed, now: datetime) -> Tag:
    if feed.state == "good":
        return Tag(gettext("Fungerar"), "check", "tag-ok")
    if feed.state == "new":
        return Tag(gettext("Inte läst än"), "clock", "")
    if feed.last_good_at is None:
        return Tag(gettext("Har inte kunnat läsas"), "warn", "tag-stop")
    return Tag(gettext("Inte läst på %(time)s") % {"time": _age(now - feed.last_good_at)}, "warn", "tag-stop")


def _sentences(feed: BusyFeed, now: datetime) -> Iterable[str]:
    if feed.last_good_at:
        yield gettext("Lästes senast %(when)s.") % {"when": _when(feed.last_good_at, now)}
        if feed.kind == "file":
            age = _age(now - feed.last_good_at)
            yield gettext("Filen är %(age)s gammal. Vi ser inte ändringar efter det.") % {"age": age}
    if feed.state == "stale":
        yield reason_words(feed.reason)
        if feed.busy:
            yield gettext("Tiderna vi redan har fortsätter att spärra.")
    if feed.last_good_at:
        yield _count(feed, now)
    yield _unread(feed)
    if feed.over_budget:
        yield gettext("En upprepning var för tung att räkna ut. Vi spärrar hellre för mycket än för lite.")


def _count(feed: BusyFeed, now: datetime) -> str:
    first, last = floor_tick(now), floor_tick(now + AHEAD)
    count = sum(span.lower < last and span.upper > first for span in feed.busy)
    return ngettext(
        "%(n)d upptagen tid de närmaste 30 dagarna.", "%(n)d upptagna tider de närmaste 30 dagarna.", count
    ) % {"n": count}


def _unread(feed: BusyFeed) -> str:
    if not feed.unreadable:
        return ""
    return ngettext("%(n)d händelse kunde inte läsas.", "%(n)d händelser kunde inte läsas.", feed.unreadable) % {
        "n": feed.unreadable
    }


def _silent(since: datetime, now: datetime) -> str:
    if now - since < SILENT:
        return ""
    return gettext(
        "Inget kalenderprogram har frågat efter adressen på %(time)s. Kontrollera att prenumerationen finns kvar."
    ) % {"time": _age(now - since)}


def _program(client: str) -> str:
    """A calendar program by the name it has in the reader's language."""
    named = {"Google Kalender": gettext("Google Kalender"), "Apple Kalender": gettext("Apple Kalender")}
    return named.get(client, client)


def _when(moment: datetime, now: datetime) -> str:
    if wording.local_date(moment) == wording.local_date(now):
        return wording.at(moment)
    return wording.day_and_time(moment)


def _age(age: timedelta) -> str:
    if age < timedelta(hours=1):
        return wording.minutes(max(1, int(age.total_seconds() // 60)))
    if age < timedelta(days=1):
        hours = int(age.total_seconds() // 3600)
        return ngettext("%(n)d timme", "%(n)d timmar", hours) % {"n": hours}
    return ngettext("%(n)d dag", "%(n)d dagar", age.days) % {"n": age.days}


def _refused() -> dict[str, str]:
    publish = gettext("Publicera kalendern i ditt kalenderprogram och kopiera ICS-länken.")
    return {
        "address": gettext("Det här är ingen webbadress.") + f" {publish}",
        "scheme": gettext("Adressen måste börja med https:// eller webcal://.") + f" {publish}",
        "credentials": gettext("Adressen innehåller ett lösenord.") + f" {publish}",
        "port": gettext("Adressen har ett portnummer som vi inte hämtar från.") + f" {publish}",
        "own_host": gettext(
            "Det här är en adress till Mötas. Dina möten här spärrar redan. Ta adressen från din andra kalender."
        ),
        "not_public": gettext("Adressen går inte att nå från internet.")
        + f" {publish} "
        + gettext("Du kan också lägga till kalendern som fil."),
    }


def _failed() -> dict[str, str]:
    later = gettext("Vi försöker igen av oss själva.")
    return {
        "unknown_host": gettext("Servern i adressen finns inte. Kopiera hela ICS-länken en gång till."),
        "connection": gettext("Servern svarade inte.") + f" {later}",
        "certificate": gettext("Serverns certifikat gäller inte. Be den som sköter servern om hjälp."),
        "timeout": gettext("Servern svarade för långsamt.") + f" {later}",
        "redirects": gettext("Adressen leder vidare för många gånger. Kopiera ICS-länken en gång till."),
        "encoding": gettext("Servern packade kalendern på ett sätt som vi inte kan läsa."),
        "not_found": gettext("Servern svarade att adressen inte finns. Kopiera en ny ICS-länk och lägg till den."),
        "forbidden": gettext(
            "Servern släppte inte in oss. Publicera kalendern utan inloggning och kopiera ICS-länken."
        ),
        "too_many": gettext("Servern bad oss vänta.") + f" {later}",
        "server_error": gettext("Servern hade ett fel.") + f" {later}",
        "status": gettext("Servern svarade något annat än en kalender. Kopiera ICS-länken en gång till."),
    }


def _unusable() -> dict[str, str]:
    shorter = gettext("Publicera en kortare tid, till exempel ett år.")
    return {
        "too_large": gettext("Kalendern är för stor.") + f" {shorter}",
        "no_calendar": gettext("Det här är ingen kalender. Ofta är det en sida att logga in på. Kopiera ICS-länken."),
        "too_many_events": gettext("Kalendern har för många händelser.") + f" {shorter}",
        "time_limit": gettext("Kalendern tog för lång tid att läsa.") + f" {shorter}",
        "memory_limit": gettext("Kalendern är för tung att läsa.") + f" {shorter}",
        "too_many_unreadable": gettext("För många händelser kunde inte läsas. Spara kalendern på nytt."),
    }
