"""The outgoing feed: what stands in it, when it is answered with 304, and to whom it is nothing."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from booking import feed_services
from booking.calendars import events, feed
from booking.calendars.events import Grade
from booking.errors import NotOffered
from booking.models import Booking, CalendarFeed
from booking.services import cancel, move
from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Municipality, Person
from tests.booking.calendars import libical
from tests.booking.calendars.feeds import events_of, get, path_of, uuid_of
from tests.town import Town

Cast = Callable[[str], Actor]
pytestmark = pytest.mark.usefixtures("town")


def test_the_feed_shows_a_booking_without_a_word_about_whom(town: Town, anna: Booking, address: str) -> None:
    response = get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events_of(response)
    assert str(event["UID"]) == anna.calendar_uid
    assert event["DTSTART"].dt == anna.starts_at
    assert str(event["SUMMARY"]) == f"Bokat möte {events.short_code(anna.id)}"
    with scope.transaction(town.municipality.id):
        resident = Person.objects.get(id=town.persons["bo"])
    for secret in (resident.name, resident.email, "exempelkommun.example>", str(resident.id)):
        assert secret.encode() not in response.content


def test_the_feed_is_no_invitation_and_libical_finds_no_error(anna: Booking, address: str) -> None:
    made = get(address).content
    assert libical.errors(made) == 0
    for foreign in (b"METHOD", b"ORGANIZER", b"ATTENDEE", b"SOURCE"):
        assert foreign not in made
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in made
    assert max(map(len, made.split(b"\r\n"))) <= 75
    assert anna.calendar_uid.encode() in made.replace(b"\r\n ", b"")


def test_the_headers_keep_the_secret(address: str) -> None:
    response = get(address)
    assert response["Cache-Control"] == "private, max-age=300"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Vary"] == "Accept-Encoding"
    assert response["ETag"].startswith('"')


def test_nothing_changed_gives_equal_bytes_and_304_before_any_booking_is_read(anna: Booking, address: str) -> None:
    first = get(address)
    feed._bodies._kept.clear()
    assert get(address).content == first.content
    with CaptureQueriesContext(
        connection,
    ) as statements:
        response = get(address, **{"If-None-Match": f'"x", W/{first["ETag"]}'})
    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == first["ETag"]
    assert not [s for s in statements if "booking_booking" in s["sql"]]
    told = [s for s in statements if not s["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(told) <= 5  # 4 and, inside a test's own transaction, the end of the scope


def test_another_tag_gives_the_body(address: str) -> None:
    assert get(address, **{"If-None-Match": '"other"'}).status_code == 200
    assert get(address, **{"If-None-Match": "*"}).status_code == 304


def test_head_has_the_headers_and_no_body(anna: Booking, address: str) -> None:
    whole = get(address)
    head = Client().head(address, SERVER_NAME="localhost", secure=True)
    assert (head.status_code, head.content) == (200, b"")
    assert {name: head[name] for name in ("ETag", "Content-Type", "Content-Length")} == {
        name: whole[name] for name in ("ETag", "Content-Type", "Content-Length")
    }
    assert int(head["Content-Length"]) == len(whole.content)


def test_other_methods_are_not_allowed(address: str) -> None:
    assert Client().delete(address, SERVER_NAME="localhost", secure=True).status_code == 405


def test_gzip_is_the_same_body_under_its_own_tag_and_can_be_turned_off(anna: Booking, address: str) -> None:
    plain = get(address)
    packed = get(address, **{"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    again = get(address, **{"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]})
    assert again.status_code == 304
    with override_settings(FEED_GZIP=False):
        bare = get(address, **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in bare
    assert (bare.content, bare["ETag"]) == (plain.content, plain["ETag"])


def test_moving_changes_tag_sequence_and_time(town: Town, as_actor: Cast, anna: Booking, address: str) -> None:
    before = get(address)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=False):
        moved = move(actor=as_actor("bo"), booking=anna.id, start=anna.from_tick + 6, sequence=0, key="m" * 16)
    after = get(address, **{"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    (event,) = events_of(after)
    assert (int(event["SEQUENCE"]), event["DTSTART"].dt) == (1, moved.starts_at)
    assert event["LAST-MODIFIED"].dt == moved.changed_at.replace(microsecond=0)


def test_cancelling_takes_the_booking_out(as_actor: Cast, anna: Booking, address: str) -> None:
    before = get(address)
    cancel(actor=as_actor("bo"), booking=anna.id, key="c" * 16)
    after = get(address, **{"If-None-Match": before["ETag"]})
    assert (after.status_code, events_of(after)) == (200, [])


def test_a_held_time_is_not_shown(town: Town, as_actor: Cast, anna: Booking, address: str) -> None:
    before = get(address)
    town.held(as_actor("bo"))
    assert get(address).content == before.content


def test_a_step_of_the_meeting_changes_no_byte(town: Town, anna: Booking, address: str) -> None:
    before = get(address)
    feed._bodies._kept.clear()
    with scope.transaction(town.municipality.id):
        later = anna.changed_at + timedelta(hours=5)
        Booking.objects.filter(id=anna.id).update(state="in_progress", changed_at=later)
    after = get(address)
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])


def test_a_new_day_moves_the_window_and_the_tag(anna: Booking, address: str) -> None:
    today = get(address)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=False):
        tomorrow = get(address)
    assert tomorrow["ETag"] != today["ETag"]
    with time_machine.travel(anna.starts_at + timedelta(days=32), tick=False):
        assert events_of(get(address)) == []


def test_a_protected_residents_booking_is_in_no_feed(town: Town, as_actor: Cast, anna: Booking, address: str) -> None:
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=town.persons["bo"]).update(marked=True)
    feed._bodies._kept.clear()
    assert events_of(get(address)) == []
    with scope.transaction(town.municipality.id):
        stamped = Booking.objects.get(id=anna.id)
        events.stamp(stamped)
        assert bytes(Booking.objects.get(id=anna.id).vevent) == b""


@pytest.mark.parametrize("grade", [Grade.BUSY, Grade.SERVICE])
def test_the_grade_decides_how_much_is_said(town: Town, as_actor: Cast, anna: Booking, grade: Grade) -> None:
    _allow(town, ["neutral", "service"])
    made = feed_services.make_feed(actor=as_actor("anna"), calendar=uuid_of(town, "anna"), grade=grade)
    (event,) = events_of(get(path_of(made)))
    summary = str(event["SUMMARY"])
    if grade is Grade.BUSY:
        assert summary == "Upptagen"
        assert not {"LOCATION", "DESCRIPTION", "URL", "CONFERENCE"} & set(event)
    else:
        assert summary.startswith(f"Bokat möte {events.short_code(anna.id)}: ")
    _allow(town, ["neutral"])
    feed._bodies._kept.clear()
    (event,) = events_of(get(path_of(made)))
    assert str(event["SUMMARY"]) == "Upptagen"


def _allow(town: Town, grades: list[str]) -> None:
    from django.core.cache import cache

    town.municipality.feed_grades = grades
    for host in town.municipality.hosts:
        cache.set(f"host-{host}", town.municipality, 60)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ([], "busy neutral"),
        (["busy"], "busy"),
        (["service"], "busy service"),
        (["service", "neutral"], "busy neutral service"),
    ],
)
def test_the_municipality_chooses_the_grades_and_busy_is_always_one(chosen: list[str], expected: str) -> None:
    assert " ".join(feed.allowed_grades(Municipality(feed_grades=chosen))) == expected


def test_a_grade_that_the_municipality_does_not_allow_is_refused(
    town: Town, as_actor: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "allowed_grades", lambda _: (Grade.BUSY, Grade.NEUTRAL))
    with pytest.raises(NotOffered):
        feed_services.make_feed(actor=as_actor("anna"), calendar=uuid_of(town, "anna"), grade=Grade.SERVICE)


def test_unknown_revoked_and_foreign_secrets_are_the_same_nothing_after_the_same_statements(
    town: Town, as_actor: Cast, address: str, neighbour: Municipality
) -> None:
    feed_services.revoke_feed(actor=as_actor("anna"), calendar=uuid_of(town, "anna"))
    answers = []
    get(address)  # the host's municipality is remembered from here on
    for path in (address, "/kalender/ex.unknown.ics", "/kalender/gr.foreign.ics", "/kalender/nonsense.ics"):
        with CaptureQueriesContext(connection) as statements:
            response = get(path)
        answers.append((response.status_code, response.content, response["Content-Type"], len(statements)))
    assert set(answers) == {(404, b"Finns inte.", "text/plain; charset=utf-8", answers[0][3])}
    at_the_neighbour = Client().get(address, SERVER_NAME="granne.example", secure=True)
    assert (at_the_neighbour.status_code, at_the_neighbour.content) == (404, b"Finns inte.")


def test_a_new_secret_closes_the_old_one_and_is_stored_only_as_a_hash(town: Town, as_actor: Cast, address: str) -> None:
    new = feed_services.rotate_feed(actor=as_actor("anna"), calendar=uuid_of(town, "anna"))
    assert (get(address).status_code, get(path_of(new)).status_code) == (404, 200)
    secret = path_of(new).removeprefix("/kalender/").removesuffix(".ics")
    with scope.transaction(town.municipality.id):
        rows = [bytes(row.secret_hash) for row in CalendarFeed.objects.all()]
    assert all(len(row) == 32 and secret.encode() not in row for row in rows)


@pytest.mark.parametrize("stranger", ["bo", "cia"])
def test_a_stranger_makes_no_feed_of_annas_calendar(town: Town, as_actor: Cast, stranger: str) -> None:
    for use_case in (feed_services.make_feed, feed_services.rotate_feed, feed_services.revoke_feed):
        with pytest.raises(NotAllowed):
            use_case(actor=as_actor(stranger), calendar=uuid_of(town, "anna"))


def test_the_sixty_first_request_of_an_hour_must_wait(address: str) -> None:
    statuses = [get(address).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    limited = get(address)
    assert int(limited["Retry-After"]) > 0


def test_a_fetch_is_noted_once_an_hour(town: Town, address: str) -> None:
    def noted() -> datetime | None:
        with scope.transaction(town.municipality.id):
            when: datetime | None = CalendarFeed.objects.get().last_fetched_at
            return when

    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        get(address)
        first = noted()
        assert first is not None
        clock.shift(timedelta(minutes=59))
        get(address)
        assert noted() == first
        clock.shift(timedelta(minutes=2))
        get(address)
        assert noted() == first + timedelta(minutes=61)


def test_beyond_two_thousand_the_nearest_are_kept(
    town: Town, anna: Booking, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(feed, "MOST", 2)
    with scope.transaction(town.municipality.id):
        for days in (-20, 100, 200):
            _copy(anna, days)
    starts = [event["DTSTART"].dt for event in events_of(get(address))]
    assert starts == [anna.starts_at - timedelta(days=20), anna.starts_at]


def _copy(booked: Booking, days: int) -> None:
    from uuid import uuid4

    copy = Booking.objects.get(id=booked.id)
    copy.contact_to = ""
    copy.id, copy.calendar_uid = uuid4(), f"{uuid4()}@localhost"
    copy.from_tick, copy.to_tick = booked.from_tick + days * 288, booked.to_tick + days * 288
    copy.save(force_insert=True)
    events.stamp(copy)
