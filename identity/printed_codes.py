"""Codes that are printed or read aloud once: letters and digits that are not taken for each other. Pure.

28 of 32 signs are 140 random bits (ASVS 11.5.1 asks for 128), in seven groups. What is kept is SHA-256 of code and
municipality, so a code says nothing at another one.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # neither 0, O, 1 nor I
LENGTH: Final = 28
_GROUP: Final = 4
_LONGEST: Final = 100


def make() -> str:
    """A new code, as it is shown."""
    return grouped("".join(secrets.choice(SIGNS) for _ in range(LENGTH)))


def grouped(signs: str) -> str:
    """Signs in groups of four."""
    return "-".join(signs[start : start + _GROUP] for start in range(0, len(signs), _GROUP))


def digest(typed: str, short_id: str) -> bytes | None:
    """What to look up for a typed code at the municipality `short_id`; None when it has not the shape of one.

    Case, spaces and dashes are as the person likes.
    """
    if len(typed) > _LONGEST:
        return None
    signs = "".join(sign for sign in typed.upper() if sign not in " -\u2010\u2011\u2013\t\r\n\u00a0")
    if len(signs) != LENGTH or not set(signs) <= set(SIGNS):
        return None
    return hashlib.sha256(f"{short_id}.{signs}".encode()).digest()
