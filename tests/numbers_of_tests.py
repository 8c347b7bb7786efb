"""Personal numbers that belong to nobody: birth numbers 980-999, which Skatteverket keeps for tests.

Every number in the tests comes from here or is one of the three that Skatteverket has published as examples.
"""

from __future__ import annotations

from datetime import date, timedelta

from identity.numbers import luhn

PUBLISHED = ("201701012393", "198112289874", "197010632391")
_FIRST, _EACH_DAY = date(1931, 1, 1), 20


def series(n: int) -> list[str]:
    """The first `n` numbers of the test series, twelve digits each, no two alike; the same ones every time."""
    return [_number(place) for place in range(n)]


def _number(place: int) -> str:
    born = _FIRST + timedelta(days=17 * (place // _EACH_DAY))
    nine = f"{born:%y%m%d}{980 + place % _EACH_DAY}"
    return f"{born:%Y%m%d}{nine[6:]}{luhn(nine)}"


def spellings(digits: str) -> list[str]:
    """The ways in which people and systems write one number: ten or twelve digits, with and without signs."""
    short, last = digits[2:8], digits[8:]
    heads = (digits[:8], short, f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}")
    ways = [f"{head}{sign}{last}" for head in heads for sign in ("", "-", "+", " ", "\u2013", " - ")]
    return [*ways, " ".join(digits), f"{short} {last[:3]} {last[3:]}"]
