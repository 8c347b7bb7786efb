"""When the feed says that it changed: never earlier than it said before, and later for all that left it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from booking.calendars import octets
from booking.models import Booking
from booking.search import Query, find
from booking.services import Contact, Wanted, book, cancel, hold, move
from identity import scope
from identity.actors import Actor
from tests.booking.calendars.feeds import calendar_of, events_of, get, uuid_of
from tests.town import Town

Cast = Callable[[str], Actor]
_STEPS = 12


def changed_at(response: Any) -> datetime:  # noqa: ANN401 - the test client's own response
    """What the calendar in the answer says."""
    said: datetime = calendar_of(response)["LAST-MODIFIED"].dt
    return said


def modified_at(response: Any) -> datetime:  # noqa: ANN401 - as above
    """What the answer's header says."""
    return parsedate_to_datetime(response["Last-Modified"])


class Life:
    """Bo's bookings with Anna, changed at random; the model knows only which there are."""

    def __init__(self, town: Town, bo: Actor, chance: random.Random) -> None:
        self._town, self._bo, self._chance = town, bo, chance
        self._calendar: UUID = uuid_of(town, "anna")
        self.live: list[Booking] = []

    def step(self) -> str:
        """One change; its name."""
        choices = [self._book] if len(self.live) < 2 else [self._book, self._move, self._cancel, self._cancel]
        self._chance.choice(choices)()
        return f"{len(self.live)} live"

    def _free(self) -> int:
        with scope.transaction(self._town.municipality.id):
            later = int((timezone.now() + timedelta(days=3)).timestamp()) // 300 + 1
            query = Query(self._town.types["fardtjanst"], "video", 40, from_tick=later, calendar=self._calendar)
            return self._chance.choice(find(query, now=timezone.now()).offers).tick

    def _key(self) -> str:
        return f"key-{self._chance.random()}"

    def _book(self) -> None:
        wanted = Wanted(self._town.types["fardtjanst"], "video", self._free(), self._calendar)
        held = hold(actor=self._bo, wanted=wanted)
        shown = self._town.read(self._bo, held)
        made = book(actor=self._bo, booking=held.id, contact=Contact("none"), shown=shown.id, key=self._key())
        self.live.append(made)

    def _move(self) -> None:
        old = self.live.pop(self._chance.randrange(len(self.live)))
        start = self._free()
        self.live.append(move(actor=self._bo, booking=old.id, start=start, sequence=old.sequence, key=self._key()))

    def _cancel(self) -> None:
        gone = self.live.pop(self._chance.randrange(len(self.live)))
        cancel(actor=self._bo, booking=gone.id, key=self._key())


@pytest.mark.parametrize("seed", range(4))
def test_every_change_moves_the_stamp_forward_and_none_moves_it_back(
    town: Town, as_actor: Cast, address: str, seed: int
) -> None:
    chance = random.Random(seed)
    life = Life(town, as_actor("bo"), chance)
    before = get(address)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(_STEPS):
            clock.shift(timedelta(seconds=chance.choice([0, 0, 0.4, 1, 90])))
            life.step()
            after = get(address)
            assert {str(event["UID"]) for event in events_of(after)} == {b.calendar_uid for b in life.live}
            assert changed_at(after) > changed_at(before)
            assert modified_at(before) <= modified_at(after) <= timezone.now()
            assert all(event["LAST-MODIFIED"].dt <= changed_at(after) for event in events_of(after))
            before = after
        clock.shift(timedelta(seconds=_STEPS))
        assert modified_at(get(address)) == changed_at(before)


def test_what_nobody_changed_keeps_its_stamp(anna: Booking, address: str) -> None:
    first = get(address)
    with time_machine.travel(timezone.now() + timedelta(seconds=1), tick=False):
        assert changed_at(get(address)) == changed_at(first)


def test_a_program_that_knows_no_tags_is_answered_by_date(as_actor: Cast, anna: Booking, address: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=5), tick=False) as clock:
        first = get(address)
        known = {"If-Modified-Since": first["Last-Modified"]}
        same = get(address, **known)
        assert (same.status_code, same.content, same["Last-Modified"]) == (304, b"", first["Last-Modified"])
        cancel(actor=as_actor("bo"), booking=anna.id, key="c" * 16)
        clock.shift(timedelta(seconds=1))
        assert get(address, **known).status_code == 200


def test_a_tag_that_is_not_ours_beats_a_date_that_is(anna: Booking, address: str) -> None:
    first = get(address)
    asked = {"If-None-Match": '"other"', "If-Modified-Since": first["Last-Modified"]}
    assert get(address, **asked).status_code == 200
    assert get(address, **{"If-None-Match": first["ETag"], "If-Modified-Since": "nonsense"}).status_code == 304
    assert get(address, **{"If-Modified-Since": "nonsense"}).status_code == 200


@override_settings(FEED_GZIP=False)
def test_the_date_moves_with_the_window_at_a_swedish_midnight(anna: Booking, address: str) -> None:
    midnight = datetime.combine(anna.starts_at.astimezone(octets.ZONE), datetime.min.time(), octets.ZONE)
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False) as clock:
        known = {"If-Modified-Since": get(address)["Last-Modified"]}
        assert get(address, **known).status_code == 304
        clock.shift(timedelta(seconds=1))
        moved = get(address, **known)
    assert (moved.status_code, modified_at(moved)) == (200, midnight.astimezone(UTC))
