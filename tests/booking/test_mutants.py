"""`make mutants`, small: faults are made as they are said, noticed where they matter, and told when nobody notices."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.programs.catching import caught
from tests.programs.equivalents import EQUIVALENTS
from tests.programs.faults import BY_NAME, FAULTS, Fault
from tests.programs.mutants import TARGETS
from tests.programs.mutating import mutants_of, mutated
from tests.sources import ROOT

SOURCE = '''
"""A module."""
TABLE = (1, 2)
NAMES: Final = "left alone as a target"

def low(a: int, b: int = 5) -> bool:
    """Not this text."""
    if a < b and not a:
        raise ValueError("nor what an error says")
    return min(a, b) + 1 == 3
'''


def test_each_place_is_swapped_once_and_said() -> None:
    said = [(one.was, one.became) for one in mutants_of(SOURCE)]
    expected = {
        ("(1, 2)", "(2,)"), ("(1, 2)", "(1,)"), ("a < b", "a <= b"), ("not a", "a"), ("5", "6"),
        ("a < b and (not a)", "a < b or not a"), ("min(a, b)", "max(a, b)"), ("min(a, b) + 1", "min(a, b) - 1"),
        ("min(a, b) + 1 == 3", "min(a, b) + 1 != 3"), ("return min(a, b) + 1 == 3", "return None"),
    }  # fmt: skip
    assert expected <= set(said)
    assert not any("text" in was or "says" in was for was, _ in said if not was.startswith(("if", "raise")))


def test_a_fault_changes_its_place_and_nothing_else() -> None:
    for mutant in mutants_of(SOURCE):
        lines = zip(ast.unparse(ast.parse(SOURCE)).splitlines(), ast.unparse(mutated(SOURCE, mutant)).splitlines())  # noqa: B905
        assert sum(was != became for was, became in lines) <= 2 + mutant.was.startswith("if"), mutant


def test_the_program_kills_and_tells_what_lives() -> None:
    few = ["states", "slots", "--every", "60", "--examples", "8"]
    command = [sys.executable, "-m", "tests.programs.mutants", *few]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "states: " in done.stdout, done.stderr
    assert "slots: " in done.stdout
    assert "killed, " in done.stdout
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_named_fault_still_has_its_place(fault: Fault) -> None:
    compile(fault.source(), fault.name, "exec")


def test_there_are_thirty_of_them_and_each_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(FAULTS) >= 30


def test_named_faults_are_caught_by_the_tests_that_are_there_for_them() -> None:
    few = [BY_NAME["no lock"], BY_NAME["the sequence stays"]]
    found = {one.fault.name: one for one in caught(few)}
    for fault in few:
        assert found[fault.name].by.endswith(f".py::{fault.tests[0].partition('::')[2]}")
        assert "assert " in found[fault.name].why


def test_words_that_are_not_in_the_function_just_once_are_no_fault() -> None:
    twice = replace(BY_NAME["no lock"], function="lock_many", swaps=(("calendars", "wanted"),))
    for fault in (twice, replace(BY_NAME["no lock"], function="lock_many"), replace(BY_NAME["no lock"], function="no")):
        with pytest.raises(ValueError, match="no lock: "):
            fault.source()


def test_what_is_listed_as_the_same_is_still_made() -> None:
    """A statement that has changed since takes its excuse with it; nothing is excused twice."""
    made = [(target.module, one) for target in TARGETS for one in mutants_of(target.file.read_text())]
    for excuse in EQUIVALENTS:
        covered = [one for module, one in made if excuse.covers(module, one)]
        assert covered, excuse
        assert len(excuse.why) > 20
    for module, one in made:
        assert sum(excuse.covers(module, one) for excuse in EQUIVALENTS) <= 1, one
