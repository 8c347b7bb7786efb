"""One administrator alone becomes nobody: roles, new codes and ways to sign in take a second person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from identity import actors, own_keys, proposals, provider_desk, scope, staff_accounts
from identity.actors import Actor
from identity.errors import NotAllowed, SignInNeeded, SignInRefused, StaffRefused
from identity.models import Alert, ExternalIdentity, IdentityProvider, Membership, Proposal, StaffAccount
from tests.identity.keys import Worker, administrator, confirm, invited, settled
from tests.identity.oidc_journeys import known, provider, staff_provider
from tests.identity.staffing import give, unit_of
from tests.peers.oidc.provider import OidcPeer
from tests.town import Town

As = Callable[[str], Actor]
Browser = Callable[..., Client]
HERE = "/installningar/forslag/"
STAFF = "/installningar/personal/"


def one(town: Town) -> Proposal:
    """The one proposal there is."""
    with scope.transaction(town.municipality.id):
        return Proposal.objects.select_related("provider").get()


def holds(town: Town, key: str, role: str) -> bool:
    """Whether one of the cast has a role."""
    with scope.transaction(town.municipality.id):
        return Membership.objects.filter(person=town.persons[key], role=role).exists()


def enabled(town: Town, code: str) -> bool:
    """Whether a way to sign in is on."""
    with scope.transaction(town.municipality.id):
        return IdentityProvider.objects.get(code=code).enabled


def told(town: Town, kind: str) -> list[tuple[UUID | None, UUID | None]]:
    """To which unit, or whom, something was told."""
    with scope.transaction(town.municipality.id):
        return list(Alert.objects.filter(kind=kind).values_list("unit_id", "recipient_id"))


def asked(town: Town, role: str = "coordinator", key: str = "anna", where: str = "anna") -> Proposal:
    """Dan has asked that one of the cast gets a role."""
    staff_accounts.give_role(actor=administrator(town), person=town.persons[key], unit=unit_of(town, where), role=role)
    return one(town)


def test_a_role_is_given_when_a_manager_has_confirmed_it(town: Town, browser_as: Browser) -> None:
    row, mats = asked(town), browser_as("mats")
    assert not holds(town, "anna", "coordinator")
    assert "samordnare" in mats.get(HERE, secure=True).content.decode()
    assert (row.unit_id, None) in told(town, "proposal_made")
    assert mats.post(f"{HERE}{row.id}/", {"do": "confirm"}, secure=True).status_code == 302
    assert holds(town, "anna", "coordinator")


def test_a_no_gives_nothing_and_is_final(town: Town, browser_as: Browser) -> None:
    row, mats = asked(town), browser_as("mats")
    mats.post(f"{HERE}{row.id}/", {"do": "refuse"}, secure=True)
    assert mats.post(f"{HERE}{row.id}/", {"do": "confirm"}, secure=True).status_code == 404
    assert not holds(town, "anna", "coordinator")


@pytest.mark.parametrize("who", ["dan", "anna", "karin", "alva"])
def test_the_asker_whom_it_is_about_and_others_confirm_nothing(town: Town, as_actor: As, who: str) -> None:
    row = asked(town)
    with pytest.raises(NotAllowed):
        proposals.decide(actor=as_actor(who), proposal=row.id, confirmed=True)
    assert not holds(town, "anna", "coordinator")


def test_nobody_confirms_a_role_of_their_own(town: Town, as_actor: As) -> None:
    row = asked(town, key="mats")
    with pytest.raises(NotAllowed):
        proposals.decide(actor=as_actor("mats"), proposal=row.id, confirmed=True)


def test_a_manager_of_another_unit_does_not_confirm_but_another_administrator_does(town: Town, as_actor: As) -> None:
    give(town, "cia", "unit_manager", unit_of(town, "cia"))
    row = asked(town, where="cia")
    with pytest.raises(NotAllowed):
        proposals.decide(actor=as_actor("mats"), proposal=row.id, confirmed=True)
    second = give(town, "olle", "administrator", unit_of(town, "cia"))
    proposals.decide(actor=second, proposal=row.id, confirmed=True)
    assert holds(town, "anna", "coordinator")


@pytest.mark.parametrize("own", [False, True])
def test_where_no_manager_could_confirm_one_of_another_unit_does(town: Town, as_actor: As, own: bool) -> None:
    if own:  # who is to get the role is the only one that leads
        give(town, "anna", "unit_manager", unit_of(town, "cia"))
    row = asked(town, where="cia")
    with pytest.raises(NotAllowed):
        proposals.decide(actor=as_actor("karin"), proposal=row.id, confirmed=True)
    proposals.decide(actor=as_actor("mats"), proposal=row.id, confirmed=True)
    assert holds(town, "anna", "coordinator")


def test_it_takes_a_fresh_sign_in_and_lapses_in_a_week(town: Town, as_actor: As) -> None:
    row, mats = asked(town), as_actor("mats")
    old = replace(mats, signed_in_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(SignInNeeded):
        proposals.decide(actor=old, proposal=row.id, confirmed=True)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False), pytest.raises(NotAllowed):
        proposals.decide(actor=replace(mats, signed_in_at=timezone.now()), proposal=row.id, confirmed=True)
    with pytest.raises(StaffRefused):
        asked(town)


def test_a_puppet_with_a_role_is_nobody_until_it_is_confirmed(town: Town) -> None:
    opened = staff_accounts.open_account(
        actor=administrator(town),
        municipality=town.municipality,
        name="Nils Ny",
        unit=unit_of(town, "anna"),
        role="coordinator",
    )
    nils = Worker(opened.person, opened.code)
    nils.spend()
    nils.register()
    nils.sign_in()
    assert nils.client.get("/personer/", secure=True).status_code in (302, 404)
    with scope.transaction(town.municipality.id):
        assert not Membership.objects.filter(person=nils.person).exists()


@pytest.mark.parametrize("key", ["karin", "anna"])
def test_an_administrator_alone_makes_no_code_for_an_account_in_use(town: Town, browser_as: Browser, key: str) -> None:
    answer = browser_as("dan").post(f"{STAFF}{town.persons[key]}/inbjudan/", secure=True)
    assert answer.status_code == 302
    assert one(town).kind == "invitation"


def test_a_confirmed_code_is_made_once_and_by_who_asked(town: Town) -> None:
    karin, dan = town.persons["karin"], administrator(town)
    second = give(town, "olle", "administrator", unit_of(town, "cia"))

    def invite(actor: Actor) -> str:
        return staff_accounts.invite(actor=actor, municipality=town.municipality, person=karin)

    assert invite(dan) == ""
    with pytest.raises(StaffRefused):
        invite(dan)
    proposals.decide(actor=second, proposal=one(town).id, confirmed=True)
    assert invite(second) == ""
    assert invite(dan)
    with pytest.raises(StaffRefused):
        invite(dan)


def closed(town: Town, key: str) -> bool:
    """Whether the account of one of the cast is closed."""
    with scope.transaction(town.municipality.id):
        return StaffAccount.objects.get(person=town.persons[key]).closed_at is not None


def test_a_closed_account_with_roles_is_opened_when_a_manager_has_confirmed_it(
    town: Town, browser_as: Browser, as_actor: As
) -> None:
    dan, mats = browser_as("dan"), browser_as("mats")
    account = f"{STAFF}{town.persons['anna']}/"
    dan.post(account, {"do": "close", "sure": "yes"}, secure=True)
    assert dan.post(account, {"do": "reopen"}, secure=True).status_code == 302
    assert closed(town, "anna")
    assert "att kontot öppnas igen" in dan.get(account, secure=True).content.decode()
    assert "redan frågat" in dan.post(account, {"do": "reopen"}, secure=True).content.decode()
    with pytest.raises(NotAllowed):
        proposals.decide(actor=as_actor("dan"), proposal=one(town).id, confirmed=True)
    assert "öppnas igen, med sina roller" in mats.get(HERE, secure=True).content.decode()
    mats.post(f"{HERE}{one(town).id}/", {"do": "confirm"}, secure=True)
    assert not closed(town, "anna")


def test_a_closed_account_without_roles_is_opened_by_one_and_by_the_operator_any(town: Town) -> None:
    dan, anna = administrator(town), town.persons["anna"]
    staff_accounts.close_account(actor=dan, person=anna)
    staff_accounts.reopen_account(actor=actors.system(town.municipality.id), person=anna)
    assert not closed(town, "anna")
    with scope.transaction(town.municipality.id):
        Membership.objects.filter(person=anna).delete()
    staff_accounts.close_account(actor=dan, person=anna)
    staff_accounts.reopen_account(actor=dan, person=anna)
    assert not closed(town, "anna")


def test_closing_an_account_ends_what_was_asked_about_it(town: Town, as_actor: As) -> None:
    row = asked(town)
    staff_accounts.close_account(actor=administrator(town), person=town.persons["anna"])
    with pytest.raises(NotAllowed):
        proposals.decide(actor=as_actor("mats"), proposal=row.id, confirmed=True)


def test_a_code_and_a_key_are_told_to_the_owner_and_the_managers(town: Town) -> None:
    nils = invited(town)
    nils.spend()
    nils.register()
    unit = unit_of(town, "anna")
    for kind in ("invitation_used", "key_added"):
        assert set(told(town, kind)) == {(None, nils.person), (unit, None)}


def test_an_account_of_the_municipalitys_own_provider_becomes_local_by_a_confirmed_code_only(
    town: Town, peer: OidcPeer
) -> None:
    nils = invited(town)
    made = staff_provider(town.municipality, peer)
    known(town.municipality, made, nils.person, "nils")
    with scope.transaction(town.municipality.id):
        assert ExternalIdentity.objects.filter(person=nils.person).exists()
        account = StaffAccount.objects.get(person=nils.person)
        account.local = False
        account.save()
    nils.spend()
    assert nils.register().status_code == 403
    with scope.transaction(town.municipality.id):
        assert not StaffAccount.objects.get(person=nils.person).local
        with pytest.raises(SignInRefused):
            own_keys._local(account)
    dan = administrator(town)
    assert staff_accounts.invite(actor=dan, municipality=town.municipality, person=nils.person) == ""
    confirm(town)
    nils.spend(code=staff_accounts.invite(actor=dan, municipality=town.municipality, person=nils.person))
    assert nils.register().status_code == 302


def test_a_residents_way_in_is_switched_on_by_two_and_every_change_is_told(
    town: Town, peer: OidcPeer, as_actor: As
) -> None:
    made = provider(town.municipality, peer, enabled=False)
    provider_desk.switch(actor=administrator(town), provider=made.id, enabled=True)
    row = one(town)
    assert row.provider is not None
    assert not row.provider.enabled
    units = [unit for unit, _ in told(town, "provider_changed") if unit is not None]
    assert units == [unit_of(town, "mats")], "once for each unit that has a manager, and for no other"
    assert (None, town.persons["dan"]) in told(town, "provider_changed")
    with pytest.raises(NotAllowed):
        proposals.decide(actor=as_actor("dan"), proposal=row.id, confirmed=True)
    proposals.decide(actor=as_actor("mats"), proposal=row.id, confirmed=True)
    with scope.transaction(town.municipality.id):
        assert IdentityProvider.objects.get().enabled


def test_what_was_changed_after_it_was_asked_is_not_confirmed(town: Town, peer: OidcPeer, as_actor: As) -> None:
    made, dan = provider(town.municipality, peer, enabled=False), administrator(town)
    provider_desk.switch(actor=dan, provider=made.id, enabled=True)
    row = one(town)
    provider_desk.change(actor=dan, provider=made.id, values={"client_id": "another", "acr_loa3": ["any"]})
    with pytest.raises(NotAllowed):
        proposals.decide(actor=as_actor("mats"), proposal=row.id, confirmed=True)
    with scope.transaction(town.municipality.id):
        assert not IdentityProvider.objects.get().enabled


def test_a_change_of_what_residents_use_waits_and_shows_no_secret(
    town: Town, peer: OidcPeer, browser_as: Browser, superuser: Callable[[], Any]
) -> None:
    made = provider(town.municipality, peer)
    values = {"acr_loa3": ["urn:any"], "client_secret": "hush-hush"}
    provider_desk.change(actor=administrator(town), provider=made.id, values=values)
    with scope.transaction(town.municipality.id):
        assert IdentityProvider.objects.get().acr_loa3 == made.acr_loa3
    page = browser_as("mats").get(HERE, secure=True).content.decode()
    assert "urn:any" in page
    assert "hush-hush" not in page
    confirm(town)
    with scope.transaction(town.municipality.id):
        assert IdentityProvider.objects.get().acr_loa3 == ["urn:any"]


STAFFS: dict[str, dict[str, Any]] = {
    "oidc": {"code": "planterad", "name": "Kommunens", "issuer": "https://planterad.example", "acr": ["urn:planted"]},
    "passkey": {"code": "passkey", "name": "Nyckel"},
}


@pytest.mark.parametrize("kind", STAFFS)
def test_a_way_in_of_the_staff_is_switched_on_by_two_who_see_what_it_is(
    town: Town, browser_as: Browser, kind: str
) -> None:
    dan, mats = administrator(town), browser_as("mats")
    made = provider_desk.add(actor=dan, kind=kind, values=STAFFS[kind] | {"for_staff": True})
    provider_desk.switch(actor=dan, provider=made.id, enabled=True)
    assert not enabled(town, made.code)
    page = mats.get(HERE, secure=True).content.decode()
    assert "Ett sätt för personalen att logga in" in page
    assert all(told in page for told in (made.issuer, *made.acr))
    mats.post(f"{HERE}{one(town).id}/", {"do": "confirm"}, secure=True)
    assert enabled(town, made.code)


def test_a_change_of_what_the_staff_uses_waits_until_somebody_else_has_confirmed_it(town: Town, peer: OidcPeer) -> None:
    made = staff_provider(town.municipality, peer)
    provider_desk.change(actor=administrator(town), provider=made.id, values={"acr": ["urn:any"]})
    with scope.transaction(town.municipality.id):
        assert IdentityProvider.objects.get().acr == made.acr
    confirm(town)
    with scope.transaction(town.municipality.id):
        assert IdentityProvider.objects.get().acr == ["urn:any"]


@pytest.mark.django_db(transaction=True)
def test_the_staffs_last_way_in_is_switched_off_by_two_and_ends_who_came_by_it(town: Town, peer: OidcPeer) -> None:
    nils, dan = settled(town), administrator(town)
    other = staff_provider(town.municipality, peer)
    provider_desk.switch(actor=dan, provider=other.id, enabled=False)
    assert not enabled(town, other.code), "one is enough while another way is left"
    with scope.transaction(town.municipality.id):
        keys = IdentityProvider.objects.get(code="passkey")
    provider_desk.switch(actor=dan, provider=keys.id, enabled=False)
    assert enabled(town, "passkey")
    assert nils.signed_in()
    confirm(town)
    assert not enabled(town, "passkey")
    assert not nils.signed_in()


def test_one_administrators_invitation_opens_no_keys_where_the_staff_has_another_way(
    town: Town, peer: OidcPeer
) -> None:
    staff_provider(town.municipality, peer)
    invited(town)
    assert not enabled(town, "passkey")


@pytest.mark.django_db(transaction=True)
def test_four_who_add_one_code_at_once_make_one_provider(town: Town) -> None:
    dan, ready, outcome = administrator(town), Barrier(4), []

    def add() -> None:
        ready.wait()
        try:
            values = {"code": "ett", "name": "Ett", "for_residents": True, "certificate": "x"}
            provider_desk.add(actor=dan, kind="bankid", values=values)
            outcome.append("made")
        except StaffRefused as error:
            outcome.append(error.code)
        finally:
            connection.close()

    each = [Thread(target=add) for _ in range(4)]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join()
    assert sorted(outcome) == ["made", "taken", "taken", "taken"]


@pytest.mark.django_db(transaction=True)
def test_who_signed_in_by_a_provider_is_out_when_it_is_switched_off(town: Town, peer: OidcPeer) -> None:
    nils = settled(town)
    staff_provider(town.municipality, peer)
    with scope.transaction(town.municipality.id):
        keys = IdentityProvider.objects.get(code="passkey")
    provider_desk.switch(actor=administrator(town), provider=keys.id, enabled=False)
    assert not nils.signed_in()


def test_who_asked_reads_what_nobody_has_answered_yet(town: Town, browser_as: Browser) -> None:
    asked(town)
    page = browser_as("dan").get("/installningar/forslag/", secure=True).content.decode()
    assert "Ingen väntar på ett beslut av dig." in page
    assert "Rollen samordnare i Färdtjänst till Anna Lindqvist" in page.split("Det du själv har frågat om")[1]
    assert (
        "Det du själv har frågat om"
        not in browser_as("mats").get("/installningar/forslag/", secure=True).content.decode()
    )


@pytest.mark.parametrize("here", ["personal", "inloggning", "forslag", "gallring"])
def test_every_page_of_an_administrator_leads_to_the_others(town: Town, browser_as: Browser, here: str) -> None:
    page = browser_as("dan").get(f"/installningar/{here}/", secure=True).content.decode()
    nav = page.split('<nav class="top-nav settings"')[1].split("</nav>")[0]
    for there in ("personal", "inloggning", "forslag", "gallring"):
        current = ' aria-current="page"' if there == here else ""
        assert f'href="/installningar/{there}/"{current}>' in nav
    other = browser_as("mats").get("/installningar/forslag/", secure=True).content.decode()
    assert 'class="top-nav settings"' not in other
