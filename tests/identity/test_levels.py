"""How surely somebody must be known: by meeting type, at every door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from django.test import Client

from booking.models import MeetingType
from booking.services import Wanted, hold
from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed, SignInRefused
from identity.policies import LEVELS, Facts, may
from tests.booking.pages import Path
from tests.town import Town

AsActor = Callable[[str], Actor]
BrowserAs = Callable[[str], Client]


def needs(town: Town, level: str) -> None:
    with scope.transaction(town.municipality.id):
        MeetingType.objects.update(level=level)


def wanted(town: Town) -> Wanted:
    return Wanted(town.types["fardtjanst"], "video", town.first_free(days=3)[0])


@pytest.mark.parametrize("has", ["none", "LOA2", "LOA3"])
@pytest.mark.parametrize("needed", ["LOA2", "LOA3"])
def test_a_time_is_held_at_the_types_level_or_above(town: Town, as_actor: AsActor, has: str, needed: str) -> None:
    needs(town, needed)
    actor = replace(as_actor("bo"), level=has)
    if LEVELS[has] >= LEVELS[needed]:
        assert hold(actor=actor, wanted=wanted(town)).resident_id == town.persons["bo"]
    else:
        with pytest.raises(SignInRefused, match="level"):
            hold(actor=actor, wanted=wanted(town))


def test_whoever_was_vouched_for_holds_no_new_time(town: Town, as_actor: AsActor) -> None:
    needs(town, "vouched")
    actor = replace(as_actor("bo"), level="vouched", only_booking=UUID(int=1))
    with pytest.raises(NotAllowed):
        hold(actor=actor, wanted=wanted(town))


def test_a_weaker_sign_in_sees_no_booking_of_a_stronger_type(
    town: Town, as_actor: AsActor, browser_as: BrowserAs
) -> None:
    booking = town.booked(as_actor("bo")).id
    browser = browser_as("bo")
    assert str(booking) in browser.get("/mina-tider/", secure=True).content.decode()
    session = browser.session
    session["level"] = "LOA2"
    session.save()
    assert str(booking) not in browser.get("/mina-tider/", secure=True).content.decode()
    assert browser.get(f"/mina-tider/{booking}/avboka/", secure=True).status_code == 404


def test_who_needs_a_stronger_e_id_is_led_to_one_and_back_to_the_chosen_time(town: Town, browser_as: BrowserAs) -> None:
    needs(town, "LOA3")
    browser = browser_as("bo")
    session = browser.session
    session["level"] = "LOA2"
    session.save()
    with scope.transaction(town.municipality.id):
        kod = MeetingType.objects.get(id=town.types["fardtjanst"]).code
    page = Path(browser, kod, form="video").choose_time()
    assert page.status_code == 403
    assert 'href="/logga-in/?next=%2Fboka%2Ftid%2F">Välj ett annat sätt<' in page.content.decode()


def test_an_unknown_level_is_none_and_an_unknown_demand_is_the_highest() -> None:
    me = UUID(int=7)
    actor = Actor(1, person_id=me, level="made up")
    assert not may(actor, "booking.see", Facts(1, resident=me, level_needed="LOA2"))
    assert not may(replace(actor, level="LOA2"), "booking.see", Facts(1, resident=me, level_needed="made up"))
