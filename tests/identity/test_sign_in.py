"""Signing in as one of the cast, signing out, and what a session keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from config import trial as filled
from identity import actors, open_sessions, scope
from identity.models import Session
from identity.providers import trial
from identity.sessions import row_key
from tests.town import Town

Browser = Callable[..., Client]


def test_everybody_of_the_cast_exists_in_the_filled_municipality(town: Town) -> None:
    assert {member.key: member.name for member in trial.cast()} == {member.key: member.name for member in filled.CAST}


def test_the_page_says_plainly_that_it_is_a_trial(browser_as: Browser) -> None:
    page = browser_as().get("/logga-in/", secure=True).content.decode()
    assert "provversion" in page
    for member in trial.cast():
        assert member.name in page


def test_a_sign_in_makes_a_new_session_and_keeps_the_choice(browser_as: Browser) -> None:
    browser = browser_as()
    session = browser.session
    session["choice"] = {"kept": 1}
    session.save()
    browser.cookies["__Host-motas"] = str(session.session_key)
    browser.get("/prova/in/bo/", secure=True)
    after = browser.cookies["__Host-motas"]
    assert after.value != session.session_key
    assert after["secure"]
    assert after["httponly"]
    assert after["samesite"] == "Lax"
    assert browser.session["choice"] == {"kept": 1}
    assert not Session.objects.filter(session_key=row_key(session.session_key)).exists()


def test_the_payload_in_the_table_is_sealed(browser_as: Browser, town: Town) -> None:
    browser_as("bo")
    row = Session.objects.get()
    assert str(town.persons["bo"]) not in row.session_data
    assert row.person_uuid == town.persons["bo"]
    assert row.get_decoded()["person"] == str(town.persons["bo"])


def test_the_row_s_key_is_no_cookie_that_signs_in(browser_as: Browser, town: Town) -> None:
    bo = browser_as("bo")
    row = Session.objects.get()
    cookie = bo.cookies["__Host-motas"].value
    assert row.session_key == row_key(cookie)
    assert cookie not in row.session_key + row.session_data
    thief = browser_as()
    thief.cookies["__Host-motas"] = row.session_key
    assert thief.get("/mina-tider/", secure=True).status_code == 302
    assert bo.get("/mina-tider/", secure=True).status_code == 200


def test_a_payload_moved_to_another_row_opens_nothing(browser_as: Browser, town: Town) -> None:
    bo, anna = browser_as("bo"), browser_as("anna")
    mine, other = (Session.objects.get(person_uuid=town.persons[name]) for name in ("bo", "anna"))
    assert mine.get_decoded()["person"] == str(town.persons["bo"])
    Session.objects.filter(pk=mine.pk).update(session_data=other.session_data)
    mine.refresh_from_db()
    assert mine.get_decoded() == {}
    assert bo.session.get("person") is None
    assert bo.get("/inloggningar/", secure=True).status_code == 302
    assert anna.session["person"] == str(town.persons["anna"])


@pytest.mark.parametrize("called", ["k" * 32, "G" * 64, "a" * 63, ""])
def test_no_row_is_called_as_a_cookie_is(town: Town, called: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.create(session_key=called, expire_date=timezone.now())


def test_an_unknown_name_is_not_there(browser_as: Browser) -> None:
    assert browser_as().get("/prova/in/greta/", secure=True).status_code == 404


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_after_sign_in_nobody_is_led_elsewhere(browser_as: Browser, where: str) -> None:
    answer = browser_as().get("/prova/in/bo/", {"next": where}, secure=True)
    assert answer["Location"] == "/mina-tider/"


def test_officers_land_on_their_day_and_residents_on_their_times(browser_as: Browser) -> None:
    assert browser_as().get("/prova/in/anna/", secure=True)["Location"] == "/idag/"
    assert browser_as().get("/prova/in/bo/", secure=True)["Location"] == "/mina-tider/"


def ends_it_by_the_list(browser: Client) -> HttpResponse:
    mark = open_sessions.mark_of(row_key(browser.session.session_key))
    return browser.post("/inloggningar/", {"do": "end", "session": mark}, secure=True)  # type: ignore[return-value]


def ends_it_by_the_button(browser: Client) -> HttpResponse:
    return browser.post("/logga-ut/", secure=True)  # type: ignore[return-value]


@pytest.mark.parametrize("ends", [ends_it_by_the_button, ends_it_by_the_list])
def test_whoever_signed_out_is_told_so_and_keeps_no_cookie(
    browser_as: Browser, ends: Callable[[Client], HttpResponse]
) -> None:
    browser = browser_as("bo")
    assert browser.get("/inloggningar/", secure=True).cookies["__Host-motas-csrf"]["max-age"] == ""
    answer = ends(browser)
    for name in ("__Host-motas", "__Host-motas-csrf"):
        assert (answer.cookies[name].value, answer.cookies[name]["max-age"]) == ("", 0)
    page = browser.get(answer["Location"], secure=True).content.decode()
    assert '<div class="note note-ok" role="status">' in page
    assert "Du är utloggad." in page


def test_no_address_says_so_to_who_is_signed_in(browser_as: Browser) -> None:
    assert "Du är utloggad." not in browser_as("bo").get("/?utloggad", secure=True).content.decode()
    assert "Du är utloggad." not in browser_as().get("/", secure=True).content.decode()


def test_signing_out_ends_the_session_and_clears_the_browser(browser_as: Browser) -> None:
    browser = browser_as("bo")
    answer = browser.post("/logga-ut/", secure=True)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert Session.objects.filter(person_uuid__isnull=False).count() == 0
    assert browser.get("/mina-tider/", secure=True)["Location"].startswith("/logga-in/")


@pytest.mark.parametrize(("who", "page", "minutes"), [("bo", "/mina-tider/", 30), ("anna", "/idag/", 15)])
def test_an_idle_session_ends(browser_as: Browser, who: str, page: str, minutes: int) -> None:
    browser = browser_as(who)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes - 1), tick=False):
        assert browser.get(page, secure=True).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=2 * minutes + 1), tick=False):
        assert browser.get(page, secure=True).status_code == 302


def test_nothing_that_writes_the_session_brings_an_ended_sign_in_back(browser_as: Browser) -> None:
    browser = browser_as("bo")
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        browser.post("/sprak/", {"language": "en"}, secure=True)
        assert browser.get("/mina-tider/", secure=True).status_code == 302
        browser.post("/sprak/", {"language": "sv"}, secure=True)
        assert browser.get("/mina-tider/", secure=True).status_code == 302
        assert "person" not in browser.session
        assert b"Logga ut" not in browser.get("/", secure=True).content


def test_a_sign_in_ends_after_ten_hours_however_busy(browser_as: Browser) -> None:
    browser, began = browser_as("bo"), timezone.now()
    for minutes in range(20, 600, 20):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            browser.post("/sprak/", {"language": "sv"}, secure=True)
            assert browser.get("/mina-tider/", secure=True).status_code == 200
    with time_machine.travel(began + timedelta(hours=10, seconds=5), tick=False):
        assert browser.get("/mina-tider/", secure=True).status_code == 302


def test_the_language_that_was_chosen_is_the_language_of_the_actor(browser_as: Browser, town: Town) -> None:
    browser = browser_as("bo")
    browser.post("/sprak/", {"language": "en"}, secure=True)
    request = RequestFactory().get("/")
    request.session = browser.session
    with scope.transaction(town.municipality.id):
        assert actors.load(request).language == "en"


def test_a_session_of_another_municipality_is_nobody_here(browser_as: Browser, neighbour: object) -> None:
    browser = browser_as("bo")
    browser.defaults["SERVER_NAME"] = "granne.example"
    assert browser.get("/mina-tider/", secure=True)["Location"].startswith("/logga-in/")


@pytest.mark.django_db(databases=["default", "log_reader"])
def test_a_host_that_is_nobodys_is_421(browser_as: Browser) -> None:
    browser = browser_as()
    browser.defaults["SERVER_NAME"] = "unknown.example"
    assert browser.get("/", secure=True).status_code == 421
    assert browser.get("/healthz", secure=True).status_code in (200, 503)
    for near in ("/healthzxyz", "/healthz/", "/Healthz"):
        assert browser.get(near, secure=True).status_code == 421


@pytest.mark.parametrize("path", ["/", "/mina-tider/", "/static/css/base.css", "/finns-inte/", "/Healthz"])
@override_settings(SECURE_SSL_REDIRECT=True)
def test_nobody_is_led_to_a_host_that_is_nobodys(town: Town, path: str) -> None:
    foreign = Client().get(path, SERVER_NAME="unknown.example")
    assert foreign.status_code == 421
    assert "Location" not in foreign
    assert foreign["X-Content-Type-Options"] == "nosniff"
    assert foreign["Referrer-Policy"] == "same-origin"
    ours = Client().get(path, SERVER_NAME="localhost")
    assert (ours.status_code, ours["Location"]) == (301, f"https://localhost{path}")


@pytest.mark.django_db(databases=["default", "log_reader"])
@override_settings(SECURE_SSL_REDIRECT=True)
def test_the_machine_asks_for_health_without_a_host_and_without_tls(town: Town) -> None:
    assert Client().get("/healthz", SERVER_NAME="unknown.example").status_code in (200, 503)
