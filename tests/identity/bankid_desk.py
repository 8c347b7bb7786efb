"""Somebody at a browser and somebody with a BankID app, in front of the fake service: the words of these tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import time_machine
from django.conf import settings
from django.test import Client, RequestFactory

from identity import scope
from identity.models import IdentityProvider, Session, SignInAttempt
from identity.providers import bankid_orders, bankid_qr
from tests.numbers_of_tests import series
from tests.peers.bankid.certificates import Authorities
from tests.peers.bankid.orders import Citizen, Order
from tests.peers.bankid.server import Peer, bankid_server
from tests.town import Town

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

AUTHORITIES = Authorities.made()
NILS = Citizen(series(3)[2], "Nils", "Alm")
MOBILE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"


@dataclass
class Desk:
    """The service, the municipality, and a clock that is set by hand."""

    peer: Peer
    town: Town
    clock: time_machine.Traveller

    def provider(self, **changes: Any) -> IdentityProvider:
        """A BankID row of the municipality."""
        values = {"kind": "bankid", "code": "bankid", "name": "BankID", "for_residents": True, "certificate": "test"}
        with scope.transaction(self.town.municipality.id):
            return IdentityProvider.objects.create(**values | changes)

    def browser(self, address: str = "127.0.0.1", agent: str = "Mozilla/5.0 (X11; Linux)") -> Visitor:
        """A new browser of somebody."""
        client = Client(headers={"User-Agent": agent})
        client.defaults |= {"wsgi.url_scheme": "https", "SERVER_NAME": "localhost", "REMOTE_ADDR": address}
        return Visitor(client, self)

    def attempts(self) -> list[SignInAttempt]:
        """Every started sign-in, the newest first."""
        with scope.transaction(self.town.municipality.id):
            return list(SignInAttempt.objects.order_by("-started_at"))

    @property
    def last(self) -> Order:
        """The order that was started last."""
        return self.peer.service.last


@dataclass
class Visitor:
    """A browser on the pages of signing in."""

    client: Client
    desk: Desk

    def start(self, device: str = "other", *, scripted: bool = True, follow: str = "", code: str = "bankid") -> Answer:
        """Press a button of the sign-in page."""
        given = {"device": device, "next": follow, "scripted": "1" if scripted else "0"}
        return self.client.post(f"/logga-in/bankid/{code}/", given, secure=True)

    def poll(self, *, after: float = 2.1) -> dict[str, Any]:
        """What the page's module is answered, `after` seconds."""
        self.desk.clock.shift(after)
        answer = self.client.post("/logga-in/bankid/fraga/", secure=True)
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    def page(self) -> Answer:
        """The waiting page, or where it leads."""
        return self.client.get("/logga-in/bankid/vanta/", secure=True)

    def code(self) -> str:
        """What the QR code of this second says: read from the attempt, since the picture is made of it."""
        picture = self.client.get("/logga-in/bankid/kod.svg", secure=True)
        request = RequestFactory().get("/")
        request.session, request.municipality = self.client.session, self.desk.town.municipality  # type: ignore[attr-defined]
        now = bankid_orders.qr_now(request=request)
        assert now is not None
        assert picture.content == bankid_qr.drawing(bankid_qr.text(*now))
        return bankid_qr.text(*now)

    def link(self) -> str:
        """The autostart token of the page's link to the app."""
        found = re.search(r'href="((?:bankid|https://app)[^"]+)"', self.page().content.decode())
        assert found is not None
        return parse_qs(urlsplit(found[1].replace("&amp;", "&")).query)["autostarttoken"][0]

    def come_back(self, address: str) -> Answer:
        """The app opened the return address here, and the module posts the nonce of its fragment."""
        where = urlsplit(address)
        assert self.client.get(where.path, secure=True).status_code == 200
        return self.client.post("/logga-in/bankid/svar/", {"nonce": where.fragment.removeprefix("nonce=")}, secure=True)

    @property
    def person(self) -> str:
        """Who is signed in here; "" for nobody."""
        return str(self.client.session.get("person", ""))


def signed_in() -> int:
    """How many browsers are signed in."""
    return Session.objects.filter(person_uuid__isnull=False).count()


@contextmanager
def opened_desk(town: Town) -> Iterator[Desk]:
    """The service runs, and Mötas is told where."""
    AUTHORITIES.write(settings.KEYS_DIR)
    with bankid_server(AUTHORITIES) as peer, time_machine.travel(datetime.now(UTC), tick=False) as clock:
        before, settings.BANKID_URL = settings.BANKID_URL, peer.url
        try:
            yield Desk(peer, town, clock)
        finally:
            settings.BANKID_URL = before
