"""Rules under budgets: the same instances as without them, or more blocked and said so; never less."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.calendars.busy.budget import FILE_INSTANCES, Budget, OverBudget
from booking.calendars.busy.confinement import interrupting
from booking.calendars.busy.reading import Interval, Tally, merge
from booking.calendars.busy.recurrence import Rule, read_rule
from booking.calendars.busy.rules import Near, dated, expand, fast_forward, never
from tests.booking.calendars.ics import GOOD, GOOD_TIME, WINDOW, calendar, event, reading, spans, times

HOUR = timedelta(hours=1)
WHOLE_WINDOW = ["1001T0000-1201T0000"]
START = ("DTSTART:20200101T000000Z", "DURATION:PT1H")


def rule(text: str) -> Rule:
    """A rule that can be read."""
    found = read_rule(text, Tally())
    assert found is not None
    return found


def lists(values: st.SearchStrategy[object]) -> st.SearchStrategy[str]:
    """A part's values."""
    return st.lists(values, min_size=1, max_size=3, unique=True).map(lambda found: ",".join(map(str, found)))


days = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
parts = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.integers(1, 14),
        "BYDAY": lists(days),
        "BYMONTH": lists(st.integers(1, 12)),
        "BYMONTHDAY": lists(st.sampled_from([-31, -1, 1, 13, 28, 29, 30, 31])),
        "BYHOUR": lists(st.integers(0, 23)),
        "BYSETPOS": lists(st.sampled_from([-1, 1, 2])),
        "WKST": days,
    },
)
rules = parts.map(lambda found: ";".join(f"{name}={value}" for name, value in found.items()))
starts = st.datetimes(datetime.fromisoformat("2015-01-01"), datetime.fromisoformat("2026-12-31"))


@settings(max_examples=40, deadline=None)
@given(text=rules, first=starts)
def test_a_rule_that_skips_ahead_gives_what_it_gives_step_by_step(text: str, first: datetime) -> None:
    first = first.replace(microsecond=0)
    near = Near(datetime.fromisoformat("2026-10-01"), datetime.fromisoformat("2026-12-01"))
    found = expand(rule(text), first, near, HOUR, Budget())
    if found.complete:
        plain = [] if never(rule(text), first) else list(dated(rule(text), first, near.last))
        assert found.starts == [start for start in plain if near.first <= start <= near.last]


def test_old_rules_do_skip_ahead_and_counted_ones_do_not() -> None:
    first, wanted = datetime.fromisoformat("2010-01-04T09:00"), datetime.fromisoformat("2026-10-01")
    assert fast_forward(rule("FREQ=WEEKLY;INTERVAL=2"), first, wanted) == datetime.fromisoformat("2026-08-10T09:00")
    assert fast_forward(rule("FREQ=WEEKLY;COUNT=9999"), first, wanted) == first
    assert fast_forward(rule("FREQ=YEARLY;BYWEEKNO=3"), first, wanted) == first


@settings(max_examples=40, deadline=None)
@given(text=rules, first=starts)
def test_what_is_said_never_to_happen_never_does(text: str, first: datetime) -> None:
    if never(rule(text), first):
        assert list(dated(rule(text), first, first + timedelta(days=3_000)).xafter(first, count=1)) == []


def test_a_week_number_alone_means_the_weekday_of_dtstart() -> None:
    lines = ["DTSTART:20251012T080000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY;BYWEEKNO=41"]
    assert times(event(*lines)) == ["1011T0800-1011T0900"]


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=HOURLY;BYMINUTE=0",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;COUNT=1000000000",
        "FREQ=DAILY;BYMONTHDAY=" + "1," * 200_000 + "1",
        "FREQ=DAILY;BYHOUR={};BYMINUTE={};BYSECOND=0,1".format(
            ",".join(map(str, range(24))), ",".join(map(str, range(60)))
        ),
    ],
)
def test_a_rule_over_budget_blocks_the_window_and_is_counted(text: str) -> None:
    lines = ["DTSTART:20200101T000000Z", "DURATION:PT1S", f"RRULE:{text}"]
    result = reading(calendar(event(*lines), event(*GOOD, uid="good")))
    assert spans(result) == WHOLE_WINDOW
    assert (result.counts.over_budget, result.blocked_from) == (1, WINDOW[0])


def test_a_rule_over_budget_blocks_to_its_until_from_its_last_instance() -> None:
    days = "RRULE:FREQ=DAILY;COUNT=30000;UNTIL=20261015T120000Z"
    result = reading(calendar(event("DTSTART:19720110T000000Z", "DURATION:PT1H", days)))
    assert result.counts.over_budget == 1
    assert result.blocked_from == datetime(2026, 10, 12, tzinfo=UTC)
    assert spans(result)[-1] == "1012T0000-1015T1300"


def test_a_free_event_over_budget_blocks_nothing() -> None:
    lines = [*START, "RRULE:FREQ=HOURLY;BYMINUTE=0", "TRANSP:TRANSPARENT"]
    assert times(event(*lines), event(*GOOD, uid="good")) == [GOOD_TIME]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20200101T000000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY"], WHOLE_WINDOW),
        (["DTSTART:20200101T000000Z", "DURATION:PT1H", "RRULE:FREQ=MINUTELY;INTERVAL=60"], WHOLE_WINDOW),
        (["DTSTART:20261101T000000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY;COUNT=3"], ["1101T0000-1101T0300"]),
        (
            ["DTSTART:20261101T000000Z", "DURATION:PT1M", "RRULE:FREQ=HOURLY;UNTIL=20261101T010000Z"],
            ["1101T0000-1101T0001", "1101T0100-1101T0101"],
        ),
        (
            ["DTSTART:20261101T000000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY;COUNT=3", "EXDATE:20261101T010000Z"],
            ["1101T0000-1101T0100", "1101T0200-1101T0300"],
        ),
        (["DTSTART:20300101T000000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY"], []),
    ],
)
def test_rules_below_a_day_have_a_closed_form(lines: list[str], expected: list[str]) -> None:
    assert times(event(*lines)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=DAILY;BYSETPOS=2",
    ],
)
def test_a_rule_for_days_that_do_not_exist_is_only_its_first_instance(text: str) -> None:
    result = reading(calendar(event(*GOOD, f"RRULE:{text}")))
    assert (spans(result), result.counts.over_budget) == ([GOOD_TIME], 0)


def test_a_timer_ends_a_rule_inside_one_step() -> None:
    endless = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYYEARDAY=1"
    octets = calendar(event(*START, endless), event(*GOOD, uid="good"))
    result = reading(octets, watch=interrupting)
    assert (spans(result), result.counts.over_budget) == (WHOLE_WINDOW, 1)


def test_when_the_files_budget_is_spent_every_further_rule_is_over_it() -> None:
    budget = Budget()
    with pytest.raises(OverBudget):
        budget.instance(FILE_INSTANCES + 1)
    near = Near(datetime.fromisoformat("2026-10-01"), datetime.fromisoformat("2026-12-01"))
    assert not expand(rule("FREQ=DAILY"), near.first, near, HOUR, budget).complete


def test_too_many_extra_dates_block_the_window_and_are_counted() -> None:
    dates = ",".join(f"20261010T{n // 3600:02}{n // 60 % 60:02}{n % 60:02}Z" for n in range(25_000))
    result = reading(calendar(event(*GOOD, f"RDATE:{dates}")))
    assert (spans(result), result.counts.over_budget) == (WHOLE_WINDOW, 1)


def test_too_many_exceptions_are_said_to_block_more() -> None:
    dates = ",".join(f"20261010T{n // 3600:02}{n // 60 % 60:02}{n % 60:02}Z" for n in range(25_000))
    result = reading(calendar(event(*GOOD, f"EXDATE:{dates}")))
    assert (spans(result), result.counts.widened) == ([GOOD_TIME], 1)


moments = st.datetimes(
    datetime.fromisoformat("2026-09-01"), datetime.fromisoformat("2027-01-01"), timezones=st.just(UTC)
)


@given(intervals=st.lists(st.tuples(moments, moments)), probe=moments)
def test_merged_intervals_are_sorted_disjoint_clipped_and_cover_the_same(
    intervals: list[Interval], probe: datetime
) -> None:
    merged = merge(intervals, WINDOW)
    assert all(WINDOW[0] <= start < end <= WINDOW[1] for start, end in merged)
    assert all(end < later for (_, end), (later, _) in pairwise(merged))
    inside = WINDOW[0] <= probe < WINDOW[1]
    assert any(a <= probe < b for a, b in merged) == (inside and any(a <= probe < b for a, b in intervals))
