"""Journeys through an OpenID provider in tests: providers of a municipality, and a browser that goes there and back."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from identity import recognising, scope
from identity.models import IdentityProvider, Municipality, Person, Session
from tests.peers.oidc.provider import CLIENT, SECRET, OidcPeer

LOA3, LOA2 = "http://id.elegnamnden.se/loa/1.0/loa3", "http://id.elegnamnden.se/loa/1.0/loa2"
MFA = "urn:exempel:mfa"
NUMBER = "201701012393"
REFUSED = "/logga-in/avvisad/"
RESIDENT: dict[str, Any] = {
    "sub": "invanare-1",
    "acr": LOA3,
    "given_name": "Ture",
    "family_name": "Prov",
    "https://id.oidc.se/claim/personalIdentityNumber": NUMBER,
}
STAFF: dict[str, Any] = {"sub": "anstalld-1", "acr": MFA, "amr": ["mfa"], "name": "Anna Lindqvist"}


def provider(municipality: Municipality, peer: OidcPeer, code: str = "eleg", **changes: Any) -> IdentityProvider:
    """A provider for residents, unless `changes` say otherwise."""
    fields: dict[str, Any] = {"for_residents": True, "acr_loa3": [LOA3], "acr_loa2": [LOA2], "name": "E-legitimation"}
    with scope.transaction(municipality.id):
        return IdentityProvider.objects.create(
            kind="oidc", code=code, issuer=peer.issuer, client_id=CLIENT, client_secret=SECRET, **(fields | changes)
        )


def staff_provider(
    municipality: Municipality, peer: OidcPeer, code: str = "kommun", **changes: Any
) -> IdentityProvider:
    """A provider for staff, that demands several factors."""
    staff: dict[str, Any] = {"for_residents": False, "for_staff": True, "acr_loa3": [], "acr_loa2": []}
    return provider(municipality, peer, "kommun", **(staff | {"acr": [MFA], "amr": ["mfa"]} | changes))


def known(municipality: Municipality, made: IdentityProvider, person: UUID, subject: str) -> None:
    """Let a subject of a provider be this person."""
    with scope.transaction(municipality.id):
        recognising.link(made, Person.objects.get(id=person), subject, timezone.now())


def browser(host: str = "localhost") -> Client:
    """A browser in which nobody is signed in, over https."""
    client = Client()
    client.defaults["wsgi.url_scheme"] = "https"
    client.defaults["SERVER_NAME"] = host
    return client


def sent_to(client: Client, code: str = "eleg", **query: str) -> str:
    """Where the browser is sent to sign in."""
    response = client.get(f"/logga-in/oidc/{code}/", query, secure=True)
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def path_of(address: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def there_and_back(client: Client, peer: OidcPeer, code: str = "eleg", **query: str) -> HttpResponseBase:
    """The whole journey: what the browser gets when it comes back."""
    return come_back(client, path_of(peer.come_back(sent_to(client, code, **query))))


def come_back(client: Client, path: str) -> HttpResponseBase:
    """What the browser gets with an answer; of a refusal its page, which has an address of its own."""
    response = client.get(path, secure=True)
    refused = response.status_code == 302 and response["Location"] == REFUSED
    return client.get(REFUSED, secure=True) if refused else response


def words(response: HttpResponseBase) -> str:
    """A page without what differs each time it is made."""
    return re.sub(r'value="\w{64}"', "", response.content.decode())  # type: ignore[attr-defined]  # a whole response


def signed_in() -> int:
    """How many sessions somebody is signed in by."""
    return Session.objects.filter(person_uuid__isnull=False).count()
