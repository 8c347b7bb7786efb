"""Who can meet: a meeting type as one form of it is booked, and the calendars of each role. Statement 1 of a search.

Nothing is kept from one search to the next; the rows come packed, and equal bytes are read once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from struct import Struct
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from booking import red_days
from booking.day_limits import NO_LIMITS, Limits
from booking.errors import NotOffered
from booking.joint import MAX_ROLES
from booking.models import BookedBy
from booking.pool_sql import TYPES, pool_sql
from booking.red_days import Holidays
from booking.rules import Lead
from booking.slots import Demand
from booking.timeline import TICK_MINUTES
from identity import prepared, scope

RoleName = Literal["officer", "interpreter", "room"]
USUAL_ZONE: Final = "Europe/Stockholm"
_MEMBER: Final = Struct(">i16si16shhhi")
_STAMP: Final = 40
_LIMIT: Final = Struct(">ihhhh")


@dataclass(frozen=True, slots=True)
class RoleWanted:
    """One more role of a meeting, besides the officer: any calendar of that kind, or the one that is named.

    `language`: that the calendar speaks or signs; `offset`: minutes after the meeting's start; `minutes`: how long,
    None: to the end. An officer's calendar must offer the meeting type; an interpreter's or a room's may be any unit's.
    """

    role: RoleName
    calendar: UUID | None = None
    language: str = ""
    offset: int = 0
    minutes: int | None = None


class PoolCalendar(NamedTuple):
    """One calendar of a pool. `share`: percent of full time; the buffers and the lead time (minutes) are its own.

    `stamp`: bytes that differ when its opening may: id, version of the rules and unit.
    """

    stamp: bytes
    id: int
    uuid: UUID
    rules_version: int
    unit: UUID
    share: int
    buffer_before: int
    buffer_after: int
    lead_minutes: int


@dataclass(frozen=True, slots=True)
class Role:
    """A role with who can fill it. `demand`: its part of the meeting in ticks, `offset` ticks after the start."""

    name: RoleName
    calendars: tuple[PoolCalendar, ...]
    demand: Demand
    offset: int = 0

    def demand_of(self, calendar: PoolCalendar) -> Demand:
        """An officer has the type's buffers, an interpreter or a room their own."""
        if self.name == "officer" or not (calendar.buffer_before or calendar.buffer_after):
            return self.demand
        return Demand.of_minutes(self.demand.duration * TICK_MINUTES, calendar.buffer_before, calendar.buffer_after)


@dataclass(frozen=True, slots=True)
class Pool:
    """A meeting type as it is booked, and the calendars that offer it. Minutes and days as stored.

    `roles` begins with the officer, whose `calendars` these are. `limits`: by calendar, those overall and those of this
    meeting type, where there are any. `own`: the calendar of the resident's own officer, if it is among them. `lead` is
    nothing when staff book. `interpreter_minutes`: how long the meeting is with an interpreter.
    """

    meeting_type: UUID
    form: str
    demand: Demand
    lead: Lead
    horizon_days: int
    level: str
    move_limit_minutes: int
    zone: ZoneInfo
    roles: tuple[Role, ...]
    closes: tuple[tuple[str, int], ...] = ()
    limits: tuple[tuple[int, Limits, Limits], ...] = ()
    own: PoolCalendar | None = None
    interpreter_minutes: int = 0
    by_staff: bool = False

    @property
    def calendars(self) -> tuple[PoolCalendar, ...]:
        """The officers' calendars, by id."""
        return self.roles[0].calendars

    @property
    def shares(self) -> dict[int, int]:
        """Percent of full time by calendar, of every role."""
        return {calendar.id: calendar.share for calendar in self.everybody}

    @property
    def everybody(self) -> tuple[PoolCalendar, ...]:
        """The calendars of all roles, each once, by id. The own officer, where there is one, is among the officers."""
        if len(self.roles) == 1:
            return self.calendars
        found = {calendar.id: calendar for role in self.roles for calendar in role.calendars}
        return tuple(found[key] for key in sorted(found))

    def holidays(self, first: date, last: date) -> Holidays:
        """Red and short days of all the years from `first` to `last`, as the municipality has decided."""
        return _holidays(first.year, last.year, self.closes)


def load(
    meeting_type: UUID,
    form: str,
    calendar: UUID | None = None,
    officers: tuple[UUID, ...] | None = None,
    *,
    roles: Sequence[RoleWanted] = (),
    duration: int | None = None,
    by_staff: bool = False,
    resident: UUID | None = None,
) -> Pool:
    """Statement 1. `officers`: only these persons' calendars; None: everybody's. `duration`: minutes, else the type's.

    With an interpreter the type's duration is the longer one. `resident`: whose own officer counts. Raises `NotOffered`
    when the type is unknown or unpublished, does not have the form, is booked by staff only, or cannot be so long.
    """
    values: dict[str, Any] = {"municipality": scope.current(), "type": meeting_type, "form": form, "calendar": calendar}
    values |= {"officers": None if officers is None else list(officers), "resident": resident} | _wanted(roles)
    rows = prepared.fetch("pool", pool_sql(roles=bool(roles), own=resident is not None), TYPES, values)
    if not rows or (rows[0][_TERMS.index("booked_by")] == BookedBy.OFFICER and not by_staff):
        raise NotOffered
    terms = dict(zip(_TERMS, rows[0], strict=False))
    packed = {row[len(_TERMS)]: row for row in rows}
    try:
        made = _roles(terms, roles, packed, duration)
    except ValueError:
        raise NotOffered from None
    pool = Pool(
        meeting_type=meeting_type,
        form=form,
        demand=made[0].demand,
        lead=Lead() if by_staff else _lead(terms),
        horizon_days=terms["horizon_days"],
        level=terms["level"],
        move_limit_minutes=terms["move_limit_minutes"],
        zone=ZoneInfo(terms["zone"] or USUAL_ZONE),
        roles=made,
        closes=_closes(terms["closes"]),
        limits=_limits(bytes(terms["limits"] or b"")),
        interpreter_minutes=longer(terms["duration"], terms["interpreter_percent"]),
        by_staff=by_staff,
    )
    return _with_own(pool, terms, narrow=terms["own_officer_only"] and not (by_staff and calendar))


_TERMS: Final = (
    "duration", "buffer_before", "buffer_after", "lead_minutes", "lead_working_days", "form_lead_minutes",
    "form_lead_working_days", "horizon_days", "level", "move_limit_minutes", "interpreter_percent", "booked_by",
    "own_officer_only", "zone", "closes", "limits", "own",
)  # fmt: skip


def longer(minutes: int, percent: int) -> int:
    """A duration in minutes with an interpreter, rounded up to 5."""
    return -(-minutes * percent // (100 * TICK_MINUTES)) * TICK_MINUTES


def _wanted(roles: Sequence[RoleWanted]) -> dict[str, Any]:
    """The roles as four columns."""
    if len(roles) >= MAX_ROLES:
        raise NotOffered
    return {
        "numbers": list(range(1, len(roles) + 1)),
        "kinds": [role.role for role in roles],
        "named": [role.calendar for role in roles],
        "languages": [role.language for role in roles],
    }


def _roles(
    terms: dict[str, Any], wanted: Sequence[RoleWanted], packed: dict[int, Any], duration: int | None
) -> tuple[Role, ...]:
    """Every role with its part. ValueError for a part that lies outside the meeting, or is not whole 5 minutes."""
    usual = terms["duration"]
    if any(role.role == "interpreter" for role in wanted):
        usual = longer(usual, terms["interpreter_percent"])
    minutes = usual if duration is None else duration
    buffers = terms["buffer_before"], terms["buffer_after"]
    found = [Role("officer", _members(packed, 0), Demand.of_minutes(minutes, *buffers))]
    for number, role in enumerate(wanted, 1):
        part = minutes - role.offset if role.minutes is None else role.minutes
        if role.offset < 0 or role.offset % TICK_MINUTES or role.offset + part > minutes:
            raise ValueError("a role's part lies within the meeting")
        around = buffers if role.role == "officer" else (0, 0)
        demand = Demand.of_minutes(part, *around)
        found.append(Role(role.role, _members(packed, number), demand, role.offset // TICK_MINUTES))
    return tuple(found)


def _members(packed: dict[int, Any], number: int) -> tuple[PoolCalendar, ...]:
    row = packed.get(number)
    return _unpacked(bytes(row[-1])) if row is not None else ()


@lru_cache(maxsize=16)
def _unpacked(raw: bytes) -> tuple[PoolCalendar, ...]:
    """Equal bytes are equal calendars: what was read before is not read again, and nothing can go stale."""
    found = (
        PoolCalendar(raw[at : at + _STAMP], key, UUID(bytes=uuid), version, UUID(bytes=unit), *rest)
        for at, (key, uuid, version, unit, *rest) in zip(
            range(0, len(raw), _MEMBER.size), _MEMBER.iter_unpack(raw), strict=True
        )
    )
    return tuple(sorted(found, key=lambda calendar: calendar.id))


def _lead(terms: dict[str, Any]) -> Lead:
    """What the form says before what the type says; working days before minutes."""
    days, minutes = terms["form_lead_working_days"], terms["form_lead_minutes"]
    if days is None and minutes is None:
        days, minutes = terms["lead_working_days"], terms["lead_minutes"]
    if days:
        return Lead(working_days=days)
    return Lead(terms["lead_minutes"] if minutes is None else minutes)


def _closes(raw: str | None) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((eve, minute) for eve, minute in json.loads(raw or "{}").items()))


@lru_cache(maxsize=64)
def _holidays(first: int, last: int, closes: tuple[tuple[str, int], ...]) -> Holidays:
    return red_days.calendar(date(first, 1, 1), date(last, 12, 31), dict(closes))


@lru_cache(maxsize=16)
def _limits(raw: bytes) -> tuple[tuple[int, Limits, Limits], ...]:
    """The limits by calendar: overall, and of the meeting type."""
    found: dict[int, list[Limits]] = {}
    for calendar, of_type, *most in _LIMIT.iter_unpack(raw):
        pair = found.setdefault(calendar, [NO_LIMITS, NO_LIMITS])
        pair[of_type] = Limits(*(None if number < 0 else number for number in most))
    return tuple((calendar, pair[0], pair[1]) for calendar, pair in sorted(found.items()))


def _with_own(pool: Pool, terms: dict[str, Any], *, narrow: bool) -> Pool:
    """The pool with the own officer found in it. Who has left or is not offered is nobody's own any more (the SQL)."""
    if terms["own"] is None:
        return pool
    own = tuple(calendar for calendar in pool.calendars if calendar.id == terms["own"])
    first, *others = pool.roles
    roles = (replace(first, calendars=own), *others) if narrow else pool.roles
    return replace(pool, own=own[0] if own else None, roles=roles)
