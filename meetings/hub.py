"""The sockets of this process, by participant and by meeting: who gets which snapshot, and the way of pair messages.

Somebody in this process is reached directly, somebody elsewhere through the channel layer. Pair messages are judged by
the snapshot held here, which a doorbell or the look every five seconds renews: a relay touches no database.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from meetings import turn
from meetings.connection import Connection
from meetings.exchange import Exchange, News, doorbell, meeting_group, participant_group
from meetings.lobby import State
from meetings.protocol import ByeReason, CloseCode, Error, ErrorCode, PairMessage, Phase, Relayed, serialise
from meetings.relaying import forbidden_in_relay
from meetings.services.presence import look_up
from meetings.state import Present, Snapshot
from meetings.threads import in_thread

log = logging.getLogger("motas.meetings")
_INSIDE = frozenset({Phase.INSIDE, Phase.ASIDE})
_OUT = {
    State.REMOVED: (CloseCode.REMOVED, ByeReason.REMOVED),
    State.DENIED: (CloseCode.REMOVED, ByeReason.DENIED),
    State.LEFT: (CloseCode.DONE, ByeReason.LEFT),
}


@dataclass(slots=True)
class Held:
    """One meeting with sockets in this process."""

    snapshot: Snapshot
    connections: set[Connection] = field(default_factory=set)


class Hub:
    """Everything this process delivers. Used from one event loop."""

    def __init__(self) -> None:
        """Empty. `loop`: where the sockets live, once there are any; `stopping`: the process is about to end.

        `doubt` is set while there are municipalities `in_doubt`, whose sockets' rights are to be asked for now.
        """
        self.loop: asyncio.AbstractEventLoop | None = None
        self.stopping = False
        self.connections: set[Connection] = set()
        self.here: dict[str, Connection] = {}
        self.meetings: dict[UUID, Held] = {}
        self.exchange = Exchange(self._heard)
        self.in_doubt: set[int] = set()
        self.doubt = asyncio.Event()
        self._renewing: dict[UUID, asyncio.Task[None]] = {}
        self._wanted: dict[UUID, int] = {}

    async def enter(self, connection: Connection, current: Snapshot) -> None:
        """A connection has said hello. An older socket of the same person here is closed."""
        older = self.here.get(connection.pid)
        if older is not None and older is not connection:
            self._replaced(older, same_page=older.caller is not None and older.caller == connection.caller)
        self.here[connection.pid] = connection
        held = self.meetings.setdefault(current.id, Held(current))
        held.connections.add(connection)
        await self.exchange.join(meeting_group(current.id))
        await self.exchange.join(participant_group(connection.pid))

    async def leave(self, connection: Connection) -> bool:
        """A socket is gone: forget it, and the meeting with its last one. True if it was its participant's socket."""
        self.connections.discard(connection)
        if connection.caller is None:
            return False
        current = self.here.get(connection.pid) is connection
        if current:
            del self.here[connection.pid]
            await self.exchange.quit(participant_group(connection.pid))
        held = self.meetings.get(connection.caller.meeting)
        if held is not None:
            held.connections.discard(connection)
            if not held.connections:
                del self.meetings[connection.caller.meeting]
                await self.exchange.quit(meeting_group(connection.caller.meeting))
        return current

    def new_of(self, person: UUID) -> int:
        """How many sockets of this person have not said hello yet."""
        return sum(one.person == person and one.phase is Phase.NEW for one in self.connections)

    def clear(self) -> None:
        """Forget everything: the event loop ends."""
        self.loop, self.stopping = None, False
        self.in_doubt.clear()
        self.connections.clear()
        self.here.clear()
        self.meetings.clear()

    def restart(self) -> None:
        """The process is about to stop: every client is told to come back at once, to whoever serves then."""
        self.stopping = True
        for connection in tuple(self.connections):
            connection.close(CloseCode.RESTARTING, ByeReason.RESTARTING)

    def publish(self, current: Snapshot) -> None:
        """A change made here: show it to everybody here and ring everybody else."""
        self.deliver(current)
        self.exchange.send(meeting_group(current.id), doorbell(current.municipality, current.id, current.version))

    def deliver(self, current: Snapshot) -> None:
        """Show a version to every connection of its meeting that has not seen it or a newer one."""
        held = self.meetings.get(current.id)
        if held is None:
            return
        if current.version > held.snapshot.version:
            held.snapshot = current
        for connection in tuple(held.connections):
            self.show(connection, held.snapshot)

    def show(self, connection: Connection, current: Snapshot) -> None:
        """Bring one connection to a version: its phase, what it may see, or its end."""
        me = current.people.get(connection.pid)
        if connection.closing or connection.shown >= current.version or connection.caller is None:
            return
        if me is None or me.member.gen != connection.caller.gen:
            self._replaced(connection, same_page=False)
        elif self._ended(connection, current, me):
            return
        elif me.token != connection.token_hash:
            self._replaced(connection, same_page=True)
        else:
            connection.shown = current.version
            _tell(connection, current, me)

    def relay(self, connection: Connection, message: PairMessage) -> None:
        """Pass a pair message on, stamped with its sender, or answer why not."""
        held = self.meetings.get(connection.caller.meeting) if connection.caller else None
        recipient = held.snapshot.people.get(message.to) if held else None
        code = _refused(held.snapshot, recipient, message) if held else ErrorCode.NOT_NOW
        if code is not None or connection.caller is None:
            connection.push(Error(code=code or ErrorCode.NOT_NOW, to=message.to, n=getattr(message, "n", None)))
            return
        frame = serialise(Relayed(sender=connection.pid, sender_gen=connection.caller.gen, message=message))
        self._pass_on(message.to, message.to_gen, frame, elsewhere=True)

    def ring(self, municipality: int, meeting: UUID, version: int) -> None:
        """A change made elsewhere: read it, unless it is known already. Rings during a read are gathered."""
        held = self.meetings.get(meeting)
        if held is None or held.snapshot.version >= version:
            return
        self._wanted[meeting] = max(version, self._wanted.get(meeting, 0))
        if meeting not in self._renewing:
            self._renewing[meeting] = asyncio.get_running_loop().create_task(self._renew(municipality, meeting))

    def callers(self) -> dict[int, list[Connection]]:
        """Connections that have said hello, by municipality."""
        found: dict[int, list[Connection]] = {}
        for connection in self.connections:
            if connection.caller is not None and not connection.closing:
                found.setdefault(connection.caller.municipality, []).append(connection)
        return found

    def ask_rights(self, municipality: int) -> None:
        """Somebody's rights have changed there: the clock asks at once for every socket of that municipality."""
        if municipality in self.callers():
            self.in_doubt.add(municipality)
            self.doubt.set()

    def version_of(self, connection: Connection) -> int:
        """The newest version known here of the connection's meeting; 0 to whoever is not in.

        How often it rises tells how much happens inside, which is nothing for the lobby.
        """
        caller = connection.caller if connection.phase in _INSIDE else None
        held = self.meetings.get(caller.meeting) if caller else None
        return held.snapshot.version if held else 0

    async def _renew(self, municipality: int, meeting: UUID) -> None:
        try:
            while (held := self.meetings.get(meeting)) and held.snapshot.version < self._wanted[meeting]:
                self.deliver(await in_thread(look_up, municipality=municipality, meeting=meeting))
        except Exception as error:  # noqa: BLE001 - the look every five seconds tries again; a traceback may hold ids
            log.warning("meeting not read: %s", type(error).__name__)
        finally:
            del self._renewing[meeting], self._wanted[meeting]

    def _heard(self, news: News) -> None:
        if news["type"] == "doorbell":
            self.ring(news["municipality"], UUID(news["meeting"]), news["version"])
        elif news["type"] == "relay":
            self._pass_on(news["to"], news["gen"], news["frame"], elsewhere=False)
        elif news["type"] == "rights":
            self.ask_rights(news["municipality"])

    def _pass_on(self, pid: str, gen: int, frame: str, *, elsewhere: bool) -> None:
        target = self.here.get(pid)
        if target is not None and target.caller is not None and target.caller.gen == gen and not target.closing:
            if target.phase in _INSIDE:
                target.push_text(frame)
        elif elsewhere:
            self.exchange.send(participant_group(pid), {"type": "relay", "to": pid, "gen": gen, "frame": frame})

    def _replaced(self, connection: Connection, *, same_page: bool) -> None:
        """4409 when another page took over; 4408 when this page's own newer socket did."""
        if same_page:
            connection.close(CloseCode.TOO_SLOW)
        else:
            connection.close(CloseCode.REPLACED, ByeReason.REPLACED)

    def _ended(self, connection: Connection, current: Snapshot, me: Present) -> bool:
        """Close a connection whose meeting or place in it is over."""
        if me.state in _OUT and not (current.ended and me.state is State.LEFT):
            connection.close(*_OUT[me.state])
        elif current.ended:
            connection.close(CloseCode.ENDED, ByeReason.ENDED)
        elif me.phase is Phase.GONE:
            connection.close(CloseCode.TOO_SLOW)
        return connection.closing


def _tell(connection: Connection, current: Snapshot, me: Present) -> None:
    """Send `lobby` when it says something new, or `state`. Coming in brings `ice` just before it: then a client can
    open its connections as soon as it knows with whom."""
    before, connection.phase = connection.phase, me.phase
    connection.role, connection.host = me.member.role, me.member.host
    if me.phase is Phase.WAITING:
        message = current.lobby_for(connection.pid)
        if message != connection.last_lobby:
            connection.last_lobby = message
            connection.push(message)
        return
    connection.last_lobby = None
    if before not in _INSIDE:
        connection.push(turn.credentials(timezone.now()))
    connection.push(current.state_for(connection.pid))


def _refused(current: Snapshot, recipient: Present | None, message: PairMessage) -> ErrorCode | None:
    if recipient is None or not recipient.inside:
        return ErrorCode.NO_SUCH_PARTICIPANT
    if recipient.member.gen != message.to_gen:
        return ErrorCode.STALE_GENERATION
    return ErrorCode.RELAY_ONLY if forbidden_in_relay(current.facts.ice_policy, message) else None


hub = Hub()
