"""Use cases of rules and of dates that differ: save, delete, and what each would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

from django.utils import timezone

from booking.models import OpeningException, OpeningRule
from booking.opening_effect import clash
from booking.opening_faults import Fault, OpeningFault, RulesClash, Told, falls, hints, refuse
from booking.opening_preview import Preview
from booking.opening_saving import Change, previewed, saved
from booking.opening_state import Drawn, rule_of
from booking.opening_wanted import WantedException, WantedRule
from booking.rules import Rule
from identity.actors import Actor
from identity.errors import NotAllowed


def save_rule(
    *,
    actor: Actor,
    calendar: UUID,
    wanted: WantedRule,
    rule: UUID | None = None,
    version: int | None = None,
    orphans: str = "keep",
) -> tuple[OpeningRule, ...]:
    """Add a rule, or change the rule `rule`, which becomes the first of the wanted weekdays.

    `version`: the `rules_version` that the caller saw. Raises `NotAllowed`, `Stale`, `OpeningFault`, `RulesClash`,
    `Busy`.
    """
    making = partial(_with_rule, wanted, rule)
    change = saved(actor, calendar, making, action="rule.save", version=version, orphans=orphans)
    return tuple(row for row in change.save if isinstance(row, OpeningRule))


def delete_rule(*, actor: Actor, calendar: UUID, rule: UUID, version: int | None = None, orphans: str = "keep") -> None:
    """Take a rule away, and with it the dates on which it differs. Raises `NotAllowed`, `Stale`, `Busy`."""
    saved(actor, calendar, partial(_without_rule, rule), action="rule.delete", version=version, orphans=orphans)


def replace_rules(
    *,
    actor: Actor,
    calendar: UUID,
    wanted: tuple[WantedRule, ...],
    version: int | None = None,
    orphans: str = "keep",
) -> tuple[OpeningRule, ...]:
    """Put these rules in place of all that the calendar has. One that is there already keeps its id and its exceptions.

    Raises as `save_rule`.
    """
    making = partial(_all_rules, wanted)
    change = saved(actor, calendar, making, action="rule.save", version=version, orphans=orphans)
    return change.after.rules


def preview_rule(*, actor: Actor, calendar: UUID, wanted: WantedRule | None, rule: UUID | None = None) -> Preview:
    """What would be with `wanted` in place of `rule`, or without `rule`. Raises as `save_rule`, but `Stale`."""
    making = partial(_with_rule, wanted, rule) if wanted else partial(_without_rule, rule)
    return previewed(actor, calendar, making, action="rule.preview")


def preview_rules(*, actor: Actor, calendar: UUID, wanted: tuple[WantedRule, ...]) -> Preview:
    """What `replace_rules` would do. Raises as it, but `Stale`."""
    return previewed(actor, calendar, partial(_all_rules, wanted), action="rule.preview")


def save_exception(
    *, actor: Actor, calendar: UUID, wanted: WantedException, version: int | None = None, orphans: str = "keep"
) -> OpeningException:
    """Make one date differ. Raises `NotAllowed`, `Stale`, `OpeningFault`, `Busy`."""
    making = partial(_with_exception, wanted)
    change = saved(actor, calendar, making, action="exception.save", version=version, orphans=orphans)
    (row,) = (row for row in change.save if isinstance(row, OpeningException))
    return row


def delete_exception(
    *, actor: Actor, calendar: UUID, exception: UUID, version: int | None = None, orphans: str = "keep"
) -> None:
    """Let the date be as the rules say. Raises `NotAllowed`, `Stale`, `Busy`."""
    making = partial(_without_exception, exception)
    saved(actor, calendar, making, action="exception.delete", version=version, orphans=orphans)


def preview_exception(
    *, actor: Actor, calendar: UUID, wanted: WantedException | None, exception: UUID | None = None
) -> Preview:
    """What would be with `wanted`, or without `exception`. Raises as `save_exception`, but `Stale`."""
    making = partial(_with_exception, wanted) if wanted else partial(_without_exception, exception)
    return previewed(actor, calendar, making, action="exception.preview")


def _with_rule(wanted: WantedRule, rule: UUID | None, drawn: Drawn) -> Change:
    today = _today(drawn)
    wanted.check(today)
    old = _rule(drawn, rule) if rule else None
    others = tuple(row for row in drawn.rules if row is not old)
    _no_clash(wanted, others, today)
    made = _rows(wanted, old)
    after = _regular(replace(drawn, rules=(*others, *made)))
    dropped = tuple(row for row in drawn.exceptions if row not in after.exceptions)
    return Change(after, save=made, delete=dropped, told=hints(wanted.rules(), today, drawn.zone))


def _without_rule(rule: UUID | None, drawn: Drawn) -> Change:
    old = _rule(drawn, rule)
    rules = tuple(row for row in drawn.rules if row is not old)
    exceptions = tuple(row for row in drawn.exceptions if row.rule_id != old.id)
    return Change(replace(drawn, rules=rules, exceptions=exceptions), delete=(old,))


def _all_rules(wanted: tuple[WantedRule, ...], drawn: Drawn) -> Change:
    today = _today(drawn)
    kept: tuple[OpeningRule, ...] = ()
    told: list[Told] = []
    for one in wanted:
        one.check(today)
        _no_clash(one, kept, today)
        told += hints(one.rules(), today, drawn.zone)
        for row in _rows(one, None):
            same = (old for old in drawn.rules if replace(rule_of(old), key=row.id) == rule_of(row))
            kept = (*kept, next(same, row))
    gone = tuple(row for row in drawn.rules if row not in kept)
    after = _regular(replace(drawn, rules=kept))
    return Change(after, tuple(row for row in kept if row not in drawn.rules), gone, tuple(told))


def _no_clash(wanted: WantedRule, others: tuple[OpeningRule, ...], today: date) -> None:
    for one in wanted.rules():
        refuse(not falls(one, today), Fault.NEVER_OPEN, "valid_to")
        if other := clash(one, [rule_of(row) for row in others]):
            raise RulesClash(other)


def _rows(wanted: WantedRule, old: OpeningRule | None) -> tuple[OpeningRule, ...]:
    """The wanted rows; the old one stays the same row and takes the first weekday. The old object is left as it is."""
    return tuple(_row(wanted, weekday, old if not at else None) for at, weekday in enumerate(wanted.weekdays))


def _row(wanted: WantedRule, weekday: int, old: OpeningRule | None) -> OpeningRule:
    row = OpeningRule(
        weekday=weekday,
        from_minute=wanted.from_minute,
        to_minute=wanted.to_minute,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
        forms=sorted(wanted.forms),
        step=wanted.step,
        anchor=wanted.anchor,
        on_red_days=wanted.on_red_days,
        every=wanted.cycle.every,
        first_monday=wanted.cycle.first_monday,
        week_parity=wanted.cycle.week_parity,
        nth=wanted.cycle.nth,
    )
    if old is not None:
        row.id, row.calendar_id, row._state.adding = old.id, old.calendar_id, False
    return row


def _regular(drawn: Drawn) -> Drawn:
    """Without exceptions of rules that are gone, or that do not fall on their dates any more."""
    rules = {row.id: rule_of(row) for row in drawn.rules}
    kept = (e for e in drawn.exceptions if e.rule_id is None or _applies(rules.get(e.rule_id), e.date))
    return replace(drawn, exceptions=tuple(kept))


def _applies(rule: Rule | None, day: date) -> bool:
    return rule is not None and rule.active_on(day)


def _with_exception(wanted: WantedException, drawn: Drawn) -> Change:
    wanted.check(_today(drawn))
    if wanted.rule is not None:
        refuse(not rule_of(_rule(drawn, wanted.rule)).active_on(wanted.day), Fault.NOT_ON_THAT_DATE, "day")
    if any(_same(row, wanted) for row in drawn.exceptions):
        raise OpeningFault(Fault.EXCEPTION_TWICE, "day")
    row = OpeningException(
        rule_id=wanted.rule,
        date=wanted.day,
        kind=wanted.kind,
        from_minute=wanted.from_minute,
        to_minute=wanted.to_minute,
        forms=sorted(wanted.forms),
        step=wanted.step,
        anchor=wanted.anchor,
    )
    return Change(replace(drawn, exceptions=(*drawn.exceptions, row)), save=(row,))


def _same(row: OpeningException, wanted: WantedException) -> bool:
    """One of the same rule and date; or one without a rule that opens or closes some of the same time."""
    if row.date != wanted.day or row.rule_id != wanted.rule:
        return False
    if wanted.rule is not None:
        return True
    meet = row.from_minute < wanted.to_minute and wanted.from_minute < row.to_minute
    forms = not row.forms or not wanted.forms or bool(set(row.forms) & set(wanted.forms))
    return row.kind == wanted.kind and meet and forms


def _without_exception(exception: UUID | None, drawn: Drawn) -> Change:
    old = next((row for row in drawn.exceptions if row.id == exception), None)
    if old is None:
        raise NotAllowed("exception")
    return Change(replace(drawn, exceptions=tuple(r for r in drawn.exceptions if r is not old)), delete=(old,))


def _rule(drawn: Drawn, rule: UUID | None) -> OpeningRule:
    """The calendar's rule of that id; `NotAllowed` when it is not the calendar's."""
    found = drawn.rule(rule) if rule else None
    if found is None:
        raise NotAllowed("rule")
    return found


def _today(drawn: Drawn) -> date:
    return timezone.now().astimezone(drawn.zone).date()
