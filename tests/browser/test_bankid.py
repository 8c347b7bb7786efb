"""Signing in by BankID in a real browser: a code that moves, an app that sends the browser back, and no scripts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests import prepared
from tests.browser.axe import faults
from tests.browser.visits import NewPage
from tests.numbers_of_tests import series
from tests.peers.bankid.certificates import Authorities
from tests.peers.bankid.orders import Citizen, Order, Service
from tests.peers.bankid.server import Peer, bankid_server
from tests.trial import Trial, opened

NILS = Citizen(series(3)[2], "Nils", "Alm")
PATIENCE = 30
OFFER = """
from identity import scope
from identity.models import IdentityProvider, Municipality
with scope.transaction(Municipality.objects.get().id):
    IdentityProvider.objects.create(
        kind="bankid", code="bankid", name="BankID", for_residents=True, certificate="test"
    )
"""


@dataclass
class Bank:
    """The service, and the trial that asks it."""

    peer: Peer
    trial: Trial


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """A BankID service, and a trial whose municipality offers it."""
    folder, authorities = prepared.trial(opened(tmp_path_factory.mktemp("bankid"))), Authorities.made()
    with bankid_server(authorities) as peer:
        running = Trial(folder)
        running.env["BANKID_URL"] = peer.url
        authorities.write(folder / "keys")
        running.start()
        try:
            running.wait()
            offered = running.manage("shell", "-c", OFFER)
            assert offered.returncode == 0, offered.stderr
            yield Bank(peer, running)
        finally:
            running.stop()


@pytest.fixture(scope="module")
def trial(bank: Bank) -> Trial:
    """The trial of these tests."""
    return bank.trial


@pytest.fixture
def service(bank: Bank) -> Service:
    """The orders of one test."""
    bank.peer.service.orders.clear()
    bank.peer.service.cancelled.clear()
    return bank.peer.service


def until(true: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def begin(page: Page, button: str) -> None:
    """From the ways in to the waiting page."""
    page.goto("/logga-in/?next=/mina-tider/")
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/logga-in/bankid/vanta/")


def test_on_another_device_the_code_moves_and_the_app_signs_in(service: Service, new_page: NewPage) -> None:
    page = new_page()
    page.goto("/logga-in/")
    assert faults(page) == []
    begin(page, "BankID på en annan enhet")
    assert faults(page) == []
    picture = page.get_by_alt_text("QR-kod")
    first = picture.get_attribute("src")
    expect(picture).not_to_have_attribute("src", str(first))
    assert picture.evaluate("image => image.naturalWidth > 0")
    service.last.open(NILS)
    expect(page.get_by_role("status").filter(has_text="Skriv din säkerhetskod")).to_be_visible()
    expect(picture).to_be_hidden()
    service.last.complete()
    page.wait_for_url("**/mina-tider/")
    expect(page.get_by_role("button", name="Logga ut")).to_be_visible()


def test_on_the_same_device_the_app_sends_the_browser_back(service: Service, new_page: NewPage) -> None:
    page = new_page()
    begin(page, "BankID på den här enheten")
    assert faults(page) == []
    link = str(page.get_by_role("link", name="Öppna BankID-appen").get_attribute("href"))
    order = service.tap(re.findall("autostarttoken=([^&]+)", link)[0], NILS)
    back = page.context.new_page()
    back.goto(order.complete())
    back.wait_for_url("**/mina-tider/")
    assert "nonce" not in back.url
    page.wait_for_url("**/mina-tider/")


def test_without_scripts_there_is_a_button_for_every_step(service: Service, new_page: NewPage) -> None:
    page = new_page(scripts=False)
    begin(page, "BankID på den här enheten")
    link = str(page.get_by_role("link", name="Öppna BankID-appen").get_attribute("href"))
    order = service.tap(re.findall("autostarttoken=([^&]+)", link)[0], NILS)
    page.goto(order.complete())
    page.get_by_role("button", name="Fortsätt").click()
    if "vanta" in page.url:
        time.sleep(2.1)
        page.get_by_role("button", name="Uppdatera").click()
    expect(page).to_have_url(re.compile("/mina-tider/$"))


def test_leaving_the_page_ends_the_order(service: Service, new_page: NewPage) -> None:
    page = new_page()
    begin(page, "BankID på en annan enhet")
    order: Order = service.last
    page.goto("/")
    until(lambda: order.ref in service.cancelled)
    page.goto("/logga-in/bankid/vanta/")
    expect(page).to_have_url(re.compile("/logga-in/"))
    expect(page.get_by_role("button", name="BankID på en annan enhet")).to_be_visible()


def test_what_failed_in_the_app_is_told_and_leads_back(service: Service, new_page: NewPage) -> None:
    page = new_page()
    begin(page, "BankID på en annan enhet")
    service.last.fail("userCancel")
    expect(page.get_by_text("Du avbröt inloggningen. Vill du försöka igen?")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Försök igen").click()
    expect(page).to_have_url(re.compile("next=/mina-tider/"))
