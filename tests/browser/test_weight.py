"""What the booking path weighs on the wire, from a cold cache, with everything that its pages load."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import resident
from tests.browser.visits import NewPage

LIMIT = 100_000


class Scale:
    """Counts the octets that one page's requests have received, headers included."""

    def __init__(self, page: Page) -> None:
        self.octets = 0
        self.unpacked: list[str] = []
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.responseReceived", self._received)
        line.on("Network.loadingFinished", self._finished)

    def _finished(self, event: dict[str, Any]) -> None:
        self.octets += int(event["encodedDataLength"])

    def _received(self, event: dict[str, Any]) -> None:
        answer = event["response"]
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        long = int(headers.get("content-length", "0")) > 1000
        if long and not answer.get("fromDiskCache") and headers.get("content-encoding") != "gzip":
            self.unpacked.append(answer["url"])


def test_the_whole_booking_path_weighs_at_most_100_kilobytes(
    new_page: NewPage, capsys: pytest.CaptureFixture[str]
) -> None:
    page = new_page(width=390)
    scale = Scale(page)
    resident.books(page)
    assert scale.unpacked == [], "what is longer than a packet travels packed"
    with capsys.disabled():
        print(f"\nThe booking path, cold cache: {scale.octets / 1000:.1f} kB of {LIMIT / 1000:.0f} kB")  # noqa: T201 - a figure to read
    assert 10_000 < scale.octets <= LIMIT
