"""Personal numbers that belong to nobody: birth numbers 980-999, which Skatteverket keeps for tests.

Every number in the tests comes from here or is one of the three that Skatteverket has published as examples.
"""

from __future__ import annotations

from base64 import b64encode
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
    return [*ways, " ".join(digits), f"{short} {last[:3]} {last[3:]}", *_as_found(digits)]


# What stands between the two parts in lines of logs that were found elsewhere; no rule of a search was made from it.
_FOUND = (
    *("%E2%80%91", "%2D", "%252D", "%C2%A0", "&#45;", "&#x2d;", "&nbsp;", "&#8209;", "&amp;#45;", "&ndash;"),
    *(
        "\\u2011",
        "\\u00a0",
        "\\\\u2011",
        "\\xe2\\x80\\x91",
        "\\xa0",
        "\\xc2\\xa0",
        "\\t",
        "\\n",
        "\u2011",
        "\u00a0",
        "\uff0d",
    ),
    *(
        ":",
        ",",
        ";",
        "|",
        "*",
        "=",
        '"',
        "'",
        "/",
        "_",
        ".",
        "~",
        "#",
        ", ",
        ": ",
        " | ",
        " = ",
        '", "',
        "', '",
        "     ",
    ),
)
_WIDE = {ord("0") + n: 0xFF10 + n for n in range(10)}


def _as_found(digits: str) -> list[str]:
    first, short, last = digits[:8], digits[2:8], digits[8:]
    ways = [f"{head}{sign}{last}" for head in (first, short) for sign in _FOUND]
    listed = [", ".join(digits), str([int(digit) for digit in digits]), str(list(digits)), ",".join(digits[2:])]
    wide = [f"{first}-{last}".translate(_WIDE), f"{short}\uff0d{last}".translate(_WIDE)]
    return [*ways, *listed, *wide, f"({first}){last}", f"({first}) {last}", f"{first}({last})"]


def codings(digits: str) -> list[str]:
    """The number as it stands in a hexadecimal or base64 text."""
    ways = [digits, digits[2:], f"{digits[:8]}-{digits[8:]}", f"{digits[2:8]}-{digits[8:]}"]
    octets = [way.encode() for way in ways]
    coded = [
        b64encode(b"number=" + octets[2] + b";").decode().rstrip("="),
        *[b64encode(one).decode() for one in octets],
    ]
    return [*[one.hex() for one in octets], octets[2].hex().upper(), *coded]
