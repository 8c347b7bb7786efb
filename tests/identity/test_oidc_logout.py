"""Back-channel logout: a signed word of the provider ends its subject's sessions here, once, and nothing else does."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from identity.models import Municipality
from tests.identity.oidc_journeys import RESIDENT, browser, provider, signed_in, there_and_back
from tests.peers.oidc.attacks import FOREIGN
from tests.peers.oidc.provider import CLIENT, GONE, OidcPeer

pytestmark = pytest.mark.django_db
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def word(peer: OidcPeer, **changes: Any) -> str:
    """A logout token."""
    now = int(time.time())
    right = {"iss": peer.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": uuid.uuid4().hex}
    said = right | {"sub": RESIDENT["sub"], "events": {EVENT: {}}} | changes
    return peer.signed({name: value for name, value in said.items() if value is not GONE})


def told(token: str, host: str = "localhost") -> int:
    """The status that the provider gets."""
    response = Client(enforce_csrf_checks=True).post(
        "/logga-in/oidc/eleg/ut/", {"logout_token": token}, secure=True, SERVER_NAME=host
    )
    assert response["Cache-Control"] == "no-store"
    assert response.content in (b"", b'{"error": "invalid_request"}')
    return response.status_code


@pytest.fixture
def resident(municipality: Municipality, peer: OidcPeer) -> Client:
    """A browser that is signed in by the provider."""
    provider(municipality, peer)
    client = browser()
    there_and_back(client, peer)
    assert signed_in() == 1
    return client


def test_it_ends_every_session_of_the_subject_at_once(resident: Client, peer: OidcPeer) -> None:
    there_and_back(browser(), peer)
    peer.user |= {"sub": "invanare-2", "https://id.oidc.se/claim/personalIdentityNumber": "198112289874"}
    there_and_back(browser(), peer)
    assert signed_in() == 3
    assert told(word(peer)) == 200
    assert signed_in() == 1
    assert resident.get("/mina-tider/", secure=True)["Location"].startswith("/logga-in/")


def test_a_word_without_an_end_is_taken_for_five_minutes(resident: Client, peer: OidcPeer) -> None:
    assert told(word(peer, exp=GONE)) == 200
    assert signed_in() == 0


def test_somebody_who_was_never_here_is_no_news(resident: Client, peer: OidcPeer) -> None:
    assert told(word(peer, sub="okänd".encode().hex())) == 200
    assert signed_in() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "a"},
        {"events": GONE},
        {"events": {"http://schemas.openid.net/event/annat": {}}},
        {"events": EVENT},
        {"iss": "https://annan.example"},
        {"aud": "annan"},
        {"sub": GONE, "sid": "bara-sid"},
        {"jti": GONE},
        {"jti": ""},
        {"iat": 1_000_000_000},
        {"iat": GONE},
        {"exp": 1_000_000_000},
    ],
)
def test_a_word_that_is_not_right_ends_nothing(resident: Client, peer: OidcPeer, changes: dict[str, Any]) -> None:
    assert told(word(peer, **changes)) == 400
    assert signed_in() == 1


def _of_another_key(peer: OidcPeer) -> str:
    peer.switches.sign_with = FOREIGN
    return word(peer)


def _unsigned(peer: OidcPeer) -> str:
    peer.switches.header = {"alg": "none"}
    return word(peer)


@pytest.mark.parametrize(
    "make", [_of_another_key, _unsigned, lambda peer: peer.last_token, lambda peer: "", lambda peer: "å.ä.ö"]
)
def test_only_the_providers_own_logout_word_counts(
    resident: Client, peer: OidcPeer, make: Callable[[OidcPeer], str]
) -> None:
    assert told(make(peer)) == 400
    assert signed_in() == 1


def test_a_word_works_once(resident: Client, peer: OidcPeer) -> None:
    token = word(peer)
    assert told(token) == 200
    there_and_back(browser(), peer)
    assert told(token) == 400
    assert signed_in() == 1


def test_it_ends_nothing_at_another_municipality(resident: Client, peer: OidcPeer, neighbour: Municipality) -> None:
    provider(neighbour, peer)
    assert told(word(peer), "granne.example") == 200
    assert signed_in() == 1
