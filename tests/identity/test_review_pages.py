"""The pages of the log review: a table, samples one by one, a signature; staff by name, the person as a code."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from identity import scope
from identity.actors import Actor
from identity.models import LogPick, LogReview
from tests.identity.log_review_month import ALIASES, act, quiet_month, review_of
from tests.identity.staffing import give, plain, unit_of
from tests.town import Town

AsActor = Callable[[str], Actor]
Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db(transaction=True, databases=ALIASES)


@pytest.fixture
def review(town: Town) -> LogReview:
    """Anna saw Hans, whom she does not meet, and two usual bookings; Yusuf leads the unit."""
    give(town, "yusuf", "unit_manager", unit_of(town, "anna"))
    act(town, "anna", town.persons["hans"], action="person.see", kind="person")
    quiet_month(town, 2)
    return review_of(town)


def flagged(town: Town, review: LogReview) -> UUID:
    """The one pick that chance did not choose."""
    with scope.transaction(town.municipality.id):
        return LogPick.objects.exclude(why__contains=["sample"]).get(review=review).id


def test_the_whole_way_without_scripts(town: Town, browser_as: Browser, review: LogReview) -> None:
    browser = browser_as("yusuf")
    listed = browser.get("/logg/", secure=True).content.decode()
    assert f"/logg/{review.id}/" in listed
    assert "Att göra" in listed
    page = browser.get(f"/logg/{review.id}/", secure=True).content.decode()
    assert "Anna Lindqvist" in page
    assert "Hans" not in page
    assert town.persons["hans"].hex[:4].upper() in page
    assert "2 slumpvis valda öppningar av 3" in page
    too_early = browser.post(f"/logg/{review.id}/signera/", {"read": "on"}, secure=True)
    assert too_early.status_code == 422
    assert "3 är inte bedömda än." in too_early.content.decode()
    saved = browser.post(f"/logg/{review.id}/", {f"pick-{flagged(town, review)}": "authorised"}, secure=True)
    assert saved["Location"] == f"/logg/{review.id}/?klart=sparat"
    assert "Bedömningarna är sparade" in browser.get(saved["Location"], secure=True).content.decode()
    for number in (1, 2):
        sample = browser.get(f"/logg/{review.id}/nasta/", secure=True)["Location"]
        assert f"Stickprov {number} av 2" in browser.get(sample, secure=True).content.decode()
        browser.post(sample, {"verdict": "authorised"}, secure=True)
    assert browser.get(f"/logg/{review.id}/nasta/", secure=True)["Location"] == f"/logg/{review.id}/"
    unread = browser.post(f"/logg/{review.id}/signera/", secure=True)
    assert (unread.status_code, unread.content.decode().count("Kryssa i rutan")) == (422, 2)
    assert browser.post(f"/logg/{review.id}/signera/", {"read": "on"}, secure=True).status_code == 302
    after = browser.get(f"/logg/{review.id}/", secure=True).content.decode()
    assert "Granskningen är signerad" in after
    assert "<select" not in after
    again = browser.post(f"/logg/{review.id}/signera/", {"read": "on"}, secure=True)
    assert (again.status_code, "redan signerad" in again.content.decode()) == (422, True)


def test_a_late_signature_asks_for_a_new_sign_in_and_comes_back_to_the_page(
    town: Town, browser_as: Browser, review: LogReview
) -> None:
    with time_machine.travel(timezone.now()) as clock:
        browser = browser_as("yusuf")
        for _ in range(2):
            clock.shift(timedelta(minutes=9))
            browser.get(f"/logg/{review.id}/", secure=True)
        asked = browser.post(f"/logg/{review.id}/signera/", {"read": "on"}, secure=True)
    assert asked["Location"] == f"/logga-in/?next=%2Flogg%2F{review.id}%2Fsignera%2F"
    assert browser.get(f"/logg/{review.id}/signera/", secure=True)["Location"] == f"/logg/{review.id}/"


def test_one_s_own_opening_has_no_choice_on_the_page(town: Town, browser_as: Browser) -> None:
    give(town, "yusuf", "unit_manager", unit_of(town, "anna"))
    act(town, "yusuf", town.persons["hans"], action="person.see", kind="person")
    quiet_month(town, 1, "yusuf")
    review = review_of(town)
    browser = browser_as("yusuf")
    page = browser.get(f"/logg/{review.id}/", secure=True).content.decode()
    assert "Din egen. Någon annan bedömer den." in page
    assert "2 är dina egna öppningar" in page
    assert "<select" not in page
    assert browser.get(f"/logg/{review.id}/nasta/", secure=True)["Location"] == f"/logg/{review.id}/"
    with scope.transaction(town.municipality.id):
        pick = LogPick.objects.get(why__contains=["sample"]).id
    sample = browser.get(f"/logg/{review.id}/{pick}/", secure=True).content.decode()
    assert "Det här är din egen öppning" in sample
    assert browser.post(f"/logg/{review.id}/{pick}/", {"verdict": "authorised"}, secure=True).status_code == 404


def test_a_month_without_anything_unusual_says_so(town: Town, browser_as: Browser) -> None:
    quiet_month(town, 1, "cia")
    give(town, "cia", "unit_manager", unit_of(town, "cia"))
    page = browser_as("cia").get(f"/logg/{review_of(town, 'cia').id}/", secure=True).content.decode()
    assert "Inget att bedöma" in page


@pytest.mark.parametrize("key", ["anna", "cia", "dan", "lena"])
def test_others_meet_the_404_of_nothing(town: Town, browser_as: Browser, review: LogReview, key: str) -> None:
    if key == "lena":
        give(town, "lena", "auditor", unit_of(town, "lena"))
    browser = browser_as(key)
    for tail in ("", "nasta/", f"{uuid4()}/"):
        foreign = browser.get(f"/logg/{review.id}/{tail}", secure=True)
        missing = browser.get(f"/logg/{uuid4()}/{tail}", secure=True)
        assert (foreign.status_code, plain(foreign.content)) == (404, plain(missing.content))
    assert browser.post(f"/logg/{review.id}/signera/", {"read": "on"}, secure=True).status_code == 404
    assert (browser.get("/logg/", secure=True).status_code == 200) is (key == "lena")


def test_the_menu_shows_the_log_to_those_who_review_it(town: Town, browser_as: Browser, review: LogReview) -> None:
    link = re.compile(r'<a href="/logg/"')
    assert link.search(browser_as("yusuf").get("/idag/", secure=True).content.decode())
    assert not link.search(browser_as("anna").get("/idag/", secure=True).content.decode())


def test_what_is_not_understood_is_left_out(town: Town, browser_as: Browser, review: LogReview) -> None:
    sent = {f"pick-{flagged(town, review)}": "fine", "pick-x": "authorised", "other": "authorised"}
    assert browser_as("yusuf").post(f"/logg/{review.id}/", sent, secure=True).status_code == 302
    with scope.transaction(town.municipality.id):
        assert not LogPick.objects.exclude(verdict="").exists()


def test_of_a_month_without_anything_the_page_asks_for_the_signature_only(town: Town, browser_as: Browser) -> None:
    review = review_of(town)
    page = browser_as("mats").get(f"/logg/{review.id}/", secure=True).content.decode()
    assert "Inget har öppnats den här månaden. Du behöver bara signera." in page
    assert "Signera granskningen" in page
    for without in ("Händelser att bedöma", "Stickproven", "slumpvis valda", "e-legitimation"):
        assert without not in page.split("<main")[1].split("</main>")[0]
