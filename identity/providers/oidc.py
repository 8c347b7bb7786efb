"""OpenID Connect as a client: the request, the code for tokens, and the issuer's metadata and keys.

Authlib makes the request and changes the code; every call goes the guarded way out (`identity.outward`), to https
addresses that are public or that the operator has named, without redirects, within 10 seconds and 1 MiB.
"""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext

from identity.models import IdentityProvider, Municipality
from identity.outward.asking import Answer, ask
from identity.outward.errors import Unreachable
from identity.outward.network import Network
from identity.providers import oidc_metadata
from identity.providers.oidc_claims import (
    COORDINATION_LEVEL,
    COORDINATION_NUMBER,
    PERSONAL_NUMBER,
    PREVIOUS_NUMBER,
    asked_levels,
)
from identity.providers.oidc_metadata import Metadata
from identity.providers.oidc_tokens import Key, TokenRefused, keys_of

_SECONDS, _OCTETS = 10.0, 1_048_576
_REMEMBERED = 300
_LOOK_AGAIN = 30
_USER_MESSAGE = "https://id.oidc.se/param/userMessage"


@dataclass(frozen=True)
class Asked:
    """What one sign-in asks with, remembered until its answer. `fresh`: the person must prove who they are anew."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    language: str
    fresh: bool


@dataclass(frozen=True)
class Tokens:
    """What the code was changed for; neither is kept."""

    id_token: str
    access_token: str | None


def network() -> Network:
    """The way out to providers: named inside hosts, and the operator's own certificate authority beside the public."""
    return Network(
        inside=_inside(),
        tls=_tls(settings.OIDC_CA_FILE) if settings.OIDC_CA_FILE else None,
        connect_seconds=_SECONDS,
        total_seconds=_SECONDS,
        received=_OCTETS,
        inflated=_OCTETS,
    )


def refused_hosts(municipality: Municipality) -> list[str]:
    """The municipality's own host names, which no provider has; unless the operator has named one of them."""
    named = {host for host, _ in _inside()}
    return [host for host in municipality.hosts if host.lower() not in named]


def _inside() -> frozenset[tuple[str, int]]:
    named = (entry.strip().lower().rpartition(":") for entry in settings.OIDC_INSIDE_HOSTS)
    return frozenset((host, int(port)) if host and port.isdecimal() else (port, 443) for host, _, port in named if port)


def _tls(path: str) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    context.load_verify_locations(cafile=path)
    return context


def fetched(provider: IdentityProvider, address: str) -> Any:  # noqa: ANN401 - whatever the JSON is
    """A JSON document of the provider. Raises `OutwardError`; `Unreachable("json")` when it is none."""
    hosts = refused_hosts(provider.municipality)
    answer = ask(address, network=network(), headers=[(b"Accept", b"application/json")], own_hosts=hosts)
    if answer.status != 200:
        raise Unreachable("status")
    return _json(answer)


def _json(answer: Answer) -> Any:  # noqa: ANN401 - whatever the JSON is
    try:
        return json.loads(answer.octets)
    except (ValueError, RecursionError):
        raise Unreachable("json") from None


def metadata(provider: IdentityProvider, *, anew: bool = False) -> Metadata:
    """The issuer's metadata, remembered for five minutes. Raises `OutwardError` and `BadMetadata`."""
    found: Metadata | None = None if anew else cache.get(_place("metadata", provider))
    if found is None:
        document = fetched(provider, oidc_metadata.address_of(provider.issuer))
        found = oidc_metadata.read(document, provider.issuer)
        cache.set(_place("metadata", provider), found, _REMEMBERED)
    return found


def keys(
    provider: IdentityProvider, known: Metadata, key_id: str | None = None, *, anew: bool = False
) -> tuple[Key, ...]:
    """The issuer's keys, remembered for five minutes; asked for anew, twice a minute at most, for an unknown name.

    Raises `OutwardError` and `TokenRefused`.
    """
    place = _place("keys", provider)
    document = None if anew else cache.get(place)
    found = keys_of(document) if document else ()
    unknown = key_id is not None and key_id not in {key.get("kid") for key in found}
    if document is None or (unknown and cache.add(f"{place}-again", 1, _LOOK_AGAIN)):
        document = fetched(provider, known.jwks_uri)
        found = keys_of(document)
        cache.set(place, document, _REMEMBERED)
    return found


def _place(what: str, provider: IdentityProvider) -> str:
    return f"oidc-{what}-{provider.id}-{hashlib.sha256(provider.issuer.encode()).hexdigest()[:16]}"


def address_to_ask(provider: IdentityProvider, known: Metadata, asked: Asked) -> str:
    """Where the browser is sent to sign in: code flow, PKCE with S256 (RFC 7636), the levels that are demanded."""
    more: dict[str, str | int | None] = {
        "nonce": asked.nonce,
        "prompt": "login" if asked.fresh or provider.for_residents else None,
        "max_age": 0 if asked.fresh else None,
        "acr_values": " ".join(asked_levels(provider)) or None,
        "ui_locales": asked.language,
        "claims": json.dumps(_claims(provider)) if known.takes_claims else None,
        _USER_MESSAGE: _message(provider) if known.takes_message else None,
    }
    client = _client(provider, known, None)
    address, _ = client.create_authorization_url(
        known.authorization_endpoint,
        state=asked.state,
        code_verifier=asked.verifier,
        redirect_uri=asked.redirect_uri,
        **{name: value for name, value in more.items() if value is not None},
    )
    return str(address)


def _claims(provider: IdentityProvider) -> dict[str, dict[str, None]]:
    """What is asked for in the ID token itself (OpenID Connect Core 1.0, 5.5)."""
    wanted = ["given_name", "family_name", "name"]
    if provider.for_residents:
        wanted += [provider.number_claim or PERSONAL_NUMBER, COORDINATION_NUMBER, COORDINATION_LEVEL, PREVIOUS_NUMBER]
    return {"id_token": dict.fromkeys(wanted)}


def _message(provider: IdentityProvider) -> str:
    """What the e-ID shows: neither unit nor errand, since others may see the screen (Swedish profile, 2.1)."""
    text = gettext("Du loggar in hos %(municipality)s.") % {"municipality": provider.municipality.name}
    return json.dumps({"message": base64.b64encode(text.encode()).decode(), "mime_type": "text/plain"})


def exchange(provider: IdentityProvider, known: Metadata, asked: Asked, code: str) -> Tokens:
    """Change the code for tokens. Raises `OutwardError`, and `TokenRefused` for an answer that is none."""
    client = _client(provider, known, _Guarded(refused_hosts(provider.municipality)))
    try:
        found = client.fetch_token(
            known.token_endpoint,
            grant_type="authorization_code",
            code=code,
            code_verifier=asked.verifier,
            redirect_uri=asked.redirect_uri,
        )
    except (AuthlibBaseError, ValueError, TypeError, OverflowError):
        raise TokenRefused("token_endpoint") from None
    id_token, access_token = found.get("id_token"), found.get("access_token")
    if not isinstance(id_token, str):
        raise TokenRefused("no_id_token")
    return Tokens(id_token, access_token if isinstance(access_token, str) else None)


def _client(provider: IdentityProvider, known: Metadata, session: _Guarded | None) -> OAuth2Client:
    return OAuth2Client(
        session,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        token_endpoint_auth_method=known.auth_method,
        scope=" ".join(("openid", *known.scopes)),
        code_challenge_method="S256",
    )


class _Guarded:
    """What Authlib calls instead of a client of its own: one POST, the guarded way out."""

    def __init__(self, own_hosts: list[str]) -> None:
        self._own_hosts = own_hosts

    def post(self, url: str, data: dict[str, str], headers: dict[str, str], auth: Any) -> _Answered:  # noqa: ANN401
        """Ask the token endpoint. Raises `OutwardError`, and `TokenRefused` when it said no."""
        url, headers, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        answer = ask(url, network=network(), method="POST", headers=sent, body=body.encode(), own_hosts=self._own_hosts)
        if 400 <= answer.status < 500:
            raise TokenRefused("token_endpoint")
        if answer.status != 200:
            raise Unreachable("status")
        return _Answered(answer)


@dataclass(frozen=True)
class _Answered:
    """The answer of a token endpoint, as Authlib reads it."""

    answer: Answer
    status_code: int = 200

    def json(self) -> Any:  # noqa: ANN401 - whatever the JSON is
        """The body. Raises `Unreachable`."""
        return _json(self.answer)

    def raise_for_status(self) -> None:
        """What Authlib asks for when the body is no object."""
        raise Unreachable("json")
