"""Opening rules: wall time to ticks, the grid, lead time and horizon, on ordinary days and when clocks change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from booking.red_days import calendar
from booking.rules import Lead, Plan, Rule, allowed_span, opening
from booking.timeline import Timeline, Window, instant, tick_of
from booking.walltime import local_days, steady, ticks_of
from tests.booking.strategies import CHANGE_DAYS, STOCKHOLM, dates, many, minutes, rules, spans, timelines, windows
from tests.booking.wall_oracle import counts, piece, starts

AUTUMN, SPRING = CHANGE_DAYS
ZONES = tuple(
    ZoneInfo(name)
    for name in ("Europe/Stockholm", "Europe/Helsinki", "Atlantic/Azores", "America/New_York", "Australia/Lord_Howe")
)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return tick_of(datetime(year, month, day, hour, minute, tzinfo=UTC))


def day_window(day: date) -> Window:
    return Window.between(*ticks_of(day, 0, 1440, STOCKHOLM))


def rule(**changes: Any) -> Rule:
    """Tuesdays 08-12, for every form but home."""
    plain: dict[str, Any] = {
        "weekday": 2,
        "from_minute": 480,
        "to_minute": 720,
        "valid_from": None,
        "valid_to": None,
        "forms": frozenset({"video", "phone", "visit"}),
        "step": 30,
        "anchor": "opening",
    }
    return Rule(**(plain | changes))


def clock(ticks: list[int]) -> list[str]:
    return [f"{instant(tick).astimezone(STOCKHOLM):%H:%M}" for tick in ticks]


@pytest.mark.parametrize("changed", [utc(2026, 10, 25, 1), utc(2027, 3, 28, 1)])
def test_a_piece_of_a_day_is_parted_just_where_the_clock_is_changed(changed: int) -> None:
    before, after = (changed - 3, changed), (changed, changed + 3)
    assert tuple(steady(*before, STOCKHOLM)) == (before,)
    assert tuple(steady(*after, STOCKHOLM)) == (after,)
    assert tuple(steady(changed - 3, changed + 3, STOCKHOLM)) == (before, after)
    assert tuple(steady(changed - 3, changed + 1, STOCKHOLM)) == (before, (changed, changed + 1))
    assert tuple(steady(changed - 1, changed + 3, STOCKHOLM)) == ((changed - 1, changed), after)


@pytest.mark.parametrize(("day", "hours"), [(AUTUMN, 25), (SPRING, 23), (date(2026, 11, 24), 24)])
def test_a_local_day_has_23_24_or_25_hours(day: date, hours: int) -> None:
    start, end = ticks_of(day, 0, 1440, STOCKHOLM)
    assert end - start == hours * 12


@pytest.mark.parametrize(
    ("day", "from_minute", "to_minute", "span"),
    [
        (AUTUMN, 60, 240, (utc(2026, 10, 24, 23), utc(2026, 10, 25, 3))),
        (AUTUMN, 150, 240, (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 3))),
        (AUTUMN, 60, 150, (utc(2026, 10, 24, 23), utc(2026, 10, 25, 1, 30))),
        (SPRING, 60, 240, (utc(2027, 3, 28), utc(2027, 3, 28, 2))),
        (SPRING, 150, 240, (utc(2027, 3, 28, 1), utc(2027, 3, 28, 2))),
        (SPRING, 60, 150, (utc(2027, 3, 28), utc(2027, 3, 28, 1))),
        (SPRING, 125, 175, (utc(2027, 3, 28, 1), utc(2027, 3, 28, 1))),
        (date(2026, 12, 31), 1380, 1440, (utc(2026, 12, 31, 22), utc(2026, 12, 31, 23))),
    ],
)
def test_wall_time_becomes_ticks(day: date, from_minute: int, to_minute: int, span: tuple[int, int]) -> None:
    assert ticks_of(day, from_minute, to_minute, STOCKHOLM) == span


@given(dates, minutes(), st.sampled_from(ZONES))
@many
def test_wall_time_becomes_what_a_walk_along_the_clock_finds(day: date, part: tuple[int, int], zone: ZoneInfo) -> None:
    assert ticks_of(day, *part, zone) == piece(day, *part, zone)


@pytest.mark.parametrize("part", [(720, 480), (480, 480), (-5, 480), (480, 1445), (481, 720), (480, 722)])
def test_minutes_out_of_order_or_off_the_five_are_refused(part: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"piece of a day|multiples of 5"):
        ticks_of(AUTUMN, *part, STOCKHOLM)
    with pytest.raises(ValueError, match=r"piece of a day|multiples of 5"):
        rule(from_minute=part[0], to_minute=part[1])


def test_an_offset_that_is_not_whole_ticks_is_refused() -> None:
    assert ticks_of(date(1970, 1, 1), 0, 60, STOCKHOLM) == (-12, 0)
    with pytest.raises(ValueError, match="whole ticks"):
        ticks_of(date(1870, 1, 1), 480, 720, STOCKHOLM)


@pytest.mark.parametrize("wrong", [{"weekday": 0}, {"weekday": 8}, {"step": 0}, {"step": 125}, {"step": 12}])
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a weekday|a step"):
        rule(**wrong)
    with pytest.raises(ValueError, match="anchor"):
        rule(anchor="noon")


@given(windows(), st.sampled_from(ZONES))
@many
def test_the_local_days_of_a_window_are_exactly_the_window(window: Window, zone: ZoneInfo) -> None:
    table = local_days(window, zone)
    assert [table[0].origin, *(day.end for day in table)] == [*(day.origin for day in table), window.end]
    for day in table:
        assert day.origin < day.end
        assert {instant(tick).astimezone(zone).date() for tick in (day.origin, day.end - 1)} == {day.date}


def test_the_days_of_an_empty_window_are_none() -> None:
    assert local_days(Window(1000, 0), STOCKHOLM) == ()


def test_a_date_that_a_zone_skipped_is_no_day() -> None:
    window = Window.between(utc(2011, 12, 29, 10), utc(2011, 12, 31, 10))
    days = [(day.date.day, day.end - day.origin) for day in local_days(window, ZoneInfo("Pacific/Apia"))]
    assert days == [(29, 288), (31, 288)]


@given(st.data())
@many
def test_dividing_by_day_loses_nothing(data: DataObject) -> None:
    window = data.draw(windows())
    timeline = data.draw(timelines(window))
    parts = list(timeline.days(local_days(window, STOCKHOLM)))
    assert [tick for _, part in parts for tick in part.iterate()] == list(timeline.iterate())
    assert all(instant(t).astimezone(STOCKHOLM).date() == day for day, part in parts for t, _ in part.spans())


@given(st.data(), st.sampled_from(ZONES[:2]))
@many
def test_openings_are_what_a_walk_along_the_clock_finds(data: DataObject, zone: ZoneInfo) -> None:
    middle = data.draw(dates)
    some = data.draw(st.lists(rules(near=middle), max_size=4))
    window = Window(tick_of(datetime(middle.year, middle.month, middle.day, tzinfo=UTC)) - 600, 1200)
    closed = data.draw(st.lists(spans(window), max_size=3))
    is_open, grid = set[int](), set[int]()
    for day in (middle + timedelta(days=away) for away in range(-4, 5)):
        for each in some:
            valid = (each.valid_from or day) <= day <= (each.valid_to or day)
            if "video" in each.forms and each.weekday == day.isoweekday() and valid and counts(each.cycle, day):
                part = piece(day, each.from_minute, each.to_minute, zone)
                is_open |= set(range(*part))
                grid |= starts(day, part, each.step, each.anchor, zone)
    inside, shut = set(range(window.origin, window.end)), {t for span in closed for t in range(*span)}
    found = opening(Plan(some, absences=closed), window, zone, "video")
    assert set(found.open.iterate()) == is_open & inside - shut
    assert set(found.grid.iterate()) == grid & inside
    assert set(found.closed.iterate()) == shut & inside


@given(st.data())
@many
def test_the_window_asked_for_changes_nothing_inside_it(data: DataObject) -> None:
    middle = data.draw(dates)
    some = data.draw(st.lists(rules(near=middle), max_size=4))
    wide = Window(tick_of(datetime(middle.year, middle.month, middle.day, tzinfo=UTC)) - 3000, 6000)
    narrow = Window(wide.origin + data.draw(st.integers(0, 3000)), data.draw(st.integers(1, 3000)))
    closed = data.draw(st.lists(spans(wide), max_size=3))
    whole = opening(Plan(some, absences=closed), wide, STOCKHOLM, "video")
    assert whole.cut(narrow) == opening(Plan(some, absences=closed), narrow, STOCKHOLM, "video")


@pytest.mark.parametrize(
    ("anchor", "beginnings"),
    [("opening", ["08:10", "08:40", "09:10", "09:40"]), ("clock", ["08:30", "09:00", "09:30"])],
)
def test_the_grid_stands_on_the_opening_or_on_the_clock(anchor: str, beginnings: list[str]) -> None:
    tuesday = rule(from_minute=490, to_minute=600, anchor=anchor)
    found = opening(Plan([tuesday]), day_window(date(2026, 11, 24)), STOCKHOLM, "video")
    assert clock(list(found.grid.iterate())) == beginnings


def test_grids_of_overlapping_rules_are_joined() -> None:
    pair = [rule(to_minute=540), rule(from_minute=490, to_minute=540)]
    found = opening(Plan(pair), day_window(date(2026, 11, 24)), STOCKHOLM, "video")
    assert clock(list(found.grid.iterate())) == ["08:00", "08:10", "08:30", "08:40"]


def test_an_absence_closes_the_time_and_leaves_the_grid_where_it_was() -> None:
    window = day_window(date(2026, 11, 24))
    away = ticks_of(date(2026, 11, 24), 495, 545, STOCKHOLM)
    before, after = (opening(Plan([rule()], absences=closed), window, STOCKHOLM, "video") for closed in ([], [away]))
    assert after.grid == before.grid
    assert after.open == before.open - away
    assert list(after.closed.spans()) == [away]


def test_a_form_that_no_rule_names_has_no_opening() -> None:
    found = opening(Plan([rule()]), day_window(date(2026, 11, 24)), STOCKHOLM, "home")
    assert not found.open
    assert not found.grid


@pytest.mark.parametrize(
    ("limits", "weeks"),
    [
        ({}, [3, 10, 17, 24]),
        ({"valid_from": date(2026, 11, 10)}, [10, 17, 24]),
        ({"valid_to": date(2026, 11, 10)}, [3, 10]),
        ({"valid_from": date(2026, 11, 11), "valid_to": date(2026, 11, 23)}, [17]),
        ({"valid_from": date(2026, 11, 18), "valid_to": date(2026, 11, 17)}, []),
    ],
)
def test_a_rule_is_valid_from_its_first_to_its_last_date(limits: dict[str, date], weeks: list[int]) -> None:
    window = Window.between(utc(2026, 10, 31, 23), utc(2026, 11, 30, 23))
    found = opening(Plan([rule(**limits)]), window, STOCKHOLM, "video")
    assert [day.day for day, part in found.open.days(local_days(window, STOCKHOLM)) if part] == weeks


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2026, 11, 24, 12, 30, tzinfo=UTC), utc(2026, 11, 24, 13, 30)),
        (datetime(2026, 11, 24, 12, 30, 0, 1, tzinfo=UTC), utc(2026, 11, 24, 13, 35)),
        (datetime(2026, 11, 24, 12, 29, 59, tzinfo=UTC), utc(2026, 11, 24, 13, 30)),
    ],
)
def test_the_lead_time_is_kept_to_the_second(now: datetime, first: int) -> None:
    window = Window.between(utc(2026, 11, 20), utc(2027, 1, 1))
    assert allowed_span(now, Lead(60), 7, window, STOCKHOLM) == (first, utc(2026, 12, 1, 23))


@pytest.mark.parametrize(
    ("now", "days", "end"),
    [
        (datetime(2026, 10, 24, 21, 59, tzinfo=UTC), 1, utc(2026, 10, 25, 23)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), 1, utc(2026, 10, 26, 23)),
        (datetime(2026, 10, 25, 12, 0, tzinfo=UTC), 0, utc(2026, 10, 25, 23)),
        (datetime(2027, 3, 27, 12, 0, tzinfo=UTC), 1, utc(2027, 3, 28, 22)),
    ],
)
def test_the_horizon_is_whole_local_days_also_when_clocks_change(now: datetime, days: int, end: int) -> None:
    window = Window.between(utc(2026, 10, 1), utc(2027, 6, 1))
    assert allowed_span(now, Lead(), days, window, STOCKHOLM)[1] == end


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)), st.integers(0, 10_000), st.integers(0, 90), windows())  # noqa: DTZ001
@many
def test_lead_time_and_horizon_never_reach_outside_the_window(
    moment: datetime, lead: int, days: int, window: Window
) -> None:
    span = allowed_span(moment.replace(tzinfo=UTC), Lead(lead), days, window, STOCKHOLM)
    assert window.origin <= span[0] <= span[1]
    assert span[1] <= window.end or span[0] == span[1]
    assert (Timeline.full(window) & span).count() == max(0, min(span[1], window.end) - span[0])


@pytest.mark.parametrize(
    ("now", "days", "first"),
    [
        (datetime(2026, 11, 26, 22, 59, tzinfo=UTC), 1, utc(2026, 11, 26, 23)),  # Thursday evening: from Friday on
        (datetime(2026, 11, 27, 12, tzinfo=UTC), 1, utc(2026, 11, 29, 23)),  # Friday: from Monday on
        (datetime(2026, 11, 27, 12, tzinfo=UTC), 3, utc(2026, 12, 1, 23)),
        (datetime(2026, 12, 23, 12, tzinfo=UTC), 1, utc(2026, 12, 27, 23)),  # over Christmas: the eve is closed
        (datetime(2027, 3, 27, 12, tzinfo=UTC), 1, utc(2027, 3, 29, 22)),  # Easter Monday, and summer time has begun
    ],
)
def test_a_lead_time_in_working_days_counts_those_that_are_worked(now: datetime, days: int, first: int) -> None:
    year = calendar(date(2026, 1, 1), date(2027, 12, 31))
    window = Window.between(utc(2026, 11, 1), utc(2027, 6, 1))
    assert allowed_span(now, Lead(working_days=days), 90, window, STOCKHOLM, year)[0] == first


@pytest.mark.parametrize("wrong", [{"minutes": -1}, {"working_days": -1}, {"minutes": 60, "working_days": 1}])
def test_a_lead_time_is_one_of_two(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="minutes or working days"):
        Lead(**wrong)
