"""The sync page: a secret address shown once, and incoming calendars with their state in words."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from booking import busy_services
from booking.models import BusyFeed, CalendarFeed
from booking.sync_presenters import address_of, busy_lines, reason_words
from identity import scope
from identity.errors import Limited
from tests.booking.test_busy_services import UNREADABLE, calendar_file, event
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
BrowserAs = Callable[[str], Client]
SOON = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=3)
CODES = [
    "address",
    "scheme",
    "credentials",
    "port",
    "own_host",
    "not_public",
    "unknown_host",
    "connection",
    "certificate",
    "timeout",
    "redirects",
    "too_large",
    "encoding",
    "not_found",
    "forbidden",
    "too_many",
    "server_error",
    "status",
    "no_calendar",
    "too_many_events",
    "time_limit",
    "memory_limit",
    "too_many_unreadable",
]


def feeds(town: Town) -> list[BusyFeed]:
    """Anna's incoming calendars."""
    with scope.transaction(town.municipality.id):
        return list(BusyFeed.objects.filter(calendar_id=town.calendars["anna"]))


def of_file(octets: bytes) -> dict[str, SimpleUploadedFile]:
    """An upload."""
    return {"file": SimpleUploadedFile("kalender.ics", octets, content_type="text/calendar")}


def shown_address(page: str) -> str:
    """The address that the page shows, or nothing."""
    found = re.search(r'id="adress" readonly value="([^"]+)"', page)
    return found[1] if found else ""


def test_the_empty_page_says_what_to_do(browser_as: BrowserAs, town: Town) -> None:
    page = browser_as("anna").get("/kalender/", secure=True).content.decode()
    assert "Skapa adress" in page
    assert "Skyddade möten finns inte med." in page
    assert "Ingen kalender är tillagd än." in page
    assert "Google: var fjärde timme" in page
    assert "Stäng av" not in page


def test_a_new_address_is_shown_once_and_serves_the_feed(browser_as: BrowserAs, town: Town) -> None:
    anna = browser_as("anna")
    response = anna.post("/kalender/adress/", {"grade": "neutral"}, secure=True, follow=True)
    assert response.redirect_chain == [("/kalender/", 302)]
    page = response.content.decode()
    address = shown_address(page)
    assert address.endswith(".ics")
    assert f'value="webcal://{address.partition("://")[2]}"' in page
    assert shown_address(anna.get("/kalender/", secure=True).content.decode()) == ""
    served = Client().get(urlsplit(address).path, secure=True, SERVER_NAME="localhost")
    assert served.status_code == 200
    assert served.content.startswith(b"BEGIN:VCALENDAR")


def test_a_changed_address_ends_the_old_one(browser_as: BrowserAs, town: Town) -> None:
    anna = browser_as("anna")
    pages = [anna.post("/kalender/adress/", {"grade": g}, secure=True, follow=True) for g in ("neutral", "busy")]
    first, second = (urlsplit(shown_address(page.content.decode())).path for page in pages)
    assert first != second
    assert Client().get(first, secure=True, SERVER_NAME="localhost").status_code == 404
    assert Client().get(second, secure=True, SERVER_NAME="localhost").status_code == 200
    assert 'value="busy" id="id_grade" checked' in anna.get("/kalender/", secure=True).content.decode()


def test_the_address_can_be_turned_off(browser_as: BrowserAs, town: Town) -> None:
    anna = browser_as("anna")
    page = anna.post("/kalender/adress/", {"grade": "neutral"}, secure=True, follow=True).content.decode()
    response = anna.post("/kalender/adress/av/", secure=True, follow=True)
    assert "Prenumerationen är avstängd." in response.content.decode()
    path = urlsplit(shown_address(page)).path
    assert Client().get(path, secure=True, SERVER_NAME="localhost").status_code == 404


@pytest.mark.parametrize("grade", ["", "allt"])
def test_a_grade_that_is_not_offered_makes_no_address(browser_as: BrowserAs, town: Town, grade: str) -> None:
    response = browser_as("anna").post("/kalender/adress/", {"grade": grade}, secure=True)
    assert response.status_code == 422
    assert '<a href="#id_grade">' in response.content.decode()
    with scope.transaction(town.municipality.id):
        assert not CalendarFeed.objects.exists()


def test_a_file_is_read_and_its_state_stands_in_words(browser_as: BrowserAs, town: Town) -> None:
    octets = calendar_file(event(SOON), UNREADABLE)
    response = browser_as("anna").post("/kalender/in/fil/", of_file(octets), secure=True, follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [("/kalender/?klart=in", 302)]
    assert "Kalendern är tillagd och läst." in page
    assert "Fil som laddades upp kl. " in page
    assert "Fungerar" in page
    assert "1 upptagen tid de närmaste 30 dagarna." in page
    assert "1 händelse kunde inte läsas." in page
    assert "Hemligt" not in page


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (b"<html>Logga in</html>", "Det här är ingen kalender."),
        (calendar_file(*[UNREADABLE] * 8), "För många händelser kunde inte läsas."),
        (b"", "Filen är tom."),
        (b"x" * 15_000_001, "Filen är större än 15 MB."),
    ],
)
def test_a_broken_file_is_a_sentence_and_the_times_that_were_read_stay(
    browser_as: BrowserAs, town: Town, octets: bytes, sentence: str
) -> None:
    anna = browser_as("anna")
    anna.post("/kalender/in/fil/", of_file(calendar_file(event(SOON))), secure=True)
    response = anna.post("/kalender/in/fil/", of_file(octets), secure=True)
    page = response.content.decode()
    assert response.status_code == 422
    assert re.search(rf'<a href="#id_file">{re.escape(sentence)}', page)
    assert [(feed.state, len(feed.busy)) for feed in feeds(town)] == [("good", 1)]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Klistra in kalenderns adress."),
        ("min kalender", "Det här är ingen webbadress. Publicera kalendern i ditt kalenderprogram"),
        ("http://10.0.0.1/hemlig.ics", "Adressen måste börja med https:// eller webcal://."),
        ("webcal://127.0.0.1/hemlig.ics", "Adressen går inte att nå från internet. Publicera kalendern"),
        ("https://localhost/kalender/ex.hemlig.ics", "Det här är en adress till Mötas."),
        ("https://anna:hemlig@192.0.2.1/a.ics", "Adressen innehåller ett lösenord."),
    ],
)
def test_a_refused_address_says_what_to_do_next_and_is_kept_in_the_field_only(
    browser_as: BrowserAs, town: Town, caplog: pytest.LogCaptureFixture, address: str, sentence: str
) -> None:
    caplog.set_level(logging.INFO)
    response = browser_as("anna").post("/kalender/in/adress/", {"address": address}, secure=True)
    page = response.content.decode()
    assert response.status_code == 422
    assert re.search(rf'<a href="#id_address">{re.escape(sentence)}', page)
    assert f'value="{address}"' in page
    assert "hemlig" not in caplog.text
    assert not feeds(town)


def test_an_address_that_came_too_often_is_kept_and_told_when_to_try_again(
    browser_as: BrowserAs, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_often(**_: object) -> None:
        raise Limited(10)

    monkeypatch.setattr(busy_services, "add_busy_url", too_often)
    response = browser_as("anna").post("/kalender/in/adress/", {"address": "https://k.example/x.ics"}, secure=True)
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (429, "10")
    assert '<a href="#id_address">Det blev många försök. Försök igen om 10 sekunder.</a>' in page
    assert 'value="https://k.example/x.ics"' in page


def test_a_file_that_came_too_often_is_told_when_to_try_again(
    browser_as: BrowserAs, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_often(**_: object) -> None:
        raise Limited(1)

    monkeypatch.setattr(busy_services, "add_busy_file", too_often)
    response = browser_as("anna").post("/kalender/in/fil/", of_file(calendar_file(event(SOON))), secure=True)
    assert (response.status_code, response["Retry-After"]) == (429, "1")
    assert "Försök igen om 1 sekund.</a>" in response.content.decode()


def test_files_are_told_apart_by_when_they_came() -> None:
    now = timezone.now()
    days = [a_feed(kind="file", address="", tried_at=now - timedelta(days=days)) for days in (0, 1, 30)]
    names = [line.name for line in busy_lines(days, now=now)]
    assert len(set(names)) == 3
    assert all(name.startswith("Fil som laddades upp ") for name in names)


def test_a_calendar_is_removed(browser_as: BrowserAs, town: Town) -> None:
    anna = browser_as("anna")
    anna.post("/kalender/in/fil/", of_file(calendar_file(event(SOON))), secure=True)
    (feed,) = feeds(town)
    response = anna.post(f"/kalender/in/{feed.id}/ta-bort/", secure=True, follow=True)
    assert "Kalendern är borttagen." in response.content.decode()
    assert not feeds(town)


def test_another_officer_s_calendar_is_the_same_404_as_none(browser_as: BrowserAs, town: Town) -> None:
    browser_as("anna").post("/kalender/in/fil/", of_file(calendar_file(event(SOON))), secure=True)
    (feed,) = feeds(town)
    cia = browser_as("cia")
    for path in ("/kalender/in/{}/ta-bort/", "/kalender/in/{}/las/"):
        for wanted in (feed.id, uuid4()):
            assert cia.post(path.format(wanted), secure=True).status_code == 404
    assert feeds(town)


NO_FEED = UUID("00000000-0000-4000-8000-000000000000")


@pytest.mark.parametrize("path", ["adress/", "adress/av/", "in/adress/", "in/fil/", f"in/{NO_FEED}/las/"])
def test_an_address_for_forms_leads_back_when_it_is_only_opened(browser_as: BrowserAs, town: Town, path: str) -> None:
    response = browser_as("anna").get(f"/kalender/{path}", secure=True)
    assert response.status_code == 302
    assert urlsplit(response["Location"]).path == "/kalender/"


def a_feed(**values: object) -> BusyFeed:
    """An incoming calendar that stands in no table."""
    return BusyFeed(**({"municipality_id": 1, "kind": "url", "address": "https://k.example/x.ics"} | values))


def test_a_stale_calendar_says_when_why_and_that_its_times_still_hold() -> None:
    now = timezone.now()
    feed = a_feed(state="stale", reason="not_found", last_good_at=now - timedelta(days=3), busy=[_Span(1, 2)])
    (line,) = busy_lines([feed], now=now)
    assert line.name == "k.example"
    assert line.tag.text == "Inte läst på 3 dagar"
    assert line.sentences[1].startswith("Servern svarade att adressen inte finns.")
    assert line.sentences[2] == "Tiderna vi redan har fortsätter att spärra."


class _Span:
    """A range as the database gives it."""

    def __init__(self, lower: int, upper: int) -> None:
        self.lower, self.upper = lower, upper


def test_a_calendar_that_was_never_read_claims_nothing() -> None:
    (line,) = busy_lines([a_feed(state="stale", reason="timeout")], now=timezone.now())
    assert line.tag.text == "Har inte kunnat läsas"
    assert len(line.sentences) == 1


def test_a_silent_subscription_is_pointed_out_after_three_days() -> None:
    now = timezone.now()
    feed = CalendarFeed(municipality_id=1, made_at=now - timedelta(days=9), last_fetched_at=now - timedelta(hours=71))
    fresh = address_of(feed, now=now)
    silent = address_of(feed, now=now + timedelta(hours=2))
    assert fresh is not None
    assert silent is not None
    assert (fresh.silent, "3 dagar" in silent.silent) == ("", True)


@pytest.mark.parametrize("code", CODES)
def test_every_reason_has_a_sentence_of_its_own(code: str) -> None:
    assert reason_words(code) != reason_words("something else")
    assert reason_words(code).endswith(".")
