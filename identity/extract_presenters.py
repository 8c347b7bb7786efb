"""A person's extract as a page and as JSON. Times on the page are Swedish wall time, in JSON UTC (RFC 3339)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext

from identity.extract import OTHER, SELF, Extract, Section, Seen, Source, Words
from identity.review_presenters import what_words

_ZONE = ZoneInfo("Europe/Stockholm")
_FEW = 3


@dataclass(frozen=True)
class SectionWords:
    """A heading, and for each row its lines: what it is, and what it says."""

    title: str
    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True)
class SeenWords:
    """One line of who looked, as often as they did that day. `when`: the times, or how many and between which."""

    when: str
    who: str
    what: str


@dataclass(frozen=True)
class SeenDay:
    """A day on which somebody looked."""

    day: str
    lines: tuple[SeenWords, ...]


@dataclass(frozen=True)
class ExtractPage:
    """The readable extract."""

    made: str
    sections: tuple[SectionWords, ...]
    log: tuple[SeenDay, ...]


def page(extract: Extract) -> ExtractPage:
    """The extract in words."""
    return ExtractPage(
        made=_moment(extract.made_at),
        sections=tuple(found for section in extract.sections if (found := _section(section)).rows),
        log=tuple(_days(extract.log)),
    )


def _days(log: Iterable[Seen]) -> Iterator[SeenDay]:
    """The log by day, in its order; what the same role did many times a day is one line."""
    days: dict[date, dict[tuple[str, str], list[datetime]]] = {}
    for seen in log:
        local = localtime(seen.at, _ZONE)
        days.setdefault(local.date(), {}).setdefault((_who(seen), _what(seen)), []).append(local)
    for day, told in days.items():
        lines = (SeenWords(_times(times), who, what) for (who, what), times in told.items())
        yield SeenDay(_day(day), tuple(lines))


def _times(times: list[datetime]) -> str:
    clocks = [f"{moment.hour}.{moment.minute:02}" for moment in sorted(times)]
    if len(clocks) <= _FEW:
        return gettext("kl. %(times)s") % {"times": ", ".join(clocks)}
    return gettext("%(n)d gånger, kl. %(first)s–%(last)s") % {"n": len(clocks), "first": clocks[0], "last": clocks[-1]}


def document(extract: Extract) -> dict[str, object]:
    """The extract as JSON takes it: every stored value under the name that the field has in the database."""
    return {
        "person": str(extract.person),
        "made_at": extract.made_at.isoformat(),
        "sections": [
            {
                "table": section.model,
                "title": str(section.source.title),
                "rows": [{name: _plain(value) for name, value in row.items()} for row in section.rows],
            }
            for section in extract.sections
        ],
        "access_log": [
            {
                "at": seen.at.isoformat(),
                "who": seen.who,
                "unit": seen.unit,
                "what": _what(seen),
                "allowed": seen.allowed,
            }
            for seen in extract.log
        ],
    }


def _section(section: Section) -> SectionWords:
    rows = (tuple(_lines(row, section.source)) for row in section.rows)
    return SectionWords(str(section.source.title), tuple(lines for lines in rows if lines))


def _lines(row: Mapping[str, object], source: Source) -> Iterator[tuple[str, str]]:
    """What is known; what is empty has no line, and stands in the file all the same."""
    for name, label in source.words.items():
        said = words(row[name], source.said.get(name, {}))
        if said and name in source.in_file:
            yield str(label), gettext("finns i filen")
        elif said:
            yield str(label), said


def words(value: object, said: Mapping[str, Words]) -> str:
    """One value as a person reads it; nothing for an empty one, or for none of what is counted."""
    if isinstance(value, bool):
        return gettext("Ja") if value else gettext("Nej")
    if value in (None, "", [], 0):
        return ""
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, list | tuple | set):
        return ", ".join(words(one, said) for one in value)
    people = {SELF: gettext("Du"), OTHER: gettext("En annan person")}
    return str(said.get(str(value), people.get(str(value), value)))


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


def _day(day: date) -> str:
    return formats.date_format(day, "l j F Y")


def _moment(moment: datetime) -> str:
    local = localtime(moment, _ZONE)
    return gettext("%(date)s kl. %(hour)s.%(minute)s") % {
        "date": _day(local.date()),
        "hour": local.hour,
        "minute": f"{local.minute:02}",
    }


def _who(seen: Seen) -> str:
    """Du, or the role and the unit."""
    role = {
        SELF: gettext("Du"),
        "officer": gettext("Handläggare"),
        "coordinator": gettext("Samordnare"),
        "unit_manager": gettext("Enhetschef"),
        "administrator": gettext("Administratör"),
        "auditor": gettext("Granskare"),
        "resident": gettext("En annan person"),
        "system": gettext("Systemet"),
        "api": gettext("Ett annat av kommunens system"),
        "anonymous": gettext("Någon som inte var inloggad"),
    }.get(seen.who, seen.who)
    return f"{role}, {seen.unit}" if seen.unit else role


def _what(seen: Seen) -> str:
    known = {
        "signed_in": gettext("Loggade in"),
        "person.extract": gettext("Tog fram ett utdrag"),
        "person.ask_erase": gettext("Bad om att uppgifterna raderas"),
        "person.erase": gettext("Raderade uppgifterna"),
        "booking.hold": gettext("Valde en tid"),
        "booking.confirm": gettext("Bokade en tid"),
        "booking.move": gettext("Flyttade en tid"),
        "booking.cancel_by_resident": gettext("Avbokade en tid"),
        "booking.cancel_by_officer": gettext("Avbokade en tid"),
    }
    if seen.allowed and seen.action in known:
        return known[seen.action]
    return what_words(seen.action, allowed=seen.allowed)
