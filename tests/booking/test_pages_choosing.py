"""Pages before sign-in: what, how and when."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.errors import SlotTaken
from booking.models import Booking, Occupancy
from booking.timeline import instant
from booking.wording import local
from identity import scope
from identity.actors import Actor
from tests.booking.pages import Path, starts_in, text_of
from tests.town import Town

pytestmark = pytest.mark.django_db
PathOf = Callable[[str], Path]


def test_the_start_page_offers_every_service_and_the_telephone(path_of: PathOf, kod: str) -> None:
    page = path_of("").get("/")
    assert f'href="/boka/{kod}/"' in page
    assert "Färdtjänst" in page
    assert 'href="tel:+46846500420"' in page


def test_titles_name_the_municipality_and_never_a_service(path_of: PathOf, kod: str) -> None:
    path = path_of("")
    pages = [path.get("/"), path.get(f"/boka/{kod}/"), path.choose_form()]
    titles = [page.split("<title>")[1].split("</title>")[0] for page in pages]
    assert titles == [
        "Boka en tid – Exempelkommun",
        "Hur vill du träffa oss? – Exempelkommun",
        "Välj en tid – Exempelkommun",
    ]


def test_no_form_of_meeting_is_chosen_beforehand(path_of: PathOf, kod: str) -> None:
    page = path_of("").get(f"/boka/{kod}/")
    assert 'value="video"' in page
    assert " checked" not in page


def test_a_missing_choice_is_told_with_a_link_to_the_field(path_of: PathOf, kod: str) -> None:
    response = path_of("").post(f"/boka/{kod}/", alone="no")
    page = text_of(response)
    assert response.status_code == 422
    assert "<title>Fel: " in page
    assert 'role="alert"' in page
    assert '<a href="#id_form">Välj hur du vill träffa oss.</a>' in page
    assert 'id="id_form"' in page
    assert 'name="alone" value="no" checked' in page


def test_unanswered_questions_stop_nobody(path_of: PathOf, kod: str) -> None:
    assert "Välj en tid" in text_of(path_of("").post(f"/boka/{kod}/", form="video"))


def test_urgency_stops_with_numbers_until_the_person_says_no(path_of: PathOf, kod: str) -> None:
    path = path_of("")
    stopped = text_of(path.post(f"/boka/{kod}/", form="video", urgent="yes"))
    assert 'href="tel:112"' in stopped
    assert 'href="tel:+46846500430"' in stopped
    assert "Nej, jag vill boka en tid" in stopped
    assert "Välj en tid" in text_of(path.post(f"/boka/{kod}/", form="video", urgent="no"))


def test_another_way_is_offered_first_and_video_may_still_be_chosen(path_of: PathOf, kod: str) -> None:
    path = path_of("")
    page = text_of(path.post(f"/boka/{kod}/", form="video", equipment="no"))
    assert page.index('value="phone"') < page.index('value="video"')
    assert "Välj en tid" in text_of(path.post(f"/boka/{kod}/", form="video", anyway="on"))


def test_the_answers_about_video_are_not_stored(path_of: PathOf, kod: str) -> None:
    path = path_of("")
    path.post(f"/boka/{kod}/", form="video", alone="yes", help="yes")
    kept = {name: value for name, value in path.browser.session["choice"].items() if value}
    assert kept == {"kod": kod, "form": "video"}


def test_the_times_are_free_ones_as_buttons_of_a_plain_form(path_of: PathOf, town: Town) -> None:
    page = path_of("").choose_form()
    free = [local(instant(tick)).isoformat(timespec="minutes") for tick in town.first_free(form="phone", n=3)]
    assert starts_in(page)[:3] == free
    assert '<form method="post" action="/boka/tid/">' in page


@pytest.mark.parametrize("query", ["vecka=2026-99", "vecka=x", "dag=2026-13-01", "del=natt", "vecka=99999-1", "dag="])
def test_a_faulty_address_shows_the_times_all_the_same(path_of: PathOf, kod: str, query: str) -> None:
    path = path_of("")
    path.choose_form()
    assert "Första lediga tiderna" in path.get(f"/boka/{kod}/tid/?{query}")


def test_times_without_a_form_of_meeting_lead_back_to_it(path_of: PathOf, kod: str) -> None:
    assert "Hur vill du träffa oss?" in path_of("").get(f"/boka/{kod}/tid/")


def test_nothing_is_held_before_sign_in(path_of: PathOf, town: Town) -> None:
    path = path_of("")
    page = text_of(path.choose_time())
    assert "<title>Logga in" in page
    assert "När du har loggat in håller vi tiden åt dig" in page
    with scope.transaction(town.municipality.id):
        assert not Booking.objects.exists()


def test_the_choice_is_held_right_after_sign_in(path_of: PathOf, town: Town) -> None:
    path = path_of("")
    path.choose_time()
    page = path.get("/prova/in/bo/", next="/boka/behov/")
    assert "Vi håller tiden till" in page
    with scope.transaction(town.municipality.id):
        assert Occupancy.objects.get(live=True).state == "hold"


def test_somebody_signed_in_gets_the_time_held_at_once(path_of: PathOf, town: Town) -> None:
    page = text_of(path_of("bo").choose_time())
    assert "Hur ska vi höra av oss?" in page
    with scope.transaction(town.municipality.id):
        assert Occupancy.objects.filter(live=True, state="hold").count() == 1


def test_choosing_again_lets_the_first_time_go(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    page = path.choose_form()
    for start in starts_in(page)[:3]:
        path.choose_time(start)
    with scope.transaction(town.municipality.id):
        assert Occupancy.objects.filter(live=True, state="hold").count() == 1


def test_a_time_that_was_taken_meanwhile_answers_409_with_the_nearest(
    path_of: PathOf, town: Town, as_actor: Callable[[str], Actor]
) -> None:
    start = town.first_free(form="phone", days=3)[0]
    taken = 0
    for who in ("bo", "dan", "bo", "dan"):
        with suppress(SlotTaken):
            town.held(as_actor(who), start, form="phone")
            taken += 1
    response = path_of("").choose_time(local(instant(start)).isoformat(timespec="minutes"))
    assert taken
    assert response.status_code == 409
    assert "Tiden hann bli bokad" in text_of(response)
    assert len(starts_in(text_of(response))) == 3


def test_a_past_time_answers_409_with_the_nearest_free_ones(path_of: PathOf) -> None:
    past = (timezone.now() - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    response = path_of("").choose_time(past.isoformat(timespec="minutes"))
    assert response.status_code == 409
    assert "Tiden har redan varit" in text_of(response)
    assert len(starts_in(text_of(response))) == 3


@pytest.mark.parametrize("tid", ["", "banan", "2026-12-01T10:31+01:00", "9999-12-31T23:55-12:00"])
def test_a_start_that_was_never_offered_answers_409_with_free_ones(path_of: PathOf, kod: str, tid: str) -> None:
    path = path_of("")
    response = path.post("/boka/tid/", kod=kod, form="phone", tid=tid)
    assert response.status_code == 409
    assert "Tiden går inte att boka" in text_of(response)
    assert len(starts_in(text_of(response))) == 3


def test_a_form_that_is_not_offered_answers_409(path_of: PathOf, kod: str, town: Town) -> None:
    start = local(instant(town.first_free(form="phone")[0])).isoformat(timespec="minutes")
    response = path_of("").post("/boka/tid/", kod=kod, form="space", tid=start)
    assert response.status_code == 409


def test_an_unknown_meeting_type_is_the_page_of_nothing_with_the_telephone(path_of: PathOf) -> None:
    response = path_of("").browser.get("/boka/zzzz/", secure=True)
    assert response.status_code == 404
    assert 'href="tel:+46846500420"' in text_of(response)


@pytest.mark.parametrize("address", ["/boka/tid/", "/boka/behov/", "/boka/information/", "/boka/bekrafta/"])
def test_a_step_without_a_choice_leads_to_the_start(path_of: PathOf, address: str) -> None:
    assert "Vad vill du prata om?" in path_of("").get(address)


def test_the_reader_can_change_language_and_stay_on_the_page(path_of: PathOf, kod: str) -> None:
    path = path_of("")
    page = text_of(path.post("/sprak/", language="en", next=f"/boka/{kod}/"))
    assert '<html lang="en" dir="ltr">' in page
    assert "How would you like to meet us?" in page
