"""The pure rules of OpenID Connect: keys, tokens and metadata in every shape are read or refused, and never break."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey

from identity.providers import oidc_metadata
from identity.providers.oidc_metadata import BadMetadata, Metadata
from identity.providers.oidc_tokens import (
    Expected,
    TokenRefused,
    check_id_token,
    check_times,
    key_id,
    keys_of,
    moment,
    signed_claims,
)
from tests.peers.oidc.tokens import encoded, signed

ISSUER = "https://inloggning.exempel.example/t"
RSA = RSAKey.generate_key(2048, parameters={"kid": "ett"})
EC = ECKey.generate_key("P-256", parameters={"kid": "två", "alg": "ES256"})
KEYS = keys_of({"keys": [RSA.as_dict(private=False), EC.as_dict(private=False)]})
CLAIMS: dict[str, Any] = {"iss": ISSUER, "aud": "motas", "sub": "1", "nonce": "n", "iat": 100, "exp": 200}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(("key", "alg"), [(RSA, "RS256"), (RSA, "PS256"), (EC, "ES256")])
def test_three_algorithms_are_taken(key: RSAKey | ECKey, alg: str) -> None:
    token = signed(CLAIMS, key, {"alg": alg, "kid": key.kid})
    assert signed_claims(token, KEYS) == CLAIMS
    assert key_id(token) == key.kid


def test_a_token_that_names_no_key_is_taken_when_only_one_fits() -> None:
    assert signed_claims(signed(CLAIMS, RSA, {"alg": "RS256"}), KEYS) == CLAIMS
    two = keys_of({"keys": [RSA.as_dict(private=False), RSAKey.generate_key(2048).as_dict(private=False)]})
    with pytest.raises(TokenRefused, match="kid"):
        signed_claims(signed(CLAIMS, RSA, {"alg": "RS256"}), two)


def test_weak_odd_and_secret_keys_are_left_out() -> None:
    with pytest.warns(match="2048"):
        weak = RSAKey.generate_key(1024).as_dict(private=False)
    sound = RSA.as_dict(private=False)
    odd = [
        weak,
        {"kty": "oct", "k": "aGVtbGlndA"},
        sound | {"use": "enc"},
        sound | {"n": "A" * 20_000},
        ECKey.generate_key("P-384").as_dict(private=False),
        EC.as_dict(private=False) | {"x": "AAAA"},
        {"kty": "RSA"},
        7,
    ]
    assert keys_of({"keys": odd}) == ()
    assert len(keys_of({"keys": [sound] * 80})) == 50


@given(JSON)
def test_any_json_as_keys_is_read_or_refused(document: object) -> None:
    for shape in (document, {"keys": document}, {"keys": [document]}):
        with contextlib.suppress(TokenRefused):
            assert all(key.key_type in ("RSA", "EC") for key in keys_of(shape))


@given(
    st.dictionaries(st.sampled_from(["n", "e", "x", "y", "crv", "alg", "kid", "use"]), JSON),
    st.sampled_from(["RSA", "EC"]),
)
def test_any_field_of_a_key_is_read_or_refused(fields: dict[str, object], kind: str) -> None:
    whole = (RSA if kind == "RSA" else EC).as_dict(private=False)
    keys_of({"keys": [{**whole, **fields, "kty": kind}]})


@given(st.text() | st.binary().map(lambda octets: octets.decode("latin-1")))
def test_any_text_as_a_token_is_refused(text: str) -> None:
    for token in (text, f"{text}.{text}.{text}"):
        with pytest.raises(TokenRefused):
            signed_claims(token, KEYS)


@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jku", "b64", "x5t"]), JSON))
def test_any_header_is_refused_unless_the_signature_holds(header: dict[str, object]) -> None:
    good = signed(CLAIMS, RSA, {"alg": "RS256", "kid": "ett"})
    head = encoded(json.dumps(header).encode())
    with pytest.raises(TokenRefused):
        signed_claims(".".join([head, *good.split(".")[1:]]), KEYS)


@given(st.dictionaries(st.sampled_from([*CLAIMS, "azp", "nbf", "at_hash", "auth_time"]), JSON))
def test_claims_of_any_shape_are_accepted_or_refused(changes: dict[str, Any]) -> None:
    expected = Expected(ISSUER, "motas", "n", now=150, since=90)
    said = CLAIMS | changes
    try:
        check_id_token(said, expected, "token")
    except TokenRefused:
        return
    named = [said["aud"]] if isinstance(said["aud"], str) else said["aud"]
    assert (said["iss"], said["nonce"]) == (ISSUER, "n")
    assert "motas" in named
    assert said["exp"] > 150 - 60
    assert 30 <= said["iat"] <= 210
    assert "at_hash" not in changes


@pytest.mark.parametrize(("seconds", "accepted"), [(-61, True), (59, True), (60, False)])
def test_a_token_lives_a_minute_longer_than_it_says(seconds: int, accepted: bool) -> None:
    with contextlib.nullcontext() if accepted else pytest.raises(TokenRefused, match="exp"):
        check_times({"iat": 100, "exp": 200}, now=200 + seconds, since=100)


@pytest.mark.parametrize("value", [True, "100", None, float("nan"), float("inf"), [], 10**30])
def test_a_time_is_a_number(value: object) -> None:
    with pytest.raises(TokenRefused, match="exp"):
        moment({"exp": value}, "exp")


SOUND: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/a",
    "token_endpoint": f"{ISSUER}/t",
    "jwks_uri": f"{ISSUER}/k",
}


def test_metadata_says_as_little_as_it_may() -> None:
    read = oidc_metadata.read(SOUND, ISSUER)
    assert (read.token_endpoint, read.auth_method, read.names_itself) == (f"{ISSUER}/t", "client_secret_basic", False)
    assert oidc_metadata.address_of(f"{ISSUER}/") == f"{ISSUER}/.well-known/openid-configuration"


@given(st.dictionaries(st.sampled_from([*SOUND, "scopes_supported", "response_types_supported"]), JSON) | JSON)
def test_any_json_as_metadata_is_read_or_refused(document: object) -> None:
    try:
        read = oidc_metadata.read(SOUND | document if isinstance(document, dict) else document, ISSUER)
    except BadMetadata:
        return
    assert isinstance(read, Metadata)
    assert read.token_endpoint.startswith("https://")


@pytest.mark.parametrize(
    "address",
    [
        "http://a.example/",
        "javascript:alert(1)",
        "https://",
        "https://a@b.example/",
        "https://a.example/#x",
        7,
        None,
        "",
    ],
)
def test_an_endpoint_is_a_whole_https_address(address: object) -> None:
    with pytest.raises(BadMetadata, match="authorization_endpoint"):
        oidc_metadata.read(SOUND | {"authorization_endpoint": address}, ISSUER)
