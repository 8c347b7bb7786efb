"""Staff of the tests who come in by key, through the real pages."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from identity import actors, proposals, scope, staff_accounts
from identity.actors import Actor
from identity.models import Person, Session
from identity.sessions import row_key
from tests.identity.staffing import unit_of
from tests.peers.passkey import Authenticator, Wrong
from tests.town import Town

RIGHT = Wrong()


def browser(host: str = "localhost", address: str = "192.0.2.7") -> Client:
    """A browser without a session, over https."""
    client = Client()
    client.defaults |= {"wsgi.url_scheme": "https", "SERVER_NAME": host, "REMOTE_ADDR": address}
    return client


def administrator(town: Town) -> Actor:
    """Dan, just signed in."""
    with scope.transaction(town.municipality.id):
        person = Person.objects.get(cast_name="dan")
        return actors.of_person(person, provider="trial", level="LOA3", session_key="s-dan", at=timezone.now())


@dataclass
class Worker:
    """Somebody with an invitation or a key: a browser, a device with keys, and whose account it is."""

    person: UUID
    code: str = ""
    client: Client = field(default_factory=browser)
    device: Authenticator = field(default_factory=Authenticator)

    @property
    def origin(self) -> str:
        """The site's own origin in this browser."""
        return f"https://{self.client.defaults['SERVER_NAME']}"

    def ask(self, address: str = "/logga-in/nyckel/fraga/") -> dict[str, Any]:
        """What the page asks the browser."""
        answer = self.client.post(address, secure=True)
        assert answer.status_code == 200, answer.content
        asked: dict[str, Any] = json.loads(answer.content)["publicKey"]
        return asked

    def spend(self, page: str = "inbjudan", code: str = "") -> HttpResponse:
        """Type a code."""
        return self._post(f"/logga-in/{page}/", {"code": code or self.code})

    def register(self, page: str = "/logga-in/ny-nyckel/", wrong: Wrong = RIGHT, **more: str) -> HttpResponse:
        """Make a key on a page that asks for one."""
        made = self.device.create(self.ask("/logga-in/ny-nyckel/fraga/"), self.origin, wrong)
        return self._post(page, {"answer": made} | more)

    def answer(self, answer: str, **more: str) -> HttpResponse:
        """Send an answer to the sign-in page."""
        return self._post("/logga-in/nyckel/", {"answer": answer} | more)

    def sign_in(self, wrong: Wrong = RIGHT) -> HttpResponse:
        """Sign in by the newest key."""
        return self.answer(self.device.get(self.ask(), self.origin, wrong))

    def signed_in(self) -> bool:
        """Whether this browser's session is signed in as this person."""
        key = self.client.cookies["__Host-motas"].value if "__Host-motas" in self.client.cookies else ""
        return Session.objects.filter(session_key=row_key(key), person_uuid=self.person).exists()

    def _post(self, path: str, values: dict[str, str]) -> HttpResponse:
        answer: HttpResponse = self.client.post(path, values, secure=True)  # type: ignore[assignment]
        return answer


def invited(town: Town, name: str = "Nils Ny", role: str = "officer", key: str = "anna") -> Worker:
    """A new colleague of one of the cast, with an invitation."""
    opened = staff_accounts.open_account(
        actor=administrator(town), municipality=town.municipality, name=name, unit=unit_of(town, key), role=role
    )
    confirm(town)
    return Worker(opened.person, opened.code)


def confirm(town: Town) -> None:
    """A second person says yes to all that waits."""
    second = actors.system(town.municipality.id)
    for one in proposals.waiting(actor=second):
        proposals.decide(actor=replace(second, signed_in_at=timezone.now()), proposal=one.row.id, confirmed=True)


def with_key(town: Town, name: str = "Nils Ny", role: str = "officer") -> Worker:
    """A colleague with one key, not signed in."""
    worker = invited(town, name, role)
    assert worker.spend().status_code == 302
    assert worker.register().status_code == 302
    return worker


def settled(town: Town, name: str = "Nils Ny", role: str = "officer") -> Worker:
    """A colleague with two keys, signed in."""
    worker = with_key(town, name, role)
    assert worker.sign_in().status_code == 302
    assert worker.register("/logga-in/reserv/").status_code == 302
    return worker
