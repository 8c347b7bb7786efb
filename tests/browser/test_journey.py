"""The main job, end to end: a time is booked without scripts, told by mail and feed, and held by video."""

from __future__ import annotations

import urllib.request

from icalendar import Calendar, Event
from playwright.sync_api import Page, expect

from config.trial import CAST
from notifications import mailbox
from tests.browser import mails, resident
from tests.browser.chromium import Chromium
from tests.browser.frames import demo_meeting, end_for_all, meet
from tests.browser.visits import NewPage
from tests.trial import Trial

UNSAID = ("Färdtjänst", "färdtjänst", resident.BO, "ansökan")


def test_the_main_job_end_to_end(trial: Trial, new_page: NewPage) -> None:
    bo = new_page(scripts=False)
    officer = books_with_one_fault(bo)
    address = subscribes(new_page(scripts=False), officer)
    (booked,) = told(trial, 1)
    assert (booked.method, booked.sequence) == ("REQUEST", 0)
    assert says_little(booked, officer)
    assert follows(address, booked)

    resident.moves(bo)
    _, moved = told(trial, 2)
    assert (moved.method, moved.uid) == ("REQUEST", booked.uid)
    assert moved.sequence > booked.sequence
    assert follows(address, moved)
    assert not follows(address, booked)

    resident.cancels(bo)
    *_, gone = told(trial, 3)
    assert (gone.method, gone.uid) == ("CANCEL", booked.uid)
    assert gone.sequence > moved.sequence
    assert not follows(address, moved)

    host, guest = Chromium(new_page()), Chromium(new_page())
    meet(host, guest, demo_meeting(trial.env))
    end_for_all(host, guest)


def books_with_one_fault(page: Page) -> str:
    """The whole way; on it an address that is none, whose page keeps what was typed. The officer's name."""
    resident.chooses_service(page)
    resident.chooses_form(page)
    resident.next_week(page)
    resident.a_time(page).click()
    resident.signs_in(page, resident.BO)
    resident.gives_address(page, "bo.ek")
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("heading")).to_have_text("En sak behöver rättas")
    expect(page.get_by_label("E-postadress")).to_have_value("bo.ek")
    summary.get_by_role("link").click()
    assert page.url.endswith("#id_to")
    resident.gives_address(page, resident.BO_AT)
    resident.reads(page)
    resident.confirms(page)
    return resident.officer_on(page)


def subscribes(page: Page, officer: str) -> str:
    """The officer makes the address of a feed; it is shown once."""
    key = next(member.key for member in CAST if member.name == officer)
    page.goto(f"/prova/in/{key}/?next=/kalender/")
    page.get_by_role("button", name="Skapa adress").click()
    address = page.get_by_label("Prenumerationsadress").input_value()
    page.goto("/kalender/")
    expect(page.get_by_label("Prenumerationsadress")).to_have_count(0)
    return address


def told(trial: Trial, number: int) -> list[mails.Invitation]:
    """What Bo has been sent, as the mail server received it, oldest first."""
    return mails.to(resident.BO_AT, lambda: reversed([*mailbox.newest(trial.var, 50)]), number)


def says_little(mail: mails.Invitation, officer: str) -> bool:
    """Neither what the meeting is about nor who meets stands anywhere in the mail."""
    return not [word for part in (mail.subject, mail.text, mail.html) for word in (*UNSAID, officer) if word in part]


def follows(address: str, told: mails.Invitation) -> bool:
    """Whether the feed, read as a calendar program reads it, holds a confirmed entry at the time that was told."""
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - our own http address
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        entries = Calendar.from_ical(answer.read()).events
    return any(_stands(entry, told.start) for entry in entries)


def _stands(entry: Event, start: str) -> bool:
    return entry.get("STATUS") != "CANCELLED" and entry.start.isoformat() == start
