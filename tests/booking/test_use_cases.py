"""Booking for somebody, another officer or form, handing over, cancelling on the telephone, not coming."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from booking.errors import KeyReused, NotOffered, SlotTaken, Stale, TooSoon, WrongState
from booking.models import BookingChange, IdempotencyKey, Party, StepShown
from booking.services import (
    Wanted,
    book,
    book_directly,
    cancel,
    hand_over,
    hold,
    mark_no_show,
    move,
    undo_no_show,
)
from identity import scope
from identity.errors import NotAllowed
from identity.models import Person
from tests.booking.desk import TOLD, Desk, key, late


def test_an_officer_books_at_once_for_who_rings(desk: Desk) -> None:
    anna = desk.cast("anna")
    made = book_directly(
        actor=anna, wanted=desk.wanted(), contact=TOLD, key=key("b"), read_aloud=True, companions=("Siv Ek",)
    )
    stored = desk.stored(made)
    assert (stored.state, stored.booked_by_id, stored.asked_how) == ("confirmed", anna.person_id, "phone")
    assert stored.resident_id == desk.town.persons["bo"]
    assert [claim.state for claim in desk.claims(made)] == ["booked"]
    with scope.transaction(desk.town.municipality.id):
        friend = Party.objects.select_related("person").get(booking=made, role="companion")
        assert (friend.person.name, friend.resident_said, friend.officer_said) == ("Siv Ek", "yes", "yes")
        assert StepShown.objects.get(booking=made).party_role == "officer"
        assert IdempotencyKey.objects.get(key=key("b")).status == 201
    again = book_directly(
        actor=anna, wanted=desk.wanted(made.from_tick), contact=TOLD, key=key("b"), read_aloud=True,
        companions=("Siv Ek",),
    )  # fmt: skip
    assert again.id == made.id
    with pytest.raises(KeyReused):
        book_directly(actor=anna, wanted=desk.wanted(made.from_tick), contact=TOLD, key=key("b"))


def test_staff_hold_as_many_times_as_they_need_and_book_one(desk: Desk) -> None:
    anna, starts = desk.cast("anna"), desk.town.first_free(days=3, n=9)
    held = [hold(actor=anna, wanted=desk.wanted(start)) for start in starts[::4]]
    assert len(held) == 3
    made = book(actor=anna, booking=held[0].id, contact=TOLD, shown=None, key=key("b"))
    assert made.state == "confirmed"
    with pytest.raises(NotAllowed):
        book(actor=desk.cast("yusuf"), booking=held[1].id, contact=TOLD, shown=None, key=key("c"))


@pytest.mark.parametrize("who", ["lena", "mats", "bo", "eva"])
def test_nobody_else_books_for_a_resident(desk: Desk, who: str) -> None:
    with pytest.raises(NotAllowed):
        book_directly(actor=desk.cast(who), wanted=desk.wanted(), contact=TOLD, key=key("b"))


def test_for_a_protected_person_only_a_named_reader_books(desk: Desk) -> None:
    with scope.transaction(desk.town.municipality.id):
        Person.objects.filter(id=desk.town.persons["bo"]).update(marked=True)
    with pytest.raises(NotAllowed):
        book_directly(actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"))


def test_a_move_to_another_officer_takes_everything_along(desk: Desk) -> None:
    booked = desk.booked()
    other = desk.colleagues(booked)[0]
    start = desk.free(booked, calendar=other)[-1]
    moved = move(actor=desk.cast("bo"), booking=booked.id, start=start, sequence=0, key=key("m"), calendar=other)
    stored = desk.stored(moved)
    assert (stored.calendar.uuid, stored.from_tick, stored.sequence) == (other, start, 1)
    assert [(c.calendar_id, c.from_tick) for c in desk.claims(moved)] == [(stored.calendar_id, start)]
    with scope.transaction(desk.town.municipality.id):
        assert Party.objects.get(booking=moved, role="officer").person_id == stored.calendar.person_id
    assert booked.from_tick in desk.free(booked, n=300)


def test_a_change_of_form_keeps_the_time(desk: Desk) -> None:
    booked = desk.booked()
    start = booked.from_tick
    moved = move(actor=desk.cast("bo"), booking=booked.id, start=start, sequence=0, key=key("m"), form="phone")
    assert (moved.form, moved.from_tick, moved.sequence) == ("phone", start, 1)
    with pytest.raises(NotOffered):
        move(actor=desk.cast("bo"), booking=booked.id, start=start, sequence=1, key=key("n"), form="fax")
    with pytest.raises(SlotTaken):
        move(actor=desk.cast("bo"), booking=booked.id, start=start, sequence=1, key=key("o"), form="phone")


def test_handing_over_changes_the_officer_and_nothing_else(desk: Desk) -> None:
    booked = desk.booked()
    former, other = desk.officer(booked), desk.colleagues(booked)[0]
    handed = hand_over(actor=former, booking=booked.id, calendar=other, sequence=0, key=key("h"))
    stored = desk.stored(handed)
    assert (stored.calendar.uuid, stored.from_tick, stored.calendar_uid) == (
        other, booked.from_tick, booked.calendar_uid
    )  # fmt: skip
    assert (stored.state, stored.sequence) == ("confirmed", 1)
    assert [c.calendar_id for c in desk.claims(handed)] == [stored.calendar_id]
    with scope.transaction(desk.town.municipality.id):
        assert list(Party.objects.filter(booking=handed, role="officer").values_list("person", flat=True)) == [
            stored.calendar.person_id
        ]
        assert BookingChange.objects.filter(booking=handed, event="hand_over").count() == 1
    with pytest.raises(NotAllowed):
        cancel(actor=former, booking=booked.id, key=key("c"), reason="illness")


def test_who_is_not_free_or_does_not_offer_it_is_given_nothing(desk: Desk) -> None:
    booked = desk.booked()
    former, other = desk.officer(booked), desk.colleagues(booked)[0]
    with pytest.raises(Stale):
        hand_over(actor=former, booking=booked.id, calendar=other, sequence=3, key=key("a"))
    taken = book_directly(
        actor=desk.cast("anna"), wanted=desk.wanted(booked.from_tick, calendar=other), contact=TOLD, key=key("b")
    )
    with pytest.raises(SlotTaken):
        hand_over(actor=former, booking=booked.id, calendar=desk.stored(taken).calendar.uuid, sequence=0, key=key("h"))
    assert desk.stored(booked).calendar_id == booked.calendar_id


def test_a_coordinator_sees_to_the_times_of_who_is_ill(desk: Desk) -> None:
    booked = desk.booked()
    other = desk.colleagues(booked)[0]
    with pytest.raises(NotAllowed):
        hand_over(actor=desk.cast("bo"), booking=booked.id, calendar=other, sequence=0, key=key("a"))
    handed = hand_over(actor=desk.coordinator(), booking=booked.id, calendar=other, sequence=0, key=key("h"))
    assert desk.stored(handed).calendar.uuid == other


def test_an_officer_cancels_for_who_rings_without_a_reason(desk: Desk) -> None:
    booked = desk.booked()
    done = cancel(actor=desk.officer(booked), booking=booked.id, key=key("c"), by_resident=True)
    assert done.state == "cancelled_by_resident"
    assert desk.tasks(booked) == []


def test_cancelling_on_the_day_leaves_a_task_to_ring(desk: Desk) -> None:
    booked = desk.booked()
    with time_machine.travel(booked.starts_at - timedelta(hours=23), tick=False):
        cancel(actor=desk.officer(booked), booking=booked.id, key=key("c"), reason="illness")
    assert [kind for kind, _ in desk.tasks(booked)] == ["call"]


def test_who_does_not_come_is_rung_and_the_rest_of_the_time_is_free(desk: Desk) -> None:
    booked = desk.booked()
    officer = desk.officer(booked)
    with time_machine.travel(late(booked, 9), tick=False), pytest.raises(TooSoon):
        mark_no_show(actor=officer, booking=booked.id, key=key("n"), call="tried")
    with time_machine.travel(late(booked, 12), tick=False):
        with pytest.raises(NotAllowed):
            mark_no_show(actor=desk.cast("bo"), booking=booked.id, key=key("n"), call="tried")
        missed = mark_no_show(actor=officer, booking=booked.id, key=key("n"), call="tried")
        assert missed.state == "no_show"
        assert [(c.to_tick, c.block_to) for c in desk.claims(booked)] == [(booked.from_tick + 3, booked.from_tick + 3)]
        assert [kind for kind, _ in desk.tasks(booked)] == ["new_time"]
    with time_machine.travel(late(booked, 14), tick=False):
        undone = undo_no_show(actor=officer, booking=booked.id, key=key("u"))
    assert undone.state == "confirmed"
    assert [c.to_tick for c in desk.claims(booked)] == [booked.to_tick]
    assert [c.block_to for c in desk.claims(booked)] == [booked.to_tick + 3]
    assert desk.tasks(booked) == []


def test_a_no_show_is_not_undone_another_day(desk: Desk) -> None:
    booked = desk.booked()
    with time_machine.travel(late(booked, 12), tick=False):
        mark_no_show(actor=desk.officer(booked), booking=booked.id, key=key("n"), call="no_number")
    with time_machine.travel(late(booked, 1440), tick=False), pytest.raises(WrongState):
        undo_no_show(actor=desk.officer(booked), booking=booked.id, key=key("u"))


def test_what_is_asked_for_must_say_how(desk: Desk) -> None:
    wanted = desk.wanted(asked_how="dream")
    with pytest.raises(NotAllowed):
        hold(actor=desk.cast("anna"), wanted=wanted)
    nobody = Wanted(wanted.meeting_type, wanted.form, wanted.start, asked_how="phone")
    with pytest.raises(NotAllowed):
        hold(actor=desk.cast("anna"), wanted=nobody)
