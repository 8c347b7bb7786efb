"""The page of free times: only one officer's, only a part of the day, an empty week, and when it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import OperationalError
from django.utils import timezone

from booking import offers
from booking.models import Absence, Booking, Calendar, Occupancy, OwnOfficer
from identity import scope
from tests.booking.pages import Path, starts_in, text_of
from tests.town import Town

pytestmark = pytest.mark.django_db
PathOf = Callable[[str], Path]
_LINK = re.compile(r'href="(\?[^"#]+)')


@pytest.fixture
def annas(town: Town) -> UUID:
    """The public id of Anna's calendar."""
    with scope.transaction(town.municipality.id):
        return Calendar.objects.get(id=town.calendars["anna"]).uuid


def shut(town: Town, *names: str) -> None:
    """These officers are away."""
    away = {"from_at": datetime(2020, 1, 1, tzinfo=UTC), "to_at": datetime(2120, 1, 1, tzinfo=UTC), "code": "leave"}
    with scope.transaction(town.municipality.id):
        for name in names:
            Absence.objects.create(calendar_id=town.calendars[name], **away)


def test_officers_are_named_only_after_sign_in(path_of: PathOf) -> None:
    assert "Anna Lindqvist" not in path_of("").choose_form()
    page = path_of("bo").choose_form()
    assert 'name="vem"' in page
    assert [name for name in ("Anna Lindqvist", "Maria Niemi", "Yusuf Demir") if f">{name}</option>" in page]


def test_one_officers_times_lead_to_that_officer(path_of: PathOf, town: Town, annas: UUID) -> None:
    path = path_of("bo")
    path.choose_form()
    page = path.get(f"/boka/{path.kod}/tid/", vem=str(annas))
    assert f'<option value="{annas}" selected>' in page
    assert f'<input type="hidden" name="vem" value="{annas}">' in page
    assert "med Anna Lindqvist" in page
    path.post("/boka/tid/", kod=path.kod, form=path.form, tid=starts_in(page)[0], vem=str(annas))
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get().calendar_id == town.calendars["anna"]


def test_every_link_of_the_page_keeps_the_filters(path_of: PathOf, annas: UUID) -> None:
    path = path_of("bo")
    path.choose_form()
    page = path.get(f"/boka/{path.kod}/tid/", vem=str(annas), **{"del": "em"})
    links = _LINK.findall(page)
    assert links
    assert all(f"vem={annas}" in link and "del=em" in link for link in links)


def test_an_officer_who_is_not_among_them_is_as_none_asked_for(path_of: PathOf, town: Town) -> None:
    with scope.transaction(town.municipality.id):
        other = Calendar.objects.get(id=town.calendars["cia"]).uuid
    path = path_of("bo")
    path.choose_form()
    for asked in (str(other), "banan"):
        page = path.get(f"/boka/{path.kod}/tid/", vem=asked)
        assert "Första lediga tiderna" in page
        assert " selected" not in page.split('name="vem"')[1].split("</select>")[0]


def test_a_start_on_a_calendar_that_does_not_offer_it_is_refused(path_of: PathOf, town: Town) -> None:
    with scope.transaction(town.municipality.id):
        other = Calendar.objects.get(id=town.calendars["cia"]).uuid
    path = path_of("bo")
    start = starts_in(path.choose_form())[0]
    response = path.post("/boka/tid/", kod=path.kod, form=path.form, tid=start, vem=str(other))
    assert response.status_code == 409
    with scope.transaction(town.municipality.id):
        assert not Occupancy.objects.exists()


def test_nothing_free_with_an_officer_leads_back_to_everybodys_times(path_of: PathOf, town: Town, annas: UUID) -> None:
    shut(town, "anna")
    path = path_of("bo")
    path.choose_form()
    page = path.get(f"/boka/{path.kod}/tid/", vem=str(annas))
    assert "Inga lediga tider passar det du har valt" in page
    assert 'href="?">Visa alla lediga tider</a>' in page


def test_nothing_free_at_all_gives_the_telephone(path_of: PathOf, town: Town) -> None:
    shut(town, "anna", "yusuf", "maria")
    page = path_of("bo").choose_form()
    assert "Det finns inga lediga tider just nu" in page
    assert 'href="tel:+46846500420"' in page
    assert starts_in(page) == []


def test_times_that_cannot_be_read_give_the_telephone_and_the_same_address_again(
    path_of: PathOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = path_of("")
    path.choose_form()

    def fails(*_: object, **__: object) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(offers, "free", fails)
    response = path.browser.get(f"/boka/{path.kod}/tid/", {"del": "em"}, secure=True)
    page = text_of(response)
    assert response.status_code == 503
    assert response["Retry-After"]
    assert f'href="/boka/{path.kod}/tid/?del=em">Försök igen</a>' in page
    assert 'href="tel:+46846500420"' in page


def test_the_own_officer_comes_first_and_what_is_free_earlier_stands_beside(path_of: PathOf, town: Town) -> None:
    with scope.transaction(town.municipality.id):
        mine = Calendar.objects.get(id=town.calendars["maria"])
        OwnOfficer.objects.create(
            resident_id=town.persons["bo"], unit_id=mine.unit_id, calendar=mine, since=timezone.now()
        )
        later = timezone.now() + timedelta(days=10)
        Absence.objects.create(calendar=mine, from_at=datetime(2020, 1, 1, tzinfo=UTC), to_at=later, code="leave")
    path = path_of("bo")
    page = path.choose_form()
    assert page.index("Lediga tider hos Maria Niemi") < page.index("Tidigare hos en kollega")
    assert starts_in(page)[0] > starts_in(page)[3], "the colleague's time is earlier"
    path.post("/boka/tid/", kod=path.kod, form=path.form, tid=starts_in(page)[0], vem=str(mine.uuid))
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get().calendar_id == mine.id


def test_another_person_is_shown_nobody_first(path_of: PathOf, town: Town) -> None:
    with scope.transaction(town.municipality.id):
        mine = Calendar.objects.get(id=town.calendars["maria"])
        OwnOfficer.objects.create(
            resident_id=town.persons["bo"], unit_id=mine.unit_id, calendar=mine, since=timezone.now()
        )
    for who in ("eva", ""):
        assert "Lediga tider hos" not in path_of(who).choose_form()
