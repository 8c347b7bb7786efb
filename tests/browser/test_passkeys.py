"""A new colleague comes in by key, in a real Chromium with a key of its own: no password from beginning to end."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.resident import signs_out
from tests.browser.visits import NewPage
from tests.trial import Trial

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module", autouse=True)
def offered(trial: Trial) -> None:
    """Keys are a way in from the first invitation on."""
    named = ("--municipality", "exempelkommun", "--unit", "Färdtjänst", "--role", "officer", "--name", "Ina Bjuden")
    invited = trial.manage("invite_staff", *named)
    assert invited.returncode == 0, invited.stderr


def with_key(page: Page) -> str:
    """Give the page's browser a key that answers at once; its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return str(session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"])


def press(page: Page, name: str) -> None:
    """Press a button or a link."""
    page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True)).first.click()


def heading(page: Page, name: str) -> None:
    """The page has come, and is sound."""
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def confirmed_by_a_manager(mats: Page) -> None:
    """An administrator alone gives no role: the unit's manager says yes."""
    mats.goto("/prova/in/mats/?next=/installningar/forslag/")
    mats.get_by_role("button", name="Bekräfta").click()
    expect(mats.get_by_text("Ingen väntar på ett beslut av dig.")).to_be_visible()
    assert faults(mats) == []


def test_invited_by_an_administrator_in_by_key_with_a_printed_reserve(new_page: NewPage) -> None:
    dan = new_page()
    dan.goto("/prova/in/dan/?next=/installningar/personal/")
    dan.get_by_label("Namn i arbetet").fill("Nils Ny")
    dan.get_by_label("Enhet").select_option("Färdtjänst")
    dan.get_by_label("Roll").select_option("handläggare")
    press(dan, "Bjud in")
    heading(dan, "Kod att lämna över")
    code = dan.locator(".code-shown").inner_text()
    confirmed_by_a_manager(new_page())

    nils = new_page()
    with_key(nils)
    nils.goto("/logga-in/inbjudan/")
    nils.get_by_label("Kod").fill(code)
    press(nils, "Fortsätt")
    heading(nils, "Skaffa en nyckel")
    assert faults(nils) == []
    press(nils, "Skaffa en nyckel")
    heading(nils, "Logga in med nyckel")
    press(nils, "Logga in med nyckel")
    heading(nils, "Skaffa en reserv")
    assert faults(nils) == []
    press(nils, "Gör en reservkod")
    press(nils, "Gör en reservkod")
    heading(nils, "Din reservkod")
    assert faults(nils) == []
    press(nils, "Jag har skrivit ut koden")
    expect(nils).to_have_url("/idag/")
    nils.goto("/inloggningar/nycklar/")
    heading(nils, "Dina nycklar")
    assert faults(nils) == []
    expect(nils.get_by_role("heading", name="Chrome, Linux")).to_be_visible()
    signs_out(nils)
    nils.goto("/logga-in/nyckel/?next=/inloggningar/")
    press(nils, "Logga in med nyckel")
    heading(nils, "Dina inloggningar")


def test_without_a_key_the_page_says_what_to_do(new_page: NewPage) -> None:
    page = new_page()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY | {"isUserVerified": False}})
    assert made["authenticatorId"]
    page.goto("/logga-in/nyckel/")
    press(page, "Logga in med nyckel")
    expect(page.get_by_role("heading", name="Nyckeln svarade inte")).to_be_visible()
    expect(page.locator(".error-summary")).to_be_focused()


def test_the_pages_of_keys_and_accounts_are_accessible(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/prova/in/dan/?next=/installningar/personal/")
    page.get_by_role("link", name="Anna Lindqvist").click()
    heading(page, "Anna Lindqvist")
    assert faults(page) == []
    paths = ("installningar/personal", "inloggningar", "logga-in/nyckel", "logga-in/inbjudan", "logga-in/reservkod")
    for path in paths:
        page.goto(f"/{path}/")
        assert faults(page) == [], path
