"""Which mutants of a module its tests kill: each in a fork of this process, which has imported the test tools only.

A fork puts the faulty module where the true one would be imported from, and runs the tests with pytest until one
fails. It is killed when a test fails or when it needs far more of the processor than the true module, and survives
when all pass.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import holidays
import hypothesis
import hypothesis.strategies
import pytest

from tests.programs.mutating import Mutant, mutated
from tests.sources import ROOT

SURVIVED, KILLED = 0, 1
_MEMORY = 2 << 30
_QUIET = ("-x", "-q", "--noconftest", "--assert=plain", "--tb=no", "-o", "addopts=", "-c", os.devnull)
_WITHOUT = ("cacheprovider", "faulthandler", "junitxml", "legacypath", "doctest", "unittest")


@dataclass(frozen=True)
class Target:
    """A module by its name after `booking.`, and the test files that are to notice, the quickest first."""

    module: str
    tests: tuple[str, ...]

    @property
    def file(self) -> Path:
        """Where its source stands."""
        return ROOT / "booking" / f"{self.module}.py"

    @property
    def name(self) -> str:
        """As it is imported."""
        return f"booking.{self.module}"


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant; `late` when it was stopped; `seconds` of the processor."""

    target: Target
    mutant: Mutant
    killed: bool
    late: bool
    seconds: float

    def __str__(self) -> str:
        return f"booking/{self.target.module}.py {self.mutant}"


def prepare() -> None:
    """Once, before any module of the product is imported: properties try the same examples each time, shrink none."""
    loaded = [name for name in sys.modules if name.split(".")[0] in ("booking", "django")]
    if loaded:
        raise RuntimeError(f"a fork must import these itself: {loaded[:3]}")
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None, phases=phases, report_multiple_bugs=False
    )
    hypothesis.settings.load_profile("mutants")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    holidays.country_holidays("SE", years=2026)


def judged(
    target: Target, mutants: Sequence[Mutant], *, at_once: int, examples: int, limit: int = 600
) -> Iterator[Verdict]:
    """A verdict on each, as they end: with so many examples of each property, and `limit` seconds of the processor."""
    waiting, running = list(reversed(mutants)), dict[int, Mutant]()
    while waiting or running:
        while waiting and len(running) < at_once:
            mutant = waiting.pop()
            running[_forked(partial(_run, target, mutant, examples), limit)] = mutant
        process, status, used = os.wait4(-1, 0)
        if process in running:
            late = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
            seconds = used.ru_utime + used.ru_stime
            yield Verdict(target, running.pop(process), status != SURVIVED, late, seconds)


TRUE = Mutant(-1, 0, 0, "", "", "the module", "as it is")


def _forked(work: Callable[[], int], limit: int) -> int:
    """The process that does it; its answer is its exit code."""
    process = os.fork()
    if process:
        return process
    code = KILLED
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        code = work()
    finally:
        os._exit(code)


class _CheapFirst:
    """A plugin: what is tried once comes before what is tried with many examples."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Order the tests of a file."""
        items.sort(key=lambda item: hasattr(getattr(item, "obj", None), "hypothesis"))


def _run(target: Target, mutant: Mutant, examples: int) -> int:
    os.environ["MOTAS_EXAMPLES"] = str(examples)
    if mutant is not TRUE:
        _put(target, mutant)
    plugins = [f"-pno:{name}" for name in _WITHOUT]
    for name in target.tests:
        file = str(ROOT / "tests" / "booking" / f"{name}.py")
        if pytest.main([*_QUIET, *plugins, f"--rootdir={ROOT}", file], plugins=[_CheapFirst()]) != pytest.ExitCode.OK:
            return KILLED
    return SURVIVED


def _put(target: Target, mutant: Mutant) -> None:
    """Run the faulty source as the module. One that cannot even be run is as dead as one that fails a test."""
    source = target.file.read_text()
    module = types.ModuleType(target.name)
    module.__file__ = str(target.file)
    parent = __import__("booking")
    sys.modules[target.name] = module
    exec(compile(mutated(source, mutant), str(target.file), "exec"), module.__dict__)  # noqa: S102 - our own source
    setattr(parent, target.module, module)
