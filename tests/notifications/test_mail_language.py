"""A booking's language is its mail's: subject, words, markup and calendar, through its whole life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.utils import translation

from booking import wording
from booking.models import Booking
from booking.services import cancel, move
from identity.actors import Actor
from notifications import rendering
from notifications.telling import Kind
from tests.booking.calendars import libical
from tests.notifications.post import Post, event_of, part, text_of
from tests.notifications.test_rendering import VALUES
from tests.town import Town

Cast = Callable[[str], Actor]
SUBJECTS = {
    "en": ["You have a booked time", "Your booked time has been changed", "Your booked time has been cancelled"],
    "sv": ["Du har en bokad tid", "Din bokade tid är ändrad", "Din bokade tid är avbokad"],
}
SUMMARIES = {
    "en": ["Booked time", "Booked time", "Cancelled: Booked time"],
    "sv": ["Bokad tid", "Bokad tid", "Avbokad: Bokad tid"],
}
CALENDAR = {
    "en": ("Video meeting", "Sign in to see more: ", "Go to the meeting"),
    "sv": ("Videomöte", "Logga in för att se mer: ", "Gå till mötet"),
}
LANGUAGES = pytest.mark.parametrize(("language", "other"), [("en", "sv"), ("sv", "en")])


def life(town: Town, actor: Actor, deliver: Callable[[], int]) -> Booking:
    """A booking that was made, moved and cancelled, each told before the next."""
    booked = town.booked(actor)
    deliver()
    moved = move(actor=actor, booking=booked.id, start=booked.from_tick + 3, sequence=0, key="m" * 16)
    deliver()
    cancel(actor=actor, booking=booked.id, key="c" * 16)
    deliver()
    return moved


def _mail(office: Post) -> list[tuple[EmailMessage, str]]:
    """Each mail, and all its words together."""
    kinds = ("text/plain", "text/html", "text/calendar")
    return [(mail, "\n".join(part(mail, kind).decode() for kind in kinds)) for mail in office.mails]


@LANGUAGES
def test_mail_and_calendar_speak_the_bookings_language_all_its_life(
    town: Town, as_actor: Cast, office: Post, deliver: Callable[[], int], language: str, other: str
) -> None:
    with translation.override(other):  # what is active where the mail is made has no say
        moved = life(town, replace(as_actor("bo"), language=language), deliver)
    assert moved.language == language
    mails = _mail(office)
    assert [mail["Subject"] for mail, _ in mails] == SUBJECTS[language]
    assert [str(event_of(mail)["SUMMARY"]) for mail, _ in mails] == SUMMARIES[language]
    place, more, conference = CALENDAR[language]
    for mail, whole in mails:
        event = event_of(mail)
        assert (mail["Content-Language"], f'<html lang="{language}">' in whole) == (language, True)
        assert str(event["LOCATION"]) == place
        assert str(event["DESCRIPTION"]).startswith(more)
        assert event["CONFERENCE"].params["LABEL"] == conference
        assert libical.errors(part(mail, "text/calendar")) == 0
        assert not [word for word in (*SUBJECTS[other], *CALENDAR[other]) if word in whole]


@LANGUAGES
def test_the_time_is_written_as_the_bookings_language_writes_it(
    town: Town, as_actor: Cast, office: Post, deliver: Callable[[], int], language: str, other: str
) -> None:
    booked = town.booked(replace(as_actor("bo"), language=language))
    deliver()
    with translation.override(language):
        expected = [wording.full_day(booked.starts_at), wording.span(booked.starts_at, booked.ends_at)]
    with translation.override(other):
        foreign = wording.full_day(booked.starts_at)
    text = text_of(office.mails[0])
    assert not [words for words in expected if words not in text]
    assert foreign not in text


def test_an_officer_is_told_in_their_own_language_and_not_in_the_residents(
    town: Town, as_actor: Cast, office: Post, deliver: Callable[[], int]
) -> None:
    bo = replace(as_actor("bo"), language="en")
    booked = town.booked(bo)
    with time_machine.travel(booked.starts_at - timedelta(hours=2), tick=False):
        cancel(actor=bo, booking=booked.id, key="c" * 16)
        deliver()
    assert {mail["Subject"]: mail["Content-Language"] for mail in office.mails} == {
        "Your booked time has been cancelled": "en",
        "En bokad tid är avbokad": "sv",
    }


@pytest.mark.parametrize("kind", list(Kind))
def test_no_line_of_a_message_is_left_untranslated(kind: Kind) -> None:
    own = {VALUES.day, VALUES.place, f"/{VALUES.municipality}", ""}
    swedish, english = (rendering.render(kind, language, VALUES) for language in ("sv", "en"))
    same = set(swedish.text.splitlines()) & set(english.text.splitlines())
    assert swedish.subject != english.subject
    assert same <= own
