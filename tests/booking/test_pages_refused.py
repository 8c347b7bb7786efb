"""Pages of what was refused: they say what is true, and lead on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from booking.models import Absence, Booking, Calendar, MeetingType, Occupancy
from booking.services import Wanted, hold
from booking.timeline import Tick, instant
from booking.wording import local
from identity import scope
from identity.actors import Actor
from tests.booking.pages import Path, starts_in, text_of
from tests.town import Town

pytestmark = pytest.mark.django_db
PathOf = Callable[[str], Path]
AsActor = Callable[[str], Actor]
TAKEN, NO = "Någon annan bokade", "Tiden går inte att boka"


def value(start: Tick | datetime) -> str:
    """A start as a page sends it."""
    moment = start if isinstance(start, datetime) else instant(start)
    return local(moment).isoformat(timespec="minutes")


def holds(town: Town) -> list[Occupancy]:
    """Every live hold, the soonest first."""
    with scope.transaction(town.municipality.id):
        return list(Occupancy.objects.filter(live=True, state="hold").order_by("from_tick"))


def take_everywhere(town: Town, actor: Actor, start: Tick) -> None:
    """Somebody holds a start on every calendar that offers it: as many persons' work, done by one here."""
    with scope.transaction(town.municipality.id):
        MeetingType.objects.filter(id=town.types["fardtjanst"]).update(lead_minutes=0)
        calendars = list(Calendar.objects.filter(offers__meeting_type=town.types["fardtjanst"]))
    for calendar in calendars:
        hold(actor=actor, wanted=Wanted(town.types["fardtjanst"], "phone", start, calendar.uuid))
        with scope.transaction(town.municipality.id):
            Occupancy.objects.filter(live=True, state="hold").update(state="booked", expires_at=None)


@pytest.mark.parametrize("who", ["", "bo"])
def test_a_time_that_somebody_else_has_was_taken_by_somebody_else(
    path_of: PathOf, town: Town, as_actor: AsActor, who: str
) -> None:
    start = town.first_free(form="phone", days=3)[0]
    take_everywhere(town, as_actor("hans"), start)
    response = path_of(who).choose_time(value(start))
    page = text_of(response)
    assert response.status_code == 409
    assert "Tiden hann bli bokad" in page
    assert TAKEN in page
    assert len(starts_in(page)) == 3


@pytest.mark.parametrize("who", ["", "bo"])
def test_a_time_that_closed_meanwhile_was_taken_by_nobody(path_of: PathOf, town: Town, who: str) -> None:
    start = town.first_free(form="phone", days=3)[0]
    with scope.transaction(town.municipality.id):
        for calendar in Calendar.objects.filter(offers__meeting_type=town.types["fardtjanst"]):
            at = instant(start)
            Absence.objects.create(calendar=calendar, from_at=at, to_at=at + timedelta(hours=1))
    response = path_of(who).choose_time(value(start))
    page = text_of(response)
    assert response.status_code == 409
    assert NO in page
    assert TAKEN not in page
    assert len(starts_in(page)) == 3


@pytest.mark.parametrize("who", ["", "bo"])
@pytest.mark.parametrize(
    ("days", "hour", "minute", "title"),
    [
        (-1, 10, 0, "Tiden har redan varit"),
        (7, 3, 0, NO),
        (7, 10, 5, NO),
        (400, 10, 0, "Tiden är för långt fram"),
    ],
)
def test_a_time_that_nobody_took_is_not_called_taken(
    path_of: PathOf, who: str, days: int, hour: int, minute: int, title: str
) -> None:
    day = local(timezone.now() + timedelta(days=days))
    monday = day - timedelta(days=day.weekday()) if days > 0 else day
    start = monday.replace(hour=hour, minute=minute, second=0, microsecond=0)
    response = path_of(who).choose_time(value(start))
    page = text_of(response)
    assert response.status_code == 409
    assert f"<title>{title}" in page
    assert TAKEN not in page
    assert len(starts_in(page)) == 3


@pytest.mark.parametrize("who", ["", "bo"])
def test_a_sunday_is_not_called_taken(path_of: PathOf, who: str) -> None:
    today = local(timezone.now())
    sunday = today + timedelta(days=13 - today.weekday())
    page = text_of(path_of(who).choose_time(value(sunday.replace(hour=10, minute=0, second=0, microsecond=0))))
    assert f"<title>{NO}" in page
    assert TAKEN not in page


@pytest.mark.parametrize("who", ["", "bo"])
def test_a_time_nearer_than_the_lead_time_is_told_so(path_of: PathOf, town: Town, who: str) -> None:
    start = town.first_free(form="phone", days=3)[0]
    with scope.transaction(town.municipality.id):
        MeetingType.objects.filter(id=town.types["fardtjanst"]).update(lead_minutes=60 * 24 * 10)
    response = path_of(who).choose_time(value(start))
    page = text_of(response)
    assert response.status_code == 409
    assert "<title>Tiden är för nära" in page
    assert len(starts_in(page)) == 3


@pytest.mark.parametrize("data", [{}, {"tid": ""}, {"tid": "banan"}, {"tid": "2026-13-01T10:00+01:00"}])
def test_a_move_without_a_sound_time_offers_the_ones_around_the_own(
    path_of: PathOf, town: Town, as_actor: AsActor, data: dict[str, str]
) -> None:
    booked = town.booked(as_actor("bo"), town.first_free(days=5)[0])
    response = path_of("bo").post(f"/mina-tider/{booked.id}/andra/", sequence=str(booked.sequence), **data)
    page = text_of(response)
    assert response.status_code == 409
    assert NO in page
    near = [abs(datetime.fromisoformat(start) - booked.starts_at) for start in starts_in(page)]
    assert len(near) == 3
    assert max(near) < timedelta(days=2)


def test_a_move_to_the_own_time_is_not_called_taken(path_of: PathOf, town: Town, as_actor: AsActor) -> None:
    booked = town.booked(as_actor("bo"), town.first_free(days=5)[0])
    data = {"tid": value(booked.from_tick), "sequence": str(booked.sequence)}
    page = text_of(path_of("bo").post(f"/mina-tider/{booked.id}/andra/", **data))
    assert f"<title>{NO}" in page
    assert TAKEN not in page


def test_cancelling_without_a_sound_key_is_told_at_the_button(path_of: PathOf, town: Town, as_actor: AsActor) -> None:
    booked = town.booked(as_actor("bo"))
    response = path_of("bo").post(f"/mina-tider/{booked.id}/avboka/", key="x")
    assert response.status_code == 422
    assert '<a href="#id_key">Något saknades när sidan skickades.' in text_of(response)
    assert text_of(response).count('id="id_key"') == 1
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get().state == "confirmed"


@pytest.fixture
def two_holds(town: Town, as_actor: AsActor) -> list[Booking]:
    """Two times that Bo holds in other browsers."""
    first, *_, last = town.first_free(form="phone", n=9, days=5)
    return [town.held(as_actor("bo"), start, form="phone") for start in (first, last)]


def test_a_third_hold_shows_the_two_and_what_can_be_done(path_of: PathOf, two_holds: list[Booking]) -> None:
    response = path_of("bo").choose_time()
    page = text_of(response)
    assert response.status_code == 409
    assert "Du håller redan två tider" in page
    for held in two_holds:
        assert f'name="booking" value="{held.id}"' in page
    assert len(re.findall(r'name="do" value="book"', page)) == 2
    assert len(re.findall(r'name="do" value="release"', page)) == 2


def test_letting_one_of_two_go_holds_the_time_that_was_chosen(
    path_of: PathOf, town: Town, two_holds: list[Booking]
) -> None:
    path = path_of("bo")
    wanted = starts_in(path.choose_form())[0]
    path.choose_time(wanted)
    response = path.post("/boka/hallna/", booking=str(two_holds[1].id), do="release")
    assert "Hur ska vi höra av oss?" in text_of(response)
    assert [value(one.from_tick) for one in holds(town)] == [wanted, value(two_holds[0].from_tick)]


def test_one_of_two_can_be_booked_at_once(path_of: PathOf, town: Town, two_holds: list[Booking]) -> None:
    path = path_of("bo")
    path.choose_time()
    response = path.post("/boka/hallna/", booking=str(two_holds[1].id), do="book")
    assert "Hur ska vi höra av oss?" in text_of(response)
    path.answer()
    assert "Tiden är bokad" in text_of(path.book())
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get(state="confirmed").id == two_holds[1].id


def test_letting_go_the_time_of_this_browser_leads_back_to_choosing(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    held = path.browser.session["choice"]["booking"]
    page = text_of(path.post("/boka/hallna/", booking=held, do="release"))
    assert "Hur vill du träffa oss?" in page
    assert holds(town) == []


@pytest.mark.parametrize("do", ["book", "release"])
def test_somebody_elses_hold_is_the_same_404_as_none(
    path_of: PathOf, town: Town, two_holds: list[Booking], do: str
) -> None:
    hans = path_of("hans").browser
    for booking in (two_holds[0].id, uuid4()):
        response = hans.post("/boka/hallna/", {"booking": str(booking), "do": do}, secure=True)
        assert response.status_code == 404
    assert len(holds(town)) == 2


def test_the_page_after_the_tenth_mer_tid_leads_back_to_the_step(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    with scope.transaction(town.municipality.id):
        Booking.objects.update(extensions=10)
    response = path.post("/boka/mer-tid/", step="information")
    page = text_of(response)
    assert response.status_code == 409
    assert "Vi kan inte hålla tiden längre" in page
    assert '<a href="/boka/information/">Fortsätt boka</a>' in page
    assert "Läs det här före mötet" in path.get("/boka/information/")


def test_a_day_that_is_full_and_one_that_is_closed_have_their_own_words(
    path_of: PathOf, town: Town, as_actor: AsActor
) -> None:
    start = town.first_free(form="phone", days=7)[0]
    day = local(instant(start))
    with scope.transaction(town.municipality.id):
        MeetingType.objects.filter(id=town.types["fardtjanst"]).update(duration=240)
        calendars = list(Calendar.objects.filter(offers__meeting_type=town.types["fardtjanst"]))
        tomorrow = day.replace(hour=0, minute=0) + timedelta(days=1 if day.weekday() < 4 else -1)
        for calendar in calendars:
            Absence.objects.create(calendar=calendar, from_at=tomorrow, to_at=tomorrow + timedelta(days=1))
    for tick in town.first_free(form="phone", n=400, days=6):
        if local(instant(tick)).date() == day.date():
            take_what_is_left(town, as_actor("hans"), tick)
    path = path_of("")
    path.choose_form()
    iso = day.isocalendar()
    page = path.get(f"/boka/{path.kod}/tid/?vecka={iso.year}-{iso.week:02}")
    said = re.findall(r'<b>(\d+)</b>\s*<span class="free">([^<]+)</span>', page)
    assert dict(said)[str(day.day)] == "Fullt"
    assert dict(said)[str(tomorrow.day)] == "Inga tider"


def take_what_is_left(town: Town, actor: Actor, start: Tick) -> None:
    """One person books a start on every calendar on which it is still free."""
    while start in town.first_free(form="phone", n=400, days=6):
        hold(actor=actor, wanted=Wanted(town.types["fardtjanst"], "phone", start))
        with scope.transaction(town.municipality.id):
            Occupancy.objects.filter(live=True, state="hold").update(state="booked", expires_at=None)
