"""One trial and one Chromium for each file of browser tests, and watched pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests import prepared
from tests.browser import visits
from tests.browser.firefox import Firefox
from tests.browser.visits import NewPage
from tests.trial import Trial, opened


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """The trial as `make run` starts it a second time, with a data folder and a port of its own."""
    running = Trial(prepared.trial(opened(tmp_path_factory.mktemp("browser")))).start()
    try:
        running.wait()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For one file only: an event loop that runs would break the tests of other files."""
    with visits.chromium() as browser:
        yield browser


@pytest.fixture
def new_page(chromium: Browser, trial: Trial) -> Iterator[NewPage]:
    """A page of a new person at the trial."""
    with visits.visits(chromium, (trial.port,)) as make:
        yield make


@pytest.fixture
def firefox() -> Iterator[Firefox]:
    """Debian's Firefox ESR with one page open."""
    with Firefox() as browser:
        yield browser
