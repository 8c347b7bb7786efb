"""The long run around the clock changes, with small numbers."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests.booking.strategies import CHANGE_DAYS, STOCKHOLM
from tests.programs import bench_dst


def test_rules_around_the_clock_changes_are_what_a_walk_along_the_clock_finds() -> None:
    assert bench_dst.run(cases=2000, seed=2026) == []


def test_the_clock_changes_are_found() -> None:
    assert len(bench_dst.change_days(STOCKHOLM)) == 22
    assert set(CHANGE_DAYS) < set(bench_dst.change_days(STOCKHOLM))
    assert date(2026, 10, 4) in bench_dst.change_days(ZoneInfo("Australia/Lord_Howe"))


def test_a_difference_is_reported_and_fails_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench_dst, "ticks_of", lambda *_: (0, 0))
    assert bench_dst.main(["--cases", "3", "--seed", "1"]) == 1
    assert "3 differences" in capsys.readouterr().out
