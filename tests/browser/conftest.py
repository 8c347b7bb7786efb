"""One trial for all browser tests, one Chromium for each file of them, and watched contexts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.firefox import Firefox
from tests.browser.programs import CHROMIUM_FLAGS, needed
from tests.browser.watch import Watch
from tests.trial import Trial, opened

WAIT = 30_000
NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """The trial as `make run` starts it, with a data folder and a port of its own."""
    running = Trial(opened(tmp_path_factory.mktemp("browser"))).start()
    try:
        running.wait()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. For one file only: Playwright's event loop must not outlive the browser tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needed("chromium"), args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture
def new_page(chromium: Browser, trial: Trial) -> Iterator[NewPage]:
    """A page of a new person at the trial; `scripts=False` is a browser without JavaScript.

    Whatever no page may do fails the test at its end.
    """
    watches: list[Watch] = []
    with ExitStack() as stack:

        def make(*, scripts: bool = True, width: int = 1280, **options: Any) -> Page:
            context = swedish(chromium, base_url=trial.address, width=width, java_script_enabled=scripts, **options)
            stack.callback(context.close)
            watches.append(Watch(context, _our_hosts(trial)))
            return context.new_page()

        yield make
    assert [fault for watch in watches for fault in watch.faults] == []


def _our_hosts(trial: Trial) -> tuple[str, ...]:
    """The municipality's, and one of this machine that is no municipality's."""
    return f"localhost:{trial.port}", f"okand.localhost:{trial.port}"


def swedish(browser: Browser, *, base_url: str, width: int = 1280, **options: Any) -> BrowserContext:
    """A context of somebody in Sweden, without motion: axe would else judge colours half-way."""
    context = browser.new_context(
        base_url=base_url,
        locale="sv-SE",
        timezone_id="Europe/Stockholm",
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(WAIT)
    return context


@pytest.fixture
def firefox() -> Iterator[Firefox]:
    """Debian's Firefox ESR with one page open."""
    with Firefox() as browser:
        yield browser
