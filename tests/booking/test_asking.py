"""Why a time is not free: no reason exactly when search offers it, on real rows; and who is told what."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from booking import asking, opening_state, plans, search
from booking.models import Calendar, CalendarOffer, OpeningRule
from booking.rules import layers
from booking.search import Query
from booking.timeline import Window, tick_of
from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Municipality
from tests.booking import random_openings
from tests.booking.random_openings import NOW, Stage
from tests.town import Town

pytestmark = pytest.mark.django_db
WORLDS, ASKED = 30, 16
AsActor = Callable[[str], Actor]
Superuser = Callable[[], psycopg.Connection[Any]]


def logged(superuser: Superuser) -> list[list[UUID]]:
    """What each entry of the log about explaining was about."""
    with superuser() as past_the_walls:
        rows = past_the_walls.execute("SELECT objects_seen FROM identity_accessentry WHERE action = 'calendar.explain'")
        return [row[0] for row in rows.fetchall()]


def desk(municipality: Municipality, on: Stage) -> Actor:
    """Somebody who coordinates the unit."""
    return Actor(municipality.id, uuid4(), frozenset({("coordinator", on.unit.id)}))


def test_there_is_no_reason_exactly_when_search_offers_the_start(municipality: Municipality) -> None:
    rng, seen = random.Random(11), set[str]()
    with scope.transaction(municipality.id):
        for number in range(WORLDS):
            on = random_openings.stage(rng)
            row = random_openings.calendar(rng, on)
            query = Query(on.asked.id, "video", calendar=row.uuid, by_staff=number % 3 == 0)
            found = search.overview(query, now=NOW)
            free = [tick for _, ticks in found.days for tick in ticks]
            some = rng.sample(free, min(ASKED // 4, len(free)))
            first = tick_of(datetime(2026, 12, 16, tzinfo=UTC))
            some += [first + rng.randrange(31 * 288) for _ in range(ASKED)]
            some += [tick + rng.choice((-6, -1, 1, 6)) for tick in some[:4]]
            for tick in some:
                told = asking.explain(actor=desk(municipality, on), calendar=row.uuid, start=tick, query=query, now=NOW)
                assert (told == ()) is (tick in free), (number, tick, told)
                seen |= {reason.why.value for reason in told}
    assert len(seen) == len(asking.Why)  # every reason has been met


def test_a_plan_is_read_alike_for_searching_and_for_changing(municipality: Municipality) -> None:
    rng = random.Random(5)
    with scope.transaction(municipality.id):
        for _ in range(12):
            row = random_openings.calendar(rng, random_openings.stage(rng))
            window = Window(tick_of(datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)), 40 * 288)
            drawn = opening_state.read(row)
            plan = drawn.plan(window)
            written = plans.read([row.id], window, drawn.zone)[row.id]
            assert layers(written.plan(drawn.zone, plan.holidays), window, drawn.zone, "video") == layers(
                plan, window, drawn.zone, "video"
            )
            kept = plans.opening_of(written, window, drawn.zone, "video", plan.holidays)
            assert kept == layers(plan, window, drawn.zone, "video").opening


@pytest.mark.django_db(transaction=True)
def test_a_booking_is_named_only_to_who_may_see_it(town: Town, as_actor: AsActor, superuser: Superuser) -> None:
    booked = town.booked(as_actor("bo"))
    officer = next(key for key, calendar in town.calendars.items() if calendar == booked.calendar_id)
    with scope.transaction(town.municipality.id):
        calendar = Calendar.objects.get(id=booked.calendar_id).uuid
    query = Query(town.types["fardtjanst"], "video", by_staff=True)
    asked: dict[str, Any] = {"calendar": calendar, "start": booked.from_tick, "query": query, "now": datetime.now(UTC)}
    with scope.transaction(town.municipality.id):
        (led,) = asking.explain(actor=as_actor(officer), **asked)
        (other,) = asking.explain(actor=as_actor("karin"), **asked)
    assert led == asking.ReasonTold(asking.Why.BOOKED, booked.id)
    assert other == asking.ReasonTold(asking.Why.BOOKED, another=True)
    assert logged(superuser) == [[calendar]] * 2


def test_of_a_held_time_it_is_told_until_when(town: Town, as_actor: AsActor) -> None:
    held = town.held(as_actor("bo"))
    officer = next(key for key, calendar in town.calendars.items() if calendar == held.calendar_id)
    with scope.transaction(town.municipality.id):
        calendar = Calendar.objects.get(id=held.calendar_id).uuid
        query = Query(town.types["fardtjanst"], "video")
        (told,) = asking.explain(
            actor=as_actor(officer), calendar=calendar, start=held.from_tick, query=query, now=datetime.now(UTC)
        )
    assert told.why is asking.Why.HELD_UNTIL
    assert told.until is not None
    assert timedelta() < told.until - datetime.now(UTC) <= timedelta(minutes=10)


@pytest.mark.parametrize("who", ["bo", "eva", "olle", "alva"])
def test_nobody_else_is_told(town: Town, as_actor: AsActor, who: str) -> None:
    with scope.transaction(town.municipality.id):
        calendar = Calendar.objects.get(id=town.calendars["anna"]).uuid
        query = Query(town.types["fardtjanst"], "video")
        with pytest.raises(NotAllowed):
            asking.explain(actor=as_actor(who), calendar=calendar, start=1, query=query, now=datetime.now(UTC))


def test_what_a_calendar_does_not_offer_is_told_as_that(municipality: Municipality) -> None:
    with scope.transaction(municipality.id):
        on = random_openings.stage(random.Random(1))
        row = Calendar.objects.create(unit=on.unit)
        asked: dict[str, Any] = {"actor": desk(municipality, on), "calendar": row.uuid, "start": 6_000_000, "now": NOW}
        none = asking.explain(query=Query(on.asked.id, "video"), **asked)
        CalendarOffer.objects.create(calendar=row, meeting_type=on.asked)
        home = asking.explain(query=Query(on.asked.id, "home"), **asked)
    assert none == home == (asking.ReasonTold(asking.Why.FORM_NOT_OFFERED),)


def test_an_interpreters_time_is_explained_by_its_own_part(municipality: Municipality) -> None:
    rng = random.Random(3)
    with scope.transaction(municipality.id):
        on = random_openings.stage(rng)
        interpreter = Calendar.objects.create(
            unit=on.unit, kind="interpreter", languages=["ar"], lead_minutes=5 * 1440, buffer_before=30
        )
        for weekday in range(1, 6):
            OpeningRule.objects.create(
                calendar=interpreter, weekday=weekday, from_minute=480, to_minute=720, forms=["video"], step=5
            )
        query = Query(on.asked.id, "video", roles=(search.RoleWanted("interpreter", language="ar"),))
        asked: dict[str, Any] = {"actor": desk(municipality, on), "calendar": interpreter.uuid, "now": NOW}
        soon, later = (tick_of(datetime(2026, 12, day, 8, tzinfo=UTC)) for day in (18, 22))
        assert [one.why.value for one in asking.explain(start=soon, query=query, **asked)] == ["lead_time"]
        assert asking.explain(start=later, query=query, **asked) == ()
        other = replace(query, roles=(search.RoleWanted("interpreter", language="so"),))
        assert [one.why.value for one in asking.explain(start=later, query=other, **asked)] == ["form_not_offered"]
