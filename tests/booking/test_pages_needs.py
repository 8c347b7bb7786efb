"""What the meeting needs: one tap is enough, an interpreter makes it longer, and no answer is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from booking.models import Absence, Booking, Need, Occupancy, Party
from booking.wording import local
from identity import scope
from tests.booking.pages import Path, starts_in, text_of
from tests.town import Town

pytestmark = pytest.mark.django_db
PathOf = Callable[[str], Path]
MINUTES, LONGER = 45, 70


def held(town: Town) -> Booking:
    """The one time that is held or booked."""
    with scope.transaction(town.municipality.id):
        return Booking.objects.select_related("calendar").exclude(occupancies=None).get(occupancies__role="officer")


def minutes(time: Booking) -> int:
    """How long it is."""
    return (time.to_tick - time.from_tick) * 5


def interpreters_held(town: Town) -> int:
    """How many interpreters' calendars are claimed."""
    with scope.transaction(town.municipality.id):
        return Occupancy.objects.filter(live=True, role="interpreter").count()


@pytest.fixture
def path(path_of: PathOf) -> Path:
    """Bo with a time held, by video."""
    found = path_of("bo")
    found.form = "video"
    found.choose_time()
    return found


def test_the_page_as_it_stands_is_an_answer(path: Path) -> None:
    page = path.get("/boka/behov/")
    assert page.count(" checked") == 1
    assert 'value="email" id="id_way" checked' in page
    assert 'value="bo@exempelkommun.example"' in page
    assert "<details open" not in page.replace(' class="card more"', "")
    answer = path.post("/boka/behov/", way="email", to="bo@exempelkommun.example", language="", companion="")
    assert "Läs det här före mötet" in text_of(answer)


def test_languages_stand_in_their_own_script_with_their_direction(path: Path) -> None:
    page = path.get("/boka/behov/")
    assert '<option value="ar" dir="rtl">\u2068العربية\u2069 – arabiska</option>' in page
    assert '<option value="so" dir="ltr">\u2068Soomaali\u2069 – somaliska</option>' in page


def test_one_of_our_own_interpreters_is_held_with_a_longer_time(path: Path, town: Town) -> None:
    assert minutes(held(town)) == MINUTES
    path.post("/boka/behov/", way="none", needs="interpreter", language="ar")
    assert (minutes(held(town)), interpreters_held(town)) == (LONGER, 1)
    page = path.answer_rest()
    assert "Tolk i arabiska är bokad." in page
    path.book()
    with scope.transaction(town.municipality.id):
        need = Need.objects.get()
    assert (need.kind, need.language, need.state) == ("interpreter", "ar", "confirmed")


def test_an_interpreter_whom_we_do_not_have_is_ordered(path: Path, town: Town) -> None:
    path.post("/boka/behov/", way="none", needs="interpreter", language="so")
    assert (minutes(held(town)), interpreters_held(town)) == (LONGER, 0)
    assert "Vi ordnar tolk i somaliska. Det kostar dig ingenting." in path.answer_rest()
    path.book()
    with scope.transaction(town.municipality.id):
        assert Need.objects.get().state == "wanted"
    assert "Vi ordnar tolk i somaliska." in path.get("/mina-tider/")


def test_taking_an_interpreter_back_gives_the_time_back(path: Path, town: Town) -> None:
    path.post("/boka/behov/", way="none", needs="interpreter", language="ar")
    path.post("/boka/behov/", way="none")
    assert (minutes(held(town)), interpreters_held(town)) == (MINUTES, 0)


def test_a_language_alone_means_an_interpreter_and_the_box_asks_for_one(path: Path) -> None:
    path.post("/boka/behov/", way="none", language="fi")
    assert path.browser.session["choice"]["needs"] == "interpreter:fi"
    response = path.post("/boka/behov/", way="none", needs="interpreter")
    page = text_of(response)
    assert response.status_code == 422
    assert '<a href="#id_language">Välj vilket språk tolken ska tala.</a>' in page
    assert 'value="interpreter" checked' in page


def test_a_time_that_is_too_short_leads_to_the_nearest_that_fit_with_every_answer_kept(path: Path, town: Town) -> None:
    first = held(town)
    with scope.transaction(town.municipality.id):
        away = {"from_at": first.ends_at, "to_at": first.ends_at + timedelta(minutes=30), "code": "course"}
        for calendar in town.calendars.values():
            Absence.objects.create(calendar_id=calendar, **away)
    sent = {"way": "email", "to": "bo@example.se", "needs": "interpreter", "language": "ar", "companion": "Leif Ek"}
    response = path.post("/boka/behov/", **sent)
    page = text_of(response)
    assert response.status_code == 409
    assert "Mötet blir längre med tolk" in page
    assert minutes(held(town)) == MINUTES, "the chosen time is still held"
    nearest = starts_in(page)
    assert len(nearest) == 3
    assert local(first.starts_at).isoformat(timespec="minutes") not in nearest
    again = text_of(path.choose_time(nearest[0]))
    assert minutes(held_now(town)) == LONGER
    assert "interpreter:ar" in path.browser.session["choice"]["needs"]
    kept = ('value="bo@example.se"', 'value="Leif Ek"', 'value="interpreter" checked', 'value="ar" dir="rtl" selected')
    assert [words for words in kept if words not in again] == []


def held_now(town: Town) -> Booking:
    """The time that is held now, others let go."""
    with scope.transaction(town.municipality.id):
        return Booking.objects.get(occupancies__live=True, occupancies__role="officer")


def test_who_comes_along_waits_for_the_officers_yes(path: Path, town: Town) -> None:
    path.post("/boka/behov/", way="none", companion="Leif Ek")
    page = path.answer_rest()
    assert "Leif Ek" in page
    assert "Handläggaren ska också säga ja." in page
    path.book()
    with scope.transaction(town.municipality.id):
        party = Party.objects.get(role="companion")
    assert (party.resident_said, party.officer_said) == ("yes", "")
    assert "Leif Ek får vara med när handläggaren också har sagt ja." in path.get("/mina-tider/")


@pytest.mark.parametrize("data", [{"needs": "banan"}, {"language": "xx"}, {"companion": "x" * 81}])
def test_a_faulty_answer_is_told_and_changes_nothing(path: Path, town: Town, data: dict[str, str]) -> None:
    response = path.post("/boka/behov/", way="none", **data)
    assert response.status_code == 422
    assert "<title>Fel: " in text_of(response)
    assert minutes(held(town)) == MINUTES


def test_the_telephone_offers_no_interpreter_who_must_be_seen(path_of: PathOf) -> None:
    path = path_of("bo")
    page = text_of(path.choose_time())
    assert 'value="interpreter"' in page
    assert 'value="sign"' not in page
