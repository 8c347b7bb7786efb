"""What the storms over HTTP ask for, and what must come of it: one winner, everything at once, repeated calls."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from uuid import UUID

from booking.timeline import Tick, instant
from tests.programs.racing import FORMS, LANGUAGE, Stage
from tests.programs.volley import Call, Reply

REPEATED_STATUSES = (200, 201, 409, 422, 429)
_RESIDENTS = 400
_JOINT, _HOLDS, _MOVED, _CANCELLED, _RELEASED = 0.3, 0.2, 0.3, 0.3, 0.3


def one_winner(on: Stage, attempts: int, seed: int = 1) -> Iterator[Call]:
    """Every attempt covers the middle of the first day of its calendar, with one of four lengths."""
    rng = random.Random(seed)
    for number in range(attempts):
        meeting_type, ticks = rng.choice(on.types)
        start = middle(on) - rng.randrange(ticks)
        yield Call(
            "/bookings", booking(meeting_type, start, rng.choice(on.calendars), rng), f"one-winner-{seed}-{number:08}"
        )


def middle(on: Stage) -> Tick:
    """The tick that all attempts of `one_winner` cover."""
    return sum(on.spans[0]) // 2


def booking(meeting_type: UUID, start: Tick, calendar: UUID | None, rng: random.Random) -> dict[str, Any]:
    """A body of `POST /bookings`."""
    body: dict[str, Any] = time(meeting_type, start, calendar, rng)
    resident = {"role": "resident", "external_id": f"storm-{rng.randrange(_RESIDENTS)}"}
    return body | {"parties": [resident], "contact": {"way": "none"}}


def time(meeting_type: UUID, start: Tick, calendar: UUID | None, rng: random.Random) -> dict[str, Any]:
    """A time as bodies have it."""
    body = {"meeting_type": str(meeting_type), "form": rng.choice(FORMS), "start": instant(start).isoformat()}
    return body | ({"calendar": str(calendar)} if calendar else {})


@dataclass
class Mixed:
    """Bookings, many with an interpreter, and holds; many are moved, cancelled, kept longer or let go afterwards.

    What became of each is written down, so that a booking that was promised and is not there is found.
    """

    on: Stage
    seed: int = 1
    stands: dict[str, str] = field(default_factory=dict)  # booking id to its start, RFC 3339
    gone: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def calls(self, attempts: int) -> Iterator[Call]:
        """The first request of each attempt."""
        rng = random.Random(self.seed)
        for number in range(attempts):
            meeting_type, ticks = rng.choice(self.on.types)
            key, calendar = f"mixed-{self.seed}-{number:08}", rng.choice((*self.on.calendars, None))
            start = self._start(rng, ticks)
            if rng.random() < _HOLDS:
                body = time(meeting_type, start, calendar, rng) | {"external_id": f"storm-{number}"}
                yield Call("/holds", body, key)
            else:
                body = booking(meeting_type, start, calendar, rng)
                joint = {"roles": [{"role": "interpreter", "language": LANGUAGE}]} if rng.random() < _JOINT else {}
                yield Call("/bookings", body | joint, key, about=ticks)

    def _start(self, rng: random.Random, ticks: int) -> Tick:
        first, last = rng.choice(self.on.spans)
        return rng.randrange(first, last - ticks + 1)

    def then(self, reply: Reply) -> list[Call]:
        """Write down what was promised, and what to do about it next."""
        rng = random.Random(reply.call.key)
        made = str(reply.body.get("id", ""))
        if reply.status == 201 and reply.call.path == "/holds":
            return self._after_a_hold(made, reply.call.key, rng)
        with self._lock:
            if reply.status in (200, 201) and reply.call.path.endswith(("/bookings", "/move")):
                self.stands[made] = str(reply.body["start"])
            if reply.status == 200 and reply.call.path.endswith("/cancel"):
                self.stands.pop(made, None)
                self.gone.add(made)
        if reply.status == 201 and reply.call.path == "/bookings":
            return list(self._after_a_booking(made, reply, rng))
        return []

    def _after_a_hold(self, made: str, key: str, rng: random.Random) -> list[Call]:
        more = [Call(f"/holds/{made}/extend", {}, f"{key}-e")] if rng.random() < _MOVED else []
        return [*more, Call(f"/holds/{made}", {}, f"{key}-r", method="DELETE")] if rng.random() < _RELEASED else more

    def _after_a_booking(self, made: str, reply: Reply, rng: random.Random) -> Iterator[Call]:
        key = reply.call.key
        if rng.random() < _MOVED and isinstance(reply.call.about, int):
            start = instant(self._start(rng, reply.call.about)).isoformat()
            yield Call(f"/bookings/{made}/move", {"start": start, "sequence": reply.body["sequence"]}, f"{key}-m")
        if rng.random() < _CANCELLED:
            yield Call(f"/bookings/{made}/cancel", {"by": "resident"}, f"{key}-c")

    def lost(self, rows: Iterable[tuple[UUID, str, Tick]]) -> list[str]:
        """What is not as was promised. `rows`: id, state and first tick of every booking."""
        there = {str(made): (state, instant(tick).isoformat()) for made, state, tick in rows}
        promised = {made: _utc(start) for made, start in self.stands.items()}
        missing = [made for made, start in promised.items() if there.get(made) not in _standing(start)]
        return missing + [made for made in self.gone if there.get(made, ("", ""))[0] != "cancelled_by_resident"]


def _standing(start: str) -> tuple[tuple[str, str], ...]:
    return ("confirmed", start), ("ready", start)


def _utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


def repeated(on: Stage, requests: int, seed: int = 1) -> Iterator[Call]:
    """Double clicks (each call twice in a row, on two connections), 5 % sent again later, 1 % with another body."""
    rng, sent, number = random.Random(seed), 0, 0
    again: list[Call] = []
    while sent < requests:
        number += 1
        meeting_type, ticks = rng.choice(on.types)
        first, last = rng.choice(on.spans)
        body = booking(meeting_type, rng.randrange(first, last - ticks), rng.choice(on.calendars), rng)
        call = Call("/bookings", body, f"again-{seed}-{number:08}", about="same")
        now = [call, call]
        if rng.random() < 0.05:
            again.append(call)
        if rng.random() < 0.01:
            now.append(Call("/bookings", body | {"form": "visit"}, call.key, about="other"))
        if len(again) > 20:
            now.append(again.pop(0))
        for one in now[: requests - sent]:
            sent += 1
            yield one


def double_effects(replies: Iterable[Reply]) -> list[str]:
    """Keys that made two things, or that another body got something for."""
    made: defaultdict[str, set[str]] = defaultdict(set)
    wrong = set()
    for reply in replies:
        if reply.status in (200, 201):
            made[reply.call.key].add(str(reply.body.get("id")))
            if reply.call.about == "other" and len(made[reply.call.key]) > 1:
                wrong.add(reply.call.key)
    return sorted(wrong | {key for key, ids in made.items() if len(ids) > 1})
