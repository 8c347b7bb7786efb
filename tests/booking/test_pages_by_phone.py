"""What is not booked on the web is booked by telephone, and the page does not say why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from booking.models import Booking, MeetingType
from identity import scope
from identity.actors import Actor
from tests.booking.pages import Path, starts_in, text_of
from tests.town import Town

pytestmark = pytest.mark.django_db
PathOf = Callable[[str], Path]


def main_of(page: str) -> str:
    """What a page says, without menu and foot."""
    return page.split("<main")[1].split("</main>")[0]


@pytest.fixture
def phone_page(path_of: PathOf, town: Town) -> str:
    """The page of a meeting type that has no form to be booked in on the web."""
    path = path_of("hans")
    with scope.transaction(town.municipality.id):
        MeetingType.objects.filter(id=town.types["ekonomi"]).update(forms=[])
        kod = MeetingType.objects.get(id=town.types["ekonomi"]).code
    return main_of(path.get(f"/boka/{kod}/"))


def test_a_type_without_web_booking_gives_the_telephone(phone_page: str) -> None:
    assert "Vi bokar tillsammans" in phone_page
    assert 'href="tel:+46846500420"' in phone_page


def test_a_protected_person_gets_that_very_page_and_no_hold(path_of: PathOf, town: Town, phone_page: str) -> None:
    start = starts_in(path_of("").choose_form())[0]
    response = path_of("eva").choose_time(start)
    assert response.status_code == 200
    assert main_of(text_of(response)) == phone_page
    with scope.transaction(town.municipality.id):
        assert not Booking.objects.exists()


def test_who_is_signed_in_reads_it_before_anything_is_filled_in(
    path_of: PathOf, browser_as: Callable[[str], Client], town: Town, phone_page: str
) -> None:
    with scope.transaction(town.municipality.id):
        kod = MeetingType.objects.get(id=town.types["fardtjanst"]).code
    assert main_of(path_of("eva").get(f"/boka/{kod}/")) == phone_page
    assert main_of(path_of("bo").get(f"/boka/{kod}/")) != phone_page
    hers, his = (main_of(text_of(browser_as(key).get("/mina-tider/", secure=True))) for key in ("eva", "bo"))
    assert "Boka en ny tid: ring" in hers
    assert 'href="tel:+46846500420"' in hers
    assert "Boka en ny tid</a>" in his
    assert "Boka en ny tid</a>" not in hers


@pytest.mark.parametrize("address", ["/boka/behov/", "/boka/information/", "/boka/bekrafta/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_step_after_sign_in_holds_for_a_protected_person(
    path_of: PathOf, town: Town, phone_page: str, address: str, method: str
) -> None:
    path = path_of("")
    path.choose_time()
    path.get("/prova/in/eva/")
    response = getattr(path.browser, method)(address, {"way": "email", "to": "eva@example.se"}, secure=True)
    assert response.status_code == 200
    assert main_of(text_of(response)) == phone_page
    with scope.transaction(town.municipality.id):
        assert not Booking.objects.exists()


def test_what_is_booked_already_is_moved_by_telephone_and_cancelled_here(
    browser_as: Callable[[str], Client], town: Town, as_actor: Callable[[str], Actor], phone_page: str
) -> None:
    booked, eva = town.booked(as_actor("eva")), browser_as("eva")
    for method in ("get", "post"):
        answer = getattr(eva, method)(f"/mina-tider/{booked.id}/andra/", secure=True)
        assert main_of(text_of(answer)) == phone_page
    eva.post(f"/mina-tider/{booked.id}/avboka/", {"key": "k" * 32}, secure=True)
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get(id=booked.id).state == "cancelled_by_resident"


def test_the_receipt_promises_a_protected_person_no_mail(
    browser_as: Callable[[str], Client], town: Town, as_actor: Callable[[str], Actor]
) -> None:
    booked, eva = town.booked(as_actor("eva")), browser_as("eva")
    session = eva.session
    session["receipt"] = str(booked.id)
    session.save()
    page = text_of(eva.get("/boka/klart/", secure=True))
    assert booked.contact_way == "email"
    assert "Vi skickar ingen bekräftelse." in page
    assert booked.contact_to not in page
    assert "Du får en bekräftelse" not in page
