"""What a resident does at the booking pages, in the words that stand on them."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

# Bo's times and mails are the journey's own; Hans books wherever a test needs just some booking.
BO, BO_AT = "Bo Ek", "bo.ek@post.example"
HANS, HANS_AT = "Hans Berg", "hans.berg@post.example"


def press(page: Page, name: str) -> None:
    """Press the button with this name."""
    page.get_by_role("button", name=name, exact=True).click()


def signs_out(page: Page) -> None:
    """Out by the menu; on a phone the staff's is opened first."""
    menu = page.locator(".menu > summary")
    if menu.is_visible():
        menu.click()
    press(page, "Logga ut")


def heading(page: Page, words: str) -> None:
    """The page's one heading says this."""
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def chooses_service(page: Page, service: str = "Färdtjänst") -> None:
    """From the start page to the forms of meeting."""
    page.goto("/")
    page.get_by_role("link", name=re.compile(f"^{service}")).click()
    heading(page, "Hur vill du träffa oss?")


def chooses_form(page: Page, form: str = "video") -> None:
    """On to the times."""
    page.locator(f"input[name=form][value={form}]").check()
    press(page, "Fortsätt")


def next_week(page: Page) -> None:
    """Look at the times of the week after the shown one."""
    page.locator("a.btn-wide[href*=vecka]").click()


def a_time(page: Page, number: int = 0) -> Locator:
    """One of the times of the shown week, counted from the first."""
    return page.locator("button.slot").nth(number)


def signs_in(page: Page, name: str = HANS) -> None:
    """The trial's page that says that it is a trial."""
    heading(page, "Logga in")
    expect(page.get_by_text("Det här är en provversion")).to_be_visible()
    page.get_by_role("link", name=re.compile(f"^{name}")).click()
    heading(page, "Vad behöver du för att mötet ska bli bra?")


def gives_address(page: Page, address: str = HANS_AT) -> None:
    """Be told by e-mail."""
    page.locator("input[name=way][value=email]").check()
    page.get_by_label("E-postadress").fill(address)
    press(page, "Fortsätt")


def reads(page: Page) -> None:
    """Tick that the information has been read."""
    heading(page, "Läs det här före mötet")
    page.get_by_label("Jag har läst informationen").check()
    press(page, "Fortsätt")


def confirms(page: Page) -> None:
    """Book the time that the summary shows."""
    heading(page, "Stämmer det här?")
    press(page, "Boka tiden")
    heading(page, "Tiden är bokad")


def books(page: Page, number: int = 0) -> None:
    """The whole way, to a time of next week."""
    chooses_service(page)
    chooses_form(page)
    next_week(page)
    a_time(page, number).click()
    signs_in(page)
    gives_address(page)
    reads(page)
    confirms(page)


def officer_on(page: Page) -> str:
    """The name after "med" on the receipt."""
    line = page.locator(".done-head p", has_text=" med ").inner_text()
    return line.partition(" med ")[2]


def moves(page: Page, number: int = 3) -> None:
    """From Mina tider to another time."""
    page.goto("/mina-tider/")
    page.get_by_role("link", name=re.compile("^Byt tid")).first.click()
    heading(page, "Byt tid")
    next_week(page)
    a_time(page, number).click()
    expect(page.get_by_role("status").filter(has_text="Tiden är bytt.")).to_be_visible()


def cancels(page: Page) -> None:
    """From Mina tider to no time at all."""
    page.goto("/mina-tider/")
    page.get_by_role("link", name=re.compile("^Avboka")).first.click()
    heading(page, "Vill du avboka tiden?")
    press(page, "Avboka")
    expect(page.get_by_role("status").filter(has_text="Tiden är avbokad.")).to_be_visible()
