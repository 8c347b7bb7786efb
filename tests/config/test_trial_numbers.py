"""The trial's residents can be looked up by number, and the numbers are nobody's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from config import trial
from identity import finding, scope
from identity.models import Person
from identity.numbers import parse
from tests.town import Town

NUMBERS = {member.key: member.number for member in trial.CAST if member.number}


def test_staff_find_each_resident_of_a_trial(town: Town) -> None:
    for _ in range(2):
        trial.number_residents(town.municipality)
        with scope.transaction(town.municipality.id):
            found = {key: finding.by_number(number) for key, number in NUMBERS.items()}
            assert {key: person.id for key, person in found.items() if person} == {
                key: town.persons[key] for key in ("bo", "eva", "hans")
            }


@pytest.mark.django_db(transaction=True)
def test_the_command_numbers_them(town: Town) -> None:
    call_command("make_trial", verbosity=0)
    with scope.transaction(town.municipality.id):
        assert Person.objects.get(cast_name="bo").number == NUMBERS["bo"]


@pytest.mark.parametrize("key", NUMBERS)
def test_each_number_is_of_the_series_for_tests_and_told_to_the_operator(key: str) -> None:
    digits = parse(NUMBERS[key], today=date(2026, 11, 22)).digits
    assert 980 <= int(digits[8:11]) <= 999
    told = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    assert f"{digits[:8]}-{digits[8:]}" in told
