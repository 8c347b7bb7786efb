"""Pages that are sent twice, in another way, or after the sign-in ran out: one effect, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from booking import services
from booking.models import Booking, Occupancy
from booking.services import book
from identity import scope
from tests.booking.pages import Path, hidden_in, starts_in, text_of
from tests.town import Town

pytestmark = pytest.mark.django_db
PathOf = Callable[[str], Path]


def live(town: Town) -> int:
    """How many times are claimed."""
    with scope.transaction(town.municipality.id):
        return Occupancy.objects.filter(live=True).count()


def bookings(town: Town) -> int:
    """How many bookings were ever made, held ones included."""
    with scope.transaction(town.municipality.id):
        return Booking.objects.count()


def as_it_was(path: Path, choice: dict[str, Any] | None) -> None:
    """What the browser's session held before: a request that began then reads this."""
    session = path.browser.session
    session.pop("choice", None)
    if choice is not None:
        session["choice"] = choice
    session.save()


def test_a_double_click_on_a_time_holds_it_once_and_answers_the_same(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    start = starts_in(path.choose_form())[0]
    before = path.browser.session["choice"]
    first = path.choose_time(start)
    as_it_was(path, before)
    second = path.choose_time(start)
    assert first.redirect_chain == second.redirect_chain == [("/boka/behov/", 302)]
    assert (live(town), bookings(town)) == (1, 1)


def test_a_double_click_on_a_time_that_only_one_calendar_has_is_not_refused(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    start = starts_in(path.choose_form())[0]
    before = path.browser.session["choice"]
    path.choose_time(start)
    with scope.transaction(town.municipality.id):
        held = Occupancy.objects.get(live=True)
        held.calendar.offers.model.objects.exclude(calendar=held.calendar_id).delete()
    as_it_was(path, before)
    assert "Hur ska vi höra av oss?" in text_of(path.choose_time(start))
    assert live(town) == 1


def test_choosing_the_held_time_again_keeps_it(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    start = starts_in(path.choose_form())[0]
    path.choose_time(start)
    held = path.browser.session["choice"]["booking"]
    response = path.post("/boka/tid/", kod=path.kod, form=path.form, tid=start, key="another-" * 4)
    assert response.redirect_chain == [("/boka/behov/", 302)]
    assert path.browser.session["choice"]["booking"] == held
    assert live(town) == 1


def test_going_back_and_forth_on_one_page_always_holds_the_last_choice(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    first, second = starts_in(path.choose_form())[:2]
    for start in (first, second, first):
        assert "Vi håller tiden till" in text_of(path.choose_time(start))
        assert live(town) == 1


def test_a_time_whose_hold_ran_out_is_held_anew_when_it_is_chosen_again(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    start = starts_in(path.choose_form())[0]
    path.choose_time(start)
    with scope.transaction(town.municipality.id):
        Occupancy.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert "Vi håller tiden till" in text_of(path.choose_time(start))
    assert live(town) == 1


def test_a_time_that_is_not_free_costs_nobody_the_held_one(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    held = path.browser.session["choice"]["booking"]
    assert path.choose_time("2026-01-05T10:00+01:00").status_code == 409
    assert path.browser.session["choice"]["booking"] == held
    assert live(town) == 1


def test_two_confirmations_with_two_keys_both_end_at_the_receipt(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    path.answer()
    before = path.browser.session["choice"]
    first = path.book("1" * 32)
    as_it_was(path, before)
    second = path.book("2" * 32)
    assert first.redirect_chain == second.redirect_chain == [("/boka/klart/", 302)]
    assert "Tiden är bokad" in text_of(second)


def test_a_confirmation_that_is_overtaken_in_the_middle_ends_at_the_receipt(
    path_of: PathOf, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = path_of("bo")
    path.choose_time()
    path.answer()

    def overtaken(**given: Any) -> Booking:
        book(**(given | {"key": "f" * 32}))
        return book(**given)

    monkeypatch.setattr(services, "book", overtaken)
    response = path.book()
    assert response.redirect_chain == [("/boka/klart/", 302)]
    assert "Tiden är bokad" in text_of(response)


def test_giving_up_what_another_page_has_booked_shows_the_receipt(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    path.answer()
    before = path.browser.session["choice"]
    path.book()
    as_it_was(path, before)
    assert "Tiden är bokad" in text_of(path.post("/boka/bekrafta/", avbryt="1"))
    assert live(town) == 1


def idle(path: Path, address: str, **data: str) -> str:
    """Send a form forty minutes later, and sign in again as Bo when that is asked for: the page that comes then."""
    with time_machine.travel(timezone.now() + timedelta(minutes=40), tick=False):
        response = path.browser.post(address, data, secure=True)
        assert response["Location"].startswith("/logga-in/?next=")
        wanted = response["Location"].removeprefix("/logga-in/?next=").replace("%2F", "/")
        return text_of(path.browser.get(f"/prova/in/bo/?next={wanted}", secure=True, follow=True))


def test_a_typed_address_outlives_the_sign_in(path_of: PathOf) -> None:
    path = path_of("bo")
    path.choose_time()
    page = idle(path, "/boka/behov/", way="email", to="bo@example.se")
    assert "Hur ska vi höra av oss?" in page
    assert 'value="bo@example.se"' in page
    assert 'value="email" id="id_way" checked' in page


def test_a_faulty_address_outlives_the_sign_in_and_is_not_taken_for_an_answer(path_of: PathOf) -> None:
    path = path_of("bo")
    path.choose_time()
    page = idle(path, "/boka/behov/", way="email", to="bo@exempel")
    assert 'value="bo@exempel"' in page
    with time_machine.travel(timezone.now() + timedelta(minutes=41), tick=False):
        assert "Hur ska vi höra av oss?" in path.get("/boka/bekrafta/")


def test_what_was_typed_is_for_the_one_who_typed_it(path_of: PathOf) -> None:
    path = path_of("bo")
    path.choose_time()
    idle(path, "/boka/behov/", way="email", to="bo@example.se")
    page = path.get("/prova/in/hans/", next="/boka/behov/")
    assert "bo@example.se" not in page


def test_mer_tid_after_the_sign_in_ran_out_comes_back_to_its_step(path_of: PathOf) -> None:
    path = path_of("bo")
    path.choose_time()
    assert "Läs det här före mötet" in idle(path, "/boka/mer-tid/", step="information")


@pytest.mark.parametrize("address", ["/boka/mer-tid/", "/boka/hallna/", "/boka/tid/"])
def test_an_address_for_forms_leads_on_when_it_is_only_opened(path_of: PathOf, address: str) -> None:
    response = path_of("bo").browser.get(address, secure=True, follow=True)
    assert response.status_code == 200
    assert response.redirect_chain


@pytest.mark.parametrize("address", ["/", "/boka/klart/", "/mina-tider/", "/tillganglighet/", "/idag/", "/kalender/"])
def test_a_method_that_a_page_does_not_take_is_told_in_words(path_of: PathOf, address: str) -> None:
    response = path_of("bo").browser.post(address, secure=True)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert "Sidan kan inte användas på det sättet" in text_of(response)
    assert "tel:" in text_of(response)


def test_pages_carry_a_key_only_where_it_is_used(path_of: PathOf) -> None:
    path = path_of("bo")
    page = path.get(f"/boka/{path.kod}/")
    pages = [page, text_of(path.choose_time()), path.get("/boka/information/")]
    assert not [page for page in pages if 'name="key"' in page]
    assert hidden_in(path.answer(), "key")
    assert path.pages[-1].count('name="key"') == 1
