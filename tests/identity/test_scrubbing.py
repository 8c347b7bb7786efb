"""Personal data and secrets of a known shape are taken out of any text, in any spelling, and no text forges a line."""

from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.scrubbing import ADDRESS, MAIL, MOST, NUMBER, PHONE, SECRET, one_line, scrub, scrub_lines
from tests.numbers_of_tests import PUBLISHED, codings, series, spellings

NUMBERS = [*series(200), *PUBLISHED]
# What may stand around a number without being a part of it.
AROUND = st.text(st.characters(exclude_categories=["Nd"], exclude_characters="\x1b\x9b"), max_size=12)
LISTED = len(spellings(NUMBERS[0])) - 1
PHONES = (
    "46701740605",
    "46 70-174 06 05",
    "(0)70 174 06 05",
    "+46%2070%2D1740605",
    "070&nbsp;1740605",
    "08-465 004 20",
    "+46 70 174 06 05",
    "0046701740605",
    "070-1740605",
    "+46(0)8-465 004 20",
    "070.174.06.05",
)
MAILS = ("bo@exempelkommun.example", "Bo.Ek+x@localhost", "bo%40exempelkommun.example")
SECRETS = (
    "ex.3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456_",
    "abcdefghijklmnopqrstuvwxyz012345",
    "Bearer kort",
    "00010203040506070809" + "a" * 30,
)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_goes_in_every_spelling(number: str) -> None:
    for way in (*spellings(number), *codings(number)):
        assert re.sub(r"\D", "", scrub(f"for {way} at").replace("\uff0d", "")) == "", way


@given(st.sampled_from(NUMBERS), st.integers(0, LISTED), AROUND, AROUND)
def test_a_number_goes_from_any_text(number: str, way: int, before: str, after: str) -> None:
    written = spellings(number)[way]
    scrubbed = scrub(before + written + after)
    assert written not in scrubbed
    assert number[2:] not in re.sub(r"\W", "", scrubbed)


@given(
    st.sampled_from(NUMBERS), st.integers(1, 11), st.sampled_from(["\x1b[31m", "\x1b[0;1m", "\u200b", "\x1b]0;x\x07"])
)
def test_a_number_that_is_hidden_from_the_eye_goes_too(number: str, at: int, hidden: str) -> None:
    assert scrub(number[:at] + hidden + number[at:]) == NUMBER


def test_other_scripts_digits_are_digits() -> None:
    wide = "20170101-2393".translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    arabic = "20170101-2393".translate({ord("0") + n: 0x660 + n for n in range(10)})
    assert [scrub(wide), scrub(arabic)] == [NUMBER, NUMBER]


@pytest.mark.parametrize(
    ("words", "texts"), [(PHONE, PHONES), (MAIL, MAILS), (SECRET, SECRETS), (ADDRESS, ("8.8.8.8", "2001:4860::8888"))]
)
def test_other_things_with_a_shape_go(words: str, texts: tuple[str, ...]) -> None:
    for text in texts:
        scrubbed = scrub(f"från {text} till")
        # A phone may look like a number as well, and goes as one.
        assert scrubbed.removeprefix("från ").removesuffix(" till").removeprefix("Bearer ") in {words, NUMBER}


@pytest.mark.parametrize(
    "text",
    [
        "GET booking:today 200 15 ms",
        "unhandled ValueError at views.py:123 < pages.py:44",
        "message 0f8fad5b-d9cb-469f-a165-708677289500 was not sent: refused",
        "2026-11-12 10:15:30,123 took 0.123456789 s",
        "connection to 127.0.0.1:5432 and ::1 failed",
        '127.0.0.1 - "GET /idag/2026-11-12/?sida=2&sort=%C3%A5r HTTP/1.1" 200 5120 "-" 0.012',
        "10.12.11.20:5432 answered, 12 of 14, at 10:15:30 on 2026-11-12; 3 retries, 5 left, 17 done",
        "base64 token dGhpcyBpcyBhIHRlc3Q= stays, so does identity/management/commands/serve.py",
        "2026-11-12T10:15:30.123+01:00 level=info pid=4711 port=8000 took=12ms rows=1999",
        "Task notifications.jobs.deliver_due[0f8fad5b-d9cb-469f-a165-708677289500] succeeded in 0.0123456789s",
    ],
)
def test_what_an_operator_needs_stays(text: str) -> None:
    assert scrub(text) == text


@given(st.uuids())
def test_an_id_stays(made: uuid.UUID) -> None:
    assert scrub(f"booking {made} moved") == f"booking {made} moved"


@given(st.text())
def test_what_comes_out_is_one_plain_line(text: str) -> None:
    assert scrub(text).isprintable() or scrub(text).replace(" ", "").isprintable()
    assert all(one_line(line) == line for line in scrub_lines(text))


@given(st.text())
def test_scrubbing_twice_changes_nothing_more(text: str) -> None:
    assert scrub(scrub(text)) == scrub(text)


@pytest.mark.parametrize(
    "piece",
    [
        "0",
        "1 ",
        " ",
        "20",
        "+1",
        "a",
        "a1-",
        "::",
        "\x1b[",
        "\x1b]",
        "@",
        "%20",
        "\\n2",
        "1.",
        "&#4",
        "%E2%80%911",
        "\\x",
        "1,",
        "31",
        "MTk4",
        "(0)",
    ],
)
def test_a_long_text_of_one_piece_is_cut_and_done(piece: str) -> None:
    assert len(scrub(piece * MOST)) <= MOST


def test_a_traceback_keeps_its_lines() -> None:
    assert scrub_lines("Traceback:\n  File 'x.py'\nValueError: 20170101-2393\r\n2026 INFO forged") == [
        "Traceback:",
        "  File 'x.py'",
        f"ValueError: {NUMBER}",
        "2026 INFO forged",
    ]
