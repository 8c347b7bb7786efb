"""Eva books, moves and cancels on an opened web path: what leaves the house is looked through, and holds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.test import Client

from booking import feed_services
from booking.calendars.events import Grade
from booking.models import Booking, Calendar, MeetingType, Party
from booking.services import Contact, cancel, move
from identity import scope
from identity.actors import Actor
from identity.models import Municipality, Unit
from meetings.models import Meeting
from notifications import jobs
from tests.booking.calendars.feeds import get, path_of, uuid_of
from tests.booking.pages import Path, starts_in, text_of
from tests.notifications import post
from tests.notifications.post import Post
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
AsActor = Callable[[str], Actor]
BrowserAs = Callable[..., Client]
Superuser = Callable[[], psycopg.Connection[Any]]
HERS = ("Eva", "Lund", "eva@", "Färdtjänst", "färdtjänst", "Samtal om din ansökan", "plan 2", "465 004 21", "127.0.0.1")
READERS = ("anna", "maria")


@pytest.fixture
def opened(town: Town, superuser: Superuser) -> Town:
    """The town, whose municipality lets sheltered people book on the web, and move the first free time on any day."""
    with superuser() as database:
        database.execute("UPDATE identity_municipality SET protected_on_web = true")
        database.execute("UPDATE booking_meetingtype SET move_limit_minutes = 0")
    cache.clear()
    return town


@pytest.fixture
def office() -> Iterator[Post]:
    """A real SMTP server."""
    with post.office() as real:
        yield real


def kod_of(town: Town, unit: str) -> str:
    """The code of a unit's meeting type."""
    with scope.transaction(town.municipality.id):
        return str(MeetingType.objects.get(id=town.types[unit]).code)


def feeds(town: Town, as_actor: AsActor) -> list[str]:
    """An address of every officer's calendar, at the grade that says most."""
    made = []
    for key in ("anna", "maria", "yusuf", "cia"):
        calendar = uuid_of(town, key)
        made.append(path_of(feed_services.make_feed(actor=as_actor(key), calendar=calendar, grade=Grade.SERVICE)))
    return made


def hers_in(octets: bytes) -> list[str]:
    """What of Eva's stands in something."""
    return [word for word in HERS if word.encode() in octets]


def her_booking(town: Town) -> Booking:
    """The one that is booked."""
    with scope.transaction(town.municipality.id):
        return Booking.objects.get(resident=town.persons["eva"], state="confirmed")


def test_nothing_of_hers_leaves_the_house_from_booking_to_cancelling(
    opened: Town, as_actor: AsActor, browser_as: BrowserAs, office: Post
) -> None:
    addresses = feeds(opened, as_actor)
    empty = [get(address).content for address in addresses]
    path = Path(browser_as("eva"), kod_of(opened, "fardtjanst"), form="video")
    assert path.choose_time().status_code == 200
    path.answer("email", "eva@exempelkommun.example")
    receipt = text_of(path.book())
    assert "Tiden är bokad" in receipt
    assert "Vi skickar ingen bekräftelse." in receipt
    booked = her_booking(opened)
    assert booked.calendar_id in {opened.calendars[key] for key in READERS}

    outgoing = [get(address).content for address in addresses]
    moved = move(actor=as_actor("eva"), booking=booked.id, start=booked.from_tick + 3, sequence=0, key="m" * 16)
    outgoing += [get(address).content for address in addresses]
    outgoing += others_in_the_meeting(opened, booked, browser_as)
    cancel(actor=as_actor("eva"), booking=moved.id, key="c" * 16)
    outgoing += [get(address).content for address in addresses]
    jobs.deliver(opened.municipality.id)

    assert office.octets == []
    assert [hers_in(octets) for octets in outgoing] == [[]] * len(outgoing)
    assert all(b"BEGIN:VEVENT" not in octets for octets in (*empty, *outgoing))


def others_in_the_meeting(town: Town, booked: Booking, browser_as: BrowserAs) -> list[bytes]:
    """What a companion reads: the meeting's page and their own times."""
    with scope.transaction(town.municipality.id):
        Party.objects.create(booking_id=booked.id, person_id=town.persons["hans"], role="companion")
        assert Meeting.objects.get(id=booked.id).ice_policy == "relay"
    hans = browser_as("hans")
    pages = [hans.get(path, secure=True) for path in (f"/moten/{booked.id}/", "/mina-tider/", "/idag/")]
    return [page.content.split(b"<main")[-1] for page in pages]


def test_the_same_journey_of_somebody_else_does_leave_the_house(opened: Town, as_actor: AsActor, office: Post) -> None:
    addresses = feeds(opened, as_actor)
    opened.booked(as_actor("bo"), contact=Contact("email", "bo@exempelkommun.example"))
    jobs.deliver(opened.municipality.id)
    assert len(office.octets) == 1
    assert [1 for address in addresses if b"BEGIN:VEVENT" in get(address).content] == [1]


def test_she_is_offered_her_readers_times_only(opened: Town, browser_as: BrowserAs) -> None:
    everybodys = starts_in(Path(browser_as("bo"), kod_of(opened, "fardtjanst")).choose_form())
    hers = starts_in(Path(browser_as("eva"), kod_of(opened, "fardtjanst")).choose_form())
    assert everybodys == hers  # three alike calendars
    with scope.transaction(opened.municipality.id):
        Calendar.objects.filter(id__in=[opened.calendars[key] for key in READERS]).update(active=False)
    assert starts_in(Path(browser_as("bo"), kod_of(opened, "fardtjanst")).choose_form()) == everybodys
    assert starts_in(Path(browser_as("eva"), kod_of(opened, "fardtjanst")).choose_form()) == []


@pytest.mark.parametrize("unit", ["hemma", "ekonomi"])
def test_where_she_has_no_reader_she_calls_as_for_any_type_without_web_booking(
    opened: Town, browser_as: BrowserAs, unit: str
) -> None:
    somebody = Path(browser_as(""), kod_of(opened, unit))
    start = starts_in(somebody.choose_form())[0]
    answer = Path(browser_as("eva"), kod_of(opened, unit)).choose_time(start)
    with scope.transaction(opened.municipality.id):
        MeetingType.objects.filter(id=opened.types[unit]).update(forms=[])
        assert not Booking.objects.exists()
    plain = browser_as("hans").get(f"/boka/{kod_of(opened, unit)}/", secure=True)
    assert text_of(answer).split("<main")[1].split("</main>")[0] == text_of(plain).split("<main")[1].split("</main>")[0]


def test_names_of_units_are_what_is_looked_for(opened: Town) -> None:
    with scope.transaction(opened.municipality.id):
        unit = Unit.objects.get(name="Färdtjänst")
    assert Municipality.objects.get(id=opened.municipality.id).protected_on_web
    assert unit.phone.endswith("465 004 21")
    assert "plan 2" in unit.visit_place
