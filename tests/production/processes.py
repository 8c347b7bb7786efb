"""Programs that stand beside each other for one test, and all end with it."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from tests.trial import ROOT

_PATIENCE = 30


@dataclass
class Processes:
    """Started one after the other, stopped in the other order; what they print lies in `folder`."""

    folder: Path
    env: dict[str, str]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        """Start one by a name that is its log's, too."""
        with (self.folder / f"{name}.log").open("wb") as log:
            started = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self._running[name] = started

    def alive(self) -> None:
        """Raise with the last words of a process that has ended by itself."""
        for name, process in self._running.items():
            assert process.poll() is None, f"{name} ended with {process.returncode}: {self.last_words(name)}"

    def last_words(self, name: str) -> str:
        """The end of what one printed."""
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Ask each to end; end by force what does not."""
        for process in reversed(self._running.values()):
            process.terminate()
        until = time.monotonic() + _PATIENCE
        for process in self._running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
