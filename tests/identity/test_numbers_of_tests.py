"""The numbers that the tests use are valid, differ, and belong to nobody."""

from __future__ import annotations

from datetime import date

from identity.numbers import parse
from tests.numbers_of_tests import series, spellings


def test_the_series_is_valid_different_and_of_the_kept_birth_numbers() -> None:
    numbers = series(3000)
    assert len(set(numbers)) == 3000
    assert {number[8:11] for number in numbers} == {str(birth) for birth in range(980, 1000)}
    assert [parse(number, today=date(2026, 11, 23)).digits for number in numbers] == numbers


def test_a_number_is_spelled_in_many_ways_and_each_only_once() -> None:
    ways = spellings("201701012393")
    assert len(set(ways)) == len(ways) > 15
    assert {"".join(filter(str.isdigit, way)) for way in ways} == {"201701012393", "1701012393"}
