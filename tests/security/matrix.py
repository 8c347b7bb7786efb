"""Asks every cell of the expected tables, and tells what differs: an outcome, a leak, a trace of a foreign thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from booking.models import MeetingType
from booking.search import Query, find
from booking.timeline import instant
from identity import scope
from tests.security.answers import Answer, ask
from tests.security.expected import ACTORS, KINDS, PLACES, SEES, Place, Thing
from tests.security.world import ROLES, World

_KEY = "k" * 32
# Shown before it is saved, whatever meetings there are at this hour
_RULE = {"days": "6", "begins": "9.00", "ends": "12.00", "held": "video", "step": "15", "preview": "on"}
_ABSENCE = {"absence-first_day": "2030-01-07", "absence-last_day": "2030-01-07", "absence-code": "leave"}
_FORM: dict[tuple[str, str], dict[str, Any]] = {
    ("booking:move", "POST"): {"key": _KEY, "sequence": "0"},
    ("booking:cancel", "POST"): {"key": _KEY},
    ("booking:wish", "POST"): {"key": _KEY, "do": "leave"},
    ("booking:offer", "POST"): {"key": _KEY, "do": "decline"},
    ("booking:task_ring", "POST"): {"key": _KEY, "do": "decline"},
    ("booking:opening", "POST"): _RULE,
    ("booking:opening_rule", "POST"): _RULE,
    ("booking:absence_add", "POST"): _ABSENCE,
    ("booking:feed_make", "POST"): {"grade": "neutral"},
    ("booking:form", "POST"): {"form": "phone"},
    ("set_language", "POST"): {"language": "en"},
    ("booking:officer_open", "POST"): {"reason": "prepare"},
    ("booking:officer_cancel", "POST"): {"reason": "ill", "key": _KEY},
    ("booking:vouch", "POST"): {"seen": "desk", "number": "123456"},
    ("identity:bankid_phone", "POST"): {"initiator": "RP"},
    ("identity:representatives_of", "POST"): {
        "number": "198112289874",
        "called": "Ombudet",
        "kind": "trustee",
        "scopes": ["book"],
    },
    ("identity:glass_decide", "POST"): {"do": "approve"},
    ("identity:review_sign", "POST"): {"read": "on"},
    ("identity:review_sample", "POST"): {"verdict": "authorised"},
    ("identity:person_open", "POST"): {"reason": "prepare"},
    ("identity:person_flag", "POST"): {"do": "set", "flag": "registered"},
    ("identity:erase", "POST"): {"do": "ask"},
    ("identity:conflict", "POST"): {"reason": "review"},
    ("identity:conflict_decide", "POST"): {"reason": "review", "decision": "refused"},
    ("identity:staff_one", "POST"): {"do": "close", "sure": "yes"},
    ("identity:proposal_decide", "POST"): {"do": "confirm"},
    ("identity:provider_switch", "POST"): {"do": "disable"},
}
_SECOND = {
    "identity:review_sample": ("pick",),
    "identity:person_unname": ("reader",),
    "identity:representative_end": ("representation",),
}  # further parts of the address
# Whom a thing is about: their names stand on its page for those who may see it.
_ABOUT = {
    ("person", "home"): ("resident", "proven", "unproven", "helper"),
    ("person", "elsewhere"): ("resident_elsewhere", "representative_elsewhere"),
    ("person", "sheltered"): ("sheltered",),
    ("conflict", "home"): ("resident",),
    ("ring", "home"): ("resident",),
    ("ring", "elsewhere"): ("resident_elsewhere",),
    ("ring", "sheltered"): ("sheltered",),
}
_HELPED: dict[str, tuple[str, ...]] = dict.fromkeys(("proven", "unproven", "helper"), ("resident",))
_HELPERS = {"resident": ("proven", "unproven", "helper"), "resident_elsewhere": ("representative_elsewhere",)}
_READS: dict[str, dict[str, tuple[str, ...]]] = {
    "identity:representatives": _HELPED | _HELPERS,
    "booking:wait": _HELPED,
}
_JSON = {"meetings:ticket": '{"takeover": false}'}
_SLUGS = {
    "day": f"{timezone.localdate():%Y}-12-31",
    "kod": "t00",
    "cast_name": "nobody",
    "code": "not-found",
    "nonce": "ex.nothing",
    "sort": "bankid",
}


@dataclass
class Findings:
    """How many cells were asked, and what was not as written."""

    cells: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, cell: str, problem: str) -> None:
        """Write one difference down."""
        self.wrong.append(f"{cell}: {problem}")


@dataclass(frozen=True)
class Asker:
    """Asks as one actor of the world, and knows what that actor must never read."""

    world: World
    actor: str
    host: str = "testserver"

    @property
    def session(self) -> str:
        """The cookie's value."""
        if self.actor in ("anonymous", "forged"):
            return "" if self.actor == "anonymous" else "0" * 32
        return self.world.people[self.actor].session

    def ask(
        self, name: str, method: str, address: str, things: Sequence[object] = (), more: dict[str, Any] | None = None
    ) -> Answer:
        """One answer."""
        data = _FORM.get((name, method), {}) | (more or {})
        return ask(self.session, method, address, data, host=self.host, things=things, json=_JSON.get(name, ""))

    def leaks(self, answer: Answer, about: Iterable[str] = ()) -> list[str]:
        """Whose names and ids stand in an answer that must not; `about`: whom the page is about."""
        people = {name: one for name, one in self.world.people.items() if one.role in ("resident", "representative")}
        mine = {self.actor, *SEES.get(self.actor, ()), *about} - {"anonymous", "forged"}
        known = {people[name].person for name in mine if name in people}
        own = [name for name, one in people.items() if one.person not in known and one.name.encode() in answer.body]
        text = answer.body + answer.place.encode()
        ids = {name: str(one.person).encode() for name, one in people.items() if one.person not in known}
        persons = [f"id of {name}" for name, one in ids.items() if one in text]
        return own + persons


def things(world: World, rows: Sequence[Thing], actors: Iterable[str] = ACTORS) -> Findings:
    """Every row about a thing: all actors, all places, against what there is for a missing one."""
    found = Findings()
    page_of(world, rows[0], Asker(world, "anonymous"), "missing")  # from now on the host is remembered
    for row in rows:
        for actor in actors:
            for cell, problem in _about(world, row, Asker(world, actor), found):
                found.note(cell, problem)
    return found


def _about(world: World, row: Thing, asker: Asker, found: Findings) -> Iterator[tuple[str, str]]:
    kind = next(kind for kind, names in KINDS.items() if asker.actor in names)
    missing = page_of(world, row, asker, "missing")
    found.cells += 1
    nothing = row.outcome(asker.actor, "missing") or row.missing[kind]
    if missing.outcome != nothing or missing.changed:
        yield _cell(row, asker, "missing"), f"{missing.outcome} {missing.changed}, not {nothing}"
    for place in PLACES:
        if place not in world.things[row.kind]:
            continue
        found.cells += 1
        answer, expected = page_of(world, row, asker, place), row.outcome(asker.actor, place)
        if expected and answer.outcome != expected:
            yield _cell(row, asker, place), f"{answer.outcome} ({answer.status}), not {expected}"
        if not expected and (differs := answer.same_as(missing)):
            yield _cell(row, asker, place), f"differs from missing in {_how(answer, missing, differs)}"
        about = _ABOUT.get((row.kind, place), ()) if expected else ()
        for leak in asker.leaks(answer, about):
            yield _cell(row, asker, place), f"leaks {leak}"


def _how(answer: Answer, missing: Answer, differs: list[str]) -> str:
    if differs == ["statements"]:
        more = [_table(sql) for sql in answer.statements if sql not in missing.statements]
        less = [_table(sql) for sql in missing.statements if sql not in answer.statements]
        return f"statements (more: {more}, less: {less})"
    return f"{', '.join(differs)} ({answer.outcome}, {answer.rows}, not {missing.outcome}, {missing.rows})"


def _table(sql: str) -> str:
    found = re.search(r'(?:FROM|INTO|UPDATE) "?(\w+)', sql)
    return found[1] if found else sql[:40]


def _cell(row: Thing | Place, asker: Asker, place: str = "") -> str:
    return f"{row.name} {row.method} as {asker.actor} {place}".strip()


def page_of(world: World, row: Thing, asker: Asker, place: str) -> Answer:
    """What somebody gets of the thing at a place."""
    thing = world.thing(row.kind, place)
    if row.name == "booking:held":
        return asker.ask(row.name, row.method, reverse(row.name), [thing], {"booking": str(thing), "do": "book"})
    args = [thing, *(world.thing(kind, place) for kind in _SECOND.get(row.name, ()))]
    more = {"reader": str(world.people["officer"].person)} if row.name == "identity:person_reader" else None
    return asker.ask(row.name, row.method, reverse(row.name, args=args), args, more)


def plain(world: World, rows: Iterable[Place], actors: Iterable[str] = ACTORS) -> Findings:
    """Every row that is about nobody but the asker."""
    found = Findings()
    start = _free_start(world)
    for row in rows:
        for actor in actors:
            asker = Asker(world, actor)
            found.cells += 1
            more = {"kod": "t00", "form": "video", "tid": start, "key": _KEY} if row.name == "booking:choose" else None
            answer = asker.ask(row.name, row.method, address_of(row.name), more=more)
            if answer.outcome != row.outcome(actor):
                found.note(_cell(row, asker), f"{answer.outcome} ({answer.status}), not {row.outcome(actor)}")
            for leak in asker.leaks(answer, _READS.get(row.name, {}).get(actor, ())):
                found.note(_cell(row, asker), f"leaks {leak}")
    return found


def _free_start(world: World) -> str:
    """A start that can be booked at home."""
    with scope.transaction(world.home.id):
        kind = MeetingType.objects.get(code="t00").id
        return instant(find(Query(kind, "video", 1), now=timezone.now()).offers[0].tick).isoformat()


def address_of(name: str) -> str:
    """The address of a page that names no thing of anybody's."""
    for values in ({}, *({key: value} for key, value in _SLUGS.items())):
        try:
            return reverse(name, kwargs=values)
        except NoReverseMatch:
            continue
    raise LookupError(name)


_OF_A_UNIT = (
    ("booking:move", "booking"),
    ("booking:officer_booking", "booking"),
    ("meetings:meeting", "meeting"),
    ("booking:opening_rule", "rule"),
    ("identity:review", "review"),
)


def crowd(world: World) -> Findings:
    """All who are not of the home unit, each at their own host: of its things they get what there is of nothing."""
    found = Findings()
    for one in world.crowd:
        if one.unit == world.people["officer"].unit:
            continue
        for name, kind in _OF_A_UNIT:
            there, nothing = (
                ask(one.session, "GET", reverse(name, args=[thing]), host=one.municipality.hosts[0], things=[thing])
                for thing in (world.thing(kind, "home"), world.thing(kind, "missing"))
            )
            found.cells += 1
            if differs := there.same_as(nothing):
                found.note(f"{name} as {one.name}", f"differs from missing in {_how(there, nothing, differs)}")
    return found


def crowd_in_turn(world: World, rows: Sequence[Thing]) -> Findings:
    """Every page about a thing of the home unit, each by a part of the crowd, so that all of them are asked by turns.

    Each page is asked by one role of every unit, the next page by the next role there: in eight pages by everybody.
    """
    found = Findings()
    home, crowd = world.people["officer"].unit, {one.person for one in world.crowd}
    named = ((name, one) for name, one in world.people.items() if name[-2:].isdigit())
    strangers = [name for name, one in named if one.person in crowd and one.unit != home]
    for turn, row in enumerate(rows):
        for place, name in enumerate(strangers):
            if (place + turn) % len(ROLES) == place // len(ROLES) % len(ROLES):
                _in_turn(world, row, name, found)
    return found


def _in_turn(world: World, row: Thing, name: str, found: Findings) -> None:
    one = world.people[name]
    kin = f"{one.role}_{'elsewhere' if one.municipality == world.home else 'abroad'}"
    asker = Asker(world, name, host=one.municipality.hosts[0])
    there, nothing = (page_of(world, row, asker, place) for place in ("home", "missing"))
    found.cells += 1
    if expected := row.outcome(kin, "home"):
        if there.outcome != expected:
            found.note(_cell(row, asker, "home"), f"{there.outcome} ({there.status}), not {expected}")
    elif differs := there.same_as(nothing):
        found.note(_cell(row, asker, "home"), f"differs from missing in {_how(there, nothing, differs)}")
