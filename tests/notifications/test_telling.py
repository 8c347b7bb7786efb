"""Who is told of a change: residents as they chose, officers only when their feed would be too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from icalendar import Calendar as Parsed

from booking import signals
from booking.models import Booking
from booking.services import cancel, move
from booking.signals import PreviousTime
from identity import scope
from identity.actors import Actor
from identity.models import Person
from notifications.models import Message
from tests.booking.calendars import libical
from tests.notifications.post import Post, event_of, text_of
from tests.town import Town

Cast = Callable[[str], Actor]
Deliver = Callable[[], int]


@pytest.fixture
def booked(town: Town, as_actor: Cast) -> Booking:
    """A booking of Bo's in Anna's calendar, more than a day ahead."""
    booked = town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        Booking.objects.filter(id=booked.id).update(calendar_id=town.calendars["anna"])
    return booked


def told(town: Town) -> list[tuple[str, str, str]]:
    """Who is told what, and the method, in order of writing."""
    names = {identity: key for key, identity in town.persons.items()}
    with scope.transaction(town.municipality.id):
        rows = Message.objects.order_by("created_at", "kind")
        return [(names[row.recipient_id], row.kind, row.method) for row in rows]


def test_an_officer_gets_no_mail_about_what_the_feed_has_time_for(town: Town, booked: Booking, as_actor: Cast) -> None:
    cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)
    assert told(town) == [("bo", "confirmed", "REQUEST"), ("bo", "cancelled", "CANCEL")]


def test_a_cancellation_inside_24_hours_also_goes_to_the_officer(
    town: Town, booked: Booking, as_actor: Cast, office: Post, deliver: Deliver
) -> None:
    with time_machine.travel(booked.starts_at - timedelta(hours=23), tick=False):
        cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)
        deliver()
    assert ("anna", "officer_cancelled", "") in told(town)
    (mail,) = [mail for mail in office.mails if "anna" in str(mail["To"])]
    assert mail["Subject"] == "En bokad tid är avbokad"
    assert mail.get_content_type() == "multipart/alternative"
    assert "/idag/" in text_of(mail)


def test_a_move_from_or_to_the_next_24_hours_also_goes_to_the_officer(
    town: Town, booked: Booking, as_actor: Cast
) -> None:
    with time_machine.travel(booked.starts_at - timedelta(hours=24, minutes=30), tick=False):
        move(actor=as_actor("bo"), booking=booked.id, start=booked.from_tick + 12, sequence=0, key="m" * 16)
        assert ("anna", "officer_moved", "") not in told(town)
        back, anna = booked.from_tick, as_actor("anna")
        move(actor=anna, booking=booked.id, start=back, sequence=1, key="n" * 16, agreed=True)
        assert ("anna", "officer_moved", "") not in told(town)  # she did it herself
    with time_machine.travel(booked.starts_at - timedelta(hours=23), tick=False):
        cancel(actor=as_actor("anna"), booking=booked.id, key="c" * 16, reason="sick")
    assert [who for who, _, _ in told(town)] == ["bo"] * 4


def test_an_officer_without_an_address_is_told_by_the_feed_only(town: Town, booked: Booking, as_actor: Cast) -> None:
    with scope.transaction(town.municipality.id):
        anna = Person.objects.get(id=town.persons["anna"])
        anna.email = ""
        anna.save(update_fields=["email"])
    with time_machine.travel(booked.starts_at - timedelta(hours=2), tick=False):
        cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)
    assert "anna" not in [who for who, _, _ in told(town)]


def hand_over(town: Town, booked: Booking, actor: Actor) -> None:
    """Give the booking to another officer of the unit, as a use case would."""
    other = next(key for key in town.calendars if key not in ("anna", "cia", "farid"))
    with scope.transaction(town.municipality.id):
        given = Booking.objects.get(id=booked.id)
        previous = PreviousTime(given.from_tick, given.to_tick, given.calendar_id)
        given.calendar_id, given.sequence = town.calendars[other], given.sequence + 1
        given.from_tick, given.to_tick = given.from_tick + 12, given.to_tick + 12
        given.save()
        signals.booking_moved.send(sender=Booking, booking=given, actor=actor, previous=previous)


def test_a_booking_that_changes_hands_is_cancelled_for_one_and_new_for_the_other(
    town: Town, booked: Booking, as_actor: Cast, office: Post, deliver: Deliver
) -> None:
    hand_over(town, booked, as_actor("anna"))
    deliver()
    kinds = {(kind, method) for _, kind, method in told(town)}
    assert {("moved", "REQUEST"), ("officer_left", "CANCEL"), ("officer_taken", "REQUEST")} <= kinds
    entries = {mail["Subject"]: event_of(mail) for mail in office.mails}
    left, taken = entries["En bokad tid är överlämnad"], entries["Ny bokad tid"]
    assert {int(entry["SEQUENCE"]) for entry in entries.values()} == {1}
    assert {str(entry["UID"]) for entry in entries.values()} == {booked.calendar_uid}
    assert (str(left["STATUS"]), left["DTSTART"].dt) == ("CANCELLED", booked.starts_at)
    assert (str(taken["STATUS"]), taken["DTSTART"].dt) == ("CONFIRMED", booked.starts_at + timedelta(hours=1))
    assert taken["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert taken["ATTENDEE"].params["RSVP"] == "FALSE"
    assert str(taken["ATTENDEE"]) != str(left["ATTENDEE"])


def test_every_stored_invitation_passes_libical_and_names_one_person(
    town: Town, booked: Booking, as_actor: Cast
) -> None:
    hand_over(town, booked, as_actor("anna"))
    with scope.transaction(town.municipality.id):
        invitations = [(row.invitation, row.address) for row in Message.objects.all()]
    assert len(invitations) == 4
    for invitation, address in invitations:
        assert libical.errors(invitation.encode()) == 0
        event: Any = Parsed.from_ical(invitation).walk("VEVENT")[0]
        assert str(event["ATTENDEE"]) == f"mailto:{address}"


def test_stamps_rise_even_when_changes_come_within_a_second(town: Town, booked: Booking, as_actor: Cast) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False):
        move(actor=as_actor("bo"), booking=booked.id, start=booked.from_tick + 3, sequence=0, key="m" * 16)
        cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)
    with scope.transaction(town.municipality.id):
        rows = Message.objects.filter(recipient=town.persons["bo"]).order_by("sequence")
        stamps: list[Any] = [Parsed.from_ical(row.invitation).walk("VEVENT")[0]["DTSTAMP"] for row in rows]
    moments = [stamp.dt for stamp in stamps]
    assert moments == sorted(set(moments))
