"""Bad answers by OpenID Connect: nobody is signed in, nothing breaks, and the page never says why."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from identity import scope
from identity.models import ExternalIdentity, IdentityConflict, IdentityProvider, Municipality
from identity.refusals import refusal
from tests.identity.oidc_journeys import (
    NUMBER,
    RESIDENT,
    STAFF,
    browser,
    come_back,
    known,
    path_of,
    provider,
    sent_to,
    signed_in,
    staff_provider,
    there_and_back,
    words,
)
from tests.numbers_of_tests import series
from tests.peers.oidc import attacks
from tests.peers.oidc.attacks import Wrong
from tests.peers.oidc.provider import GONE, OidcPeer, oidc_peer
from tests.town import Town

pytestmark = pytest.mark.django_db
PERSONAL = "https://id.oidc.se/claim/personalIdentityNumber"


@pytest.fixture(scope="module")
def second_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcPeer]:
    with oidc_peer(tmp_path_factory.mktemp("oidc-2")) as running:
        yield running


@pytest.fixture
def other_peer(peer: OidcPeer, second_running: OidcPeer, settings: Settings) -> OidcPeer:
    """A second provider, which both are trusted at once."""
    second_running.reset()
    second_running.user = dict(RESIDENT)
    settings.OIDC_INSIDE_HOSTS = [*settings.OIDC_INSIDE_HOSTS, urlsplit(second_running.issuer).netloc]
    bundle = second_running.bundle.parent / "both.pem"
    bundle.write_bytes(peer.bundle.read_bytes() + second_running.bundle.read_bytes())
    settings.OIDC_CA_FILE = str(bundle)
    return second_running


@pytest.fixture
def refusals(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What our own log says of refused sign-ins."""
    caplog.set_level(logging.INFO, "motas.identity")
    return caplog


def faults(log: pytest.LogCaptureFixture) -> list[str]:
    """The codes of the refusals, in order."""
    return [record.getMessage().rpartition(": ")[2] for record in log.records if "refused" in record.getMessage()]


def assert_refused(client: Client, path: str, shown: str) -> None:
    """The page of a refusal, the same whatever was wrong, and nobody signed in."""
    response = come_back(client, path)
    assert response.status_code == 403
    assert refusal(shown).text in words(response)
    assert words(response) == words(come_back(client, path)) or shown != "not_accepted"
    assert signed_in() == 0


@pytest.mark.parametrize("wrong", attacks.RESIDENTS, ids=lambda wrong: wrong.name)
def test_a_bad_answer_signs_nobody_in(
    municipality: Municipality, peer: OidcPeer, refusals: pytest.LogCaptureFixture, wrong: Wrong
) -> None:
    provider(municipality, peer)
    client = browser()
    wrong.make(peer)
    assert_refused(client, path_of(peer.come_back(sent_to(client))), wrong.shown)
    assert faults(refusals)[0] == wrong.fault
    with scope.transaction(municipality.id):
        assert not ExternalIdentity.objects.exists()


@pytest.mark.parametrize("wrong", attacks.STAFF, ids=lambda wrong: wrong.name)
def test_staff_without_several_factors_do_not_come_in(
    town: Town, peer: OidcPeer, refusals: pytest.LogCaptureFixture, wrong: Wrong
) -> None:
    made = staff_provider(town.municipality, peer)
    known(town.municipality, made, town.persons["anna"], STAFF["sub"])
    peer.user = dict(STAFF)
    client = browser()
    wrong.make(peer)
    assert_refused(client, path_of(peer.come_back(sent_to(client, "kommun"))), wrong.shown)
    assert faults(refusals)[0] == wrong.fault


@pytest.mark.parametrize("wrong", attacks.METADATA, ids=lambda wrong: wrong.name)
def test_metadata_that_is_not_right_leads_nobody_anywhere(
    municipality: Municipality, peer: OidcPeer, refusals: pytest.LogCaptureFixture, wrong: Wrong
) -> None:
    provider(municipality, peer)
    wrong.make(peer)
    assert_refused(browser(), "/logga-in/oidc/eleg/", wrong.shown)
    assert faults(refusals)[0] == wrong.fault


def test_there_are_more_than_enough_of_them() -> None:
    assert len(attacks.RESIDENTS) >= 25


def test_a_provider_that_is_away_keeps_what_was_chosen(municipality: Municipality, peer: OidcPeer) -> None:
    provider(municipality, peer)
    attacks.METADATA[0].make(peer)
    page = browser().get("/logga-in/oidc/eleg/", {"next": "/boka/tid/"}, secure=True)
    assert page.status_code == 403
    assert 'href="/logga-in/?next=%2Fboka%2Ftid%2F">Försök igen<' in page.content.decode()


@pytest.mark.parametrize("state", ["", "a" * 43, "a" * 5_000])
def test_an_answer_without_our_state_is_nobodys(
    municipality: Municipality, peer: OidcPeer, refusals: pytest.LogCaptureFixture, state: str
) -> None:
    provider(municipality, peer)
    client = browser()
    address = peer.come_back(sent_to(client), state=state or GONE)
    assert_refused(client, path_of(address), "not_accepted")
    assert faults(refusals)[0] == "state"
    assert "/token" not in peer.paths


def test_a_parameter_that_comes_twice_is_as_none(municipality: Municipality, peer: OidcPeer) -> None:
    provider(municipality, peer)
    client = browser()
    address = peer.come_back(sent_to(client))
    assert_refused(client, path_of(f"{address}&code=annan"), "not_accepted")


def test_an_answer_works_once(municipality: Municipality, peer: OidcPeer, refusals: pytest.LogCaptureFixture) -> None:
    provider(municipality, peer)
    peer.switches.careless = True
    client = browser()
    path = path_of(peer.come_back(sent_to(client)))
    assert client.get(path, secure=True).status_code == 302
    client.post("/logga-ut/", secure=True)
    assert_refused(client, path, "not_accepted")
    assert faults(refusals)[0] == "state"


def test_an_answer_in_another_browser_is_nobodys_and_uses_the_try_up(
    municipality: Municipality, peer: OidcPeer, refusals: pytest.LogCaptureFixture
) -> None:
    provider(municipality, peer)
    client = browser()
    path = path_of(peer.come_back(sent_to(client)))
    assert_refused(browser(), path, "other_device")
    assert_refused(client, path, "not_accepted")
    assert faults(refusals)[0] == "other_browser"


def test_an_attackers_own_answer_does_not_sign_the_victim_in(municipality: Municipality, peer: OidcPeer) -> None:
    provider(municipality, peer)
    attacker, victim = browser(), browser()
    sent_to(victim)
    assert_refused(victim, path_of(peer.come_back(sent_to(attacker))), "other_device")


def test_an_id_token_of_another_sign_in_is_not_taken(
    municipality: Municipality, peer: OidcPeer, refusals: pytest.LogCaptureFixture
) -> None:
    provider(municipality, peer)
    victim = browser()
    assert there_and_back(victim, peer).status_code == 302
    victim.post("/logga-ut/", secure=True)
    attacker = browser()
    peer.switches.token_is = peer.last_token
    assert_refused(attacker, path_of(peer.come_back(sent_to(attacker))), "not_accepted")
    assert faults(refusals)[0] in {"nonce", "at_hash"}


def test_a_code_of_another_sign_in_fails_at_the_verifier(
    municipality: Municipality, peer: OidcPeer, refusals: pytest.LogCaptureFixture
) -> None:
    provider(municipality, peer)
    victim, attacker = browser(), browser()
    stolen = peer.come_back(sent_to(victim))
    code = stolen.partition("code=")[2].partition("&")[0]
    assert_refused(attacker, path_of(peer.come_back(sent_to(attacker), code=code)), "not_accepted")
    assert faults(refusals)[0] == "token_endpoint"


def test_a_careless_provider_does_not_make_a_stolen_code_work(
    municipality: Municipality, peer: OidcPeer, refusals: pytest.LogCaptureFixture
) -> None:
    provider(municipality, peer)
    peer.switches.careless = True
    victim, attacker = browser(), browser()
    code = peer.come_back(sent_to(victim)).partition("code=")[2].partition("&")[0]
    assert_refused(attacker, path_of(peer.come_back(sent_to(attacker), code=code)), "not_accepted")
    assert faults(refusals)[0] == "nonce"


def test_an_answer_meant_for_another_municipality_is_nobodys_here(
    municipality: Municipality, peer: OidcPeer, neighbour: Municipality, refusals: pytest.LogCaptureFixture
) -> None:
    provider(municipality, peer)
    provider(neighbour, peer)
    there = browser("granne.example")
    path = path_of(peer.come_back(sent_to(there)))
    here = browser()
    here.cookies = there.cookies
    assert_refused(here, path, "not_accepted")
    assert faults(refusals)[0] == "state"


def test_an_answer_at_another_providers_address_is_nobodys(
    municipality: Municipality, peer: OidcPeer, other_peer: OidcPeer, refusals: pytest.LogCaptureFixture
) -> None:
    provider(municipality, peer)
    provider(municipality, other_peer, "annan")
    client = browser()
    path = path_of(peer.come_back(sent_to(client))).replace("/eleg/", "/annan/")
    assert_refused(client, path, "not_accepted")
    assert faults(refusals)[0] == "other_provider"
    assert other_peer.exchanged == [], "the code went to nobody else"


def test_the_same_subject_at_another_provider_is_somebody_else(
    municipality: Municipality, peer: OidcPeer, other_peer: OidcPeer
) -> None:
    provider(municipality, peer)
    provider(municipality, other_peer, "annan")
    del other_peer.user[PERSONAL]
    first, second = browser(), browser()
    there_and_back(first, peer)
    there_and_back(second, other_peer, "annan")
    assert first.session["person"] != second.session["person"]


def test_a_sign_in_that_is_asked_anew_must_be_new(
    town: Town, peer: OidcPeer, refusals: pytest.LogCaptureFixture
) -> None:
    made = staff_provider(town.municipality, peer)
    known(town.municipality, made, town.persons["anna"], STAFF["sub"])
    peer.user = STAFF | {"auth_time": 1_000_000_000}
    client = browser()
    assert_refused(client, path_of(peer.come_back(sent_to(client, "kommun", igen="1"))), "not_accepted")
    assert faults(refusals)[0] == "auth_time"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({PERSONAL: series(1)[0]}, "number"),
        ({"family_name": "Annan", "given_name": "Någon"}, "name"),
    ],
)
def test_what_contradicts_what_we_hold_is_stopped_and_shown_to_a_coordinator(
    municipality: Municipality, peer: OidcPeer, changes: dict[str, str], what: str
) -> None:
    provider(municipality, peer)
    client = browser()
    there_and_back(client, peer)
    client.post("/logga-ut/", secure=True)
    peer.user |= changes
    for _ in range(2):
        assert_refused(client, path_of(peer.come_back(sent_to(client))), "contradiction")
    with scope.transaction(municipality.id):
        conflict = IdentityConflict.objects.get()
        assert (conflict.what, conflict.decided) == (what, "")
        assert conflict.person is not None
        assert conflict.person.number == NUMBER


def test_a_number_that_somebody_else_has_joins_nobody(municipality: Municipality, peer: OidcPeer) -> None:
    provider(municipality, peer)
    first, second = browser(), browser()
    there_and_back(first, peer)
    peer.user |= {"sub": "invanare-2", PERSONAL: series(1)[0]}
    there_and_back(second, peer)
    for client in (first, second):
        client.post("/logga-ut/", secure=True)
    peer.user |= {PERSONAL: NUMBER}
    assert_refused(second, path_of(peer.come_back(sent_to(second))), "contradiction")
    with scope.transaction(municipality.id):
        assert IdentityConflict.objects.get().what == "joined"


@pytest.mark.parametrize("code", ["okand", "avstangd", "bankid"])
def test_a_provider_that_is_not_switched_on_is_nothing(municipality: Municipality, peer: OidcPeer, code: str) -> None:
    provider(municipality, peer, "avstangd", enabled=False)
    with scope.transaction(municipality.id):
        IdentityProvider.objects.create(kind="bankid", code="bankid", name="BankID", for_residents=True)
    for path in ("", "svar/"):
        assert browser().get(f"/logga-in/oidc/{code}/{path}", secure=True).status_code == 404


def test_an_inside_address_that_nobody_named_is_never_asked(
    municipality: Municipality, peer: OidcPeer, settings: Settings, refusals: pytest.LogCaptureFixture
) -> None:
    settings.OIDC_INSIDE_HOSTS = []
    provider(municipality, peer)
    assert_refused(browser(), "/logga-in/oidc/eleg/", "away")
    assert faults(refusals)[0] == "port"
    assert peer.paths == []
