"""Read a folder of calendar files and compare with what is expected of them: `make calendars CASES=folder`.

The folder holds `cases.json`: `{"cases": [{name, tier, file, window, owner_tz, owner_email, expected_busy, ...}]}`.
Every case is read twice: all in this process in random order, since no file may leave anything behind for the next, and
each by `manage.py busy_times` in processes of its own, with time and memory measured. Exit code 1 if any case fails.
"""

import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from booking.calendars.busy.errors import Unusable
from booking.calendars.busy.reader import read
from booking.calendars.busy.reading import Counts, Interval

ROOT = Path(__file__).resolve().parents[2]
SECONDS, MEGABYTES = 10, 512
KIBIBYTE = 1_024
SHOWN = 3  # differences of each kind


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading a case gave: intervals, or None for a refusal; what was remarked; what it took."""

    intervals: list[Interval] | None
    remarks: str
    seconds: float = 0.0
    megabytes: float = 0.0


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the folder."""

    folder: Path
    data: dict[str, Any]

    @property
    def tier(self) -> str:
        """core, tolerant or bomb."""
        return str(self.data["tier"])

    @property
    def file(self) -> Path:
        """The calendar file."""
        return self.folder / str(self.data["file"])

    def faults(self, outcome: Outcome) -> Iterator[str]:
        """What is wrong with an outcome."""
        if outcome.seconds > self.data.get("max_seconds", SECONDS):
            yield f"took {outcome.seconds:.1f} s"
        if outcome.megabytes > self.data.get("max_rss_mb", MEGABYTES):
            yield f"took {outcome.megabytes:.0f} MB"
        if outcome.intervals is None:
            if "error" not in self.data.get("accept", ()):
                yield "refused"
            return
        if self.data.get("must_report") and "unreadable" not in outcome.remarks:
            yield "an unreadable event is not counted"
        yield from self._bomb(outcome) if self.tier == "bomb" else _differences(self.data["expected_busy"], outcome)

    def _bomb(self, outcome: Outcome) -> Iterator[str]:
        for start, end in _pairs(self.data["must_contain"]):
            if not any(first <= start and end <= last for first, last in outcome.intervals or ()):
                yield f"does not block {start:%F %R}-{end:%F %R}"
        exact = self.data["exact"]
        if not outcome.remarks and (exact is None or _pairs(exact) != outcome.intervals):
            yield "blocks something else and says nothing"


def _pairs(texts: list[list[str]]) -> list[Interval]:
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in texts]


def _differences(expected: list[list[str]], outcome: Outcome) -> Iterator[str]:
    wanted, got = _pairs(expected), outcome.intervals or []
    for word, pairs in (("missing", set(wanted) - set(got)), ("surplus", set(got) - set(wanted))):
        yield from (f"{word} {start:%F %R}-{end:%F %R}" for start, end in sorted(pairs)[:SHOWN])


def here(case: Case) -> Outcome:
    """Read a case in this process."""
    window = _pairs([case.data["window"]])[0]
    try:
        reading = read(case.file.read_bytes(), window, ZoneInfo(case.data["owner_tz"]), case.data["owner_email"])
    except Unusable as error:
        return Outcome(None, str(error))
    plain = Counts(events=reading.counts.events)
    return Outcome(list(reading.intervals), "" if reading.counts == plain else str(reading.counts))


def apart(case: Case) -> Outcome:
    """Read a case by the command, as support staff do."""
    start, end = case.data["window"]
    command = [sys.executable, "manage.py", "busy_times", str(case.file), "--from", start, "--to", end]
    command += ["--tz", case.data["owner_tz"]]
    command += ["--email", case.data["owner_email"]] if case.data["owner_email"] else []
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err)
        kibibytes = _most_memory(process)
        seconds = time.monotonic() - began
        texts = [(file.seek(0), file.read().decode())[1] for file in (out, err)]
    intervals = _pairs(json.loads(texts[0])) if process.returncode == 0 else None
    return Outcome(intervals, texts[1], seconds, kibibytes / KIBIBYTE)


def _most_memory(process: subprocess.Popen[bytes]) -> int:
    """KiB that a process came to hold, looked at until it ends.

    What `wait4` tells counts also what its parent held when it was started, which may be much more.
    """
    most, status = 0, Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        most = max(most, int(found[1]) if found else 0)
        time.sleep(0.005)
    return most


def run(folder: Path, reader: Callable[[Case], Outcome], seed: int) -> tuple[Counter[str], Counter[str]]:
    """Read all cases of a folder in random order; print what is wrong; return passed and all, by tier."""
    cases = [Case(folder, data) for data in json.loads((folder / "cases.json").read_text())["cases"]]
    random.Random(seed).shuffle(cases)
    passed: Counter[str] = Counter()
    for case in cases:
        faults = list(case.faults(reader(case)))
        passed[case.tier] += not faults
        for fault in faults:
            print(f"{case.data['name']} ({case.tier}): {fault}")
    return passed, Counter(case.tier for case in cases)


def main(arguments: list[str]) -> int:
    """Run both ways; arguments: the folder, and a seed to repeat an order."""
    folder, seed = Path(arguments[0]), int(arguments[1]) if len(arguments) > 1 else random.randrange(10**6)
    failed = False
    for way, reader in (("in one process", here), ("one process each", apart)):
        print(f"--- {way}, order {seed}")
        passed, total = run(folder, reader, seed)
        failed = failed or passed != total
        print(", ".join(f"{tier} {passed[tier]}/{total[tier]}" for tier in sorted(total)))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
