"""The confirmation as a real SMTP server receives it: tree of parts, octets, words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID

import pytest

from booking import wording
from booking.models import Booking
from booking.services import Contact, cancel, move
from identity import scope
from identity.actors import Actor
from identity.models import Person, Unit
from notifications.senders import Outgoing, SendFailed
from notifications.senders.email import EmailSender
from tests.booking.calendars import libical
from tests.notifications.post import Post, calendar_of, event_of, part, text_of
from tests.town import Town

Cast = Callable[[str], Actor]
Deliver = Callable[[], int]


@pytest.fixture
def booked(town: Town, as_actor: Cast) -> Booking:
    """A booking of Bo's, more than a day ahead."""
    return town.booked(as_actor("bo"))


@pytest.fixture
def mail(booked: Booking, office: Post, deliver: Deliver) -> EmailMessage:
    """Its confirmation, received."""
    deliver()
    (received,) = office.mails
    return received


def test_the_parts_stand_in_the_tree_that_calendar_programs_understand(mail: EmailMessage) -> None:
    assert mail.get_content_type() == "multipart/mixed"
    alternatives, attached = mail.iter_parts()
    assert alternatives.get_content_type() == "multipart/alternative"
    kinds = [candidate.get_content_type() for candidate in alternatives.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    inline = list(alternatives.iter_parts())[-1]
    assert (inline["Content-Transfer-Encoding"], inline["Content-Disposition"]) == ("base64", None)
    assert (inline.get_param("method"), inline.get_param("charset")) == ("REQUEST", "UTF-8")
    assert (attached.get_content_type(), attached.get_filename()) == ("application/ics", "invite.ics")
    assert (attached.get_content_disposition(), attached.get_param("name")) == ("attachment", "invite.ics")


def test_both_calendar_parts_hold_the_same_octets(mail: EmailMessage) -> None:
    inline = part(mail, "text/calendar")
    assert inline == part(mail, "application/ics")
    assert libical.errors(inline) == 0
    lines = inline.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not [line for line in lines if b"\n" in line]


def test_the_invitation_asks_the_recipient_in_the_municipalitys_name(
    town: Town, booked: Booking, mail: EmailMessage
) -> None:
    event, mailbox = event_of(mail), town.municipality.mailbox
    assert str(calendar_of(mail)["METHOD"]) == "REQUEST"
    assert (str(event["UID"]), int(event["SEQUENCE"])) == (booked.calendar_uid, 0)
    assert event["DTSTART"].dt == booked.starts_at
    assert event["DTEND"].dt == booked.ends_at
    assert (str(event["ORGANIZER"]), event["ORGANIZER"].params["CN"]) == (f"mailto:{mailbox}", "Exempelkommun")
    assert str(event["ATTENDEE"]) == "mailto:bo@exempelkommun.example"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert "CN" not in event["ATTENDEE"].params
    assert mail["From"].addresses[0].addr_spec == mailbox
    assert mail["To"].addresses[0].addr_spec == "bo@exempelkommun.example"


def test_replies_go_to_the_municipalitys_mailbox_and_no_header_names_a_unit(
    town: Town, booked: Booking, office: Post, mail: EmailMessage
) -> None:
    assert mail.get_all("Reply-To") == mail.get_all("From")
    assert mail["Reply-To"].addresses[0].addr_spec == town.municipality.mailbox
    with scope.transaction(town.municipality.id):
        units = [word for unit in Unit.objects.all() for word in (unit.name.lower(), unit.phone) if word]
    headers = "\n".join(f"{name}: {value}" for name, value in mail.items()).lower()
    assert units
    assert not [word for word in units if word in headers]


def test_the_words_are_neutral_and_say_when_and_where_to_change_it(
    town: Town, booked: Booking, mail: EmailMessage
) -> None:
    assert mail["Subject"] == "Du har en bokad tid"
    text = text_of(mail)
    for said in (
        wording.full_day(booked.starts_at),
        wording.span(booked.starts_at, booked.ends_at),
        "svensk tid",
        "Videomöte",
        "http://testserver:8000/mina-tider/",
        town.municipality.phone,
        "Vi skickar aldrig länkar som du ska logga in via.",
        "Ingen läser svaren, inte heller svar från din kalender.",
    ):
        assert said in text
        assert said in part(mail, "text/html").decode()


def test_no_octet_names_service_officer_or_resident(
    town: Town, booked: Booking, mail: EmailMessage, office: Post
) -> None:
    with scope.transaction(town.municipality.id):
        booked = Booking.objects.select_related("meeting_type__service", "calendar__person", "calendar__unit").get()
        names = [person.name for person in Person.objects.all()]
    silent = [booked.meeting_type.service.name, booked.meeting_type.name, booked.calendar.unit.name, *names]
    whole = "\n".join([text_of(mail), part(mail, "text/html").decode(), part(mail, "text/calendar").decode()])
    for word in silent:
        assert word.lower() not in whole.lower()


def test_the_calendar_leads_to_the_meeting_and_the_mail_to_the_residents_own_times(
    booked: Booking, mail: EmailMessage
) -> None:
    event, meeting = event_of(mail), f"http://testserver:8000/moten/{booked.id}/"
    assert str(event["URL"]) == meeting
    assert str(event["DESCRIPTION"]).splitlines() == [
        "Logga in för att se mer: http://testserver:8000/mina-tider/",
        f"Mötet: {meeting}",
    ]
    assert meeting not in text_of(mail)
    assert "?" not in part(mail, "text/calendar").decode()


def test_the_message_id_is_the_rows_and_stays_the_same_at_a_retry(
    office: Post, booked: Booking, deliver: Deliver, town: Town
) -> None:
    from notifications.models import Message

    deliver()
    with scope.transaction(town.municipality.id):
        message = Message.objects.get()
        Message.objects.filter(id=message.id).update(state="waiting")
    deliver()
    first, second = office.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{message.id}@testserver>"
    assert first["Date"] == second["Date"]
    assert part(first, "text/calendar") == part(second, "text/calendar")


def test_a_move_and_a_cancellation_raise_the_sequence_under_the_same_uid(
    booked: Booking, as_actor: Cast, office: Post, deliver: Deliver
) -> None:
    deliver()
    moved = move(actor=as_actor("bo"), booking=booked.id, start=booked.from_tick + 3, sequence=0, key="m" * 16)
    deliver()
    cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)
    deliver()
    calendars = [calendar_of(mail) for mail in office.mails]
    entries = [event_of(mail) for mail in office.mails]
    assert [str(calendar["METHOD"]) for calendar in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [int(entry["SEQUENCE"]) for entry in entries] == [0, 1, 2]
    assert {str(entry["UID"]) for entry in entries} == {booked.calendar_uid}
    assert entries[1]["DTSTART"].dt == entries[2]["DTSTART"].dt == moved.starts_at
    stamps = [entry["DTSTAMP"].dt for entry in entries]
    assert stamps == sorted(set(stamps))
    assert [str(entry["STATUS"]) for entry in entries] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert str(entries[2]["SUMMARY"]) == "Avbokad: Bokad tid"
    assert not entries[2].walk("VALARM")
    assert all(libical.errors(part(mail, "text/calendar")) == 0 for mail in office.mails)
    assert [mail["Subject"] for mail in office.mails] == [
        "Du har en bokad tid",
        "Din bokade tid är ändrad",
        "Din bokade tid är avbokad",
    ]


def test_who_wants_no_mail_gets_none(town: Town, as_actor: Cast, office: Post, deliver: Deliver) -> None:
    town.booked(as_actor("bo"), contact=Contact("none"))
    deliver()
    assert office.octets == []


def test_about_a_protected_person_nobody_is_told_anything(
    town: Town, as_actor: Cast, office: Post, deliver: Deliver, outbox_states: Callable[[], list[object]]
) -> None:
    booked = town.booked(as_actor("eva"), contact=Contact("email", "eva@exempelkommun.example"))
    cancel(actor=as_actor("eva"), booking=booked.id, key="c" * 16)
    deliver()
    assert (office.octets, outbox_states()) == ([], [])


def test_a_mark_that_was_set_meanwhile_stops_what_was_waiting(
    town: Town, booked: Booking, office: Post, deliver: Deliver, outbox_states: Callable[[], list[object]]
) -> None:
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=town.persons["bo"]).update(registered=True)
    deliver()
    assert (office.octets, outbox_states()) == ([], [("confirmed", 0, "dropped")])


OUTGOING = Outgoing(
    id=UUID(int=7),
    to="bo@exempel.example",
    sender=("Exempelkommun", "bokning@exempelkommun.example"),
    host="localhost",
    made_at=datetime(2026, 11, 20, tzinfo=UTC),
    subject="Hej",
    text="Rad ett\nRad två",
    html="<p>Hej</p>",
)


def test_a_message_without_invitation_has_text_and_html_only(office: Post) -> None:
    EmailSender().send(OUTGOING)
    (received,) = office.mails
    assert [candidate.get_content_type() for candidate in received.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert received["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("refuse", "fail", "code", "permanent", "recipient"),
    [
        ("550 5.1.1 no such mailbox", "", "550", True, True),
        ("450 4.1.2 later", "", "450", False, True),
        ("", "451 4.3.0 later", "451", False, False),
        ("", "554 5.7.1 never", "554", False, False),
    ],
)
def test_a_refusal_is_a_code_that_says_whose_fault_it_is(
    office: Post, refuse: str, fail: str, code: str, *, permanent: bool, recipient: bool
) -> None:
    office.refuse, office.fail = refuse, fail
    with pytest.raises(SendFailed) as failed:
        EmailSender().send(OUTGOING)
    assert (failed.value.code, failed.value.permanent, failed.value.recipient) == (code, permanent, recipient)


@pytest.mark.parametrize("to", ["bo@exempel.example\r\nBcc: x@y.example", "bo@exempel.example\nX: 1"])
def test_an_address_that_would_add_a_header_fails_for_good(office: Post, to: str) -> None:
    with pytest.raises(SendFailed, match="address") as failed:
        EmailSender().send(replace(OUTGOING, to=to))
    assert failed.value.permanent
    assert office.octets == []


def test_no_server_is_a_fault_that_passes(settings: object) -> None:
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    with pytest.raises(SendFailed) as failed:
        EmailSender().send(OUTGOING)
    assert (failed.value.code, failed.value.permanent) == ("ConnectionRefusedError", False)
