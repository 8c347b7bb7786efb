"""Roles at work come with a way to sign in that is for staff, and with no other."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from identity import actors, scope
from identity.actors import Actor
from identity.models import IdentityProvider, Person
from identity.sessions import SessionStore
from identity.sign_in import sign_in
from tests.town import Town


def signed_in(town: Town, key: str, provider: str) -> Actor:
    """The actor of the request after this sign-in."""
    request = RequestFactory().get("/")
    request.session = SessionStore()
    with scope.transaction(town.municipality.id):
        person = Person.objects.get(cast_name=key)
    sign_in(request, municipality=town.municipality.id, person=person, provider=provider, level="LOA3")
    with scope.transaction(town.municipality.id):
        return actors.load(request)


@pytest.mark.parametrize(
    ("for_staff", "enabled", "staff"), [(True, True, True), (False, True, False), (True, False, False)]
)
def test_an_officer_acts_as_one_only_by_a_way_that_is_for_staff(
    town: Town, *, for_staff: bool, enabled: bool, staff: bool
) -> None:
    with scope.transaction(town.municipality.id):
        IdentityProvider.objects.create(
            kind="bankid", code="eid", name="BankID", for_residents=True, for_staff=for_staff, enabled=enabled
        )
    actor = signed_in(town, "anna", "eid")
    assert actor.person_id == (town.persons["anna"] if enabled else None)
    assert actor.is_staff is staff
    assert (actor.role_name == "officer") is staff


def test_a_provider_that_borrows_the_name_of_another_way_gives_only_what_its_row_says(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        for code in ("passkey", "trial"):
            IdentityProvider.objects.create(kind="oidc", code=code, name=code, for_residents=True)
    assert not signed_in(town, "anna", "passkey").is_staff
    assert not signed_in(town, "anna", "trial").is_staff


def test_a_key_and_the_trial_are_ways_for_staff_and_an_unknown_one_is_not(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        IdentityProvider.objects.create(kind="passkey", code="passkey", name="Nyckel", for_staff=True)
    assert signed_in(town, "anna", "passkey").is_staff
    assert signed_in(town, "anna", "trial").is_staff
    assert not signed_in(town, "anna", "unheard").signed_in


@pytest.mark.parametrize("change", [{"enabled": False}, {"for_staff": False}, None])
def test_whether_keys_are_on_and_for_staff_is_asked_again_by_every_page(
    town: Town, change: dict[str, bool] | None
) -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    with scope.transaction(town.municipality.id):
        keys = IdentityProvider.objects.create(kind="passkey", code="passkey", name="Nyckel", for_staff=True)
        person = Person.objects.get(cast_name="anna")
    sign_in(request, municipality=town.municipality.id, person=person, provider="passkey", level="none")
    with scope.transaction(town.municipality.id):
        assert actors.load(request).is_staff
        if change is None:
            keys.delete()
        else:
            IdentityProvider.objects.update(**change)
        after = actors.load(request)
    assert not after.is_staff
    assert after.signed_in == (change == {"for_staff": False})


def test_an_interpreter_is_no_staff_and_keeps_the_role(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        IdentityProvider.objects.create(kind="bankid", code="eid", name="BankID", for_residents=True)
    assert {role for role, _ in signed_in(town, "farid", "eid").roles} == {"interpreter"}


def test_a_session_that_does_not_say_it_gives_no_role(town: Town) -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    with scope.transaction(town.municipality.id):
        person = Person.objects.get(cast_name="anna")
    sign_in(request, municipality=town.municipality.id, person=person, provider="trial", level="LOA3")
    del request.session["staff_allowed"]
    request.session.save()
    with scope.transaction(town.municipality.id):
        assert not actors.load(request).is_staff
