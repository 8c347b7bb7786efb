"""From a free time to a booking, through the real use cases on the real database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from booking.deciding import deciding, lock_calendars
from booking.errors import (
    BeyondHorizon,
    HoldExpired,
    KeyReused,
    LimitReached,
    NotOffered,
    SlotTaken,
    TooSoon,
    WrongState,
)
from booking.models import Absence, Booking, BookingChange, Occupancy, Party, Service
from booking.services import Contact, Wanted, book, extend_hold, hold, release
from booking.timeline import instant, tick_of
from identity import scope
from identity.actors import Actor
from identity.errors import NotAllowed
from tests.town import BY_EMAIL, Town

Cast = Callable[[str], Actor]


def _expire(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        Occupancy.objects.filter(state="hold").update(expires_at=datetime.now(UTC) - timedelta(seconds=1))


def test_a_hold_claims_the_time_for_ten_minutes_by_the_database_clock(town: Town, as_actor: Cast) -> None:
    held = town.held(as_actor("bo"))
    with scope.transaction(town.municipality.id), connection.cursor() as cursor:
        claim = Occupancy.objects.get(booking=held)
        cursor.execute("SELECT clock_timestamp()")
        left = claim.expires_at - cursor.fetchone()[0]
    assert claim.live
    assert claim.state == "hold"
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
    assert held.calendar_uid.endswith("@testserver")


def test_a_held_time_is_not_offered_again_on_that_calendar(town: Town, as_actor: Cast) -> None:
    start = town.first_free(days=3)[0]
    for who in ("bo", "hans", "dan"):
        town.held(as_actor(who), start)
    with pytest.raises(SlotTaken) as refused:
        hold(actor=as_actor("farid"), wanted=Wanted(town.types["fardtjanst"], "video", start))
    assert len(refused.value.alternatives) == 3
    assert all(tick_of(slot.start) != start for slot in refused.value.alternatives)


def test_holds_go_to_the_calendar_with_the_least_booked_time(town: Town, as_actor: Cast) -> None:
    start = town.first_free(days=3)[0]
    calendars = {town.held(as_actor(who), start).calendar_id for who in ("bo", "hans", "dan")}
    assert len(calendars) == 3


def test_a_third_live_hold_is_refused(town: Town, as_actor: Cast) -> None:
    starts = town.first_free(days=3, n=9)
    town.held(as_actor("bo"), starts[0])
    town.held(as_actor("bo"), starts[8])
    with pytest.raises(LimitReached) as refused:
        town.held(as_actor("bo"), starts[4])
    assert refused.value.code == "hold_limit"


def test_holds_that_ran_out_do_not_count_against_the_limit(town: Town, as_actor: Cast) -> None:
    starts = town.first_free(days=3, n=9)
    for start in (starts[0], starts[8]):
        town.held(as_actor("bo"), start)
    _expire(town)
    town.held(as_actor("bo"), starts[4])


def test_a_hold_that_ran_out_gives_way_to_the_next_person(town: Town, as_actor: Cast) -> None:
    start = town.first_free("ekonomi", days=3)[0]
    wanted = Wanted(town.types["ekonomi"], "video", start)
    hold(actor=as_actor("bo"), wanted=wanted)
    _expire(town)
    taken = hold(actor=as_actor("hans"), wanted=wanted)
    with scope.transaction(town.municipality.id):
        assert Occupancy.objects.get(calendar=taken.calendar_id, live=True).booking_id == taken.id


def test_more_time_counts_from_now_and_ends_after_ten(town: Town, as_actor: Cast) -> None:
    held = town.held(as_actor("bo"))
    for _ in range(10):
        extend_hold(actor=as_actor("bo"), booking=held.id)
    with pytest.raises(LimitReached) as refused:
        extend_hold(actor=as_actor("bo"), booking=held.id)
    assert refused.value.code == "extension_limit"


def test_more_time_after_the_end_takes_a_free_time_again_but_not_a_taken_one(town: Town, as_actor: Cast) -> None:
    start = town.first_free(days=3)[0]
    held = town.held(as_actor("bo"), start)
    _expire(town)
    extend_hold(actor=as_actor("bo"), booking=held.id)
    others = [town.held(as_actor(who), start) for who in ("hans", "dan")]
    with pytest.raises(SlotTaken):
        town.held(as_actor("farid"), start)
    for other, who in zip(others, ("hans", "dan"), strict=True):
        release(actor=as_actor(who), booking=other.id)
    _expire(town)
    for who in ("hans", "dan", "farid"):
        town.held(as_actor(who), start)
    with pytest.raises(HoldExpired):
        extend_hold(actor=as_actor("bo"), booking=held.id)


def test_a_double_click_holds_one_time(town: Town, as_actor: Cast) -> None:
    wanted = Wanted(town.types["fardtjanst"], "video", town.first_free(days=3)[0])
    held = [hold(actor=as_actor("bo"), wanted=wanted, key="h" * 16) for _ in range(3)]
    assert len({booking.id for booking in held}) == 1
    with scope.transaction(town.municipality.id):
        assert Occupancy.objects.filter(live=True).count() == 1
    with pytest.raises(KeyReused):
        hold(actor=as_actor("bo"), wanted=replace(wanted, form="phone"), key="h" * 16)


@pytest.mark.django_db(transaction=True)
def test_an_absence_entered_while_a_hold_waits_for_the_lock_is_seen(town: Town, as_actor: Cast) -> None:
    """The re-check under the lock reads rules and absences anew."""
    start = town.first_free("ekonomi", days=3)[0]
    wanted, bo = Wanted(town.types["ekonomi"], "video", start), as_actor("bo")
    locked, refused = threading.Event(), []

    def absent() -> None:
        with deciding(town.municipality.id):
            lock_calendars([town.calendars["lena"]])
            locked.set()
            time.sleep(0.5)
            from_at, to_at = instant(start - 12), instant(start + 24)
            Absence.objects.create(calendar_id=town.calendars["lena"], from_at=from_at, to_at=to_at)
        connection.close()

    other = threading.Thread(target=absent)
    other.start()
    locked.wait(10)
    try:
        hold(actor=bo, wanted=wanted)
    except SlotTaken as error:
        refused.append(error)
    other.join()
    assert refused


def test_a_meeting_that_has_begun_cannot_be_booked_any_more(town: Town, as_actor: Cast) -> None:
    held = town.held(as_actor("bo"))
    shown = town.read(as_actor("bo"), held)
    with scope.transaction(town.municipality.id):
        Occupancy.objects.update(expires_at=datetime.now(UTC) + timedelta(days=30))
    with time_machine.travel(held.starts_at + timedelta(minutes=1), tick=False), pytest.raises(SlotTaken):
        book(actor=as_actor("bo"), booking=held.id, contact=BY_EMAIL, shown=shown.id, key="k" * 16)


def test_a_service_that_is_not_published_offers_nothing(town: Town, as_actor: Cast) -> None:
    start = town.first_free(days=3)[0]
    with scope.transaction(town.municipality.id):
        Service.objects.update(published=False)
    with pytest.raises(NotOffered):
        town.held(as_actor("bo"), start)


def test_letting_go_frees_the_time_at_once(town: Town, as_actor: Cast) -> None:
    start = town.first_free(days=3)[0]
    held = town.held(as_actor("bo"), start)
    release(actor=as_actor("bo"), booking=held.id)
    release(actor=as_actor("bo"), booking=held.id)
    assert start in town.first_free(days=3, n=3)


def test_booking_turns_the_hold_into_a_claim_in_place(town: Town, as_actor: Cast) -> None:
    booked = town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        claim = Occupancy.objects.get(booking=booked)
        roles = sorted(Party.objects.filter(booking=booked).values_list("role", flat=True))
        change = BookingChange.objects.get(booking=booked)
        stored = Booking.objects.get(id=booked.id)
    assert (claim.state, claim.expires_at, claim.live) == ("booked", None, True)
    assert claim.block_to - claim.to_tick == 3
    assert roles == ["officer", "resident"]
    assert (change.event, change.state_before, change.state_after) == ("confirm", "held", "confirmed")
    assert stored.contact_to == BY_EMAIL.to
    assert stored.vevent.tobytes().startswith(b"BEGIN:VEVENT") if hasattr(stored.vevent, "tobytes") else stored.vevent


def test_a_lapsed_hold_is_taken_again_silently_if_still_free(town: Town, as_actor: Cast) -> None:
    held = town.held(as_actor("bo"))
    shown = town.read(as_actor("bo"), held)
    _expire(town)
    booked = book(actor=as_actor("bo"), booking=held.id, contact=BY_EMAIL, shown=shown.id, key="k" * 16)
    assert booked.state == "confirmed"


def test_a_lapsed_hold_that_somebody_else_took_offers_three_others_and_keeps_the_answers(
    town: Town, as_actor: Cast
) -> None:
    start = town.first_free(days=3)[0]
    held = town.held(as_actor("bo"), start)
    shown = town.read(as_actor("bo"), held)
    _expire(town)
    for who in ("hans", "dan", "farid"):
        town.held(as_actor(who), start)
    with pytest.raises(SlotTaken) as refused:
        book(actor=as_actor("bo"), booking=held.id, contact=BY_EMAIL, shown=shown.id, key="k" * 16)
    assert len(refused.value.alternatives) == 3
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get(id=held.id).state == "held"


def test_without_the_ticked_text_nothing_is_booked(town: Town, as_actor: Cast) -> None:
    held = town.held(as_actor("bo"))
    with pytest.raises(WrongState):
        book(actor=as_actor("bo"), booking=held.id, contact=BY_EMAIL, shown=uuid4(), key="k" * 16)


def test_the_text_of_another_booking_does_not_count(town: Town, as_actor: Cast) -> None:
    starts = town.first_free(days=3, n=9)
    first, second = town.held(as_actor("bo"), starts[0]), town.held(as_actor("bo"), starts[8])
    shown = town.read(as_actor("bo"), first)
    with pytest.raises(WrongState):
        book(actor=as_actor("bo"), booking=second.id, contact=BY_EMAIL, shown=shown.id, key="k" * 16)


def test_the_same_key_books_once(town: Town, as_actor: Cast) -> None:
    held = town.held(as_actor("bo"))
    shown = town.read(as_actor("bo"), held)
    again = [
        book(actor=as_actor("bo"), booking=held.id, contact=BY_EMAIL, shown=shown.id, key="k" * 16) for _ in range(2)
    ]
    assert again[0].id == again[1].id
    with scope.transaction(town.municipality.id):
        assert BookingChange.objects.count() == 1
    with pytest.raises(KeyReused):
        book(actor=as_actor("bo"), booking=held.id, contact=Contact("none"), shown=shown.id, key="k" * 16)


def test_somebody_elses_hold_is_the_404_of_nothing(town: Town, as_actor: Cast) -> None:
    held = town.held(as_actor("bo"))
    for stranger in ("eva", "anna", "cia", "dan"):
        with pytest.raises(NotAllowed):
            book(actor=as_actor(stranger), booking=held.id, contact=BY_EMAIL, shown=uuid4(), key="k" * 16)
    with pytest.raises(NotAllowed):
        book(actor=as_actor("bo"), booking=uuid4(), contact=BY_EMAIL, shown=uuid4(), key="k" * 16)


def test_past_foreign_and_unknown_times_are_refused(town: Town, as_actor: Cast) -> None:
    past = tick_of(datetime(2026, 1, 5, 9, tzinfo=UTC))
    with pytest.raises(BeyondHorizon):
        hold(
            actor=as_actor("bo"),
            wanted=Wanted(town.types["fardtjanst"], "video", tick_of(datetime(2099, 6, 1, 9, tzinfo=UTC))),
        )
    with pytest.raises(TooSoon):
        hold(actor=as_actor("bo"), wanted=Wanted(town.types["fardtjanst"], "video", past))
    with pytest.raises(NotOffered):
        hold(actor=as_actor("bo"), wanted=Wanted(uuid4(), "video", past))
    with pytest.raises(NotOffered):
        hold(actor=as_actor("bo"), wanted=Wanted(town.types["ekonomi"], "home", past))


def test_nobody_signed_in_holds_nothing(town: Town) -> None:
    with pytest.raises(NotAllowed):
        hold(
            actor=Actor(town.municipality.id),
            wanted=Wanted(town.types["fardtjanst"], "video", town.first_free(days=3)[0]),
        )
