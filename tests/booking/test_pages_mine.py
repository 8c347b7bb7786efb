"""Mina tider: see, move, cancel; nothing of anybody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from booking.models import Booking
from booking.timeline import instant
from booking.wording import local
from identity import scope
from identity.actors import Actor
from tests.booking.pages import Path, hidden_in, starts_in, text_of
from tests.security.answers import normal
from tests.town import Town

pytestmark = pytest.mark.django_db
PathOf = Callable[[str], Path]
AsActor = Callable[[str], Actor]


@pytest.fixture
def booked(town: Town, as_actor: AsActor) -> Booking:
    """Bo's time, five days from now."""
    return town.booked(as_actor("bo"), town.first_free(days=5)[0])


def stored(town: Town, booking: UUID) -> Booking:
    """The booking as it stands."""
    with scope.transaction(town.municipality.id):
        return Booking.objects.get(id=booking)


def officer_of(town: Town, booked: Booking) -> str:
    """The cast name of the booking's own officer: also to her, a resident's page is nothing."""
    return next(name for name, calendar in town.calendars.items() if calendar == booked.calendar_id)


def test_a_booked_time_can_be_moved_and_cancelled(path_of: PathOf, booked: Booking) -> None:
    page = path_of("bo").get("/mina-tider/")
    assert f"/mina-tider/{booked.id}/andra/" in page
    assert f"/mina-tider/{booked.id}/avboka/" in page
    assert "Bokad" in page


def test_somebody_without_times_is_led_to_booking(path_of: PathOf, booked: Booking) -> None:
    page = path_of("eva").get("/mina-tider/")
    assert "Du har inga bokade tider." in page
    assert str(booked.id) not in page


def test_a_time_is_moved_and_the_page_says_so_once(path_of: PathOf, town: Town, booked: Booking) -> None:
    path = path_of("bo")
    address = f"/mina-tider/{booked.id}/andra/"
    page = path.get(address)
    start = starts_in(page)[-1]
    response = path.post(address, tid=start, sequence=hidden_in(page, "sequence"))
    assert "Tiden är bytt." in text_of(response)
    assert "Tiden är bytt." not in path.get("/mina-tider/")
    moved = stored(town, booked.id)
    assert local(moved.starts_at).isoformat(timespec="minutes") == start
    assert moved.sequence == booked.sequence + 1


def test_a_time_that_is_not_free_answers_409_with_others(path_of: PathOf, town: Town, booked: Booking) -> None:
    same = local(instant(booked.from_tick)).isoformat(timespec="minutes")
    response = path_of("bo").post(f"/mina-tider/{booked.id}/andra/", tid=same, sequence=str(booked.sequence))
    assert response.status_code == 409
    assert len(starts_in(text_of(response))) == 3
    assert stored(town, booked.id).from_tick == booked.from_tick


def test_an_old_page_cannot_move_a_time_that_was_moved_since(path_of: PathOf, town: Town, booked: Booking) -> None:
    path = path_of("bo")
    start = starts_in(path.get(f"/mina-tider/{booked.id}/andra/"))[-1]
    response = path.post(f"/mina-tider/{booked.id}/andra/", tid=start, sequence="99")
    assert response.status_code == 409
    assert "Tiden har ändrats" in text_of(response)
    assert stored(town, booked.id).from_tick == booked.from_tick


@pytest.mark.parametrize(
    "data", [{}, {"tid": "banan", "sequence": "0"}, {"tid": "2026-12-01T10:30+01:00", "sequence": "x"}]
)
def test_a_faulty_move_answers_409_and_changes_nothing(
    path_of: PathOf, town: Town, booked: Booking, data: dict[str, str]
) -> None:
    response = path_of("bo").post(f"/mina-tider/{booked.id}/andra/", **data)
    assert response.status_code == 409
    assert stored(town, booked.id).from_tick == booked.from_tick


def test_too_late_to_move_gives_the_telephone_and_no_dead_end(path_of: PathOf, town: Town, as_actor: AsActor) -> None:
    soon = town.booked(as_actor("bo"), town.first_free()[0])
    with scope.transaction(town.municipality.id):
        type(soon.meeting_type).objects.filter(id=soon.meeting_type_id).update(move_limit_minutes=60 * 24 * 30)
    response = path_of("bo").browser.get(f"/mina-tider/{soon.id}/andra/", secure=True)
    assert response.status_code == 409
    assert "Det är för sent att ändra tiden här" in text_of(response)
    assert 'href="tel:+46846500420"' in text_of(response)


def test_cancelling_takes_one_step_and_no_reason(path_of: PathOf, town: Town, booked: Booking) -> None:
    path = path_of("bo")
    assert "Du behöver inte säga varför." in path.get(f"/mina-tider/{booked.id}/avboka/")
    page = text_of(path.post(f"/mina-tider/{booked.id}/avboka/"))
    assert "Tiden är avbokad. Du kan boka en ny tid när du vill." in page
    assert stored(town, booked.id).state == "cancelled_by_resident"


def test_cancelling_again_answers_the_same(path_of: PathOf, town: Town, booked: Booking) -> None:
    path = path_of("bo")
    first = path.post(f"/mina-tider/{booked.id}/avboka/")
    second = path.post(f"/mina-tider/{booked.id}/avboka/", key="z" * 32)
    assert first.redirect_chain == second.redirect_chain
    assert "Tiden är avbokad." in text_of(second)
    assert "Tiden är avbokad" in path.get(f"/mina-tider/{booked.id}/avboka/")


def test_asking_for_the_page_cancels_nothing(path_of: PathOf, town: Town, booked: Booking) -> None:
    path_of("bo").get(f"/mina-tider/{booked.id}/avboka/")
    assert stored(town, booked.id).state == "confirmed"


@pytest.mark.parametrize("action", ["andra", "avboka"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["eva", "cia", "officer"])
def test_a_strangers_booking_is_the_same_404_as_none(
    path_of: PathOf, town: Town, booked: Booking, action: str, method: str, who: str
) -> None:
    browser = path_of(officer_of(town, booked) if who == "officer" else who).browser
    asked = (booked.id, uuid4())
    answers = [getattr(browser, method)(f"/mina-tider/{booking}/{action}/", secure=True) for booking in asked]
    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = {normal(answer.content, *asked) for answer in answers}
    assert len(bodies) == 1
    assert stored(town, booked.id).state == "confirmed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", ["andra", "avboka"])
def test_opening_a_page_is_logged_as_a_read(
    path_of: PathOf, booked: Booking, superuser: Callable[[], psycopg.Connection[Any]], action: str
) -> None:
    path, wanted = path_of("bo"), "SELECT action, allowed FROM identity_accessentry WHERE %s = ANY(objects_seen)"
    with superuser() as database:
        before = len(database.execute(wanted, [booked.id]).fetchall())
        path.get(f"/mina-tider/{booked.id}/{action}/")
        assert database.execute(f"{wanted} ORDER BY at", [booked.id]).fetchall()[before:] == [("booking.see", True)]


def test_titles_name_neither_person_nor_service(path_of: PathOf, booked: Booking) -> None:
    path = path_of("bo")
    pages = [path.get(f"/mina-tider/{rest}") for rest in ("", f"{booked.id}/andra/", f"{booked.id}/avboka/")]
    titles = [page.split("<title>")[1].split("</title>")[0] for page in pages]
    assert titles == ["Mina tider – Exempelkommun", "Byt tid – Exempelkommun", "Avboka tiden – Exempelkommun"]
