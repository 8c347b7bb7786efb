"""What may not stand in a log, taken out of any text: numbers, phones, addresses, secrets; and no line forges another.

Pure. It errs towards taking out: a date or a counter that looks like a personal number goes as well. Identifiers of
the form of a UUID stay; they name nobody outside the database. Names cannot be recognised: nothing may log one.

What is written by percent signs, entities or backslashes is read for what it means, twice over, and once as it stands.
A number is also known in hexadecimal and base64. One that is split by words, enciphered or compressed is not known.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode
from collections.abc import Sequence
from html import unescape
from ipaddress import ip_address

MOST = 20_000  # characters of one text; what is beyond is cut off

NUMBER, PHONE, MAIL, SECRET, ADDRESS = "[nummer]", "[telefon]", "[e-post]", "[hemligt]", "[adress]"

# Terminal sequences (ECMA-48): CSI, OSC and other strings, and two-character ones. They vanish; what they hid is read.
_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x1b\x07\x9c]*(?:\x1b\\|[\x07\x9c])|\x1b[ -/]*[0-~]"
)
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BETWEEN = r"[\s.+/_\-\u2010-\u2015\u2212]{0,4}"
_BETWEEN_PARTS = r"[\W_]{0,6}"  # date and last four


def _spread(*parts: str) -> str:
    return _BETWEEN.join(parts)


_UUID = r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f])"
_DAY = rf"(?:0{_BETWEEN}[1-9]|1{_BETWEEN}[0-2]){_BETWEEN}(?:[06]{_BETWEEN}[1-9]|[1278]{_BETWEEN}\d|[39]{_BETWEEN}[01])"
_LAST = _spread(r"\d", r"\d", r"\d", r"\d")
_TWELVE = rf"(?:1{_BETWEEN}[89]|2{_BETWEEN}0){_BETWEEN}\d{_BETWEEN}\d{_BETWEEN}{_DAY}{_BETWEEN_PARTS}{_LAST}"
_TEN = rf"(?<!\d)\d{_BETWEEN}\d{_BETWEEN}{_DAY}{_BETWEEN_PARTS}{_LAST}(?!\d)"
_LISTED = r"(?<!\d)\d(?:[\W_]{1,4}\d){9,11}(?!\d)"  # each digit by itself
_HEX = r"(?<![0-9A-Fa-f])(?:3\d){6,8}(?:2[0BDbd])?(?:3\d){4}(?![0-9A-Fa-f])"
_SIGN = r"[ ()/.\-\u00a0\u2010-\u2015]{0,3}"
_PHONE = (
    rf"(?<![\w.])(?:(?:\+|00)(?:{_SIGN}\d){{8,15}}|(?:0|\(0\){_SIGN})[1-9](?:{_SIGN}\d){{5,10}}"
    r"|46[ -]?(?:\(0\)[ -]?)?[1-9](?:[ -]?\d){7,8})(?!\w)"
)
_PART = r"[^\s@<>\"'(),;:=\[\]{}]"
_MAIL = rf"(?<!{_PART}){_PART}+@{_PART}+"
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
            ("listed", _LISTED),
            ("phone", _PHONE),
            ("hex", _HEX),
            ("long", _LONG),
        )
    )
)
_WORDS = {
    "bearer": SECRET, "mail": MAIL, "opaque": SECRET, "twelve": NUMBER, "ten": NUMBER, "phone": PHONE,
    "long": SECRET, "listed": NUMBER, "hex": NUMBER,
}  # fmt: skip


# One character that is written by its UTF-8 octets, its code or its name.
_OCTETS = r"(?:{0}[0-7]{1}|{0}[CDcd]{1}{0}{1}{1}|{0}[Ee]{1}(?:{0}{1}{1}){{2}}|{0}[Ff]{1}(?:{0}{1}{1}){{3}})"
_H = "[0-9A-Fa-f]"
_WRITTEN = re.compile(
    rf"(?P<percent>{_OCTETS.format('%', _H)})|(?P<octets>{_OCTETS.format(chr(92) * 2 + 'x', _H)})"
    rf"|&\#?[A-Za-z0-9]{{1,10}};|\\{{1,4}}(?:u(?P<code>{_H}{{4}})|U(?P<long>{_H}{{8}})|x(?P<short>{_H}{{2}})|(?P<line>[nrtfv0]))"
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{13,}={0,2}(?![A-Za-z0-9+/_=-])")
_NUMBER = re.compile(f"{_TWELVE}|{_TEN}")


def scrub(text: str) -> str:
    """The text without personal data and secrets that have a shape, on one line, harmless to a terminal."""
    return one_line(_taken_out(_readable(text)))


def scrub_lines(text: str) -> list[str]:
    """As `scrub`, for a text of several lines such as a traceback: its lines, each of them scrubbed."""
    return [one_line(line) for line in _taken_out(_readable(text)).splitlines()]


def one_line(text: str) -> str:
    """Every control character written out, line ends of all kinds too."""
    return "".join(
        character if character.isprintable() or character == " " else repr(character)[1:-1] for character in text
    )


def _readable(text: str) -> str:
    """As a terminal would show it: without sequences and unseen characters."""
    return _UNSEEN.sub("", _ANSI.sub("", text[:MOST]))


def _taken_out(text: str) -> str:
    """Read for what it means first; then as it stands, for what only looked like something else."""
    if _WRITTEN.search(text):
        meant, starts = _meant(text)
        again, places = _meant(meant)
        text = _cut(text, again, [starts[place] for place in places])
    return _TOKEN.sub(_coded, _cut(text, text, range(len(text) + 1)))


def _cut(text: str, read: str, starts: Sequence[int]) -> str:
    """Words for what is found in `read`; `starts`: where each of its characters, and its end, begins in `text`."""
    pieces, done = [], 0
    for found in _ALL.finditer(_folded(read)):
        word = _word(found)
        if word != found.group():
            pieces += [text[done : starts[found.start()]], word]
            done = starts[found.end()]
    return "".join([*pieces, text[done:]])


def _meant(text: str) -> tuple[str, list[int]]:
    """The text with what is written by codes read, and where each character, and the end, begins in it."""
    pieces, starts, done = [], [], 0
    for found in _WRITTEN.finditer(text):
        character = _UNSEEN.sub("", _character(found))
        pieces += [text[done : found.start()], character]
        starts += [*range(done, found.start()), *[found.start()] * len(character)]
        done = found.end()
    return "".join([*pieces, text[done:]]), [*starts, *range(done, len(text) + 1)]


def _character(found: re.Match[str]) -> str:
    code = found["code"] or found["long"] or found["short"]
    try:
        if found["percent"] or found["octets"]:
            return bytes.fromhex(re.sub(r"[%\\x]", "", found.group())).decode()
        if code:
            return chr(int(code, 16))
    except (ValueError, OverflowError):
        return found.group()
    return " " if found["line"] else unescape(found.group())


def _folded(text: str) -> str:
    """Digits of every script, and wide signs, as plain ones; as many characters as before."""
    if text.isascii():
        return text
    return "".join(_plain(character) for character in text)


def _plain(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.digit(character))
    other = unicodedata.normalize("NFKC", character)
    return other if len(other) == 1 and not other.isalnum() else character


def _coded(found: re.Match[str]) -> str:
    """A token, or the word for a number when it is one in base64."""
    text = found.group()
    digits = text.rstrip("=").replace("-", "+").replace("_", "/")
    if len(digits) % 4 == 1:
        return text
    meant = b64decode(digits + "=" * (-len(digits) % 4))
    return NUMBER if meant.isascii() and _NUMBER.search(meant.decode()) else text


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
