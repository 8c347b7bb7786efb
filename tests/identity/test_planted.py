"""T6: a backup without its keys names nobody; and the search that says so finds what is there to be found."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.numbers_of_tests import PUBLISHED, series, spellings
from tests.programs.searching import Planted, found
from tests.trial import ROOT

PLANTED = Planted.of(series(50), ["Qvarnplant"])
AROUND = b"\x00\x01binary\xff%sand more\x00"
WRITINGS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "utf-16": lambda text: text.encode("utf-16-le"),
    "hex": lambda text: text.encode().hex().encode(),
    "base64": lambda text: base64.b64encode(b"ab" + text.encode() + b"c"),
}


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("number", [series(50)[0], series(50)[49]])
def test_the_search_finds_a_number_in_every_spelling_and_writing(number: str, writing: str) -> None:
    for way in spellings(number):
        assert found(AROUND % WRITINGS[writing](way), PLANTED), way


@pytest.mark.parametrize("writing", WRITINGS)
def test_the_search_finds_a_mark_in_every_writing(writing: str) -> None:
    assert found(AROUND % WRITINGS[writing]("Qvarnplant Nummer7"), PLANTED)


def test_the_search_finds_nothing_where_nothing_is() -> None:
    other = [way for number in PUBLISHED for way in spellings(number)]
    assert not [way for way in other if found(AROUND % way.encode(), PLANTED)]
    assert not found(bytes(range(256)) * 400, PLANTED)


def test_planted_people_are_found_nowhere_in_a_backup_without_keys() -> None:
    """The program of `make planted`, small."""
    command = [sys.executable, "-m", "tests.programs.planted", "--people", "15"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "15 of 15 planted people are kept" in done.stdout
    assert "found in 0 files" in done.stdout
    assert "the control was found in data, dump, logs, redis" in done.stdout
