"""Held and booked times in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import translation

from booking.presenters import appointments
from booking.presenters.appointments import Appointment
from booking.presenters.information import parts
from booking.presenters.refusals import refusal
from booking.states import State

START = datetime(2026, 12, 3, 12, 30, tzinfo=UTC)
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
ADDRESSES = {"time": "/t", "form": "/f", "start": "/", "needs": "/n"}
TIME = Appointment(
    id=UUID(int=1),
    state=State.CONFIRMED,
    form="video",
    start=START,
    end=START + timedelta(minutes=45),
    type_name="Samtal om din ansökan",
    kod="k4t7",
    place="Exempelgatan 1",
    officer="Anna Lindqvist",
    meeting=UUID(int=2),
)


@pytest.fixture(autouse=True)
def _in_swedish() -> None:
    translation.activate("sv")


def test_a_time_is_told_in_one_line() -> None:
    assert appointments.when(TIME) == "Torsdag 3 december kl. 13.30–14.15"
    assert appointments.what(TIME) == "Videomöte med Anna Lindqvist"


def test_a_hold_names_the_clock_and_no_countdown() -> None:
    held = appointments.held(TIME, expires_at=datetime(2026, 12, 1, 9, 24, tzinfo=UTC), now=NOON)
    assert held.until == "Vi håller tiden till kl. 10.24."
    assert held.what == "videomöte med Anna Lindqvist"


def test_a_lapsed_hold_says_nothing_of_a_time() -> None:
    held = appointments.held(TIME, expires_at=None, now=NOON)
    assert (held.until, held.ends) == ("", "")


def test_a_hold_carries_its_end_and_the_moment_of_the_page_by_one_clock() -> None:
    held = appointments.held(TIME, expires_at=NOON + timedelta(minutes=10), now=NOON)
    assert datetime.fromisoformat(held.ends) - datetime.fromisoformat(held.sent) == timedelta(minutes=10)


def test_the_summary_can_be_changed_row_by_row() -> None:
    rows = appointments.summary(TIME, way="email", to="bo@example.se", addresses=ADDRESSES)
    assert [(row.name, row.value, row.address) for row in rows] == [
        ("Tid", "Torsdag 3 december 2026", "/t"),
        ("Mötesform", "Videomöte", "/f"),
        ("Handläggare", "Anna Lindqvist", ""),
        ("Gäller", "Samtal om din ansökan", "/"),
        ("Bekräftelse", "bo@example.se", "/n"),
    ]


def test_no_message_is_said_in_the_summary() -> None:
    rows = appointments.summary(TIME, way="none", to="", addresses=ADDRESSES)
    assert rows[-1].value == "Ingen bekräftelse. Du ser tiden i Mina tider."


def test_a_visit_names_its_place() -> None:
    rows = appointments.summary(replace(TIME, form="visit"), way="none", to="", addresses=ADDRESSES)
    assert rows[1].more == "Exempelgatan 1"


@pytest.mark.parametrize(("days", "words"), [(0, "onsdag 2 december kl. 13.30"), (2, "Ring oss")])
def test_until_when_a_time_can_be_changed_is_said(days: int, words: str) -> None:
    assert words in appointments.change_until(TIME, now=START - timedelta(days=2) + timedelta(days=days))


@pytest.mark.parametrize("form", ["video", "phone", "visit", "home"])
def test_every_form_says_what_happens_now(form: str) -> None:
    receipt = appointments.receipt(replace(TIME, form=form))
    assert len(receipt.steps) >= 2
    assert all(first for first, _ in receipt.steps)
    assert receipt.video == (form == "video")


def test_the_receipt_tells_the_year_and_where_the_message_goes() -> None:
    receipt = appointments.receipt(replace(TIME, told_at="bo@example.se"))
    assert receipt.when == "Torsdag 3 december 2026 kl. 13.30–14.15"
    assert "bo@example.se" in receipt.steps[0][1]


def test_my_times_are_the_next_the_later_and_the_earlier() -> None:
    later = replace(TIME, id=UUID(int=3), start=START + timedelta(days=9), end=START + timedelta(days=9, hours=1))
    gone = replace(TIME, id=UUID(int=4), state=State.CANCELLED_BY_RESIDENT)
    held = replace(TIME, id=UUID(int=5), state=State.HELD)
    mine = appointments.my_times([later, gone, held, TIME], now=START - timedelta(days=3))
    assert mine.next is not None
    assert mine.next.id == TIME.id
    assert [card.id for card in mine.later] == [later.id]
    assert [(card.id, card.state) for card in mine.earlier] == [(gone.id, "Avbokad av dig")]


@pytest.mark.parametrize(
    ("before", "can_move", "can_cancel", "lobby"),
    [
        (timedelta(days=2), True, True, False),
        (timedelta(hours=3), False, True, False),
        (timedelta(minutes=15), False, True, True),
        (timedelta(minutes=-5), False, False, True),
    ],
)
def test_what_can_be_done_follows_the_clock(before: timedelta, can_move: bool, can_cancel: bool, lobby: bool) -> None:
    card = appointments.card(TIME, now=START - before)
    assert (card.can_move, card.can_cancel, card.meeting is not None) == (can_move, can_cancel, lobby)


@pytest.mark.parametrize("state", [state for state in State if state not in (State.HELD, State.PURGED)])
def test_every_state_has_words_beside_its_sign(state: State) -> None:
    card = appointments.card(replace(TIME, state=state), now=START - timedelta(days=1))
    assert card.state
    assert card.sign.startswith("d-")


def test_a_text_becomes_headings_and_paragraphs() -> None:
    found = parts("Ett.\n\n## Två\n\nTre\nfyra.\n\nFem {telefon}.", {"telefon": "08-465 004 20"})
    assert [(part.heading, part.paragraphs) for part in found] == [
        ("", ("Ett.",)),
        ("Två", ("Tre fyra.", "Fem 08-465 004 20.")),
    ]


REFUSALS = (
    "slot_taken past hold_expired hold_limit extension_limit limit_reached not_offered too_soon too_late "
    "beyond_horizon wrong_state stale in_progress busy key_reused"
)


@pytest.mark.parametrize("code", REFUSALS.split())
def test_every_refusal_has_its_own_words(code: str) -> None:
    said = refusal(code)
    assert said.title
    assert said.text
    assert code == "not_offered" or said.title != refusal("not_offered").title


def test_a_lost_time_is_named_and_the_nearest_are_offered() -> None:
    said = refusal("slot_taken", wanted="torsdag 3 december kl. 13.30", nearest=[START])
    assert said.text == "Någon annan bokade torsdag 3 december kl. 13.30 precis före dig. Dina övriga svar är kvar."
    assert [time.clock for time in said.times] == ["13.30"]
