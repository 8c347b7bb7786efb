"""Free times in words, without HTML."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from booking import wording
from booking.presenters.times import TimesPage, View, empty_days, roundest, times_page

NOW = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(days=60)
MORNING = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
AFTERNOON = datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
NEXT_WEEK = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_swedish() -> None:
    translation.activate("sv")


def page(*starts: datetime, view: View | None = None) -> TimesPage:
    """The page of these starts."""
    return times_page(sorted(starts), view or View(), now=NOW, until=UNTIL)


def test_the_three_first_are_offered_by_name() -> None:
    first = page(MORNING, AFTERNOON, NEXT_WEEK, NEXT_WEEK + timedelta(hours=1)).first
    assert [(button.day, button.clock) for button in first] == [
        ("Tisdag 1 december", "10.30"),
        ("Tisdag 1 december", "13.30"),
        ("Tisdag 8 december", "9.00"),
    ]


def test_a_button_sends_its_time_with_offset_and_says_its_day() -> None:
    button = page(MORNING).first[0]
    assert button.value == "2026-12-01T10:30+01:00"
    assert button.lead + button.clock == "Tisdag 1 december klockan 10.30"


def test_the_week_of_the_first_free_time_is_shown() -> None:
    week = page(NEXT_WEEK).week
    assert (week.number, week.span) == (50, "7–11 december")
    assert week.earlier is not None
    assert week.earlier.address == "?vecka=2026-49"


def test_days_carry_their_counts_and_days_without_times_no_link() -> None:
    wednesday = MORNING + timedelta(days=1)
    strip = times_page([MORNING, AFTERNOON], View(), now=NOW, until=UNTIL, opened=[MORNING, wednesday]).week.strip
    assert [day.free for day in strip] == ["Inga tider", "2 lediga", "Fullt", "Inga tider", "Inga tider"]
    assert [bool(day.anchor) for day in strip] == [False, True, False, False, False]


def test_a_day_with_times_in_the_other_half_only_is_not_full() -> None:
    view = View(part="em")
    opened = [MORNING, AFTERNOON + timedelta(days=1)]
    strip = times_page([MORNING, AFTERNOON + timedelta(days=3)], view, now=NOW, until=UNTIL, opened=opened).week.strip
    assert [day.free for day in strip] == ["Inga tider", "Inga tider", "Fullt", "Inga tider", "1 ledig"]


def test_the_empty_days_are_the_workdays_of_the_shown_week_without_a_free_start() -> None:
    found = empty_days([MORNING, NEXT_WEEK], View(), now=NOW, until=UNTIL)
    assert [day.isoformat() for day in found] == ["2026-11-30", "2026-12-02", "2026-12-03", "2026-12-04"]


def test_halves_of_the_day_are_parted_at_noon() -> None:
    day = page(MORNING, AFTERNOON).week.days[0]
    assert [button.clock for button in day.morning] == ["10.30"]
    assert [button.clock for button in day.afternoon] == ["13.30"]
    assert (day.title, day.count) == ("Tisdag 1 december", "2 lediga tider")


def test_a_part_of_the_day_can_be_asked_for() -> None:
    shown = page(MORNING, AFTERNOON, view=View(part="em"))
    assert [button.clock for button in shown.first] == ["13.30"]
    assert shown.week.later is not None
    assert shown.week.later.address.endswith("del=em")


def test_an_empty_week_names_the_nearest_time() -> None:
    week = page(NEXT_WEEK, view=View(monday=date(2026, 11, 30))).week
    assert week.days == ()
    assert week.nearest is not None
    assert week.nearest.value.startswith("2026-12-08T09:00")


def test_a_week_outside_the_horizon_becomes_the_nearest_inside() -> None:
    assert page(MORNING, view=View(monday=date(2031, 1, 6))).week.number == 4
    assert page(MORNING, view=View(monday=date(1999, 1, 4))).week.number == 49


def test_no_free_time_at_all_gives_an_empty_page() -> None:
    shown = page()
    assert shown.first == ()
    assert shown.week.nearest is None


def test_a_fine_grid_shows_round_times_and_a_way_to_all() -> None:
    fine = [MORNING.replace(hour=8, minute=0) + timedelta(minutes=5 * n) for n in range(24)]
    day = page(*fine).week.days[0]
    assert [button.clock for button in day.morning] == [
        "9.00",
        "9.15",
        "9.30",
        "9.45",
        "10.00",
        "10.15",
        "10.30",
        "10.45",
    ]
    assert day.rest is not None
    assert day.rest.text == "Visa alla 24 lediga tider tisdag 1 december"
    assert "dag=2026-12-01" in day.rest.address


def test_one_day_shows_every_time_and_a_way_back() -> None:
    fine = [MORNING.replace(hour=8, minute=0) + timedelta(minutes=5 * n) for n in range(24)]
    week = page(*fine, NEXT_WEEK, view=View(day=date(2026, 12, 1))).week
    assert len(week.days) == 1
    assert len(week.days[0].morning) == 24
    assert week.days[0].rest is None
    assert week.whole is not None


def test_the_month_links_only_days_with_free_times() -> None:
    month = page(MORNING, NEXT_WEEK).month
    linked = [cell.number for row in month.rows for cell in row if cell.address]
    assert linked == [1, 8]
    assert month.caption == "Dagar med lediga tider i december"
    assert [short for short, _ in month.heads] == ["mån", "tis", "ons", "tor", "fre"]


def test_a_free_saturday_gets_its_column() -> None:
    saturday = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)
    shown = page(MORNING, saturday)
    assert [short for short, _ in shown.month.heads] == ["mån", "tis", "ons", "tor", "fre", "lör"]
    assert len(shown.week.strip) == 6


@given(st.sets(st.integers(0, 60 * 288), max_size=80), st.sampled_from(["", "fm", "em"]))
def test_every_day_that_is_shown_counts_its_own_times(offsets: set[int], part: str) -> None:
    starts = [NOW + timedelta(minutes=5 * n) for n in sorted(offsets)]
    shown = times_page(starts, View(part=part), now=NOW, until=UNTIL)
    assert len(shown.first) <= 3
    assert all(day.morning or day.afternoon for day in shown.week.days)
    assert {day.anchor for day in shown.week.days} == {d.anchor[1:] for d in shown.week.strip if d.anchor}


@given(st.sets(st.integers(0, 143), min_size=1))
def test_rounding_offers_few_times_and_only_free_ones(offsets: set[int]) -> None:
    starts = [NOW + timedelta(minutes=5 * n) for n in sorted(offsets)]
    kept = roundest(starts)
    assert 0 < len(kept) <= 8
    assert set(kept) <= set(starts)


def test_a_summer_time_start_has_its_own_offset() -> None:
    summer = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    assert times_page([summer], View(), now=summer, until=summer).first[0].value == "2026-07-01T09:00+02:00"
    assert wording.clock(summer) == "9.00"


def test_an_empty_week_offers_the_next_free_time_and_else_the_last_before_it() -> None:
    before = page(MORNING, NEXT_WEEK + timedelta(days=7), view=View(monday=date(2026, 12, 7))).week
    after = page(MORNING, view=View(monday=date(2026, 12, 7))).week
    assert before.nearest is not None
    assert (before.nearest.lead + before.nearest.clock, before.nearest_is_later) == (
        "Tisdag 15 december klockan 9.00",
        True,
    )
    assert after.nearest is not None
    assert (after.nearest.day, after.nearest_is_later) == ("Tisdag 1 december", False)


def test_one_officers_times_say_whose_they_are_and_every_link_keeps_it() -> None:
    shown = page(MORNING, NEXT_WEEK, view=View(part="fm", who="abc", name="Anna Lindqvist"))
    assert {button.who for button in (*shown.first, *shown.week.days[0].morning)} == {"med Anna Lindqvist"}
    assert shown.week.later is not None
    assert shown.week.later.address == "?vecka=2026-50&del=fm&vem=abc"
