"""The week of a calendar: what is open, booked and closed, whose links lead where, and one logged read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from booking import week
from booking.models import Absence, BusyFeed, Calendar, Closure, Need
from booking.presenters.week import WeekPage, week_page
from booking.timeline import tick_of
from booking.week_grid import Kind
from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Person
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[str], Actor]
BrowserAs = Callable[[str], Client]
Superuser = Callable[[], psycopg.Connection[Any]]
MONDAY = date(2027, 2, 1)
SUNDAY_BEFORE = datetime(2027, 1, 31, 11, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: int = 1) -> datetime:
    """A wall time of the week, in winter."""
    return datetime(2027, 2, day, hour - 1, minute, tzinfo=UTC)


def page(town: Town, actor: Actor, monday: date = MONDAY, calendar: str = "anna") -> WeekPage:
    with time_machine.travel(SUNDAY_BEFORE, tick=False), scope.transaction(town.municipality.id):
        row = Calendar.objects.get(id=town.calendars[calendar])
        return week_page(week.see(actor, row, monday, now=timezone.now()), now=timezone.now())


def texts(found: WeekPage, day: int = 0) -> list[str]:
    """A day as it is read aloud."""
    return [f"{one.kind} {one.text}".strip() for one in found.days[day].blocks]


def booked(town: Town, as_actor: As, start: datetime, form: str = "video") -> None:
    """A time of Bo's on Anna's calendar: nobody else is open then."""
    with scope.transaction(town.municipality.id):
        Calendar.objects.exclude(id=town.calendars["anna"]).update(active=False)
    with time_machine.travel(SUNDAY_BEFORE, tick=False):
        town.booked(as_actor("bo"), tick_of(start), form=form)


def test_an_empty_week_says_what_is_open_and_how_much_fits_in(town: Town, as_actor: As) -> None:
    found = page(town, as_actor("anna"))
    assert (found.number, found.span) == (5, "1–5 februari")
    assert texts(found) == ["8–12 Öppet, 4 lediga", "13–16.30 Öppet, 3 lediga"]
    assert found.lead == "Inga bokade möten, 35 lediga tider."
    assert len(found.days) == 5


def test_a_meeting_is_told_by_its_own_time_and_takes_its_buffers_with_it(town: Town, as_actor: As) -> None:
    booked(town, as_actor, at(9))
    found = page(town, as_actor("anna"))
    assert texts(found)[:3] == ["8–9 Öppet, 1 ledig", "Bokat: 9.00 Video", "10–12 Öppet, 2 lediga"]
    assert found.days[0].blocks[1].until == "–9.45"
    assert found.lead.startswith("1 bokat möte, ")


def test_an_interpreter_is_told_but_not_of_a_protected_person(town: Town, as_actor: As) -> None:
    booked(town, as_actor, at(9))
    with scope.transaction(town.municipality.id):
        made = Calendar.objects.get(id=town.calendars["anna"]).bookings.get()
        Need.objects.create(booking=made, kind="interpreter", language="ar", changed_at=timezone.now())
    assert "Bokat: 9.00 Video, tolk" in texts(page(town, as_actor("anna")))
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=town.persons["bo"]).update(marked=True)
    assert "Bokat: 9.00 Video" in texts(page(town, as_actor("anna")))


def test_why_a_time_is_closed_is_said_in_words(town: Town, as_actor: As) -> None:
    with scope.transaction(town.municipality.id):
        anna = Calendar.objects.get(id=town.calendars["anna"])
        Absence.objects.create(calendar=anna, from_at=at(8), to_at=at(10), code="course")
        Closure.objects.create(unit=anna.unit, from_at=at(13, day=2), to_at=at(17, day=2))
        busy = [(tick_of(at(11, day=3)), tick_of(at(12, day=3)))]
        BusyFeed.objects.create(calendar=anna, kind="file", state="good", busy=busy)
    found = page(town, as_actor("anna"))
    assert texts(found)[0] == "Stängt: 8–10 Kurs eller möte"
    assert "Stängt: 13–17 Enheten är stängd" in texts(found, 1)
    assert "Upptaget: 11–12 Annan kalender" in texts(found, 2)


def test_a_red_day_has_its_name(town: Town, as_actor: As) -> None:
    christmas = page(town, as_actor("anna"), date(2026, 12, 21))
    assert texts(christmas, 4)[0] == "Stängt: 8–12 Röd dag, juldagen"
    assert texts(christmas, 3)[0] == "Stängt: 8–12 Stänger tidigare före helgen"


def test_every_row_of_the_table_has_a_time_and_every_day_is_whole(town: Town, as_actor: As) -> None:
    booked(town, as_actor, at(9, 15))
    found = page(town, as_actor("anna"))
    assert [row.time for row in found.rows][:4] == ["8.00", "9.00", "9.15", "10.00"]
    for day in range(5):
        assert sum(cell.rows for row in found.rows for cell in row.cells if cell.day == day) == len(found.rows)


def test_who_coordinates_reads_the_week_and_opens_all_but_what_is_protected(town: Town, as_actor: As) -> None:
    booked(town, as_actor, at(9))
    found = page(town, as_actor("karin"))
    assert found.whose == "Anna Lindqvist"
    links = [one.address for day in found.days for one in day.blocks if one.style == "book"]
    assert [link[: len("/bokningar/")] for link in links] == ["/bokningar/"]
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=town.persons["bo"]).update(marked=True)
    found = page(town, as_actor("karin"))
    assert [one.address for day in found.days for one in day.blocks if one.style == "book"] == [""]


def test_a_stranger_reads_no_week(town: Town, as_actor: As) -> None:
    with scope.transaction(town.municipality.id):
        anna = Calendar.objects.get(id=town.calendars["anna"]).uuid
        for who in ("cia", "yusuf", "bo", "dan"):
            with pytest.raises(NotAllowed):
                week.calendar_of(as_actor(who), anna)


def test_the_read_is_one_entry_about_the_bookings(town: Town, as_actor: As, superuser: Superuser) -> None:
    booked(town, as_actor, at(9))
    page(town, as_actor("karin"))
    with superuser() as database:
        rows = database.execute(
            "SELECT objects_seen FROM identity_accessentry WHERE action = 'booking.list' AND actor = %s",
            [town.persons["karin"]],
        ).fetchall()
    assert [len(seen) for (seen,) in rows] == [1]


def test_the_page_is_a_table_and_the_list_is_the_same(town: Town, as_actor: As, browser_as: BrowserAs) -> None:
    booked(town, as_actor, at(9))
    with time_machine.travel(SUNDAY_BEFORE, tick=False):
        browser = browser_as("anna")
        table = browser.get("/vecka/?vecka=2027-02-03", secure=True).content.decode()
        listed = browser.get("/vecka/?vecka=2027-02-03&som=lista", secure=True).content.decode()
    assert '<table class="wk"' in table
    assert "Vecka 5" in table
    assert 'href="/vecka/?vecka=2027-01-25"' in table
    assert "<table" not in listed
    for shown in (table, listed):
        assert "Bokat:" in shown
        assert shown.count("/bokningar/") == 1


@pytest.mark.parametrize("asked", ["", "nu", "2027-13-01", "9999-01-01"])
def test_a_week_that_is_none_is_another_one(town: Town, browser_as: BrowserAs, asked: str) -> None:
    assert browser_as("anna").get(f"/vecka/?vecka={asked}", secure=True).status_code == 200


def test_who_has_no_calendar_is_led_to_the_unit_or_told(town: Town, browser_as: BrowserAs) -> None:
    assert browser_as("karin").get("/vecka/", secure=True)["Location"] == "/enhet/"
    assert "ingen egen kalender" in browser_as("dan").get("/vecka/", secure=True).content.decode()


def test_a_week_with_a_change_of_the_clock_is_drawn(town: Town, as_actor: As) -> None:
    for monday in (date(2027, 3, 22), date(2026, 10, 19)):
        assert page(town, as_actor("anna"), monday).rows
    assert Kind.OPEN < Kind.SHUT
    assert page(town, as_actor("anna"), MONDAY + timedelta(weeks=8)).days[0].blocks
