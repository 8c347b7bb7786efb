"""Hostile and broken clients: they hurt nobody but themselves."""

import asyncio
import contextlib

import pytest
import websockets

from meetings import ticker
from meetings.hub import hub
from meetings.protocol import CLIENT_MESSAGES
from tests.meetings.frames import fields_of
from tests.meetings.sockets import Gate

pytestmark = pytest.mark.django_db(transaction=True)

LOBBY = {"ok", "error", "welcome", "lobby", "ping"}
_VALUES = {
    "ticket": "ex." + "A" * 43,
    "token": "A" * 43,
    "k": 1,
    "devices": "ok",
    "test": "good",
    "phrase": "soon",
    "what": "share",
    "on": True,
    "kind": "offer",
    "sdp": "v=0",
    "candidate": "",
    "mid": None,
    "line": None,
    "ufrag": None,
    "rebuild": False,
    "c": "A" * 43,
    "fp": "A" * 43,
    "nonce": "A" * 43,
}


async def test_a_waiting_guest_sends_every_message_and_gets_lobby_frames_only(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.knock("bo")
    host = await gate.pid("anna")
    before = (await gate.row("anna")).gen
    for build in CLIENT_MESSAGES:
        if build.t == "leave":
            continue
        connection = hub.here[await gate.pid("bo")]
        connection.intake.waiting.level = 10
        why = {"deny": "not_now", "pause": "privacy"}.get(build.t, "")
        named = {"who": host, "to": host, "to_gen": before, "n": 1, "pc": 1, "epoch": 1, "upto": 0, "why": why}
        fields = {name: {**_VALUES, **named}[name] for name in fields_of(build) if name != "id"}
        await (bo.answer(build.t, **fields) if "id" in fields_of(build) else bo.relay(build.t, **fields))
    await bo.answer("sync")
    assert bo.kinds() <= LOBBY
    assert (await gate.row("anna")).state == "admitted"
    await anna.answer("sync")
    assert anna.kinds() <= {"ok", "welcome", "state", "ice", "ping"}


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", 1003),
        ("[]", 1003),
        (b"\x00", 1003),
        ('{"t":"sync","id":1,"x":"' + "a" * (64 * 1024) + '"}', 1009),
    ],
)
async def test_a_malformed_frame_closes_its_own_socket_only(gate: Gate, frame: str | bytes, code: int) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    await bo.socket.send(frame)
    assert await bo.closed() == code
    assert (await anna.answer("sync"))["t"] == "ok"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"t":"syncc","id":90}', "unknown_type"),
        ('{"t":"sync","id":90,"x":1}', "bad_message"),
        ('{"t":"sync","id":90,"id":91}', "bad_message"),
        ('{"t":"sync","id":1}', "bad_message"),
        ('{"t":"tell","id":90,"who":"\\ud800","phrase":"soon"}', "bad_message"),
    ],
)
async def test_a_bad_message_is_answered_and_the_socket_stays(gate: Gate, text: str, code: str) -> None:
    anna = await gate.host()
    await anna.answer("sync")
    await anna.socket.send(text)
    assert (await anna.next("error"))["code"] == code
    anna.sent = 100
    assert (await anna.answer("sync"))["t"] == "ok"


async def test_a_flood_is_dropped_then_closed_and_others_go_on(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    with contextlib.suppress(websockets.ConnectionClosed):
        for number in range(2_000):
            await bo.give("pong", k=1)  # asks no database, so that a slow machine is flooded as well
            if number % 50 == 0:
                await asyncio.sleep(0.01)  # let the refusals in
    assert await bo.closed() in {4429, 4408}, "flooding, or too slow to take the refusals: whichever limit is met first"
    assert "slow_down" in {frame.get("code") for frame in bo.frames}
    assert (await anna.answer("sync"))["t"] == "ok"


async def test_a_socket_that_says_nothing_is_closed(gate: Gate) -> None:
    peer = await gate.connect(await gate.cookie("bo"))
    assert await peer.closed() == 4408


async def test_anything_but_hello_first_is_refused(gate: Gate) -> None:
    peer = await gate.connect(await gate.cookie("bo"))
    assert (await peer.answer("sync"))["code"] == "not_now"


async def test_a_silent_client_is_closed_and_pinged_before(gate: Gate) -> None:
    anna = await gate.host()
    connection = hub.here[await gate.pid("anna")]
    now = connection.heard_at
    ticker.beat(now + 11)
    ping = await anna.next("ping")
    assert ping["v"] == hub.version_of(connection)
    ticker.beat(now + 26)
    assert await anna.closed() == 4408


async def test_a_reader_that_is_too_slow_is_closed(gate: Gate) -> None:
    await gate.host()
    connection = hub.here[await gate.pid("anna")]
    blocked = asyncio.Event()
    sent = []

    async def slow(event: dict[str, object]) -> None:
        await blocked.wait()
        sent.append(event)

    connection.send = slow
    for _ in range(300):
        connection.push_text("x" * 10)
    assert connection.closing
    blocked.set()
    while connection.drainer is not None:
        await asyncio.sleep(0)
    assert sent[-1] == {"type": "websocket.close", "code": 4408}
    assert len(sent) <= 2


async def test_one_person_has_two_unsaid_sockets_at_most(gate: Gate) -> None:
    cookie = await gate.cookie("bo")
    await gate.connect(cookie)
    await gate.connect(cookie)
    with pytest.raises(websockets.InvalidStatus):
        await gate.connect(cookie)


async def test_a_relay_asks_no_database(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    await ticker.stop_clock()
    state = await anna.next("state", where=lambda frame: len(frame["roster"]) == 2)
    to = next(one for one in state["roster"] if one["role"] == "resident")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", refuse)
    await anna.relay("restart", to=to["id"], to_gen=to["gen"], n=1, pc=1, rebuild=True)
    assert (await bo.next("restart"))["n"] == 1


async def test_pair_messages_to_the_wrong_place_are_refused(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    waiting = await gate.knock(gate.held.guests[1])
    target, gen = await gate.pid("anna"), (await gate.row("anna")).gen
    asked = [
        (target, gen + 1, "stale_generation"),
        (await gate.pid(gate.held.guests[1]), 1, "no_such_participant"),
        ("00000000-0000-4000-8000-00000000000b", 1, "no_such_participant"),
    ]
    for to, to_gen, code in asked:
        await bo.relay("restart", to=to, to_gen=to_gen, n=7, pc=1, rebuild=False)
        assert await bo.next("error") == {"t": "error", "to": to, "n": 7, "code": code}
    await waiting.answer("sync")
    assert waiting.kinds() <= LOBBY
