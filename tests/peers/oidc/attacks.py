"""Bad answers: each is one switch away from an answer that is right, and is stopped by one named check."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from tests.peers.oidc.provider import CLIENT, GONE, OidcPeer

FOREIGN = RSAKey.generate_key(2048, parameters={"kid": "främmande"})
CURVED = ECKey.generate_key("P-256", parameters={"kid": "ett"})
WELL_KNOWN = "/.well-known/openid-configuration"
_PERSONAL, _BIG = "https://id.oidc.se/claim/personalIdentityNumber", b"[" + b"1," * 600_000 + b"1]"


@dataclass(frozen=True)
class Wrong:
    """One bad answer. `fault`: the check that must stop it; `shown`: which words the person reads."""

    name: str
    fault: str
    make: Callable[[OidcPeer], None]
    shown: str = "not_accepted"


def _claim(name: str, value: Any) -> Callable[[OidcPeer], None]:  # noqa: ANN401 - any value of a claim
    return lambda peer: peer.switches.claims.update({name: value})


def _later(name: str, seconds: int) -> Callable[[OidcPeer], None]:
    return lambda peer: peer.switches.claims.update({name: int(time.time()) + seconds})


def _header(sign_with: RSAKey | ECKey | None = None, **header: Any) -> Callable[[OidcPeer], None]:
    def make(peer: OidcPeer) -> None:
        peer.switches.header.update(header)
        peer.switches.sign_with = sign_with

    return make


def _answer(name: str, value: Any) -> Callable[[OidcPeer], None]:  # noqa: ANN401 - any value of a parameter
    return lambda peer: peer.switches.answer.update({name: value})


def _metadata(name: str, value: Any) -> Callable[[OidcPeer], None]:  # noqa: ANN401 - any value of a field
    return lambda peer: peer.switches.metadata.update({name: value})


def _document(path: str, status: int, body: bytes, **headers: str) -> Callable[[OidcPeer], None]:
    return lambda peer: peer.switches.documents.update({path: (status, headers, body)})


def _leads_away(path: str) -> Callable[[OidcPeer], None]:
    return _document(path, 302, b"", Location="https://127.0.0.1/")


def _token(text: str) -> Callable[[OidcPeer], None]:
    def make(peer: OidcPeer) -> None:
        peer.switches.token_is = text

    return make


def _unsigned(peer: OidcPeer) -> None:
    peer.switches.token_is = ""
    peer.switches.documents["/token"] = (200, {}, b'{"access_token": "x", "token_type": "Bearer"}')


RESIDENTS = (
    # Who says it, and to whom
    Wrong("another issuer", "iss", _claim("iss", "https://inloggning.annan.example")),
    Wrong("issuer with a slash", "iss", lambda peer: peer.switches.claims.update(iss=peer.issuer + "/")),
    Wrong("no issuer", "iss", _claim("iss", GONE)),
    Wrong("issuer as a list", "iss", lambda peer: peer.switches.claims.update(iss=[peer.issuer])),
    Wrong("another client", "aud", _claim("aud", "annan")),
    Wrong("no audience", "aud", _claim("aud", GONE)),
    Wrong("several audiences, nobody named", "azp", _claim("aud", [CLIENT, "annan"])),
    Wrong("made for another client", "azp", _claim("azp", "annan")),
    Wrong("mix-up: another issuer in the answer", "answer_iss", _answer("iss", "https://annan.example")),
    Wrong("mix-up: issuer left out of the answer", "answer_iss", _answer("iss", GONE)),
    # Signed by whom, and how
    Wrong("algorithm none", "alg", _header(alg="none")),
    Wrong("HS256 with the public key", "alg", _header(alg="HS256")),
    Wrong("RS512, which nobody asked for", "alg", _header(alg="RS512")),
    Wrong("another key under the same name", "signature", _header(FOREIGN, kid="ett")),
    Wrong("a key that is not the issuer's", "kid", _header(FOREIGN, kid="främmande")),
    Wrong("another kind of key", "kid", _header(CURVED, alg="ES256")),
    Wrong("a key brought along", "own_key", _header(FOREIGN, kid="ett", jwk=CURVED.as_dict(private=False))),
    Wrong("keys on another server", "own_key", _header(FOREIGN, kid="ett", jku="https://annan.example/jwks")),
    Wrong("a certificate on another server", "own_key", _header(None, x5u="https://annan.example/cert")),
    Wrong("an extension that must be understood", "own_key", _header(None, crit=["exp"])),
    Wrong("no token", "no_id_token", _unsigned),
    Wrong("no token at all in its place", "shape", _token("inget")),
    Wrong("a token that is too long", "length", _token("a" * 40_000)),
    # When
    Wrong("expired", "exp", _later("exp", -120)),
    Wrong("no expiry", "exp", _claim("exp", GONE)),
    Wrong("an expiry that is no number", "exp", _claim("exp", "snart")),
    Wrong("not yet valid", "nbf", _later("nbf", 600)),
    Wrong("issued in the future", "iat", _later("iat", 600)),
    Wrong("issued before anybody asked", "iat", _later("iat", -600)),
    Wrong("never issued", "iat", _claim("iat", GONE)),
    # For which sign-in
    Wrong("no nonce", "nonce", _claim("nonce", GONE)),
    Wrong("another nonce", "nonce", _claim("nonce", "a" * 43)),
    Wrong("nonce as a number", "nonce", _claim("nonce", 1)),
    Wrong("another access token's hash", "at_hash", _claim("at_hash", "a" * 22)),
    # Who
    Wrong("no subject", "sub", _claim("sub", GONE)),
    Wrong("empty subject", "sub", _claim("sub", "")),
    Wrong("subject as a number", "sub", _claim("sub", 7)),
    Wrong("endless subject", "sub", _claim("sub", "a" * 256)),
    Wrong("a number that is none", "number", _claim(_PERSONAL, "201701012394")),
    Wrong("a number as a number", "number", _claim(_PERSONAL, 201701012393)),
    Wrong("an empty number", "number", _claim(_PERSONAL, "")),
    # How surely
    Wrong("level not said", "level", _claim("acr", GONE), "level"),
    Wrong("level too low", "level", _claim("acr", "http://id.elegnamnden.se/loa/1.0/loa1"), "level"),
    Wrong("level as a list", "level", _claim("acr", ["http://id.elegnamnden.se/loa/1.0/loa3"]), "level"),
    # The answer and the token endpoint
    Wrong("no code", "code", _answer("code", GONE)),
    Wrong("an invented code", "token_endpoint", _answer("code", "påhittad")),
    Wrong("an error that nobody knows", "not_accepted", _answer("error", "invalid_scope")),
    Wrong("turned back", "cancelled", _answer("error", "access_denied"), "cancelled"),
    Wrong("provider in trouble", "away", _answer("error", "server_error"), "away"),
    Wrong("token endpoint fails", "status", _document("/token", 500, b"{}"), "away"),
    Wrong("token endpoint leads elsewhere", "status", _leads_away("/token"), "away"),
    Wrong("token endpoint never ends", "too_large", _document("/token", 200, _BIG), "away"),
    Wrong("token endpoint says no JSON", "json", _document("/token", 200, b"<html>"), "away"),
    Wrong("token endpoint gives a list", "json", _document("/token", 200, b"[]"), "away"),
    Wrong("token endpoint nests", "json", _document("/token", 200, b"[" * 200_000), "away"),
    Wrong("token as an object", "no_id_token", _document("/token", 200, b'{"id_token": {}, "token_type": "Bearer"}')),
    Wrong("odd lifetime", "token_endpoint", _document("/token", 200, b'{"id_token": "x", "expires_in": "aldrig"}')),
    Wrong("no keys", "keys", _document("/jwks", 200, b"{}")),
    Wrong("keys that are none", "kid", _document("/jwks", 200, b'{"keys": [1, {"kty": "RSA", "n": "AQAB", "e": 1}]}')),
    Wrong("keys lead elsewhere", "status", _leads_away("/jwks"), "away"),
)

STAFF = (
    Wrong("several factors not shown in acr", "acr", _claim("acr", "urn:exempel:losenord")),
    Wrong("acr left out", "acr", _claim("acr", GONE)),
    Wrong("several factors not shown in amr", "amr", _claim("amr", ["pwd"])),
    Wrong("amr left out", "amr", _claim("amr", GONE)),
    Wrong("amr as a text", "amr", _claim("amr", "mfa")),
    Wrong("amr of odd things", "amr", _claim("amr", [["mfa"], {}])),
)

_SCRIPT, _PLAIN = "javascript:alert(1)", "http://annan.example/t"
METADATA = (
    Wrong("of another issuer", "issuer", _metadata("issuer", "https://annan.example"), "away"),
    Wrong("without PKCE", "pkce", _metadata("code_challenge_methods_supported", ["plain"]), "away"),
    Wrong("without our flow", "flow", _metadata("response_types_supported", ["token"]), "away"),
    Wrong("without our algorithms", "algorithm", _metadata("id_token_signing_alg_values_supported", ["HS256"]), "away"),
    Wrong("without a secret", "secret", _metadata("token_endpoint_auth_methods_supported", ["none"]), "away"),
    Wrong("plain token endpoint", "token_endpoint", _metadata("token_endpoint", _PLAIN), "away"),
    Wrong("script to sign in", "authorization_endpoint", _metadata("authorization_endpoint", _SCRIPT), "away"),
    Wrong("no JSON", "json", _document(WELL_KNOWN, 200, b"hej"), "away"),
    Wrong("a list", "object", _document(WELL_KNOWN, 200, b"[]"), "away"),
    Wrong("leads elsewhere", "status", _leads_away(WELL_KNOWN), "away"),
)
