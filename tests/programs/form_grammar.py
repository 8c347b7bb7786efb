"""What is sent to forms that they do not expect: spoilt values, fields, bodies and headers. Pure, and seeded.

Every value carries a label, so that a failing case can be told without the value itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from urllib.parse import quote_from_bytes

FORM = "application/x-www-form-urlencoded"
AS_IT_IS = "as it is"


@dataclass(frozen=True)
class Value:
    """The octets of a field, and what they are called."""

    label: str
    octets: bytes


@dataclass(frozen=True)
class Field:
    """A field on its way."""

    name: str
    value: Value
    file: bool = False


@dataclass(frozen=True)
class Asked:
    """One request. `said`: how it came about, for the line that tells of it."""

    method: str
    path: str
    query: bytes = b""
    body: bytes = b""
    type: str = FORM
    headers: dict[str, str] = field(default_factory=dict)
    said: str = ""


def _values(**texts: str | bytes) -> dict[str, bytes]:
    return {
        name: text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass") for name, text in texts.items()
    }


_TEXTS = _values(
    empty="",
    space="  \t ",
    huge=b"x" * 100_000,
    long="å" * 301,
    nul="a\0b",
    crlf="a\r\nSet-Cookie: a=b",
    rtl="\u202eabc\u202c \u0627\u0644",
    combining="e" + "\u0301" * 500,
    surrogate="\ud800x\udfff",
    not_utf8=b"\xff\xfe\x80\xc0",
    emoji="👩‍👩‍👧‍👦" * 40,
    nonchar="\uffff\ufdd0\U0010ffff",
    line_separator="a\u2028b\u0085c",
    html='"><script>alert(1)</script>',
    sql="' OR 1=1; --",
    template="{{ 7 }}{% now %}%s%(x)s%n{0}",
    path="../../../../etc/passwd",
    octal='"\\000\\377"',
)
_NUMBERS = _values(
    minus="-1",
    zero="0",
    plus_one="+1",
    two_31=str(2**31),
    two_63=str(2**63),
    two_64="-" + str(2**64),
    digits="9" * 5_000,
    exponent="1e999",
    nan="NaN",
    infinity="-Infinity",
    part="0.5",
    comma="1,5",
    arabic_digits="١٢٣٤٥٦",
    superscript="²³¹",
    circled="①②③④⑤⑥",
    underscore="1_000",
    hex="0x1F",
    true="true",
    none="None",
)
_TIMES = _values(
    no_day="2026-02-30",
    day_zero="0000-00-00",
    first_day="0001-01-01",
    last_day="9999-12-31",
    far_year="10000-01-01",
    first_instant="0001-01-01T00:00:00+14:00",
    last_instant="9999-12-31T23:59:59-14:00",
    no_zone="2027-03-28T02:30",
    twice="2026-10-25T02:30:00",
    odd_zone="2027-01-01T00:00:00+99:99",
    microseconds="2027-01-01T10:00:00.1234567Z",
    week="2026-W54-9",
    no_hour="25.61",
    midnight="24.00",
    colons="::",
    month="2026-13",
)
_THINGS = _values(
    uuid_nil="00000000-0000-0000-0000-000000000000",
    uuid_urn="urn:uuid:12345678-1234-5678-1234-567812345678",
    uuid_short="1234",
    uuid_bad="zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
    number="20170101-2393",
    number_bad="20170101-0000",
    number_odd="٢٠١٧٠١٠١٢٣٩٣",
    email="a@b@c.example",
    email_long="a" * 64 + "@" + ("b" * 60 + ".") * 4 + "example",
    email_punycode="a@xn--\u00e5.example",
    phone="+46" + "0" * 40,
    address="http://127.0.0.1:1/",
    address_bad="https://[::1",
    address_port="https://a.example:99999999/",
    address_user="https://a:b@c.example\\@d.example/",
    address_idna="https://" + "a" * 64 + ".example/",
    script="javascript:alert(1)",
    elsewhere="//ond.example/",
    list="[1,2,[3]]",
    object='{"a":{"b":null}}',
    deep="[" * 5_000,
    base64="AAAA====",
    token="a.b.c",
    jws="eyJhbGciOiJub25lIn0.e30.",
    jws_odd="eyJhbGciOiJSUzI1NiIsImtpZCI6WzFdfQ.W10.AAAA",
    calendar="BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:99991231T235959Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n",
)
ODD = tuple(Value(label, octets) for part in (_TEXTS, _NUMBERS, _TIMES, _THINGS) for label, octets in part.items())
SHORT = tuple(value for value in ODD if len(value.octets) < 2_000)
_HEADERS = (
    ("HTTP_HOST", ("ond.example", "localhost:99999", "local_host", "[::1", "localhost:", "", "a\tb", "LOCALHOST.")),
    ("HTTP_COOKIE", ("__Host-motas=", '__Host-motas="\\000abcdefgh"', "=;=;;", "a" * 9_000)),
    ("HTTP_COOKIE", ('__Host-motas="\\377\\000aaaaaaaa"', '__Host-motas="\\303\\245aaaaaaaa"', "__Host-motas-csrf=x")),
    ("HTTP_ACCEPT_LANGUAGE", ("*", "sv;q=9", "x" * 5_000, "en-" + "a-" * 800, "sv,en;q=0.\xb2")),
    ("HTTP_IF_NONE_MATCH", ("*", '"', "W/", "\xff" * 40)),
    ("HTTP_IF_MODIFIED_SINCE", ("x", "Mon, 99 Foo 9999 99:99:99 GMT", "Sun, 06 Nov 0000 08:49:37 GMT", "0" * 5_000)),
    ("HTTP_X_FORWARDED_FOR", ("1.2.3.4, x", "::", "1" * 5_000)),
    ("REMOTE_ADDR", ("::1", "fe80::1%eth0", "2001:db8::1", "::ffff:10.0.0.1")),
    ("HTTP_USER_AGENT", ("", "\xff\xfe", "a" * 9_000)),
    ("HTTP_REFERER", ("https://[", "//", "x" * 9_000, "https://localhost\\@ond.example/")),
    ("HTTP_ORIGIN", ("null", "https://[", "https://ond.example")),
    ("HTTP_ACCEPT", ("", "*", "application/json;q=x", "a/" * 500, "application/problem+json")),
    ("HTTP_AUTHORIZATION", ("Bearer", "Bearer \xff", "Bearer ex." + "A" * 43, "Basic x", "Bearer " + "a" * 9_000)),
    ("HTTP_RANGE", ("bytes=9-1", "bytes=--", "x")),
    ("HTTP_ACCEPT_ENCODING", ("gzip", "gzip;q=x, br", "\xff")),
    ("CONTENT_LENGTH", ("", "0", "1")),  # others are refused by the server itself
    ("HTTP_X_REQUESTED_WITH", ("XMLHttpRequest", "\xff")),
)  # fmt: skip


def spoilt(
    fields: Sequence[Field], source: Random, others: Sequence[Value], names: Sequence[str]
) -> tuple[list[Field], str]:
    """The fields with one or two of them changed, now and then none; and what was done. `others`: ids of things."""
    done, said = list(fields), []
    for _ in range(source.choice((0, 1, 1, 1, 1, 2, 2, 4))):
        if not done:
            done.append(Field(source.choice(names), source.choice(ODD)))
        at = source.randrange(len(done))
        done, what = _changed(done, at, source, others, names)
        said.append(what)
    return done, "; ".join(said) or AS_IT_IS


def _changed(
    fields: list[Field], at: int, source: Random, others: Sequence[Value], names: Sequence[str]
) -> tuple[list[Field], str]:
    one, value = fields[at], source.choice(ODD)
    before, after = fields[:at], fields[at + 1 :]
    roll = source.random()
    if roll < 0.55:
        return [*before, replace(one, value=value), *after], f"{one.name}={value.label}"
    if roll < 0.65 and others:
        return [*before, replace(one, value=source.choice(others)), *after], f"{one.name}=id of another"
    if roll < 0.75:
        return [*before, *after], f"no {one.name}"
    if roll < 0.83:
        return [*fields, replace(one, value=value)], f"{one.name} again={value.label}"
    if roll < 0.88:
        name = one.name + source.choice(("[]", "[0]", ".x", "\0", "%00", "-0"))
        return [*before, replace(one, name=name), *after], f"{one.name} as array"
    if roll < 0.94:
        return [*before, replace(one, file=not one.file), *after], f"{one.name} as file"
    name = source.choice(names)
    return [*fields, Field(name, value)], f"also {name}={value.label}"


def body_of(fields: Sequence[Field], source: Random) -> tuple[bytes, str, str]:
    """Body, content type, and what was done to it."""
    files = any(one.file for one in fields)
    roll = source.random()
    if roll < 0.72 and not files:
        return encoded(fields), FORM, ""
    if roll < 0.9:
        body, kind = multipart(fields)
        if source.random() < 0.3:
            return *_broken(body, kind, source), "broken multipart"
        return body, kind, "multipart"
    if roll < 0.95:
        data: object = {one.name: one.value.octets.decode("utf-8", "replace") for one in fields}
        data = source.choice((data, [data], None, "x", 1e308, {"a": data}))
        return json.dumps(data).encode(), "application/json", "JSON"
    others = ("", "text/plain", "application/xml", "multipart/form-data", "/")
    kind = source.choice((odd_charset(source), source.choice(others)))
    return encoded(fields), kind, f"as {kind[-16:]!r}"


def odd_charset(source: Random) -> str:
    """A form's type with a charset that no form has."""
    return f"{FORM}; charset={source.choice(('utf-16', 'utf-7', 'nonsense', 'idna', 'punycode', 'hex', 'undefined'))}"


def encoded(fields: Sequence[Field]) -> bytes:
    """As a browser encodes a form."""
    return "&".join(f"{_quoted(f.name.encode())}={_quoted(f.value.octets)}" for f in fields).encode()


def _quoted(octets: bytes) -> str:
    return quote_from_bytes(octets, safe="")


def multipart(fields: Sequence[Field]) -> tuple[bytes, str]:
    """As a browser encodes a form with files."""
    parts = []
    for one in fields:
        file = '; filename="kalender.ics"\r\nContent-Type: text/calendar' if one.file else ""
        head = f'--gräns\r\nContent-Disposition: form-data; name="{one.name}"{file}\r\n\r\n'.replace("ä", "a")
        parts.append(head.encode() + one.value.octets + b"\r\n")
    return b"".join(parts) + b"--grans--\r\n", "multipart/form-data; boundary=grans"


def _broken(body: bytes, kind: str, source: Random) -> tuple[bytes, str]:
    return source.choice(
        (
            (body[: source.randint(0, len(body))], kind),
            (body, "multipart/form-data"),
            (body, "multipart/form-data; boundary="),
            (body, "multipart/form-data; boundary=" + "x" * 300),
            (body, "multipart/form-data; boundary=\xff"),
            (body.replace(b'name="', b"name*=utf-8''%ff", 1), kind),
            (body.replace(b'name="', b"name*=nonsense''%ff", 1), kind),
            (body.replace(b"form-data;", b"form-data; filename*=x''%00;", 1), kind),
            (body.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1), kind),
            (body.replace(b"\r\n\r\n", b"\r\n" + b"X: y\r\n" * 3_000 + b"\r\n", 1), kind),
            (body.replace(b"\r\n", b"\n"), kind),
            (body.replace(b"--grans--", b"--grans"), kind),
        )
    )


def odd_header(source: Random) -> dict[str, str]:
    """One header that is not as it should be."""
    name, values = source.choice(_HEADERS)
    return {name: source.choice(values)}
