"""The waiting list on plain pages: joining, seeing, leaving and answering, with nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from booking.models import Task, Wish, WishState
from identity import scope
from identity.actors import Actor
from tests.booking.queue import NONE, Queue, morning
from tests.town import Town

Cast = Callable[[str], Actor]
Browser = Callable[[str], Client]


@pytest.fixture
def queue(town: Town) -> Queue:
    return Queue(town)


def form(**fields: Any) -> dict[str, Any]:
    """What a filled-in page sends."""
    sent = {"form": "video", "notice": "1440", "way": "email", "email": "bo@exempelkommun.example", "key": uuid4().hex}
    return sent | fields


def wishes(town: Town) -> list[Wish]:
    with scope.transaction(town.municipality.id):
        return list(Wish.objects.order_by("made_at"))


def test_a_place_is_taken_and_stands_in_mina_tider(browser_as: Browser, town: Town, kod: str) -> None:
    browser = browser_as("bo")
    page = browser.get(f"/vantelista/{kod}/?form=phone", secure=True).content.decode()
    assert 'value="phone" checked' in page.replace('id="id_form" ', "")
    sent = form(weekdays=["1", "2"], parts=["morning"])
    answer = browser.post(f"/vantelista/{kod}/", sent, secure=True, follow=True)
    (wish,) = wishes(town)
    assert (wish.weekdays, wish.parts, wish.contact_way) == ([1, 2], ["morning"], "email")
    mine = answer.content.decode()
    assert "Du står på väntelistan" in mine
    assert "Det här passar dig: måndag eller tisdag, förmiddag." in mine


def test_an_earlier_time_names_the_old_one_and_its_form(browser_as: Browser, as_actor: Cast, town: Town) -> None:
    old = town.booked(as_actor("bo"), town.first_free(days=8)[0])
    address = reverse("booking:wait_earlier", args=[old.id])
    browser = browser_as("bo")
    assert "Jag vill ha en tidigare tid" in browser.get("/mina-tider/", secure=True).content.decode()
    assert "Du behåller din tid" in browser.get(address, secure=True).content.decode()
    browser.post(address, form(same="on"), secure=True)
    (wish,) = wishes(town)
    assert (wish.booking_id, wish.form, wish.calendar_id) == (old.id, "video", old.calendar_id)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"form": ""}, "Välj hur du vill träffa oss."),
        ({"way": ""}, "Välj hur vi ska höra av oss."),
        ({"email": ""}, "Skriv din e-postadress."),
        ({"email": "bo"}, "Skriv en hel e-postadress"),
        ({"way": "phone", "phone": "ring"}, "Skriv ett telefonnummer"),
        ({"latest": "2020-01-01"}, "Den dagen har varit."),
        ({"earliest": "2099-02-01", "latest": "2099-01-01"}, "Den sista dagen är före den första."),
        ({"latest": "snart"}, "Skriv en dag"),
        ({"notice": "5"}, "Välj hur långt innan."),
    ],
)
def test_a_fault_is_told_and_nothing_typed_is_lost(
    browser_as: Browser, town: Town, kod: str, wrong: dict[str, str], says: str
) -> None:
    sent = form(weekdays=["3"], parts=["afternoon"]) | wrong
    answer = browser_as("bo").post(f"/vantelista/{kod}/", sent, secure=True)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'name="weekdays" value="3" checked' in page
    assert 'name="parts" value="afternoon" checked' in page
    assert wishes(town) == []


def test_the_fourth_place_is_told_in_words(browser_as: Browser, queue: Queue, as_actor: Cast, kod: str) -> None:
    for _ in range(3):
        queue.join(as_actor("bo"))
    answer = browser_as("bo").post(f"/vantelista/{kod}/", form(), secure=True)
    assert "Du har redan tre platser" in answer.content.decode()


def test_what_was_typed_outlives_the_sign_in(browser_as: Browser, kod: str) -> None:
    browser = browser_as("")
    answer = browser.post(f"/vantelista/{kod}/", form(form="phone", parts=["morning"]), secure=True)
    assert answer.status_code == 302
    assert "/logga-in/" in answer["Location"]
    assert browser.session["wish"]["parts"] == ["morning"]


def test_an_offer_is_taken_with_one_button(browser_as: Browser, queue: Queue, as_actor: Cast) -> None:
    queue.join(as_actor("bo"))
    (offer,) = queue.ask()
    address = reverse("booking:offer", args=[offer.id])
    browser = browser_as("bo")
    assert address in browser.get("/mina-tider/", secure=True).content.decode()
    page = browser.get(address, secure=True)
    assert "Vi håller tiden till" in page.content.decode()
    sent = {"do": "accept", "key": uuid4().hex, "shown": page.context["shown"]}
    done = browser.post(address, sent, secure=True, follow=True)
    assert "Tiden är din." in done.content.decode()
    assert queue.state(offer.booking_id) == "confirmed"
    assert "Du har tagit tiden" in browser.get(address, secure=True).content.decode()


def test_not_this_one_keeps_the_place_and_leaving_does_not(browser_as: Browser, queue: Queue, as_actor: Cast) -> None:
    wish = queue.join(as_actor("bo"))
    browser = browser_as("bo")
    for day, do, state in ((1, "decline", WishState.WAITING), (2, "leave", WishState.WITHDRAWN)):
        (offer,) = queue.ask(morning(day))
        browser.post(reverse("booking:offer", args=[offer.id]), {"do": do, "key": uuid4().hex}, secure=True)
        assert queue.wish(wish).state == state


def test_an_offer_that_has_ended_says_so_in_plain_words(browser_as: Browser, queue: Queue, as_actor: Cast) -> None:
    queue.join(as_actor("bo"))
    (offer,) = queue.ask()
    address = reverse("booking:offer", args=[offer.id])
    browser = browser_as("bo")
    queue.lapse(offer.expires_at)
    page = browser.get(address, secure=True).content.decode()
    assert "Tiden hålls inte längre" in page
    assert "Du har kvar din plats" in page
    assert 'value="accept"' not in page
    assert browser.post(address, {"do": "accept", "key": uuid4().hex}, secure=True)["Location"] == address


def test_a_wish_that_rests_is_woken_by_a_button(browser_as: Browser, queue: Queue, as_actor: Cast) -> None:
    wish = queue.join(as_actor("bo"))
    with scope.transaction(queue.town.municipality.id):
        Wish.objects.update(state=WishState.RESTING, unanswered=3)
    browser = browser_as("bo")
    assert "Vi frågar inte just nu" in browser.get("/mina-tider/", secure=True).content.decode()
    browser.post(reverse("booking:wish", args=[wish.id]), {"do": "again", "key": uuid4().hex}, secure=True)
    assert queue.wish(wish).state == WishState.WAITING


def test_a_stranger_and_a_missing_wish_are_one_answer(browser_as: Browser, queue: Queue, as_actor: Cast) -> None:
    wish = queue.join(as_actor("bo"))
    (offer,) = queue.ask()
    hans = browser_as("hans")
    for name, thing in (("booking:wish", wish.id), ("booking:offer", offer.id)):
        assert hans.get(reverse(name, args=[thing]), secure=True).status_code == 404
        assert hans.get(reverse(name, args=[uuid4()]), secure=True).status_code == 404


def test_the_median_wait_is_said_from_five_ended_offers_on(browser_as: Browser, queue: Queue, as_actor: Cast) -> None:
    queue.join(as_actor("bo"))
    browser, said = browser_as("bo"), []
    for day in range(1, 6):
        (offer,) = queue.ask(morning(day))
        said.append("Hälften av dem" in browser.get("/mina-tider/", secure=True).content.decode())
        queue.lapse(offer.expires_at)
        with scope.transaction(queue.town.municipality.id):
            Wish.objects.update(state=WishState.WAITING, unanswered=0)
    said.append("Hälften av dem" in browser.get("/mina-tider/", secure=True).content.decode())
    assert said == [False] * 5 + [True]


def test_the_next_in_line_is_rung_from_the_list_of_tasks(
    browser_as: Browser, queue: Queue, as_actor: Cast, town: Town
) -> None:
    queue.join(as_actor("bo"), contact=NONE)
    queue.ask()
    anna = browser_as("anna")
    assert "1 uppgift att göra" in anna.get("/idag/", secure=True).content.decode()
    listed = anna.get("/uppgifter/", secure=True).content.decode()
    with scope.transaction(town.municipality.id):
        task = Task.objects.get()
        name = str(task.offer.wish.resident.name)
    assert "Ring nästa på väntelistan" in listed
    assert name not in listed
    address = reverse("booking:task_ring", args=[task.id])
    assert name in anna.get(address, secure=True).content.decode()
    done = anna.post(address, {"do": "accept", "key": uuid4().hex}, secure=True, follow=True)
    assert "Tiden är bokad." in done.content.decode()
    assert "Ring nästa" not in done.content.decode()
    assert browser_as("cia").get(address, secure=True).status_code == 404


def test_another_task_is_marked_as_done(browser_as: Browser, as_actor: Cast, town: Town) -> None:
    booked = town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        now = morning()
        task = Task.objects.create(kind="move", unit=booked.calendar.unit, booking=booked, due_at=now, made_at=now)
    anna, address = browser_as("anna"), reverse("booking:task_finish", args=[task.id])
    assert "Flytta bokningen" in anna.get("/uppgifter/", secure=True).content.decode()
    assert browser_as("cia").post(address, secure=True).status_code == 404
    assert "Uppgiften är klar." in anna.post(address, secure=True, follow=True).content.decode()
    with scope.transaction(town.municipality.id):
        assert Task.objects.get().done_by_id == town.persons["anna"]


def test_the_free_times_lead_to_the_waiting_list(path_of: Callable[[str], Any], kod: str) -> None:
    path = path_of("")
    page = path.choose_form()
    assert f'/vantelista/{kod}/?form=phone"' in page
