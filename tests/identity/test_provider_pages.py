"""The ways to sign in, set up by an administrator: what is refused when saved, what is fixed, and what a trial says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from identity import scope
from identity.models import IdentityProvider
from tests.identity.keys import confirm
from tests.identity.oidc_journeys import LOA2, LOA3, MFA, provider, sent_to, staff_provider
from tests.peers.oidc import attacks
from tests.peers.oidc.attacks import Wrong
from tests.peers.oidc.provider import CLIENT, SECRET, OidcPeer
from tests.town import Town

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
LIST = "/installningar/inloggning/"


def form(peer: OidcPeer, **changes: Any) -> dict[str, Any]:
    """A sound form for residents."""
    right = {"name": "E-legitimation", "code": "eleg", "position": "1", "issuer": peer.issuer, "client_id": CLIENT}
    return right | {"client_secret": SECRET, "level": "LOA3", "acr_loa3": LOA3, "acr_loa2": ""} | changes


def only(town: Town) -> IdentityProvider:
    """The one provider there is."""
    with scope.transaction(town.municipality.id):
        return IdentityProvider.objects.get()


def page(browser: Client, path: str, data: dict[str, Any] | None = None) -> str:
    """The words of a page."""
    answer = browser.get(path, secure=True) if data is None else browser.post(path, data, secure=True)
    return str(answer.content.decode())


def test_a_provider_is_added_off_tried_and_switched_on(town: Town, peer: OidcPeer, browser_as: Browser) -> None:
    dan = browser_as("dan")
    assert "/installningar/inloggning/ny/oidc-invanare/" in page(dan, LIST)
    assert dan.post(f"{LIST}ny/oidc-invanare/", form(peer), secure=True).status_code == 302
    made = only(town)
    assert (made.enabled, made.for_residents, made.for_staff) == (False, True, False)
    assert (made.acr_loa3, made.client_secret) == ([LOA3], SECRET)
    assert browser_as().get("/logga-in/oidc/eleg/", secure=True).status_code == 404
    own = page(dan, f"{LIST}{made.id}/")
    assert "https://localhost/logga-in/oidc/eleg/svar/" in own
    assert "https://localhost/logga-in/oidc/eleg/ut/" in own
    assert "går att använda" in page(dan, f"{LIST}{made.id}/prova/", {})
    dan.post(f"{LIST}{made.id}/av-och-pa/", {"do": "enable"}, secure=True)
    assert not only(town).enabled
    confirm(town)
    assert sent_to(browser_as())
    dan.post(f"{LIST}{made.id}/av-och-pa/", {"do": "disable"}, secure=True)
    assert not only(town).enabled


@pytest.mark.parametrize(
    ("sort", "data", "expected"),
    [
        ("bankid", {"certificate": "kommun-bankid"}, ("bankid", True, False)),
        ("nycklar", {}, ("passkey", False, True)),
        ("oidc-personal", {"acr": f"{MFA} {MFA}-2", "amr": "mfa"}, ("oidc", False, True)),
    ],
)
def test_every_sort_is_for_those_it_is_for(
    town: Town, peer: OidcPeer, browser_as: Browser, sort: str, data: dict[str, Any], expected: tuple[str, bool, bool]
) -> None:
    answer = browser_as("dan").post(f"{LIST}ny/{sort}/", form(peer, **data), secure=True)
    assert answer.status_code == 302
    made = only(town)
    assert (made.kind, made.for_residents, made.for_staff) == expected
    assert made.acr == ([MFA, f"{MFA}-2"] if sort == "oidc-personal" else [])
    assert made.acr_loa3 == []


@pytest.mark.parametrize(
    ("sort", "changes", "words"),
    [
        ("oidc-personal", {"acr": "", "amr": " "}, "flera faktorer"),
        ("oidc-invanare", {"acr_loa3": "", "acr_loa2": ""}, "utan tillitsnivå"),
        ("oidc-invanare", {"acr_loa3": "a" * 121}, "för långt"),
        ("oidc-invanare", {"issuer": "http://inloggning.exempel.example"}, "börja med https"),
        ("oidc-invanare", {"issuer": "https://127.1/"}, "in i det egna nätet"),
        ("oidc-invanare", {"issuer": "https://localhost/"}, "vår egen"),
        ("oidc-invanare", {"issuer": "https://inloggning.exempel.example:444/"}, "port"),
        ("oidc-invanare", {"issuer": ""}, "Skriv utfärdarens adress"),
        ("oidc-invanare", {"client_secret": ""}, "Skriv den hemlighet"),
        ("oidc-invanare", {"client_secret": "håll tyst"}, "utan mellanslag"),
        ("oidc-invanare", {"client_id": "å"}, "utan mellanslag"),
        ("oidc-invanare", {"code": "Eleg!"}, "Bara a–z"),
        ("oidc-invanare", {"level": "LOA4"}, "Välj en tillitsnivå"),
        ("oidc-invanare", {"position": "först"}, "Skriv en siffra"),
        ("bankid", {"certificate": "../hemligt"}, "bindestreck"),
        ("oidc-personal", {"code": "passkey", "acr": MFA}, "används redan"),
    ],
)
def test_what_is_not_sound_is_refused_with_a_sentence_and_the_secret_does_not_come_back(
    town: Town, peer: OidcPeer, browser_as: Browser, sort: str, changes: dict[str, Any], words: str
) -> None:
    answer = browser_as("dan").post(f"{LIST}ny/{sort}/", form(peer, **changes), secure=True)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert words in shown
    assert "E-legitimation" in shown, "what was typed is kept"
    assert SECRET not in shown
    with scope.transaction(town.municipality.id):
        assert not IdentityProvider.objects.exists()


def test_a_code_is_one_providers(town: Town, peer: OidcPeer, browser_as: Browser) -> None:
    provider(town.municipality, peer)
    assert "används redan" in page(browser_as("dan"), f"{LIST}ny/oidc-invanare/", form(peer))


def test_the_staffs_keys_are_one_way_in(town: Town, peer: OidcPeer, browser_as: Browser) -> None:
    dan = browser_as("dan")
    assert dan.post(f"{LIST}ny/nycklar/", form(peer), secure=True).status_code == 302
    assert only(town).code == "passkey"
    assert "finns redan i listan" in page(dan, f"{LIST}ny/nycklar/", form(peer))


def test_what_identities_hang_on_cannot_be_changed_and_an_empty_secret_keeps_the_old(
    town: Town, peer: OidcPeer, browser_as: Browser
) -> None:
    made = provider(town.municipality, peer)
    changes = {"issuer": "https://annan.example", "code": "annan", "for_staff": "on", "who": "staff"}
    sent = form(peer, **changes, name="Ny text", client_secret="", acr_loa2=LOA2, amr="pwd")
    assert browser_as("dan").post(f"{LIST}{made.id}/", sent, secure=True).status_code == 302
    assert only(town).name == made.name
    confirm(town)
    after = only(town)
    assert (after.name, after.acr_loa2) == ("Ny text", [LOA2])
    assert (after.issuer, after.code, after.for_staff, after.amr) == (made.issuer, made.code, False, [])
    assert after.client_secret == SECRET


def test_staff_cannot_be_left_without_several_factors(town: Town, peer: OidcPeer, browser_as: Browser) -> None:
    made = staff_provider(town.municipality, peer)
    answer = browser_as("dan").post(f"{LIST}{made.id}/", form(peer, acr="", amr=""), secure=True)
    assert answer.status_code == 422
    assert only(town).acr == [MFA]


@pytest.mark.parametrize("wrong", attacks.METADATA, ids=lambda wrong: wrong.name)
def test_a_trial_says_in_words_what_is_wrong(town: Town, peer: OidcPeer, browser_as: Browser, wrong: Wrong) -> None:
    made = provider(town.municipality, peer)
    wrong.make(peer)
    shown = page(browser_as("dan"), f"{LIST}{made.id}/prova/", {})
    assert "Det fungerar inte än" in shown
    assert "Något stämmer inte" not in shown


def test_a_trial_notices_levels_that_the_provider_does_not_have(
    town: Town, peer: OidcPeer, browser_as: Browser
) -> None:
    made = provider(town.municipality, peer)
    peer.switches.metadata["acr_values_supported"] = ["urn:exempel:annan"]
    assert "inget av värdena i acr" in page(browser_as("dan"), f"{LIST}{made.id}/prova/", {})


@pytest.mark.parametrize(("who", "status"), [("anna", 404), ("karin", 404), ("bo", 302), ("", 302)])
def test_the_pages_are_nothing_to_others(
    town: Town, peer: OidcPeer, browser_as: Browser, who: str, status: int
) -> None:
    made = provider(town.municipality, peer)
    browser = browser_as(who)
    for path in (LIST, f"{LIST}ny/bankid/", f"{LIST}{made.id}/"):
        assert browser.get(path, secure=True).status_code == status
    for path in (
        f"{LIST}ny/oidc-invanare/",
        f"{LIST}{made.id}/",
        f"{LIST}{made.id}/av-och-pa/",
        f"{LIST}{made.id}/prova/",
    ):
        assert browser.post(path, form(peer, code="ny", do="disable"), secure=True).status_code == status
    assert only(town).enabled
    assert peer.paths == []


@pytest.mark.parametrize("path", ["ny/trial/", "ny/vouched/", f"{UUID(int=7)}/"])
def test_what_is_not_set_up_here_is_nothing(town: Town, browser_as: Browser, path: str) -> None:
    assert browser_as("dan").get(f"{LIST}{path}", secure=True).status_code == 404


def test_no_page_shows_the_secret(town: Town, peer: OidcPeer, browser_as: Browser) -> None:
    made = provider(town.municipality, peer)
    dan = browser_as("dan")
    for shown in (page(dan, LIST), page(dan, f"{LIST}{made.id}/"), page(dan, f"{LIST}{made.id}/prova/", {})):
        assert SECRET not in shown
