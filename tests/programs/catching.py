"""Which named faults of the use cases their tests catch: each in a process of its own, with a database of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.programs.faults import Fault
from tests.sources import ROOT

TESTS = ("test_recipe", "test_deciding", "test_hold_and_book", "test_move_and_cancel", "test_use_cases")
_FAILED = 1  # pytest's exit code when tests ran and some failed
_QUIET = ("-x", "-q", "--tb=no", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "tests.programs.faulty")


@dataclass(frozen=True)
class Caught:
    """What became of one fault; `by` is the test that failed, and empty when none did."""

    fault: Fault
    by: str


def caught(faults: Sequence[Fault], *, at_once: int = 2, tests: Sequence[str] = TESTS) -> Iterator[Caught]:
    """Each fault with the first test that fails, as they end. Raises RuntimeError when the tests cannot be run."""
    waiting = list(reversed(faults))
    running: dict[subprocess.Popen[str], Fault] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            fault = waiting.pop()
            running[_started(fault, tests)] = fault
        for process in [one for one in running if one.poll() is not None]:
            yield _verdict(running.pop(process), process)
        time.sleep(0.05)


def _started(fault: Fault, tests: Sequence[str]) -> subprocess.Popen[str]:
    files = [name if "::" in name else f"tests/booking/{name}.py" for name in tests]
    command = [sys.executable, "-m", "pytest", *_QUIET, *files]
    env = os.environ | {"MOTAS_FAULT": fault.name}
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _verdict(fault: Fault, process: subprocess.Popen[str]) -> Caught:
    said = process.communicate()[0]
    if process.returncode not in (0, _FAILED):
        raise RuntimeError(f"{fault.name}: {said[-2000:]}")
    lines = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return Caught(fault, lines[0].split()[1] if lines else "" if process.returncode == 0 else "a test")
