"""The socket of a meeting, at a real server: who comes in, what they get, and what closes it."""

import json

import pytest
import websockets
from asgiref.sync import sync_to_async
from time_machine import TimeMachineFixture

from identity.sessions import revoke, row_key
from tests.meetings.sockets import Gate, Peer

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_bookings_officer_enters_directly_as_host(gate: Gate) -> None:
    anna = await gate.knock("anna")
    state = await anna.next("state")
    welcome = next(frame for frame in anna.frames if frame["t"] == "welcome")
    assert welcome["you"]["host"] is True
    assert welcome["phase"] == "inside"
    assert [member["name"] for member in state["roster"]] == ["Anna Lindqvist"]


async def test_everybody_else_waits_and_learns_nothing_of_the_meeting(gate: Gate) -> None:
    await gate.host()
    bo = await gate.knock("bo")
    lobby = await bo.next("lobby")
    assert set(lobby) == {"t", "host_present", "since", "phrase", "locked", "phone"}
    assert lobby["host_present"] is True


async def test_the_host_sees_who_waits_and_lets_them_in(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.knock("bo")
    waiting = (await anna.next("state", where=lambda frame: bool(frame.get("waiting"))))["waiting"]
    assert [(one["role"], one["name"]) for one in waiting] == [("resident", "Bo")]
    assert (await anna.answer("admit", who=waiting[0]["id"]))["t"] == "ok"
    assert (await bo.next("ice"))["servers"] == []
    state = await bo.next("state")
    assert {member["role"] for member in state["roster"]} == {"officer", "resident"}
    assert "waiting" not in state


async def test_messages_of_a_pair_come_once_in_order_and_stamped(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    state = await anna.next("state", where=lambda frame: len(frame["roster"]) == 2)
    gens = {member["role"]: (member["id"], member["gen"]) for member in state["roster"]}
    to, to_gen = gens["resident"]
    for n in range(1, 41):
        await anna.relay("restart", to=to, to_gen=to_gen, n=n, pc=1, rebuild=False)
    got = [await bo.next("restart") for _ in range(40)]
    assert [frame["n"] for frame in got] == list(range(1, 41))
    assert {(frame["from"], frame["from_gen"]) for frame in got} == {gens["officer"]}


async def test_what_a_slow_server_dropped_arrives_when_it_is_sent_again(gate: Gate) -> None:
    """The limiter drops what is over; the sender repeats from the oldest, and the receiver's rule gives each once."""
    anna = await gate.host()
    bo = await gate.inside(anna)
    member = next(
        one
        for one in (await anna.next("state", where=lambda frame: len(frame["roster"]) == 2))["roster"]
        if one["role"] == "resident"
    )
    wanted, handled, last = list(range(1, 151)), [], 0

    async def send_from(oldest: int) -> None:
        for n in wanted[oldest - 1 :]:
            await anna.relay("restart", to=member["id"], to_gen=member["gen"], n=n, pc=1, rebuild=False)
        await anna.relay("received", to=member["id"], to_gen=member["gen"], upto=oldest)

    while last < wanted[-1]:
        await send_from(last + 1)
        await bo.next("restart")
        while True:
            for frame in bo.frames:
                if frame["t"] == "restart" and frame["n"] == last + 1:
                    handled.append(frame["n"])
                    last += 1
            bo.frames.clear()
            if last >= wanted[-1] or not await _more(bo):
                break
    assert handled == wanted


async def _more(peer: Peer) -> bool:
    """Whether another pair message is on its way: an answered `sync` comes after everything sent before it."""
    number = await peer.give("sync")
    frame = await peer.next("restart", "ok", "error", where=lambda one: one["t"] == "restart" or one["re"] == number)
    return bool(frame["t"] == "restart")


async def test_a_ticket_works_once(gate: Gate) -> None:
    ticket = await gate.ticket("bo")
    first = await gate.connect(await gate.cookie("bo"))
    await first.give("hello", ticket=ticket)
    await first.next("welcome")
    again = await gate.connect(await gate.cookie("bo"))
    await again.give("hello", ticket=ticket)
    assert await again.closed() == 4401
    assert (await first.answer("sync"))["t"] == "ok"


async def test_a_ticket_that_came_too_late_is_not_accepted(gate: Gate, time_machine: TimeMachineFixture) -> None:
    ticket = await gate.ticket("bo")
    row = await gate.row("bo")
    assert row.ticket_expires_at is not None
    peer = await gate.connect(await gate.cookie("bo"))
    time_machine.move_to(row.ticket_expires_at, tick=True)
    await peer.give("hello", ticket=ticket)
    assert await peer.closed() == 4401


async def test_a_ticket_with_somebody_elses_session_is_not_accepted(gate: Gate) -> None:
    ticket = await gate.ticket("bo")
    stranger = await gate.connect(await gate.cookie("cia"))
    await stranger.give("hello", ticket=ticket)
    assert await stranger.closed() == 4401
    assert (await gate.row("bo")).state == "expected"


@pytest.mark.parametrize("origin", ["https://annan.example", "null", None])
async def test_a_foreign_or_missing_origin_gets_no_socket(gate: Gate, origin: str | None) -> None:
    cookie = await gate.cookie("bo")
    with pytest.raises(websockets.InvalidStatus) as refused:
        await gate.connect(cookie, origin=origin)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("cookie", ["", "x" * 32])
async def test_without_a_living_session_there_is_no_socket(gate: Gate, cookie: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await gate.connect(cookie)
    assert refused.value.response.status_code == 403


async def test_another_subprotocol_gets_no_socket(gate: Gate) -> None:
    cookie = await gate.cookie("bo")
    with pytest.raises(websockets.InvalidStatus):
        await gate.connect(cookie, subprotocol="motas.v2")


async def test_a_lost_socket_is_taken_up_again_with_its_token_and_only_once(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    token = next(frame["token"] for frame in bo.frames if frame["t"] == "welcome")
    gen = next(frame["you"]["gen"] for frame in bo.frames if frame["t"] == "welcome")
    await bo.socket.close()
    await anna.next("state", where=lambda frame: any(one["link"] == "reconnecting" for one in frame["roster"]))
    back = await gate.connect(await gate.cookie("bo"))
    await back.give("resume", token=token)
    welcome = await back.next("welcome")
    assert (welcome["you"]["gen"], welcome["phase"]) == (gen, "inside")
    await back.next("state")
    again = await gate.connect(await gate.cookie("bo"))
    await again.give("resume", token=token)
    assert await again.closed() == 4401


async def test_somebody_who_was_inside_comes_back_without_the_lobby_with_the_same_session(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    await bo.give("leave")
    assert await bo.closed() == 1000
    assert bo.frames[-1] == {"t": "bye", "why": "left"}
    back = await gate.knock("bo")
    assert back.frames[-1]["phase"] == "inside"


async def test_a_second_page_is_refused_until_it_takes_over(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    second = await gate.connect(await gate.cookie("bo"))
    await second.give("hello", ticket=await gate.ticket("bo"))
    assert await second.closed() == 4409
    third = await gate.knock("bo", takeover=True)
    assert await bo.closed() == 4409
    assert third.frames[-1]["phase"] == "inside"


async def test_the_end_closes_everybody_for_good(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    guest = await gate.knock(gate.held.guests[1])
    token = next(frame["token"] for frame in bo.frames if frame["t"] == "welcome")
    await anna.give("end")
    assert {await anna.closed(), await bo.closed(), await guest.closed()} == {4410}
    assert bo.frames[-1] == {"t": "bye", "why": "ended"}
    again = await gate.connect(await gate.cookie("bo"))
    await again.give("resume", token=token)
    assert await again.closed() == 4401
    assert (await gate.row("bo")).meeting.booking.state == "ended"


async def test_removal_bites(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    old_ticket = await gate.ticket("bo")
    token = next(frame["token"] for frame in bo.frames if frame["t"] == "welcome")
    assert (await anna.answer("remove", who=await gate.pid("bo")))["t"] == "ok"
    assert await bo.closed() == 4403
    assert bo.frames[-1] == {"t": "bye", "why": "removed"}
    for first in ({"t": "hello", "id": 1, "ticket": old_ticket}, {"t": "resume", "id": 1, "token": token}):
        back = await gate.connect(await gate.cookie("bo"))
        await back.socket.send(json.dumps(first))
        assert await back.closed() == 4401
    browser = await gate.browser("bo")
    page = f"/moten/{gate.held.meeting}/ticket/"
    post = sync_to_async(browser.post)
    answer = await post(page, '{"takeover":false}', content_type="application/json", secure=True)
    assert answer.status_code == 404


async def test_a_denied_person_is_told_so_and_may_not_knock_at_once(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.knock("bo")
    await anna.answer("deny", who=await gate.pid("bo"), why="not_now")
    assert await bo.closed() == 4403
    assert bo.frames[-1] == {"t": "bye", "why": "denied"}
    again = await gate.connect(await gate.cookie("bo"))
    await again.give("hello", ticket=await gate.ticket("bo"))
    assert await again.closed() == 4403


async def test_a_revoked_session_is_out_of_the_meeting(gate: Gate) -> None:
    anna = await gate.host()
    bo = await gate.inside(anna)
    await sync_to_async(revoke)(row_key(await gate.cookie("bo")))
    assert await bo.closed() == 4403
    assert bo.frames[-1] == {"t": "bye", "why": "signed_out"}
    await anna.next("state", where=lambda frame: len(frame["roster"]) == 1)


async def test_a_command_after_the_session_was_revoked_is_not_carried_out(gate: Gate) -> None:
    anna = await gate.host()
    await gate.knock("bo")
    await sync_to_async(revoke)(row_key(await gate.cookie("anna")))
    await anna.give("admit", who=await gate.pid("bo"))
    assert await anna.closed() == 4403
    assert (await gate.row("bo")).state == "waiting"
