"""The page of signing in: which ways it offers, to whom, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from booking.timeline import instant
from identity import scope
from identity.models import IdentityProvider
from tests.town import Town

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db


def offer(town: Town, **values: Any) -> None:
    """A way to sign in of the municipality."""
    with scope.transaction(town.municipality.id):
        IdentityProvider.objects.create(**values)


def page(browser: Client, next_path: str = "") -> str:
    """The page, on the way to `next_path`."""
    answer = browser.get(f"/logga-in/?{urlencode({'next': next_path})}", secure=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_bankid_is_two_buttons_and_every_other_way_one(browser_as: Browser, town: Town) -> None:
    offer(town, kind="bankid", code="bankid", name="BankID", for_residents=True)
    offer(town, kind="oidc", code="freja", name="Freja", for_residents=True, position=1)
    text = page(browser_as())
    places = [text.index(words) for words in ("BankID på den här enheten", "BankID på en annan enhet", ">Freja<")]
    assert places == sorted(places)
    assert 'name="device" value="same"' in text
    assert 'name="device" value="other"' in text


def test_the_staffs_ways_stand_apart_below(browser_as: Browser, town: Town) -> None:
    offer(town, kind="bankid", code="bankid", name="BankID", for_residents=True)
    offer(town, kind="oidc", code="sso", name="Kommunens inloggning", for_staff=True)
    residents, staff = page(browser_as()).split(">Personal<")
    assert "BankID" in residents
    assert "Kommunens inloggning" not in residents
    assert "Kommunens inloggning" in staff
    assert "BankID" not in staff


def test_where_there_is_no_way_for_staff_nothing_is_said_of_them(browser_as: Browser, town: Town) -> None:
    offer(town, kind="bankid", code="bankid", name="BankID", for_residents=True)
    assert ">Personal<" not in page(browser_as())


def test_what_is_switched_off_or_has_no_page_is_not_there(browser_as: Browser, town: Town) -> None:
    offer(town, kind="oidc", code="old", name="Gammal", for_residents=True, enabled=False)
    offer(town, kind="vouched", code="vouched", name="Intygad", for_residents=True)
    text = page(browser_as())
    assert "Gammal" not in text
    assert "Intygad" not in text


def test_where_to_go_is_kept_through_every_way(browser_as: Browser, town: Town) -> None:
    offer(town, kind="bankid", code="bankid", name="BankID", for_residents=True)
    offer(town, kind="oidc", code="freja", name="Freja", for_residents=True)
    offer(town, kind="oidc", code="sso", name="Kommunens inloggning", for_staff=True)
    text = page(browser_as(), "/mina-tider/")
    assert text.count('name="next" value="/mina-tider/"') >= 2
    assert len(re.findall(r'href="[^"]+/(?:freja|sso)/[^"]*\?next=/mina-tider/"', text)) == 2
    main = page(browser_as(), "https://evil.example/").partition("<main")[2].partition("</main>")[0]
    assert "evil.example" not in main


@pytest.mark.parametrize(
    ("needed", "next_path", "shown"),
    [
        ("LOA3", "/boka/behov/", False),
        ("LOA2", "/boka/behov/", True),
        ("LOA3", "/mina-tider/", True),
        ("", "/boka/behov/", True),
    ],
)
def test_a_way_too_weak_for_the_chosen_time_is_left_out_on_the_way_there(
    browser_as: Browser, town: Town, needed: str, next_path: str, *, shown: bool
) -> None:
    offer(town, kind="bankid", code="bankid", name="BankID", for_residents=True)
    offer(town, kind="oidc", code="weak", name="Enkel", for_residents=True, level="LOA2")
    browser = browser_as()
    session = browser.session
    session["level_needed"] = needed
    session.save()
    browser.cookies["__Host-motas"] = str(session.session_key)
    text = page(browser, next_path)
    assert (">Enkel<" in text) is shown
    assert "BankID" in text


def test_choosing_a_time_says_which_level_it_needs(browser_as: Browser, town: Town) -> None:
    browser, start = browser_as(), town.first_free(days=3)[0]
    browser.post("/boka/tid/", {"kod": "k4t7", "form": "video", "tid": instant(start).isoformat()}, secure=True)
    assert browser.session["level_needed"] == "LOA3"


def test_whoever_has_no_eid_finds_the_phone_and_the_code(browser_as: Browser) -> None:
    text = page(browser_as())
    assert "08-465 004 20" in text.partition("<main")[2].partition("</main>")[0]
    assert 'href="/logga-in/kod/"' in text


def test_what_pages_tell_to_press_stands_on_the_page_of_signing_in(
    browser_as: Browser, as_actor: Callable[[str], Any], town: Town
) -> None:
    offer(town, kind="passkey", code="passkey", name="Nyckel", for_staff=True)
    text = page(browser_as())
    assert ">Logga in med nyckel</a>" in text
    link = re.search(r'href="/logga-in/kod/">([^<]+)</a>', text)
    assert link is not None
    booking = town.booked(as_actor("bo"))
    officer = next(key for key, calendar in town.calendars.items() if calendar == booking.calendar_id)
    told = browser_as(officer).get(f"/bokningar/{booking.id}/intyga/", secure=True).content.decode()
    assert link[1] in told
    assert f'href="/bokningar/{booking.id}/"' in told
    assert f"<h1>{link[1]}</h1>" in browser_as().get("/logga-in/kod/", secure=True).content.decode()
