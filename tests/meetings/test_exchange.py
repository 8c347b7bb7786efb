"""Two processes over a real Redis: a change made in one is shown in the other, and pair messages cross over."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from meetings.hub import hub
from meetings.protocol import Admit, Phase, Restart
from meetings.services import door
from tests.meetings.people import Party
from tests.meetings.processes import Socket, process

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_meeting_is_held_across_two_processes(party: Party, layer: None) -> None:
    here, there = await process(), await process()
    entered = {name: await sync_to_async(lambda who=name: party.enter(party.actor(who)))() for name in ("anna", "bo")}
    anna, bo = Socket(party, entered["anna"]), Socket(party, entered["bo"])
    for web, one, name in ((here, anna, "anna"), (there, bo, "bo")):
        await web.enter(one.connection, entered[name].snapshot)
        web.publish(entered[name].snapshot)
    await bo.next("lobby")
    changed = await sync_to_async(door.admit)(by=entered["anna"].caller, message=Admit(id=1, who=bo.connection.pid))
    here.publish(changed)
    assert '"role":"officer"' in await bo.next("state")
    assert bo.connection.phase is Phase.INSIDE
    for n in range(1, 31):
        here.relay(anna.connection, Restart(to=bo.connection.pid, to_gen=1, n=n, pc=1, rebuild=False))
    got = [await bo.next("restart") for _ in range(30)]
    assert [f'"n":{n},' in text for n, text in enumerate(got, 1)] == [True] * 30
    for web in (here, there):
        await web.exchange.stop()
    assert not hub.connections


async def test_the_layer_keeps_an_idle_process_listening(party: Party, layer: None) -> None:
    """The core layer of channels_redis drops idle sockets after five seconds; this one must not."""
    web = await process()
    entered = await sync_to_async(lambda: party.enter(party.actor("anna")))()
    anna = Socket(party, entered)
    await web.enter(anna.connection, entered.snapshot)
    web.publish(entered.snapshot)
    await anna.next("state")
    await asyncio.sleep(6)
    other = await process()
    guest = await sync_to_async(lambda: party.enter(party.actor("bo")))()
    other.publish(guest.snapshot)
    assert '"waiting":[{' in await anna.next("state")
    for one in (web, other):
        await one.exchange.stop()
