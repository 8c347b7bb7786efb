"""Cycles, single dates, absences and limits: saved, taken back, refused; and what each would do is what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import opening_services as services
from booking.errors import Stale
from booking.models import Absence, Booking, CalendarLimit, OpeningException, OpeningRule, Task
from booking.opening_faults import Fault, OpeningFault
from booking.opening_preview import Preview
from booking.opening_wanted import WantedAbsence, WantedException, WantedLimit, WantedSettings, cycle_of
from booking.timeline import instant
from booking.wording import local_date
from identity.errors import NotAllowed
from tests.booking.openings import SUNDAY, As, annas, calendar_of, coming, moment, named, rows, starts
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
Change = tuple[Callable[..., Preview], Callable[..., Any], dict[str, Any]]


def hers(town: Town) -> list[OpeningRule]:
    """Anna's rules."""
    return rows(town, lambda: OpeningRule.objects.filter(calendar_id=town.calendars["anna"]))


def monday_rule(town: Town) -> OpeningRule:
    """Anna's first rule of Mondays."""
    return min(hers(town), key=lambda row: (row.weekday, row.from_minute))


def refused(change: Callable[[], object]) -> str:
    """The code of a refusal."""
    with pytest.raises(OpeningFault) as error:
        change()
    return error.value.code


@pytest.mark.parametrize(
    "given", [{"every": 2}, {"week_parity": "odd"}, {"week_parity": "even"}, {"nth": 2}, {"nth": -1}], ids=str
)
def test_every_cycle_is_stored_and_opens_just_its_dates(town: Town, as_actor: As, given: dict[str, Any]) -> None:
    cycle = cycle_of(**given, first_monday=coming(1))
    wanted = replace(SUNDAY, cycle=cycle)
    preview = services.preview_rule(**named(town, as_actor), wanted=wanted)
    (row,) = services.save_rule(**named(town, as_actor), wanted=wanted)
    assert (row.every, row.week_parity, row.nth) == (cycle.every, cycle.week_parity, cycle.nth)
    days = {local_date(instant(tick)) for tick in preview.gained}
    assert days
    assert all(cycle.active_on(day) and day.isoweekday() == 7 for day in days)


def changes(town: Town) -> dict[str, Change]:
    """A change of every kind, to Anna's calendar."""
    monday, rule = coming(1), monday_rule(town)
    closed = WantedException(monday, "closed", from_minute=600, to_minute=660)
    away = WantedAbsence(moment(coming(2)), moment(coming(2), 720), "course")
    every = WantedAbsence(moment(coming(3)), moment(coming(3, 8)), "leave", 3, 480, 720, cycle_of(2, coming(1)))
    extra = WantedException(coming(6), "extra", None, 600, 720, ("video",), 30)
    made = (services.preview_exception, services.save_exception)
    return {
        "rule": (services.preview_rule, services.save_rule, {"wanted": SUNDAY}),
        "rule on the clock": (
            services.preview_rule,
            services.save_rule,
            {"wanted": replace(SUNDAY, from_minute=610, anchor="clock", on_red_days=True)},
        ),
        "changed rule": (
            services.preview_rule,
            services.save_rule,
            {"wanted": replace(SUNDAY, weekdays=(1, 6), to_minute=690), "rule": rule.id},
        ),
        "rules": (services.preview_rules, services.replace_rules, {"wanted": (replace(SUNDAY, weekdays=(1, 2)),)}),
        "closed": (*made, {"wanted": closed}),
        "closed for one form": (*made, {"wanted": replace(closed, forms=("video",))}),
        "extra": (*made, {"wanted": extra}),
        "skip": (*made, {"wanted": WantedException(monday, "skip", rule.id)}),
        "change": (*made, {"wanted": WantedException(monday, "change", rule.id, 420, 510)}),
        "absence": (services.preview_absence, services.add_absence, {"wanted": away}),
        "absence that recurs": (services.preview_absence, services.add_absence, {"wanted": every}),
        "limits": (services.preview_limits, services.set_limits, {"wanted": (WantedLimit(per_day=0),)}),
        "limit of a week": (services.preview_limits, services.set_limits, {"wanted": (WantedLimit(per_week=1),)}),
    }


def otherwise(wanted: dict[str, Any]) -> dict[str, Any]:
    """The same with something else in it, so that it is not there already."""
    one = wanted["wanted"]
    return wanted | {"wanted": replace(one, code="other") if isinstance(one, WantedAbsence) else one}


KINDS = (
    "rule",
    "rule on the clock",
    "changed rule",
    "rules",
    "closed",
    "closed for one form",
    "extra",
    "skip",
    "change",
    "absence",
    "absence that recurs",
    "limits",
    "limit of a week",
)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_preview_says_is_what_the_search_offers_afterwards(town: Town, as_actor: As, kind: str) -> None:
    annas(town, as_actor)
    who = named(town, as_actor)
    preview_it, do_it, wanted = changes(town)[kind]
    before = starts(town, who["calendar"])
    preview = preview_it(**who, **wanted)
    assert starts(town, who["calendar"]) == before
    do_it(**who, **wanted, version=preview.rules_version)
    after = starts(town, who["calendar"])
    assert set(preview.gained) == set().union(*(after[way] - before[way] for way in before))
    assert set(preview.lost) == set().union(*(before[way] - after[way] for way in before))
    assert preview.gained or preview.lost
    assert calendar_of(town).rules_version > preview.rules_version
    with pytest.raises(Stale):
        do_it(**who, **otherwise(wanted), version=preview.rules_version)


def test_free_time_is_counted_by_the_week(town: Town, as_actor: As) -> None:
    preview = services.preview_rule(**named(town, as_actor), wanted=SUNDAY)
    before, after = dict(preview.free_before), dict(preview.free_after)
    week = coming(7) - timedelta(days=6)
    assert after[week] - before[week] == 120
    assert all(monday.isoweekday() == 1 for monday in before)
    assert len(before) >= 9


def test_a_date_can_be_otherwise_once_for_each_rule(town: Town, as_actor: As) -> None:
    who, rule, day = named(town, as_actor), monday_rule(town), coming(1)
    skip = partial(services.save_exception, **who, wanted=WantedException(day, "skip", rule.id))
    assert skip().kind == "skip"
    assert refused(skip) == Fault.EXCEPTION_TWICE
    other = WantedException(coming(2), "skip", rule.id)
    assert refused(lambda: services.save_exception(**who, wanted=other)) == Fault.NOT_ON_THAT_DATE
    closed = WantedException(day, "closed", from_minute=600, to_minute=660)
    services.save_exception(**who, wanted=closed)
    again = replace(closed, from_minute=630, to_minute=700)
    assert refused(lambda: services.save_exception(**who, wanted=again)) == Fault.EXCEPTION_TWICE
    services.save_exception(**who, wanted=replace(closed, from_minute=660, to_minute=700))


def test_an_exception_is_taken_back_and_a_stranger_s_is_none(town: Town, as_actor: As) -> None:
    who = named(town, as_actor)
    made = services.save_exception(**who, wanted=WantedException(coming(1), "closed"))
    with pytest.raises(NotAllowed):
        services.delete_exception(**named(town, as_actor, "cia"), exception=made.id)
    services.delete_exception(**who, exception=made.id)
    assert rows(town, lambda: OpeningException.objects) == []
    with pytest.raises(NotAllowed):
        services.delete_exception(**who, exception=made.id)


def test_exceptions_of_a_rule_go_where_it_does_not_fall_any_more(town: Town, as_actor: As) -> None:
    who, rule = named(town, as_actor), monday_rule(town)
    services.save_exception(**who, wanted=WantedException(coming(1), "skip", rule.id))
    services.save_rule(**who, wanted=replace(SUNDAY, weekdays=(7,)), rule=rule.id)
    assert rows(town, lambda: OpeningException.objects) == []


def test_rules_put_in_place_of_all_keep_those_that_stand(town: Town, as_actor: As) -> None:
    who = named(town, as_actor)
    first = services.replace_rules(**who, wanted=(SUNDAY, replace(SUNDAY, weekdays=(6,))))
    second = services.replace_rules(**who, wanted=(SUNDAY,))
    kept = {row.id for row in first} & {row.id for row in second}
    assert len(kept) == len(second) == 1
    stored = hers(town)
    assert [row.id for row in stored] == [row.id for row in second]


def test_two_wanted_rules_that_overlap_each_other_are_refused_and_all_stay(town: Town, as_actor: As) -> None:
    who = named(town, as_actor)
    before = hers(town)
    with pytest.raises(services.RulesClash):
        services.replace_rules(**who, wanted=(SUNDAY, replace(SUNDAY, from_minute=660)))
    assert hers(town) == before


def test_odd_and_even_weeks_do_not_clash_but_each_does_with_every_week(town: Town, as_actor: As) -> None:
    who = named(town, as_actor)
    services.save_rule(**who, wanted=replace(SUNDAY, cycle=cycle_of(week_parity="odd")))
    services.save_rule(**who, wanted=replace(SUNDAY, cycle=cycle_of(week_parity="even")))
    with pytest.raises(services.RulesClash):
        services.save_rule(**who, wanted=SUNDAY)


def test_a_rule_that_would_never_be_open_is_refused(town: Town, as_actor: As) -> None:
    day = coming(3)
    wanted = replace(SUNDAY, valid_from=day, valid_to=day)
    assert refused(lambda: services.save_rule(**named(town, as_actor), wanted=wanted)) == Fault.NEVER_OPEN


@pytest.mark.parametrize("kind", ["skip", "away"])
def test_meetings_outside_become_tasks_once_each_if_that_is_wanted(town: Town, as_actor: As, kind: str) -> None:
    made, who = annas(town, as_actor), named(town, as_actor)
    day = timezone.localtime(made.starts_at).date()
    away = WantedAbsence(moment(day), moment(day + timedelta(days=1)), "sick")
    closed = WantedException(day, "closed")
    if kind == "away":
        services.add_absence(**who, wanted=away, orphans="tasks")
    else:
        services.save_exception(**who, wanted=closed, orphans="tasks")
    services.save_rule(**who, wanted=replace(SUNDAY, from_minute=780, to_minute=840), orphans="tasks")
    (task,) = rows(town, lambda: Task.objects)
    assert (task.kind, task.booking_id, task.person_id) == ("move", made.id, town.persons["anna"])
    assert task.due_at < made.starts_at
    assert rows(town, lambda: Booking.objects.filter(id=made.id))[0].state == "confirmed"


def test_meetings_outside_stay_without_tasks_unless_that_is_wanted(town: Town, as_actor: As) -> None:
    made, who = annas(town, as_actor), named(town, as_actor)
    closed = WantedException(timezone.localtime(made.starts_at).date(), "closed")
    (orphan,) = services.preview_exception(**who, wanted=closed).orphans
    assert orphan.id == made.id
    services.save_exception(**who, wanted=closed)
    assert rows(town, lambda: Task.objects) == []
    assert refused(lambda: services.save_rule(**who, wanted=SUNDAY, orphans="cancel")) == Fault.UNKNOWN_ORPHANS


def test_limits_are_put_in_place_of_all_and_only_for_what_is_offered(town: Town, as_actor: As) -> None:
    who = named(town, as_actor)
    services.set_limits(**who, wanted=(WantedLimit(per_day=4), WantedLimit(town.types["fardtjanst"], per_week=9)))
    (kept,) = services.set_limits(
        **who, wanted=(WantedLimit(per_day=5, minutes_per_day=300), WantedLimit(town.types["fardtjanst"]))
    )
    assert rows(town, lambda: CalendarLimit.objects) == [kept]
    assert (kept.per_day, kept.per_week, kept.minutes_per_day) == (5, None, 300)
    unknown = (WantedLimit(uuid4(), per_day=1),)
    assert refused(lambda: services.set_limits(**who, wanted=unknown)) == Fault.UNKNOWN_TYPE


def test_an_absence_that_recurs_is_stored_with_its_cycle(town: Town, as_actor: As) -> None:
    wanted = WantedAbsence(moment(coming(3)), moment(coming(3, 8)), "leave", 3, 480, 720, cycle_of(nth=-1))
    services.add_absence(**named(town, as_actor), wanted=wanted)
    (row,) = rows(town, lambda: Absence.objects)
    assert (row.weekday, row.from_minute, row.to_minute, row.nth) == (3, 480, 720, -1)
    never = replace(wanted, to_at=moment(coming(3) + timedelta(days=1)), cycle=cycle_of(week_parity="odd"))
    other = replace(never, cycle=cycle_of(week_parity="even"))
    codes = []
    for one in (never, other):
        try:
            services.add_absence(**named(town, as_actor), wanted=one)
        except OpeningFault as error:
            codes.append(error.code)
    assert codes == [Fault.NEVER_OPEN]


def test_a_coordinator_sets_up_a_calendar_and_its_officer_does_not(town: Town, as_actor: As) -> None:
    calendar = calendar_of(town)
    wanted = WantedSettings(share=50, languages=("ar", "swl"), buffer_after=10)
    with pytest.raises(NotAllowed):
        services.set_up_calendar(actor=as_actor("anna"), calendar=calendar.uuid, wanted=wanted)
    coordinator = as_actor("karin")
    services.set_up_calendar(actor=coordinator, calendar=calendar.uuid, wanted=wanted, version=calendar.rules_version)
    row = calendar_of(town)
    assert (row.share, row.languages, row.buffer_after) == (50, ["ar", "swl"], 10)
    with pytest.raises(Stale):
        services.set_up_calendar(
            actor=coordinator, calendar=calendar.uuid, wanted=wanted, version=calendar.rules_version
        )


def test_a_preview_asks_as_little_for_many_meetings_as_for_none(town: Town, as_actor: As) -> None:
    who = named(town, as_actor)

    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            services.preview_rules(**who, wanted=(SUNDAY,))
        return [one["sql"] for one in asked if not one["sql"].startswith(("BEGIN", "COMMIT", "SELECT set_config"))]

    few = statements()
    annas(town, as_actor)
    annas(town, as_actor)
    many = statements()
    assert len(few) == 3, few  # the calendar, its opening, what takes its time
    assert len(many) == 4, many  # and the entry of the log about the meetings that were shown
