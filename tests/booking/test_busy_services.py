"""Incoming calendars: read, kept when reading fails, never asked where they may not be, never in a log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from booking import busy_services, jobs
from booking.busy_services import (
    MOST_FEEDS,
    TooManyUnreadable,
    add_busy_file,
    add_busy_url,
    due_busy,
    in_ticks,
    read_busy,
    read_now,
    remove_busy,
)
from booking.calendars.busy.child import read_limited
from booking.calendars.busy.errors import FetchRefused, Unusable
from booking.errors import LimitReached
from booking.models import BusyFeed, Calendar
from booking.timeline import Window, ceil_tick, floor_tick, instant
from identity import limits, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from tests.peers.published_calendar import PublishedCalendar, published
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[str], Actor]
START = datetime.now(UTC).replace(hour=9, minute=2, second=0, microsecond=0) + timedelta(days=3)


def event(start: datetime, minutes: int = 30, uid: str = "") -> str:
    """One VEVENT, whose words nobody may ever see again."""
    ends = start + timedelta(minutes=minutes)
    times = f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{ends:%Y%m%dT%H%M%SZ}\r\n"
    return (
        f"BEGIN:VEVENT\r\nUID:{uid or uuid4()}\r\nDTSTAMP:20260101T000000Z\r\n{times}SUMMARY:Hemligt\r\nEND:VEVENT\r\n"
    )


def calendar_file(*events: str) -> bytes:
    """A whole calendar."""
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Prov//Prov//SV\r\n"
    return (head + "".join(events) + "END:VCALENDAR\r\n").encode()


UNREADABLE = "BEGIN:VEVENT\r\nUID:x\r\nDTSTART:i morgon\r\nEND:VEVENT\r\n"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PublishedCalendar]:
    """A published calendar with one event, reached as production reaches them but for the look-up of its name."""
    with published(tmp_path) as calendar:
        calendar.octets = calendar_file(event(START))
        monkeypatch.setattr(busy_services, "NETWORK", calendar.network)
        yield calendar


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many readings in one test are not what is limited."""
    monkeypatch.setattr(limits, "take", lambda *_args, **_kwargs: None)


@pytest.fixture
def anna(as_actor: As) -> Actor:
    """The officer whose calendar it is."""
    return as_actor("anna")


@pytest.fixture
def calendar(town: Town) -> UUID:
    """Anna's calendar."""
    with scope.transaction(town.municipality.id):
        return Calendar.objects.get(id=town.calendars["anna"]).uuid


def stored(town: Town, feed: UUID) -> BusyFeed:
    """A feed as it stands now."""
    with scope.transaction(town.municipality.id):
        return BusyFeed.objects.get(id=feed)


def spans(feed: BusyFeed) -> list[tuple[int, int]]:
    """The blocked ticks."""
    return [(span.lower, span.upper) for span in feed.busy]


def made_due(town: Town, feed: UUID) -> None:
    """As if its time had come."""
    with scope.transaction(town.municipality.id):
        BusyFeed.objects.filter(id=feed).update(next_try_at=timezone.now() - timedelta(seconds=1))


BLOCK = [(floor_tick(START), ceil_tick(START + timedelta(minutes=30)))]


def test_a_calendar_by_address_blocks_time_rounded_outwards(
    server: PublishedCalendar, anna: Actor, calendar: UUID
) -> None:
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    assert (feed.state, feed.reason, feed.failures) == ("good", "", 0)
    assert spans(feed) == BLOCK
    assert BLOCK[0][1] - BLOCK[0][0] == 7
    assert feed.address == server.address


def test_imported_time_is_not_offered(server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town) -> None:
    free = town.first_free("hemma", days=3)[0]
    start = instant(free)
    server.octets = calendar_file(event(start, 30))
    with scope.transaction(town.municipality.id):
        others = [town.calendars["cia"], town.calendars["olle"]]
        for number in others:
            BusyFeed.objects.create(calendar_id=number, kind="url", address=server.address)
        feeds = list(BusyFeed.objects.values_list("id", flat=True))
    for feed in feeds:
        assert read_busy(municipality=town.municipality.id, feed=feed)
    assert town.first_free("hemma", days=3)[0] >= free + 6


def test_an_unchanged_calendar_is_asked_with_its_validator_and_not_read_again(
    server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.headers = {"ETag": '"ett"'}
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    monkeypatch.setattr(busy_services, "read_limited", None)
    assert read_busy(municipality=town.municipality.id, feed=feed.id)
    assert server.asked == ["", '"ett"']
    server.headers = {}
    assert read_busy(municipality=town.municipality.id, feed=feed.id)
    again = stored(town, feed.id)
    assert spans(again) == BLOCK
    assert again.last_good_at is not None
    assert feed.last_good_at is not None
    assert again.last_good_at > feed.last_good_at


def test_another_day_asks_without_validator_and_reads_again(
    server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town
) -> None:
    server.headers = {"ETag": '"ett"'}
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    with scope.transaction(town.municipality.id):
        BusyFeed.objects.filter(id=feed.id).update(window_from=timezone.now().date() - timedelta(days=1), busy=[])
    assert read_busy(municipality=town.municipality.id, feed=feed.id)
    assert server.asked == ["", ""]
    assert spans(stored(town, feed.id)) == BLOCK


@pytest.mark.parametrize(
    ("status", "octets", "reason"),
    [
        (404, b"", "not_found"),
        (401, b"", "forbidden"),
        (429, b"", "too_many"),
        (503, b"", "server_error"),
        (200, b"<html>Logga in</html>", "no_calendar"),
        (200, calendar_file(*[UNREADABLE] * 6, event(START)), "too_many_unreadable"),
    ],
)
def test_a_failed_reading_never_frees_time(
    server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town, status: int, octets: bytes, reason: str
) -> None:
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    server.status, server.octets = status, octets
    assert not read_busy(municipality=town.municipality.id, feed=feed.id)
    now = stored(town, feed.id)
    assert (now.state, now.reason, now.failures) == ("stale", reason, 1)
    assert spans(now) == BLOCK
    assert now.last_good_at == feed.last_good_at
    server.status, server.octets = 200, calendar_file(event(START))
    assert read_busy(municipality=town.municipality.id, feed=feed.id)
    assert stored(town, feed.id).state == "good"


def test_how_many_events_could_not_be_read_is_kept(
    server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town
) -> None:
    server.octets = calendar_file(UNREADABLE, event(START))
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    assert (feed.state, feed.unreadable) == ("good", 1)
    server.octets = calendar_file(*[UNREADABLE] * 7)
    read_busy(municipality=town.municipality.id, feed=feed.id)
    assert (stored(town, feed.id).state, stored(town, feed.id).unreadable) == ("stale", 7)


def test_a_server_that_asks_for_patience_is_left_alone(
    server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town
) -> None:
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    server.status, server.headers = 429, {"Retry-After": "40000"}
    read_busy(municipality=town.municipality.id, feed=feed.id)
    now = stored(town, feed.id)
    assert now.tried_at is not None
    assert now.next_try_at is not None
    assert now.next_try_at - now.tried_at >= timedelta(seconds=40_000)


def test_our_own_bookings_that_come_back_block_nothing(
    server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town
) -> None:
    own = town.municipality.hosts[0]
    server.octets = calendar_file(event(START, uid=f"{uuid4()}@{own}"), event(START + timedelta(days=1)))
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    day = timedelta(days=1)
    assert spans(feed) == [(floor_tick(START + day), ceil_tick(START + day + timedelta(minutes=30)))]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("kalender", "scheme"),
        ("http://kalender.example/a.ics", "scheme"),
        ("https://anna:hemlig@kalender.example/a.ics", "credentials"),
        ("https://kalender.example:8080/a.ics", "port"),
        ("https://localhost/kalender/ex.abc.ics", "own_host"),
        ("webcal://2130706433/a.ics", "not_public"),
        ("https://intern.example/a.ics", "not_public"),
    ],
)
def test_an_address_that_may_not_be_asked_is_refused_and_nothing_is_added(
    server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town, address: str, code: str
) -> None:
    with pytest.raises(FetchRefused) as refused:
        add_busy_url(actor=anna, calendar=calendar, address=address)
    assert refused.value.code == code
    assert "example" not in str(refused.value)
    assert not server.asked
    with scope.transaction(town.municipality.id):
        assert not BusyFeed.objects.exists()


def test_a_name_that_turns_private_later_is_refused_then_too(
    server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town
) -> None:
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    with scope.transaction(town.municipality.id):
        row = BusyFeed.objects.get(id=feed.id)
        row.address = "https://intern.example/a.ics"
        row.save(update_fields=["address"])
    assert not read_busy(municipality=town.municipality.id, feed=feed.id)
    assert stored(town, feed.id).reason == "not_public"
    assert spans(stored(town, feed.id)) == BLOCK


def test_neither_the_address_nor_a_word_of_the_calendar_reaches_the_log(
    server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    server.status = 404
    read_busy(municipality=town.municipality.id, feed=feed.id)
    assert "not_found" in caplog.text
    for secret in ("hemlig", "Hemligt", "kalender.ics", "kalender.example"):
        assert secret not in caplog.text


def test_a_file_blocks_time_and_is_not_kept(anna: Actor, calendar: UUID, town: Town) -> None:
    feed = add_busy_file(actor=anna, calendar=calendar, octets=calendar_file(event(START)))
    assert (feed.kind, feed.state, feed.address, feed.next_try_at) == ("file", "good", "", None)
    assert spans(feed) == BLOCK
    assert not read_busy(municipality=town.municipality.id, feed=feed.id)
    assert stored(town, feed.id).state == "good"


def test_a_file_is_read_for_as_long_as_anything_could_ever_be_booked(anna: Actor, calendar: UUID) -> None:
    in_a_year = START + timedelta(days=390)
    feed = add_busy_file(actor=anna, calendar=calendar, octets=calendar_file(event(in_a_year)))
    assert len(spans(feed)) == 1


@pytest.mark.parametrize(
    ("octets", "error"),
    [(b"inget", Unusable), (b"\x00" * 70_000, Unusable), (calendar_file(*[UNREADABLE] * 6), TooManyUnreadable)],
)
def test_a_broken_file_is_refused_and_the_times_of_others_stay(
    anna: Actor, calendar: UUID, town: Town, octets: bytes, error: type[Unusable]
) -> None:
    good = add_busy_file(actor=anna, calendar=calendar, octets=calendar_file(event(START)))
    with pytest.raises(error):
        add_busy_file(actor=anna, calendar=calendar, octets=octets)
    with scope.transaction(town.municipality.id):
        assert [feed.id for feed in BusyFeed.objects.all()] == [good.id]
    assert spans(stored(town, good.id)) == BLOCK


def test_there_is_an_end_to_how_many_a_calendar_has(anna: Actor, calendar: UUID, town: Town) -> None:
    with scope.transaction(town.municipality.id):
        for _ in range(MOST_FEEDS):
            BusyFeed.objects.create(calendar_id=town.calendars["anna"], kind="file")
    with pytest.raises(LimitReached):
        add_busy_file(actor=anna, calendar=calendar, octets=calendar_file(event(START)))


def test_a_removed_calendar_blocks_nothing_more(anna: Actor, calendar: UUID, town: Town) -> None:
    feed = add_busy_file(actor=anna, calendar=calendar, octets=calendar_file(event(START)))
    remove_busy(actor=anna, calendar=calendar, feed=feed.id)
    with scope.transaction(town.municipality.id):
        assert not BusyFeed.objects.exists()
    with pytest.raises(NotAllowed):
        remove_busy(actor=anna, calendar=calendar, feed=feed.id)


def test_another_officer_reaches_none_of_it(anna: Actor, calendar: UUID, as_actor: As, town: Town) -> None:
    feed = add_busy_file(actor=anna, calendar=calendar, octets=calendar_file(event(START)))
    cia = as_actor("cia")
    with scope.transaction(town.municipality.id):
        cias = Calendar.objects.get(id=town.calendars["cia"]).uuid
    for own in (calendar, cias):
        with pytest.raises(NotAllowed):
            remove_busy(actor=cia, calendar=own, feed=feed.id)
        with pytest.raises(NotAllowed):
            read_now(actor=cia, calendar=own, feed=feed.id)
    with pytest.raises(NotAllowed):
        add_busy_file(actor=cia, calendar=calendar, octets=calendar_file(event(START)))
    assert stored(town, feed.id).state == "good"


def test_what_is_due_is_handed_out_once(server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town) -> None:
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    add_busy_file(actor=anna, calendar=calendar, octets=calendar_file(event(START)))
    assert due_busy() == []
    made_due(town, feed.id)
    assert due_busy() == [(town.municipality.id, feed.id)]
    assert due_busy() == []


def test_the_job_reads_what_is_due(
    server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    made_due(town, feed.id)
    server.octets = calendar_file(event(START, 60))
    monkeypatch.setattr(jobs.read_busy, "delay", jobs.read_busy)
    jobs.read_due_busy()
    assert spans(stored(town, feed.id))[0][1] == ceil_tick(START + timedelta(minutes=60))


def test_an_older_attempt_that_ends_later_changes_nothing(
    server: PublishedCalendar, anna: Actor, calendar: UUID, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = add_busy_url(actor=anna, calendar=calendar, address=server.address)
    slow = read_limited
    server.octets = calendar_file(event(START, 60))

    def overtaken(*args: object) -> object:
        monkeypatch.setattr(busy_services, "read_limited", slow)
        old, server.octets = server.octets, calendar_file(event(START, 90))
        assert read_busy(municipality=town.municipality.id, feed=feed.id)
        assert old != server.octets
        return slow(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(busy_services, "read_limited", overtaken)
    read_busy(municipality=town.municipality.id, feed=feed.id)
    assert spans(stored(town, feed.id))[0][1] == ceil_tick(START + timedelta(minutes=90))


@given(st.lists(st.tuples(st.integers(-500, 5_000), st.integers(1, 400)), max_size=8))
def test_ticks_cover_every_minute_of_the_intervals_and_no_more_than_a_tick_around(pairs: list[tuple[int, int]]) -> None:
    window = Window(6_000_000, 800)
    origin = instant(window.origin)
    intervals = [(origin + timedelta(minutes=a), origin + timedelta(minutes=a + n)) for a, n in pairs]
    found = in_ticks(intervals, window)
    assert list(found) == sorted(found)
    assert all(left[1] < right[0] for left, right in pairwise(found))
    for tick in range(window.origin, window.end):
        start, end = instant(tick), instant(tick + 1)
        touched = any(a < end and start < b for a, b in intervals)
        assert any(a <= tick < b for a, b in found) is touched
