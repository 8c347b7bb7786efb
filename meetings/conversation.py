"""One frame from a client: limit, read, judge, carry out, answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from django.db import DatabaseError
from django.utils import timezone

from booking.errors import BookingError
from identity.errors import IdentityError
from meetings import turn
from meetings.connection import Connection
from meetings.errors import Closed, Refused
from meetings.flow import TokenBucket, Verdict, code_bucket, ice_bucket, write_bucket
from meetings.hub import hub
from meetings.protocol import (
    Admit,
    Aside,
    CloseCode,
    Command,
    Deny,
    End,
    Error,
    ErrorCode,
    FreshIce,
    Hello,
    Leave,
    Lock,
    NewCode,
    Ok,
    PairMessage,
    Pause,
    Pong,
    ProtocolError,
    Ready,
    Remove,
    Resume,
    Sync,
    Tell,
    Unpause,
    Welcome,
    You,
    parse,
    refusal,
)
from meetings.services import course, door, entrance
from meetings.services.entrance import Entered
from meetings.state import Snapshot
from meetings.threads import in_thread

log = logging.getLogger("motas.meetings")
UseCase = Callable[..., Snapshot]

# Commands that a use case carries out. `permit`, `give_host` and `take_host` are not served yet: `not_now`.
USE_CASES: Final[dict[type[Command], UseCase]] = {
    Sync: course.look,
    Ready: door.ready,
    Leave: door.leave,
    Admit: door.admit,
    Deny: door.deny,
    Tell: door.tell,
    Aside: door.aside,
    Remove: door.remove,
    Lock: door.lock,
    Pause: course.pause,
    Unpause: course.unpause,
    NewCode: course.new_code,
    End: course.end,
}
Limit = tuple[str, Callable[[], TokenBucket]]

# Which bucket a command takes from: its own, or the one of all that write. Never limited: seeing, and getting out.
_WRITES: Final[Limit] = ("write", write_bucket)
_LIMITS: Final[dict[type[Command], Limit]] = {
    FreshIce: ("ice", ice_bucket),
    NewCode: ("new_code", code_bucket),
    **dict.fromkeys((Ready, Admit, Deny, Tell, Aside, Remove, Lock, Pause, Unpause), _WRITES),
}


async def handle(connection: Connection, frame: str | bytes) -> None:
    """Handle one received frame. Never raises for what a client sends; its answers go out over the connection."""
    connection.heard_at = now = time.monotonic()
    verdict = connection.intake.judge(len(frame), connection.phase, now)
    if verdict is Verdict.CLOSE:
        connection.close(CloseCode.FLOODING)
        return
    try:
        message = parse(frame)
    except ProtocolError as error:
        _unreadable(connection, error, slow=verdict is Verdict.DROP)
        return
    if verdict is Verdict.DROP:
        _answer(connection, message, ErrorCode.SLOW_DOWN)
    elif isinstance(message, Command) and not connection.rising.accept(message.id):
        _answer(connection, message, ErrorCode.BAD_MESSAGE)
    elif (code := _refusal(connection, message, now)) is not None:
        _answer(connection, message, code)
    elif isinstance(message, Command):
        await _command(connection, message)
    else:
        hub.relay(connection, message)


def _unreadable(connection: Connection, error: ProtocolError, *, slow: bool) -> None:
    if error.close is not None:
        connection.close(error.close)
    else:
        code = ErrorCode.SLOW_DOWN if slow else error.code
        connection.push(Error(code=code, re=error.re, to=error.to, n=error.n))


def _answer(connection: Connection, message: Command | PairMessage, code: ErrorCode) -> None:
    if isinstance(message, Command):
        connection.push(Error(code=code, re=message.id))
    else:
        connection.push(Error(code=code, to=message.to, n=getattr(message, "n", None)))


def _refusal(connection: Connection, message: Command | PairMessage, now: float) -> ErrorCode | None:
    """What is refused without the database: by phase and role as last seen, and by the commands' own limits."""
    code = refusal(message, phase=connection.phase, role=connection.role, host=connection.host)
    limit = _LIMITS.get(type(message)) if isinstance(message, Command) else None
    if code is not None or limit is None:
        return code
    buckets = connection.buckets = connection.buckets or {}
    name, made = limit
    bucket = buckets.setdefault(name, made())
    return None if bucket.take(1, now) else ErrorCode.SLOW_DOWN


async def _command(connection: Connection, message: Command) -> None:
    """Carry a command out and answer it; what goes wrong is an error code or a close code, never text."""
    try:
        await _carried_out(connection, message)
    except Refused as refused:
        connection.push(Error(code=refused.code, re=message.id))
    except Closed as closed:
        connection.close(closed.close, closed.bye)
    except (IdentityError, BookingError):
        if connection.caller is None:
            connection.close(CloseCode.NOT_ACCEPTED)
        else:
            connection.push(Error(code=ErrorCode.NOT_NOW, re=message.id))
    except DatabaseError as error:
        log.error("command %s: %s", message.t, type(error).__name__)
        if connection.caller is None:
            connection.close(CloseCode.RESTARTING)
        else:  # a slow database throws nobody out who is in
            connection.push(Error(code=ErrorCode.SLOW_DOWN, re=message.id))


async def _carried_out(connection: Connection, message: Command) -> None:
    if isinstance(message, Hello | Resume):
        await _enter(connection, message)
    elif isinstance(message, Pong):
        connection.push(Ok(re=message.id))
    elif isinstance(message, FreshIce) and connection.caller is not None:
        await in_thread(course.may_connect, by=connection.caller, message=message)
        connection.push(Ok(re=message.id))
        connection.push(turn.credentials(timezone.now()))
    elif (use_case := USE_CASES.get(type(message))) is not None:
        current = await in_thread(use_case, by=connection.caller, message=message)
        connection.push(Ok(re=message.id))
        if isinstance(message, Sync):
            connection.shown, connection.last_lobby = 0, None
            hub.deliver(current)
        else:
            hub.publish(current)
    else:
        raise Refused(ErrorCode.NOT_NOW)


async def _enter(connection: Connection, message: Hello | Resume) -> None:
    """Redeem the ticket or token; the answer is `ok`, `welcome`, then what everybody in that phase gets."""
    known: dict[str, Any] = {"municipality": connection.municipality, "session_key": connection.session_key}
    if isinstance(message, Hello):
        entered = await in_thread(entrance.redeem, ticket=message.ticket, **known)
    else:
        entered = await in_thread(entrance.resume, token=message.token, **known)
    connection.caller, connection.token_hash = entered.caller, entered.token_hash
    connection.pid = str(entered.caller.participant)
    connection.push(Ok(re=message.id))
    connection.push(_welcome(connection, entered))
    await hub.enter(connection, entered.snapshot)
    hub.publish(entered.snapshot)


def _welcome(connection: Connection, entered: Entered) -> Welcome:
    me = entered.snapshot.people[connection.pid]
    you = You(id=me.member.id, gen=me.member.gen, role=me.member.role, host=me.member.host)
    version = entered.snapshot.version if me.inside else 0  # how much happens inside is nothing for the lobby
    return Welcome(you=you, phase=me.phase, token=entered.token, v=version, time=timezone.now())
