"""Saving and deleting opening rules, absences, and saying beforehand which meetings would lie outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from booking.errors import Stale
from booking.models import Booking, Calendar, OpeningRule
from booking.opening_services import (
    RulesClash,
    WantedAbsence,
    WantedRule,
    add_absence,
    delete_rule,
    preview_absence,
    preview_rule,
    remove_absence,
    save_rule,
)
from booking.states import State
from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[str], Actor]
SUNDAY = WantedRule(weekdays=(7,), from_minute=600, to_minute=720, forms=("phone", "video"), step=30)


def calendar_of(town: Town, key: str = "anna") -> Calendar:
    """The calendar of one of the cast, as it stands now."""
    with scope.transaction(town.municipality.id):
        return Calendar.objects.get(id=town.calendars[key])


def rules_of(town: Town, weekday: int = 7) -> list[OpeningRule]:
    """Anna's rules of a weekday."""
    with scope.transaction(town.municipality.id):
        return list(OpeningRule.objects.filter(calendar_id=town.calendars["anna"], weekday=weekday))


def all_rules(town: Town) -> list[UUID]:
    """Every rule of Anna's."""
    with scope.transaction(town.municipality.id):
        return list(OpeningRule.objects.filter(calendar_id=town.calendars["anna"]).values_list("id", flat=True))


def annas(town: Town, as_actor: As) -> Booking:
    """A booking of Bo's, moved to lie on Anna's calendar whoever got it."""
    while True:
        made = town.booked(as_actor("bo"))
        if made.calendar_id == town.calendars["anna"]:
            return made


def test_a_saved_rule_opens_time_and_raises_the_version(town: Town, as_actor: As) -> None:
    before = calendar_of(town)
    (saved,) = save_rule(actor=as_actor("anna"), calendar=before.uuid, wanted=SUNDAY)
    (stored,) = rules_of(town)
    assert (stored.id, stored.from_minute, stored.to_minute, stored.step) == (saved.id, 600, 720, 30)
    assert stored.forms == ["phone", "video"]
    assert calendar_of(town).rules_version > before.rules_version


def test_several_days_make_one_rule_each(town: Town, as_actor: As) -> None:
    wanted = WantedRule(weekdays=(6, 7), from_minute=600, to_minute=720, forms=("video",), step=15)
    assert len(save_rule(actor=as_actor("anna"), calendar=calendar_of(town).uuid, wanted=wanted)) == 2
    assert len(rules_of(town, 6)) == len(rules_of(town, 7)) == 1


def test_a_changed_rule_stays_the_same_row(town: Town, as_actor: As) -> None:
    anna, calendar = as_actor("anna"), calendar_of(town).uuid
    (saved,) = save_rule(actor=anna, calendar=calendar, wanted=SUNDAY)
    later = WantedRule(weekdays=(7,), from_minute=660, to_minute=780, forms=("visit",), step=20)
    (changed,) = save_rule(actor=anna, calendar=calendar, wanted=later, rule=saved.id)
    assert changed.id == saved.id
    assert [(rule.from_minute, rule.forms) for rule in rules_of(town)] == [(660, ["visit"])]


def test_a_rule_that_opens_the_same_time_again_is_refused_and_changes_nothing(town: Town, as_actor: As) -> None:
    anna, calendar = as_actor("anna"), calendar_of(town).uuid
    save_rule(actor=anna, calendar=calendar, wanted=SUNDAY)
    version = calendar_of(town).rules_version
    clashing = WantedRule(weekdays=(6, 7), from_minute=700, to_minute=800, forms=("video",), step=15)
    with pytest.raises(RulesClash) as refused:
        save_rule(actor=anna, calendar=calendar, wanted=clashing)
    assert refused.value.other.from_minute == 600
    assert (len(rules_of(town)), len(rules_of(town, 6))) == (1, 0)
    assert calendar_of(town).rules_version == version


def test_a_rule_made_from_an_older_version_is_refused(town: Town, as_actor: As) -> None:
    seen = calendar_of(town)
    save_rule(actor=as_actor("anna"), calendar=seen.uuid, wanted=SUNDAY, version=seen.rules_version)
    saturday = WantedRule(weekdays=(6,), from_minute=600, to_minute=720, forms=("video",), step=15)
    with pytest.raises(Stale):
        save_rule(actor=as_actor("anna"), calendar=seen.uuid, wanted=saturday, version=seen.rules_version)
    assert not rules_of(town, 6)


def test_a_deleted_rule_opens_nothing_more(town: Town, as_actor: As) -> None:
    anna, calendar = as_actor("anna"), calendar_of(town).uuid
    (saved,) = save_rule(actor=anna, calendar=calendar, wanted=SUNDAY)
    version = calendar_of(town).rules_version
    delete_rule(actor=anna, calendar=calendar, rule=saved.id)
    assert not rules_of(town)
    assert calendar_of(town).rules_version > version


@pytest.mark.parametrize("stranger", ["bo", "cia", "dan", "eva"])
def test_nobody_changes_another_s_opening(town: Town, as_actor: As, stranger: str) -> None:
    actor, calendar = as_actor(stranger), calendar_of(town).uuid
    soon = timezone.now() + timedelta(days=1)
    before = all_rules(town)
    with pytest.raises(NotAllowed):
        save_rule(actor=actor, calendar=calendar, wanted=SUNDAY)
    with pytest.raises(NotAllowed):
        delete_rule(actor=actor, calendar=calendar, rule=before[0])
    wanted = WantedAbsence(soon, soon + timedelta(hours=1), "leave")
    with pytest.raises(NotAllowed):
        add_absence(actor=actor, calendar=calendar, wanted=wanted)
    with pytest.raises(NotAllowed):
        preview_rule(actor=actor, calendar=calendar, wanted=SUNDAY)
    assert all_rules(town) == before


def test_a_rule_of_another_calendar_is_as_none_at_all(town: Town, as_actor: As) -> None:
    other = calendar_of(town, "cia").uuid
    for rule in (all_rules(town)[0], uuid4()):
        with pytest.raises(NotAllowed):
            delete_rule(actor=as_actor("cia"), calendar=other, rule=rule)
    assert all_rules(town)


def test_the_preview_lists_the_meetings_that_would_lie_outside_and_cancels_none(town: Town, as_actor: As) -> None:
    anna, calendar = as_actor("anna"), calendar_of(town).uuid
    made = annas(town, as_actor)
    weekday = made.starts_at.isoweekday()
    assert preview_rule(actor=anna, calendar=calendar, wanted=SUNDAY).orphans == ()
    for rule in rules_of(town, weekday):
        delete_rule(actor=anna, calendar=calendar, rule=rule.id)
    (orphan,) = preview_rule(actor=anna, calendar=calendar, wanted=SUNDAY).orphans
    assert (orphan.id, orphan.span) == (made.id, (made.from_tick, made.to_tick))
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get(id=made.id).state == State.CONFIRMED


def test_an_absence_closes_the_time_and_its_removal_opens_it_again(town: Town, as_actor: As) -> None:
    anna, calendar = as_actor("anna"), calendar_of(town)
    made = annas(town, as_actor)
    span = (made.starts_at - timedelta(hours=1), made.ends_at)
    (met,) = preview_absence(actor=anna, calendar=calendar.uuid, wanted=WantedAbsence(*span, "leave")).orphans
    assert met.id == made.id
    absence = add_absence(actor=anna, calendar=calendar.uuid, wanted=WantedAbsence(*span, "leave"))
    closed = calendar_of(town).rules_version
    assert closed > calendar.rules_version
    remove_absence(actor=anna, calendar=calendar.uuid, absence=absence.id)
    assert calendar_of(town).rules_version > closed
    with pytest.raises(NotAllowed):
        remove_absence(actor=anna, calendar=calendar.uuid, absence=absence.id)


def test_an_absence_elsewhere_meets_no_meeting(town: Town, as_actor: As) -> None:
    made = annas(town, as_actor)
    after = WantedAbsence(made.ends_at, made.ends_at + timedelta(hours=2), "leave")
    assert preview_absence(actor=as_actor("anna"), calendar=calendar_of(town).uuid, wanted=after).orphans == ()


def test_an_absence_that_is_there_already_is_the_answer_and_another_one_needs_the_newest_rules(
    town: Town, as_actor: As
) -> None:
    anna, seen = as_actor("anna"), calendar_of(town)
    soon = timezone.now() + timedelta(days=30)
    wanted = WantedAbsence(soon, soon + timedelta(hours=1), "leave")
    made = [add_absence(actor=anna, calendar=seen.uuid, wanted=wanted, version=seen.rules_version).id for _ in range(2)]
    assert made[0] == made[1]
    with pytest.raises(Stale):
        add_absence(actor=anna, calendar=seen.uuid, wanted=replace(wanted, code="sick"), version=seen.rules_version)
