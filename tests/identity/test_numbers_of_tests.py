"""The numbers that the tests use are valid, differ, and belong to nobody."""

from __future__ import annotations

import unicodedata
from base64 import b64decode
from datetime import date

from identity.numbers import parse
from tests.numbers_of_tests import codings, series, spellings


def test_the_series_is_valid_different_and_of_the_kept_birth_numbers() -> None:
    numbers = series(3000)
    assert len(set(numbers)) == 3000
    assert {number[8:11] for number in numbers} == {str(birth) for birth in range(980, 1000)}
    assert [parse(number, today=date(2026, 11, 23)).digits for number in numbers] == numbers


def test_a_number_is_spelled_in_many_ways_and_each_only_once() -> None:
    ways = spellings("201701012393")
    assert len(set(ways)) == len(ways) > 100
    digits = {"".join(str(unicodedata.digit(c)) for c in way if c.isdigit()) for way in ways}
    assert digits > {"201701012393", "1701012393"}
    assert all(one.startswith(("20170101", "170101")) and one.endswith("2393") for one in digits)


def test_a_number_is_coded_in_ways_that_can_be_read_back() -> None:
    hexadecimal, last = codings("201701012393")[0], codings("201701012393")[-1]
    assert bytes.fromhex(hexadecimal) == b"201701012393"
    assert b64decode(last) == b"170101-2393"
