"""Signed tokens of an OpenID provider: which keys and algorithms are taken, and what an ID token must say. Pure.

What is accepted is our own list, never what the token or the provider's metadata offers (RFC 8725, 3.1). The order is
signature first, content after. `TokenRefused.code` names the check that failed, for our log and tests; nobody who
signs in is ever told.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
# A key, or where to find one, that the token brings itself (RFC 7515, 4.1.2-4.1.6): never taken, never asked for.
_OWN_KEYS = ("jku", "jwk", "x5u", "x5c")
LEEWAY = 60
_LONGEST = 32_768
_MOST_KEYS = 50
_RSA_BITS = (2048, 8192)
_SUBJECT_LENGTH = 255
Claims = dict[str, Any]
Key = RSAKey | ECKey


class TokenRefused(Exception):
    """A token is not accepted; `code` names the check, and never a value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Expected:
    """What we asked, and so what the answer must fit. Times are POSIX seconds.

    `since`: when the sign-in began; `fresh`: the person must have proven who they are after that.
    """

    issuer: str
    client_id: str
    nonce: str
    now: float
    since: float
    fresh: bool = False


def keys_of(document: object) -> tuple[Key, ...]:
    """The usable public keys of a JWK set (RFC 7517): RSA of a sound size and P-256, for signatures."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise TokenRefused("keys")
    found = (_key(entry) for entry in listed[:_MOST_KEYS] if isinstance(entry, dict))
    return tuple(key for key in found if key is not None)


def _key(entry: dict[str, Any]) -> Key | None:
    kind: type[Key] | None = {"RSA": RSAKey, "EC": ECKey}.get(str(entry.get("kty")))  # type: ignore[assignment]
    if kind is None or entry.get("use", "sig") != "sig" or not _sound(entry):
        return None
    public = {name: value for name, value in entry.items() if name in ("kty", "kid", "alg", "n", "e", "crv", "x", "y")}
    try:
        key = kind.import_key(public)
        key.public_key  # noqa: B018 - numbers that are no key are found out here
    except (JoseError, ValueError, TypeError, AttributeError, KeyError, OverflowError):
        return None
    return key


def _sound(entry: dict[str, Any]) -> bool:
    if entry.get("kty") == "EC":
        return entry.get("crv") == "P-256"
    modulus = entry.get("n")
    if not isinstance(modulus, str) or len(modulus) > _RSA_BITS[1] // 6 + 4:
        return False
    try:
        octets = base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))
    except ValueError:
        return False
    return _RSA_BITS[0] <= int.from_bytes(octets, "big").bit_length() <= _RSA_BITS[1]


def key_id(token: str) -> str | None:
    """The name of the key that a token says it was signed by: for looking it up in the issuer's own set, only."""
    found = _header(token).get("kid")
    return found if isinstance(found, str) else None


def signed_claims(token: str, keys: Sequence[Key]) -> Claims:
    """What a token says, once its signature has held under one of the issuer's keys. Raises `TokenRefused`."""
    header = _header(token)
    key = _chosen(header, keys)
    try:
        return dict(jwt.decode(token, key, algorithms=[header["alg"]]).claims)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise TokenRefused("signature") from None


def _header(token: str) -> dict[str, Any]:
    if len(token) > _LONGEST:
        raise TokenRefused("length")
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
        raise TokenRefused("shape") from None
    if header.get("alg") not in list(ALGORITHMS):
        raise TokenRefused("alg")
    if any(name in header for name in (*_OWN_KEYS, "crit")):
        raise TokenRefused("own_key")
    return dict(header)


def _chosen(header: Mapping[str, Any], keys: Sequence[Key]) -> Key:
    fit = [key for key in keys if key.key_type == ALGORITHMS[header["alg"]] and key.alg in (None, header["alg"])]
    if "kid" in header:
        fit = [key for key in fit if key.get("kid") == header["kid"]]
    if len(fit) != 1:
        raise TokenRefused("kid")
    return fit[0]


def check_id_token(claims: Claims, expected: Expected, access_token: str | None) -> None:
    """Every rule of OpenID Connect Core 1.0, 3.1.3.7, but the level. Raises `TokenRefused`."""
    check_addressed(claims, expected.issuer, expected.client_id)
    check_times(claims, now=expected.now, since=expected.since)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise TokenRefused("nonce")
    if "at_hash" in claims and claims["at_hash"] != _half_hash(access_token):
        raise TokenRefused("at_hash")
    if expected.fresh and moment(claims, "auth_time") < expected.since - LEEWAY:
        raise TokenRefused("auth_time")
    subject_of(claims)


def check_addressed(claims: Claims, issuer: str, client_id: str) -> None:
    """The token is from this issuer and for this client, and for nobody else. Raises `TokenRefused`."""
    if claims.get("iss") != issuer:
        raise TokenRefused("iss")
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or client_id not in named:
        raise TokenRefused("aud")
    if claims.get("azp", None if len(named) > 1 else client_id) != client_id:
        raise TokenRefused("azp")


def check_times(claims: Claims, *, now: float, since: float) -> None:
    """Issued between `since` and now, valid now, within a minute's leeway. Raises `TokenRefused`."""
    if moment(claims, "exp") <= now - LEEWAY:
        raise TokenRefused("exp")
    if not since - LEEWAY <= moment(claims, "iat") <= now + LEEWAY:
        raise TokenRefused("iat")
    if "nbf" in claims and moment(claims, "nbf") > now + LEEWAY:
        raise TokenRefused("nbf")


def moment(claims: Claims, name: str) -> float:
    """A time of the token (NumericDate, RFC 7519). Raises `TokenRefused` when it is missing or no number."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12 or math.isnan(value):
        raise TokenRefused(name)
    return float(value)


def subject_of(claims: Claims) -> str:
    """The subject: at most 255 printable ASCII characters (OpenID Connect Core 1.0, 2). Raises `TokenRefused`."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _SUBJECT_LENGTH:
        raise TokenRefused("sub")
    if not (subject.isascii() and subject.isprintable()):
        raise TokenRefused("sub")
    return subject


def _half_hash(access_token: str | None) -> str | None:
    """The left half of the hash, as all three algorithms use SHA-256 (OpenID Connect Core 1.0, 3.1.3.6)."""
    if access_token is None:
        return None
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()
