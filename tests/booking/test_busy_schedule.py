"""When an incoming calendar is asked again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.busy_schedule import IN_OFFICE_HOURS, LONGEST, LONGEST_ASKED_FOR, OTHERWISE, next_try, office_hours

ZONE = ZoneInfo("Europe/Stockholm")
MONDAY_NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
SUNDAY_NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-23T06:59", False),
        ("2026-11-23T07:00", True),
        ("2026-11-27T17:59", True),
        ("2026-11-27T18:00", False),
        ("2026-11-28T12:00", False),
        ("2026-07-06T07:00", True),
    ],
)
def test_office_hours_are_local(local: str, *, expected: bool) -> None:
    assert office_hours(datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC), ZONE) is expected


def test_a_good_calendar_is_asked_every_quarter_in_office_hours_and_hourly_otherwise() -> None:
    assert next_try(MONDAY_NOON, ZONE) == MONDAY_NOON + IN_OFFICE_HOURS
    assert next_try(SUNDAY_NOON, ZONE) == SUNDAY_NOON + OTHERWISE


@pytest.mark.parametrize("code", ["not_found", "no_calendar", "too_many_unreadable"])
def test_a_calendar_that_is_merely_wrong_keeps_its_pace(code: str) -> None:
    assert next_try(MONDAY_NOON, ZONE, code=code, failures=9) == MONDAY_NOON + IN_OFFICE_HOURS


@pytest.mark.parametrize("code", ["too_many", "server_error", "timeout", "connection"])
def test_a_struggling_server_is_asked_ever_more_rarely(code: str) -> None:
    waits = [next_try(MONDAY_NOON, ZONE, code=code, failures=n) - MONDAY_NOON for n in range(1, 8)]
    assert waits[:3] == [timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST


@given(
    code=st.sampled_from(["", "too_many", "server_error", "not_found"]),
    failures=st.integers(0, 40_000),
    retry_after=st.none() | st.integers(0, 10**9),
    chance=st.floats(0, 1),
)
def test_the_wait_is_never_less_than_asked_for_and_never_more_than_a_day_and_a_fifth(
    code: str, failures: int, retry_after: int | None, chance: float
) -> None:
    at = next_try(MONDAY_NOON, ZONE, code=code, failures=failures, retry_after=retry_after, chance=chance)
    wait = at - MONDAY_NOON
    assert IN_OFFICE_HOURS <= wait <= LONGEST_ASKED_FOR * 1.2
    if code in ("too_many", "server_error"):
        assert wait >= min(timedelta(seconds=retry_after or 0), LONGEST_ASKED_FOR)
