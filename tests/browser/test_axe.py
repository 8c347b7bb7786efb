"""axe-core finds nothing: on every page and state, narrow and wide, light and dark."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import resident
from tests.browser.axe import Check
from tests.browser.chromium import Chromium
from tests.browser.frames import demo_meeting, goes_in, is_in, sees
from tests.browser.visits import NewPage
from tests.programs import rotation
from tests.trial import Trial

CALENDAR = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//tests//SV\r
BEGIN:VEVENT\r
UID:one@tests.example\r
DTSTAMP:20300101T000000Z\r
DTSTART:20300107T090000Z\r
DTEND:20300107T100000Z\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_pages_that_anybody_sees(trial: Trial, new_page: NewPage) -> None:
    page, look = new_page(), Check()
    for path in ("/", "/logga-in/", "/tillganglighet/", "/dina-uppgifter/", "/finns-inte/", "/problems/slot_taken/"):
        page.goto(path)
        look(page, path)
    page.goto(trial.address.replace("localhost", "okand.localhost"))
    look(page, "a host that is no municipality's")
    page.goto("/")
    page.locator("input[name=csrfmiddlewaretoken]").first.evaluate("(field) => field.setAttribute('value', 'another')")
    resident.press(page, "English")
    look(page, "a form that came too late")
    page.goto("/")
    resident.press(page, "English")
    look(page, "English")
    assert look.found == {}


def test_choosing_a_form_and_a_time(new_page: NewPage) -> None:
    page, look = new_page(), Check()
    resident.chooses_service(page)
    look(page)
    resident.press(page, "Fortsätt")
    look(page, "no form chosen")
    for question in ("urgent", "alone"):
        resident.chooses_service(page)
        page.locator("input[name=form][value=video]").check()
        page.locator(f"input[name={question}][value={'yes' if question == 'urgent' else 'no'}]").check()
        resident.press(page, "Fortsätt")
        look(page, f"an answer to {question}")
    resident.press(page, "Fortsätt med videomöte")
    look(page)
    page.get_by_label("Tid på dagen").select_option("em")
    resident.press(page, "Visa tider")
    look(page, "afternoons")
    resident.next_week(page)
    look(page, "next week")
    assert look.found == {}


def test_the_steps_of_a_booking(new_page: NewPage) -> None:
    page, look = new_page(), Check()
    resident.chooses_service(page)
    resident.chooses_form(page)
    resident.next_week(page)
    resident.a_time(page, 1).click()
    look(page)
    resident.signs_in(page)
    look(page)
    resident.gives_address(page, "bo.ek")
    look(page, "an address that is none")
    resident.gives_address(page)
    look(page)
    resident.press(page, "Fortsätt")
    look(page, "not read")
    resident.reads(page)
    look(page)
    resident.confirms(page)
    look(page)
    assert look.found == {}


def test_own_times(new_page: NewPage) -> None:
    page, look = new_page(), Check()
    resident.books(page, 4)
    page.goto("/mina-tider/")
    look(page)
    path = page.get_by_role("link", name=re.compile("^Byt tid")).first.get_attribute("href") or ""
    page.goto(path)
    look(page)
    page.goto(path.replace("mina-tider", "moten").removesuffix("andra/"))
    look(page, "a meeting that is not open yet")
    page.goto(path)
    resident.next_week(page)
    resident.a_time(page, 6).click()
    look(page, "moved")
    page.goto(path.replace("andra", "avboka"))
    look(page)
    resident.press(page, "Avboka")
    look(page, "cancelled")
    page.goto(path)
    look(page, "moving what is cancelled")
    page.goto(path.replace("andra", "avboka"))
    look(page, "cancelling what is cancelled")
    page.goto("/prova/post/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page)
    assert look.found == {}


def test_a_time_that_somebody_else_took(new_page: NewPage) -> None:
    first, second, look = new_page(), new_page(), Check()
    for page in (first, second):
        resident.chooses_service(page, "Råd om ekonomi")
        resident.chooses_form(page, "phone")
    resident.a_time(first).click()
    resident.signs_in(first)
    resident.a_time(second).click()
    expect(second.get_by_role("heading", name="De närmaste lediga tiderna")).to_be_visible()
    look(second, "taken")
    assert look.found == {}


def test_the_officers_day_and_opening_hours(trial: Trial, new_page: NewPage) -> None:
    demo_meeting(trial.env)
    page, look = new_page(), Check()
    page.goto("/prova/in/anna/?next=/idag/")
    look(page)
    page.goto("/oppettider/")
    look(page)
    resident.press(page, "Spara")
    look(page, "an empty rule")
    resident.press(page, "Spara frånvaron")
    look(page, "an empty absence")
    page.goto("/oppettider/")
    page.get_by_role("link", name=re.compile("^Ändra")).first.click()
    look(page)
    resident.press(page, "Visa vad som ändras")
    look(page, "what changes")
    page.goto("/oppettider/")
    page.get_by_role("link", name=re.compile("^Ta bort")).first.click()
    look(page)
    assert look.found == {}


def test_the_week_the_unit_and_booking_for_somebody(new_page: NewPage) -> None:
    page, look = new_page(), Check()
    page.goto("/prova/in/anna/?next=/vecka/")
    look(page)
    page.get_by_role("link", name="Visa som lista").click()
    look(page, "as a list")
    page.get_by_role("link", name="Varför är en tid inte ledig?").click()
    look(page)
    page.get_by_label("Tid", exact=True).fill("6.05")
    resident.press(page, "Visa varför")
    look(page, "with reasons")
    page.goto("/boka-at/")
    look(page)
    resident.press(page, "Visa tider för det här")
    look(page, "other times")
    page.locator("button.btn", has_text="Boka tiden").last.click()
    look(page, "nothing filled in")
    page.goto("/vecka/?som=lista")
    page.locator("a[href^='/bokningar/']").first.click()
    look(page, "a booking and what can be done")
    page.get_by_role("link", name="Flytta tiden").click()
    look(page)
    page.go_back()
    page.get_by_role("link", name="Lämna över till en kollega").click()
    look(page)
    page.goto("/prova/in/karin/?next=/enhet/")
    look(page)
    page.get_by_role("link", name="Lånerum 1").click()
    look(page, "a room's week")
    assert look.found == {}


def test_what_is_kept_about_people(trial: Trial, new_page: NewPage) -> None:
    demo_meeting(trial.env)
    look = Check()
    person = rotation.people_of(trial, 1)[0]
    pages = {
        "bo": "/dina-uppgifter/utdrag/",
        "dan": "/installningar/gallring/",
        "mats": f"/personer/{person.id}/radera/",
    }
    for name, path in pages.items():
        page = new_page()
        page.goto(f"/prova/in/{name}/")
        page.goto(path)
        look(page, path)
        if name == "dan":
            page.locator("#id_booking_days").fill("nittio")
            page.locator("#booking button").click()
            look(page, "a faulty decision")
    assert look.found == {}


def test_the_officers_calendars(new_page: NewPage) -> None:
    page, look = new_page(), Check()
    page.goto("/prova/in/cia/?next=/kalender/")
    look(page)
    resident.press(page, "Skapa adress")
    look(page, "a new address")
    page.locator("input[name=address]").fill("http://192.168.0.1/x.ics")
    resident.press(page, "Lägg till adressen")
    look(page, "an address that is refused")
    resident.press(page, "Läs filen")
    look(page, "no file")
    _reads_file(page, CALENDAR)
    look(page, "a file was read")
    _reads_file(page, b"not a calendar")
    look(page, "a broken file")
    for _ in range(20):
        _reads_file(page, CALENDAR)
    expect(page.get_by_role("alert")).to_contain_text("Det blev många försök")
    look(page, "a file too often")
    for _ in range(20):
        if page.locator("input[type=file]").count():
            _reads_file_again(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Vänta en stund")
    look(page, "anything too often")
    assert look.found == {}


def test_the_meeting(trial: Trial, new_page: NewPage) -> None:
    host, guest, look = Chromium(new_page()), Chromium(new_page()), Check()
    links = demo_meeting(trial.env)
    host.open(links["host"])
    look(host.page, "host's door")
    guest.open(links["guests"][0])
    look(guest.page, "guest's door")
    guest.press("[data-enter]")
    look(guest.page, "guest waits")
    goes_in(host, links["host"])
    expect(host.page.locator("[data-admit]")).to_be_visible()
    look(host.page, "somebody waits")
    host.press("[data-admit]")
    for name, person in (("host", host), ("guest", guest)):
        sees(person)
        look(person.page, f"{name} sees")
        person.press("[data-view=meeting] summary")
        look(person.page, f"{name} chooses a camera")
        person.press("[data-view=meeting] summary")
        person.press("[data-opens]")
        look(person.page, f"{name}'s last question")
        person.press("dialog[open] [data-closes]")
    guest.press("[data-pause]")
    for name, person in (("host", host), ("guest", guest)):
        is_in(person, "paused")
        look(person.page, f"paused for {name}")
    _end(host, guest, look)
    assert look.found == {}


def _end(host: Chromium, guest: Chromium, look: Check) -> None:
    host.press("[data-unpause]")
    guest.press("[data-leave]")
    guest.press("[data-leave-now]")
    is_in(guest, "out")
    look(guest.page, "left")
    host.press("[data-end-for-all]")
    host.press("[data-confirm]")
    is_in(host, "ended")
    look(host.page, "ended")
    host.page.reload()
    look(host.page, "a meeting that is over")


def _reads_file_again(page: Page) -> None:
    """Press the first Ta bort, made to ask for the calendar anew: what files have no button for."""
    page.locator("form[action$='/ta-bort/']").first.evaluate(
        "(form) => (form.action = form.action.replace('ta-bort', 'las'))"
    )
    page.get_by_role("button", name=re.compile("^Ta bort")).first.click()


def _reads_file(page: Page, octets: bytes) -> None:
    file = {"name": "kalender.ics", "mimeType": "text/calendar", "buffer": octets}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    resident.press(page, "Läs filen")
