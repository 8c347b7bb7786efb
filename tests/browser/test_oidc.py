"""OpenID Connect in a real browser, over real TLS: set up, signed in by, contradicted, decided; axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import prepared
from tests.browser import resident
from tests.browser.axe import Check
from tests.browser.visits import swedish
from tests.browser.watch import Watch
from tests.identity.oidc_journeys import LOA3, RESIDENT
from tests.peers.oidc.provider import CLIENT, SECRET, OidcPeer, oidc_peer
from tests.trial import Trial, opened

WAY = "Annan e-legitimation"


@dataclass
class Offer:
    """The provider, and the trial that asks it."""

    peer: OidcPeer
    trial: Trial


@pytest.fixture(scope="module")
def offer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offer]:
    """A provider, and a trial that may reach it."""
    with oidc_peer(tmp_path_factory.mktemp("oidc")) as peer:
        running = Trial(prepared.trial(opened(tmp_path_factory.mktemp("var"))))
        running.env |= {"OIDC_INSIDE_HOSTS": urlsplit(peer.issuer).netloc, "OIDC_CA_FILE": str(peer.bundle)}
        running.start()
        try:
            running.wait()
            yield Offer(peer, running)
        finally:
            running.stop()


@pytest.fixture
def people(chromium: Browser, offer: Offer) -> Iterator[list[Page]]:
    """Three people's browsers, which take the provider's certificate for good."""
    hosts = (f"localhost:{offer.trial.port}", urlsplit(offer.peer.issuer).netloc)
    watches = []
    with ExitStack() as stack:
        pages = []
        for _ in range(3):
            context = swedish(chromium, width=1280, base_url=offer.trial.address, ignore_https_errors=True)
            stack.callback(context.close)
            watches.append(Watch(context, hosts))
            pages.append(context.new_page())
        yield pages
    assert [fault for watch in watches for fault in watch.faults] == []


def sets_up(page: Page, look: Check, peer: OidcPeer) -> None:
    """An administrator adds the provider, tries it, and switches it on."""
    page.goto("/prova/in/dan/?next=/installningar/inloggning/")
    look(page)
    for sort in ("bankid", "oidc-personal", "nycklar", "oidc-invanare"):
        page.goto(f"/installningar/inloggning/ny/{sort}/")
        resident.press(page, "Spara")
        look(page, f"{sort}, nothing filled in")
    fields = {"name": WAY, "code": "eleg", "issuer": peer.issuer, "client_id": CLIENT, "client_secret": SECRET}
    for name, value in (fields | {"acr_loa3": LOA3}).items():
        page.locator(f"[name={name}]").fill(value)
    resident.press(page, "Spara")
    look(page, "a provider")
    peer.switches.metadata["issuer"] = "https://annan.example"
    resident.press(page, "Prova leverantören")
    expect(page.get_by_text("tecken för tecken")).to_be_visible()
    look(page, "a provider that is not right")
    peer.switches.metadata.clear()
    resident.press(page, "Prova leverantören")
    expect(page.get_by_text("går att använda")).to_be_visible()
    resident.press(page, "Slå på")
    look(page, "a provider that waits for a second person")


def confirms(page: Page, look: Check) -> None:
    """A manager says yes to the way in: an administrator alone opens none to residents."""
    page.goto("/prova/in/mats/?next=/installningar/forslag/")
    look(page)
    page.get_by_role("button", name="Bekräfta").click()
    expect(page.get_by_text("Ingen väntar på ett beslut av dig.")).to_be_visible()


def signs_in(page: Page) -> None:
    """A resident chooses the way in, and comes back."""
    page.goto("/logga-in/?next=/mina-tider/")
    page.locator("a, button").filter(has_text=WAY).click()


def decides(page: Page, look: Check) -> None:
    """A coordinator finds the conflict by the alert, opens it with a reason, and decides."""
    page.goto("/prova/in/karin/?next=/varningar/")
    page.get_by_role("link", name="Se vad som väntar").click()
    look(page)
    page.get_by_role("link", name="Ett annat namn än vi har").click()
    resident.press(page, "Öppna")
    look(page, "no reason given")
    page.get_by_label("Personen har ringt").check()
    resident.press(page, "Öppna")
    look(page, "opened")
    resident.press(page, "Bestäm")
    look(page, "nothing decided")
    page.get_by_label("Ta över inloggningens uppgifter").check()
    resident.press(page, "Bestäm")
    expect(page.get_by_text("Inget väntar.")).to_be_visible()
    look(page)


def test_from_the_settings_to_a_decided_conflict(offer: Offer, people: list[Page]) -> None:
    dan, ture, karin = people
    look = Check()
    offer.peer.user = dict(RESIDENT)
    sets_up(dan, look, offer.peer)
    confirms(karin, look)
    signs_in(ture)
    resident.heading(ture, "Mina tider")
    resident.press(ture, "Logga ut")
    offer.peer.user["family_name"] = "Nyman"
    signs_in(ture)
    expect(ture.get_by_text("Vi behöver prata med dig")).to_be_visible()
    look(ture, "refused")
    decides(karin, look)
    signs_in(ture)
    resident.heading(ture, "Mina tider")
    assert look.found == {}
