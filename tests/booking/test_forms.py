"""Residents' forms: bad input is refused in words, and never breaks anything."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from booking.forms import ContactForm, MeetingForm, MoveForm, ReadForm, SlotForm, TimesFilter, errors_of

KEY = "a" * 32


@pytest.fixture(autouse=True)
def _in_swedish() -> None:
    translation.activate("sv")


def test_a_form_of_meeting_must_be_chosen() -> None:
    form = MeetingForm({}, offered=["video", "phone"])
    assert errors_of(form) == [("id_form", "Välj hur du vill träffa oss.")]


def test_a_form_that_is_not_offered_is_refused() -> None:
    assert not MeetingForm({"form": "home"}, offered=["video", "phone"]).is_valid()


def test_answers_count_only_for_video() -> None:
    form = MeetingForm({"form": "phone", "urgent": "yes"}, offered=["video", "phone"])
    assert form.is_valid()
    assert form.answers().urgent == ""


@pytest.mark.parametrize("to", ["", "bo", "bo@", "bo@exempel", "b o@example.se", "bo@example.se\nBcc: x@example.se"])
def test_a_faulty_address_is_refused_in_words(to: str) -> None:
    form = ContactForm({"way": "email", "to": to})
    assert [field for field, _ in errors_of(form)] == ["id_to"]


def test_no_message_needs_no_address_and_keeps_none() -> None:
    form = ContactForm({"way": "none", "to": "not an address"})
    assert form.is_valid()
    assert form.cleaned_data["to"] == ""


def test_the_way_of_contact_is_not_chosen_beforehand() -> None:
    assert errors_of(ContactForm({})) == [("id_way", "Välj hur vi ska höra av oss.")]


def test_reading_must_be_ticked() -> None:
    form = ReadForm({"shown": "5f0c1f3e-9d0a-4f63-8a55-000000000001"})
    assert errors_of(form) == [("id_read", "Kryssa i rutan när du har läst.")]


@pytest.mark.parametrize(
    "tid",
    [
        "",
        "banan",
        "2026-12-01",
        "2026-12-01T10:30",
        "2026-12-01T10:31+01:00",
        "2026-12-01T10:30:30+01:00",
        "0001-01-01T00:00+01:00",
        "9999-12-31T23:55-12:00",
        "1" * 5000,
    ],
)
def test_a_start_that_is_none_is_refused(tid: str) -> None:
    form = SlotForm({"kod": "k4t7", "form": "video", "tid": tid, "key": KEY})
    assert "tid" in form.errors


def test_a_start_becomes_its_tick() -> None:
    form = SlotForm({"kod": "k4t7", "form": "video", "tid": "1970-01-01T01:00+01:00", "key": KEY})
    assert not form.is_valid()
    form = SlotForm({"kod": "k4t7", "form": "video", "tid": "2000-01-01T00:00+00:00", "key": KEY})
    assert form.is_valid()
    assert form.cleaned_data["tid"] == 946_684_800 // 300


@pytest.mark.parametrize("key", ["", "short", "a" * 65, "a" * 20 + "\n", "å" * 20])
def test_a_key_is_plain_and_long_enough(key: str) -> None:
    assert not MoveForm({"tid": "2026-12-01T10:30+01:00", "sequence": "0", "key": key}).is_valid()


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=10))
def test_no_address_of_times_breaks_the_page(vecka: str, dag: str, part: str) -> None:
    form = TimesFilter({"vecka": vecka, "dag": dag, "del": part})
    form.monday()
    assert form.cleaned("del_") in ("fm", "em", "", None)


def test_a_week_is_read_as_iso_8601() -> None:
    assert str(TimesFilter({"vecka": "2026-49"}).monday()) == "2026-11-30"
    assert TimesFilter({"vecka": "2026-60"}).monday() is None
