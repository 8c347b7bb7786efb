"""Every command of the socket about what another meeting has: as about nothing, and nothing there changes.

A connection is bound to its meeting by its ticket; what a frame can name besides are participants and tickets. Frames
go the whole way: read, judged, carried out and answered as a socket's are.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async

from booking.models import Booking
from identity import scope
from identity.models import Municipality
from meetings.connection import Connection
from meetings.conversation import USE_CASES, handle
from meetings.demo import meeting_now
from meetings.hub import Held, hub
from meetings.models import Meeting, Participant
from meetings.protocol import CLIENT_MESSAGES, Phase, Role
from meetings.services import entrance
from meetings.services.acting import Caller
from meetings.services.presence import look_up
from tests.meetings.people import Party
from tests.town import Town, build

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = "00000000-0000-4000-8000-00000000dead"
B32 = "A" * 43
PAIR = {"to_gen": 1, "n": 1, "pc": 1}
# What each command says besides its number. `end` stands last: after it there is no meeting.
SAYS: dict[str, dict[str, Any]] = {
    "hello": {},
    "resume": {},
    "pong": {"k": 1},
    "sync": {},
    "ice": {},
    "ready": {"devices": "ok", "test": "good"},
    "admit": {},
    "deny": {"why": "not_now"},
    "tell": {"phrase": "soon"},
    "aside": {"on": True},
    "remove": {},
    "lock": {"on": True},
    "pause": {"why": "break"},
    "unpause": {},
    "new_code": {},
    "permit": {"what": "speak", "on": True},
    "give_host": {},
    "take_host": {},
    "description": PAIR | {"kind": "offer", "sdp": "v=0"},
    "candidate": PAIR | {"candidate": "", "mid": None, "line": None, "ufrag": None},
    "restart": PAIR | {"rebuild": False},
    "commit": {"to_gen": 1, "n": 1, "epoch": 1, "c": B32},
    "reveal": {"to_gen": 1, "n": 1, "epoch": 1, "fp": B32, "nonce": B32},
    "received": {"to_gen": 1, "upto": 1},
    "leave": {},
    "end": {},
}
NAMES = ("who", "to")


class Socket:
    """A connection of Anna's, who hosts her meeting, and what came back over it."""

    def __init__(self, party: Party, caller: Caller) -> None:
        """Inside as host, as after `hello`."""
        self.frames: list[dict[str, Any]] = []
        self.number = 0
        self.connection = Connection(
            self._send, municipality=party.town.municipality, person=party.town.persons["anna"], session_key="s"
        )
        self.connection.caller, self.connection.pid = caller, str(caller.participant)
        self.connection.phase, self.connection.role, self.connection.host = Phase.INSIDE, Role.OFFICER, True

    async def _send(self, event: Mapping[str, Any]) -> None:
        self.frames.append(json.loads(event["text"]) if "text" in event else {"closed": event["code"]})

    async def says(self, t: str, **names: str) -> list[dict[str, Any]]:
        """What is answered to one command, without its number and without who was named."""
        self.number += 1
        fields = fields_of(t)
        given = {"t": t, **SAYS[t], **{name: text for name, text in names.items() if name in fields}}
        given |= {"id": self.number} if "id" in fields else {}
        before = len(self.frames)
        await handle(self.connection, json.dumps(given))
        while self.connection.drainer is not None:
            await asyncio.sleep(0)
        return [{k: v for k, v in one.items() if k not in ("re", *NAMES)} for one in self.frames[before:]]


def fields_of(t: str) -> set[str]:
    """The names of what a command says."""
    return set(next(one for one in CLIENT_MESSAGES if one.t == t).__dataclass_fields__)


def rows(town: Town, meeting: UUID) -> list[object]:
    """Everything that a meeting is."""
    with scope.transaction(town.municipality.id):
        return [
            *Meeting.objects.filter(id=meeting).values(),
            *Participant.objects.filter(meeting=meeting).order_by("id").values(),
            *Booking.objects.filter(id=meeting).values(),
        ]


def held(town: Town) -> tuple[Party, Caller, Caller]:
    """A meeting with Anna inside and Bo waiting."""
    party = Party(town, meeting_now(town.municipality, participants=3))
    return party, party.come("anna"), party.come("bo")


async def named(socket: Socket, t: str, who: str) -> list[dict[str, Any]]:
    return await socket.says(t, who=who, to=who, ticket="ex." + "A" * 43, token="ex." + "A" * 43)


def test_every_command_is_asked() -> None:
    assert SAYS.keys() == {message.t for message in CLIENT_MESSAGES}
    assert {message.t for message in USE_CASES} <= SAYS.keys()


async def test_what_another_meeting_has_is_as_nothing_to_every_command(
    town: Town, neighbour: Municipality, record_property: Callable[[str, object], None]
) -> None:
    there = await sync_to_async(build)(neighbour)
    party, anna, _bo = await sync_to_async(held)(town)
    others = [(town, await sync_to_async(held)(town)), (there, await sync_to_async(held)(there))]
    before = [await sync_to_async(rows)(place, one[0].held.meeting) for place, one in others]
    hub.meetings[anna.meeting] = Held(
        await sync_to_async(look_up)(municipality=anna.municipality, meeting=anna.meeting)
    )
    strangers = [str(one.participant) for _, (_, *callers) in others for one in callers]
    cells = 0
    for t in SAYS:
        asked = [NOBODY, *strangers] if fields_of(t) & {*NAMES} else strangers[:1]
        answers = [await named(Socket(party, anna), t, who) for who in asked]
        cells += len(asked)
        if len(asked) > 1:
            assert all(answer == answers[0] for answer in answers), (t, answers)
            assert [one["t"] for one in answers[0]] == ["error"], (t, answers[0])
        assert [await sync_to_async(rows)(place, one[0].held.meeting) for place, one in others] == before, t
    hub.clear()
    record_property("asked", f"{cells} commands")


async def test_a_connection_of_one_meeting_does_nothing_in_another(town: Town, neighbour: Municipality) -> None:
    there = await sync_to_async(build)(neighbour)
    party, anna, bo = await sync_to_async(held)(town)
    other, _, waiting = await sync_to_async(held)(town)
    abroad, _, far = await sync_to_async(held)(there)
    places = ((town, other, waiting), (there, abroad, far))
    for place, one, guest in places:
        before = await sync_to_async(rows)(place, one.held.meeting)
        for t in (message.t for message in (*USE_CASES,)):
            moved = replace(anna, meeting=one.held.meeting, municipality=place.municipality.id)
            answer = await named(Socket(party, moved), t, str(guest.participant))
            assert "ok" not in {frame.get("t") for frame in answer}, (t, answer)
            assert await sync_to_async(rows)(place, one.held.meeting) == before, t
    assert (await sync_to_async(party.row)(bo)).state == "waiting"


async def test_the_ticket_of_another_meetings_guest_opens_as_little_as_none(town: Town) -> None:
    party, anna, _ = await sync_to_async(held)(town)
    other = Party(town, await sync_to_async(meeting_now)(town.municipality, participants=3))
    bo = await sync_to_async(other.actor)("bo")
    ticket = await sync_to_async(entrance.mint_ticket)(
        actor=bo, municipality=town.municipality, meeting=other.held.meeting
    )
    answers = []
    for shown in (ticket, ticket.partition(".")[0] + "." + "A" * 43):
        socket = Socket(party, anna)
        socket.connection.caller, socket.connection.phase = None, Phase.NEW
        answers.append(await socket.says("hello", ticket=shown))
    assert answers[0] == answers[1]
    assert "closed" in answers[0][-1]
