"""An offered time is taken once: booked, or the old one moved; never two times, never none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from booking.errors import HoldExpired, KeyReused, LimitReached, NotOffered, TooLate, WrongState
from booking.guidance import texts
from booking.models import Booking, BookingChange, MeetingType, Occupancy, Party, Task, Wish, WishOffer, WishState
from booking.services.waiting import (
    WantedWish,
    accept_offer,
    decline_offer,
    join_waiting_list,
    leave_waiting_list,
    wait_again,
)
from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed, SignInRefused
from identity.models import Municipality
from tests.booking.queue import NONE, Queue, morning
from tests.town import BY_EMAIL, Town, build

Cast = Callable[[str], Actor]


@pytest.fixture
def queue(town: Town) -> Queue:
    return Queue(town)


def shown(queue: Queue, offer: WishOffer) -> UUID:
    """The text as the page of the offer shows it."""
    with scope.transaction(queue.town.municipality.id):
        assert offer.booking is not None
        return texts.record_shown(booking=offer.booking, text=texts.text_for("B8", "sv"), role="resident").id


def take(queue: Queue, actor: Actor, offer: WishOffer, key: str = "") -> Booking:
    return accept_offer(actor=actor, offer=offer.id, key=key or uuid4().hex, shown=shown(queue, offer))


def test_an_accepted_offer_is_a_booking_with_the_wishs_contact(queue: Queue, as_actor: Cast) -> None:
    wish = queue.join(as_actor("bo"))
    (offer,) = queue.ask()
    booked = take(queue, as_actor("bo"), offer)
    assert booked.id == offer.booking_id
    assert (booked.state, booked.contact_to) == ("confirmed", BY_EMAIL.to)
    assert [state for _, _, state in queue.claims(booked.id)] == ["booked"]
    assert queue.wish(wish).state == WishState.MET
    assert queue.offer(offer.id).outcome == "accepted"
    with scope.transaction(queue.town.municipality.id):
        assert set(Party.objects.filter(booking=booked).values_list("role", flat=True)) == {"resident", "officer"}


def test_the_old_time_moves_and_keeps_its_id(queue: Queue, as_actor: Cast, town: Town) -> None:
    old = town.booked(as_actor("bo"), town.first_free(days=8)[0])
    queue.join(as_actor("bo"), booking=old.id)
    (offer,) = queue.ask()
    moved = accept_offer(actor=as_actor("bo"), offer=offer.id, key=uuid4().hex)
    assert moved.id == old.id
    assert moved.sequence == old.sequence + 1
    assert moved.from_tick < old.from_tick
    assert queue.claims(old.id) == [(moved.calendar_id, moved.from_tick, "booked")]
    assert queue.claims(offer.booking_id) == []
    with scope.transaction(town.municipality.id):
        officers = Party.objects.filter(booking=moved, role="officer").values_list("person", flat=True)
        assert list(officers) == [moved.calendar.person_id]


def test_taking_it_twice_answers_the_same(queue: Queue, as_actor: Cast, town: Town) -> None:
    old = town.booked(as_actor("bo"), town.first_free(days=8)[0])
    queue.join(as_actor("bo"), booking=old.id)
    (offer,) = queue.ask()
    keys = ("one-key-of-many-letters", "one-key-of-many-letters", "another-key-of-many-letters")
    answers = [accept_offer(actor=as_actor("bo"), offer=offer.id, key=key) for key in keys]
    assert {(answer.id, answer.from_tick) for answer in answers} == {(old.id, answers[0].from_tick)}


def test_an_offer_that_ran_out_books_nothing_and_keeps_the_old_time(queue: Queue, as_actor: Cast, town: Town) -> None:
    old = town.booked(as_actor("bo"), town.first_free(days=8)[0])
    queue.join(as_actor("bo"), booking=old.id)
    (offer,) = queue.ask()
    queue.run_out()
    with pytest.raises(HoldExpired):
        accept_offer(actor=as_actor("bo"), offer=offer.id, key=uuid4().hex)
    assert queue.claims(old.id) == [(old.calendar_id, old.from_tick, "booked")]


def test_an_old_time_that_was_cancelled_leaves_a_new_booking(queue: Queue, as_actor: Cast, town: Town) -> None:
    old = town.booked(as_actor("bo"), town.first_free(days=8)[0])
    queue.join(as_actor("bo"), booking=old.id)
    (offer,) = queue.ask()
    with scope.transaction(town.municipality.id):
        Occupancy.objects.filter(booking=old).update(live=False)
        Booking.objects.filter(id=old.id).update(state="cancelled_by_resident")
    assert take(queue, as_actor("bo"), offer).id == offer.booking_id


def test_nothing_is_booked_without_the_text_that_was_shown(queue: Queue, as_actor: Cast) -> None:
    queue.join(as_actor("bo"))
    (offer,) = queue.ask()
    for text in (None, uuid4()):
        with pytest.raises(WrongState):
            accept_offer(actor=as_actor("bo"), offer=offer.id, key=uuid4().hex, shown=text)
    assert queue.state(offer.booking_id) == "held"


def test_a_declined_time_goes_on_and_the_place_is_kept(queue: Queue, as_actor: Cast) -> None:
    wish = queue.join(as_actor("bo"))
    (offer,) = queue.ask()
    for _ in range(2):
        assert decline_offer(actor=as_actor("bo"), offer=offer.id).outcome == "declined"
    assert queue.wish(wish).state == WishState.WAITING
    assert queue.claims(offer.booking_id) == []
    with pytest.raises(HoldExpired):
        take(queue, as_actor("bo"), offer)


def test_an_officer_of_the_unit_answers_for_who_was_rung(queue: Queue, as_actor: Cast, town: Town) -> None:
    queue.join(as_actor("bo"), contact=NONE)
    (offer,) = queue.ask()
    booked = accept_offer(actor=as_actor("anna"), offer=offer.id, key=uuid4().hex)
    assert (booked.state, booked.asked_how, booked.booked_by_id) == ("confirmed", "phone", town.persons["anna"])
    with scope.transaction(town.municipality.id):
        assert Task.objects.get().done_by_id == town.persons["anna"]


@pytest.mark.parametrize("who", ["hans", "cia"])
def test_a_stranger_and_an_officer_elsewhere_answer_nothing(queue: Queue, as_actor: Cast, who: str) -> None:
    wish = queue.join(as_actor("bo"))
    (offer,) = queue.ask()
    for act in (
        lambda: accept_offer(actor=as_actor(who), offer=offer.id, key=uuid4().hex),
        lambda: decline_offer(actor=as_actor(who), offer=offer.id),
        lambda: leave_waiting_list(actor=as_actor(who), wish=wish.id),
        lambda: wait_again(actor=as_actor(who), wish=wish.id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_who_signed_in_by_less_than_the_type_asks_is_sent_to_sign_in_better(queue: Queue, as_actor: Cast) -> None:
    with pytest.raises(SignInRefused):
        queue.join(replace(as_actor("bo"), level="LOA2"))


def test_a_place_is_taken_once_for_one_key(queue: Queue, as_actor: Cast) -> None:
    wanted = WantedWish(queue.town.types["fardtjanst"], "video", BY_EMAIL)
    key = "a-key-with-twenty-letters"
    places = {join_waiting_list(actor=as_actor("bo"), wanted=wanted, key=key).id for _ in range(3)}
    assert len(places) == 1
    with pytest.raises(KeyReused):
        join_waiting_list(actor=as_actor("bo"), wanted=replace(wanted, form="phone"), key=key)


def test_a_fourth_place_is_refused(queue: Queue, as_actor: Cast) -> None:
    for _ in range(3):
        queue.join(as_actor("bo"))
    with pytest.raises(LimitReached) as refused:
        queue.join(as_actor("bo"))
    assert refused.value.code == "wish_limit"


@pytest.mark.parametrize(
    "wrong",
    [
        {"form": "phone"},
        {"weekdays": (0,)},
        {"weekdays": (8,)},
        {"parts": ("night",)},
        {"notice_minutes": 86_401},
        {"calendar": UUID(int=0)},
        {"booking": UUID(int=0)},
        {"earliest": morning(9).date(), "latest": morning(8).date()},
    ],
)
def test_what_is_not_offered_is_refused(queue: Queue, as_actor: Cast, wrong: dict[str, Any]) -> None:
    with scope.transaction(queue.town.municipality.id):
        MeetingType.objects.filter(id=queue.town.types["fardtjanst"]).update(forms=["video"])
    with pytest.raises(NotOffered):
        queue.join(as_actor("bo"), **wrong)


def test_a_last_day_that_has_been_is_too_late(queue: Queue, as_actor: Cast) -> None:
    with pytest.raises(TooLate):
        queue.join(as_actor("bo"), latest=morning(-1).date())


def test_a_wish_that_rests_waits_again_with_its_age(queue: Queue, as_actor: Cast) -> None:
    wish = queue.join(as_actor("bo"))
    with scope.transaction(queue.town.municipality.id):
        Wish.objects.filter(id=wish.id).update(state=WishState.RESTING, unanswered=3)
    assert wait_again(actor=as_actor("bo"), wish=wish.id).state == WishState.WAITING
    assert queue.wish(wish).unanswered == 0
    assert queue.wish(wish).made_at == wish.made_at
    leave_waiting_list(actor=as_actor("bo"), wish=wish.id)
    with pytest.raises(WrongState):
        wait_again(actor=as_actor("bo"), wish=wish.id)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_answer_one_offer_at_once_exactly_one_wins(municipality: Municipality, as_actor: Cast) -> None:
    town = build(municipality)
    queue, barrier = Queue(town), threading.Barrier(8)
    bo = as_actor("bo")
    old = town.booked(bo, town.first_free(days=8)[0])
    queue.join(bo, booking=old.id)
    (offer,) = queue.ask()
    ends: list[str] = []

    def accept() -> None:
        barrier.wait()
        try:
            ends.append(str(accept_offer(actor=bo, offer=offer.id, key=uuid4().hex).from_tick))
        except HoldExpired:
            ends.append("expired")
        finally:
            connection.close()

    def lapse() -> None:
        barrier.wait()
        queue.lapse(offer.expires_at)
        connection.close()

    threads = [threading.Thread(target=act) for act in (*[accept] * 7, lapse)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    outcome = queue.offer(offer.id).outcome
    assert len(ends) == 7
    assert outcome in ("accepted", "lapsed")
    ((_, tick, state),) = queue.claims(old.id)
    assert state == "booked"
    assert queue.claims(offer.booking_id) == []
    with scope.transaction(municipality.id):
        moves = BookingChange.objects.filter(booking=old, event="move").count()
    assert moves == (outcome == "accepted")
    assert set(ends) == ({str(tick)} if outcome == "accepted" else {"expired"})
