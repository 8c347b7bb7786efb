"""Nobody acts as staff without an open account."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity import actors, scope
from identity.actors import STAFF_ROLES, Actor
from identity.models import Membership, Person, StaffAccount
from tests.town import Town

Browser = Callable[..., Client]


def roles_of(town: Town, key: str) -> set[str]:
    """The roles that one of the cast acts with now."""
    with scope.transaction(town.municipality.id):
        person = Person.objects.get(cast_name=key)
        return {role for role, _ in actors.of_person(person, provider="", level="", session_key="", at=None).roles}


def test_the_whole_staff_of_a_trial_has_an_account_with_the_name_at_work(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        staff = set(Membership.objects.filter(role__in=STAFF_ROLES).values_list("person", flat=True))
        accounts = {account.person_id: account for account in StaffAccount.objects.select_related("person")}
        assert set(accounts) == staff
        assert all(account.name == account.person.name for account in accounts.values())


@pytest.mark.parametrize("gone", ["closed", "never opened"])
def test_without_an_open_account_a_membership_gives_nothing(town: Town, gone: str) -> None:
    assert roles_of(town, "anna") == {"officer"}
    with scope.transaction(town.municipality.id):
        account = StaffAccount.objects.filter(person=town.persons["anna"])
        if gone == "closed":
            account.update(closed_at=timezone.now())
        else:
            account.delete()
    assert roles_of(town, "anna") == set()


def test_an_interpreter_is_no_staff_and_needs_no_account(town: Town) -> None:
    assert roles_of(town, "farid") == {"interpreter"}


def test_roles_and_account_are_one_statement(town: Town, as_actor: Callable[[str], Actor]) -> None:
    with scope.transaction(town.municipality.id):
        person = Person.objects.get(cast_name="anna")
        with CaptureQueriesContext(connection) as asked:
            actors.of_person(person, provider="", level="", session_key="", at=None)
    assert len(asked) == 1


def test_a_closed_account_loses_the_pages_with_the_next_click(town: Town, browser_as: Browser) -> None:
    anna = browser_as("anna")
    assert anna.get("/idag/", secure=True).status_code == 200
    with scope.transaction(town.municipality.id):
        StaffAccount.objects.filter(person=town.persons["anna"]).update(closed_at=timezone.now())
    assert anna.get("/idag/", secure=True).status_code == 302
