"""`serialise`: one typed message to the text of one frame."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from meetings.wire.commands import Command
from meetings.wire.events import Event, Relayed, ServerMessage
from meetings.wire.pairs import PairMessage

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def serialise(message: ServerMessage | Command | PairMessage) -> str:
    """Build the JSON text of a message. Times must be aware; they are written in UTC, ending in Z."""
    return json.dumps(_frame(message), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _frame(message: ServerMessage | Command | PairMessage) -> dict[str, object]:
    if isinstance(message, Relayed):
        return _relayed(message)
    omits = message.omits if isinstance(message, Event) else frozenset[str]()
    plain = _members(message)
    return {"t": message.t, **{name: value for name, value in plain.items() if value is not None or name not in omits}}


def _relayed(relayed: Relayed) -> dict[str, object]:
    plain = _members(relayed.message)
    del plain["to"], plain["to_gen"]
    return {"t": relayed.message.t, "from": relayed.sender, "from_gen": relayed.sender_gen, **plain}


def _members(value: "DataclassInstance") -> dict[str, object]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return _members(value) if is_dataclass(value) and not isinstance(value, type) else value


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a time on the wire must be aware")
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
