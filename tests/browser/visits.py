"""Debian's Chromium, and watched pages in it for people who visit a site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.programs import CHROMIUM_FLAGS, needed
from tests.browser.watch import Watch

WAIT = 30_000
NewPage = Callable[..., Page]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium. Playwright's event loop is this thread's while it runs: keep it short."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needed("chromium"), args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visits(browser: Browser, ports: tuple[int, ...]) -> Iterator[NewPage]:
    """Makes a page of a new person at the first port; `scripts=False` is a browser without JavaScript.

    Whatever no page may do is an error at the end.
    """
    hosts = tuple(f"{name}:{port}" for port in ports for name in ("localhost", "okand.localhost"))
    watches: list[Watch] = []
    with ExitStack() as stack:

        def make(*, port: int = ports[0], scripts: bool = True, width: int = 1280) -> Page:
            address = f"http://localhost:{port}"
            context = swedish(browser, base_url=address, width=width, java_script_enabled=scripts)
            stack.callback(context.close)
            watches.append(Watch(context, hosts))
            return context.new_page()

        yield make
    faults = [fault for watch in watches for fault in watch.faults]
    assert not faults, faults


def swedish(browser: Browser, *, width: int, **options: Any) -> BrowserContext:
    """A context of somebody in Sweden, without motion: axe would else judge colours half-way."""
    context = browser.new_context(
        locale="sv-SE",
        timezone_id="Europe/Stockholm",
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(WAIT)
    return context
