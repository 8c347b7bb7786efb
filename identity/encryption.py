"""Sealing of single values: AES-256-GCM with the place of the value as associated data. Pure.

A sealed value is `u16 key number || 12-byte nonce || ciphertext and tag`. The associated data names
table, column, municipality and row, so a ciphertext that is moved to another row does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from identity.keyring import Key

_NONCE = 12


class CannotOpen(ValueError):
    """The value was made by an unknown key, changed, or moved to another place."""


def place(table: str, column: str, municipality: int | None, row: object) -> bytes:
    """Associated data of one value: where it stands."""
    return f"{table}.{column}.{municipality}.{row}".encode()


def seal(text: str, where: bytes, keys: Sequence[Key]) -> bytes:
    """Encrypt `text` with the newest key, bound to `where`."""
    key = keys[-1]
    nonce = os.urandom(_NONCE)
    return key.number.to_bytes(2, "big") + nonce + AESGCM(key.secret).encrypt(nonce, text.encode(), where)


def open_sealed(sealed: bytes, where: bytes, keys: Sequence[Key]) -> str:
    """The text of a sealed value. Raises `CannotOpen`; the text never appears in it."""
    number = int.from_bytes(sealed[:2], "big")
    key = next((candidate for candidate in keys if candidate.number == number), None)
    if key is None:
        raise CannotOpen(f"key {number} is not in the key file")
    try:
        return AESGCM(key.secret).decrypt(sealed[2 : 2 + _NONCE], sealed[2 + _NONCE :], where).decode()
    except InvalidTag:
        raise CannotOpen("the value was changed or moved") from None


def blind_index(value: str, municipality: int, secret: bytes) -> bytes:
    """HMAC-SHA-256 by which an encrypted value is found: 32 bytes, one key per municipality."""
    own = hmac.digest(secret, f"motas-index-{municipality}".encode(), hashlib.sha256)
    return hmac.digest(own, value.encode(), hashlib.sha256)
