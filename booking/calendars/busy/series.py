"""The events of one UID -> busy intervals: versions, overrides, exceptions (RFC 5545 3.8.4.4, 3.8.5)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from booking.calendars.busy.budget import Budget, OverBudget
from booking.calendars.busy.events import DAY, NOTHING, Event, Moment
from booking.calendars.busy.reading import EARLIEST, LATEST, Interval, Tally, Window
from booking.calendars.busy.recurrence import Rule
from booking.calendars.busy.rules import Near, expand
from booking.calendars.busy.written import FOREVER
from booking.calendars.busy.zones import ZULU, Zone, midnight, moved

MARGIN = timedelta(days=2)
TICK = timedelta(microseconds=1)

Key = date | datetime  # a day, or an instant


class Instance(NamedTuple):
    """One start of a series: in its zone, as an instant, and with a length of its own from a PERIOD."""

    wall: datetime
    at: datetime
    length: timedelta | None = None


@dataclass(slots=True)
class Context:
    """What all series of a file share. `blocked_from` is where the earliest rule over budget begins to block."""

    window: Window
    owner: Zone
    budget: Budget
    tally: Tally
    version: Callable[[Event], tuple[int, datetime, datetime]]
    blocked_from: datetime | None = None


@dataclass(slots=True)
class Changes:
    """What takes instances out of a series, by day or instant, and what moves all later ones."""

    days: set[date] = field(default_factory=set)
    instants: set[datetime] = field(default_factory=set)
    later: list[tuple[datetime, Event]] = field(default_factory=list)

    def add(self, key: Key) -> None:
        """Take out the instance of a day or of an instant."""
        if isinstance(key, datetime):
            self.instants.add(key)
        else:
            self.days.add(key)

    def removes(self, instance: Instance) -> bool:
        """Whether an instance is taken out."""
        return instance.at in self.instants or instance.wall.date() in self.days


def busy(events: list[Event], context: Context) -> Iterator[Interval]:
    """The intervals that the events of one UID block; unsorted, neither merged nor clipped."""
    masters = _newest([event for event in events if not event.is_override], context)
    by_key: defaultdict[Key | int, list[Event]] = defaultdict(list)
    in_days = any(master.start.form == "date" for master in masters)
    for number, event in enumerate(event for event in events if event.is_override):
        by_key[_key(event.replaces, context.owner, in_days=in_days) if event.replaces else number].append(event)
    overrides = [event for same in by_key.values() for event in _newest(same, context)]
    for event in overrides:
        if event.takes_time:
            yield event.start.instant, event.length.end(event.start.wall, event.start.zone)
            if not masters:
                yield from (_as_it_stands(event, instance) for instance in _extras(event, context))
    for master in masters:
        yield from _Series(master, overrides, context).intervals()


def _newest(events: list[Event], context: Context) -> list[Event]:
    """The newest version; of several equally new ones that differ, all: in doubt, blocked."""
    if len(events) <= 1:
        return events
    versions = [context.version(event) for event in events]
    newest = max(versions)
    found: list[Event] = []
    for event, version in zip(events, versions, strict=True):
        if version == newest and not any(event.lines == other.lines for other in found):
            found.append(event)
    context.tally["widened"] += len(found) > 1
    return found


def _key(moment: Moment, owner: Zone, *, in_days: bool) -> Key:
    """What a RECURRENCE-ID or EXDATE stands for: in a series of dates a day (of a UTC time the local one)."""
    if in_days and moment.form == "utc":
        return owner.wall(moment.instant).date()
    return moment.wall.date() if in_days or moment.form == "date" else moment.instant


def _extras(event: Event, context: Context) -> Iterator[Instance]:
    """The RDATEs of an event; a date in a series of times starts when DTSTART does."""
    start = event.start
    for extra in event.extras:
        key = _key(extra.start, context.owner, in_days=start.form == "date" and extra.length is None)
        if isinstance(key, datetime):
            yield Instance(start.zone.wall(key), key, extra.length)
        else:
            wall = midnight(key) + (start.wall - midnight(start.wall))
            yield Instance(wall, start.zone.instant(wall), extra.length)


def _as_it_stands(event: Event, instance: Instance) -> Interval:
    """An instance with the event's own length."""
    if instance.length is not None:
        return instance.at, instance.at + instance.length
    return instance.at, event.length.end(instance.wall, event.start.zone)


class _Series:
    """One master with the overrides of its UID."""

    def __init__(self, master: Event, overrides: list[Event], context: Context) -> None:
        self.master = master
        self.context = context
        self.zone = master.start.zone
        self.changes = Changes()
        in_days = master.start.form == "date"
        for exception in master.exceptions:
            self.changes.add(_key(exception, context.owner, in_days=in_days))
        for override in overrides:
            if override.replaces:
                key = _key(override.replaces, context.owner, in_days=in_days)
                self.changes.add(key)
                if override.and_future:
                    self.changes.later.append((self._at(key), override))
        self.changes.later.sort(key=lambda change: change[0])

    def intervals(self) -> Iterator[Interval]:
        """What the series blocks, overrides apart."""
        lengths = [event.length.exact for event in self._blocking()]
        lengths += [extra.length for extra in self.master.extras if extra.length]
        longest = max(lengths, default=NOTHING)
        if longest <= NOTHING:
            return
        near = self._near(longest)
        seen: set[Instance] = set()
        for instance in self._instances(near, longest):
            if isinstance(instance, Instance):
                if instance not in seen and not self.changes.removes(instance):
                    seen.add(instance)
                    yield from self._placed(instance)
            else:
                yield instance

    def _blocking(self) -> list[Event]:
        """The events whose times the instances can take."""
        return [event for event in (self.master, *(change for _, change in self.changes.later)) if event.takes_time]

    def _at(self, key: Key) -> datetime:
        """The instant from which a change holds."""
        return key if isinstance(key, datetime) else self.zone.instant(midnight(key))

    def _near(self, longest: timedelta) -> Window:
        """The instants between which a start can matter."""
        first, last = self.context.window
        shifts = (abs(change.start.instant - at) for at, change in self.changes.later)
        reach = min(FOREVER, max(shifts, default=NOTHING)) + MARGIN
        return max(EARLIEST, first - min(FOREVER, longest) - reach - MARGIN), min(LATEST, last + reach)

    def _instances(self, near: Window, longest: timedelta) -> Iterator[Instance | Interval]:
        """The starts of the series, and whole intervals where rules give those."""
        start = self.master.start
        yield Instance(start.wall, start.instant)
        for rule in self.master.rules:
            yield from self._of_rule(rule, near, longest)
        if self.master.extras:
            try:
                self.context.budget.instance(len(self.master.extras))
            except OverBudget:
                self.master.too_many_extras = True
            yield from _extras(self.master, self.context)
        if self.master.too_many_extras:
            yield self._over_budget(self.context.window[0], LATEST)

    def _of_rule(self, rule: Rule, near: Window, longest: timedelta) -> Iterator[Instance | Interval]:
        first, last = near
        until = self._until(rule)
        if until < first:
            return
        local = Near(moved(self.zone.wall(first), -DAY), self.zone.wall(min(until, last)))
        gaps = bool(self.changes.days or self.changes.instants)
        found = expand(rule, self.master.start.wall, local, self.master.length.exact, self.context.budget, gaps=gaps)
        latest = self.context.window[0]
        for wall in found.starts:
            at = self.zone.instant(wall)
            if at <= until:
                latest = max(latest, at)
                yield Instance(wall, at)
        if found.throughout:
            self.context.tally["widened"] += gaps
            yield self.zone.instant(found.throughout[0]), self.master.length.end(found.throughout[1], self.zone)
        if not found.complete:
            yield self._over_budget(latest, until + min(FOREVER, longest))

    def _until(self, rule: Rule) -> datetime:
        """The last instant at which an instance may start; LATEST if nothing is said.

        Given in UTC for a series of dates it is the local day; a day for a series of times is the whole day.
        """
        until, start = rule.until, self.master.start
        if until is None:
            return LATEST
        if start.form == "date":
            day = self.context.owner.wall(ZULU.instant(until.wall)) if until.form == "utc" else until.wall
            return self.zone.instant(midnight(day))
        if until.form == "utc":
            return ZULU.instant(until.wall)
        return (
            self.zone.instant(moved(until.wall, DAY)) - TICK if until.form == "date" else self.zone.instant(until.wall)
        )

    def _over_budget(self, since: datetime, until: datetime) -> Interval:
        """What a rule over budget blocks."""
        self.context.tally["over_budget"] += 1
        self.context.blocked_from = min(since, self.context.blocked_from or since)
        return since, until

    def _placed(self, instance: Instance) -> Iterable[Interval]:
        """Where an instance lies: as the last change for it and all later ones says, or as it stands."""
        change = next(((at, event) for at, event in reversed(self.changes.later) if at <= instance.at), None)
        if change is None:
            return [_as_it_stands(self.master, instance)] if self.master.takes_time else []
        event = change[1]
        if not event.takes_time:
            return []
        zone = event.start.zone
        wall = moved(self._in(zone, instance.wall, instance.at), event.start.wall - self._replaced(event, change[0]))
        return [(zone.instant(wall), event.length.end(wall, zone))]

    def _in(self, zone: Zone, wall: datetime, at: datetime) -> datetime:
        """A local time of the series in another zone."""
        return wall if zone is self.zone else zone.wall(at)

    def _replaced(self, event: Event, at: datetime) -> datetime:
        """The local time, in the event's own zone, of the instance that it replaces."""
        replaces, zone = event.replaces, event.start.zone
        if replaces and replaces.form == "local" and replaces.zone is zone and self.master.start.form != "date":
            return replaces.wall
        if replaces and replaces.form == "date" and self.master.start.form != "date":
            wall = replaces.wall + (self.master.start.wall - midnight(self.master.start.wall))
            return self._in(zone, wall, self.zone.instant(wall))
        return self._in(zone, self.zone.wall(at), at)
