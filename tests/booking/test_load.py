"""Calendars half full of invented bookings, and how many statements a search among them takes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import search
from booking.models import Booking, Calendar, CalendarLimit, Closure, MeetingType, Occupancy, OpeningRule
from booking.search import Query, RoleWanted
from booking.services import load
from identity import scope
from identity.models import Municipality
from tests.booking.desks import SUNDAY_EVENING, Desk

MONDAY = date(2026, 11, 23)
EVENING_BEFORE = datetime(2026, 11, 22, 20, tzinfo=UTC)


def statements(municipality: Municipality, query: Query, now: datetime) -> int:
    """How many statements one search takes, its transaction apart."""
    with (
        scope.transaction(municipality.id),
        CaptureQueriesContext(
            connection,
        ) as seen,
    ):
        search.find(query, now=now)
    return len(seen)


@pytest.mark.django_db
def test_half_of_all_starts_of_the_workdays_are_booked(municipality: Municipality) -> None:
    made = load.fill(municipality=municipality.id, calendars=3, days=8, first=MONDAY)
    assert made.bookings == 3 * 6 * 16 // 2
    assert len(made.calendars) == 3
    with scope.transaction(municipality.id):
        assert Booking.objects.count() == Occupancy.objects.filter(live=True).count() == made.bookings
        found = search.find(Query(made.meeting_type, "video", 100, until_tick=_tick(6)), now=EVENING_BEFORE)
    starts = {offer.tick: len(offer.calendars) for offer in found.offers}
    assert sum(starts.values()) == 3 * 5 * 16 - _booked(municipality, until=_tick(6))


def _tick(days: int) -> int:
    return int((EVENING_BEFORE + timedelta(days=days)).timestamp()) // 300


def _booked(municipality: Municipality, *, until: int) -> int:
    with scope.transaction(municipality.id):
        return Occupancy.objects.filter(from_tick__lt=until).count()


@pytest.mark.django_db
def test_the_same_seed_books_the_same_times(municipality: Municipality) -> None:
    def times(meeting_type: UUID) -> list[int]:
        with scope.transaction(municipality.id):
            rows = Occupancy.objects.filter(meeting_type=meeting_type).order_by("id")
            return list(rows.values_list("from_tick", flat=True))

    made = [load.fill(municipality=municipality.id, calendars=2, days=3, first=MONDAY, seed=seed) for seed in (1, 1, 2)]
    first, again, other = (times(load_of.meeting_type) for load_of in made)
    assert first == again != other


@pytest.mark.django_db
@pytest.mark.parametrize("calendars", [1, 10, 1000])
def test_a_search_takes_at_most_four_statements_whatever_the_pool(municipality: Municipality, calendars: int) -> None:
    made = load.fill(municipality=municipality.id, calendars=calendars, days=1, first=MONDAY)
    near, all_of_it = Query(made.meeting_type, "video", 10), Query(made.meeting_type, "video", 161)
    asked = [near, near, all_of_it, all_of_it]
    assert [statements(municipality, query, EVENING_BEFORE) for query in asked] == [3, 2, 4, 3]


@pytest.mark.django_db
def test_even_a_first_search_over_the_whole_horizon_takes_four(municipality: Municipality) -> None:
    made = load.fill(municipality=municipality.id, calendars=10, days=1, first=MONDAY)
    assert statements(municipality, Query(made.meeting_type, "video", 2000), EVENING_BEFORE) == 4
    nobody = Query(made.meeting_type, "video", 10, calendar=UUID(int=1))
    assert statements(municipality, nobody, EVENING_BEFORE) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("calendars", [1, 10, 1000])
def test_a_search_takes_at_most_four_statements_with_everything_asked(
    municipality: Municipality, calendars: int
) -> None:
    made = load.fill(municipality=municipality.id, calendars=calendars, days=0, first=MONDAY)
    with scope.transaction(municipality.id):
        kind = MeetingType.objects.select_related("service__unit").get(id=made.meeting_type)
        rows = list(Calendar.objects.order_by("id"))
        CalendarLimit.objects.bulk_create([CalendarLimit(calendar=row, per_day=5, per_week=9) for row in rows])
        interpreters = [Calendar(unit_id=rows[0].unit_id, kind="interpreter", languages=["ar"]) for _ in range(3)]
        for row in Calendar.objects.bulk_create(interpreters):
            OpeningRule.objects.create(calendar=row, weekday=2, from_minute=480, to_minute=960, forms=["video"])
        resident = Desk(kind.service.unit, kind).own_officer(rows[0])
        roles = (RoleWanted("officer"), RoleWanted("interpreter", language="ar"))
        asked: list[dict[str, Any]] = [{}, {"resident": resident}, {"roles": roles[1:]}, {"roles": roles, "n": 5000}]
        for more in asked:
            query = Query(kind.id, "video", **{"n": 10} | more)
            for use in (search.find, search.overview):
                with CaptureQueriesContext(connection) as seen:
                    found = use(query, now=SUNDAY_EVENING)
                assert len(seen) <= 4
                assert bool(found.offers) is (calendars > 1 or len(more.get("roles", ())) < 2)


@pytest.mark.django_db
def test_nothing_is_booked_where_red_days_or_closures_close(municipality: Municipality) -> None:
    with scope.transaction(municipality.id):
        Closure.objects.create(
            from_at=datetime(2026, 12, 21, 23, tzinfo=UTC), to_at=datetime(2026, 12, 22, 23, tzinfo=UTC)
        )
    # Of Monday to Friday the 22nd is shut, the 24th Christmas Eve, the 25th Christmas Day.
    made = load.fill(municipality=municipality.id, calendars=3, days=5, first=date(2026, 12, 21))
    assert made.bookings == 3 * 2 * 16 // 2
    with scope.transaction(municipality.id):
        days = {start[:10] for start in Booking.objects.values_list("local_start", flat=True)}
    assert days == {"2026-12-21", "2026-12-23"}
