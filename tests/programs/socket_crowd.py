"""The people of the socket fuzzer: sockets in every phase, what they send, and a bystander. Needs Django."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

import websockets
from asgiref.sync import sync_to_async
from django.test import Client

from meetings.demo import meeting_now
from meetings.hub import hub
from meetings.protocol import CLIENT_MESSAGES, SUBPROTOCOL, Phase
from tests.meetings.frames import B32, BO, TICKET, fields_of, nearly_right
from tests.meetings.sockets import Gate, Peer
from tests.town import Town

if TYPE_CHECKING:
    from tests.programs.fuzz_sockets import Outcome

_PATIENCE = 8.0
_KEPT = 400  # earlier frames and secrets that may be sent again
_WORDS = {
    "devices": ("ok", "no_camera", "none", "x"),
    "test": ("good", "poor", "x"),
    "phrase": ("soon", "wait", "x"),
    "what": ("share", "x"),
    "why": ("privacy", "not_now", "other", "x"),
    "kind": ("offer", "answer", "pranswer"),
    "sdp": ("v=0\r\n", "v=0\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n", "\x00", "å" * 20_000),
    "candidate": ("", "candidate:1 1 udp 1 10.0.0.1 9 typ host", "candidate:" + "9" * 900, "\x00"),
    "mid": (None, "0", "\x00"),
    "ufrag": (None, "abcd", "\x00"),
    "line": (None, 0, 15, 16),
}
_ODD: tuple[object, ...] = (
    None,
    True,
    False,
    -1,
    0,
    1,
    2**31 - 1,
    2**31,
    1.5,
    1e308,
    "",
    "\x00",
    "\U0010ffff",
    [],
    {},
    [[]],
    {"a": 1},
    BO,
    B32,
)
_HANDSHAKES: tuple[dict[str, Any], ...] = (
    {"cookie": '"\\000aaaaaaaa"'},
    {"cookie": '"\\377\\000"'},
    {"cookie": "=;=" * 500},
    {"cookie": "å" * 40},
    {"cookie": "0" * 32},
    {"origin": "null"},
    {"origin": None},
    {"origin": "https://["},
    {"origin": "http://localhost.ond.example"},
    {"subprotocol": "motas.v2"},
    {"subprotocol": SUBPROTOCOL.upper()},
)


async def gathered(port: int, town: Town, as_superuser: Callable[[], Any]) -> Crowd:
    """A meeting with everybody outside, and another one in which the bystander sits."""

    def browser(name: str) -> Client:
        client = Client()
        client.defaults |= {"wsgi.url_scheme": "https", "SERVER_NAME": "localhost"}
        assert client.get(f"/prova/in/{name}/", secure=True).status_code == 302
        return client

    elsewhere = await sync_to_async(meeting_now)(town.municipality, participants=2)
    quiet = Gate(port, elsewhere, town, browser)
    crowd = Crowd(port, town, browser, as_superuser, quiet)
    crowd.bystander = await quiet.host()
    await crowd.renew()
    return crowd


class Crowd:
    """Sockets by who and in which phase, and all that was said so far."""

    def __init__(
        self, port: int, town: Town, browser: Callable[[str], Client], as_superuser: Callable[[], Any], quiet: Gate
    ) -> None:
        self.port, self.town, self.browser, self.as_superuser, self.quiet = port, town, browser, as_superuser, quiet
        self.bystander: Peer | None = None
        self.gate, self.made = quiet, 0
        self.peers: dict[tuple[str, Phase], Peer] = {}
        self.said: list[str | bytes] = []
        self.known: dict[str, list[Any]] = {}

    async def renew(self) -> None:
        """Another meeting, when the last one is over."""
        if self.gate is not self.quiet:
            await self.gate.close()
        self.peers.clear()
        held = await sync_to_async(meeting_now)(self.town.municipality, participants=4)
        browsers = self.gate.browsers
        self.gate = Gate(self.port, held, self.town, self.browser)
        self.gate.browsers = browsers
        self.made += 1
        ids = [await self.gate.pid(name) for name in (held.host, *held.guests)]
        self.known = {
            "who": [*ids, BO, await self.quiet.pid(held.host)],
            "token": [B32],
            "ticket": [TICKET],
            "gen": [1, 2],
        }

    async def close(self) -> None:
        """Hang up."""
        await self.gate.close()
        await self.quiet.close()

    async def look(self) -> str:
        """What is wrong with the bystander; "" for nothing."""
        assert self.bystander is not None
        _fill_up()
        await self._forget_limits()
        self.bystander.frames.clear()
        answer = await self.bystander.answer("sync")
        strange = self.bystander.kinds() - {"ok", "state", "ping", "ice"}
        return "" if answer["t"] == "ok" and not strange else f"answered {answer.get('code')}, heard {sorted(strange)}"

    async def _forget_limits(self) -> None:
        def empty() -> None:
            with self.as_superuser() as database:
                database.execute("DELETE FROM identity_limitbucket")

        await asyncio.to_thread(empty)

    async def burst(self, source: Random, outcome: Outcome, number: int) -> str:
        """Let one socket send that many messages, and wait until they are answered; what was sent last."""
        if source.random() < 0.03:
            outcome.cases += 1
            outcome.kinds["handshake"] += 1
            return await self._odd_handshake(source, outcome)
        peer, phase = await self._somebody(source, outcome)
        if peer is None:
            return "coming in"
        kind = ""
        try:
            for _ in range(number):
                kind, frame = self._frame(source, peer)
                self.said = [*self.said[-_KEPT:], frame]
                _fill_up()
                outcome.cases += 1
                outcome.kinds[kind] += 1
                outcome.phases[phase] += 1
                await peer.socket.send(frame)
            await asyncio.wait_for(self._heard_out(peer, outcome), _PATIENCE)
        except websockets.ConnectionClosed:
            code = int(peer.socket.close_code or 0)
            outcome.closes[code] += 1
            if code == 1011:
                outcome.note("closed as 1011", kind)
        except TimeoutError:
            outcome.note("no answer", kind)
        return f"{kind} in phase {phase}"

    async def _heard_out(self, peer: Peer, outcome: Outcome) -> None:
        """Whatever comes until a `sync` is answered, which is after all that was sent before it."""
        peer.sent = max(peer.sent, 10_000_000)
        number = await peer.give("sync")
        while True:
            frame = json.loads(await peer.socket.recv())
            outcome.answers[frame.get("code", frame["t"])] += 1
            self._learn(frame)
            if frame.get("re") == number:
                return

    def _learn(self, frame: dict[str, Any]) -> None:
        """Secrets and generations that were told are sent again by others."""
        if frame["t"] == "welcome":
            self.known["token"] = [*self.known["token"][-_KEPT:], frame["token"]]
            self.known["gen"] = [*self.known["gen"][-20:], frame["you"]["gen"]]

    async def _somebody(self, source: Random, outcome: Outcome) -> tuple[Peer | None, Phase]:
        """Somebody of the meeting in a phase; they are brought there if nobody is."""
        held = self.gate.held
        phase = source.choice((Phase.NEW, Phase.WAITING, Phase.INSIDE, Phase.INSIDE))
        name = held.host if phase is Phase.INSIDE and source.random() < 0.5 else source.choice(held.guests)
        key = (name, phase)
        peer = self.peers.get(key)
        if peer is not None and peer.socket.close_code is None:
            return peer, phase
        try:
            async with asyncio.timeout(_PATIENCE):
                self.peers[key] = await self._brought(name, phase)
        except (AssertionError, TimeoutError, OSError, websockets.WebSocketException):
            await self._forget_limits()
            await self.renew()
            outcome.meetings += 1
            return None, phase
        return self.peers[key], phase

    async def _brought(self, name: str, phase: Phase) -> Peer:
        if phase is Phase.NEW:
            return await self.gate.connect(await self.gate.cookie(name))
        ticket = await self.gate.ticket(name, takeover=True)
        self.known["ticket"] = [*self.known["ticket"][-_KEPT:], ticket]
        peer = await self.gate.connect(await self.gate.cookie(name))
        await peer.give("hello", ticket=ticket)
        self._learn(await peer.next("welcome"))
        if phase is Phase.INSIDE and name != self.gate.held.host:
            host = self.peers.get((self.gate.held.host, Phase.INSIDE))
            if host is None or host.socket.close_code is not None:
                host = self.peers[self.gate.held.host, Phase.INSIDE] = await self._brought(self.gate.held.host, phase)
            _fill_up()
            host.sent = max(host.sent, 20_000_000)
            await host.answer("admit", who=await self.gate.pid(name))
            await peer.next("state", "lobby")
        return peer

    def _frame(self, source: Random, peer: Peer) -> tuple[str, str | bytes]:
        roll = source.random()
        if roll < 0.3:
            frame = nearly_right(source)
            return "nearly right", frame.encode("utf-8", "replace").decode() if isinstance(frame, str) else frame
        if roll < 0.8:
            return self._right(source, peer, spoil=roll > 0.65)
        if roll < 0.9 and self.said:
            return "replay", source.choice(self.said)
        if roll < 0.93:
            return "octets", source.randbytes(source.randint(0, 300))
        if roll < 0.95:
            return "huge", '{"t":"sync","id":1,"x":"' + "a" * source.choice((65_500, 65_536, 70_000, 300_000)) + '"}'
        if roll < 0.97:
            return "nested", source.choice(("[", '{"a":')) * source.choice((10, 1_000, 20_000))
        return "text", source.choice(("", " ", "null", "0", '"sync"', "{}", "\ufeff{}", '{"t":null}', "\x00"))

    def _right(self, source: Random, peer: Peer, *, spoil: bool) -> tuple[str, str]:
        """A message with everything in place: ids, generations and secrets of somebody here; `spoil`: one is not."""
        build = source.choice(CLIENT_MESSAGES)
        if build.t in ("end", "leave") and source.random() < 0.9:
            build = source.choice(CLIENT_MESSAGES)
        peer.sent = max(peer.sent, 100) + 1
        frame = {"t": build.t} | {name: self._value(name, source, peer) for name in fields_of(build)}
        if spoil:
            frame[source.choice(sorted(frame))] = source.choice(_ODD)
        return f"{'spoilt ' if spoil else 'right '}{build.t}", json.dumps(frame)

    def _value(self, name: str, source: Random, peer: Peer) -> object:
        if name == "id":
            return peer.sent
        if name in ("who", "to"):
            return source.choice(self.known["who"])
        if name == "to_gen":
            return source.choice(self.known["gen"])
        if name in ("token", "ticket"):
            return source.choice(self.known[name])
        if name in ("on", "rebuild"):
            return source.random() < 0.5
        if name in ("c", "fp", "nonce"):
            return B32
        return source.choice(_WORDS.get(name, (1, 1, 1, 2, 65_535, 2**31 - 1)))

    async def _odd_handshake(self, source: Random, outcome: Outcome) -> str:
        how = dict(source.choice(_HANDSHAKES))
        own = {"cookie": await self.gate.cookie(self.gate.held.host)}
        try:
            peer = await self.gate.connect(**(own | how))
        except websockets.InvalidStatus as refused:
            status = refused.response.status_code
            outcome.handshakes[status] += 1
            if status >= 500:
                outcome.note(f"handshake answered {status}", str(sorted(how)))
        except (websockets.InvalidHandshake, UnicodeError):
            outcome.handshakes[0] += 1
        except OSError as error:
            outcome.note(f"no connection: {type(error).__name__}", str(sorted(how)))
        else:
            outcome.note("an odd handshake was accepted", str(sorted(how)))
            await peer.socket.close()
        return f"handshake {sorted(how)}"


def _fill_up() -> None:
    """Nobody has sent too much."""
    for one in hub.connections:
        for bucket in (one.intake.inside, one.intake.waiting, one.intake.volume):
            bucket.level = bucket.burst
        one.intake.drops.clear()
        one.buckets = None
