"""The reader in a process of its own: whatever it is given, it ends, stays small, touches nothing and is gone."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from booking.calendars.busy.child import COMMAND, Limits, converse, read_limited
from booking.calendars.busy.errors import Unusable
from booking.calendars.busy.reading import Reading
from tests.booking.calendars.ics import GOOD, GOOD_TIME, STOCKHOLM, WINDOW, calendar, event, reading, spans

SMALL = Limits(cpu_seconds=1, wall_seconds=5.0, answer=100_000)
CONFINED = "from booking.calendars.busy.confinement import confine; confine(1, 5.0, 200_000_000)\n"


def python(code: str) -> tuple[str, ...]:
    """A command that runs code as the child would be run."""
    return (*COMMAND[: COMMAND.index("-m")], "-c", code)


def limited(octets: bytes) -> Reading:
    """What the reader in its child makes of a file."""
    return read_limited(octets, WINDOW, STOCKHOLM, "anna@exempel.example", own_hosts={"boka.exempel.example"})


def children() -> set[str]:
    """The processes that this one has not yet seen the end of."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    before = children()
    yield
    assert children() <= before


def test_the_child_reads_as_the_reader_does() -> None:
    parts = [event(*GOOD, uid="good"), event("DTSTART:nonsense", uid="b"), event(*GOOD, uid="1@boka.exempel.example")]
    parts += [event("DTSTART;TZID=Odd:20261103T100000", "DURATION:PT1H", "RRULE:FREQ=HOURLY;BYMINUTE=1", uid="c")]
    expected = reading(calendar(*parts), email="anna@exempel.example", own_hosts={"boka.exempel.example"})
    assert limited(calendar(*parts)) == expected


def test_the_childs_refusal_keeps_its_code() -> None:
    with pytest.raises(Unusable) as caught:
        limited(b"<html>")
    assert caught.value.code == "no_calendar"


def test_rules_that_never_match_end_by_the_timer_and_the_good_events_are_kept() -> None:
    endless = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYYEARDAY=1;BYHOUR={}"
    events = [event(*GOOD[:1], "DURATION:PT1S", endless.format(hour), uid=f"b{hour}") for hour in range(3)]
    result = limited(calendar(*events, event(*GOOD, uid="good")))
    assert result.counts.over_budget == 3
    assert any(start <= WINDOW[0] and WINDOW[1] <= end for start, end in result.intervals)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("while True: pass", "time_limit"),
        ("import time; time.sleep(60)", "time_limit"),
        ("import sys; sys.stdin.close(); import time; time.sleep(60)", "time_limit"),
        ("while True: print('x' * 10_000)", "failed"),
        ("raise SystemExit(3)", "failed"),
        ("import os; os.kill(os.getpid(), 9)", "failed"),
        ("x = [bytes(10_000_000) for _ in range(100)]", "failed"),
    ],
)
def test_a_child_that_runs_on_grows_talks_or_dies_is_ended(code: str, error: str) -> None:
    limits = Limits(wall_seconds=0.7, answer=100_000) if "sleep" in code else SMALL
    with pytest.raises(Unusable) as caught:
        converse(python(CONFINED + code), b"request\n" * 100_000, limits)
    assert caught.value.code == error


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.fork()",
        "import os; os.system('true')",
        "open('{folder}/written', 'w')",
        "import os; os.open('{folder}/written', os.O_CREAT | os.O_WRONLY)",
        "open('{folder}/secret').read()",
        "import os; os.remove('{folder}/secret')",
        "import ctypes; ctypes.CDLL(None)",
    ],
)
def test_a_child_reaches_no_network_no_program_and_no_file(code: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    attempt = f"try:\n  {code.format(folder=tmp_path)}\nexcept OSError:\n  print('refused')"
    assert converse(python(CONFINED + attempt), b"", SMALL) == b"refused\n"
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_child_writes_nothing_even_to_a_file_that_is_open(tmp_path: Path) -> None:
    target = tmp_path / "target"
    code = f"f = open({str(target)!r}, 'wb', 0); {CONFINED}try:\n  f.write(b'x')\nexcept OSError:\n  print('refused')"
    assert converse(python(f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); {code}"), b"", SMALL)
    assert target.read_bytes() == b""


def test_a_child_may_read_the_time_zones() -> None:
    code = "import zoneinfo; print(zoneinfo.ZoneInfo('Pacific/Chatham').key)"
    assert converse(python(CONFINED + code), b"", SMALL) == b"Pacific/Chatham\n"


def test_a_child_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELD_KEYS", "secret")
    assert b"secret" not in converse(python("import os; print(os.environ)"), b"", SMALL)


def test_an_answer_that_is_none_is_a_failure() -> None:
    for answer in ("", "[]", "{}", '{"intervals": 1}', '{"intervals": [["x"]], "counts": {}, "blocked_from": null}'):
        with pytest.raises(Unusable) as caught:
            read_limited(b"", WINDOW, STOCKHOLM, None, command=python(f"print({answer!r})"))
        assert caught.value.code == "failed"


def test_a_large_file_goes_through_whole() -> None:
    padding = "".join(f"X-PADDING:{'x' * 60}\n" for _ in range(100_000))
    assert spans(limited(calendar(padding, event(*GOOD)))) == [GOOD_TIME]


def test_the_command_is_this_interpreter() -> None:
    assert COMMAND[0] == sys.executable
