"""What an OpenID provider says about itself (OpenID Connect Discovery 1.0), as far as we use it. Pure.

It tells where to go, never what to accept: issuer, audience and algorithms are our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from identity.providers.oidc_tokens import ALGORITHMS

# Our own order; both are the client's secret (OpenID Connect Core 1.0, 9).
AUTH_METHODS = ("client_secret_basic", "client_secret_post")
USER_MESSAGE = "https://id.oidc.se/disco/userMessageSupported"
# The Swedish profile's: the claims come in the ID token.
_SCOPES = (
    "profile",
    "https://id.oidc.se/scope/naturalPersonInfo",
    "https://id.oidc.se/scope/naturalPersonName",
    "https://id.oidc.se/scope/naturalPersonNumber",
)


class BadMetadata(ValueError):
    """The provider cannot be used; `code`: object, issuer, the name of an endpoint, flow, pkce, algorithm, secret."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Metadata:
    """Where a provider is asked, and how. `names_itself`: its answers carry `iss` (RFC 9207); `levels`: its `acr`."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    auth_method: str
    names_itself: bool
    scopes: tuple[str, ...]
    takes_claims: bool
    takes_message: bool
    levels: tuple[str, ...]


def address_of(issuer: str) -> str:
    """Where an issuer's metadata is."""
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def read(document: object, issuer: str) -> Metadata:
    """The metadata of exactly this issuer. Raises `BadMetadata`."""
    if not isinstance(document, dict):
        raise BadMetadata("object")
    if document.get("issuer") != issuer:
        raise BadMetadata("issuer")
    _offers(document, "response_types_supported", ("code",), "flow")
    _offers(document, "code_challenge_methods_supported", ("S256",), "pkce")
    _offers(document, "id_token_signing_alg_values_supported", tuple(ALGORITHMS), "algorithm")
    return Metadata(
        authorization_endpoint=_endpoint(document, "authorization_endpoint"),
        token_endpoint=_endpoint(document, "token_endpoint"),
        jwks_uri=_endpoint(document, "jwks_uri"),
        auth_method=_offers(document, "token_endpoint_auth_methods_supported", AUTH_METHODS, "secret"),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        scopes=_scopes(document),
        takes_claims=document.get("claims_parameter_supported") is True,
        takes_message=document.get(USER_MESSAGE) is True,
        levels=_levels(document),
    )


def _offers(document: dict[str, Any], name: str, ours: tuple[str, ...], code: str) -> str:
    """The first of ours that the provider offers; a list that is not there promises the first."""
    listed = document.get(name, list(ours))
    found = [one for one in ours if isinstance(listed, list) and one in listed]
    if not found:
        raise BadMetadata(code)
    return found[0]


def _scopes(document: dict[str, Any]) -> tuple[str, ...]:
    listed = document.get("scopes_supported")
    return tuple(scope for scope in _SCOPES if isinstance(listed, list) and scope in listed)


def _levels(document: dict[str, Any]) -> tuple[str, ...]:
    listed = document.get("acr_values_supported")
    return tuple(level for level in listed if isinstance(level, str)) if isinstance(listed, list) else ()


def _endpoint(document: dict[str, Any], name: str) -> str:
    address = document.get(name)
    try:
        url = httpx.URL(address) if isinstance(address, str) else None
    except (httpx.InvalidURL, ValueError):
        url = None
    if url is None or url.scheme != "https" or not url.host or url.userinfo or url.fragment:
        raise BadMetadata(name)
    return str(address)
