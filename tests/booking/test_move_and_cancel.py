"""Moving and cancelling, by resident and officer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from booking import signals
from booking.errors import KeyReused, SlotTaken, Stale, TooLate, WrongState
from booking.models import Booking, BookingChange, Occupancy
from booking.search import Query, find
from booking.services import cancel, move
from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed
from tests.town import Town

Cast = Callable[[str], Actor]


def _free_on(town: Town, booked: Booking, n: int = 9) -> list[int]:
    with scope.transaction(town.municipality.id):
        query = Query(booked.meeting_type_id, booked.form, n, calendar=booked.calendar.uuid)
        return [offer.tick for offer in find(query, now=timezone.now()).offers]


def test_a_move_keeps_booking_uid_and_calendar_and_raises_the_sequence(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))
    new = _free_on(town, booked)[-1]
    moved = move(actor=as_actor("bo"), booking=booked.id, start=new, sequence=0, key="m" * 16)
    assert (moved.id, moved.calendar_uid, moved.calendar_id) == (booked.id, booked.calendar_uid, booked.calendar_id)
    assert (moved.from_tick, moved.sequence, moved.state) == (new, 1, "confirmed")
    with scope.transaction(town.municipality.id):
        claim = Occupancy.objects.get(booking=booked, live=True)
        change = BookingChange.objects.filter(booking=booked).latest("at")
    assert claim.from_tick == new
    assert (change.event, change.from_tick_before, change.from_tick_after) == ("move", booked.from_tick, new)


def test_the_own_old_time_does_not_stand_in_the_way(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))
    beside = booked.from_tick + 3
    moved = move(actor=as_actor("bo"), booking=booked.id, start=beside, sequence=0, key="m" * 16)
    assert moved.from_tick == beside


def test_a_move_to_a_taken_time_offers_three_and_changes_nothing(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))
    with pytest.raises(SlotTaken) as refused:
        move(actor=as_actor("bo"), booking=booked.id, start=booked.from_tick + 1, sequence=0, key="m" * 16)
    assert len(refused.value.alternatives) == 3
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get(id=booked.id).from_tick == booked.from_tick


def test_a_move_from_an_old_page_is_stale(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))
    with pytest.raises(Stale):
        move(actor=as_actor("bo"), booking=booked.id, start=_free_on(town, booked)[0], sequence=7, key="m" * 16)


def test_a_moves_key_answers_the_same_move_and_no_other(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))
    new = _free_on(town, booked)[-1]
    moved = [move(actor=as_actor("bo"), booking=booked.id, start=new, sequence=0, key="m" * 16) for _ in range(2)]
    assert [row.sequence for row in moved] == [1, 1]
    with pytest.raises(KeyReused):
        move(actor=as_actor("bo"), booking=booked.id, start=new, sequence=1, key="m" * 16)


def test_inside_the_limit_the_resident_must_call_but_the_officer_may_move(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))
    officer = next(k for k, c in town.calendars.items() if c == booked.calendar_id)
    near = booked.starts_at - timedelta(hours=20)
    with time_machine.travel(near, tick=False):
        new = _free_on(town, booked)[-1]
        with pytest.raises(TooLate):
            move(actor=as_actor("bo"), booking=booked.id, start=new, sequence=0, key="m" * 16)
        with pytest.raises(WrongState):
            move(actor=as_actor(officer), booking=booked.id, start=new, sequence=0, key="n" * 16)
        moved = move(actor=as_actor(officer), booking=booked.id, start=new, sequence=0, key="m" * 16, agreed=True)
    assert moved.from_tick == new


def test_cancelling_frees_the_time_at_once_and_twice_is_once(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))
    first = cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)
    second = cancel(actor=as_actor("bo"), booking=booked.id, key="d" * 16)
    assert first.state == second.state == "cancelled_by_resident"
    assert second.sequence == 1
    assert booked.from_tick in _free_on(town, booked, n=200)


def test_an_officer_cancels_with_a_reason_only(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))
    officer = next(k for k, c in town.calendars.items() if c == booked.calendar_id)
    with pytest.raises(WrongState):
        cancel(actor=as_actor(officer), booking=booked.id, key="c" * 16)
    done = cancel(actor=as_actor(officer), booking=booked.id, key="c" * 16, reason="illness")
    assert done.state == "cancelled_by_officer"


def test_after_the_start_a_resident_cannot_cancel(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))
    with time_machine.travel(booked.starts_at, tick=False), pytest.raises(TooLate):
        cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)


@pytest.mark.parametrize("stranger", ["eva", "cia", "dan", "farid"])
def test_strangers_neither_move_nor_cancel(town: Town, as_actor: Cast, stranger: str) -> None:
    booked = town.booked(as_actor("bo"))
    with pytest.raises(NotAllowed):
        cancel(actor=as_actor(stranger), booking=booked.id, key="c" * 16)
    with pytest.raises(NotAllowed):
        move(actor=as_actor(stranger), booking=booked.id, start=booked.from_tick + 3, sequence=0, key="m" * 16)


def test_if_a_receiver_fails_the_cancellation_fails_too(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))

    def refuse(**_: object) -> None:
        raise RuntimeError("no outbox")

    signals.booking_cancelled.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)
    finally:
        signals.booking_cancelled.disconnect(refuse)
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get(id=booked.id).state == "confirmed"
        assert Occupancy.objects.filter(booking=booked, live=True).exists()
