"""Every kind of bad input has a code and a sentence of its own; what is only worth telling is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.errors import BookingError
from booking.opening_faults import Fault, Hint, OpeningFault, Told, falls, hints
from booking.opening_wanted import (
    WantedAbsence,
    WantedClosure,
    WantedException,
    WantedLimit,
    WantedRule,
    WantedSettings,
    check_limits,
    cycle_of,
)
from booking.opening_words import CLASHES, SENTENCES, hint_words
from booking.problem_texts import PROBLEMS

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Stockholm")
RULE = WantedRule((2,), 540, 720, ("video",), 15)
DATED = WantedException(date(2026, 12, 8), "closed")
AWAY = WantedAbsence(NOW, NOW + timedelta(days=1), "leave")
RULE_ID = "00000000-0000-4000-8000-000000000001"


def fault_of(check: Callable[[], Any]) -> tuple[str, str]:
    """The code and the field that are refused."""
    with pytest.raises(OpeningFault) as refused:
        check()
    return refused.value.code, refused.value.field


@pytest.mark.parametrize(
    ("changes", "fault", "field"),
    [
        ({"weekdays": ()}, Fault.NO_DAYS, "weekdays"),
        ({"weekdays": (0,)}, Fault.UNKNOWN_DAY, "weekdays"),
        ({"weekdays": (8,)}, Fault.UNKNOWN_DAY, "weekdays"),
        ({"weekdays": (2, 2)}, Fault.OVERLAPS_ITSELF, "weekdays"),
        ({"from_minute": 720}, Fault.ENDS_BEFORE, "to_minute"),
        ({"from_minute": -5}, Fault.OFF_THE_DAY, "from_minute"),
        ({"to_minute": 1445}, Fault.OFF_THE_DAY, "from_minute"),
        ({"from_minute": 541}, Fault.OFF_FIVE_MINUTES, "from_minute"),
        ({"to_minute": 719}, Fault.OFF_FIVE_MINUTES, "to_minute"),
        ({"forms": ()}, Fault.NO_FORMS, "forms"),
        ({"forms": ("letter",)}, Fault.UNKNOWN_FORM, "forms"),
        ({"step": 7}, Fault.BAD_STEP, "step"),
        ({"step": 0}, Fault.BAD_STEP, "step"),
        ({"step": 125}, Fault.BAD_STEP, "step"),
        ({"anchor": "moon"}, Fault.BAD_ANCHOR, "anchor"),
        ({"valid_from": TODAY, "valid_to": TODAY - timedelta(days=1)}, Fault.DATES_REVERSED, "valid_to"),
        ({"valid_to": TODAY - timedelta(days=1)}, Fault.IN_THE_PAST, "valid_to"),
        ({"valid_to": TODAY + timedelta(days=3653)}, Fault.TOO_FAR_AHEAD, "valid_to"),
        ({"valid_from": TODAY + timedelta(days=3653)}, Fault.TOO_FAR_AHEAD, "valid_from"),
        ({"cycle": cycle_of(2, date(2040, 1, 2))}, Fault.TOO_FAR_AHEAD, "first_monday"),
    ],
)
def test_a_rule_that_is_none_says_why_and_where(changes: dict[str, Any], fault: Fault, field: str) -> None:
    assert fault_of(lambda: replace(RULE, **changes).check(TODAY)) == (fault, field)


@pytest.mark.parametrize("changes", [{"step": 5}, {"step": 120}, {"valid_to": TODAY}, {"from_minute": 0}])
def test_a_rule_at_the_edge_of_what_is_allowed_is_one(changes: dict[str, Any]) -> None:
    replace(RULE, **changes).check(TODAY)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"every": 9}, Fault.BAD_CYCLE),
        ({"every": 0}, Fault.BAD_CYCLE),
        ({"every": 2}, Fault.NO_MONDAY),
        ({"every": 2, "first_monday": date(2026, 12, 1)}, Fault.NO_MONDAY),
        ({"week_parity": "prime"}, Fault.BAD_CYCLE),
        ({"nth": 6}, Fault.BAD_CYCLE),
        ({"nth": 1, "week_parity": "odd"}, Fault.BAD_CYCLE),
    ],
)
def test_a_cycle_that_is_none_is_refused(given: dict[str, Any], fault: Fault) -> None:
    assert fault_of(lambda: cycle_of(**given))[0] == fault


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"kind": "move"}, Fault.UNKNOWN_KIND),
        ({"kind": "skip"}, Fault.NO_RULE_NAMED),
        ({"kind": "closed", "rule": RULE_ID}, Fault.NO_RULE_NAMED),
        ({"day": TODAY - timedelta(days=1)}, Fault.IN_THE_PAST),
        ({"day": date(2036, 11, 30)}, Fault.TOO_FAR_AHEAD),
        ({"from_minute": 600, "to_minute": 540}, Fault.ENDS_BEFORE),
        ({"kind": "extra"}, Fault.NO_FORMS),
        ({"forms": ("letter",)}, Fault.UNKNOWN_FORM),
    ],
)
def test_an_exception_that_is_none_is_refused(changes: dict[str, Any], fault: Fault) -> None:
    assert fault_of(lambda: replace(DATED, **changes).check(TODAY))[0] == fault


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"to_at": NOW}, Fault.ENDS_BEFORE),
        ({"to_at": NOW + timedelta(minutes=4)}, Fault.ABSENCE_TOO_SHORT),
        ({"to_at": NOW + timedelta(days=400, seconds=1)}, Fault.ABSENCE_TOO_LONG),
        ({"from_at": NOW - timedelta(days=2), "to_at": NOW}, Fault.IN_THE_PAST),
        ({"from_at": datetime(2036, 1, 1, tzinfo=UTC), "to_at": datetime(2036, 1, 2, tzinfo=UTC)}, Fault.TOO_FAR_AHEAD),
        ({"code": "secret"}, Fault.UNKNOWN_REASON),
        ({"weekday": 8}, Fault.UNKNOWN_DAY),
        ({"weekday": 1, "from_minute": 600, "to_minute": 600}, Fault.ENDS_BEFORE),
    ],
)
def test_an_absence_that_is_none_is_refused(changes: dict[str, Any], fault: Fault) -> None:
    assert fault_of(lambda: replace(AWAY, **changes).check(NOW))[0] == fault


def test_an_absence_of_five_minutes_or_of_400_days_is_one() -> None:
    for length in (timedelta(minutes=5), timedelta(days=400)):
        replace(AWAY, to_at=NOW + length).check(NOW)
    replace(AWAY, to_at=NOW + timedelta(days=700), weekday=2).check(NOW)


def test_a_closure_is_checked_as_an_absence() -> None:
    assert fault_of(lambda: WantedClosure(NOW, NOW + timedelta(days=401)).check(NOW))[0] == Fault.ABSENCE_TOO_LONG
    assert fault_of(lambda: WantedClosure(NOW, NOW - timedelta(days=1)).check(NOW))[0] == Fault.ENDS_BEFORE


@pytest.mark.parametrize(
    ("limit", "field"),
    [
        (WantedLimit(per_day=-1), "per_day"),
        (WantedLimit(per_day=289), "per_day"),
        (WantedLimit(per_week=2017), "per_week"),
        (WantedLimit(minutes_per_day=1441), "minutes_per_day"),
    ],
)
def test_a_limit_beyond_its_bounds_is_refused(limit: WantedLimit, field: str) -> None:
    assert fault_of(limit.check) == (Fault.LIMIT_OUT_OF_BOUNDS, field)


def test_limits_of_nothing_close_and_two_of_one_kind_are_refused() -> None:
    check_limits([WantedLimit(per_day=0, per_week=0, minutes_per_day=0)])
    assert fault_of(lambda: check_limits([WantedLimit(per_day=1), WantedLimit(per_day=2)]))[0] == Fault.LIMIT_TWICE


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"share": 4}, Fault.SHARE_OUT_OF_BOUNDS),
        ({"share": 101}, Fault.SHARE_OUT_OF_BOUNDS),
        ({"lead_minutes": 86_401}, Fault.LEAD_OUT_OF_BOUNDS),
        ({"buffer_before": 245}, Fault.BUFFER_OUT_OF_BOUNDS),
        ({"buffer_after": 7}, Fault.BUFFER_OUT_OF_BOUNDS),
        ({"languages": ("ar", "ar")}, Fault.BAD_LANGUAGE),
        ({"languages": ("Arabiska",)}, Fault.BAD_LANGUAGE),
        ({"name": "x" * 61}, Fault.BAD_NAME),
        ({"name": "två\nrader"}, Fault.BAD_NAME),
    ],
)
def test_a_setting_beyond_its_bounds_is_refused(changes: dict[str, Any], fault: Fault) -> None:
    assert fault_of(lambda: replace(WantedSettings(), **changes).check())[0] == fault


def test_a_time_in_the_gap_at_the_change_of_the_clock_is_told_with_its_date() -> None:
    night = WantedRule((7,), 150, 180, ("video",), 15)
    assert hints(night.rules(), TODAY, ZONE) == (Told(Hint.CLOCK_GAP, (date(2027, 3, 28),)),)
    assert hint_words(hints(night.rules(), TODAY, ZONE)) == ("Tiden finns inte den 28 mars 2027, klockan ställs om.",)
    assert hints(replace(night, from_minute=180, to_minute=240).rules(), TODAY, ZONE) == ()


def test_odd_weeks_that_follow_each_other_are_told_with_their_dates() -> None:
    odd = replace(RULE, cycle=cycle_of(week_parity="odd"))
    assert hints(odd.rules(), TODAY, ZONE) == (Told(Hint.PARITY_BITES, (date(2027, 1, 4),)),)
    assert "veckan som börjar 4 januari 2027" in hint_words(hints(odd.rules(), TODAY, ZONE))[0]
    assert hints(replace(odd, valid_to=date(2026, 12, 31)).rules(), TODAY, ZONE) == ()


def test_a_rule_that_falls_on_no_date_is_found_out() -> None:
    fifth = replace(RULE, cycle=cycle_of(nth=5), valid_to=date(2026, 12, 20))
    assert [falls(rule, TODAY) for rule in fifth.rules()] == [False]
    assert all(falls(rule, TODAY) for rule in replace(fifth, valid_to=date(2026, 12, 31)).rules())


def test_every_fault_has_a_sentence_of_its_own_and_a_problem_of_the_api() -> None:
    assert SENTENCES.keys() == set(Fault)
    assert len({str(sentence) for sentence in SENTENCES.values()}) == len(Fault)
    for code, sentence in [*SENTENCES.items(), ("rules_clash", CLASHES)]:
        assert PROBLEMS[code].status == 422
        assert str(PROBLEMS[code].detail) == str(sentence)
    assert issubclass(OpeningFault, BookingError)
