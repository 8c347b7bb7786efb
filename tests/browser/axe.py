"""axe-core at a page: every rule of WCAG 2.2 A and AA, and the best practices."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.programs import node_module

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
NARROW, WIDE = 390, 1280


def faults(page: Page) -> list[str]:
    """What axe finds at the shown page: narrow and wide, light and dark."""
    page.evaluate(node_module("axe-core/axe.min.js").read_text())
    found = []
    for width, scheme in ((WIDE, "light"), (NARROW, "light"), (NARROW, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for violation in page.evaluate(_RUN, _TAGS)["violations"]:
            found += [f"{width} {scheme}: {_words(violation, node)}" for node in violation["nodes"]]
        if not page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"):
            found.append(f"{width} {scheme}: the page is wider than its window")
    return found


def _words(violation: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{violation['id']} at {node['target']}: {node['failureSummary']}"


class Check:
    """Gathers the faults of many pages, so that one run names them all."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        self.pages = 0

    def __call__(self, page: Page, name: str = "") -> None:
        """Look at what the page shows now."""
        self.pages += 1
        if wrong := faults(page):
            self.found[name or page.title()] = wrong
