"""The stage of the form fuzzer: a filled municipality, people in it with sessions, providers, and sign-ins under way.

Needs Django. What the rows must always be, whoever has sent what, is counted by SQL as the superuser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import timezone

from booking.choice import Choice
from identity import actors, scope
from identity.models import Municipality, Person
from identity.sessions import SessionStore, row_key
from tests import town
from tests.identity import oidc_journeys
from tests.peers.bankid.certificates import Authorities
from tests.peers.bankid.server import bankid_server
from tests.peers.oidc.provider import OidcPeer, oidc_peer
from tests.programs.form_grammar import Value
from tests.programs.form_surface import Address
from tests.security import world as worlds

Connect = Callable[[], AbstractContextManager[psycopg.Connection[Any]]]
AGENT = "Mozilla/5.0 (X11; Linux)"
PEOPLE = (
    *("resident", "other_resident", "second_resident", "sheltered", "proven", "companion", "interpreter", "vouched"),
    *("officer", "officer", "colleague", "coordinator", "unit_manager", "administrator", "auditor", "reader", "opener"),
)
_KINDS = {"feed": "busy"}  # a part of an address -> the kind of thing that it names
_SLUGS = {
    "kod": ("k4t7", "m2p9", "t00"),
    "code": ("eleg", "bankid", "kommun", "taken", "busy"),
    "sort": ("oidc", "bankid"),
    "cast_name": ("bo", "eva", "anna"),
    "nonce": ("ex.nothing",),
    "day": ("2026-12-07", "2026-12-24", "2027-02-30", "0000-00-00", "i-dag"),
}
# What no request may leave behind: how many there are of each must not grow.
_HALF_DONE = {
    "bookings of nobody": """SELECT count(*) FROM booking_booking b WHERE NOT EXISTS
        (SELECT 1 FROM booking_party p WHERE p.booking_id = b.id)""",
    "bookings without their resident": """SELECT count(*) FROM booking_booking b WHERE resident_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM booking_party p WHERE p.booking_id = b.id AND p.person_id = b.resident_id)""",
    "confirmed bookings without a time": """SELECT count(*) FROM booking_booking b WHERE state = 'confirmed'
        AND NOT EXISTS (SELECT 1 FROM booking_occupancy o WHERE o.booking_id = b.id)""",
    "confirmed bookings without their history": """SELECT count(*) FROM booking_booking b WHERE state <> 'held'
        AND NOT EXISTS (SELECT 1 FROM booking_bookingchange c WHERE c.booking_id = b.id)""",
    "sessions of nobody": """SELECT count(*) FROM identity_session s WHERE person_uuid IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM identity_person p WHERE p.id = s.person_uuid)""",
    "roles without an account": """SELECT count(*) FROM identity_membership m WHERE role <> 'interpreter' AND NOT EXISTS
        (SELECT 1 FROM identity_staffaccount a WHERE a.person_id = m.person_id)""",
    "transactions left open": """SELECT count(*) FROM pg_stat_activity WHERE datname = 'motas'
        AND state LIKE 'idle in transaction%'""",
}  # fmt: skip


@dataclass
class Stage:
    """Who can ask, and about what."""

    home: Municipality
    world: worlds.World
    peer: OidcPeer
    superuser: Connect
    extra: dict[str, str] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)

    @property
    def actors(self) -> tuple[str, ...]:
        """Everybody by name."""
        return (*PEOPLE, *self.extra, "anonymous", "anonymous")

    def client(self, actor: str, address: str = "127.0.0.1") -> Client:
        """Their browser."""
        client = Client(raise_request_exception=False, headers={"User-Agent": AGENT})
        client.defaults |= {"wsgi.url_scheme": "https", "SERVER_NAME": "localhost", "REMOTE_ADDR": address}
        key = self.extra.get(actor, "") or (self.world.people[actor].session if actor in self.world.people else "")
        if key:
            client.cookies[settings.SESSION_COOKIE_NAME] = key
        return client

    def values(self, part: str, kind: str, source: Random) -> str:
        """What may stand in this part of an address."""
        if kind == "uuid":
            return str(source.choice(self._things(_KINDS.get(part, part))))
        if part == "secret":
            return str(self.world.things["feed"]["home"])
        return source.choice(_SLUGS[part])

    def _things(self, part: str) -> list[object]:
        found = self.world.things.get({"opening": "request"}.get(part, part), {})
        return [found[place] for place in ("home", *found) if place in found] or [worlds.MISSING]

    def path(self, address: Address, source: Random) -> str:
        """A path of this address, most often of what is at home."""
        return address.path({part: self.values(part, kind, source) for part, kind in address.parts.items()})

    def ids(self) -> list[Value]:
        """The ids of everything and everybody, to stand where they do not belong."""
        things = [thing for places in self.world.things.values() for thing in places.values()]
        things += [one.person for one in self.world.people.values()]
        return [Value("id of another", str(thing).encode()) for thing in things if isinstance(thing, UUID | int)]

    def empty_limits(self) -> None:
        """Nobody has asked too often."""
        with self.superuser() as database:
            database.execute("DELETE FROM identity_limitbucket")

    def half_done(self) -> dict[str, int]:
        """How many rows of each kind are there that must not be."""
        with self.superuser() as database:
            rows = {what: database.execute(query).fetchone() for what, query in _HALF_DONE.items()}
        return {what: int(row[0]) for what, row in rows.items() if row}

    def grown(self) -> dict[str, int]:
        """Of what there is more than there was."""
        return {what: number for what, number in self.half_done().items() if number > self.before[what]}


@contextmanager
def opened(municipalities: list[Municipality], superuser: Connect, folder: Path) -> Iterator[Stage]:
    """Fill the first of at least two municipalities, and run the services that sign people in."""
    home = municipalities[0]
    here = town.build(home)
    world = worlds.build(municipalities)
    authorities = Authorities.made()
    authorities.write(settings.KEYS_DIR)
    with oidc_peer(folder) as peer, bankid_server(authorities) as bankid:
        changes = {
            "BANKID_URL": bankid.url,
            "OIDC_INSIDE_HOSTS": [urlsplit(peer.issuer).netloc],
            "OIDC_CA_FILE": str(peer.bundle),
        }
        before = {name: getattr(settings, name) for name in changes}
        _set(changes)
        try:
            peer.user = dict(oidc_journeys.RESIDENT)
            stage = Stage(home, world, peer, superuser)
            _providers(stage)
            stage.extra = _under_way(stage, here)
            stage.before = stage.half_done()
            yield stage
        finally:
            _set(before)


def _set(changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)


def _providers(stage: Stage) -> None:
    from identity.models import IdentityProvider

    oidc_journeys.provider(stage.home, stage.peer)
    oidc_journeys.staff_provider(stage.home, stage.peer)
    with scope.transaction(stage.home.id):
        IdentityProvider.objects.create(
            kind="bankid", code="bankid", name="BankID", for_residents=True, certificate="test"
        )


def _under_way(stage: Stage, here: town.Town) -> dict[str, str]:
    """Sessions in the middle of something: a held time, a booked one, an accepted invitation, a BankID sign-in."""
    made = {}
    for name, booked in (("holds", False), ("books", True)):
        key = worlds.session_of(_person(here, "bo" if booked else "hans"), stage.home)
        session = SessionStore(key)
        actor = _actor(here, "bo" if booked else "hans", row_key(key))
        held = here.held(actor, here.first_free(days=3)[0])
        shown = here.read(actor, held)
        choice = Choice(
            "k4t7", "video", held.from_tick, held.to_tick, "k" * 32, str(actor.person_id), str(held.id), "email"
        )
        Choice(**{**vars(choice), "to": "bo@exempelkommun.example", "shown": str(shown.id) if booked else ""}).keep(
            session
        )
        session.save()
        made[name] = key
    invited = SessionStore()
    invited.update({"invited": str(stage.world.people["colleague"].person), "came_at": timezone.now().isoformat()})
    invited.save(must_create=True)
    made["invited"] = str(invited.session_key)
    waiting = stage.client("anonymous")
    waiting.post("/logga-in/bankid/bankid/", {"device": "other", "scripted": "1"}, secure=True)
    made["waits for BankID"] = waiting.cookies[settings.SESSION_COOKIE_NAME].value
    return made


def _person(here: town.Town, name: str) -> Person:
    with scope.transaction(here.municipality.id):
        return Person.objects.get(cast_name=name)


def _actor(here: town.Town, name: str, key: str) -> actors.Actor:
    with scope.transaction(here.municipality.id):
        person = Person.objects.get(cast_name=name)
        return actors.of_person(person, provider="trial", level="LOA3", session_key=key, at=timezone.now())


def keep(superuser: Connect) -> None:
    """Keep the whole database as it is now. `superuser`: of another database of the server."""
    connections.close_all()
    with superuser() as database:
        database.execute("CREATE DATABASE motas_kept TEMPLATE motas")


def restore(superuser: Connect) -> None:
    """Put the kept database in the place of what has become of it."""
    connections.close_all()
    with superuser() as database:
        database.execute("DROP DATABASE motas WITH (FORCE)")
        database.execute("CREATE DATABASE motas TEMPLATE motas_kept OWNER motas_owner")
    cache.clear()
