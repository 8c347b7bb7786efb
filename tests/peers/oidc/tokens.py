"""Tokens as a provider makes them, and as nobody should: signed by hand where a library would refuse."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

Key = RSAKey | ECKey


def encoded(octets: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def signed(claims: dict[str, Any], key: Key, header: dict[str, Any]) -> str:
    """A token signed as its header says."""
    parts = [encoded(json.dumps({"typ": "JWT", **header}).encode()), encoded(json.dumps(claims).encode())]
    if header["alg"] == "none":
        return ".".join([*parts, ""])
    if header["alg"] == "HS256":  # with the public key as the secret
        mac = hmac.digest(key.as_pem(private=False), ".".join(parts).encode(), hashlib.sha256)
        return ".".join([*parts, encoded(mac)])
    if header.keys() & {"jku", "jwk", "x5u", "x5c", "crit"}:
        return _resigned(parts, key)
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def _resigned(parts: list[str], key: Key) -> str:
    """A sound signature under a header that the library would not write."""
    private = key.private_key
    assert isinstance(private, RSAPrivateKey)
    return ".".join([*parts, encoded(private.sign(".".join(parts).encode(), padding.PKCS1v15(), hashes.SHA256()))])


def half_hash(token: str) -> str:
    """`at_hash` of an access token."""
    return encoded(hashlib.sha256(token.encode()).digest()[:16])
