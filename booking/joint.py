"""Starts at which several roles can meet: two officers and an interpreter, or an officer and a loan room. Pure.

Each role is a pool of calendars of its own; people who are named are pools of one, and two of one kind are two roles.
A role may take part later than the start and shorter (an interpreter for the first hour), with buffers of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from booking.slots import Offer, offers_at, pooled
from booking.timeline import Tick, Timeline

MAX_ROLES: Final = 6


@dataclass(frozen=True, slots=True)
class RoleStarts:
    """One role: the starts of each of its calendars, by its own demand, and how many ticks after the meeting's start
    it begins (0 or more)."""

    role: str
    per_calendar: Mapping[int, Timeline]
    offset: int = 0

    def __post_init__(self) -> None:
        if self.offset < 0:
            raise ValueError("a role begins with the meeting or later")


class JointOffer(NamedTuple):
    """A start, and for each role, in their order, the calendar that can fill it there."""

    tick: Tick
    calendars: tuple[int, ...]


def joint_starts(roles: Sequence[RoleStarts]) -> Timeline:
    """The starts at which each role has somebody; all timelines share one window. ValueError for no role or over six.

    Whether the roles can be filled by different calendars is for `first_joint`, which looks at one start at a time.
    """
    if not 1 <= len(roles) <= MAX_ROLES:
        raise ValueError("a meeting has one to six roles")
    if not all(role.per_calendar for role in roles):
        window = next((one.window for role in roles for one in role.per_calendar.values()), None)
        return Timeline.empty(window) if window is not None else pooled({})
    common = ~Timeline.empty(pooled(roles[0].per_calendar).window)
    for role in roles:
        somebody = pooled(role.per_calendar)
        common = common & Timeline(somebody.window, somebody.bits >> role.offset)
    return common


def first_joint(roles: Sequence[RoleStarts], n: int) -> list[JointOffer]:
    """The first `n` starts at which every role is filled, each by a calendar of its own."""
    found: list[JointOffer] = []
    for tick in joint_starts(roles).iterate():
        if len(found) == n:
            break
        chosen = filled(roles, tick)
        if chosen is not None:
            found.append(JointOffer(tick, chosen))
    return found


def fillable(roles: Sequence[RoleStarts]) -> Timeline:
    """The starts at which every role is filled, each by a calendar of its own.

    Where each role has as many calendars free as there are roles that might want them, anything goes; only at the other
    starts a choice is sought.
    """
    common = joint_starts(roles)
    if len(roles) == 1 or not common:
        return common
    sure = common
    for role in roles:
        rivals = sum(not role.per_calendar.keys().isdisjoint(other.per_calendar) for other in roles)
        sure = sure & Timeline(common.window, _at_least(role.per_calendar, rivals) >> role.offset)
    unsure = common - sure
    found = ((tick, tick + 1) for tick in unsure.iterate() if filled(roles, tick) is not None)
    return sure | Timeline.of(common.window, found)


def _at_least(per_calendar: Mapping[int, Timeline], many: int) -> int:
    """The ticks at which so many calendars are free, as bits."""
    counts = [0] * many
    for starts in per_calendar.values():
        bits = starts.bits
        for number in range(many - 1, 0, -1):
            counts[number] |= counts[number - 1] & bits
        counts[0] |= bits
    return counts[-1]


def offers(roles: Sequence[RoleStarts], ticks: Sequence[Tick]) -> list[Offer]:
    """The starts with every calendar of the first role that the other roles can be filled beside."""
    return [Offer(tick, tuple(way[0] for way in ways(free))) for tick, free in _free_of(roles, ticks)]


def fillings(roles: Sequence[RoleStarts], tick: Tick) -> list[tuple[int, ...]]:
    """Ways to fill the roles at a start: for each calendar of the first role, in their order, one for each other."""
    return [way for _, free in _free_of(roles, [tick]) for way in ways(free)]


def _free_of(roles: Sequence[RoleStarts], ticks: Sequence[Tick]) -> Iterator[tuple[Tick, list[Sequence[int]]]]:
    """For each start the free calendars of each role; every calendar is looked at once for all starts."""
    by_role = [
        [one.calendars for one in offers_at(role.per_calendar, [tick + role.offset for tick in ticks])]
        for role in roles
    ]
    for number, tick in enumerate(ticks):
        yield tick, [free[number] for free in by_role]


def ways(free: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """For each calendar that can fill the first role, one whole choice; `free`: calendars by role.

    One choice serves for all whom it does not want elsewhere; for those few another one is sought.
    """
    usual = _choice(free)
    if usual is None:
        return []
    found = []
    for calendar in free[0]:
        if calendar not in usual[1:]:
            found.append((calendar, *usual[1:]))
        elif (other := _choice([[calendar], *free[1:]])) is not None:
            found.append(other)
    return found


def filled(roles: Sequence[RoleStarts], tick: Tick) -> tuple[int, ...] | None:
    """A calendar for each role at a start, no calendar twice; None when there is no such choice.

    A matching by augmenting paths: of calendars that are free for several roles one is never wasted on the first.
    """
    return _choice([list(_free_at(role, tick)) for role in roles])


def _choice(free: Sequence[Sequence[int]]) -> tuple[int, ...] | None:
    """A calendar for each role, all different, or None."""
    holder: dict[int, int] = {}
    for number in range(len(free)):
        if not _place(number, free, holder, set()):
            return None
    placed = {number: calendar for calendar, number in holder.items()}
    return tuple(placed[number] for number in range(len(free)))


def _place(number: int, free: Sequence[Sequence[int]], holder: dict[int, int], tried: set[int]) -> bool:
    """Give a role a calendar, moving others to another one of theirs where that helps."""
    for calendar in free[number]:
        if calendar in tried:
            continue
        tried.add(calendar)
        if calendar not in holder or _place(holder[calendar], free, holder, tried):
            holder[calendar] = number
            return True
    return False


def _free_at(role: RoleStarts, tick: Tick) -> Iterator[int]:
    return (calendar for calendar, starts in sorted(role.per_calendar.items()) if tick + role.offset in starts)
