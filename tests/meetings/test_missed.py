"""Somebody did not come: the meeting is closed to everybody, and open again when it was a mistake."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from booking import services
from identity.errors import NotAllowed
from meetings.lobby import State
from tests.meetings.people import Party

pytestmark = pytest.mark.django_db(transaction=True)


def test_nobody_enters_a_missed_meeting_until_it_is_taken_back(party: Party) -> None:
    booking = party.booking()
    with time_machine.travel(booking.starts_at + timedelta(minutes=11), tick=False):
        officer = party.actor("anna")
        host = party.come("anna")
        services.mark_no_show(actor=officer, booking=booking.id, key="missed".ljust(16, "."), call="tried")
        assert party.meeting().ended_at is not None
        assert party.row(host).state == State.LEFT
        for name in ("bo", "anna"):
            with pytest.raises(NotAllowed):
                party.enter(party.actor(name))
        services.undo_no_show(actor=officer, booking=booking.id, key="came".ljust(16, "."))
        assert party.meeting().ended_at is None
        assert party.row(party.come("bo")).state == State.WAITING
