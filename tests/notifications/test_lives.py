"""Random lives of bookings, replayed to a model of a calendar program that gets its mail shuffled and doubled."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from icalendar import Calendar as Parsed

from booking.models import Booking
from booking.services import cancel, move
from identity import scope
from identity.actors import Actor
from notifications.models import Message
from tests.town import Town

Cast = Callable[[str], Actor]


class CalendarProgram:
    """Keeps, for each UID, the entry with the highest SEQUENCE, then the latest DTSTAMP (RFC 5546, 2.1.4 and 2.1.5)."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, datetime, str, datetime]] = {}

    def receive(self, invitation: str) -> None:
        """Take one REQUEST or CANCEL."""
        calendar: Any = Parsed.from_ical(invitation)
        event = calendar.walk("VEVENT")[0]
        version = (int(event["SEQUENCE"]), event["DTSTAMP"].dt, str(calendar["METHOD"]), event["DTSTART"].dt)
        kept = self._kept.get(str(event["UID"]))
        if kept is None or version[:2] > kept[:2]:
            self._kept[str(event["UID"])] = version

    def shown(self) -> dict[str, datetime]:
        """What stands in the calendar: UID and start."""
        return {uid: start for uid, (_, _, method, start) in self._kept.items() if method == "REQUEST"}


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_order_of_the_mail_the_calendar_ends_as_the_database(
    town: Town, as_actor: Cast, seed: int
) -> None:
    chance, bo = random.Random(seed), as_actor("bo")
    starts = town.first_free(days=5, n=80)
    for number in range(2):
        booked = town.booked(bo, starts[number * 40])
        for step in range(chance.randrange(3)):
            start = booked.from_tick + chance.choice([3, 6])
            booked = move(actor=bo, booking=booked.id, start=start, sequence=step, key=f"move-{number}-{step}-xxxx")
        if chance.random() < 0.4:
            cancel(actor=bo, booking=booked.id, key=f"cancel-{number}-xxxxx")
    with scope.transaction(town.municipality.id):
        mail = [row.invitation for row in Message.objects.filter(recipient=town.persons["bo"])]
        live = Booking.objects.filter(state="confirmed")
        expected = {booking.calendar_uid: booking.starts_at for booking in live}
    program = CalendarProgram()
    for invitation in chance.sample(mail * 2, len(mail) * 2):
        program.receive(invitation)
    assert program.shown() == expected
