"""Hostile names in a real browser: no alert, nothing that the page's policy had to stop, and no report of it."""

from __future__ import annotations

import subprocess
import sys

from playwright.sync_api import Page

from tests.browser import resident
from tests.browser.visits import NewPage
from tests.programs.hostile import POLYGLOTS
from tests.trial import ROOT, Trial

PAGES = {
    "": ("/", "/logga-in/", "/logga-in/kod/", "/dina-uppgifter/"),
    "bo": ("/", "/mina-tider/", "/inloggningar/", "/mina-tider/foretradare/", "/dina-uppgifter/utdrag/"),
    "anna": ("/idag/", "/oppettider/", "/kalender/", "/personer/", "/varningar/", "/nodoppning/", "/skyddade/"),
    "dan": ("/installningar/personal/", "/installningar/inloggning/", "/installningar/gallring/"),
}


def test_hostile_texts_run_nothing(trial: Trial, new_page: NewPage) -> None:
    command = [sys.executable, "-m", "tests.programs.hostile"]
    assert subprocess.run(command, cwd=ROOT, env=trial.env, check=False, stdout=subprocess.DEVNULL).returncode == 0
    shown = 0
    for who, addresses in PAGES.items():
        page, stopped = watched(new_page())
        if who:
            page.goto(f"/prova/in/{who}/")
        for address in addresses:
            page.goto(address)
            shown += sum(text in page.inner_text("body") for text in POLYGLOTS)
        assert stopped == []
    assert shown > 10


def test_hostile_typing_runs_nothing(new_page: NewPage) -> None:
    page, stopped = watched(new_page())
    page.goto("/prova/in/anna/?next=/kalender/")
    for address, field in (("/kalender/", "Kalenderns adress"), ("/personer/", "Personnummer")):
        for text in POLYGLOTS[:5]:
            page.goto(address)
            page.get_by_label(field).fill(text)
            page.get_by_label(field).press("Enter")
            page.wait_for_load_state()
    page.goto(f"/oppettider/?klart={POLYGLOTS[0]}")
    assert stopped == []
    resident.signs_out(page)


def watched(page: Page) -> tuple[Page, list[str]]:
    """The page, and what must stay empty: dialogs, and reports of what its policy stopped."""
    stopped: list[str] = []

    def dialog(one: object) -> None:
        stopped.append("a dialog")
        one.dismiss()  # type: ignore[attr-defined]  # Playwright's Dialog

    page.on("dialog", dialog)
    page.on("request", lambda request: stopped.append(request.url) if request.url.endswith("/csp/") else None)
    return page, stopped
