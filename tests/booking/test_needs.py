"""Interpreters and other needs: our own claimed at once, others ordered; deleted after the meeting."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from booking.errors import NotOffered, SlotTaken, WrongState
from booking.models import Calendar, CalendarKind, Need, OpeningRule, Task
from booking.services import (
    WantedNeed,
    book_directly,
    cancel,
    move,
    set_need_state,
    set_needs,
)
from booking.services.needs import purge
from identity import scope
from identity.errors import NotAllowed
from tests.booking.desk import TOLD, Desk, key

ARABIC = WantedNeed("interpreter", "ar")
PAUSES = WantedNeed("pauses")


def interpreter(desk: Desk, language: str = "ar", *, open_weeks: bool = True) -> Calendar:
    """One of our own interpreters, with a quarter of an hour to travel on both sides."""
    with scope.transaction(desk.town.municipality.id):
        unit = Calendar.objects.get(id=desk.town.calendars["anna"]).unit_id
        Calendar.objects.filter(kind=CalendarKind.INTERPRETER).update(active=False)
        made: Calendar = Calendar.objects.create(
            kind=CalendarKind.INTERPRETER, unit_id=unit, languages=[language], buffer_before=15, buffer_after=15
        )
        for weekday in range(1, 6) if open_weeks else ():
            OpeningRule.objects.create(
                calendar=made, weekday=weekday, from_minute=0, to_minute=1440, forms=["video", "phone"], step=5
            )
        return made


def learns_arabic(desk: Desk, ours: Calendar) -> None:
    """From now on they can be given to a meeting in Arabic, and none was booked with them."""
    with scope.transaction(desk.town.municipality.id):
        Calendar.objects.filter(id=ours.id).update(languages=["ar"])


def need(desk: Desk, booking: UUID) -> Need:
    with scope.transaction(desk.town.municipality.id):
        return Need.objects.select_related("calendar").get(booking=booking, kind="interpreter")


def test_our_own_interpreter_is_claimed_and_confirmed_at_once(desk: Desk) -> None:
    ours = interpreter(desk)
    made = book_directly(
        actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"), needs=(ARABIC, PAUSES)
    )
    officer, other = sorted(desk.claims(made), key=lambda claim: claim.role != "officer")
    assert (other.role, other.calendar_id, other.state) == ("interpreter", ours.id, "booked")
    assert (other.from_tick - other.block_from, other.block_to - other.to_tick) == (3, 3)
    assert officer.to_tick - officer.from_tick == 14, "45 minutes by 150 percent, rounded up to 5: 70"
    found = need(desk, made.id)
    assert (found.state, found.calendar_id) == ("confirmed", ours.id)
    assert desk.tasks(made) == []


def test_without_one_of_our_own_an_interpreter_is_to_be_ordered(desk: Desk) -> None:
    interpreter(desk, "so")
    made = book_directly(actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"), needs=(ARABIC,))
    assert need(desk, made.id).state == "wanted"
    assert desk.tasks(made) == [("order_interpreter", None)]
    with scope.transaction(desk.town.municipality.id):
        due = Task.objects.get(booking=made).due_at
    zone = ZoneInfo("Europe/Stockholm")
    before = made.starts_at.astimezone(zone).date() - due.astimezone(zone).date()
    assert before >= timedelta(days=2) or due <= timezone.now()
    assert made.to_tick - made.from_tick == 14


def test_two_meetings_do_not_share_an_interpreter(desk: Desk) -> None:
    interpreter(desk)
    first = book_directly(actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"), needs=(ARABIC,))
    again = desk.wanted(first.from_tick, resident=desk.town.persons["hans"])
    second = book_directly(actor=desk.cast("anna"), wanted=again, contact=TOLD, key=key("c"), needs=(ARABIC,))
    assert (need(desk, first.id).state, need(desk, second.id).state) == ("confirmed", "wanted")


def test_an_order_goes_its_way_and_the_booking_is_ready_then(desk: Desk) -> None:
    interpreter(desk, "so")
    made = book_directly(
        actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"), needs=(ARABIC,), read_aloud=True
    )
    who, found = desk.coordinator(), need(desk, made.id)
    set_need_state(actor=who, need=found.id, state="ordered", order="T-4711")
    assert desk.stored(made).state == "confirmed"
    assert desk.tasks(made) == [("order_interpreter", None)]
    set_need_state(actor=who, need=found.id, state="confirmed")
    assert (desk.stored(made).state, desk.tasks(made)) == ("ready", [])
    assert need(desk, made.id).order == "T-4711"
    set_need_state(actor=who, need=found.id, state="withdrawn")
    assert (desk.stored(made).state, desk.tasks(made)) == ("confirmed", [("order_interpreter", None)])


def test_a_coordinator_gives_an_interpreter_of_ours_to_a_meeting(desk: Desk) -> None:
    ours = interpreter(desk, "fa")
    with pytest.raises(NotAllowed):
        set_need_state(actor=desk.cast("bo"), need=ours.uuid, state="confirmed")
    made = book_directly(actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"), needs=(ARABIC,))
    who, found = desk.coordinator(), need(desk, made.id).id
    with pytest.raises(SlotTaken):
        set_need_state(actor=who, need=found, state="confirmed", calendar=ours.uuid)  # who does not speak it
    learns_arabic(desk, ours)
    set_need_state(actor=who, need=found, state="confirmed", calendar=ours.uuid)
    assert [claim.role for claim in desk.claims(made)] == ["interpreter", "officer"]
    officers = desk.stored(made).calendar.uuid
    with pytest.raises(NotOffered):
        set_need_state(actor=who, need=found, state="confirmed", calendar=officers)


def test_an_interpreter_follows_a_move_and_leaves_with_a_cancelled_meeting(desk: Desk) -> None:
    ours = interpreter(desk)
    made = book_directly(actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"), needs=(ARABIC,))
    start = desk.free(made, n=200)[-1]
    moved = move(actor=desk.cast("bo"), booking=made.id, start=start, sequence=0, key=key("m"))
    assert {(claim.role, claim.from_tick) for claim in desk.claims(moved)} == {
        ("officer", start),
        ("interpreter", start),
    }
    assert need(desk, made.id).calendar_id == ours.id
    cancel(actor=desk.cast("bo"), booking=made.id, key=key("c"))
    assert desk.claims(made) == []
    assert need(desk, made.id).state == "withdrawn"
    assert desk.tasks(made) == []


def test_a_move_without_the_interpreter_asks_for_a_new_order(desk: Desk) -> None:
    ours = interpreter(desk)
    made = book_directly(actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"), needs=(ARABIC,))
    with scope.transaction(desk.town.municipality.id):
        Calendar.objects.filter(id=ours.id).update(active=False)
    start = desk.free(made, n=200)[-1]
    move(actor=desk.cast("bo"), booking=made.id, start=start, sequence=0, key=key("m"))
    assert [claim.role for claim in desk.claims(made)] == ["officer"]
    assert (need(desk, made.id).state, desk.tasks(made)) == ("wanted", [("order_interpreter", None)])


def test_needs_are_said_anew_and_what_stays_keeps_its_state(desk: Desk) -> None:
    ours = interpreter(desk)
    made = book_directly(actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"), needs=(ARABIC,))
    set_needs(actor=desk.cast("bo"), booking=made.id, needs=(ARABIC, PAUSES))
    assert need(desk, made.id).calendar_id == ours.id
    set_needs(actor=desk.cast("bo"), booking=made.id, needs=(PAUSES,))
    assert [claim.role for claim in desk.claims(made)] == ["officer"]
    set_needs(actor=desk.cast("bo"), booking=made.id, needs=(PAUSES, WantedNeed("sign", "swl")))
    assert desk.tasks(made) == [("order_interpreter", None)]
    with pytest.raises(NotAllowed):
        set_needs(actor=desk.cast("eva"), booking=made.id, needs=())
    cancel(actor=desk.cast("bo"), booking=made.id, key=key("c"))
    with pytest.raises(WrongState):
        set_needs(actor=desk.cast("bo"), booking=made.id, needs=())


def test_an_order_that_stands_outside_is_to_be_cancelled_there(desk: Desk) -> None:
    interpreter(desk, "so")
    made = book_directly(actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"), needs=(ARABIC,))
    set_need_state(actor=desk.coordinator(), need=need(desk, made.id).id, state="ordered", order="T-1")
    cancel(actor=desk.cast("bo"), booking=made.id, key=key("c"))
    assert desk.tasks(made) == [("order_interpreter", None)]


def test_an_interpreter_who_is_taken_is_not_given_twice(desk: Desk) -> None:
    ours = interpreter(desk, "fa")
    start = desk.town.first_free(days=3)[0]
    persons = ("bo", "hans")
    made = [
        book_directly(
            actor=desk.cast("anna"),
            wanted=desk.wanted(start, resident=desk.town.persons[who]),
            contact=TOLD,
            key=key(who),
            needs=(ARABIC,),
        )
        for who in persons
    ]
    learns_arabic(desk, ours)
    set_need_state(actor=desk.coordinator(), need=need(desk, made[0].id).id, state="confirmed", calendar=ours.uuid)
    with pytest.raises(SlotTaken):
        set_need_state(actor=desk.coordinator(), need=need(desk, made[1].id).id, state="confirmed", calendar=ours.uuid)


def test_needs_are_deleted_a_day_after_the_meeting(desk: Desk) -> None:
    made = book_directly(actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"), needs=(PAUSES,))
    municipality = desk.town.municipality.id
    assert purge(municipality=municipality, now=made.ends_at + timedelta(hours=23)) == 0
    assert purge(municipality=municipality, now=made.ends_at + timedelta(hours=24)) == 1
    with scope.transaction(municipality):
        assert not Need.objects.exists()
