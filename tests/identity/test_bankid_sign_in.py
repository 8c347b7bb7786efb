"""Signing in by BankID as it should go: on this device, on another, renewed, left, without scripts."""

from __future__ import annotations

import pytest

from identity import finding, scope
from identity.models import ExternalIdentity, Person
from tests.identity.bankid_desk import MOBILE, NILS, Desk, signed_in
from tests.numbers_of_tests import series
from tests.peers.bankid.orders import Citizen

pytestmark = pytest.mark.django_db


def test_a_resident_scans_the_code_and_is_signed_in(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    assert browser.start(follow="/mina-tider/").headers["Location"] == "/logga-in/bankid/vanta/"
    assert b"Skanna QR-kod" in browser.page().content
    order = desk.peer.service.scan(browser.code(), NILS)
    assert browser.poll() == {"text": "Skriv din säkerhetskod i BankID-appen.", "scan": False, "link": "", "go": ""}
    order.complete()
    assert browser.poll() == {"go": "/mina-tider/"}
    with scope.transaction(desk.town.municipality.id):
        person = Person.objects.get(id=browser.person)
        assert (person.name, person.number) == ("Nils Alm", NILS.number)
    assert browser.client.session["level"] == "LOA3"
    assert browser.client.session["provider"] == "bankid"


def test_on_the_same_device_the_browser_comes_back_with_the_nonce(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser(agent=MOBILE)
    browser.start("same", follow="/mina-tider/")
    assert b"https://app.bankid.com/?autostarttoken=" in browser.page().content
    back = desk.peer.service.tap(browser.link(), NILS).complete()
    assert back.startswith("https://localhost/logga-in/bankid/svar/#nonce=")
    answer = browser.come_back(back)
    assert answer.headers["Location"] == "/logga-in/bankid/vanta/"
    assert browser.poll() == {"go": "/mina-tider/"}
    assert signed_in() == 1


def test_what_was_collected_before_the_browser_came_back_signs_it_in_at_once(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start("same")
    assert b'href="bankid:///?autostarttoken=' in browser.page().content
    back = desk.peer.service.tap(browser.link(), NILS).complete()
    assert browser.poll()["text"] == "Inloggningen pågår i BankID-appen."
    assert not browser.person
    assert browser.come_back(back).headers["Location"] == "/mina-tider/"
    assert browser.person


def test_without_scripts_the_nonce_stands_in_the_path_of_a_page_with_one_button(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start("same", scripted=False)
    back = desk.peer.service.tap(browser.link(), NILS).complete()
    nonce = back.removeprefix("https://localhost/logga-in/bankid/svar/").strip("/")
    page = browser.client.get(back.removeprefix("https://localhost"), secure=True).content.decode()
    assert f'name="nonce" value="{nonce}"' in page
    assert not browser.person
    browser.client.post("/logga-in/bankid/svar/", {"nonce": nonce}, secure=True)
    desk.clock.shift(3)
    assert browser.client.post("/logga-in/bankid/vanta/", secure=True).headers["Location"] == "/mina-tider/"
    assert browser.person


def test_the_same_person_is_the_same_person_next_time(desk: Desk) -> None:
    desk.provider()
    seen = []
    for _ in range(2):
        browser = desk.browser()
        browser.start()
        desk.peer.service.scan(browser.code(), NILS).complete()
        browser.poll()
        seen.append(browser.person)
    assert seen[0] == seen[1] != ""
    with scope.transaction(desk.town.municipality.id):
        assert ExternalIdentity.objects.count() == 1


def test_bankid_is_told_who_asks_and_shows_nothing_but_the_municipality(desk: Desk) -> None:
    desk.provider()
    desk.browser(agent=MOBILE).start()
    body = desk.last.asked
    assert body["endUserIp"] == "127.0.0.1"
    assert body["web"]["referringDomain"] == "localhost"
    assert body["web"]["userAgent"] == MOBILE
    assert len(body["web"]["deviceIdentifier"]) == 64
    assert body["userVisibleDataFormat"] == "simpleMarkdownV1"
    assert body["returnRisk"] is True
    assert "returnUrl" not in body
    assert desk.last.visible == "Du loggar in hos Exempelkommun för att boka en tid."


def test_an_order_that_nobody_opens_is_renewed_five_times_without_a_word(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start()
    codes = {browser.code()}
    for _ in range(5):
        assert browser.poll(after=28)["text"] == "Öppna BankID-appen och läs av QR-koden."
        codes.add(browser.code())
    assert len(codes) == 6
    assert len(desk.peer.service.orders) == 6
    assert browser.poll(after=28)["go"] == "/logga-in/bankid/vanta/"
    assert "Vill du försöka igen?" in browser.page().content.decode()
    assert len(desk.peer.service.orders) == 6


def test_an_order_that_bankid_dropped_is_renewed_as_well(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start()
    assert browser.poll(after=40)["scan"] is True
    desk.peer.service.scan(browser.code(), NILS).complete()
    browser.poll()
    assert browser.person


def test_an_order_that_somebody_has_opened_is_not_renewed(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start()
    desk.peer.service.scan(browser.code(), NILS).hint = "started"
    assert browser.poll()["text"] == "Vi letar efter ditt BankID. Det kan ta en liten stund."
    assert browser.poll(after=31)["text"] == "Har du inget BankID på den här enheten? Välj ett annat sätt."
    assert len(desk.peer.service.orders) == 1


def test_bankid_is_asked_at_most_every_two_seconds_however_often_the_page_asks(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start()
    for _ in range(21):
        browser.poll(after=0.5)
    assert 4 <= len(desk.peer.calls("collect")) <= 5


def test_a_new_start_cancels_the_one_before(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start()
    first = desk.last
    browser.start("same")
    assert desk.peer.service.cancelled == [first.ref]
    assert sorted(row.state for row in desk.attempts()) == ["cancelled", "open"]


def test_leaving_cancels_and_leads_back_to_the_ways_in(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start(follow="/mina-tider/")
    answer = browser.client.post("/logga-in/bankid/avbryt/", {"next": "/mina-tider/"}, secure=True)
    assert answer.headers["Location"] == "/logga-in/?next=%2Fmina-tider%2F"
    assert desk.peer.service.cancelled == [desk.last.ref]
    assert browser.page().headers["Location"].startswith("/logga-in/")


def test_a_moment_without_bankid_is_waited_out(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start()
    desk.peer.behave("maintenance")
    assert browser.poll()["text"] == browser.poll()["text"] == "Öppna BankID-appen och läs av QR-koden."
    desk.peer.behave()
    desk.peer.service.scan(browser.code(), NILS).complete()
    browser.poll()
    assert browser.person


def test_one_who_works_here_is_a_resident_by_a_residents_bankid(desk: Desk) -> None:
    desk.provider()
    with scope.transaction(desk.town.municipality.id):
        anna = Person.objects.get(cast_name="anna")
        finding.set_number(anna, series(9)[8])
        anna.save(update_fields=["number", "number_index"])
    browser = desk.browser()
    browser.start()
    desk.peer.service.scan(browser.code(), Citizen(series(9)[8], "Anna", "Lindqvist")).complete()
    assert browser.poll()["go"] == "/mina-tider/"
    assert browser.person == str(desk.town.persons["anna"])
    assert browser.client.get("/idag/", secure=True).status_code == 302


def test_a_sign_in_leaves_nothing_of_what_bankid_told(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start()
    desk.peer.service.scan(browser.code(), NILS).complete()
    browser.poll()
    (attempt,) = desk.attempts()
    assert (attempt.state, attempt.kept) == ("done", "")


def test_while_it_goes_on_nothing_secret_leaves_the_server(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start("same")
    said = browser.page().content.decode() + str(browser.poll())
    order = desk.last
    assert order.autostart in said
    nonce = order.asked["returnUrl"].partition("#nonce=")[2]
    for secret in (order.ref, order.qr_token, order.qr_secret, nonce):
        assert secret not in said
    assert desk.attempts()[0].kept


def test_a_page_of_somebody_who_started_nothing_leads_to_the_ways_in(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.page().headers["Location"] == "/logga-in/"
    assert browser.poll()["go"] == "/logga-in/bankid/vanta/"
    assert browser.client.get("/logga-in/bankid/kod.svg", secure=True).status_code == 204
    assert browser.client.get("/logga-in/bankid/bankid/", secure=True).headers["Location"] == "/logga-in/"
