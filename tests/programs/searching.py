"""Finding planted personal data in raw bytes: numbers in every spelling and writing, and whatever carries a mark.

A number is looked for as digits with anything usual between them, as UTF-16, as hexadecimal and as base64 at any
alignment; marks (in names, addresses, phones) in the same writings. Pure.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

_BETWEEN = rb"(?:[ .+/_\-]|\xe2\x80[\x90-\x95]|\xe2\x88\x92|\xc2\xa0|[\x10-\x15] |%20|%2[BbDd]){0,3}"
_DIGITS = re.compile(rb"[0-9](?:" + _BETWEEN + rb"[0-9]){9,40}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){10,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{13,}")
# Two parts, or digits that stand by themselves, with any sign between them.
_PARTS = re.compile(rb"(?<![0-9])[0-9]{6}(?:[0-9]{2})?[^0-9A-Za-z]{1,6}[0-9]{4}(?![0-9])")
_LISTED = re.compile(rb"(?<![0-9])[0-9](?:[^0-9A-Za-z]{1,4}[0-9]){9,11}(?![0-9])")
_WRITTEN = re.compile(rb"%[0-9A-Fa-f]{2}|&#?[0-9A-Za-z]{1,8};|\\{1,4}(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrt])")
_WIDE, _WIDE_16 = re.compile(rb"\xef\xbc([\x8d\x90-\x99])"), re.compile(rb"([\x0d\x10-\x19])\xff")
_NOT_A_DIGIT = re.compile(rb"[^0-9]+")
_SHORT, _LONG = 10, 12


@dataclass(frozen=True)
class Planted:
    """What is looked for: numbers of twelve digits, and marks that nothing else holds."""

    numbers: frozenset[bytes]
    marks: tuple[bytes, ...]

    @classmethod
    def of(cls, numbers: Collection[str], marks: Collection[str]) -> Planted:
        """The same from texts; ten digits count as the number, too."""
        both = {number.encode() for number in numbers} | {number[2:].encode() for number in numbers}
        return cls(frozenset(both), tuple(mark.encode() for mark in marks))


def found(data: bytes, planted: Planted) -> set[str]:
    """What stands in the bytes, with the writing it was found in."""
    there = {f"plain {what}" for what in _plain(data, planted)}
    there |= {f"utf-16 {what}" for what in _plain(_WIDE_16.sub(_narrow, data.replace(b"\0", b"")), planted)}
    there |= {f"hex {what}" for text in _unhexed(data) for what in _plain(text, planted)}
    return there | {f"base64 {what}" for text in _decoded(data) for what in _plain(text, planted)}


def found_in(folder: Path, planted: Planted) -> dict[str, set[str]]:
    """The files below a folder that hold something, and what."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): there for path in files if (there := found(path.read_bytes(), planted))}


def _plain(data: bytes, planted: Planted) -> Iterator[str]:
    yield from (mark.decode() for mark in planted.marks if mark in data)
    wide = _WIDE.sub(_narrow, data)
    meant = _WRITTEN.sub(b" ", wide.replace(b"%25", b"%").replace(b"&amp;", b"&"))
    for text in {data, wide, meant}:
        yield from _numbers(text, planted)


def _narrow(found: re.Match[bytes]) -> bytes:
    """A wide digit or sign as a plain one; both writings end with the same four bits."""
    low = found[1][0] & 0xF
    return b"-" if low == 0xD else b"%d" % low


def _numbers(data: bytes, planted: Planted) -> Iterator[str]:
    for run in (*_PARTS.findall(data), *_LISTED.findall(data)):
        if _NOT_A_DIGIT.sub(b"", run) in planted.numbers:
            yield "number"
    for run in _DIGITS.findall(data):
        digits = _NOT_A_DIGIT.sub(b"", run)
        for length in (_SHORT, _LONG):
            for at in range(len(digits) - length + 1):
                if digits[at : at + length] in planted.numbers:
                    yield "number"


def _unhexed(data: bytes) -> Iterator[bytes]:
    for run in _HEX.findall(data):
        yield bytes.fromhex(run.decode())
        yield bytes.fromhex(run[1:-1].decode())


def _decoded(data: bytes) -> Iterator[bytes]:
    for run in _BASE64.findall(data):
        plain = run.replace(b"-", b"+").replace(b"_", b"/")
        for at in range(4):
            rest = plain[at : len(plain) - ((len(plain) - at) % 4 == 1)]
            yield base64.b64decode(rest + b"=" * (-len(rest) % 4))
