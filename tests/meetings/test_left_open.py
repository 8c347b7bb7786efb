"""What nobody needs any more: a lobby that is left open, a log that is filled, a number that tells too much."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.utils import timezone

from booking.models import Booking
from identity import scope
from identity.errors import NotAllowed
from identity.sessions import revoke, row_key
from meetings import ticker
from meetings.errors import Closed
from meetings.hub import hub
from meetings.lobby import State
from meetings.protocol import Aside, End, FreshIce, Leave, Lock, Pause, PauseReason, Unpause
from meetings.services import course, door, presence
from meetings.state import Snapshot
from tests.meetings.people import Party
from tests.meetings.sockets import Gate

pytestmark = pytest.mark.django_db(transaction=True)
HALF_AN_HOUR = timedelta(minutes=30)
SECOND = timedelta(seconds=1)
Superuser = Callable[[], psycopg.Connection[tuple[int]]]


def entries(superuser: Superuser) -> tuple[int] | None:
    """How much the access log holds."""
    with superuser() as database:
        return database.execute("SELECT count(*) FROM identity_accessentry").fetchone()


def swept(party: Party) -> None:
    """One sweep."""
    presence.sweep(municipality=party.town.municipality.id)


def test_a_lobby_is_open_for_half_an_hour_past_the_booked_time(party: Party) -> None:
    ends = party.booking().ends_at
    with time_machine.travel(ends - SECOND, tick=False):
        guest = party.come("bo")
    with time_machine.travel(ends + HALF_AN_HOUR - SECOND, tick=False):
        party.check(guest)
        swept(party)
        party.enter(party.actor("bo"))
        assert party.meeting().ended_at is None
    with time_machine.travel(ends + HALF_AN_HOUR, tick=False), pytest.raises(NotAllowed):
        party.enter(party.actor("bo"))


def test_a_lobby_nobody_closed_is_closed_and_the_booking_is_left_to_the_officer(party: Party) -> None:
    ends = party.booking().ends_at
    with time_machine.travel(ends - SECOND, tick=False):
        guest = party.come("bo")
    with time_machine.travel(ends + HALF_AN_HOUR, tick=False):
        party.check(guest)
        swept(party)
        assert party.meeting().ended_at == timezone.now()
        assert party.row(guest).state == State.LEFT
        assert party.booking().state == "waiting"
        version = party.meeting().version
        swept(party)
        assert party.meeting().version == version


def test_while_somebody_is_inside_the_meeting_is_open(party: Party) -> None:
    ends = party.booking().ends_at
    with time_machine.travel(ends - SECOND, tick=False):
        anna = party.actor("anna")
        host = party.enter(anna).caller
        guest = party.let_in(host, "bo")
    with time_machine.travel(ends + HALF_AN_HOUR * 3, tick=False):
        party.check(host, guest)
        swept(party)
        assert party.meeting().ended_at is None
        assert party.enter(anna, takeover=True).caller.participant == host.participant


def test_the_officer_ends_a_meeting_whose_lobby_was_closed_behind_them(party: Party) -> None:
    ends = party.booking().ends_at
    with time_machine.travel(ends - SECOND, tick=False):
        anna = party.actor("anna")
        host = party.enter(anna).caller
        guest = party.let_in(host, "bo")
        for one in (guest, host):
            door.leave(by=one, message=Leave(id=1))
    with time_machine.travel(ends + HALF_AN_HOUR, tick=False):
        swept(party)
        assert party.booking().state == "waiting"
        course.end_meeting(actor=anna, meeting=party.held.meeting)
        assert party.booking().state == "ended"


def test_what_is_so_already_is_neither_done_nor_logged_again(party: Party, superuser: Superuser) -> None:
    host = party.come("anna")
    guest = party.let_in(host, "bo")
    who = str(guest.participant)
    commands: tuple[Callable[[], Snapshot], ...] = (
        lambda: course.pause(by=guest, message=Pause(id=1, why=PauseReason.PRIVACY)),
        lambda: course.unpause(by=host, message=Unpause(id=1)),
        lambda: door.aside(by=host, message=Aside(id=1, who=who, on=True)),
        lambda: door.aside(by=host, message=Aside(id=1, who=who, on=False)),
        lambda: door.lock(by=host, message=Lock(id=1, on=True)),
    )
    for command in commands:
        once = command().version
        logged = entries(superuser)
        assert command().version == once
        assert entries(superuser) == logged


def test_the_first_reason_of_a_pause_stands(party: Party) -> None:
    host = party.come("anna")
    course.pause(by=host, message=Pause(id=1, why=PauseReason.PRIVACY))
    paused = course.pause(by=host, message=Pause(id=2, why=PauseReason.BREAK)).facts.paused
    assert paused is not None
    assert paused.why is PauseReason.PRIVACY


def test_no_new_credentials_leave_after_the_session_was_revoked(party: Party) -> None:
    host = party.come("anna")
    course.may_connect(by=host, message=FreshIce(id=1))
    revoke(host.session_key)
    with pytest.raises(Closed):
        course.may_connect(by=host, message=FreshIce(id=2))


async def test_ice_of_a_revoked_session_closes_the_socket(gate: Gate) -> None:
    anna = await gate.host()
    await ticker.stop_clock()
    assert (await anna.answer("ice"))["t"] == "ok"
    anna.frames.clear()
    await sync_to_async(revoke)(row_key(await gate.cookie("anna")))
    await anna.give("ice")
    assert await anna.closed() == 4403
    assert [frame["t"] for frame in anna.frames if frame["t"] != "ice"] == ["bye"]


async def test_the_lobby_learns_nothing_from_the_version(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.knock("bo")
    await bo.next("lobby")
    waiting = hub.here[await gate.pid("bo")]
    for on in (True, False):
        await anna.answer("lock", on=on)
    ticker.beat(waiting.heard_at + 11)
    assert (await bo.next("ping"))["v"] == 0
    assert next(frame["v"] for frame in bo.frames if frame["t"] == "welcome") == 0
    assert (await anna.next("ping"))["v"] > 0


async def test_a_flood_of_commands_that_write_is_slowed_and_the_way_out_stays_open(gate: Gate) -> None:
    anna = await gate.host()
    codes = [(await anna.answer("lock", on=bool(n % 2))).get("code") for n in range(25)]
    assert codes[:20] == [None] * 20
    assert "slow_down" in codes[20:]
    assert (await anna.answer("sync"))["t"] == "ok"
    await anna.give("leave")
    assert await anna.closed() == 1000


def test_a_change_of_device_interrupts_only_after_ten_seconds(party: Party) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        anna = party.actor("anna")
        host = party.enter(anna).caller
        guest = party.let_in(host, "bo")
        course.start_meeting(actor=anna, meeting=party.held.meeting)
    with time_machine.travel(now + timedelta(seconds=5), tick=False):
        guest = party.enter(party.actor("bo"), takeover=True).caller
        swept(party)
        assert (party.row(guest).state, party.booking().state) == (State.WAITING, "in_progress")
    with time_machine.travel(now + timedelta(seconds=14), tick=False):
        swept(party)
        assert party.booking().state == "in_progress"
    with time_machine.travel(now + timedelta(seconds=15), tick=False):
        swept(party)
        assert party.booking().state == "interrupted"
        party.admitted(host, guest)
        assert party.booking().state == "in_progress"


def test_nobody_comes_back_to_a_meeting_that_was_ended(party: Party) -> None:
    anna = party.actor("anna")
    host = party.enter(anna).caller
    party.let_in(host, "bo")
    course.end(by=host, message=End(id=9))
    with pytest.raises(NotAllowed):
        party.enter(anna)
    with scope.transaction(party.town.municipality.id):
        assert Booking.objects.get(id=party.held.meeting).state == "ended"
