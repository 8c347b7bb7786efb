"""Which of a month's access entries somebody must look at: a random sample, and what is unusual. Pure.

The controller shall check access systematically and recurrently (lag 2001:454, 10 §). The sample is at least 20 entries
or 2 %, drawn in the order of a keyed hash: the same key gives the same sample, and nobody without it can foresee it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

SAMPLE_AT_LEAST, SAMPLE_PERCENT = 20, 2
MORNING, EVENING = time(6), time(19)
MANY, MANY_WITHIN = 15, timedelta(minutes=10)
REFUSED_A_DAY = 3
SATURDAY = 5
OPENED = "protected_opened"
GLASS = ("glass_asked", "glass_approved", "glass_used", "glass_refused", "glass_sought")
# What changes who gets in: by administrators, and by who confirms it. Looking is none of it.
ADMINISTRATION, _LOOKS = ("staff.", "provider.", "proposal."), (".see",)
# Every one: they say who somebody is, or who acts for them.
CONFLICT, REPRESENTED = "conflict.", "representation.record"
# In the order of the page: the gravest first.
RISKS = (
    "administration", "conflict", "representative", "glass", "protected", "own_name", "colleague", "other_unit",
    "no_booking", "bulk", "refused", "night",
)  # fmt: skip
SAMPLE = "sample"


@dataclass(frozen=True)
class Seen:
    """One entry of the log, with what is known of its objects. `at`: local wall time, aware.

    `persons`: whom the objects concern, the actor left out; `units`: whose they are; `few`: one object, not a list;
    `represents`: not as staff, but for somebody whose representative staff wrote down.
    """

    entry: UUID
    at: datetime
    actor: UUID
    action: str
    allowed: bool = True
    objects: frozenset[UUID] = frozenset()
    persons: frozenset[UUID] = frozenset()
    units: frozenset[UUID] = frozenset()
    few: bool = True
    represents: bool = False


@dataclass(frozen=True)
class Known:
    """What the rules know besides. Pairs are (actor, person). `units_of`: where an actor works; `meets`: who is met."""

    staff: frozenset[UUID] = frozenset()
    protected: frozenset[UUID] = frozenset()
    same_name: frozenset[tuple[UUID, UUID]] = frozenset()
    in_common: frozenset[tuple[UUID, UUID]] = frozenset()
    units_of: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    meets: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)


@dataclass(frozen=True)
class Pick:
    """An entry to be judged, and every reason why; `sample` when chance alone chose it."""

    entry: UUID
    why: tuple[str, ...]


def picks(seen: Sequence[Seen], known: Known, key: bytes) -> list[Pick]:
    """What somebody must judge of these entries, by time. `key`: what orders the sample; it is kept secret."""
    ordered = sorted(seen, key=lambda one: (one.at, one.entry))
    why: dict[UUID, set[str]] = defaultdict(set)
    for risk, entry in _risks(ordered, known):
        why[entry].add(risk)
    for entry in sample([one.entry for one in ordered if one.entry not in why], len(ordered), key):
        why[entry].add(SAMPLE)
    return [Pick(one.entry, _in_order(why[one.entry])) for one in ordered if one.entry in why]


def sample(entries: Iterable[UUID], total: int, key: bytes) -> list[UUID]:
    """As many of `entries` as a sample of `total` has; all of them when they are fewer."""
    drawn = sorted(entries, key=lambda entry: hmac.digest(key, entry.bytes, hashlib.sha256))
    return drawn[: sample_size(total)]


def sample_size(total: int) -> int:
    """20, or 2 % rounded up, whichever is more; never more than there are."""
    return min(total, max(SAMPLE_AT_LEAST, -(-total * SAMPLE_PERCENT // 100)))


def outside_hours(at: datetime) -> bool:
    """Before six, from seven in the evening on, and at weekends; `at` is local wall time."""
    return at.weekday() >= SATURDAY or not MORNING <= at.time() < EVENING


def _in_order(why: set[str]) -> tuple[str, ...]:
    return tuple(risk for risk in (*RISKS, SAMPLE) if risk in why)


def _risks(ordered: Sequence[Seen], known: Known) -> Iterator[tuple[str, UUID]]:
    shown: set[tuple[str, UUID, frozenset[UUID], str, date]] = set()
    for one in ordered:
        for risk in _of_one(one, known):
            # The same look at the same thing the same day is judged once.
            again = (risk, one.actor, one.objects, one.action, one.at.date())
            if again not in shown:
                shown.add(again)
                yield risk, one.entry
    for actor_entries in _by_actor(ordered):
        yield from (("bulk", entry) for entry in _bursts(actor_entries, known))
        yield from (("refused", entry) for entry in _refused(actor_entries))


def _of_one(one: Seen, known: Known) -> Iterator[str]:
    if one.represents:  # of a representative who works here all; of anybody else what chance draws
        if known.units_of.get(one.actor):
            yield "representative"
        return
    yield from _of_action(one)
    strangers = {person for person in one.persons if (one.actor, person) not in known.in_common}
    looked_at = one.persons if one.few else strangers
    if one.action == OPENED or (one.few and one.persons & known.protected):
        yield "protected"
    if any((one.actor, person) in known.same_name for person in looked_at):
        yield "own_name"
    if looked_at & known.staff:
        yield "colleague"
    if one.units - known.units_of.get(one.actor, frozenset()):
        yield "other_unit"
    if strangers:
        yield "no_booking"
    if outside_hours(one.at):
        yield "night"


def _of_action(one: Seen) -> Iterator[str]:
    if one.action.startswith(ADMINISTRATION) and not one.action.endswith(_LOOKS):
        yield "administration"
    if one.action.startswith(CONFLICT):
        yield "conflict"
    if one.action == REPRESENTED:
        yield "representative"
    if one.action in GLASS:
        yield "glass"


def _by_actor(ordered: Iterable[Seen]) -> Iterable[list[Seen]]:
    grouped: dict[UUID, list[Seen]] = defaultdict(list)
    for one in ordered:
        grouped[one.actor].append(one)
    return grouped.values()


def _bursts(entries: Sequence[Seen], known: Known) -> Iterator[UUID]:
    """The first entry of each burst: 15 persons or more within 10 minutes, counted from that entry.

    The list of one's own meetings is no burst: of a list only those count with whom there is nothing in common.
    """
    counted = [pair for pair in ((one, _counted(one, known)) for one in entries) if pair[1]]
    first = 0
    while first < len(counted):
        inside = _within(counted, first)
        if len(frozenset().union(*(persons for _, persons in inside))) >= MANY:
            yield counted[first][0].entry
            first += len(inside)
        else:
            first += 1


_Counted = Sequence[tuple[Seen, frozenset[UUID]]]


def _within(counted: _Counted, first: int) -> _Counted:
    """What happened from one entry on, until the time of a burst is over."""
    last = first
    while last < len(counted) and counted[last][0].at - counted[first][0].at < MANY_WITHIN:
        last += 1
    return counted[first:last]


def _counted(one: Seen, known: Known) -> frozenset[UUID]:
    if one.few:
        return one.persons
    return frozenset(person for person in one.persons if (one.actor, person) not in known.in_common)


def _refused(entries: Iterable[Seen]) -> Iterator[UUID]:
    """Refused tries of a day with three or more of them."""
    by_day: dict[date, list[UUID]] = defaultdict(list)
    for one in entries:
        if not one.allowed:
            by_day[one.at.date()].append(one.entry)
    return (entry for day in by_day.values() if len(day) >= REFUSED_A_DAY for entry in day)
