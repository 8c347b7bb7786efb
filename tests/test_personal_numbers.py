"""No file holds a personal number that could be somebody's: only published examples and the series kept for tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from identity.numbers import NumberError, parse
from tests.numbers_of_tests import PUBLISHED, series
from tests.sources import ROOT, name_of, tracked_texts

_WRITTEN = re.compile(r"(?<![\w.+-])(?:1[89]|20)?\d{6} ?[-+\u2013]? ?\d{4}(?![\w-])")
_LATE = date(2199, 12, 31)
_KEPT = range(980, 1000)


def real(text: str) -> Iterator[str]:
    """Valid numbers in a text that are neither published examples nor of the series kept for tests."""
    for written in _WRITTEN.findall(text):
        try:
            digits = parse(written, today=_LATE).digits
        except NumberError:
            continue
        published = digits[2:] in {number[2:] for number in PUBLISHED}
        if not published and int(digits[8:11]) not in _KEPT:
            yield written


def texts() -> list[Path]:
    """Every text file of ours: code, templates with their pictures' words, documents, translations; no locks."""
    ours = [*tracked_texts(), *(ROOT / "frontend" / "locale").rglob("*.po")]
    return [path for path in ours if path.name != "package-lock.json"]


def test_no_file_holds_the_number_of_somebody() -> None:
    assert {name_of(path): found for path in texts() if (found := list(real(path.read_text())))} == {}


@pytest.mark.parametrize("digits", [PUBLISHED[0], series(40)[39]])
def test_published_numbers_and_the_tests_series_may_stand(digits: str) -> None:
    assert list(real(f"{digits} and {digits[2:8]}-{digits[8:]}")) == []


def test_another_valid_number_would_be_found() -> None:
    # The birth number 239 of a published example, moved to another day with its right check digit.
    moved = "".join(("20170102", "-", "2392"))
    assert list(real(f"<img alt='Bo, {moved}'>")) == [moved]
