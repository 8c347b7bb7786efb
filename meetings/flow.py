"""How much a connection may send, and how much may wait to be sent to it. Pure; `now` is monotonic seconds."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from meetings.protocol import Phase

KIB: Final = 1024
DROPS_TO_CLOSE: Final = 200
DROPS_WINDOW_SECONDS: Final = 10.0
QUEUE_FRAMES: Final = 256
QUEUE_BYTES: Final = KIB * KIB


@dataclass(slots=True)
class TokenBucket:
    """Holds at most `burst` tokens and gains `rate` of them per second."""

    rate: float
    burst: float
    level: float = field(init=False)
    filled_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Start full."""
        self.level = self.burst

    def has(self, cost: float, now: float) -> bool:
        """Fill up to `now` and say whether `cost` tokens are there. A clock that goes back gives nothing."""
        gained = max(0.0, now - self.filled_at) * self.rate
        self.level = min(self.burst, self.level + gained)
        self.filled_at = max(now, self.filled_at)
        return cost <= self.level

    def take(self, cost: float, now: float) -> bool:
        """Take `cost` tokens if they are there; otherwise take nothing."""
        enough = self.has(cost, now)
        if enough:
            self.level -= cost
        return enough


class Verdict(StrEnum):
    """What to do with a frame."""

    PASS = "pass"  # noqa: S105 - a word, not a secret
    DROP = "drop"
    CLOSE = "close"


@dataclass(slots=True)
class Intake:
    """The limiter of one connection: messages and bytes; too many drops in a short time end it.

    Inside: 20 messages/s with a burst of 120. Before that: 2/s with a burst of 10. Bytes: 64 KiB/s, burst 256 KiB.
    """

    inside: TokenBucket = field(default_factory=lambda: TokenBucket(20, 120))
    waiting: TokenBucket = field(default_factory=lambda: TokenBucket(2, 10))
    volume: TokenBucket = field(default_factory=lambda: TokenBucket(64 * KIB, 256 * KIB))
    drops: deque[float] = field(default_factory=deque)

    def judge(self, size: int, phase: Phase, now: float) -> Verdict:
        """Judge a frame of `size` bytes. DROP answers `slow_down`, CLOSE closes with 4429."""
        messages = self.inside if phase in {Phase.INSIDE, Phase.ASIDE} else self.waiting
        if messages.has(1, now) and self.volume.take(size, now):
            messages.take(1, now)
            return Verdict.PASS
        return self._dropped(now)

    def _dropped(self, now: float) -> Verdict:
        self.drops.append(now)
        while self.drops[0] <= now - DROPS_WINDOW_SECONDS:
            self.drops.popleft()
        return Verdict.CLOSE if len(self.drops) >= DROPS_TO_CLOSE else Verdict.DROP


def ice_bucket() -> TokenBucket:
    """The limit of the command `ice`: 6 per minute and connection."""
    return TokenBucket(6 / 60, 6)


def code_bucket() -> TokenBucket:
    """The limit of the command `new_code`: one in 10 s per person."""
    return TokenBucket(1 / 10, 1)


def write_bucket() -> TokenBucket:
    """The limit of all commands together that write a row or the access log: one a second with a burst of 20.

    `leave` and `end` are not counted: whoever wants out must get out.
    """
    return TokenBucket(1, 20)


@dataclass(slots=True)
class Outgoing:
    """How much waits to be sent to one connection: 256 frames or 1 MiB, then it is too slow (4408)."""

    frames: int = 0
    bytes: int = 0

    def add(self, size: int) -> bool:
        """Count one more frame of `size` bytes; False when the connection must be closed instead."""
        if self.frames >= QUEUE_FRAMES or self.bytes + size > QUEUE_BYTES:
            return False
        self.frames += 1
        self.bytes += size
        return True

    def sent(self, size: int) -> None:
        """One frame of `size` bytes is on its way."""
        self.frames -= 1
        self.bytes -= size


@dataclass(slots=True)
class Rising:
    """Command numbers of one connection: each must be larger than the one before."""

    last: int = 0

    def accept(self, number: int) -> bool:
        """Take `number` if it rises; otherwise the message is `bad_message`."""
        if number <= self.last:
            return False
        self.last = number
        return True
