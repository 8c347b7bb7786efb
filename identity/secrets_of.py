"""Opaque secrets: `<municipality short id>.<base64url>`, stored as SHA-256 only.

The short id must match the host's municipality, so a secret of one municipality says nothing at another.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

from identity.models import Municipality

_BYTES = 32


def make(municipality: Municipality, prefix: str = "") -> tuple[str, bytes]:
    """A new secret of 256 random bits and its hash. The text is shown once and never stored."""
    body = prefix + base64.urlsafe_b64encode(secrets.token_bytes(_BYTES)).rstrip(b"=").decode()
    text = f"{municipality.short_id}.{body}"
    return text, _hash(text)


def digest(text: str, municipality: Municipality) -> bytes | None:
    """The hash to look up, or None when the secret is not of this municipality or not of this shape."""
    short_id, dot, body = text.partition(".")
    if not dot or not body or len(text) > 200 or short_id != municipality.short_id:
        return None
    return _hash(text)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
