"""Bad answers of the service and tricks of people: no sign-in, no error page, and one wording for all refusals."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import trustme
from django.conf import settings
from django.db import connections

from identity import finding, scope
from identity.models import IdentityConflict, Municipality, Person, SignInAttempt
from identity.providers import bankid
from tests.identity.bankid_desk import AUTHORITIES, NILS, Desk, Visitor, signed_in
from tests.peers.bankid.manners import AWAY, BAD_COLLECTS, BAD_STARTS
from tests.peers.bankid.orders import Citizen

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
NOT_ACCEPTED = "Försök igen. Om det inte går, ring oss."
OTHER_DEVICE = "Logga in från samma enhet som du började på."
DOWN = "Det går inte att logga in med BankID just nu. Försök igen om en stund, eller ring 08-465 004 20."


def said(answer: Answer) -> str:
    """What stands in the lead of a page."""
    found = re.search(r'class="lead"[^>]*>([^<]+)<', answer.content.decode())
    assert found is not None
    return found[1].strip()


def refused(answer: Answer) -> str:
    """The words of a refusal; the page is one, and nobody is signed in."""
    assert answer.status_code == 403
    assert signed_in() == 0
    return said(answer)


def scanned(desk: Desk) -> Visitor:
    """A browser whose code somebody has read, and whose order is complete."""
    desk.provider()
    browser = desk.browser()
    browser.start()
    desk.peer.service.scan(browser.code(), NILS).complete()
    return browser


def test_there_are_enough_bad_answers() -> None:
    assert len(BAD_COLLECTS) + len(BAD_STARTS) + len(AWAY) >= 50


@pytest.mark.parametrize("manner", BAD_COLLECTS)
def test_an_odd_answer_signs_nobody_in_and_is_refused_in_the_same_words(desk: Desk, manner: str) -> None:
    desk.provider()
    desk.browser().start()
    browser = desk.browser()
    browser.start()
    desk.peer.service.scan(browser.code(), NILS).complete()
    desk.peer.behave(manner)
    assert browser.poll() == {"go": "/logga-in/bankid/vanta/"}
    assert refused(browser.page()) == NOT_ACCEPTED
    desk.peer.behave()
    assert browser.poll() == {"go": "/logga-in/bankid/vanta/"}
    assert signed_in() == 0


@pytest.mark.parametrize("manner", BAD_STARTS)
def test_an_odd_answer_to_the_start_starts_nothing(desk: Desk, manner: str) -> None:
    desk.provider()
    desk.peer.behave(manner, at="auth")
    assert refused(desk.browser().start()) == NOT_ACCEPTED
    assert desk.attempts() == []


@pytest.mark.parametrize("manner", AWAY)
def test_a_service_that_stays_away_ends_the_sign_in(desk: Desk, manner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bankid, "TIMEOUT", 0.2 if manner == "no answer" else 5.0)
    browser = scanned(desk)
    desk.peer.behave(manner)
    assert [bool(browser.poll()["go"]) for _ in range(3)] == [False, False, True]
    assert said(browser.page()) == DOWN
    desk.peer.behave()
    browser.poll()
    assert signed_in() == 0


@pytest.mark.parametrize("manner", AWAY)
def test_a_service_that_is_away_starts_nothing(desk: Desk, manner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bankid, "TIMEOUT", 0.2 if manner == "no answer" else 5.0)
    desk.provider()
    desk.peer.behave(manner, at="auth")
    answer = desk.browser().start(follow="/boka/tid/")
    assert refused(answer) == "Det här sättet fungerar inte just nu. Försök om en stund."
    assert 'href="/logga-in/?next=%2Fboka%2Ftid%2F">Försök igen<' in answer.content.decode()


def test_another_servers_certificate_is_not_believed(desk: Desk) -> None:
    desk.provider()
    trustme.CA().cert_pem.write_to_path(str(settings.KEYS_DIR / "bankid-ca.pem"))
    assert "fungerar inte" in refused(desk.browser().start())
    assert desk.peer.asked == []


def test_the_service_takes_nobody_without_a_certificate_of_its_own_parties(desk: Desk) -> None:
    desk.provider()
    AUTHORITIES.write(settings.KEYS_DIR, by=trustme.CA())
    assert "fungerar inte" in refused(desk.browser().start())
    assert desk.peer.asked == []


@pytest.mark.parametrize("name", ["", "missing"])
def test_a_municipality_without_its_certificate_starts_nothing(desk: Desk, name: str) -> None:
    desk.provider(certificate=name)
    assert "fungerar inte" in refused(desk.browser().start())


def test_a_start_link_that_is_sent_to_somebody_signs_neither_in(desk: Desk) -> None:
    """The sender waits for the other's identity; the other's browser brings back a nonce of another session."""
    desk.provider()
    sender, victim = desk.browser(), desk.browser()
    sender.start("same")
    back = desk.peer.service.tap(sender.link(), NILS).complete()
    assert sender.poll()["go"] == ""
    assert refused(victim.come_back(back)) == OTHER_DEVICE
    assert sender.poll()["go"] == "/logga-in/bankid/vanta/"
    assert refused(sender.page()) == OTHER_DEVICE
    assert desk.peer.service.cancelled == [desk.last.ref]


def test_the_sender_of_a_start_link_cannot_come_back_without_the_nonce(desk: Desk) -> None:
    desk.provider()
    sender = desk.browser()
    sender.start("same")
    desk.peer.service.tap(sender.link(), NILS).complete()
    for nonce in ("", "x" * 43, desk.last.autostart, desk.last.ref):
        answer = sender.client.post("/logga-in/bankid/svar/", {"nonce": nonce}, secure=True)
        assert refused(answer) == OTHER_DEVICE
    assert not [sender.poll() for _ in range(5) if sender.person]


def test_a_nonce_of_another_session_is_refused_and_ends_that_order(desk: Desk) -> None:
    desk.provider()
    one, other = desk.browser(), desk.browser()
    one.start("same")
    back = desk.last.asked["returnUrl"]
    other.start("same")
    assert refused(other.come_back(back)) == OTHER_DEVICE
    assert sorted(row.state for row in desk.attempts()) == ["failed", "open"]


def test_a_nonce_works_once(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start("same")
    back = desk.last.asked["returnUrl"]
    assert browser.come_back(back).status_code == 302
    assert refused(browser.come_back(back)) == OTHER_DEVICE


def test_a_browser_that_lost_its_cookie_is_not_signed_in(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start("same")
    back = desk.peer.service.tap(browser.link(), NILS).complete()
    browser.client.cookies.clear()
    assert refused(browser.come_back(back)) == OTHER_DEVICE


def test_coming_back_from_another_network_is_refused_and_cancels(desk: Desk) -> None:
    desk.provider()
    browser = desk.browser(address="192.0.2.1")
    browser.start("same")
    back = desk.peer.service.tap(browser.link(), NILS).complete()
    browser.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    assert refused(browser.come_back(back)) == OTHER_DEVICE
    assert desk.peer.service.cancelled == [desk.last.ref]


def test_a_stolen_cookie_in_another_network_is_not_signed_in(desk: Desk) -> None:
    browser = scanned(desk)
    browser.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    assert browser.poll()["go"]
    assert refused(browser.page()) == OTHER_DEVICE


def test_the_answer_to_somebody_elses_order_reaches_nobody_else(desk: Desk) -> None:
    browser, onlooker = scanned(desk), desk.browser()
    assert onlooker.poll()["go"] == "/logga-in/bankid/vanta/"
    onlooker.start()
    assert onlooker.poll()["go"] == ""
    assert signed_in() == 0
    browser.poll()
    assert (bool(browser.person), onlooker.person) == (True, "")


def test_an_order_is_unknown_at_the_neighbours(desk: Desk, neighbour: Municipality) -> None:
    browser = scanned(desk)
    browser.client.defaults["SERVER_NAME"] = "granne.example"
    assert browser.poll()["go"] == "/logga-in/bankid/vanta/"
    assert neighbour.hosts == ["granne.example"]
    assert signed_in() == 0


def test_what_was_completed_once_signs_in_once(desk: Desk) -> None:
    browser = scanned(desk)
    desk.peer.service.repeats = True
    before = browser.client.cookies["__Host-motas"].value
    browser.poll()
    first = browser.person
    browser.client.cookies["__Host-motas"] = before
    assert browser.poll()["go"] == "/logga-in/bankid/vanta/"
    assert first
    assert browser.person == ""
    assert signed_in() == 1


def test_an_attempt_that_is_too_old_is_over(desk: Desk) -> None:
    browser = scanned(desk)
    assert browser.poll(after=601)["go"]
    assert said(browser.page()) == "Det tog för lång tid. Försök igen när du är redo."
    assert signed_in() == 0


def test_a_typed_number_starts_nothing_of_its_own(desk: Desk) -> None:
    desk.provider()
    given = {"device": "other", "personalNumber": NILS.number, "personal_number": NILS.number}
    desk.browser().client.post("/logga-in/bankid/bankid/", given, secure=True)
    assert NILS.number not in str(desk.last.asked)
    assert "personalNumber" not in str(desk.last.asked)


@pytest.mark.parametrize(
    ("risk", "phone", "signed"),
    [("high", "127.0.0.1", 0), ("moderate", "203.0.113.9", 0), ("moderate", "127.0.0.1", 1), ("low", "203.0.113.9", 1)],
)
def test_what_bankid_holds_for_fraud_is_stopped(desk: Desk, risk: str, phone: str, signed: int) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start()
    desk.peer.service.scan(browser.code(), Citizen(NILS.number, "Nils", "Alm", phone)).complete(risk)
    browser.poll()
    assert signed_in() == signed
    if not signed:
        assert refused(browser.page()) == "Inloggningen stoppades. Ring oss, så hjälper vi dig."


def test_another_name_than_we_hold_is_stopped_and_shown_to_a_coordinator(desk: Desk) -> None:
    with scope.transaction(desk.town.municipality.id):
        bo = Person.objects.get(cast_name="bo")
        finding.set_number(bo, NILS.number)
        bo.save(update_fields=["number", "number_index"])
    browser = scanned(desk)
    assert browser.poll()["go"]
    assert refused(browser.page()) == "Vi behöver prata med dig innan du kan logga in. Ring oss."
    with scope.transaction(desk.town.municipality.id):
        assert [row.what for row in IdentityConflict.objects.all()] == ["name"]


@pytest.mark.parametrize(
    ("manner", "text"), [("new pending hint", "Inloggningen pågår i BankID-appen."), ("new failed hint", "")]
)
def test_a_hint_that_is_new_has_words(desk: Desk, manner: str, text: str) -> None:
    browser = scanned(desk)
    desk.peer.behave(manner)
    answer = browser.poll()
    assert answer.get("text", "") == text
    assert said(browser.page()) == (text or DOWN)
    assert signed_in() == 0


@pytest.mark.parametrize(
    ("hint", "button"),
    [
        ("userCancel", "Försök igen"),
        ("certificateErr", "Välj ett annat sätt"),
        ("cancelled", ""),
        ("transactionRiskBlocked", ""),
    ],
)
def test_what_failed_in_the_app_leads_on_to_another_try_or_to_a_call(desk: Desk, hint: str, button: str) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start(follow="/mina-tider/")
    desk.last.fail(hint)
    browser.poll()
    page = browser.page().content.decode()
    assert ('href="/logga-in/?next=/mina-tider/"' in page) is bool(button)
    assert not button or f">{button}</a>" in page
    assert "<h1>Inloggningen gick inte igenom</h1>" in page
    assert "<title>Inloggningen gick inte igenom" in page
    assert re.search(r'<p class="lead" data-module="error-focus" role="alert" tabindex="-1">', page)
    assert "Har du ingen e-legitimation?" not in page
    assert "08-465 004 20" in page
    assert signed_in() == 0


@pytest.mark.parametrize("code", ["unheard", "switched-off", "sso"])
def test_a_way_that_is_not_offered_does_not_exist(desk: Desk, code: str) -> None:
    desk.provider(code="switched-off", enabled=False)
    desk.provider(code="sso", kind="oidc")
    assert desk.browser().start(code=code).status_code == 404
    assert desk.peer.asked == []


def test_neither_does_a_third_kind_of_device(desk: Desk) -> None:
    desk.provider()
    assert desk.browser().start("both").status_code == 404


@pytest.mark.parametrize("next_path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"])
def test_after_sign_in_nobody_is_led_elsewhere(desk: Desk, next_path: str) -> None:
    desk.provider()
    browser = desk.browser()
    browser.start(follow=next_path)
    desk.peer.service.scan(browser.code(), NILS).complete()
    assert browser.poll()["go"] == "/mina-tider/"


def test_a_refusal_without_words_of_its_own_keeps_what_was_chosen(desk: Desk) -> None:
    browser = desk.browser()
    desk.provider()
    browser.start(follow="/boka/tid/")
    with scope.transaction(desk.town.municipality.id):
        SignInAttempt.objects.update(state="failed", code="contradiction")
    assert refused(browser.page()) == "Vi behöver prata med dig innan du kan logga in. Ring oss."
    with scope.transaction(desk.town.municipality.id):
        SignInAttempt.objects.update(code="other_device")
    assert 'href="/logga-in/?next=%2Fboka%2Ftid%2F">Försök igen<' in browser.page().content.decode()


def test_no_line_of_the_log_holds_what_was_secret(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        browser = scanned(desk)
        desk.peer.behave("number with a wrong check digit")
        browser.poll()
        desk.browser().start("same", scripted=False)
        back = desk.last.asked["returnUrl"]
        desk.browser().client.get(back.removeprefix("https://localhost"), secure=True)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("motas")]
    assert lines
    secrets = [NILS.number, "19811228", "Alm", back.rstrip("/").rpartition("/")[2]]
    secrets += [token for order in desk.peer.service.orders.values() for token in (order.ref, order.autostart)]
    assert not [secret for secret in secrets if secret in "\n".join(lines)]


@pytest.mark.django_db(transaction=True)
def test_of_many_questions_at_once_one_signs_in(desk: Desk) -> None:
    browser = scanned(desk)
    cookie = browser.client.cookies["__Host-motas"].value
    desk.clock.shift(3)

    def question(_: int) -> str:
        other = desk.browser()
        other.client.cookies["__Host-motas"] = cookie
        try:
            return str(other.client.post("/logga-in/bankid/fraga/", secure=True).json()["go"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as many:
        answers = list(many.map(question, range(6)))
    assert answers.count("/mina-tider/") == 1
    assert signed_in() == 1
    assert len(desk.peer.calls("collect")) == 1
