"""Leaving quickly and signing out in a real browser: nothing is kept, and Back comes to no page that was left."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import resident
from tests.browser.axe import Check
from tests.browser.frames import demo_meeting
from tests.browser.visits import NewPage
from tests.trial import Trial

FILL = """async () => {
  localStorage.setItem("a", "b");
  sessionStorage.setItem("a", "b");
  await caches.open("a");
  await new Promise((resolve, reject) => {
    const opening = indexedDB.open("a");
    opening.onsuccess = () => { opening.result.close(); resolve(); };
    opening.onerror = reject;
  });
}"""
KEPT = """async () => [
  localStorage.length,
  sessionStorage.length,
  (await caches.keys()).length,
  (await indexedDB.databases()).length,
]"""


def signs_in(page: Page) -> None:
    """Hans, at his own times."""
    page.goto("/prova/in/hans/?next=/mina-tider/")
    resident.heading(page, "Mina tider")


def cookies_of(page: Page) -> list[str]:
    """The names of the cookies that the browser has."""
    return sorted(str(cookie.get("name")) for cookie in page.context.cookies())


def test_after_signing_out_the_browser_keeps_nothing(new_page: NewPage) -> None:
    page = new_page()
    signs_in(page)
    page.evaluate(FILL)
    assert page.evaluate(KEPT) == [1, 1, 1, 1]
    resident.press(page, "Logga ut")
    expect(page.get_by_role("button", name="Logga ut")).to_have_count(0)
    assert page.evaluate(KEPT) == [0, 0, 0, 0]
    assert "__Host-motas" not in cookies_of(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_leaving_quickly_shows_a_page_that_says_nothing(new_page: NewPage, *, scripts: bool) -> None:
    page = new_page(scripts=scripts)
    signs_in(page)
    if scripts:
        expect(page.locator("[data-module=leave][data-module-state=on]")).to_have_count(1)
    resident.press(page, "Lämna sidan snabbt")
    page.wait_for_url("**/tom/")
    expect(page).to_have_title("Ny flik")
    page.goto("/mina-tider/")
    resident.heading(page, "Logga in")


def test_back_does_not_come_to_the_page_that_was_left(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/tillganglighet/")
    signs_in(page)
    expect(page.locator("[data-module=leave][data-module-state=on]")).to_have_count(1)
    resident.press(page, "Lämna sidan snabbt")
    page.wait_for_url("**/tom/")
    page.go_back()
    expect(page).not_to_have_url(re.compile("mina-tider"))
    page.goto("/mina-tider/")
    resident.heading(page, "Logga in")


def test_after_leaving_the_browser_keeps_nothing(new_page: NewPage) -> None:
    page = new_page(scripts=False)
    signs_in(page)
    resident.press(page, "Lämna sidan snabbt")
    page.wait_for_url("**/tom/")
    assert cookies_of(page) == []


def test_pages_of_protection(trial: Trial, new_page: NewPage) -> None:
    page, look = new_page(), Check()
    page.goto("/tom/")
    look(page, "nothing")
    signs_in(page)
    page.goto("/mina-tider/kontakt/")
    look(page)
    page.goto("/prova/in/karin/?next=/personer/")
    look(page)
    resident.press(page, "Hitta")
    look(page, "nothing written")
    page.get_by_label("Eller id i verksamhetssystemet").fill("finns-inte")
    resident.press(page, "Hitta")
    look(page, "nobody")
    page.goto("/skyddade/")
    look(page)
    code_page(page, look)
    person_page(page, look)
    officers_page(trial, page, look)
    assert look.found == {}


def finds_eva(page: Page) -> None:
    """By the id that the case system has for her."""
    page.goto("/personer/")
    page.get_by_label("Eller id i verksamhetssystemet").fill("prov-eva")
    resident.press(page, "Hitta")


def code_page(page: Page, look: Check) -> None:
    """Eva's for a coordinator, who looks after how she is sheltered and is not told who she is."""
    finds_eva(page)
    expect(page.get_by_role("heading", level=1, name=re.compile("^Skyddad person, kod "))).to_be_visible()
    expect(page.get_by_text("Eva Lund")).to_have_count(0)
    look(page, "a code")
    resident.press(page, "Be om att ta bort Sekretessmarkering")
    look(page, "asked")
    resident.press(page, "Namnge")
    look(page, "nobody chosen")


def person_page(page: Page, look: Check) -> None:
    """Eva's for a named reader, who is asked why first."""
    page.goto("/prova/in/anna/?next=/personer/")
    finds_eva(page)
    resident.heading(page, "Varför öppnar du?")
    look(page)
    resident.press(page, "Öppna")
    look(page, "no reason")
    page.get_by_label("Personen har ringt eller hört av sig").check()
    resident.press(page, "Öppna")
    resident.heading(page, "Eva Lund")
    look(page, "opened")


def officers_page(trial: Trial, page: Page, look: Check) -> None:
    """A booking of Bo's, from the day."""
    demo_meeting(trial.env)
    page.goto("/prova/in/anna/?next=/idag/")
    page.get_by_role("link", name=re.compile("^Se bokningen")).first.click()
    look(page)
    resident.press(page, "Avboka tiden")
    look(page, "no reason")
