"""Time that falls free is offered: the oldest suiting wish first, one at a time, never at night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone

from booking import jobs
from booking.models import Calendar, Task, TaskKind, WishState
from booking.services import cancel
from booking.services.waiting import leave_waiting_list
from booking.timeline import instant
from booking.wording import ZONE
from identity import scope
from identity.actors import Actor
from identity.models import NamedReader, Person
from notifications.models import Message
from tests.booking.queue import NONE, Queue, morning
from tests.town import Town

Cast = Callable[[str], Actor]


@pytest.fixture
def queue(town: Town) -> Queue:
    return Queue(town)


def protect(town: Town, who: str) -> None:
    with scope.transaction(town.municipality.id):
        Person.objects.filter(cast_name=who).update(marked=True)


def test_the_oldest_wish_gets_the_first_suiting_time_held_for_half_an_hour(queue: Queue, as_actor: Cast) -> None:
    first = queue.join(as_actor("bo"))
    offers = queue.ask()
    assert [offer.wish_id for offer in offers] == [first.id]
    (claim,) = queue.claims(offers[0].booking_id)
    assert claim[2] == "hold"
    assert queue.state(offers[0].booking_id) == "held"
    assert offers[0].expires_at - offers[0].made_at in (timedelta(minutes=15), timedelta(minutes=30))
    assert queue.wish(first).state == WishState.OFFERED


def test_who_is_being_asked_is_not_asked_once_more(queue: Queue, as_actor: Cast) -> None:
    queue.join(as_actor("bo"))
    assert len(queue.ask()) == 1
    assert queue.ask() == []


def test_two_free_times_run_two_offers_that_do_not_overlap(queue: Queue, as_actor: Cast) -> None:
    for who in ("bo", "hans", "dan"):
        queue.join(as_actor(who))
    offers = queue.ask()
    assert len(offers) == 3
    places = {queue.claims(offer.booking_id)[0][:2] for offer in offers}
    assert len(places) == 3


def test_the_older_wish_is_first_when_only_one_can_be_served(queue: Queue, as_actor: Cast, town: Town) -> None:
    with scope.transaction(town.municipality.id):
        one = Calendar.objects.get(id=town.calendars["anna"])
        Calendar.objects.exclude(id=one.id).update(active=False)
    start = town.first_free(days=3)[0]
    day = instant(start).astimezone(ZONE).date()
    wanted: Any = {"earliest": day, "latest": day}
    older, younger = queue.join(as_actor("bo"), **wanted), queue.join(as_actor("hans"), **wanted)
    offers = queue.ask()
    assert [offer.wish_id for offer in offers] == [older.id, younger.id]
    assert offers[0].booking.from_tick < offers[1].booking.from_tick


def test_nobody_is_asked_at_night(queue: Queue, as_actor: Cast) -> None:
    queue.join(as_actor("bo"))
    assert queue.ask(morning() + timedelta(hours=12)) == []
    assert len(queue.ask(morning(2))) == 1


def test_no_answer_costs_no_place_and_three_make_the_wish_rest(queue: Queue, as_actor: Cast) -> None:
    wish, made_at = queue.join(as_actor("bo")), None
    for day in (1, 2, 3):
        (offer,) = queue.ask(morning(day))
        assert queue.lapse(offer.expires_at) == 1
        assert queue.claims(offer.booking_id) == []
        now = queue.wish(wish)
        assert now.unanswered == day
        assert now.made_at == (made_at or now.made_at)
        made_at = now.made_at
    assert queue.wish(wish).state == WishState.RESTING
    assert queue.ask(morning(4)) == []


def test_a_time_that_was_not_answered_goes_to_the_next_and_never_back(queue: Queue, as_actor: Cast) -> None:
    later = morning(6).date()
    first = queue.join(as_actor("bo"), earliest=later)
    (offer,) = queue.ask()
    queue.lapse(offer.expires_at)
    queue.join(as_actor("hans"), earliest=later)
    again, other = queue.ask(morning() + timedelta(hours=1))
    assert again.wish_id == first.id
    assert again.booking.from_tick != offer.booking.from_tick
    assert other.booking.from_tick == offer.booking.from_tick


def test_nobody_is_asked_more_than_three_times_a_day(queue: Queue, as_actor: Cast) -> None:
    wish = queue.join(as_actor("bo"))
    for hour in range(3):
        (offer,) = queue.ask(morning() + timedelta(hours=hour))
        queue.lapse(offer.expires_at)
        with scope.transaction(queue.town.municipality.id):
            type(wish).objects.filter(id=wish.id).update(state=WishState.WAITING, unanswered=0)
    assert queue.ask(morning() + timedelta(hours=4)) == []
    assert len(queue.ask(morning(2))) == 1


def test_a_wish_whose_last_day_has_been_is_past(queue: Queue, as_actor: Cast) -> None:
    today = timezone.now().astimezone(ZONE).date()
    wish = queue.join(as_actor("bo"), latest=today)
    queue.lapse(morning(1))
    assert queue.wish(wish).state == WishState.PAST


def test_who_has_no_quick_way_is_rung_within_an_hour(queue: Queue, as_actor: Cast, town: Town) -> None:
    queue.join(as_actor("bo"), contact=NONE)
    (offer,) = queue.ask()
    assert offer.by_phone
    assert offer.expires_at - offer.made_at == timedelta(minutes=60)
    with scope.transaction(town.municipality.id):
        task = Task.objects.get()
        assert Message.objects.count() == 0
    assert (task.kind, task.offer_id, task.due_at, task.done_at) == (
        TaskKind.RING_NEXT, offer.id, offer.expires_at, None
    )  # fmt: skip


def test_an_officer_who_did_not_ring_is_nobodys_silence(queue: Queue, as_actor: Cast, town: Town) -> None:
    wish = queue.join(as_actor("bo"), contact=NONE)
    (offer,) = queue.ask()
    queue.lapse(offer.expires_at)
    assert queue.wish(wish).unanswered == 0
    with scope.transaction(town.municipality.id):
        assert Task.objects.get().done_at is not None


def test_a_protected_person_is_rung_by_a_named_reader_on_that_readers_calendar(
    queue: Queue, as_actor: Cast, town: Town
) -> None:
    wish = queue.join(as_actor("bo"))
    protect(town, "bo")
    assert queue.ask() == []  # nobody is named: nobody may ring
    with scope.transaction(town.municipality.id):
        NamedReader.objects.create(person_id=wish.resident_id, reader_id=town.persons["anna"], at=timezone.now())
    (offer,) = queue.ask()
    assert offer.by_phone
    assert offer.booking.calendar_id == town.calendars["anna"]
    with scope.transaction(town.municipality.id):
        assert Task.objects.get().person_id == town.persons["anna"]
        assert Message.objects.count() == 0


def test_only_earlier_times_than_the_old_one_are_offered_in_time_to_move(
    queue: Queue, as_actor: Cast, town: Town
) -> None:
    starts = town.first_free(days=8, n=2)
    old = town.booked(as_actor("bo"), starts[0])
    queue.join(as_actor("bo"), booking=old.id)
    (offer,) = queue.ask()
    assert offer.booking.from_tick < old.from_tick


def test_leaving_lets_go_of_what_was_offered(queue: Queue, as_actor: Cast) -> None:
    wish = queue.join(as_actor("bo"))
    (offer,) = queue.ask()
    for _ in range(2):
        assert leave_waiting_list(actor=as_actor("bo"), wish=wish.id).state == WishState.WITHDRAWN
    assert queue.claims(offer.booking_id) == []
    assert queue.offer(offer.id).outcome == "declined"
    assert queue.ask() == []


def test_a_cancelled_time_rings_once_it_has_committed(
    queue: Queue, as_actor: Cast, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = town.booked(as_actor("hans"), town.first_free(days=4)[0])
    rung: list[tuple[int, list[int]]] = []
    monkeypatch.setattr(jobs.offer_freed, "apply_async", lambda args, **_: rung.append(args))
    with TestCase.captureOnCommitCallbacks(execute=True):
        cancel(actor=as_actor("hans"), booking=booked.id, key="a-key-of-sixteen-x")
    assert rung == [(town.municipality.id, [booked.calendar_id])]


def test_a_wish_hears_only_of_calendars_that_offer_its_type(queue: Queue, as_actor: Cast, town: Town) -> None:
    queue.join(as_actor("bo"))
    assert queue.ask(calendars=[]) == []
    assert len(queue.ask(calendars=[town.calendars["anna"]])) == 1


def test_the_round_of_every_minute_goes_through_every_municipality(
    queue: Queue, as_actor: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = queue.join(as_actor("bo"))
    (offer,) = queue.ask(morning(-1))
    jobs.follow_waiting_lists()
    assert queue.offer(offer.id).outcome == "lapsed"
    assert queue.wish(wish).unanswered == 1
