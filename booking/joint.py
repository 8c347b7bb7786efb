"""Starts at which several roles can meet: two officers and an interpreter, or an officer and a loan room. Pure.

Each role is a pool of calendars of its own; people who are named are pools of one, and two of one kind are two roles.
A role may take part later than the start and shorter (an interpreter for the first hour), with buffers of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from booking.slots import pooled
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


def filled(roles: Sequence[RoleStarts], tick: Tick) -> tuple[int, ...] | None:
    """A calendar for each role at a start, no calendar twice; None when there is no such choice.

    A matching by augmenting paths: of calendars that are free for several roles one is never wasted on the first.
    """
    free = [list(_free_at(role, tick)) for role in roles]
    holder: dict[int, int] = {}
    for number in range(len(roles)):
        if not _place(number, free, holder, set()):
            return None
    placed = {number: calendar for calendar, number in holder.items()}
    return tuple(placed[number] for number in range(len(roles)))


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
