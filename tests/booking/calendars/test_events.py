"""A booking as an officer's entry: neutral words, right local times, stamped on its row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar as Parsed

from booking.calendars import events, octets
from booking.calendars.events import Grade
from booking.models import Booking, Calendar
from booking.timeline import tick_of
from identity import scope
from identity.actors import Actor
from identity.models import Municipality
from tests.booking.calendars import libical
from tests.town import Town

Cast = Callable[[str], Actor]
STOCKHOLM = ZoneInfo("Europe/Stockholm")
TOWN = Municipality(name="Exempelkommun", hosts=["boka.exempelkommun.example"])


def booking_at(start: datetime, *, form: str = "video", state: str = "confirmed") -> Booking:
    """A booking of 45 minutes that is in no database."""
    return Booking(
        id=UUID("3c1f1a52-6f0e-4a3c-9a55-0f6f2a1c9f10"),
        municipality_id=1,
        form=form,
        state=state,
        from_tick=tick_of(start),
        to_tick=tick_of(start) + 9,
        calendar_uid="3c1f1a52-1@boka.exempelkommun.example",
        sequence=4,
        changed_at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    )


def read(entry: bytes) -> Any:  # noqa: ANN401 - icalendar's untyped values
    """The entry, read back inside a calendar."""
    whole = octets.wrap(octets.outline(), [entry])
    assert libical.errors(whole) == 0
    return Parsed.from_ical(whole).walk("VEVENT")[0]


@pytest.mark.parametrize(("form", "place"), [("phone", "Telefon"), ("visit", "Besök"), ("home", "Hembesök")])
def test_a_meeting_without_video_has_no_conference_and_leads_to_the_day(form: str, place: str) -> None:
    event = read(events.render(booking_at(datetime(2026, 12, 1, 9, tzinfo=UTC), form=form), TOWN))
    assert (str(event["LOCATION"]), "CONFERENCE" in event) == (place, False)
    assert str(event["URL"]).endswith("/idag/")


def test_a_video_meeting_leads_to_the_officers_side_of_it() -> None:
    booked = booking_at(datetime(2026, 12, 1, 9, tzinfo=UTC))
    event = read(events.render(booked, TOWN))
    meeting = f"http://boka.exempelkommun.example:8000/moten/{booked.id}/lett/"
    assert str(event["URL"]) == str(event["CONFERENCE"]) == meeting
    assert meeting in str(event["DESCRIPTION"]).splitlines()[1]
    assert str(event["LOCATION"]) == "Videomöte"


def test_only_the_grade_service_names_the_service() -> None:
    booked = booking_at(datetime(2026, 12, 1, 9, tzinfo=UTC))
    made = {grade: events.render(booked, TOWN, service_name="Färdtjänst", grade=grade) for grade in Grade}
    assert [("Färdtjänst".encode() in entry) for entry in made.values()] == [False, False, True]
    assert [str(read(entry)["SUMMARY"]) for entry in made.values()] == [
        "Upptagen",
        "Bokat möte 3C1F",
        "Bokat möte 3C1F: Färdtjänst",
    ]


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)]
)
def test_the_days_of_the_clock_change_agree_with_the_zone_data(day: datetime) -> None:
    for minutes in range(0, 24 * 60, 60):
        start = day + timedelta(minutes=minutes)
        event = read(events.render(booking_at(start), TOWN))
        written = event["DTSTART"].to_ical().decode()
        assert written == start.astimezone(STOCKHOLM).strftime("%Y%m%dT%H%M%S")


@pytest.mark.parametrize("state", ["cancelled_by_resident", "cancelled_by_officer", "converted"])
def test_a_cancelled_booking_takes_no_time(state: str) -> None:
    event = read(events.render(booking_at(datetime(2026, 12, 1, 9, tzinfo=UTC), state=state), TOWN))
    assert (str(event["STATUS"]), str(event["TRANSP"])) == ("CANCELLED", "TRANSPARENT")


def test_the_stamp_says_when_the_entry_was_last_changed() -> None:
    booked = booking_at(datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert events.moment_of(events.stamp_of(events.render(booked, TOWN))) == booked.changed_at
    with pytest.raises(ValueError, match="no entry"):
        events.stamp_of(b"BEGIN:VEVENT\r\nEND:VEVENT\r\n")


def test_booking_stores_the_entry_and_raises_the_revision(town: Town, as_actor: Cast) -> None:
    def revisions() -> dict[int, int]:
        with scope.transaction(town.municipality.id):
            return dict(Calendar.objects.values_list("id", "feed_revision"))

    before = revisions()
    booked = town.booked(as_actor("bo"))
    after = revisions()
    assert {calendar for calendar in before if before[calendar] != after[calendar]} == {booked.calendar_id}
    with scope.transaction(town.municipality.id):
        stored = bytes(Booking.objects.get(id=booked.id).vevent)
    assert str(read(stored)["UID"]) == booked.calendar_uid
    assert events.moment_of(events.stamp_of(stored)) == booked.changed_at.replace(microsecond=0)


def test_a_handed_over_booking_raises_the_revision_of_both_calendars(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))
    other = next(calendar for calendar in town.calendars.values() if calendar != booked.calendar_id)
    with scope.transaction(town.municipality.id):
        before = dict(Calendar.objects.values_list("id", "feed_revision"))
        left, booked.calendar_id = booked.calendar_id, other
        events.stamp(booked, left=left)
        after = dict(Calendar.objects.values_list("id", "feed_revision"))
    assert {calendar for calendar in before if after[calendar] == before[calendar] + 1} == {left, other}
