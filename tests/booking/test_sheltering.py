"""A flag that is set later cleans what is queued: messages, feed, meeting; and nothing comes back when it is lifted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import feed_services, officer_day, reach
from booking.calendars.events import Grade
from booking.errors import SlotTaken
from booking.models import Booking, Calendar, CalendarFeed
from booking.search import Query, find
from booking.services import Wanted, cancel, hold
from identity import protection, scope
from identity.actors import Actor
from identity.models import Alert, Municipality
from identity.models.people import FLAGS
from meetings.models import Meeting
from notifications.models import Delivery, Message
from tests.booking.calendars.feeds import events_of, get, path_of, uuid_of
from tests.town import Town

pytestmark = pytest.mark.django_db
AsActor = Callable[[str], Actor]
Superuser = Callable[[], psycopg.Connection[Any]]


def key_of(town: Town, booking: Booking) -> str:
    """Whose calendar a booking stands in, by cast name."""
    return next(key for key, calendar in town.calendars.items() if calendar == booking.calendar_id)


def now_as(town: Town, booking: Booking) -> Booking:
    """The booking's row as it stands."""
    with scope.transaction(town.municipality.id):
        return Booking.objects.get(id=booking.id)


def marked(town: Town, as_actor: AsActor, key: str = "bo", flag: str = "safe_contact") -> None:
    """The coordinator sets a flag."""
    protection.set_flag(actor=as_actor("karin"), person=town.persons[key], flag=flag)


@pytest.mark.parametrize("flag", FLAGS)
def test_what_waits_is_dropped_with_what_it_would_have_said(town: Town, as_actor: AsActor, flag: str) -> None:
    town.booked(as_actor("bo"))
    other = town.booked(as_actor("hans"))
    marked(town, as_actor, flag=flag)
    with scope.transaction(town.municipality.id):
        (dropped,) = Message.objects.filter(recipient=town.persons["bo"])
        assert (dropped.state, dropped.address, dropped.invitation) == ("dropped", "", "")
        assert Delivery.objects.filter(message=dropped, outcome="dropped").count() == 1
        assert [row.state for row in Message.objects.filter(booking=other)] == ["waiting"]


def test_a_worker_that_holds_a_message_has_lost_it(town: Town, as_actor: AsActor) -> None:
    from notifications import outbox

    town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        held = outbox.claim(timezone.now())
    assert held is not None
    marked(town, as_actor)
    with scope.transaction(town.municipality.id):
        assert not outbox.finish(held, "sent", timezone.now())
        assert Message.objects.get().state == "dropped"


def test_the_entry_leaves_the_feed_and_the_address_is_closed(town: Town, as_actor: AsActor) -> None:
    booked = town.booked(as_actor("bo"))
    officer = key_of(town, booked)
    feed = path_of(feed_services.make_feed(actor=as_actor(officer), calendar=uuid_of(town, officer)))
    assert len(events_of(get(feed))) == 1
    before = now_as(town, booked)
    with scope.transaction(town.municipality.id):
        revision = Calendar.objects.get(id=booked.calendar_id).feed_revision
    marked(town, as_actor)
    assert bytes(before.vevent)
    assert bytes(now_as(town, booked).vevent) == b""
    assert get(feed).status_code == 404
    with scope.transaction(town.municipality.id):
        assert Calendar.objects.get(id=booked.calendar_id).feed_revision > revision
        told = Alert.objects.filter(recipient=town.persons[officer]).values_list("kind", "about")
        assert set(told) == {("feed_closed", uuid_of(town, officer)), ("booking_protected", booked.id)}
    anew = path_of(feed_services.make_feed(actor=as_actor(officer), calendar=uuid_of(town, officer)))
    assert events_of(get(anew)) == []


def test_calendars_that_never_showed_the_person_keep_their_addresses(town: Town, as_actor: AsActor) -> None:
    booked = town.booked(as_actor("bo"))
    other = next(key for key in ("anna", "maria", "yusuf") if key != key_of(town, booked))
    feed_services.make_feed(actor=as_actor(other), calendar=uuid_of(town, other))
    marked(town, as_actor)
    with scope.transaction(town.municipality.id):
        assert CalendarFeed.objects.get().revoked_at is None
        assert not Alert.objects.filter(kind="feed_closed").exists()


@pytest.mark.parametrize("grade", list(Grade))
@pytest.mark.parametrize("flag", FLAGS)
def test_no_grade_of_a_feed_shows_a_sheltered_person(town: Town, as_actor: AsActor, grade: Grade, flag: str) -> None:
    town.booked(as_actor("bo"))
    marked(town, as_actor, flag=flag)
    with scope.transaction(town.municipality.id):
        Booking.objects.update(vevent=b"BEGIN:VEVENT\r\nLAST-MODIFIED:20260101T000000Z\r\nEND:VEVENT\r\n")
    for key in ("anna", "maria", "yusuf"):
        address = feed_services.make_feed(actor=as_actor(key), calendar=uuid_of(town, key), grade=grade)
        assert events_of(get(path_of(address))) == []


def test_the_way_of_contact_is_forgotten_and_the_managers_are_told_once_each(town: Town, as_actor: AsActor) -> None:
    booked = town.booked(as_actor("bo"))
    town.booked(as_actor("bo"), unit="hemma")
    marked(town, as_actor)
    row = now_as(town, booked)
    assert (row.contact_way, row.contact_to) == ("none", "")
    with scope.transaction(town.municipality.id):
        told = list(Alert.objects.filter(kind="flag_set").values_list("unit__name", "about"))
    assert sorted(told) == [("Färdtjänst", town.persons["bo"]), ("Stöd hemma", town.persons["bo"])]


def test_a_coming_meeting_goes_through_our_own_relay(town: Town, as_actor: AsActor) -> None:
    booked = town.booked(as_actor("bo"))
    other = town.booked(as_actor("hans"))
    with scope.transaction(town.municipality.id):
        Meeting.objects.update(ice_policy="all")
    marked(town, as_actor)
    with scope.transaction(town.municipality.id):
        assert dict(Meeting.objects.values_list("id", "ice_policy")) == {booked.id: "relay", other.id: "all"}


def test_nothing_is_told_of_what_happens_afterwards(town: Town, as_actor: AsActor) -> None:
    booked = town.booked(as_actor("bo"))
    marked(town, as_actor)
    cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)
    with scope.transaction(town.municipality.id):
        assert list(Message.objects.values_list("kind", "state")) == [("confirmed", "dropped")]
    assert bytes(now_as(town, booked).vevent) == b""


def test_nothing_comes_back_when_the_flag_is_lifted(town: Town, as_actor: AsActor) -> None:
    booked = town.booked(as_actor("bo"))
    marked(town, as_actor)
    bo = town.persons["bo"]
    protection.ask_to_remove_flag(actor=as_actor("karin"), person=bo, flag="safe_contact")
    protection.confirm_removal(actor=as_actor("mats"), person=bo, flag="safe_contact")
    with scope.transaction(town.municipality.id):
        assert list(Message.objects.values_list("state", flat=True)) == ["dropped"]
        assert Meeting.objects.get().ice_policy == "relay"
    assert bytes(now_as(town, booked).vevent) == b""


def test_a_flag_that_cannot_clean_is_not_set_either(
    town: Town, as_actor: AsActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.booked(as_actor("bo"))
    monkeypatch.setattr("notifications.outbox.drop_about", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        marked(town, as_actor)
    with scope.transaction(town.municipality.id):
        assert Booking.objects.exclude(vevent=b"").count() == 1


def test_a_sheltered_person_is_held_only_in_calendars_of_named_readers(town: Town, as_actor: AsActor) -> None:
    starts = town.first_free(n=6, days=3)
    held = {town.booked(as_actor("eva"), start).calendar_id for start in starts[:4:3]}
    assert held <= {town.calendars["anna"], town.calendars["maria"]}


def test_a_start_that_only_others_have_is_none_for_her(town: Town, as_actor: AsActor) -> None:
    start = town.first_free(days=3)[0]
    readers = {"bo": "anna", "hans": "maria"}
    for who, key in readers.items():
        wanted = Wanted(town.types["fardtjanst"], "video", start, uuid_of(town, key))
        hold(actor=as_actor(who), wanted=wanted)
    with pytest.raises(SlotTaken) as refused:
        town.held(as_actor("eva"), start)
    offered = {calendar for slot in refused.value.alternatives for calendar in slot.calendars}
    assert offered
    assert offered <= {town.calendars[key] for key in readers.values()}
    assert town.held(as_actor("dan"), start).calendar_id == town.calendars["yusuf"]


def test_without_a_named_reader_in_the_unit_there_is_no_time_for_her(town: Town, as_actor: AsActor) -> None:
    with pytest.raises(SlotTaken) as refused:
        town.held(as_actor("eva"), unit="hemma")
    assert refused.value.alternatives == ()


def test_others_search_and_hold_by_the_same_statements(town: Town, as_actor: AsActor) -> None:
    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as seen, scope.transaction(town.municipality.id):
            find(Query(town.types["fardtjanst"], "video", 5), now=timezone.now())
            assert reach.officers(as_actor_bo) is None
        return [s["sql"].partition(" WHERE ")[0][:80] for s in seen.captured_queries if "SAVEPOINT" not in s["sql"]]

    as_actor_bo = as_actor("bo")
    statements()
    before = statements()
    town.booked(as_actor("eva"))
    assert statements() == before


@pytest.mark.parametrize("opened", [False, True])
def test_who_books_by_phone(town: Town, as_actor: AsActor, *, opened: bool) -> None:
    here = Municipality(id=town.municipality.id, protected_on_web=opened)
    with scope.transaction(town.municipality.id):
        asked = [
            reach.by_phone(as_actor(key), here, town.types[unit], "video")
            for key, unit in (("bo", "hemma"), ("eva", "fardtjanst"), ("eva", "hemma"))
        ]
    assert asked == [False, not opened, True]


def test_the_officers_day_names_her_by_a_code_and_not_by_what_it_is_about(town: Town, as_actor: AsActor) -> None:
    from booking.officer_presenters import day_page

    booked = town.booked(as_actor("eva"))
    with scope.transaction(town.municipality.id):
        rows = officer_day.bookings(as_actor(key_of(town, booked)), now=booked.starts_at)
        page = day_page(rows, 0, now=booked.starts_at)
    assert page.next is not None
    words = repr(page)
    assert "Skyddad bokning" in words
    for word in ("Eva", "Lund", "Samtal om din ansökan", "Färdtjänst"):
        assert word not in words
