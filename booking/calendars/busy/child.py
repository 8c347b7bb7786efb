"""`read_limited`: the reader in a process that can neither run on, nor grow, nor write, nor reach a network.

The parent writes one line of JSON and the octets, and reads one line of JSON. Of the file's text nothing comes back.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from booking.calendars.busy.blocking import AllDay
from booking.calendars.busy.confinement import confine, interrupting
from booking.calendars.busy.errors import Unusable
from booking.calendars.busy.reader import read
from booking.calendars.busy.reading import Counts, Reading

ROOT = Path(__file__).resolve().parents[3]
CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: seconds of CPU and of wall time, octets of address space and of answer."""

    cpu_seconds: int = 6
    wall_seconds: float = 8.0
    address_space: int = 400_000_000
    answer: int = 8_000_000


COMMAND = (sys.executable, "-E", "-s", "-B", "-m", "booking.calendars.busy.child")


def read_limited(
    octets: bytes,
    window: tuple[datetime, datetime],
    zone: ZoneInfo,
    email: str | None,
    own_hosts: Collection[str] = (),
    tentative_blocks: bool = True,
    all_day: AllDay = "calendar",
    *,
    limits: Limits = Limits(),
    command: Sequence[str] = COMMAND,
) -> Reading:
    """As `reader.read`, in a child process that is gone when this returns.

    Raises Unusable, with the reader's codes or: time_limit, memory_limit, failed. `zone` must have a name.
    """
    request = {
        "window": [moment.isoformat() for moment in window],
        "zone": zone.key,
        "email": email,
        "own_hosts": sorted(own_hosts),
        "tentative_blocks": tentative_blocks,
        "all_day": all_day,
        "limits": asdict(limits),
    }
    answer = converse(command, json.dumps(request).encode() + b"\n" + octets, limits)
    try:
        return _reading(json.loads(answer))
    except (ValueError, TypeError, LookupError) as error:
        raise Unusable("failed") from error


def _reading(answer: dict[str, object]) -> Reading:
    """An answer as a Reading. Raises Unusable with the code that the child gives."""
    match answer:
        case {"unusable": str(code)}:
            raise Unusable(code)
        case {"intervals": list(pairs), "counts": dict(counts), "blocked_from": since}:
            intervals = tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in pairs)
            return Reading(
                intervals, Counts(**counts), datetime.fromisoformat(since) if isinstance(since, str) else None
            )
    raise ValueError("not an answer")


def converse(command: Sequence[str], request: bytes, limits: Limits) -> bytes:
    """Run a command, write the request to it, return what it writes; it is dead and gone when this returns.

    Raises Unusable (time_limit, memory_limit, failed). The environment is not handed on: it may hold secrets.
    """
    deadline = time.monotonic() + limits.wall_seconds
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, env={}, bufsize=0
    )
    try:
        answer = _exchange(child, request, limits, deadline)
        status = child.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise Unusable("time_limit") from None
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()
    if status:
        raise Unusable("time_limit" if -status in {signal.SIGXCPU, signal.SIGALRM} else "failed")
    return answer


def _exchange(child: "subprocess.Popen[bytes]", request: bytes, limits: Limits, deadline: float) -> bytes:
    """Write and read at once, so that neither side waits for the other. Raises Unusable or TimeoutExpired."""
    left, answer = memoryview(request), bytearray()
    if child.stdin is None or child.stdout is None:
        raise Unusable("failed")
    os.set_blocking(child.stdin.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdin, selectors.EVENT_WRITE)
        selector.register(child.stdout, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if time.monotonic() >= deadline:
                raise subprocess.TimeoutExpired(child.args, limits.wall_seconds)
            for key, _ in ready:
                if key.fileobj is child.stdin:
                    left = left[_written(key.fd, left) :]
                    if not left:
                        selector.unregister(child.stdin)
                        child.stdin.close()
                    continue
                chunk = os.read(key.fd, CHUNK)
                answer += chunk
                if not chunk:
                    selector.unregister(child.stdout)
                if len(answer) > limits.answer:
                    raise Unusable("failed")
    return bytes(answer)


def _written(pipe: int, octets: memoryview) -> int:
    """How many octets a pipe took; a child that has gone takes all."""
    try:
        return os.write(pipe, octets[:CHUNK])
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(octets)


def main() -> None:
    """The child: read the request, shut in, read the file, write the answer."""
    request = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**request.pop("limits"))
    confine(limits.cpu_seconds, limits.wall_seconds, limits.address_space)
    sys.stdout.write(json.dumps(_answer(request)))


def _answer(request: dict[str, Any]) -> dict[str, object]:
    """The answer to a request whose octets are still to be read."""
    first, last = (datetime.fromisoformat(moment) for moment in request.pop("window"))
    try:
        octets = sys.stdin.buffer.read()
        reading = read(octets, (first, last), ZoneInfo(request.pop("zone")), **request, watch=interrupting)
    except Unusable as error:
        return {"unusable": error.code}
    except MemoryError:
        return {"unusable": "memory_limit"}
    return {
        "intervals": [[start.isoformat(), end.isoformat()] for start, end in reading.intervals],
        "counts": asdict(reading.counts),
        "blocked_from": reading.blocked_from.isoformat() if reading.blocked_from else None,
    }


if __name__ == "__main__":
    main()
