"""A unit's load: weighted by the share of full time, as a chart and as a table, and nobody's name but the staff's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from booking import unit_load
from booking.models import Calendar, Task
from booking.presenters.unit import hours, unit_page
from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Unit
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[str], Actor]
BrowserAs = Callable[[str], Client]


def load(town: Town, actor: Actor) -> unit_load.UnitLoad:
    with scope.transaction(town.municipality.id):
        return unit_load.see(actor, None, now=timezone.now())


def of(found: unit_load.UnitLoad, town: Town, who: str) -> unit_load.Load:
    return next(one for one in found.officers if one.calendar.id == town.calendars[who])


def test_booked_time_counts_with_its_buffers_and_by_the_share_of_full_time(town: Town, as_actor: As) -> None:
    with scope.transaction(town.municipality.id):
        Calendar.objects.exclude(id=town.calendars["yusuf"]).update(active=False)
    before = of(load(town, as_actor("karin")), town, "yusuf")
    town.booked(as_actor("bo"))
    after = of(load(town, as_actor("karin")), town, "yusuf")
    assert (before.minutes, after.minutes, after.meetings) == (0, 60, 1)
    assert after.weighted == 75
    assert after.free == before.free - 1


def test_tasks_are_counted_by_whose_they_are(town: Town, as_actor: As) -> None:
    now = timezone.now()
    with scope.transaction(town.municipality.id):
        unit = Unit.objects.get(name="Färdtjänst")
        for person in (town.persons["anna"], None):
            Task.objects.create(kind="call", unit=unit, person_id=person, due_at=now, made_at=now)
        Task.objects.create(kind="call", unit=unit, due_at=now, made_at=now - timedelta(days=1), done_at=now)
    found = load(town, as_actor("karin"))
    assert (of(found, town, "anna").tasks, of(found, town, "yusuf").tasks, found.tasks) == (1, 0, 1)
    assert unit_page(found).tasks == "1 uppgift har ingen tagit än."


def test_the_chart_says_all_of_its_numbers(town: Town, as_actor: As) -> None:
    town.booked(as_actor("bo"))
    page = unit_page(load(town, as_actor("karin")))
    assert all(line.name in page.chart.said and line.weighted in page.chart.said for line in page.lines)
    assert max(bar.width for bar in page.chart.bars) == page.chart.width
    assert [line.what for line in page.others] == [
        "Tolk: arabiska, persiska",
        "Tolk: svenskt teckenspråk",
        "Rum att låna",
    ]


def test_the_page_names_no_resident(town: Town, as_actor: As, browser_as: BrowserAs) -> None:
    town.booked(as_actor("bo"))
    page = browser_as("karin").get("/enhet/", secure=True).content.decode()
    assert "Anna Lindqvist" in page
    assert 'role="img"' in page
    assert "Bo E" not in page


@pytest.mark.parametrize("who", ["anna", "dan", "alva"])
def test_who_coordinates_nothing_sees_no_unit(town: Town, as_actor: As, who: str) -> None:
    with pytest.raises(NotAllowed):
        load(town, as_actor(who))


def test_another_unit_is_as_none(town: Town, browser_as: BrowserAs) -> None:
    with scope.transaction(town.municipality.id):
        other = Unit.objects.get(name="Stöd hemma").id
    browser = browser_as("karin")
    for asked in (other, "x"):
        assert browser.get(f"/enhet/?enhet={asked}", secure=True).status_code == 404


@pytest.mark.parametrize(("minutes", "words"), [(0, "0 tim"), (45, "45 min"), (120, "2 tim"), (200, "3 tim 20 min")])
def test_hours_in_words(minutes: int, words: str) -> None:
    assert hours(minutes) == words
