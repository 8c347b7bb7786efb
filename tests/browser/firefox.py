"""Firefox ESR, driven by puppeteer-core in a Node process: Playwright's own build does not drive Debian's."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.browser.frames import REMEMBER_CONNECTIONS
from tests.browser.programs import needed, node_module

_SCRIPT = Path(__file__).with_suffix(".mjs")
_PATIENCE = 60


class Firefox:
    """A running Firefox with one page. Every order is answered: the script sets its own time limits."""

    def __enter__(self) -> Firefox:
        node_module("puppeteer-core")
        command = [needed("node"), str(_SCRIPT), needed("firefox-esr"), REMEMBER_CONNECTIONS]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._answer() == "ready"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """The end of its orders is the script's end, and its browser's."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        finally:
            self._process.kill()
            self._process.stdout.close()

    def open(self, address: str) -> None:
        """Go to a whole address."""
        self._order({"do": "open", "address": address})

    def press(self, selector: str) -> None:
        """Press the first element that the selector names, once it is shown."""
        self._order({"do": "press", "selector": selector})

    def tell(self, code: str) -> Any:  # noqa: ANN401 - whatever the page says
        """What a function without arguments returns in the page."""
        return self._order({"do": "tell", "code": code})

    def _order(self, order: dict[str, str]) -> Any:  # noqa: ANN401 - whatever the page says
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:  # noqa: ANN401 - whatever the page says
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "Firefox' driver has ended"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["value"]
