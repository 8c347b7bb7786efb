"""Redis goes away and comes back: nobody meets an error, and the processes hear each other again."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from redis.exceptions import ConnectionError as RedisGone

from meetings import doorbell, exchange
from meetings.demo import Demo
from meetings.exchange import AWAY, Exchange, News, meeting_group, ring_others, shared_layer
from meetings.hub import Hub
from meetings.protocol import Restart
from tests.meetings.people import Party
from tests.meetings.processes import PATIENCE, Redis, Socket, process
from tests.meetings.test_pages import enter
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
NOBODYS = UUID(int=9)


async def heard_again(web: Hub, other: Hub, anna: Socket, bo: Socket) -> str:
    """Pair messages go from the one process to the other until one arrives: what a layer drops is sent again."""
    arrived = asyncio.create_task(bo.next("restart"))
    for n in range(1, int(PATIENCE / 0.2)):
        for one in (web, other):
            await one.exchange.start()  # as the clock does
        web.relay(anna.connection, Restart(to=bo.connection.pid, to_gen=1, n=n, pc=1, rebuild=False))
        done, _ = await asyncio.wait([arrived], timeout=0.2)
        if done:
            break
    return await arrived


async def both_inside(party: Party) -> tuple[Hub, Hub, Socket, Socket]:
    """Anna in one process, Bo in another."""
    here, there = await process(), await process()
    host = await sync_to_async(lambda: party.enter(party.actor("anna")))()
    guest = await sync_to_async(lambda: party.enter(party.actor("bo")))()
    anna, bo = Socket(party, host), Socket(party, guest)
    changed = await sync_to_async(party.admitted)(host.caller, guest.caller)
    for web, one in ((here, anna), (there, bo)):
        await web.enter(one.connection, changed)
        web.publish(changed)
    return here, there, anna, bo


async def test_a_process_that_started_without_redis_hears_when_it_comes(party: Party, fragile: Redis) -> None:
    here, there, anna, bo = await both_inside(party)
    await sync_to_async(fragile.start)()
    assert '"n":' in await heard_again(here, there, anna, bo)
    for web in (here, there):
        await web.exchange.stop()


async def test_processes_hear_each_other_again_after_redis_was_away(party: Party, fragile: Redis) -> None:
    await sync_to_async(fragile.start)()
    here, there, anna, bo = await both_inside(party)
    await sync_to_async(fragile.stop)()
    here.relay(anna.connection, Restart(to=bo.connection.pid, to_gen=1, n=1, pc=1, rebuild=False))
    assert await there.leave(bo.connection), "a socket that goes while Redis is away goes as any other"
    await there.enter(bo.connection, here.meetings[party.held.meeting].snapshot)
    await sync_to_async(fragile.start)()
    assert '"n":' in await heard_again(here, there, anna, bo)
    assert '"n":' in await heard_again(there, here, bo, anna), "who listened before listens still"
    for web in (here, there):
        await web.exchange.stop()


async def test_a_process_whose_subscriptions_were_lost_notices_and_listens_anew(
    party: Party, layer: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there, anna, bo = await both_inside(party)
    await shared_layer().flush()  # as after a reconnection that forgot them
    monkeypatch.setattr(exchange, "DEAF_SECONDS", 0.5)
    assert '"n":' in await heard_again(here, there, anna, bo)
    for web in (here, there):
        await web.exchange.stop()


async def test_what_is_not_understood_makes_no_process_deaf(layer: None) -> None:
    got: asyncio.Queue[News] = asyncio.Queue()

    def hear(news: News) -> None:
        if news["type"] == "strange":
            raise KeyError("meeting")
        got.put_nowait(news)

    ear, mouth = Exchange(hear), Exchange(hear)
    for one in (ear, mouth):
        await one.start()
    await ear.join(meeting_group(NOBODYS))
    for kind in ("strange", "doorbell"):
        mouth.send(meeting_group(NOBODYS), {"type": kind})
    assert (await asyncio.wait_for(got.get(), PATIENCE))["type"] == "doorbell"
    for one in (ear, mouth):
        await one.stop()


def test_a_ring_never_raises(fragile: Redis) -> None:
    ring_others(1, NOBODYS, 1)
    doorbell.ring(1, NOBODYS, 1)


def test_the_host_starts_and_ends_while_redis_is_away(
    party: Party, held: Demo, town: Town, browser_as: Callable[[str], Client], fragile: Redis
) -> None:
    anna = browser_as("anna")
    host = enter(anna, town, held)
    party.admitted(host.caller, enter(browser_as("bo"), town, held).caller)
    assert anna.post(f"/moten/{held.meeting}/starta/", secure=True).status_code == 302
    assert anna.post(f"/moten/{held.meeting}/avsluta/", secure=True).status_code == 302


def test_redis_has_errors_of_its_own() -> None:
    assert isinstance(RedisGone(), AWAY)


async def test_a_connection_torn_down_under_a_command_is_a_layer_that_is_away(
    layer: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear = Exchange(lambda _: None)
    await ear.start()
    await ear.join(meeting_group(NOBODYS))

    async def torn(*_: object) -> None:
        raise AttributeError("'NoneType' object has no attribute 'writelines'")

    monkeypatch.setattr(exchange, "shared_layer", lambda: SimpleNamespace(group_discard=torn))
    await ear.quit(meeting_group(NOBODYS))
    monkeypatch.undo()
    await ear.stop()
    assert not isinstance(RedisGone(), OSError)
