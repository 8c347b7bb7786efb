"""Rights, accounts and sessions that end during a meeting: out at once, within five seconds at the latest."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async

from identity import open_sessions, scope, sessions, staff_accounts
from identity.models import Membership
from meetings import doorbell, ticker
from meetings.hub import hub
from tests.identity.keys import administrator
from tests.meetings.processes import process
from tests.meetings.sockets import Gate, Peer

pytestmark = pytest.mark.django_db(transaction=True)


def revoked(gate: Gate) -> None:
    """Anna's session is ended by its key, as a provider's sign-out does."""
    sessions.revoke(sessions.row_key(gate.browsers["anna"].cookies["__Host-motas"].value))


def signed_out(gate: Gate) -> None:
    """Anna signs out in another window."""
    assert gate.browsers["anna"].post("/logga-ut/", secure=True).status_code == 302


def ended_from_elsewhere(gate: Gate) -> None:
    """Anna signs in at another device and ends all other sign-ins there."""
    here = gate._browser_as("anna")
    assert here.post("/inloggningar/", {"do": "end_others"}, secure=True).status_code == 302


def ended_one(gate: Gate) -> None:
    """Anna ends just that sign-in from another device."""
    here, key = gate._browser_as("anna"), gate.browsers["anna"].cookies["__Host-motas"].value
    given = {"do": "end", "session": open_sessions.mark_of(sessions.row_key(key))}
    assert here.post("/inloggningar/", given, secure=True).status_code == 302


def role_taken(gate: Gate) -> None:
    """An administrator takes Anna's role."""
    with scope.transaction(gate.town.municipality.id):
        held = Membership.objects.get(person=gate.town.persons["anna"])
    staff_accounts.take_role(actor=administrator(gate.town), person=gate.town.persons["anna"], membership=held.id)


def account_closed(gate: Gate) -> None:
    """An administrator closes Anna's account."""
    staff_accounts.close_account(actor=administrator(gate.town), person=gate.town.persons["anna"])


WAYS = (revoked, signed_out, ended_from_elsewhere, ended_one, role_taken, account_closed)


async def chatter(sender: Peer, to: str, gen: int) -> None:
    """Pair messages, again and again, until the socket is gone."""
    for n in range(1, 100_000):
        await sender.relay("restart", to=to, to_gen=gen, n=n, pc=1, rebuild=False)
        await asyncio.sleep(0.02)


async def both_inside(gate: Gate) -> tuple[Peer, Peer, dict[str, tuple[str, int]]]:
    """Anna and Bo inside, and who is who."""
    anna = await gate.host()
    bo = await gate.inside(anna)
    state = await anna.next("state", where=lambda frame: len(frame["roster"]) == 2)
    return anna, bo, {one["role"]: (one["id"], one["gen"]) for one in state["roster"]}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_whoever_loses_the_right_is_out_and_gets_nothing_more(
    gate: Gate, way: Callable[[Gate], None], capsys: pytest.CaptureFixture[str]
) -> None:
    anna, bo, who = await both_inside(gate)
    talking = [
        asyncio.create_task(chatter(bo, *who["officer"])),
        asyncio.create_task(chatter(anna, *who["resident"])),
    ]
    await anna.next("restart")
    await bo.next("restart")
    await sync_to_async(way)(gate)
    began = time.perf_counter()
    assert await anna.closed() == 4403
    spent = time.perf_counter() - began
    assert anna.frames[-1] == {"t": "bye", "why": "signed_out"}
    gone = await bo.next("state", "lobby", where=lambda frame: "roster" not in frame or len(frame["roster"]) == 1)
    for one in talking:
        one.cancel()
    await asyncio.gather(*talking, return_exceptions=True)
    assert await bo.answer("sync")
    later = bo.frames[bo.frames.index(gone) :]
    assert "restart" not in {frame["t"] for frame in later}
    with capsys.disabled():
        sys.stdout.write(f"\n  out after {way.__name__}: {spent * 1000:.0f} ms\n")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_without_the_doorbell_the_next_look_finds_it(
    gate: Gate, way: Callable[[Gate], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, _bo, _who = await both_inside(gate)
    await ticker.stop_clock()
    monkeypatch.setattr(doorbell, "ask_rights", lambda municipality: None)
    await sync_to_async(way)(gate)
    await ticker.check_rights()
    assert await anna.closed() == 4403
    assert anna.frames[-1] == {"t": "bye", "why": "signed_out"}
    assert ticker.RIGHTS_SECONDS + 1 <= 5


async def test_what_a_command_asks_is_refused_before_anybody_looked(gate: Gate) -> None:
    anna, _bo, who = await both_inside(gate)
    await ticker.stop_clock()
    await sync_to_async(role_taken)(gate)
    await anna.give("aside", who=who["resident"][0], on=True)
    assert await anna.closed() == 4403


async def test_other_peoples_sockets_stay(gate: Gate) -> None:
    anna, bo, _who = await both_inside(gate)
    await sync_to_async(revoked)(gate)
    assert await anna.closed() == 4403
    assert (await bo.answer("sync"))["t"] == "ok"


async def test_every_process_is_asked(layer: None, town: object, monkeypatch: pytest.MonkeyPatch) -> None:
    there = await process()
    asked: list[int] = []
    heard = asyncio.Event()

    def ask(municipality: int) -> None:
        asked.append(municipality)
        heard.set()

    monkeypatch.setattr(there, "ask_rights", ask)
    await sync_to_async(doorbell.ask_rights)(7)
    await asyncio.wait_for(heard.wait(), 10)
    await there.exchange.stop()
    assert set(asked) == {7}


def test_nobody_is_asked_about_where_nobody_is(town: object) -> None:
    hub.ask_rights(7)
    assert not hub.in_doubt
