"""Use cases of an officer's opening: save and delete weekly rules, add and remove absences, and what each would do.

Every change takes the calendar's lock, so no booking decides on a half-changed opening. `rules_version` is raised in
the same transaction by the tables' statement triggers. A change never cancels a booking.

    BookingError
    └── RulesClash        another rule opens the same time for the same form
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from booking.errors import BookingError, Stale
from booking.models import Absence, Booking, Calendar, OpeningRule
from booking.opening_effect import Booked, clash, outside
from booking.own_calendar import changing, editable
from booking.rules import Plan, Rule
from booking.states import State
from booking.timeline import MAX_WINDOW, Span, ceil_tick, floor_tick
from identity import access_log, scope
from identity.actors import Actor
from identity.errors import NotAllowed

_COMING = (State.CONFIRMED, State.READY, State.WAITING)


class RulesClash(BookingError):
    """Two rules would open the same time of the same days for the same form; `other` is the one that stands."""

    code = "rules_clash"
    text = "another rule opens the same time"

    def __init__(self, other: Rule) -> None:
        """`other`: the rule that already opens the time."""
        super().__init__()
        self.other = other


@dataclass(frozen=True, slots=True)
class WantedRule:
    """A rule as the form gives it: one row comes of each weekday (ISO 1-7). Minutes after midnight, multiples of 5."""

    weekdays: tuple[int, ...]
    from_minute: int
    to_minute: int
    forms: tuple[str, ...]
    step: int
    valid_from: date | None = None
    valid_to: date | None = None

    def weekly(self) -> tuple[Rule, ...]:
        """One pure rule for each weekday. ValueError for what is no rule."""
        return tuple(
            Rule(
                weekday,
                self.from_minute,
                self.to_minute,
                self.valid_from,
                self.valid_to,
                frozenset(self.forms),
                self.step,
            )
            for weekday in self.weekdays
        )


@dataclass(frozen=True, slots=True)
class WantedAbsence:
    """A time to close, from one aware moment to another, half-open; `code` says why, for the unit only."""

    from_at: datetime
    to_at: datetime
    code: str


def save_rule(
    *, actor: Actor, calendar: UUID, wanted: WantedRule, rule: UUID | None = None, version: int | None = None
) -> tuple[OpeningRule, ...]:
    """Add a rule, or change the rule `rule`, which becomes the first of the wanted weekdays.

    `version`: the `rules_version` that the caller saw. Raises `NotAllowed`, `Stale`, `RulesClash`, `Busy`.
    """
    with changing(actor, calendar) as row:
        _same_version(row, version)
        old = _own_rule(row, rule) if rule else None
        _combined(row, wanted, old)
        saved = _written(row, wanted, old)
        access_log.record(actor=actor, action="rule.save", kind="calendar", objects=[row.uuid])
        return saved


def delete_rule(*, actor: Actor, calendar: UUID, rule: UUID, version: int | None = None) -> None:
    """Take a rule away. Raises `NotAllowed`, `Stale`, `Busy`."""
    with changing(actor, calendar) as row:
        _same_version(row, version)
        _own_rule(row, rule).delete()
        access_log.record(actor=actor, action="rule.delete", kind="calendar", objects=[row.uuid])


def add_absence(*, actor: Actor, calendar: UUID, wanted: WantedAbsence, version: int | None = None) -> Absence:
    """Close the calendar for a time. One that is there already is the answer: a form that is sent twice makes one.

    `version`: the `rules_version` that the caller saw. Raises `NotAllowed`, `Stale`, `Busy`.
    """
    with changing(actor, calendar) as row:
        there: Absence | None = row.absences.filter(**asdict(wanted)).first()
        if there is not None:
            return there
        _same_version(row, version)
        absence: Absence = Absence.objects.create(calendar=row, **asdict(wanted))
        access_log.record(actor=actor, action="absence.add", kind="calendar", objects=[row.uuid])
        return absence


def remove_absence(*, actor: Actor, calendar: UUID, absence: UUID) -> None:
    """Open the time again. Raises `NotAllowed`, `Busy`."""
    with changing(actor, calendar) as row:
        found = row.absences.filter(id=absence).first()
        if found is None:
            raise NotAllowed("absence.remove")
        found.delete()
        access_log.record(actor=actor, action="absence.remove", kind="calendar", objects=[row.uuid])


def preview_rule(
    *, actor: Actor, calendar: UUID, wanted: WantedRule | None, rule: UUID | None = None
) -> tuple[Booked, ...]:
    """The coming meetings that would lie outside open time: with `wanted` in place of `rule`, or without `rule`.

    The read is logged. Raises `NotAllowed`, `RulesClash`.
    """
    with scope.transaction(actor.municipality_id):
        row = editable(actor, calendar)
        old = _own_rule(row, rule) if rule else None
        return _effect(actor, row, _combined(row, wanted, old), _closed(row))


def preview_absence(*, actor: Actor, calendar: UUID, wanted: WantedAbsence) -> tuple[Booked, ...]:
    """The coming meetings that would lie inside a new absence. The read is logged. Raises `NotAllowed`."""
    absence = floor_tick(wanted.from_at), ceil_tick(wanted.to_at)
    with scope.transaction(actor.municipality_id):
        row = editable(actor, calendar)
        found = tuple(one for one in _coming(row) if one.span[0] < absence[1] and absence[0] < one.span[1])
        access_log.record(actor=actor, action="absence.preview", kind="booking", objects=[one.id for one in found])
        return found


def weekly(row: OpeningRule) -> Rule:
    """A stored rule as the pure value that opening is computed from."""
    return Rule(
        row.weekday,
        row.from_minute,
        row.to_minute,
        row.valid_from,
        row.valid_to,
        frozenset(row.forms),
        row.step,
        "clock" if row.anchor == "clock" else "opening",
    )


def _same_version(row: Calendar, version: int | None) -> None:
    if version is not None and version != row.rules_version:
        raise Stale


def _own_rule(row: Calendar, rule: UUID) -> OpeningRule:
    """The calendar's rule of that id; `NotAllowed` when it is not the calendar's."""
    found: OpeningRule | None = row.rules.filter(id=rule).first()
    if found is None:
        raise NotAllowed("rule")
    return found


def _combined(row: Calendar, wanted: WantedRule | None, old: OpeningRule | None) -> list[Rule]:
    """The calendar's rules with `wanted` in place of `old`; `RulesClash` when they would overlap."""
    others = [weekly(one) for one in row.rules.all() if one != old]
    new = wanted.weekly() if wanted else ()
    for one in new:
        if other := clash(one, others):
            raise RulesClash(other)
    return [*others, *new]


def _written(row: Calendar, wanted: WantedRule, old: OpeningRule | None) -> tuple[OpeningRule, ...]:
    """The wanted rows; the old one stays the same row and takes the first weekday."""
    saved = []
    for weekday in wanted.weekdays:
        rule, old = old or OpeningRule(calendar=row), None
        rule.weekday = weekday
        rule.from_minute, rule.to_minute = wanted.from_minute, wanted.to_minute
        rule.forms, rule.step = sorted(wanted.forms), wanted.step
        rule.valid_from, rule.valid_to = wanted.valid_from, wanted.valid_to
        rule.save()
        saved.append(rule)
    return tuple(saved)


def _effect(actor: Actor, row: Calendar, rules: Sequence[Rule], closed: Sequence[Span]) -> tuple[Booked, ...]:
    found = outside(_coming(row), Plan(rules, absences=closed), ZoneInfo(row.zone))
    access_log.record(actor=actor, action="rule.preview", kind="booking", objects=[one.id for one in found])
    return found


def _coming(row: Calendar) -> list[Booked]:
    """The live bookings from now on, as far ahead as a window reaches."""
    now = floor_tick(timezone.now())
    rows = Booking.objects.filter(
        calendar=row, state__in=_COMING, from_tick__gte=now, to_tick__lte=now + MAX_WINDOW
    ).values_list("id", "form", "from_tick", "to_tick")
    return [Booked(id=id_, form=form, span=(start, end)) for id_, form, start, end in rows]


def _closed(row: Calendar) -> list[Span]:
    spans = row.absences.filter(to_at__gt=timezone.now()).values_list("from_at", "to_at")
    return [(floor_tick(start), ceil_tick(end)) for start, end in spans]
