"""Alerts, break glass and the log review in a real browser, without scripts; axe finds nothing on the way."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import resident
from tests.browser.axe import Check
from tests.browser.visits import NewPage
from tests.trial import Trial


def test_asking_for_what_another_unit_has(new_page: NewPage) -> None:
    page, look = new_page(), Check()
    page.goto("/prova/in/cia/?next=/varningar/")
    look(page)
    page.get_by_role("link", name="Be om nödöppning").click()
    look(page)
    resident.press(page, "Skicka frågan")
    look(page, "nothing filled in")
    expect(page.get_by_role("alert")).to_contain_text("2 saker behöver rättas")
    page.get_by_label("Personnummer").fill("19811228-9874")
    page.get_by_label("Det är bråttom").check()
    resident.press(page, "Skicka frågan")
    expect(page.get_by_role("status").filter(has_text="Din fråga är skickad")).to_be_visible()
    look(page, "asked")
    assert look.found == {}


def test_a_manager_signs_a_month_without_scripts(trial: Trial, new_page: NewPage) -> None:
    made = trial.manage("make_log_review")
    assert made.returncode == 0, made.stderr
    page = new_page(scripts=False)
    page.goto("/prova/in/mats/?next=/varningar/")
    expect(page.get_by_text("Enheten har ingen chef")).to_have_count(2)  # of the trial's three, one has a manager
    mine = page.get_by_role("listitem").filter(has_text="Enhet: Färdtjänst.")
    mine.get_by_role("link", name="Till loggkontrollen").click()
    resident.heading(page, "Granska loggen")
    expect(page.get_by_text("Inget har öppnats den här månaden.")).to_be_visible()
    resident.press(page, "Signera granskningen")
    expect(page.get_by_role("alert")).to_contain_text("Kryssa i rutan")
    page.get_by_label("Jag har sett att inget har öppnats").check()
    resident.press(page, "Signera granskningen")
    expect(page.get_by_role("heading", name="Granskningen är signerad")).to_be_visible()


def test_the_pages_of_oversight_are_sound(trial: Trial, new_page: NewPage) -> None:
    assert trial.manage("make_log_review").returncode == 0
    page, look = new_page(), Check()
    page.goto("/prova/in/mats/?next=/varningar/")
    look(page)
    page.goto("/nodoppning/vantar/")
    look(page)
    page.goto("/logg/")
    look(page)
    page.get_by_role("link", name="Färdtjänst").click()
    resident.heading(page, "Granska loggen")
    look(page)
    assert look.found == {}
