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

_FAILED = 1  # pytest's exit code when tests ran and some failed
_QUIET = ("-x", "-q", "--tb=no", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "tests.programs.faulty")


@dataclass(frozen=True)
class Caught:
    """What became of one fault; `by` is the test that failed, `why` what it said; empty when none did."""

    fault: Fault
    by: str
    why: str


def caught(faults: Sequence[Fault], *, at_once: int = 2) -> Iterator[Caught]:
    """Each fault with the first of its tests that fails, as they end.

    Only a test that runs and fails has caught it; one that cannot even be set up has not. Raises RuntimeError when the
    tests cannot be run, or fail without any fault.
    """
    waiting: list[Fault | None] = [*reversed(faults), None]
    running: dict[subprocess.Popen[str], Fault | None] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            fault = waiting.pop()
            running[_started(fault, [fault] if fault else faults)] = fault
        for process in [one for one in running if one.poll() is not None]:
            yield from _verdict(running.pop(process), process)
        time.sleep(0.05)


def _started(fault: Fault | None, tested: Sequence[Fault]) -> subprocess.Popen[str]:
    names = dict.fromkeys(name for one in tested for name in one.tests)
    tests = ["tests/booking/{0}.py::{2}".format(*name.partition("::")) for name in names]
    command = [sys.executable, "-m", "pytest", *_QUIET, *tests]
    env = os.environ | {"MOTAS_FAULT": fault.name if fault else "", "COLUMNS": "240"}
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _verdict(fault: Fault | None, process: subprocess.Popen[str]) -> Iterator[Caught]:
    said = process.communicate()[0]
    if process.returncode not in ((0, _FAILED) if fault else (0,)):
        raise RuntimeError(f"{fault.name if fault else 'without a fault'}: {said[-2000:]}")
    if fault is not None:
        failed = [line for line in said.splitlines() if line.startswith("FAILED ")]
        by, _, why = (failed or ["FAILED "])[0].removeprefix("FAILED ").partition(" - ")
        yield Caught(fault, by, why)
