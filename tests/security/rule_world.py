"""Actors and cases for the rules alone: values, no database. Who is who stands in the names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid5

from identity.actors import Actor
from identity.policies import Facts

_SPACE = UUID("00000000-0000-4000-8000-000000000000")


def one(name: str) -> UUID:
    """The id of whoever or whatever bears this name."""
    return uuid5(_SPACE, name)


HERE, ABROAD = 1, 2
U1, U2 = one("unit"), one("other unit")


def _person(name: str, *roles: tuple[str, UUID], level: str = "LOA3", only: str = "", who: str = "") -> Actor:
    booking = one(only) if only else None
    return Actor(HERE, one(who or name), frozenset(roles), level=level, only_booking=booking)


_SCOPES = {
    "reads_slots": "slots:read",
    "holds": "holds:write",
    "reads_bookings": "bookings:read",
    "writes_bookings": "bookings:write",
    "reads_calendars": "calendars:read",
    "writes_calendars": "calendars:write",
}


def _system(*scopes: str, units: frozenset[UUID] = frozenset()) -> Actor:
    return Actor(HERE, token=one("token"), token_units=units, token_scopes=frozenset(scopes))


ACTORS: dict[str, Actor] = {
    "system": _system(*_SCOPES.values()),
    "system_unit": _system(*_SCOPES.values(), units=frozenset({U1})),
    "system_elsewhere": _system(*_SCOPES.values(), units=frozenset({U2})),
    **{f"system_{name}": _system(scope) for name, scope in _SCOPES.items()},
    "anonymous": Actor(HERE),
    "resident": _person("resident"),
    "resident_loa2": _person("resident", level="LOA2"),
    "vouched": _person("resident", level="vouched", only="home"),
    "vouched_easy": _person("resident", level="vouched", only="easy"),
    "other": _person("other"),
    "sheltered": _person("sheltered"),
    "proven": _person("proven"),
    "proven_vouched": _person("proven", level="vouched", only="home"),
    "proven_loa2": _person("proven", level="LOA2"),
    "unproven": _person("unproven"),
    "helper": _person("helper"),
    "companion": _person("companion"),
    "companion_loa2": _person("companion", level="LOA2"),
    "interpreter": _person("interpreter", ("interpreter", U1)),
    "former": _person("former", who="officer"),
    "officer": _person("officer", ("officer", U1)),
    "colleague": _person("colleague", ("officer", U1)),
    "officer_elsewhere": _person("officer_elsewhere", ("officer", U2)),
    "reader": _person("reader", ("officer", U2)),
    "opener": _person("opener", ("officer", U2)),
    "coordinator": _person("coordinator", ("coordinator", U1)),
    "coordinator_elsewhere": _person("coordinator_elsewhere", ("coordinator", U2)),
    "manager": _person("manager", ("unit_manager", U1)),
    "manager_elsewhere": _person("manager_elsewhere", ("unit_manager", U2)),
    "administrator": _person("administrator", ("administrator", U1)),
    "auditor": _person("auditor", ("auditor", U1)),
    "auditor_elsewhere": _person("auditor_elsewhere", ("auditor", U2)),
}
_ALL_SCOPES = frozenset({"book", "attend", "speak"})
_HOME = Facts(
    HERE,
    unit=U1,
    officer=one("officer"),
    resident=one("resident"),
    person=one("resident"),
    parties=(
        (one("resident"), "resident"),
        (one("officer"), "officer"),
        (one("reader"), "officer"),
        (one("companion"), "companion"),
        (one("interpreter"), "interpreter"),
        (one("proven"), "representative"),
        (one("unproven"), "representative"),
    ),
    represented_by=(
        (one("proven"), _ALL_SCOPES),
        (one("unproven"), frozenset({"book"})),
        (one("helper"), frozenset({"book"})),
    ),
    object=one("home"),
    meets=frozenset({U1}),
    level_needed="LOA3",
)
_SHELTERED = replace(
    _HOME,
    resident=one("sheltered"),
    person=one("sheltered"),
    parties=((one("sheltered"), "resident"), (one("proven"), "representative"), (one("colleague"), "officer")),
    represented_by=((one("proven"), _ALL_SCOPES),),
    protected=True,
    named=frozenset({one("reader"), one("opener")}),
    opened_by=frozenset({one("opener")}),
    object=one("sheltered booking"),
)
# The colleague was a reader and the administrator an officer when it was opened for them.
_OPENED = replace(
    _SHELTERED,
    opened_by=frozenset(one(name) for name in ("opener", "officer", "colleague")),
    broken_by=frozenset(one(name) for name in ("coordinator", "manager", "administrator")),
)


def _unit(unit: UUID, officer: str, resident: str) -> Facts:
    parties = ((one(resident), "resident"), (one(officer), "officer"))
    return Facts(
        HERE,
        unit=unit,
        officer=one(officer),
        resident=one(resident),
        person=one(resident),
        parties=parties,
        object=one(f"of {resident}"),
        meets=frozenset({unit}),
        level_needed="LOA3",
    )


_STRANGER = one("stranger")
_LEFT = replace(_unit(U1, "officer who left", "fourth resident"), left=True)
_ELSEWHERE = _unit(U2, "officer_elsewhere", "third resident")

_BY_SYSTEM = replace(_unit(U1, "officer", "fifth resident"), by_system=True)

# A case: what the rules look at, for this actor. `mine`: the thing is the actor's own; `asked`: a stranger asked first.
CASES: dict[str, Callable[[Actor], Facts]] = {
    "home": lambda a: _HOME,
    "by_system": lambda a: _BY_SYSTEM,
    "by_system_sheltered": lambda a: replace(_BY_SYSTEM, protected=True),
    "beside": lambda a: _unit(U1, "colleague", "second resident"),
    "elsewhere": lambda a: _ELSEWHERE,
    "over": lambda a: replace(CASES["home"](a), over=True),
    "left": lambda a: _LEFT,
    "left_sheltered": lambda a: replace(_LEFT, protected=True),
    "abroad": lambda a: replace(_HOME, municipality_id=ABROAD, person=a.person_id, asked_by=_STRANGER),
    "sheltered": lambda a: _SHELTERED,
    "opened": lambda a: _OPENED,
    "read": lambda a: replace(_SHELTERED, named=frozenset({one("colleague")})),
    "held": lambda a: replace(_HOME, booker=a.person_id),
    "held_sheltered": lambda a: replace(_SHELTERED, booker=a.person_id),
    "held_read": lambda a: replace(_SHELTERED, booker=a.person_id, named=frozenset({one("colleague")})),
    "mine_here": lambda a: Facts(HERE, unit=U1, resident=a.person_id),
    "unmet": lambda a: replace(_HOME, meets=frozenset()),
    "naming_me": lambda a: replace(_SHELTERED, reader=a.person_id),
    "easy": lambda a: replace(_HOME, object=one("easy"), vouched_enough=True),
    "plain": lambda a: replace(_HOME, object=one("plain"), level_needed="none"),
    "mine": lambda a: Facts(HERE, person=a.person_id),
    "mine_unit": lambda a: Facts(HERE, unit=U1, person=a.person_id),
    "theirs": lambda a: Facts(HERE, person=_STRANGER),
    "unit": lambda a: Facts(HERE, unit=U1, person=None),
    "nobody": lambda a: Facts(HERE),
    "by_me": lambda a: Facts(HERE, unit=U1, told_of=a.person_id),
    "nobody_by_me": lambda a: Facts(HERE, told_of=a.person_id),
    "mine_by_me": lambda a: Facts(HERE, person=a.person_id, told_of=a.person_id),
    "nobody_asked": lambda a: Facts(HERE, asked_by=_STRANGER),
    "asked": lambda a: replace(_HOME, asked_by=_STRANGER),
    "asked_by_me": lambda a: replace(_HOME, asked_by=a.person_id),
    "elsewhere_asked": lambda a: replace(_ELSEWHERE, asked_by=_STRANGER),
    "sheltered_asked": lambda a: replace(_SHELTERED, asked_by=_STRANGER),
    "opened_asked": lambda a: replace(_OPENED, asked_by=_STRANGER),
    "unled": lambda a: Facts(HERE, unit=one("third unit"), unled=True),
    "unled_mine": lambda a: Facts(HERE, unit=one("third unit"), unled=True, person=a.person_id),
    "unled_asked": lambda a: Facts(HERE, unit=one("third unit"), unled=True, asked_by=_STRANGER),
    "unled_by_me": lambda a: Facts(HERE, unit=one("third unit"), unled=True, asked_by=a.person_id),
    "unled_mine_asked": lambda a: Facts(
        HERE, unit=one("third unit"), unled=True, asked_by=_STRANGER, person=a.person_id
    ),
    "mine_asked": lambda a: Facts(HERE, unit=U1, person=a.person_id, asked_by=_STRANGER),
}
