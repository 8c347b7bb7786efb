"""Signing in by OpenID Connect when all is well: what is asked, who is recognised, and for how sure."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from identity import finding, scope
from identity.models import ExternalIdentity, IdentityConflict, Person, SignInAttempt
from identity.providers.oidc_claims import PERSONAL_NUMBER
from tests.identity.oidc_journeys import (
    LOA2,
    LOA3,
    MFA,
    NUMBER,
    STAFF,
    browser,
    known,
    path_of,
    provider,
    sent_to,
    signed_in,
    staff_provider,
    there_and_back,
    words,
)
from tests.peers.oidc.provider import OidcPeer
from tests.town import Town

pytestmark = pytest.mark.django_db


def test_a_newcomer_is_made_a_person_and_known_the_next_time(town: Town, peer: OidcPeer) -> None:
    provider(town.municipality, peer)
    first, second = browser(), browser()
    assert there_and_back(first, peer)["Location"] == "/mina-tider/"
    assert there_and_back(second, peer, next="/tillganglighet/")["Location"] == "/tillganglighet/"
    assert first.session["person"] == second.session["person"]
    assert (first.session["level"], first.session["provider"]) == ("LOA3", "eleg")
    with scope.transaction(town.municipality.id):
        person = Person.objects.get(id=first.session["person"])
        assert (person.name, person.number) == ("Ture Prov", NUMBER)
        assert ExternalIdentity.objects.count() == 1


def test_what_is_asked_is_the_code_flow_with_every_guard(town: Town, peer: OidcPeer) -> None:
    made = provider(town.municipality, peer)
    one, other = (parse_qs(urlsplit(sent_to(browser())).query) for _ in range(2))
    assert one["response_type"] == ["code"]
    assert one["redirect_uri"] == ["https://localhost/logga-in/oidc/eleg/svar/"]
    assert one["code_challenge_method"] == ["S256"]
    assert one["prompt"] == ["login"]
    assert one["acr_values"] == [f"{LOA3} {LOA2}"]
    assert one["ui_locales"] == ["sv"]
    assert "claims" not in one
    for secret in ("state", "nonce", "code_challenge"):
        assert len(one[secret][0]) >= 43, "256 bits"
        assert one[secret] != other[secret]
    assert made.client_secret not in json.dumps(one)


def test_a_provider_of_the_swedish_profile_is_asked_for_its_claims_and_shows_neutral_words(
    town: Town, peer: OidcPeer
) -> None:
    provider(town.municipality, peer)
    scopes = ["openid", "profile", "email", "https://id.oidc.se/scope/naturalPersonNumber"]
    peer.switches.metadata = {
        "claims_parameter_supported": True,
        "scopes_supported": scopes,
        "https://id.oidc.se/disco/userMessageSupported": True,
    }
    asked = parse_qs(urlsplit(sent_to(browser())).query)
    assert asked["scope"] == ["openid profile https://id.oidc.se/scope/naturalPersonNumber"]
    assert PERSONAL_NUMBER in json.loads(asked["claims"][0])["id_token"]
    message = json.loads(asked["https://id.oidc.se/param/userMessage"][0])
    assert base64.b64decode(message["message"]).decode() == "Du loggar in hos Exempelkommun."


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_the_clients_secret_goes_the_way_that_the_provider_takes(town: Town, peer: OidcPeer, method: str) -> None:
    provider(town.municipality, peer)
    peer.switches.metadata = {"token_endpoint_auth_methods_supported": ["private_key_jwt", method]}
    assert there_and_back(browser(), peer).status_code == 302
    assert ("client_secret" in peer.exchanged[0]) == (method == "client_secret_post")
    assert bool(peer.exchanged[0]["authorization"]) == (method == "client_secret_basic")


@pytest.mark.parametrize(
    ("acr", "most", "expected"), [(LOA3, "LOA3", "LOA3"), (LOA2, "LOA3", "LOA2"), (LOA3, "LOA2", "LOA2")]
)
def test_the_level_is_what_was_shown_and_never_more_than_the_provider_gives(
    town: Town, peer: OidcPeer, acr: str, most: str, expected: str
) -> None:
    provider(town.municipality, peer, level=most)
    peer.user["acr"] = acr
    client = browser()
    there_and_back(client, peer)
    assert client.session["level"] == expected


def test_a_person_without_a_number_gets_in_and_stays_the_same_person(town: Town, peer: OidcPeer) -> None:
    provider(town.municipality, peer)
    del peer.user[PERSONAL_NUMBER]
    first, second = browser(), browser()
    there_and_back(first, peer)
    there_and_back(second, peer)
    assert first.session["person"] == second.session["person"]


def test_a_refusal_stands_at_an_address_without_the_answer_and_leads_on_to_what_was_chosen(
    town: Town, peer: OidcPeer
) -> None:
    provider(town.municipality, peer)
    client = browser()
    peer.user["acr"] = "urn:weak"
    answer = client.get(path_of(peer.come_back(sent_to(client, next="/boka/tid/"))), secure=True)
    assert answer["Location"] == "/logga-in/avvisad/"
    page = client.get("/logga-in/avvisad/", secure=True)
    assert page.status_code == 403
    assert 'href="/logga-in/?next=%2Fboka%2Ftid%2F">Välj ett annat sätt<' in page.content.decode()
    assert words(page) == words(client.get("/logga-in/avvisad/", secure=True))
    peer.user["acr"] = LOA3
    there_and_back(client, peer)
    assert client.get("/logga-in/avvisad/", secure=True)["Location"] == "/mina-tider/", "signed in since"
    assert browser().get("/logga-in/avvisad/", secure=True)["Location"] == "/logga-in/"


def test_a_refusal_for_a_level_leads_on_to_no_page_of_refusals(town: Town, peer: OidcPeer) -> None:
    provider(town.municipality, peer)
    client = browser()
    peer.user["acr"] = "urn:weak"
    client.get(path_of(peer.come_back(sent_to(client))), secure=True)
    page = client.get("/logga-in/avvisad/", secure=True).content.decode()
    assert 'href="/logga-in/">Välj ett annat sätt<' in page


@pytest.mark.parametrize("wanted", ["https://evil.example/", "/csp/", "/boka/tid/"])
def test_what_a_refusal_leads_on_to_is_a_page_of_ours(town: Town, peer: OidcPeer, wanted: str) -> None:
    provider(town.municipality, peer)
    client = browser()
    session = client.session
    session["refused"] = {"code": "away", "next": wanted}
    session.save()
    page = client.get("/logga-in/avvisad/", secure=True).content.decode()
    assert ("?next=" in page) == (wanted == "/boka/tid/")


COORDINATION = "https://id.oidc.se/claim/coordinationNumber"
COORDINATED = "197010632391"  # an example that Skatteverket has published


def with_coordination_number(peer: OidcPeer, level: str, subject: str = "invanare-1") -> None:
    """The next who signs in has a coordination number at this level; "" for none said."""
    del peer.user[PERSONAL_NUMBER]
    peer.user |= {"sub": subject, COORDINATION: COORDINATED}
    if level:
        peer.user["https://id.oidc.se/claim/coordinationNumberLevel"] = level


@pytest.mark.parametrize(
    ("level", "number"), [("confirmed", COORDINATED), ("probable", ""), ("uncertain", ""), ("", "")]
)
def test_only_a_confirmed_coordination_number_is_kept(town: Town, peer: OidcPeer, level: str, number: str) -> None:
    provider(town.municipality, peer)
    with_coordination_number(peer, level)
    client = browser()
    assert there_and_back(client, peer).status_code == 302
    with scope.transaction(town.municipality.id):
        assert Person.objects.get(id=client.session["person"]).number == number


@pytest.mark.parametrize(("level", "status"), [("confirmed", 302), ("probable", 403)])
def test_only_a_confirmed_coordination_number_finds_somebody(
    town: Town, peer: OidcPeer, level: str, status: int
) -> None:
    provider(town.municipality, peer)
    with scope.transaction(town.municipality.id):
        person = Person(name="Ture Prov")
        finding.set_number(person, COORDINATED)
        person.save(force_insert=True)
    with_coordination_number(peer, level)
    client = browser()
    assert there_and_back(client, peer).status_code == status
    assert client.session.get("person") == (str(person.id) if status == 302 else None)
    with scope.transaction(town.municipality.id):
        conflicts = list(IdentityConflict.objects.values_list("what", flat=True))
    assert conflicts == ([] if status == 302 else ["level"])


def test_a_name_that_a_coordinator_takes_over_brings_no_unconfirmed_number(town: Town, peer: OidcPeer) -> None:
    provider(town.municipality, peer)
    with_coordination_number(peer, "probable")
    there_and_back(browser(), peer)
    peer.user["family_name"] = "Nyman"
    assert there_and_back(browser(), peer).status_code == 403
    with scope.transaction(town.municipality.id):
        row = IdentityConflict.objects.get()
        assert (row.what, row.claimed_number) == ("name", "")


@pytest.mark.django_db(transaction=True, databases=["default", "log_reader"])
def test_who_was_sent_on_without_being_asked_shows_who_they_are_for_their_extract(town: Town, peer: OidcPeer) -> None:
    provider(town.municipality, peer)
    peer.user["auth_time"] = time.time() - 3600
    client = browser()
    there_and_back(client, peer)
    asked = client.get("/dina-uppgifter/utdrag/", secure=True)
    assert asked["Location"].startswith("/logga-in/?next=%2Fdina-uppgifter%2Futdrag%2F")
    del peer.user["auth_time"]
    there_and_back(client, peer)
    assert (peer.asked[-1]["prompt"], peer.asked[-1]["max_age"]) == ("login", "0")
    assert client.get("/dina-uppgifter/utdrag/", secure=True).status_code == 200


def test_a_new_key_of_the_provider_is_looked_up(town: Town, peer: OidcPeer) -> None:
    provider(town.municipality, peer)
    assert there_and_back(browser(), peer).status_code == 302
    old, peer.key = peer.key, RSAKey.generate_key(2048, parameters={"kid": "två"})
    assert there_and_back(browser(), peer).status_code == 302
    peer.key = old
    assert peer.paths.count("/jwks") == 2


def test_staff_come_in_by_a_subject_that_is_theirs_and_may_be_asked_anew(town: Town, peer: OidcPeer) -> None:
    made = staff_provider(town.municipality, peer)
    peer.user = dict(STAFF)
    known(town.municipality, made, town.persons["anna"], STAFF["sub"])
    client = browser()
    assert there_and_back(client, peer, "kommun")["Location"] == "/idag/"
    assert (client.session["person"], client.session["staff"]) == (str(town.persons["anna"]), True)
    assert client.session["level"] == "none", "what staff signs in by is no e-ID"
    assert "prompt" not in peer.asked[0]
    assert peer.asked[0]["acr_values"] == MFA
    assert there_and_back(client, peer, "kommun", igen="1").status_code == 302
    assert (peer.asked[1]["prompt"], peer.asked[1]["max_age"]) == ("login", "0")


def test_a_number_is_never_taken_from_the_staffs_provider(town: Town, peer: OidcPeer) -> None:
    made = staff_provider(town.municipality, peer)
    peer.user = STAFF | {PERSONAL_NUMBER: NUMBER}
    known(town.municipality, made, town.persons["anna"], STAFF["sub"])
    assert there_and_back(browser(), peer, "kommun").status_code == 302
    with scope.transaction(town.municipality.id):
        assert Person.objects.get(id=town.persons["anna"]).number != NUMBER


@pytest.mark.parametrize("who", ["stranger", "resident", "former"])
def test_staff_whom_nobody_invited_or_who_have_left_do_not_come_in(town: Town, peer: OidcPeer, who: str) -> None:
    made = staff_provider(town.municipality, peer)
    peer.user = STAFF | ({"name": "Bo Ek"} if who == "resident" else {})
    if who == "resident":
        known(town.municipality, made, town.persons["bo"], STAFF["sub"])
    if who == "former":
        known(town.municipality, made, town.persons["anna"], STAFF["sub"])
        with scope.transaction(town.municipality.id):
            Person.objects.get(id=town.persons["anna"]).memberships.all().delete()
    assert there_and_back(browser(), peer, "kommun").status_code == 403
    assert signed_in() == 0


def test_the_answer_is_kept_nowhere(town: Town, peer: OidcPeer) -> None:
    provider(town.municipality, peer)
    client = browser()
    there_and_back(client, peer)
    assert peer.last_token not in str(dict(client.session))
    with scope.transaction(town.municipality.id):
        row = SignInAttempt.objects.get()
        assert (row.state, row.kept) == ("done", "")
