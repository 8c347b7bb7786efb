"""The chain of the access log: what is hashed of an entry, and how one entry holds on to the one before it.

An entry's hash is SHA-256 over its canonical bytes followed by the hash of the entry before it, or by the
municipality's genesis for the first. The canonical bytes are this project's own, version 1, and depend on no text
format of a database. All numbers are big-endian:

    1 byte   version: 1
    8 bytes  municipality
    8 bytes  number: 1 for the first entry, then without a gap
    16 bytes id
    8 bytes  at: microseconds since 1970-01-01T00:00Z, signed
    1 byte   allowed: 1 or 0
    16 bytes actor, preceded by one byte 1; or one byte 0 for none
    16 bytes unit, likewise
    4 texts  role, action, kind, reason: 2 bytes with the length in UTF-8, then the text
    network  1 byte with the length, 0, 4 or 16, then the address
    ids      objects_seen: 4 bytes with how many, then 16 bytes each, in their order

Each field has a fixed length or says its own, so two different entries never give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from struct import Struct
from typing import NamedTuple
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIXED = Struct(">BQQ16sqB")
_LENGTH = Struct(">H")
_COUNT = Struct(">I")
_VERSION = 1


class Entry(NamedTuple):
    """What an access entry says."""

    municipality: int
    id: UUID
    at: datetime
    actor: UUID | None
    role: str
    unit: UUID | None
    action: str
    kind: str
    objects_seen: Iterable[UUID]
    allowed: bool
    reason: str
    network: str | None


class Sealed(NamedTuple):
    """An entry with its place in the chain and the hash that it was sealed with."""

    number: int
    hash: bytes
    entry: Entry


def canonical(entry: Entry, number: int) -> bytes:
    """The bytes that are hashed of an entry when it stands at `number`."""
    objects = [one.bytes for one in entry.objects_seen]
    return b"".join(
        (
            _FIXED.pack(_VERSION, entry.municipality, number, entry.id.bytes, microseconds(entry.at), entry.allowed),
            _maybe(entry.actor),
            _maybe(entry.unit),
            _text(entry.role),
            _text(entry.action),
            _text(entry.kind),
            _text(entry.reason),
            _address(entry.network),
            _COUNT.pack(len(objects)),
            *objects,
        )
    )


def link(previous: bytes, canonical_bytes: bytes) -> bytes:
    """The hash of an entry, 32 bytes; `previous`: the hash of the entry before it, or `genesis`."""
    return hashlib.sha256(canonical_bytes + previous).digest()


def genesis(municipality: int) -> bytes:
    """What the first entry of a municipality holds on to, 32 bytes: no chain can pass for a neighbour's."""
    return hashlib.sha256(f"motas access log {municipality}".encode()).digest()


def microseconds(at: datetime) -> int:
    """Microseconds since 1970, exactly: no floating point is on the way."""
    return (at - _EPOCH) // _MICROSECOND


def _maybe(value: UUID | None) -> bytes:
    return b"\x00" if value is None else b"\x01" + value.bytes


@lru_cache(4096)  # few words come again in all entries
def _text(value: str) -> bytes:
    encoded = value.encode()
    return _LENGTH.pack(len(encoded)) + encoded


@lru_cache(4096)
def _address(value: str | None) -> bytes:
    packed = ip_address(value).packed if value else b""
    return bytes([len(packed)]) + packed
