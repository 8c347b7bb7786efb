"""Every door that somebody can guess at: how an attacker tries, and how the right person comes in meanwhile.

A door is opened for two towns: the attacker is at the first; the right people come to both.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client
from django.utils import timezone

from booking import feed_services
from booking.models import Booking
from identity import actors, own_keys, printed_codes, scope, secrets_of, vouching
from identity.actors import Actor
from identity.models import Person
from meetings.demo import Demo, meeting_now
from meetings.errors import Closed
from meetings.protocol import CloseCode
from meetings.services import entrance
from tests.booking.calendars.feeds import path_of, uuid_of
from tests.identity import oidc_journeys
from tests.identity.bankid_desk import NILS, Desk, Visitor, opened_desk
from tests.identity.keys import Worker, browser, invited
from tests.meetings.people import Party
from tests.peers.oidc.provider import oidc_peer
from tests.peers.passkey import Authenticator, Held, Wrong
from tests.tokens import token
from tests.town import Town

_CODE = "/logga-in/kod/"
# Of a door whose answers are signed: tries of a network and of an address, at once and a second.
_SIGNED: dict[str, Any] = {"burst": 480, "a_second": 6, "alone": 120, "alone_a_second": 1}


@dataclass(frozen=True)
class Door:
    """`guess`: one wrong try from an address, its status. `comes`: whether a town's right person gets in from one.

    `burst` and `a_second`: how many of one network are judged; `alone`: how many of one address at once.
    """

    guess: Callable[[str], int]
    comes: Callable[[Town, str], bool]
    judged: frozenset[int]
    burst: int = 120
    a_second: float = 1.0
    alone: int = 30
    alone_a_second: float = 1 / 6


Opened = Callable[[Town, Town], AbstractContextManager[Door]]


def host_of(town: Town) -> str:
    """Where a town's people go."""
    hosts = town.municipality.hosts
    return "localhost" if "localhost" in hosts else hosts[0]


def at(town: Town, address: str) -> Client:
    """A new browser at a town's own host."""
    return browser(host_of(town), address)


def _actor(town: Town, person: UUID) -> Actor:
    with scope.transaction(town.municipality.id):
        row = Person.objects.get(id=person)
        return actors.of_person(row, provider="trial", level="LOA3", session_key="s", at=timezone.now())


def _keyed(town: Town, address: str = "192.0.2.7") -> Worker:
    """A colleague with two keys, at a town's own host."""
    worker = invited(town, f"Nils {secrets.token_hex(4)}")
    worker.client = at(town, address)
    for done in (worker.spend(), worker.register(), worker.sign_in(), worker.register("/logga-in/reserv/")):
        assert done.status_code == 302
    return worker


@contextmanager
def passkey(here: Town, there: Town) -> Iterator[Door]:
    """The name of a real key, and a signature that is wrong in its last bit."""
    victims = {town.municipality.id: _keyed(town) for town in (here, there)}
    victim = victims[here.municipality.id]
    attacker = Worker(victim.person, client=at(here, ""), device=victim.device)
    copies = Authenticator(
        keys={name: Held(key.private, key.rp_id, key.user, 10**6) for name, key in victim.device.keys.items()}
    )
    asked = {"challenge": "AA"}

    def guess(address: str) -> int:
        attacker.client.defaults["REMOTE_ADDR"] = address
        answer = attacker.client.post("/logga-in/nyckel/fraga/", secure=True)
        if answer.status_code == 200:
            asked.update(answer.json()["publicKey"])
        return attacker.answer(copies.get(asked, attacker.origin, Wrong(flipped=True))).status_code

    def comes(town: Town, address: str) -> bool:
        one = victims[town.municipality.id]
        one.client = at(town, address)
        return one.sign_in().status_code == 302 and one.signed_in()

    yield Door(guess, comes, frozenset({403}), **_SIGNED)


def _codes(page: str, here: Town, right: Callable[[Town], str]) -> Door:
    attacker = Worker(uuid4(), client=at(here, ""))

    def guess(address: str) -> int:
        attacker.client.defaults["REMOTE_ADDR"] = address
        return attacker.spend(page, printed_codes.make()).status_code

    def comes(town: Town, address: str) -> bool:
        return Worker(uuid4(), client=at(town, address)).spend(page, right(town)).status_code == 302

    return Door(guess, comes, frozenset({403, 422}))


@contextmanager
def invitation(here: Town, there: Town) -> Iterator[Door]:
    """Codes of invitations that nobody got."""
    del there
    yield _codes("inbjudan", here, lambda town: invited(town, f"Olga {secrets.token_hex(4)}").code)


@contextmanager
def recovery(here: Town, there: Town) -> Iterator[Door]:
    """Printed codes that nobody has."""
    owners = {town.municipality.id: _keyed(town).person for town in (here, there)}

    def right(town: Town) -> str:
        owner = _actor(town, owners[town.municipality.id])
        return own_keys.new_code(actor=owner, municipality=town.municipality)

    yield _codes("reservkod", here, right)


@contextmanager
def vouched(here: Town, there: Town) -> Iterator[Door]:
    """Six digits for the number that this browser shows."""
    attacker = at(here, "")
    booked = {town.municipality.id: town.booked(_actor(town, town.persons["bo"])).id for town in (here, there)}

    def guess(address: str) -> int:
        attacker.defaults["REMOTE_ADDR"] = address
        attacker.post(_CODE, secure=True)
        return attacker.post(_CODE, {"code": f"{secrets.randbelow(10**6):06}"}, secure=True).status_code

    def comes(town: Town, address: str) -> bool:
        client, booking = at(town, address), booked[town.municipality.id]
        client.post(_CODE, secure=True)
        shown = re.search(r'class="code-shown">(\d{3} \d{3})<', client.get(_CODE, secure=True).content.decode())
        with scope.transaction(town.municipality.id):
            officer = Booking.objects.get(id=booking).calendar.person_id
        if shown is None or officer is None:
            return False
        code = vouching.vouch(actor=_actor(town, officer), booking=booking, number=shown[1], seen="desk")
        client.post(_CODE, {"code": code}, secure=True)
        return str(client.session.get("person", "")) == str(town.persons["bo"])

    yield Door(guess, comes, frozenset({403, 422}))


@contextmanager
def bankid(here: Town, there: Town) -> Iterator[Door]:
    """Orders that nobody will ever open."""
    with opened_desk(here) as desk:
        desks = {here.municipality.id: desk, there.municipality.id: Desk(desk.peer, there, desk.clock)}
        for one in desks.values():
            one.provider()
        attacker = Visitor(at(here, ""), desk)

        def guess(address: str) -> int:
            attacker.client.defaults["REMOTE_ADDR"] = address
            return attacker.start().status_code

        def comes(town: Town, address: str) -> bool:
            visitor = Visitor(at(town, address), desks[town.municipality.id])
            if visitor.start().status_code != 302:
                return False
            desk.peer.service.scan(visitor.code(), NILS).complete()
            visitor.poll()
            return visitor.person != ""

        yield Door(guess, comes, frozenset({302}), **_SIGNED)


@contextmanager
def oidc(here: Town, there: Town) -> Iterator[Door]:
    """Answers of a provider with a state that nobody has."""
    kept = settings.OIDC_INSIDE_HOSTS, settings.OIDC_CA_FILE
    with TemporaryDirectory() as folder, oidc_peer(Path(folder) / "peer") as peer:
        peer.user = dict(oidc_journeys.RESIDENT)
        settings.OIDC_INSIDE_HOSTS, settings.OIDC_CA_FILE = [urlsplit(peer.issuer).netloc], str(peer.bundle)
        for town in (here, there):
            oidc_journeys.provider(town.municipality, peer)
        attacker = at(here, "")

        def guess(address: str) -> int:
            attacker.defaults["REMOTE_ADDR"] = address
            wrong = {"state": secrets.token_urlsafe(32), "code": "x"}
            answer = attacker.get("/logga-in/oidc/eleg/svar/", wrong, secure=True)
            return 403 if answer.headers.get("Location") == oidc_journeys.REFUSED else answer.status_code

        def comes(town: Town, address: str) -> bool:
            client = at(town, address)
            oidc_journeys.there_and_back(client, peer)
            return client.session.get("person") is not None

        try:
            yield Door(guess, comes, frozenset({403}), **_SIGNED)
        finally:
            settings.OIDC_INSIDE_HOSTS, settings.OIDC_CA_FILE = kept


@contextmanager
def api_token(here: Town, there: Town) -> Iterator[Door]:
    """Tokens of the right shape that nobody has."""
    right = {town.municipality.id: token(town.municipality, "slots:read") for town in (here, there)}

    def asked(town: Town, address: str, shown: str) -> int:
        given: dict[str, Any] = {"headers": {"Authorization": f"Bearer {shown}"}}
        wanted = {"type": str(town.types["fardtjanst"])}
        return at(town, address).get("/api/v1/slots", wanted, secure=True, **given).status_code

    def guess(address: str) -> int:
        return asked(here, address, secrets_of.make(here.municipality, "motas_")[0])

    def comes(town: Town, address: str) -> bool:
        return asked(town, address, right[town.municipality.id]) in {200, 400}

    yield Door(guess, comes, frozenset({401}))


@contextmanager
def feed(here: Town, there: Town) -> Iterator[Door]:
    """Addresses of feeds that nobody made."""
    paths = {}
    for town in (here, there):
        anna = _actor(town, town.persons["anna"])
        paths[town.municipality.id] = path_of(feed_services.make_feed(actor=anna, calendar=uuid_of(town, "anna")))

    def guess(address: str) -> int:
        wrong = secrets_of.make(here.municipality)[0]
        return at(here, address).get(f"/kalender/{wrong}.ics", secure=True).status_code

    def comes(town: Town, address: str) -> bool:
        return at(town, address).get(paths[town.municipality.id], secure=True).status_code == 200

    yield Door(guess, comes, frozenset({404}), burst=480, a_second=6, alone=120, alone_a_second=1)


@contextmanager
def ticket(here: Town, there: Town) -> Iterator[Door]:
    """Tickets to a meeting that the server never gave; counted per session, whatever the address."""
    held: dict[int, Demo] = {
        town.municipality.id: meeting_now(town.municipality, participants=2) for town in (here, there)
    }
    attacker = Party(here, held[here.municipality.id]).actor("cia")

    def guess(address: str) -> int:
        del address
        wrong = secrets_of.make(here.municipality)[0]
        try:
            entrance.redeem(municipality=here.municipality, ticket=wrong, session_key=attacker.session_key)
        except Closed as closed:
            return 429 if closed.close is CloseCode.FLOODING else 403
        return 200

    def comes(town: Town, address: str) -> bool:
        del address
        party = Party(town, held[town.municipality.id])
        return party.enter(party.actor("bo"), takeover=True).token != ""

    yield Door(guess, comes, frozenset({403}), burst=40, a_second=1 / 3, alone=40, alone_a_second=1 / 3)


DOORS: dict[str, Opened] = {
    "passkey": passkey,
    "invitation": invitation,
    "recovery": recovery,
    "vouched": vouched,
    "bankid": bankid,
    "oidc": oidc,
    "token": api_token,
    "feed": feed,
    "ticket": ticket,
}
