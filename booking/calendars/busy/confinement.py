"""What the child process shuts itself into before it reads a stranger's octets."""

import contextlib
import resource
import signal
import sys
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from booking.calendars.busy.budget import OverBudget

REFUSED = (
    *("socket.", "subprocess.", "ctypes.", "shutil."),
    *("os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system"),
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"),
)
READABLE = tuple(
    str(Path(place).resolve())
    for place in {sys.prefix, sys.base_prefix, *zoneinfo.TZPATH, str(Path(__file__).resolve().parents[2])}
)


def confine(cpu_seconds: int, wall_seconds: float, address_space: int) -> None:
    """Limit this process for good: CPU, wall time, memory; no octet to any file, no socket, no other program.

    Beyond the first two the kernel ends the process (SIGXCPU, SIGALRM); memory raises MemoryError, the rest OSError.
    """
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))  # SIGXCPU first, SIGKILL only after it
    for kind, limit in ((resource.RLIMIT_AS, address_space), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (limit, limit))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook (PEP 578): it cannot be taken away again. Files may be read where Python and the zones are, only."""
    if event.startswith(REFUSED):
        raise PermissionError("not here")
    if event == "open":
        path, mode = arguments[0], arguments[1]
        reads = mode is None or (isinstance(mode, str) and not set(mode) & set("wax+"))
        if not (reads and isinstance(path, str | bytes) and _is_readable(path)):
            raise PermissionError("not here")


def _is_readable(path: str | bytes) -> bool:
    """Whether a path lies, links followed, in one of the READABLE places."""
    resolved = Path(path.decode() if isinstance(path, bytes) else path).resolve()
    return any(resolved.is_relative_to(place) for place in READABLE)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise OverBudget


@contextlib.contextmanager
def interrupting(seconds: float) -> Iterator[None]:
    """A Watch: OverBudget after so many seconds of this process's CPU, even in the middle of one step."""
    signal.signal(signal.SIGVTALRM, _interrupt)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        # In this order: a signal that is already on its way must find nobody to interrupt.
        signal.signal(signal.SIGVTALRM, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
