"""What may not stand in a log, taken out of any text: numbers, phones, addresses, secrets; and no line forges another.

Pure. It errs towards taking out: a date or a counter that looks like a personal number goes as well. Identifiers of
the form of a UUID stay; they name nobody outside the database. Names cannot be recognised: nothing may log one.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import ip_address

MOST = 20_000  # characters of one text; what is beyond is cut off

NUMBER, PHONE, MAIL, SECRET, ADDRESS = "[nummer]", "[telefon]", "[e-post]", "[hemligt]", "[adress]"

# Terminal sequences (ECMA-48): CSI, OSC and other strings, and two-character ones. They vanish; what they hid is read.
_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x1b\x07\x9c]*(?:\x1b\\|[\x07\x9c])|\x1b[ -/]*[0-~]"
)
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BETWEEN = r"(?:[\s.+/_\-\u2010-\u2015\u2212]|%20|%2[BbDd]|\\[nrt]){0,4}"


def _spread(*parts: str) -> str:
    return _BETWEEN.join(parts)


_UUID = r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f])"
_DAY = rf"(?:0{_BETWEEN}[1-9]|1{_BETWEEN}[0-2]){_BETWEEN}(?:[06]{_BETWEEN}[1-9]|[1278]{_BETWEEN}\d|[39]{_BETWEEN}[01])"
_LAST = _spread(r"\d", r"\d", r"\d", r"\d")
_TWELVE = rf"(?:1{_BETWEEN}[89]|2{_BETWEEN}0){_BETWEEN}\d{_BETWEEN}\d{_BETWEEN}{_DAY}{_BETWEEN}{_LAST}"
_TEN = rf"(?<!\d)\d{_BETWEEN}\d{_BETWEEN}{_DAY}{_BETWEEN}{_LAST}(?!\d)"
_SIGN = r"[ ()/.\-\u00a0\u2010-\u2015]{0,3}"
_PHONE = rf"(?<![\w.])(?:(?:\+|%2[Bb]|00)(?:{_SIGN}\d){{8,15}}|0[1-9](?:{_SIGN}\d){{5,10}})(?![\w])"
_PART = r"[^\s@<>\"'(),;:=\[\]{}]"
_MAIL = rf"(?<!{_PART}){_PART}+(?:@|%40){_PART}+"
_OPAQUE = r"(?<![\w.])[a-z0-9]{1,8}\.[A-Za-z0-9_-]{22,}"
_BEARER = r"(?<=[Bb]earer )\S+"
_LONG = r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{32,}={0,2}(?![\w-])"
_IP4 = r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"
_IP6 = r"(?<![\w:.])(?=[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:)[0-9A-Fa-f:.]{2,45}(?![\w:])"
_ALL = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("uuid", _UUID),
            ("bearer", _BEARER),
            ("mail", _MAIL),
            ("opaque", _OPAQUE),
            ("ip4", _IP4),
            ("ip6", _IP6),
            ("twelve", _TWELVE),
            ("ten", _TEN),
            ("phone", _PHONE),
            ("long", _LONG),
        )
    )
)
_WORDS = {
    "bearer": SECRET, "mail": MAIL, "opaque": SECRET, "twelve": NUMBER, "ten": NUMBER, "phone": PHONE,
    "long": SECRET,
}  # fmt: skip


def scrub(text: str) -> str:
    """The text without personal data and secrets that have a shape, on one line, harmless to a terminal."""
    return one_line(_ALL.sub(_word, _readable(text)))


def scrub_lines(text: str) -> list[str]:
    """As `scrub`, for a text of several lines such as a traceback: its lines, each of them scrubbed."""
    return [one_line(line) for line in _ALL.sub(_word, _readable(text)).splitlines()]


def one_line(text: str) -> str:
    """Every control character written out, line ends of all kinds too."""
    return "".join(
        character if character.isprintable() or character == " " else repr(character)[1:-1] for character in text
    )


def _readable(text: str) -> str:
    """As a terminal would show it: without sequences and unseen characters, with plain digits."""
    plain = _UNSEEN.sub("", _ANSI.sub("", text[:MOST]))
    if plain.isascii():
        return plain
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in plain)


def _word(found: re.Match[str]) -> str:
    kind, text = str(found.lastgroup), found.group()
    if kind == "uuid":
        return text
    if kind in ("ip4", "ip6"):
        return _address(text)
    return _WORDS[kind]


def _address(text: str) -> str:
    """Addresses of the public network go: they lead to somebody. Inner ones are the installation's own."""
    try:
        return ADDRESS if ip_address(text).is_global else text
    except ValueError:
        return PHONE if text.startswith("0") else text  # 070.174.06.05
