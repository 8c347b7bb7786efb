"""A Chromium and a Firefox in one meeting."""

from __future__ import annotations

from tests.browser.chromium import Chromium
from tests.browser.firefox import Firefox
from tests.browser.frames import demo_meeting, end_for_all, meet
from tests.browser.visits import NewPage
from tests.trial import Trial


def test_a_host_in_chromium_and_a_guest_in_firefox_see_each_other(
    trial: Trial, new_page: NewPage, firefox: Firefox
) -> None:
    host = Chromium(new_page())
    meet(host, firefox, demo_meeting(trial.env))
    end_for_all(host, firefox)


def test_a_host_in_firefox_and_a_guest_in_chromium_see_each_other(
    trial: Trial, new_page: NewPage, firefox: Firefox
) -> None:
    guest = Chromium(new_page())
    meet(firefox, guest, demo_meeting(trial.env))
    end_for_all(firefox, guest)
