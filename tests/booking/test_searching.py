"""What a search offers: terms of a form, own officer, lead times, red days, limits; and what is kept of openings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from booking import pool, search
from booking.errors import NotOffered, TooSoon
from booking.models import (
    Absence,
    BusyFeed,
    Calendar,
    CalendarLimit,
    Closure,
    FormTerms,
    OpeningException,
    OpeningRule,
    ShortDay,
)
from booking.openings import Kept, Openings
from booking.rules import Plan, opening
from booking.search import RoleWanted
from booking.timeline import Window, floor_tick
from identity import scope
from identity.models import Municipality
from tests.booking.desks import MONDAY, STOCKHOLM, SUNDAY_EVENING, at, clock, desk

pytestmark = pytest.mark.django_db
CHRISTMAS = datetime(2026, 12, 20, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _open_scope(municipality: Municipality) -> Iterator[None]:
    with scope.transaction(municipality.id):
        yield


def test_what_a_form_says_goes_before_what_the_type_says() -> None:
    one = desk(buffer_after=0, horizon_days=60, lead_minutes=60)
    one.calendar(hours=(9, 12))
    FormTerms.objects.create(
        meeting_type=one.type, form="visit", duration=60, buffer_after=30, lead_working_days=2, horizon_days=3
    )
    visit = pool.load(one.type.id, "visit")
    assert (visit.demand.duration, visit.demand.after, visit.horizon_days) == (12, 6, 3)
    assert (visit.lead.minutes, visit.lead.working_days) == (0, 2)
    assert pool.load(one.type.id, "video").lead.minutes == 60
    assert one.starts(4, "visit") == ["tue 09:00", "tue 09:30", "tue 10:00", "tue 10:30"]
    assert one.starts(99, "visit")[-1] == "wed 11:00"


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, (0, 3)),
        ({"lead_minutes": 30}, (30, 0)),
        ({"lead_working_days": 1}, (0, 1)),
        ({"lead_working_days": 0}, (90, 0)),
        ({"lead_working_days": 0, "lead_minutes": 0}, (0, 0)),
    ],
)
def test_a_lead_time_of_a_form_replaces_the_types(terms: dict[str, int], expected: tuple[int, int]) -> None:
    one = desk(lead_minutes=90, lead_working_days=3)
    FormTerms.objects.create(meeting_type=one.type, form="video", **terms)
    lead = pool.load(one.type.id, "video").lead
    assert (lead.minutes, lead.working_days) == expected


def test_what_only_staff_book_is_offered_to_staff_alone_and_without_lead_time() -> None:
    one = desk(booked_by="officer", lead_minutes=2880)
    one.calendar()
    with pytest.raises(NotOffered):
        one.starts()
    assert one.starts(1, by_staff=True) == ["mon 09:00"]
    FormTerms.objects.create(meeting_type=one.type, form="phone", booked_by="resident")
    assert one.starts(1, "phone") == ["wed 09:00"]
    staffs, residents = (search.load(one.query(form="phone", by_staff=by_staff)) for by_staff in (True, False))
    search.check_span(staffs, at(MONDAY, "09:00"), now=SUNDAY_EVENING)
    with pytest.raises(TooSoon):
        search.check_span(residents, at(MONDAY, "09:00"), now=SUNDAY_EVENING)


def test_the_own_officers_times_come_beside_everybodys() -> None:
    one = desk()
    one.calendar()
    own = one.calendar(hours=(14, 15))
    resident = one.own_officer(own)
    found = search.find(one.query(4, resident=resident), now=SUNDAY_EVENING)
    assert [clock(offer.tick) for offer in found.own] == ["mon 14:00", "mon 14:30", "tue 14:00", "tue 14:30"]
    assert [clock(offer.tick) for offer in found.offers] == ["mon 09:00", "mon 09:30", "mon 10:00", "mon 10:30"]
    assert found.own_calendar == own.uuid
    assert search.overview(one.query(4, resident=resident), now=SUNDAY_EVENING).own == found.own
    assert search.find(one.query(4), now=SUNDAY_EVENING).own == ()


def test_the_own_officers_times_are_sought_to_the_end_of_the_horizon() -> None:
    one = desk()
    one.calendar()
    own = one.calendar()
    Absence.objects.create(calendar=own, from_at=SUNDAY_EVENING, to_at=SUNDAY_EVENING + timedelta(days=40))
    found = search.find(one.query(2, resident=one.own_officer(own)), now=SUNDAY_EVENING)
    assert [offer.tick for offer in found.own] == [at(date(2027, 1, 4), "09:00"), at(date(2027, 1, 4), "09:30")]
    assert clock(found.offers[0].tick) == "mon 09:00"


def test_types_for_the_own_officer_only_offer_that_one() -> None:
    one = desk(own_officer_only=True)
    other, own = one.calendar(), one.calendar(hours=(14, 15))
    resident = one.own_officer(own)
    assert one.starts(2, resident=resident) == ["mon 14:00", "mon 14:30"]
    assert one.starts(2, resident=resident, calendar=other.uuid) == []
    assert one.starts(1, resident=resident, calendar=other.uuid, by_staff=True) == ["mon 09:00"]
    assert one.starts(1) == ["mon 09:00"]  # of who has none, it is anybody
    Calendar.objects.filter(id=own.id).update(active=False)
    assert one.starts(1, resident=resident) == ["mon 09:00"]


def test_christmas_is_closed_but_for_who_works_on_red_days() -> None:
    one = desk()
    row = one.calendar()
    days = {name[:3] for name in one.starts(99, now=CHRISTMAS, until_tick=at(date(2027, 1, 4), "00:00"))}
    assert days == {"mon", "tue", "wed"}
    dates = [day for day, ticks in search.overview(one.query(), now=CHRISTMAS).days if ticks][:7]
    assert [day.day for day in dates] == [21, 22, 23, 28, 29, 30, 4]
    OpeningRule.objects.filter(calendar=row, weekday=5).update(on_red_days=True)
    friday = search.find(one.query(1, from_tick=at(date(2026, 12, 24), "12:00")), now=CHRISTMAS)
    assert friday.offers[0].tick == at(date(2026, 12, 25), "09:00")


def test_a_short_day_and_a_closure_are_seen_at_once() -> None:
    one = desk()
    one.calendar()
    lucia: dict[str, Any] = {
        "from_tick": at(date(2026, 12, 23), "00:00"),
        "until_tick": at(date(2026, 12, 24), "00:00"),
    }
    assert len(one.starts(9, now=CHRISTMAS, **lucia)) == 4
    ShortDay.objects.create(eve="day_before_christmas_eve", closes_at=600)
    assert one.starts(9, now=CHRISTMAS, **lucia) == ["wed 09:00", "wed 09:30"]
    begins = datetime(2026, 12, 23, 8, 30, tzinfo=UTC)
    Closure.objects.create(unit=one.unit, from_at=begins, to_at=begins + timedelta(hours=1))
    assert one.starts(9, now=CHRISTMAS, **lucia) == ["wed 09:00"]
    OpeningException.objects.create(
        calendar=Calendar.objects.get(), date=date(2026, 12, 23), kind="extra", from_minute=840, to_minute=870,
        forms=["video"],
    )  # fmt: skip
    assert one.starts(9, now=CHRISTMAS, **lucia) == ["wed 09:00", "wed 14:00"]


def test_a_recurring_absence_reaches_from_its_first_moment_to_its_last() -> None:
    one = desk()
    row = one.calendar()
    Absence.objects.create(
        calendar=row, weekday=1, from_minute=540, to_minute=660,
        from_at=datetime(2026, 11, 23, 9, tzinfo=UTC), to_at=datetime(2026, 12, 7, 8, 30, tzinfo=UTC),
    )  # fmt: skip
    mondays = [
        [clock(tick)[4:] for tick in ticks]
        for day, ticks in search.overview(one.query(), now=SUNDAY_EVENING).days
        if day.isoweekday() == 1
    ]
    assert mondays[:4] == [["09:00", "09:30"], [], ["09:30", "10:00", "10:30"], ["09:00", "09:30", "10:00", "10:30"]]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ({"per_day": 2}, ["tue 09:00", "tue 09:30"]),
        ({"per_day": 3}, ["mon 10:00", "mon 10:30"]),
        ({"per_week": 2}, ["mon 09:00", "mon 09:30"]),
        ({"minutes_per_day": 90}, ["mon 10:00", "mon 10:30"]),
        ({"minutes_per_day": 85}, ["tue 09:00", "tue 09:30"]),
        ({"per_day": 0}, []),
    ],
)
def test_a_day_or_a_week_that_is_full_is_not_offered(limit: dict[str, int], expected: list[str]) -> None:
    one = desk()
    row = one.calendar()
    CalendarLimit.objects.create(calendar=row, **limit)
    for begins in ("09:00", "09:30"):
        one.booked(row, at(MONDAY, begins))
    assert one.starts(2) == expected
    if "per_week" in limit:
        assert search.find(one.query(1), now=SUNDAY_EVENING).offers[0].tick == at(MONDAY + timedelta(days=7), "09:00")


def test_a_limit_counts_the_whole_week_even_outside_what_is_searched() -> None:
    one = desk()
    row = one.calendar()
    CalendarLimit.objects.create(calendar=row, per_week=1)
    booked = one.booked(row, at(MONDAY, "09:00"))
    thursday = at(MONDAY + timedelta(days=3), "09:00")
    week: dict[str, Any] = {"from_tick": thursday, "until_tick": at(MONDAY + timedelta(days=6), "00:00")}
    assert one.starts(9, **week) == []
    chosen = search.load(one.query())
    assert search.free_calendars(chosen, thursday, now=SUNDAY_EVENING) == ()
    assert search.free_calendars(chosen, thursday, now=SUNDAY_EVENING, but=booked.id) == (row.id,)


def test_a_limit_of_a_type_counts_that_type_and_imported_time_counts_nowhere() -> None:
    one = desk()
    row = one.calendar()
    other = desk().type
    BusyFeed.objects.create(calendar=row, kind="file", busy=[(at(MONDAY, "09:00"), at(MONDAY, "09:30"))])
    one.booked(row, at(MONDAY, "09:30"), type=other)
    CalendarLimit.objects.create(calendar=row, meeting_type=one.type, per_day=1)
    CalendarLimit.objects.create(calendar=row, meeting_type=other, per_day=0)
    assert one.starts(1) == ["mon 10:00"]
    one.booked(row, at(MONDAY, "10:00"))
    assert one.starts(1) == ["tue 09:00"]


def test_a_pool_tells_shares_and_the_length_with_an_interpreter() -> None:
    one = desk(duration=45, interpreter_percent=150)
    half = one.calendar(share=50)
    found = pool.load(one.type.id, "video")
    assert found.shares == {half.id: 50}
    assert (found.interpreter_minutes, found.demand.duration) == (70, 9)
    with_one = pool.load(one.type.id, "video", roles=[RoleWanted("interpreter")])
    assert with_one.demand.duration == 14
    assert pool.load(one.type.id, "video", duration=20).demand.duration == 4


def test_the_openings_least_recently_used_go_first() -> None:
    window = Window(6_000_000, 800)
    made = [Kept(opening(Plan(), window, STOCKHOLM, "video")) for _ in range(4)]
    small = Openings(most=3_000)
    for number, one in enumerate(made[:2]):
        small.put((number,), one)
    assert small.get((0,)) is made[0]
    small.put((2,), made[2])
    assert [small.get((number,)) is not None for number in range(3)] == [True, False, True]
    assert small.bytes <= 3_000


@pytest.mark.parametrize("free", [(), (1,), (1, 4), (1, 4, 5, 20), (20, 21, 40, 41), (2, 3, 9, 10, 33)])
def test_the_nearest_are_those_of_the_whole_horizon_however_far_they_lie(free: tuple[int, ...]) -> None:
    one = desk(horizon_days=60)
    calendar = one.calendar()
    OpeningRule.objects.filter(calendar=calendar).delete()
    for days in free:
        day = MONDAY + timedelta(days=days)
        OpeningException.objects.create(
            calendar=calendar, date=day, kind="extra", from_minute=540, to_minute=630, forms=["video"], step=30
        )
    query = search.Query(one.type.id, "video", 10_000)
    everything = [offer.tick for offer in search.find(query, now=SUNDAY_EVENING).offers]
    for days in (0, 3, 17, 30, 45):
        wanted = at(MONDAY + timedelta(days=days), "10:00")
        best = sorted(everything, key=lambda tick: (abs(tick - wanted), tick))[:3]
        assert [floor_tick(slot.start) for slot in search.nearest_free(query, wanted, now=SUNDAY_EVENING)] == best
