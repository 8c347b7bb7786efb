"""`manage.py busy_times`: for support staff who ask why a time is taken."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.booking.calendars.ics import GOOD, calendar, event
from tests.programs import calendars as program
from tests.sources import ROOT

FIRST, LAST = "2026-10-01T00:00:00Z", "2026-12-01T00:00:00+01:00"
GOOD_PAIR = ["2026-10-05T08:00:00+00:00", "2026-10-05T09:00:00+00:00"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kalender.ics"
    path.write_bytes(calendar(event(*GOOD)))
    return path


def run(path: Path, first: str = FIRST, last: str = LAST, **options: str) -> tuple[int, str, list[str]]:
    """Exit code, stdout, and the lines of stderr."""
    out, err = io.StringIO(), io.StringIO()
    arguments = [str(path), "--from", first, "--to", last, *(f"--{name}={text}" for name, text in options.items())]
    code = 0
    try:
        call_command("busy_times", *arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        code = int(str(stop.code))
    return code, out.getvalue(), err.getvalue().splitlines()


def test_it_prints_one_list_and_nothing_else(file: Path) -> None:
    assert run(file) == (0, json.dumps([GOOD_PAIR]) + "\n", [])


def test_nothing_busy_is_an_empty_list(file: Path) -> None:
    assert run(file, "2026-11-01T00:00:00Z") == (0, "[]\n", [])


def test_the_window_is_half_open_and_clips(file: Path) -> None:
    assert (
        run(file, "2026-10-05T08:30:00Z", "2026-10-05T09:30:00Z")[1]
        == json.dumps([["2026-10-05T08:30:00+00:00", GOOD_PAIR[1]]]) + "\n"
    )
    assert run(file, GOOD_PAIR[1])[1] == "[]\n"


def test_the_owners_zone_and_address_are_taken_into_account(file: Path) -> None:
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:anna@exempel.example"
    file.write_bytes(calendar(event("DTSTART:20261005T080000", "DURATION:PT1H"), event(*GOOD, declined, uid="b")))
    assert (
        run(file, tz="Asia/Tokyo", email="anna@exempel.example")[1]
        == json.dumps([["2026-10-04T23:00:00+00:00", "2026-10-05T00:00:00+00:00"]]) + "\n"
    )


def test_what_was_odd_is_said_on_stderr_in_numbers_only(file: Path) -> None:
    parts = [event("DTSTART:nonsense", uid=str(number)) for number in range(2)]
    parts += [event(*GOOD, "RRULE:FREQ=SOMETIMES", "EXDATE:hemligt", uid="3")]
    parts += [event("DTSTART;TZID=Hemligt:20261006T080000", "DURATION:PT1H", "RRULE:FREQ=HOURLY;BYMINUTE=1", uid="4")]
    file.write_bytes(calendar(*parts))
    code, out, lines = run(file)
    assert (code, json.loads(out)) == (0, [["2026-10-01T00:00:00+00:00", "2026-11-30T23:00:00+00:00"]])
    assert lines == [
        "busy_times: 2 events unreadable",
        "busy_times: 1 value repaired",
        "busy_times: 1 time zone not usable as written",
        "busy_times: 1 rule not understood, its event counted once",
        "busy_times: 1 rule over budget, blocked from 2026-10-01T00:00:00+00:00",
    ]


@pytest.mark.parametrize(
    "window",
    [
        (LAST, FIRST),
        (FIRST, FIRST),
        ("2026-10-01T00:00:00", LAST),
        ("2026-10-01", LAST),
        ("yesterday", LAST),
        (FIRST, ""),
    ],
)
def test_a_window_that_is_none_is_refused_in_one_line(file: Path, window: tuple[str, str]) -> None:
    code, out, lines = run(file, *window)
    assert (code, out, len(lines)) == (2, "", 1)
    assert lines[0].startswith("busy_times: --")


@pytest.mark.parametrize("zone", ["", "Europe", "Europe/Nowhere", "../etc/passwd", "localhost"])
def test_an_unknown_zone_is_refused_in_one_line(file: Path, zone: str) -> None:
    assert run(file, tz=zone) == (2, "", ["busy_times: --tz names no time zone"])


@pytest.mark.parametrize("octets", [b"", b"<html>", b"\0" * 100, calendar(event("X:1") * 10_001), b"x" * 60_000_001])
def test_a_file_that_is_unusable_is_refused_in_one_line(file: Path, octets: bytes) -> None:
    file.write_bytes(octets)
    code, out, lines = run(file)
    assert (code, out, len(lines)) == (2, "", 1)
    assert lines[0].startswith("busy_times: the file ")


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_ordinary_file_is_refused_without_waiting(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "other")
    code, out, lines = run(tmp_path / "other")
    assert (code, out, len(lines)) == (2, "", 1)
    assert lines[0].startswith("busy_times: FILE ")


def test_it_needs_no_secrets_no_database_and_no_network(file: Path) -> None:
    command = [sys.executable, "manage.py", "busy_times", str(file), "--from", FIRST, "--to", LAST]
    done = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout), done.stderr) == (0, [GOOD_PAIR], "")


def folder_of_cases(folder: Path, expected: list[list[str]]) -> Path:
    """A folder with one case of each tier."""
    (folder / "a.ics").write_bytes(calendar(event(*GOOD), event("DTSTART:nonsense", uid="b")))
    common = {"file": "a.ics", "window": [FIRST, LAST], "owner_tz": "Europe/Stockholm", "owner_email": None}
    cases = [
        common | {"name": "core", "tier": "core", "expected_busy": expected, "must_report": True},
        common | {"name": "bomb", "tier": "bomb", "must_contain": expected, "exact": None},
    ]
    (folder / "cases.json").write_text(json.dumps({"cases": cases}))
    return folder


def test_the_case_program_passes_what_is_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main([str(folder_of_cases(tmp_path, [GOOD_PAIR])), "1"]) == 0
    assert capsys.readouterr().out.count("bomb 1/1, core 1/1") == 2


def test_the_case_program_fails_what_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = [["2026-10-06T08:00:00+00:00", "2026-10-06T09:00:00+00:00"]]
    passed, total = program.run(folder_of_cases(tmp_path, other), program.here, 1)
    assert (passed.total(), total.total()) == (0, 2)
    printed = capsys.readouterr().out
    assert "core (core): missing 2026-10-06 08:00" in printed
    assert "core (core): surplus 2026-10-05 08:00" in printed
    assert "bomb (bomb): does not block 2026-10-06 08:00" in printed
