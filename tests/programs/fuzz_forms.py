"""Feed every form, page and address hostile input: `make fuzz`, with ARGS="forms --cases 20000 --seed 1".

Forms are taken from the pages as many kinds of people see them, and sent with one or two things changed; everything
else in the URL configuration is asked with every field that the code knows. Requests are really carried out, in a
database that is put back now and then. Exit code 1 for any unhandled error, any transaction left open, or any row
that is half done.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from traceback import extract_tb
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tests.own_server import served, set_up, superuser

if TYPE_CHECKING:
    from config.embedded import Server
    from tests.programs.form_stage import Stage

_FRESH = 400  # cases until the database is put back
_LIMITS = 10  # cases until everybody may ask again
_SHOWN = 40
_PLACES = 3
_BUSY = 503


@dataclass
class Outcome:
    """What came of it. `unhandled`: kind and place of an error -> the first line that tells how to get it."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    addresses: Counter[str] = field(default_factory=Counter)
    how: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    unhandled: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    seconds: float = 0

    @property
    def sound(self) -> bool:
        """Nothing was unhandled."""
        return not self.unhandled

    def note(self, what: str, case: str) -> None:
        """Something that must not be."""
        self.unhandled[what] += 1
        self.examples.setdefault(what, case)


class _Heard(logging.Handler):
    """Collects what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line; of its arguments nothing that belongs to somebody is ever in them."""
        self.lines.append(record.getMessage())


@contextmanager
def listening() -> Iterator[tuple[list[str], list[str]]]:
    """Lines at level ERROR, and the errors that Django caught last of all, with their place."""
    from django.core.signals import got_request_exception

    heard, caught, root = _Heard(), list[str](), logging.getLogger()
    before = root.handlers[:]

    def catch(**_: object) -> None:
        kind, _error, trace = sys.exc_info()
        caught.append(f"{kind.__name__ if kind else '?'} at {_places(trace)}")

    root.handlers[:] = [heard]
    got_request_exception.connect(catch)
    try:
        yield heard.lines, caught
    finally:
        got_request_exception.disconnect(catch)
        root.handlers[:] = before


def _places(trace: TracebackType | None) -> str:
    """The innermost lines of ours, and the last one."""
    frames = extract_tb(trace)
    ours = [one for one in frames if ".venv" not in one.filename][-_PLACES:]
    kept = [*ours, *frames[-1:]] if frames[-1:] != ours[-1:] else ours
    return " < ".join(f"{'/'.join(Path(one.filename).parts[-2:])}:{one.lineno}" for one in reversed(kept))


def run(stage: Stage, *, cases: int, seed: int, fresh: Callable[[], None] | None = None) -> Outcome:
    """Send that many requests; `fresh` puts the database back."""
    from tests.programs.form_cases import Cases

    outcome, made = Outcome(), Cases(stage)
    began = time.perf_counter()
    with listening() as (lines, caught), suppress(KeyboardInterrupt):  # what was sent until then is told
        for number in range(cases):
            if number % _FRESH == 0 and fresh:
                _whole(stage, outcome, number)
                fresh()
            if number % _LIMITS == 0:
                stage.empty_limits()
            _one(made, Random(f"{seed} {number}"), outcome, f"case {number}", (lines, caught))
        _whole(stage, outcome, cases)
    outcome.seconds = time.perf_counter() - began
    return outcome


def _one(made: Any, source: Random, outcome: Outcome, case: str, heard: tuple[list[str], list[str]]) -> None:  # noqa: ANN401 - Django is loaded late
    actor, name, asked, how = made.next(source)
    lines, caught = heard
    lines.clear()
    caught.clear()
    try:
        status = made.send(actor, asked, source)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        status = 500
        caught[:] = [f"escaped {type(error).__name__} at {_places(error.__traceback__)}"]
    said = f"{case}: curl -X {asked.method} '{made.shape(asked.path)}' # as {actor}, {name}: {asked.said}"
    outcome.cases += 1
    outcome.statuses[status] += 1
    outcome.addresses[name] += 1
    outcome.how[how] += 1
    judge(outcome, status, said, heard)
    if open_ones := made.left_open():
        outcome.note(f"transaction left open on {open_ones}", said)


def judge(outcome: Outcome, status: int, said: str, heard: tuple[list[str], list[str]]) -> None:
    """Note what must not be of one answer; `heard`: lines at level ERROR, and errors that Django caught last."""
    lines, caught = heard
    outcome.lines.update(line.partition(" at ")[0] for line in lines)
    for what in caught or [f"status {status}"] * (status >= 500 and status != _BUSY):
        outcome.note(what, said)
    for line in lines:
        if line.startswith("unhandled") and not caught:
            outcome.note(line, said)


def _whole(stage: Stage, outcome: Outcome, number: int) -> None:
    for what, rows in stage.grown().items():
        outcome.note(f"{what}: {rows}", f"before case {number}")


@contextmanager
def staged(server: Server, home: Any) -> Iterator[tuple[Stage, Callable[[], None]]]:  # noqa: ANN401 - a municipality; Django is loaded late
    """A stage in a database server of its own."""
    import psycopg
    from django.conf import settings

    from config import trial
    from config.owner import as_owner
    from tests.programs import form_stage

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    with as_owner():
        other = trial.municipality(["granne.example"], "grannkommun", "gr", "Grannkommun")
    with (
        tempfile.TemporaryDirectory(prefix="motas-fuzz-") as folder,
        form_stage.opened([home, other], lambda: superuser(server), Path(folder)) as stage,
    ):
        whole = lambda: psycopg.connect(**server.superuser(), autocommit=True)  # noqa: E731 - named for its two uses
        form_stage.keep(whole)
        yield stage, lambda: form_stage.restore(whole)


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    set_up()
    with served() as (server, home), staged(server, home) as (stage, fresh):
        outcome = run(stage, cases=chosen.cases, seed=chosen.seed, fresh=fresh)
    print("\n".join(_lines(outcome, chosen.seed)))
    return 0 if outcome.sound else 1


def _lines(outcome: Outcome, seed: int) -> Iterator[str]:
    addresses = len(outcome.addresses)
    yield f"forms: {outcome.cases} cases with seed {seed} in {outcome.seconds:.0f} s, {addresses} addresses"
    for title, counted in (
        ("statuses", outcome.statuses),
        ("how", outcome.how),
        ("lines logged as errors", outcome.lines),
    ):
        yield f"{title}: " + (", ".join(f"{what} {number}" for what, number in sorted(counted.items())) or "none")
    yield f"unhandled errors: {sum(outcome.unhandled.values())}"
    for what, number in outcome.unhandled.most_common(_SHOWN):
        yield f"  {number} x {what}"
        yield f"      {outcome.examples[what]}"


if __name__ == "__main__":
    sys.exit(main())
