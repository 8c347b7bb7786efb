"""Pages after sign-in: how to be told, what to read, check, book."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Booking, Calendar, Occupancy, StepShown
from booking.services import Wanted, hold
from identity import scope
from identity.actors import Actor
from tests.booking.pages import Path, hidden_in, starts_in, text_of
from tests.town import Town

pytestmark = pytest.mark.django_db
PathOf = Callable[[str], Path]


def booking_of(town: Town) -> Booking:
    """The only booking."""
    with scope.transaction(town.municipality.id):
        return Booking.objects.get()


def test_the_whole_path_books_and_shows_a_receipt(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    page = text_of(path.whole())
    assert "<h1>Tiden är bokad</h1>" in page
    assert booking_of(town).state == "confirmed"
    assert "choice" not in path.browser.session


def test_titles_on_the_path_name_neither_service_nor_person(path_of: PathOf) -> None:
    path = path_of("bo")
    path.whole()
    titles = {page.split("<title>")[1].split("</title>")[0] for page in path.pages}
    assert all(title.endswith(" – Exempelkommun") for title in titles)
    assert not [title for title in titles if "ärdtjänst" in title or "Bo " in title or "Anna" in title]


def test_the_known_address_is_the_answer_as_it_stands_and_nothing_else(path_of: PathOf) -> None:
    path = path_of("bo")
    page = text_of(path.choose_time())
    assert page.count(" checked") == 1
    assert 'value="email" id="id_way" checked' in page
    assert " checked" not in path.get("/boka/information/")


def test_a_faulty_address_is_told_and_kept(path_of: PathOf) -> None:
    path = path_of("bo")
    path.choose_time()
    response = path.post("/boka/behov/", way="email", to="bo@exempel")
    page = text_of(response)
    assert response.status_code == 422
    assert "<title>Fel: " in page
    assert '<a href="#id_to">Skriv en hel e-postadress' in page
    assert 'value="bo@exempel"' in page
    assert 'value="email" id="id_way" checked' in page


def test_the_address_reaches_the_booking_and_the_receipt_but_no_title(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    path.answer("email", "bo@example.se")
    page = text_of(path.book())
    assert "bo@example.se" in page
    assert "bo@example.se" not in page.split("</head>")[0]
    booked = booking_of(town)
    assert (booked.contact_way, booked.contact_to) == ("email", "bo@example.se")


def test_the_words_that_were_sent_are_written_down_and_the_tick_is_needed(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    path.post("/boka/behov/", way="none")
    page = path.get("/boka/information/")
    assert "Det du berättar skyddas av sekretess." in page
    response = path.post("/boka/information/", shown=hidden_in(page, "shown"))
    assert response.status_code == 422
    assert '<a href="#id_read">' in text_of(response)
    with scope.transaction(town.municipality.id):
        shown = StepShown.objects.get()
        assert (shown.key, shown.language, shown.marked_at) == ("B8", "sv", None)


def test_the_tick_is_for_words_that_were_shown_for_this_booking(path_of: PathOf) -> None:
    path = path_of("bo")
    path.choose_time()
    path.post("/boka/behov/", way="none")
    response = path.post("/boka/information/", read="on", shown="5f0c1f3e-9d0a-4f63-8a55-000000000001")
    assert response.status_code == 422
    assert '<a href="#id_read">Läs texten en gång till, och kryssa sedan i rutan.</a>' in text_of(response)
    assert path.browser.session["choice"]["shown"] == ""


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Kryssa i rutan när du har läst."),
        ({"read": "on"}, "Läs texten en gång till"),
        ({"read": "on", "shown": "banan"}, "Läs texten en gång till"),
    ],
)
def test_every_fault_of_the_information_page_links_to_a_field_on_it(
    path_of: PathOf, data: dict[str, str], sentence: str
) -> None:
    path = path_of("bo")
    path.choose_time()
    response = path.post("/boka/information/", **data)
    page = text_of(response)
    assert response.status_code == 422
    ((field, said),) = re.findall(r'<li><a href="#(\w+)">([^<]+)', page)
    assert said.startswith(sentence)
    assert f'id="{field}"' in page


@pytest.mark.parametrize("key", ["", "short", "å" * 20])
def test_booking_without_a_sound_key_is_told_at_the_button(path_of: PathOf, town: Town, key: str) -> None:
    path = path_of("bo")
    path.choose_time()
    path.answer()
    response = path.book(key)
    page = text_of(response)
    assert response.status_code == 422
    assert '<a href="#id_key">Något saknades när sidan skickades.' in page
    assert page.count('id="id_key"') == 1
    assert booking_of(town).state == "held"


@pytest.mark.parametrize("address", ["/boka/bekrafta/"])
def test_nothing_is_booked_before_the_answers(path_of: PathOf, town: Town, address: str) -> None:
    path = path_of("bo")
    path.choose_time()
    path.post(address)
    assert booking_of(town).state == "held"


def test_every_row_of_the_summary_leads_to_its_page(path_of: PathOf, kod: str) -> None:
    path = path_of("bo")
    path.choose_time()
    page = path.answer()
    for address in (f"/boka/{kod}/tid/", f"/boka/{kod}/", "/boka/behov/"):
        assert f'<a class="act" href="{address}">Ändra' in page


def test_changing_an_answer_returns_to_the_summary(path_of: PathOf) -> None:
    path = path_of("bo")
    path.choose_time()
    path.answer()
    page = text_of(path.post("/boka/behov/", way="email", to="bo@example.se"))
    assert "Stämmer det här?" in page
    assert "bo@example.se" in page


def test_sending_twice_books_once(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    path.answer()
    path.book()
    assert "Tiden är bokad" in text_of(path.book())
    assert booking_of(town).state == "confirmed"


def test_mer_tid_keeps_the_time_for_ten_minutes_more(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    soon = timezone.now() + timedelta(minutes=1)
    with scope.transaction(town.municipality.id):
        Occupancy.objects.filter(live=True).update(expires_at=soon)
    page = text_of(path.post("/boka/mer-tid/", step="needs"))
    assert "Hur ska vi höra av oss?" in page
    with scope.transaction(town.municipality.id):
        assert Occupancy.objects.filter(live=True, expires_at__gt=soon + timedelta(minutes=5)).exists()


def lapse(town: Town) -> None:
    """Let every hold have run out a minute ago."""
    with scope.transaction(town.municipality.id):
        Occupancy.objects.filter(live=True).update(expires_at=timezone.now() - timedelta(minutes=1))


def test_a_hold_that_ran_out_is_taken_again_silently(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    path.answer()
    lapse(town)
    assert "Vi håller inte tiden längre" in path.get("/boka/bekrafta/")
    assert "Tiden är bokad" in text_of(path.book())
    assert booking_of(town).state == "confirmed"


def test_losing_the_race_offers_the_nearest_times_and_keeps_the_answers(
    path_of: PathOf, town: Town, as_actor: Callable[[str], Actor]
) -> None:
    path = path_of("bo")
    path.choose_time()
    path.answer("email", "bo@example.se")
    lapse(town)
    lost = booking_of(town)
    with scope.transaction(town.municipality.id):
        calendar = Calendar.objects.get(id=lost.calendar_id).uuid
    hold(actor=as_actor("dan"), wanted=Wanted(lost.meeting_type_id, lost.form, lost.from_tick, calendar))
    response = path.book()
    page = text_of(response)
    assert response.status_code == 409
    assert "<title>Tiden hann bli bokad" in page
    assert "Dina övriga svar är kvar." in page
    nearest = starts_in(page)
    assert len(nearest) == 3
    again = text_of(path.choose_time(nearest[0]))
    assert 'value="bo@example.se"' in again
    assert 'value="email" id="id_way" checked' in again


def test_giving_up_frees_the_time_at_once(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    path.answer()
    assert "Vad vill du prata om?" in text_of(path.post("/boka/bekrafta/", avbryt="1"))
    with scope.transaction(town.municipality.id):
        assert not Occupancy.objects.filter(live=True).exists()


def test_another_person_at_the_same_browser_gets_none_of_the_answers(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    path.answer("email", "bo@example.se")
    page = path.get("/prova/in/hans/", next="/boka/behov/")
    assert "bo@example.se" not in page
    assert path.browser.session["choice"]["to"] == ""


@pytest.mark.parametrize("address", ["/boka/klart/", "/mina-tider/"])
def test_pages_of_a_person_ask_for_sign_in(path_of: PathOf, address: str) -> None:
    response = path_of("").browser.get(address, secure=True)
    assert response.status_code == 302
    assert response["Location"] == f"/logga-in/?next={address.replace('/', '%2F')}"


def test_the_receipt_belongs_to_the_one_who_booked(path_of: PathOf) -> None:
    path = path_of("bo")
    path.whole()
    receipt = path.browser.session["receipt"]
    assert receipt
    eva = path_of("eva")
    session = eva.browser.session
    session["receipt"] = receipt
    session.save()
    assert eva.browser.get("/boka/klart/", secure=True).status_code == 404
