"""A person at a Chromium page, in the words that meetings are tested with."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.frames import REMEMBER_CONNECTIONS


class Chromium:
    """A Playwright page as a person. Made before the page goes anywhere: it prepares the documents to come."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.add_init_script(f"({REMEMBER_CONNECTIONS})()")

    def open(self, address: str) -> None:
        """Go to a whole address."""
        self.page.goto(address)

    def press(self, selector: str) -> None:
        """Press the first element that the selector names, once it is shown."""
        self.page.locator(selector).filter(visible=True).first.click()

    def tell(self, code: str) -> Any:  # noqa: ANN401 - whatever the page says
        """What a function without arguments returns in the page."""
        return self.page.evaluate(code)
