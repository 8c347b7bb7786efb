"""BankID's QR code, its hint codes, and the exact words that people read."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity import scope
from identity.models import Unit
from identity.providers import bankid_hints, bankid_qr, bankid_words
from tests.town import Town

TOKEN, SECRET = "67df3917-fa0d-44e5-b327-edcc928297f8", "d28db9a7-4cde-429e-a983-359be676944c"
PHONE = "08-465 004 20"
PENDING = {
    "outstandingTransaction": "Öppna BankID-appen och läs av QR-koden.",
    "noClient": "Öppna BankID-appen och läs av QR-koden.",
    "started": "Vi letar efter ditt BankID. Det kan ta en liten stund.",
    "userMrtd": "Följ stegen i BankID-appen och läs av ditt pass eller nationella id-kort.",
    "userCallConfirm": "Öppna BankID-appen och bekräfta att du pratar med oss i telefon.",
    "userSign": "Skriv din säkerhetskod i BankID-appen.",
    "somethingNew": "Inloggningen pågår i BankID-appen.",
}
FAILED = {
    "expiredTransaction": "Det tog för lång tid. Försök igen när du är redo.",
    "certificateErr": ("Ditt BankID går inte att använda. Det kan vara spärrat eller för gammalt. Kontakta din bank."),
    "userCancel": "Du avbröt inloggningen. Vill du försöka igen?",
    "cancelled": f"En ny inloggning startades. Var det inte du? Logga inte in, utan ring {PHONE}.",
    "startFailed": ("BankID-appen startade inte. Se till att den är installerad och uppdaterad, och försök igen."),
    "userDeclinedCall": (f"Du svarade att du inte pratar med oss. Då avbröt vi. Ring själv upp oss på {PHONE}."),
    "notSupportedByUserApp": "Din BankID-app behöver uppdateras. Uppdatera den och försök igen.",
    "transactionRiskBlocked": f"BankID stoppade inloggningen av säkerhetsskäl. Ring {PHONE}, så hjälper vi dig.",
    "somethingNew": (f"Det går inte att logga in med BankID just nu. Försök igen om en stund, eller ring {PHONE}."),
}


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (0, "dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8"),
        (1, "949d559bf23403952a94d103e67743126381eda00f0b3cbddbf7c96b1adcbce2"),
    ],
)
def test_the_code_is_the_published_one(second: int, code: str) -> None:
    assert bankid_qr.text(TOKEN, SECRET, second) == f"bankid.{TOKEN}.{second}.{code}"


@given(st.integers(0, 600), st.integers(0, 600))
def test_every_second_has_its_own_code_and_none_holds_the_secret(one: int, other: int) -> None:
    first, second = bankid_qr.text(TOKEN, SECRET, one), bankid_qr.text(TOKEN, SECRET, other)
    assert (first == second) is (one == other)
    assert SECRET not in first


def test_the_drawing_is_an_svg_with_a_quiet_zone_and_nothing_that_runs() -> None:
    drawn: Any = ET.fromstring(bankid_qr.drawing(bankid_qr.text(TOKEN, SECRET, 7)))  # noqa: S314 - our own drawing
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert {part.tag.rpartition("}")[2] for part in drawn.iter()} == {"svg", "path"}
    assert not any(name.startswith("on") for part in drawn.iter() for name in part.attrib)


@pytest.mark.parametrize(("hint", "text"), PENDING.items())
def test_what_is_pending_is_said_in_these_words(hint: str, text: str) -> None:
    assert bankid_words.words(bankid_hints.text_id("pending", hint, other_device=True), PHONE) == text


@pytest.mark.parametrize(("hint", "text"), FAILED.items())
def test_what_failed_is_said_in_these_words(hint: str, text: str) -> None:
    text_id = bankid_hints.text_id("failed", hint)
    assert text_id in bankid_words.OVER
    assert bankid_words.words(text_id, PHONE) == text


def test_on_the_same_device_the_app_is_started_and_not_a_code_read() -> None:
    assert bankid_words.words(bankid_hints.text_id("pending", "noClient"), PHONE) == "Starta BankID-appen."


def test_a_long_search_says_that_there_may_be_no_bankid_here() -> None:
    short, long = (bankid_hints.text_id("pending", "started", searched=seconds) for seconds in (29, 30))
    assert short == "searching"
    assert bankid_words.words(long, PHONE) == "Har du inget BankID på den här enheten? Välj ett annat sätt."


@given(st.text(), st.text(), st.booleans(), st.integers())
def test_whatever_bankid_says_there_are_words_for_it(status: str, hint: str, other_device: bool, searched: int) -> None:
    text_id = bankid_hints.text_id(status, hint, other_device=other_device, searched=searched)
    text = bankid_words.words(text_id, PHONE)
    assert text
    assert "{" not in text


def names_a_unit(text: str, units: list[str]) -> bool:
    """Whether a text in the app tells more than which municipality it is."""
    telling = [*(unit.casefold() for unit in units), "social", "färdtjänst", "stöd", "ekonomi", "bistånd", "vård"]
    return any(word in text.casefold() for word in telling)


def test_what_the_app_shows_names_neither_a_unit_nor_a_matter(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        units = list(Unit.objects.values_list("name", flat=True))
    assert names_a_unit(f"Du loggar in hos {units[0]}.", units)
    name = town.municipality.name
    shown = (
        bankid_words.shown_in_app(name),
        bankid_words.shown_in_app_to_staff(name),
        bankid_words.shown_in_app_on_phone(name),
    )
    assert shown[0] == "Du loggar in hos Exempelkommun för att boka en tid."
    assert not [text for text in shown if names_a_unit(text, units)]


def test_a_name_cannot_format_the_text_in_the_app() -> None:
    assert bankid_words.shown_in_app_to_staff("# Ort *och* _Ort_") == "Du loggar in hos Ort och Ort."
