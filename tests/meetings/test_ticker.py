"""The clock goes on, whatever happens to the work it does."""

import asyncio
import threading
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection

from identity import scope
from identity.sessions import revoke, row_key
from meetings import consumers, ticker
from meetings.demo import meeting_now
from meetings.hub import hub
from meetings.models import Participant
from meetings.services import presence
from meetings.services.opened import changing, opened
from tests.meetings.people import Party
from tests.meetings.sockets import Gate
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "11111111-2222-4333-8444-555555555555"


async def fail() -> None:
    """A defect whose text holds an id."""
    raise KeyError(UUID(SECRET))


async def test_a_defect_stops_no_clock_and_leaves_no_id_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    beats: asyncio.Queue[float] = asyncio.Queue()
    monkeypatch.setattr(ticker, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(ticker, "SWEEP_SECONDS", 0.01)
    monkeypatch.setattr(ticker, "RIGHTS_SECONDS", 0.01)
    monkeypatch.setattr(ticker, "check_rights", fail)
    swept: asyncio.Queue[int] = asyncio.Queue()

    async def sweep() -> None:
        swept.put_nowait(1)
        await fail()

    monkeypatch.setattr(ticker, "sweep", sweep)
    monkeypatch.setattr(ticker, "beat", beats.put_nowait)
    await ticker.start()
    for _ in range(3):
        await asyncio.wait_for(beats.get(), 10)
        await asyncio.wait_for(swept.get(), 10)
    await ticker.stop()
    assert "KeyError" in caplog.text
    assert SECRET not in caplog.text


async def test_pings_go_on_while_the_database_is_stalled(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = await gate.host()
    await ticker.stop_clock()
    let_go = threading.Event()
    monkeypatch.setattr(ticker, "SWEEP_SECONDS", 0.01)
    monkeypatch.setattr(ticker, "RIGHTS_SECONDS", 0.01)
    monkeypatch.setattr(presence, "check", lambda **_: let_go.wait(30))
    monkeypatch.setattr(presence, "sweep", lambda **_: let_go.wait(30) and [])
    monkeypatch.setattr(ticker, "PING_SECONDS", 0.3)
    await ticker.start()
    try:
        await anna.next("ping")
        await anna.next("ping")
    finally:
        let_go.set()


async def test_who_waits_for_our_answer_is_not_silent(gate: Gate) -> None:
    anna = await gate.host()
    one = hub.here[await gate.pid("anna")]
    one.answering = True
    ticker.beat(one.heard_at + 60)
    assert not one.closing
    one.answering = False
    ticker.beat(one.heard_at + 60)
    assert await anna.closed() == 4408


async def test_a_command_that_meets_a_lock_is_answered_and_the_socket_stays(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await gate.host()
    await ticker.stop_clock()

    def slow(**_: object) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr("meetings.services.acting.opened", lambda _: slow())
    assert (await anna.answer("lock", on=True))["code"] == "slow_down"
    monkeypatch.undo()
    assert (await anna.answer("lock", on=True))["t"] == "ok"


def test_a_meetings_transaction_waits_no_longer_than_a_bookings(town: Town) -> None:
    with changing(town.municipality.id), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("3s", "10s")


async def test_a_participant_who_was_deleted_stops_nothing(gate: Gate) -> None:
    anna = await gate.host()
    await gate.knock("bo")
    await sync_to_async(deleted)(gate, "bo")
    await ticker.check_rights()
    await sync_to_async(revoke)(row_key(await gate.cookie("anna")))
    await ticker.check_rights()
    assert await anna.closed() == 4403


def deleted(gate: Gate, name: str) -> None:
    """Somebody is no participant any more."""
    with scope.transaction(gate.town.municipality.id):
        Participant.objects.filter(meeting=gate.held.meeting, party__person=gate.town.persons[name]).delete()


def test_a_meeting_that_cannot_be_swept_keeps_no_other_from_it(
    party: Party, town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    second = meeting_now(town.municipality, participants=2)
    both = [missed_for_good(Party(town, one)) for one in (party.held, second)]

    def opened_unless(meeting: UUID, *, skip_locked: bool = False) -> object:
        if meeting == party.held.meeting:
            raise KeyError(meeting)
        return opened(meeting, skip_locked=skip_locked)

    monkeypatch.setattr(presence, "opened", opened_unless)
    swept = presence.sweep(municipality=town.municipality.id)
    assert both == [party.held.meeting, second.meeting]
    assert [one.id for one in swept] == [second.meeting]
    assert str(party.held.meeting) not in caplog.text


def missed_for_good(party: Party) -> UUID:
    """Bo waits in this meeting, and no process holds his socket."""
    bo = party.come("bo")
    party.change(bo, seen_at=None, lost_at=party.booking().starts_at.replace(year=2020))
    return party.held.meeting


async def test_a_socket_that_goes_while_the_database_is_away_writes_no_id(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await gate.host()
    one = hub.here[await gate.pid("anna")]

    def away(**_: object) -> None:
        raise OperationalError(f"row {SECRET}")

    monkeypatch.setattr(presence, "lost", away)
    await consumers._gone(one)
    assert "OperationalError" in caplog.text
    assert SECRET not in caplog.text


async def test_a_defect_in_a_command_closes_that_socket_only(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)

    def broken(_: object) -> None:
        raise KeyError(UUID(SECRET))

    monkeypatch.setattr("meetings.conversation.parse", broken)
    await bo.give("sync")
    assert await bo.closed() == 1012
    monkeypatch.undo()
    assert (await anna.answer("sync"))["t"] == "ok"
    assert SECRET not in caplog.text


async def test_no_socket_is_opened_while_nobody_can_tell_whose_it_is(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("meetings.handshake.visitor", away)
    cookie = await gate.cookie("bo")
    with pytest.raises(Exception, match="403"):
        await gate.connect(cookie)
