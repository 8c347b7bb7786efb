"""The meeting's pages and acts over HTTP, and that strangers meet the 404 of nothing."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client
from time_machine import TimeMachineFixture

from booking.models import Booking
from identity import scope
from identity.sessions import row_key
from meetings.demo import Demo
from meetings.models import Participant
from meetings.protocol import Admit
from meetings.services import course, door, entrance
from tests.town import Town

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db(transaction=True)
Browser = Callable[..., Client]
NOBODYS = UUID(int=7)


def asked(client: Client, meeting: UUID, *, body: str = '{"takeover": false}') -> "Answer":
    """The answer to a request for a ticket."""
    return client.post(f"/moten/{meeting}/ticket/", body, content_type="application/json", secure=True)


def bare(page: bytes, meeting: UUID) -> str:
    """A page without what it says back of the request: its address and the token of its forms."""
    without_token = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode())
    return without_token.replace(str(meeting), "")


def booking_of(town: Town, held: Demo) -> Booking:
    """The booking as it stands."""
    with scope.transaction(town.municipality.id):
        found: Booking = Booking.objects.get(id=held.meeting)
        return found


def test_the_resident_sees_the_lobby_and_the_officer_the_hosts_page(held: Demo, browser_as: Browser) -> None:
    page = browser_as("bo").get(f"/moten/{held.meeting}/", secure=True)
    assert b'data-phase="lobby"' in page.content
    assert b"data-host" not in page.content
    assert b"data-host" in browser_as("anna").get(f"/moten/{held.meeting}/lett/", secure=True).content


def test_the_officer_is_led_to_the_hosts_page(held: Demo, browser_as: Browser) -> None:
    answer = browser_as("anna").get(f"/moten/{held.meeting}/", secure=True)
    assert answer.headers["Location"] == f"/moten/{held.meeting}/lett/"


@pytest.mark.parametrize("name", ["cia", "dan", "yusuf", "eva"])
def test_a_stranger_meets_the_404_of_nothing(name: str, held: Demo, town: Town, browser_as: Browser) -> None:
    stranger = browser_as(name)
    with scope.transaction(town.municipality.id):
        Participant.objects.filter(party__person=town.persons[name]).delete()
    for path in ("/moten/{}/", "/moten/{}/lett/"):
        foreign = stranger.get(path.format(held.meeting), secure=True)
        missing = stranger.get(path.format(NOBODYS), secure=True)
        assert foreign.status_code == 404
        assert bare(foreign.content, held.meeting) == bare(missing.content, NOBODYS)
    foreign_ticket, missing_ticket = asked(stranger, held.meeting), asked(stranger, NOBODYS)
    assert (foreign_ticket.status_code, foreign_ticket.content) == (404, missing_ticket.content)
    for act in ("starta", "avsluta"):
        assert stranger.post(f"/moten/{held.meeting}/{act}/", secure=True).status_code == 404


def test_the_resident_has_no_hosts_page_and_starts_nothing(held: Demo, browser_as: Browser) -> None:
    bo = browser_as("bo")
    assert bo.get(f"/moten/{held.meeting}/lett/", secure=True).status_code == 404
    assert bo.post(f"/moten/{held.meeting}/starta/", secure=True).status_code == 404
    assert bo.post(f"/moten/{held.meeting}/avsluta/", secure=True).status_code == 404


def test_nobody_signed_in_is_asked_to_sign_in_and_gets_no_ticket(held: Demo, browser_as: Browser) -> None:
    nobody = browser_as()
    page = nobody.get(f"/moten/{held.meeting}/", secure=True)
    assert page.headers["Location"].startswith("/logga-in/?next=")
    assert asked(nobody, held.meeting).content == asked(nobody, NOBODYS).content


def test_before_the_lobby_opens_the_page_says_when_and_gives_no_ticket(
    held: Demo, town: Town, browser_as: Browser, time_machine: TimeMachineFixture
) -> None:
    starts = booking_of(town, held).starts_at
    time_machine.move_to(starts - timedelta(minutes=16), tick=False)
    bo = browser_as("bo")
    page = bo.get(f"/moten/{held.meeting}/", secure=True)
    assert "Väntrummet är inte öppet än" in page.content.decode()
    assert b"data-meeting" not in page.content
    assert asked(bo, held.meeting).content == asked(bo, NOBODYS).content
    time_machine.move_to(starts - timedelta(minutes=15), tick=False)
    assert asked(bo, held.meeting).status_code == 200


def test_after_the_end_nobody_comes_in(
    held: Demo, town: Town, browser_as: Browser, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(booking_of(town, held).ends_at, tick=False)
    bo = browser_as("bo")
    assert "Mötet är slut" in bo.get(f"/moten/{held.meeting}/", secure=True).content.decode()
    assert asked(bo, held.meeting).status_code == 404


def test_an_identification_older_than_half_an_hour_is_asked_for_again(
    held: Demo, town: Town, browser_as: Browser, time_machine: TimeMachineFixture
) -> None:
    starts = booking_of(town, held).starts_at
    time_machine.move_to(starts - timedelta(minutes=20), tick=False)
    bo = browser_as("bo")
    time_machine.move_to(starts + timedelta(minutes=5), tick=False)
    bo.get("/mina-tider/", secure=True)
    time_machine.move_to(starts + timedelta(minutes=11), tick=False)
    page = bo.get(f"/moten/{held.meeting}/", secure=True)
    assert page.headers["Location"].startswith("/logga-in/")
    assert asked(bo, held.meeting).status_code == 404


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"takeover": 1}', '{"takeover": true, "x": 1}'])
def test_a_ticket_is_asked_for_exactly(body: str, held: Demo, browser_as: Browser) -> None:
    assert asked(browser_as("bo"), held.meeting, body=body).status_code == 400


def test_a_ticket_carries_the_municipalitys_short_id_and_is_kept_as_a_hash_only(
    held: Demo, town: Town, browser_as: Browser
) -> None:
    ticket = json.loads(asked(browser_as("bo"), held.meeting).content)["ticket"]
    short_id, _, secret = ticket.partition(".")
    assert (short_id, len(secret)) == (town.municipality.short_id, 43)
    with scope.transaction(town.municipality.id):
        row = Participant.objects.get(meeting=held.meeting, party__person=town.persons["bo"])
    assert row.ticket_hash is not None
    assert secret.encode() not in bytes(row.ticket_hash)


def test_the_host_starts_once_the_resident_is_in_and_ends_it_for_all(
    held: Demo, town: Town, browser_as: Browser
) -> None:
    anna = browser_as("anna")
    host = enter(anna, town, held)
    assert anna.post(f"/moten/{held.meeting}/starta/", secure=True).status_code == 409
    bo = enter(browser_as("bo"), town, held)
    door.admit(by=host.caller, message=Admit(id=2, who=str(bo.caller.participant)))
    assert anna.post(f"/moten/{held.meeting}/starta/", secure=True).status_code == 302
    assert booking_of(town, held).state == "in_progress"
    assert anna.post(f"/moten/{held.meeting}/avsluta/", secure=True).status_code == 302
    assert booking_of(town, held).state == "ended"
    assert asked(browser_as("bo"), held.meeting).status_code == 404


def enter(client: Client, town: Town, held: Demo) -> entrance.Entered:
    """Come in as the page and the socket do, without a socket."""
    ticket = json.loads(asked(client, held.meeting).content)["ticket"]
    key = row_key(client.cookies["__Host-motas"].value)
    return entrance.redeem(municipality=town.municipality, ticket=ticket, session_key=key)


@pytest.mark.parametrize("path", ["ticket/", "starta/", "avsluta/"])
def test_nobody_signed_in_fills_no_log(
    path: str, held: Demo, browser_as: Browser, superuser: Callable[[], psycopg.Connection[tuple[int]]]
) -> None:
    body, address = '{"takeover": false}', f"/moten/{held.meeting}/{path}"
    answer = browser_as().post(address, body, content_type="application/json", secure=True)
    assert answer.status_code == 404
    with superuser() as database:
        assert database.execute("SELECT count(*) FROM identity_accessentry WHERE NOT allowed").fetchone() == (0,)


def test_a_stranger_writes_no_more_than_so_many_tries(
    held: Demo, browser_as: Browser, superuser: Callable[[], psycopg.Connection[tuple[int]]]
) -> None:
    stranger = browser_as("dan")
    codes = [stranger.post(f"/moten/{held.meeting}/starta/", secure=True).status_code for _ in range(30)]
    assert set(codes) == {404, 429}
    with superuser() as database:
        row = database.execute("SELECT count(*) FROM identity_accessentry WHERE NOT allowed").fetchone()
    assert row == (codes.count(404),)


@pytest.mark.parametrize("act", ["ticket", "starta"])
def test_a_database_that_lets_us_wait_too_long_is_no_error_page(
    act: str, held: Demo, browser_as: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = browser_as("anna")

    def slow(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(entrance, "opened", slow)
    monkeypatch.setattr(course, "opened", slow)
    body, address = '{"takeover": false}', f"/moten/{held.meeting}/{act}/"
    answer = anna.post(address, body, content_type="application/json", secure=True)
    assert answer.status_code == {"ticket": 503, "starta": 409}[act]


@pytest.mark.parametrize("path", ["", "lett/", "ticket/", "starta/", "avsluta/"])
def test_every_refused_try_is_in_the_access_log(
    path: str, held: Demo, browser_as: Browser, superuser: Callable[[], psycopg.Connection[tuple[str, list[UUID]]]]
) -> None:
    stranger = browser_as("dan")
    address = f"/moten/{held.meeting}/{path}"
    body = '{"takeover": false}'
    in_vain = (
        stranger.get(address, secure=True)
        if path in ("", "lett/")
        else stranger.post(address, body, content_type="application/json", secure=True)
    )
    assert in_vain.status_code == 404
    with superuser() as database:
        rows = database.execute("SELECT action, objects_seen FROM identity_accessentry WHERE NOT allowed").fetchall()
    action = "meeting.enter" if path in ("", "ticket/") else "meeting.lead"
    assert rows == [(action, [held.meeting])]
