"""Follow-up meetings made together: all or none, one or one and all later."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from booking.errors import KeyReused, SeriesTaken
from booking.models import Booking, Occupancy
from booking.services import Rhythm, book_directly, book_series, cancel, cancel_later, move, move_later
from booking.timeline import instant, tick_of
from identity import scope
from identity.errors import NotAllowed
from tests.booking.desk import TOLD, Desk, key

ZONE = ZoneInfo("Europe/Stockholm")


def at(day: date, hour: int = 9) -> int:
    return tick_of(datetime(day.year, day.month, day.day, hour, tzinfo=ZONE))


def days(rhythm: Rhythm, first: date, count: int) -> list[date]:
    return [instant(start).astimezone(ZONE).date() for start in rhythm.starts(at(first), count, ZONE)]


def test_a_rhythm_keeps_the_time_of_day_over_the_clock_change() -> None:
    starts = Rhythm(weeks=2).starts(at(date(2026, 10, 13)), 3, ZONE)
    assert [instant(start).astimezone(ZONE).isoformat()[:16] for start in starts] == [
        "2026-10-13T09:00",
        "2026-10-27T09:00",
        "2026-11-10T09:00",
    ]


def test_the_nth_weekday_and_the_last_of_each_month() -> None:
    assert days(Rhythm(nth=2), date(2026, 11, 10), 3) == [date(2026, 11, 10), date(2026, 12, 8), date(2027, 1, 12)]
    assert days(Rhythm(nth=-1), date(2026, 11, 24), 4) == [
        date(2026, 11, 24),
        date(2026, 12, 29),
        date(2027, 1, 26),
        date(2027, 2, 23),
    ]


@pytest.mark.parametrize("wrong", [{"weeks": 0}, {"weeks": 27}, {"nth": 5}, {"nth": 0}])
def test_a_rhythm_without_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="weeks"):
        Rhythm(**wrong)


@pytest.mark.parametrize("count", [0, 13])
def test_a_series_has_one_to_twelve(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 12"):
        Rhythm().starts(at(date(2026, 11, 10)), count, ZONE)


def series(
    desk: Desk, name: str = "s", count: int = 3, start: int | None = None, **more: object
) -> tuple[Booking, ...]:
    return book_series(
        actor=desk.cast("anna"),
        wanted=desk.wanted(start, **more),
        rhythm=Rhythm(),
        count=count,
        contact=TOLD,
        key=key(name),
    )


def test_all_stand_with_one_officer_a_week_apart(desk: Desk) -> None:
    made = series(desk)
    assert [row.from_tick - made[0].from_tick for row in made] == [0, 7 * 288, 14 * 288]
    assert len({row.calendar_id for row in made}) == len({row.series_id for row in made}) == 1
    assert {desk.stored(row).state for row in made} == {"confirmed"}
    again = series(desk, start=made[0].from_tick)
    assert [row.id for row in again] == [row.id for row in made]
    with pytest.raises(KeyReused):
        series(desk, count=2, start=made[0].from_tick)


def test_one_that_is_taken_is_reported_with_three_others_and_nothing_is_booked(desk: Desk) -> None:
    first = desk.town.first_free(days=3)[0]
    with scope.transaction(desk.town.municipality.id):
        before = Booking.objects.count()
    other = desk.wanted(first + 7 * 288, resident=desk.town.persons["hans"])
    taken = book_directly(actor=desk.cast("anna"), wanted=other, contact=TOLD, key=key("b"))
    calendar = desk.stored(taken).calendar.uuid
    with pytest.raises(SeriesTaken) as refused:
        series(desk, start=first, calendar=calendar)
    ((lost, nearest),) = refused.value.taken
    assert tick_of(lost.start) == first + 7 * 288
    assert len(nearest) == 3
    with scope.transaction(desk.town.municipality.id):
        assert Booking.objects.count() == before + 1
        assert Occupancy.objects.filter(live=True).count() == 1


def test_only_who_may_book_for_somebody_makes_a_series(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        book_series(actor=desk.cast("lena"), wanted=desk.wanted(), rhythm=Rhythm(), count=2, contact=TOLD, key=key("s"))


def test_one_is_moved_alone_or_with_all_later_ones(desk: Desk) -> None:
    made = series(desk)
    officer = desk.officer(made[0])
    step = 3
    move(actor=officer, booking=made[0].id, start=made[0].from_tick + step, sequence=0, key=key("m"), agreed=True)
    moved = move_later(
        actor=officer, booking=made[1].id, start=made[1].from_tick + step, sequence=0, key=key("l"), agreed=True
    )
    assert moved == 2
    assert [desk.stored(row).from_tick - row.from_tick for row in made] == [step] * 3
    again = move_later(
        actor=officer, booking=made[1].id, start=made[1].from_tick + step, sequence=0, key=key("l"), agreed=True
    )
    assert (again, desk.stored(made[2]).sequence) == (2, 1)


def test_if_one_of_the_later_ones_has_no_room_none_moves(desk: Desk) -> None:
    made = series(desk, count=2)
    far = made[0].from_tick + 7 * 288  # the first goes where the second stands
    with pytest.raises(SeriesTaken) as refused:
        move_later(
            actor=desk.officer(made[0]),
            booking=made[0].id,
            start=made[0].from_tick - 288 // 2,
            sequence=0,
            key=key("l"),
            agreed=True,
        )
    assert len(refused.value.taken) == 2
    assert [desk.stored(row).from_tick for row in made] == [row.from_tick for row in made]
    moved = move_later(
        actor=desk.officer(made[0]), booking=made[0].id, start=far, sequence=0, key=key("n"), agreed=True
    )
    assert moved == 2
    assert [desk.stored(row).from_tick for row in made] == [row.from_tick + 7 * 288 for row in made]


def test_one_is_cancelled_alone_or_with_all_later_ones(desk: Desk) -> None:
    made = series(desk)
    cancel(actor=desk.cast("bo"), booking=made[0].id, key=key("c"))
    gone = cancel_later(actor=desk.officer(made[1]), booking=made[1].id, key=key("l"), by_resident=True)
    assert len(gone) == 2
    assert {desk.stored(row).state for row in made} == {"cancelled_by_resident"}
