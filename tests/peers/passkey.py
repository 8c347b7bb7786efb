"""A security key in software: makes keys and answers challenges (WebAuthn level 2), rightly or wrongly as told.

It signs with ES256 and speaks the browser's part too (clientDataJSON), as JSON with base64url. What `Wrong` can switch
is what an attacker, a broken browser or a copied key would send; everything else in the answer stays right.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

UP, UV, AT, ED = 0x01, 0x04, 0x40, 0x80
Asked = dict[str, Any]


def b64(octets: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def un64(text: str) -> bytes:
    """Bytes of base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value: Any) -> bytes:  # noqa: ANN401 - numbers, octets, text and maps of them
    """The canonical encoding of what keys need (RFC 8949)."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    return _head(5, len(value)) + b"".join(cbor(key) + cbor(one) for key, one in value.items())


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    for more, form in ((24, ">B"), (25, ">H"), (26, ">I")):
        if number < 1 << 8 * struct.calcsize(form):
            return bytes([kind << 5 | more]) + struct.pack(form, number)
    raise ValueError(number)


@dataclass(frozen=True)
class Wrong:
    """What is to be wrong with one answer. None and 0: nothing."""

    origin: str | None = None
    rp_id: str | None = None
    type: str | None = None
    challenge: str | None = None
    cross_origin: bool = False
    no_presence: bool = False
    no_verification: bool = False
    count: int | None = None
    credential_id: bytes | None = None
    user_handle: bytes | None = None
    flipped: bool = False
    cose: dict[int, Any] | None = None
    data_cut: int = 0
    data_more: bytes = b""
    data_flags: int = 0
    signature: bytes | None = None


@dataclass
class Held:
    """One key in the authenticator."""

    private: ec.EllipticCurvePrivateKey
    rp_id: str
    user: bytes
    count: int = 0


@dataclass
class Authenticator:
    """All keys of one device. `counts`: whether it counts uses (synced keys answer 0 always)."""

    counts: bool = True
    keys: dict[bytes, Held] = field(default_factory=dict)

    def create(self, asked: Asked, origin: str, wrong: Wrong = Wrong()) -> str:
        """A new key, and the answer that registers it."""
        made, credential = ec.generate_private_key(ec.SECP256R1()), wrong.credential_id or secrets.token_bytes(32)
        self.keys[credential] = Held(made, asked["rp"]["id"], un64(asked["user"]["id"]))
        numbers = made.public_key().public_numbers()
        es256 = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(credential)) + credential + cbor(wrong.cose or es256)
        data = self._data(self.keys[credential], AT, wrong, attested)
        said = self._client_data("webauthn.create", asked, origin, wrong)
        sealed = cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return _answer(credential, {"clientDataJSON": b64(said), "attestationObject": b64(sealed)})

    def get(self, asked: Asked, origin: str, wrong: Wrong = Wrong(), key: bytes = b"") -> str:
        """The answer of a key (the newest, unless one is named) to a challenge."""
        credential = key or list(self.keys)[-1]
        held = self.keys[credential]
        data = self._data(held, 0, wrong)
        said = self._client_data("webauthn.get", asked, origin, wrong)
        signature = held.private.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        if wrong.flipped:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        response = {
            "clientDataJSON": b64(said),
            "authenticatorData": b64(data),
            "signature": b64(signature if wrong.signature is None else wrong.signature),
            "userHandle": b64(wrong.user_handle or held.user),
        }
        return _answer(wrong.credential_id or credential, response)

    def _data(self, held: Held, flags: int, wrong: Wrong, attested: bytes = b"") -> bytes:
        held.count += self.counts
        flags |= wrong.data_flags | (0 if wrong.no_presence else UP) | (0 if wrong.no_verification else UV)
        count = held.count if wrong.count is None else wrong.count
        rp = hashlib.sha256((wrong.rp_id or held.rp_id).encode()).digest()
        data = rp + struct.pack(">BI", flags, count) + attested + wrong.data_more
        return data[: len(data) - wrong.data_cut]

    def _client_data(self, kind: str, asked: Asked, origin: str, wrong: Wrong) -> bytes:
        challenge = asked["challenge"] if wrong.challenge is None else wrong.challenge
        said = {"type": wrong.type or kind, "challenge": challenge, "origin": wrong.origin or origin}
        return json.dumps(said | {"crossOrigin": wrong.cross_origin}).encode()


def _answer(credential: bytes, response: dict[str, str]) -> str:
    return json.dumps({"id": b64(credential), "rawId": b64(credential), "type": "public-key", "response": response})
