"""Dates, times and numbers in words."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from booking import wording
from booking.templatetags.motas import whole_times

TUESDAY = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 8, 45, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_swedish() -> None:
    translation.activate("sv")


def test_a_moment_is_told_with_weekday_and_full_stop() -> None:
    assert wording.day_and_time(TUESDAY) == "tisdag 1 december kl. 9.00"


def test_a_span_has_an_en_dash_without_spaces() -> None:
    assert wording.span(TUESDAY, LATER) == "kl. 9.00–9.45"
    assert wording.day_and_span(TUESDAY, LATER) == "tisdag 1 december kl. 9.00–9.45"


def test_a_receipt_tells_the_year() -> None:
    assert wording.day_and_span(TUESDAY, LATER, year=True) == "tisdag 1 december 2026 kl. 9.00–9.45"


def test_speech_says_klockan() -> None:
    assert wording.spoken(TUESDAY) == "tisdag 1 december klockan 9.00"


def test_wall_time_follows_the_clock_change() -> None:
    before, after = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC)
    assert (wording.clock(before), wording.clock(after)) == ("13.00", "14.00")


def test_english_has_english_words() -> None:
    with translation.override("en"):
        assert wording.day_and_time(TUESDAY) == "Tuesday 1 December, 9:00"
        assert wording.day_and_span(TUESDAY, LATER) == "Tuesday 1 December, 9:00–9:45"
        assert wording.spoken(TUESDAY) == "Tuesday 1 December at 9:00"
        assert wording.free_times(1) == "1 free time"


@pytest.mark.parametrize(
    ("monday", "expected"),
    [(date(2026, 11, 30), "30 november–4 december"), (date(2026, 12, 7), "7–11 december")],
)
def test_a_week_is_told_by_its_first_and_last_day(monday: date, expected: str) -> None:
    assert wording.week_span(monday) == expected


def test_weeks_are_numbered_by_iso_8601() -> None:
    assert wording.iso_week(date(2027, 1, 1)) == 53


@pytest.mark.parametrize(("n", "expected"), [(0, "inga lediga tider"), (1, "1 ledig tid"), (5, "5 lediga tider")])
def test_free_times_are_counted_in_words(n: int, expected: str) -> None:
    assert wording.free_times(n) == expected


@pytest.mark.parametrize(
    ("written", "dialled"), [("08-465 004 20", "+46846500420"), ("112", "112"), ("+46 8 465 004 20", "+46846500420")]
)
def test_a_number_is_dialled_with_its_country(written: str, dialled: str) -> None:
    assert wording.dialled(written) == dialled


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_moment_has_a_weekday_that_is_its_local_one(moment: datetime) -> None:
    names = ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"]
    assert wording.weekday(moment) == names[moment.astimezone(wording.ZONE).weekday()]


@pytest.mark.parametrize(
    "whole",
    [
        "kl. 13.30–14.15",
        "9.00",
        "e-legitimation",
        "e-legitimationen",
        "••••••••-••••",
        "ÅÅÅÅMMDD-NNNN",
        "20170101-2393",
    ],
)
def test_what_must_not_break_over_two_lines_is_held_together(whole: str) -> None:
    assert whole_times(f"Ord {whole}, ord & ord") == f'Ord <span class="nowrap">{whole}</span>, ord &amp; ord'
