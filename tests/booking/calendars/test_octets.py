"""The octets of calendar objects: what RFC 5545 asks, read back by icalendar and by libical."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from booking.calendars import octets
from booking.calendars.octets import Entry, Guest
from tests.booking.calendars import libical

START = datetime(2026, 12, 1, 9, tzinfo=UTC)
ENTRY = Entry(
    uid="3c1f1a52-6f0e-4a3c-9a55-0f6f2a1c9f10@boka.exempelkommun.example",
    sequence=2,
    starts_at=START,
    ends_at=START + timedelta(minutes=45),
    made_at=datetime(2026, 11, 20, 8, 30, 1, 999_000, tzinfo=UTC),
    changed_at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    summary="Bokad tid",
    place="Videomöte",
    text="Logga in för att se, ändra eller avboka tiden: https://boka.exempelkommun.example/mina-tider/",
    address="https://boka.exempelkommun.example/mina-tider/",
    conference="Gå till mötet",
)
MAILBOX = ('Exempelkommun; "växeln", Å', "bokning@exempelkommun.example")
INVITED = replace(ENTRY, organizer=MAILBOX, guest=Guest("bo@exempel.example"), reminder=True)
WORDS = st.text(max_size=300)


def whole(entry: Entry, method: str = "") -> bytes:
    """The calendar object of one entry."""
    outline = octets.outline()
    if method:
        outline.add("method", method)
    return octets.wrap(outline, [octets.vevent(entry)])


def unfolded(made: bytes) -> list[str]:
    """The logical lines of an object."""
    return made.replace(b"\r\n ", b"").decode().split("\r\n")


def event_of(made: bytes) -> Any:  # noqa: ANN401 - icalendar's untyped values
    """Its one VEVENT, read back."""
    return Calendar.from_ical(made).walk("VEVENT")[0]


@given(WORDS, WORDS, WORDS)
def test_lines_end_with_crlf_hold_75_octets_and_never_split_a_character(summary: str, place: str, text: str) -> None:
    made = whole(replace(ENTRY, summary=summary, place=place, text=text))
    assert made.endswith(b"\r\n")
    lines = made.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)


@given(WORDS, WORDS)
def test_words_come_back_as_they_were_without_control_characters(summary: str, text: str) -> None:
    event = event_of(whole(replace(ENTRY, summary=f"A{summary}", text=f"B{text}")))
    assert str(event["SUMMARY"]) == octets.clean(f"A{summary}")
    assert str(event["DESCRIPTION"]) == octets.clean(f"B{text}")


@given(WORDS)
def test_no_word_can_add_a_line_of_its_own(summary: str) -> None:
    quiet = [line.partition(":")[0] for line in unfolded(whole(ENTRY))]
    hostile = f"{summary}\r\nATTENDEE:mailto:x@y.example\nBEGIN:VALARM\r{summary}"
    loud = [line.partition(":")[0] for line in unfolded(whole(replace(ENTRY, summary=hostile)))]
    assert loud == quiet


def test_a_line_break_in_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="CR or LF"):
        octets.vevent(replace(INVITED, guest=Guest("bo@exempel.example\r\nX-EVIL:1")))


def test_an_entry_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after"):
        octets.vevent(replace(ENTRY, ends_at=START))


def test_the_calendar_begins_in_the_order_that_readers_expect() -> None:
    lines = unfolded(whole(INVITED, "REQUEST"))
    expected = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{octets.PRODID}", "CALSCALE:GREGORIAN", "METHOD:REQUEST"]
    assert lines[:6] == [*expected, "BEGIN:VTIMEZONE"]
    for once in ("VERSION:", "PRODID:", "UID:", "DTSTAMP:", "DTEND;", "SEQUENCE:", "ORGANIZER;", "ATTENDEE;"):
        assert sum(line.startswith(once) for line in lines) == 1


def test_times_are_local_with_their_zone_and_stamps_are_utc() -> None:
    lines = unfolded(whole(ENTRY))
    assert "DTSTART;TZID=Europe/Stockholm:20261201T100000" in lines
    assert "DTEND;TZID=Europe/Stockholm:20261201T104500" in lines
    assert {"DTSTAMP:20261120T083001Z", "LAST-MODIFIED:20261120T083000Z", "CLASS:PRIVATE"} <= set(lines)
    assert not [line for line in lines if line.startswith(("DURATION", "RDATE", "RRULE:FREQ=WEEKLY"))]


def test_the_conference_line_lists_its_features_unquoted() -> None:
    line = "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=Gå till mötet:https://boka.exempelkommun.example/mina-tider/"
    assert line in unfolded(whole(ENTRY))


def test_a_cancelled_entry_frees_the_time_and_rings_no_alarm() -> None:
    lines = unfolded(whole(replace(INVITED, cancelled=True), "CANCEL"))
    assert {"STATUS:CANCELLED", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"} <= set(lines)
    assert "BEGIN:VALARM" not in lines


def test_a_confirmed_entry_takes_the_time_and_rings_once() -> None:
    lines = unfolded(whole(INVITED, "REQUEST"))
    assert {"STATUS:CONFIRMED", "TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "TRIGGER:-PT15M"} <= set(lines)
    assert lines.count("BEGIN:VALARM") == 1


def test_a_guest_is_asked_and_an_officer_who_took_the_booking_is_not() -> None:
    asked = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bo@exempel.example"
    took = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:anna@exempel.example"
    assert asked in unfolded(whole(INVITED, "REQUEST"))
    assert took in unfolded(whole(replace(INVITED, guest=Guest("anna@exempel.example", took=True)), "REQUEST"))


def test_the_organizers_name_is_encoded_as_rfc_6868_says() -> None:
    lines = unfolded(whole(INVITED, "REQUEST"))
    assert "ORGANIZER;CN=\"Exempelkommun; ^'växeln^', Å\":mailto:bokning@exempelkommun.example" in lines


@pytest.mark.parametrize(
    ("method", "entry"),
    [("", ENTRY), ("REQUEST", INVITED), ("CANCEL", replace(INVITED, cancelled=True))],
    ids=["feed", "request", "cancel"],
)
def test_libical_finds_no_error(method: str, entry: Entry) -> None:
    assert libical.errors(whole(entry, method)) == 0


@pytest.mark.parametrize("lost", [b"ORGANIZER", b"ATTENDEE", b"UID", b"DTSTAMP", b"SUMMARY", b"VERSION", b"PRODID"])
def test_libical_misses_what_a_request_must_have(lost: bytes) -> None:
    broken = re.sub(rb"\r\n" + lost + rb"([:;])", rb"\r\nX-LOST\1", whole(INVITED, "REQUEST"))
    assert libical.errors(broken) > 0


def test_the_zone_agrees_with_the_zone_data_in_every_hour_that_can_be_booked() -> None:
    zone = Calendar.from_ical(b"BEGIN:VCALENDAR\r\n" + octets.VTIMEZONE + b"END:VCALENDAR\r\n").walk("VTIMEZONE")[0]
    ours: Any = zone.to_tz(lookup_tzid=False)  # type: ignore[attr-defined]  # the rules, not the name
    theirs = ZoneInfo("Europe/Stockholm")
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for hour in range(24 * 365 * 4):
        moment = begin + timedelta(hours=hour)
        assert moment.astimezone(ours).utcoffset() == moment.astimezone(theirs).utcoffset()
