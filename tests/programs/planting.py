"""Invented people planted by real use cases and pages, wherever the installation keeps something. Needs Django."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone

from booking.services import Contact, cancel
from config import logs
from identity import actors, attempts, finding, limits, representing, scope
from identity.actors import Actor
from identity.errors import SignInRefused
from identity.models import IdentityProvider, Municipality
from identity.recognising import Claims, recognise
from identity.sessions import SessionStore, row_key
from notifications.jobs import deliver_due
from tests.numbers_of_tests import codings, series, spellings
from tests.town import Town

MARK = "Qvarnplant"
PHONES = "701740"
log = logging.getLogger("motas.booking")


def name_of(place: int) -> str:
    """The name of the resident at a place."""
    return f"{MARK} Nummer{place}"


def address_of(place: int) -> str:
    """Their e-mail address."""
    return f"{MARK.lower()}.{place}@exempelkommun.example"


def phone_of(place: int) -> str:
    """Their phone."""
    return f"+46{PHONES}{place:03}"


@contextmanager
def logged(to: Path) -> Iterator[None]:
    """Every line of every logger goes to a file, as production writes it."""
    root = logging.getLogger()
    before = root.handlers[:]
    with to.open("a") as stream:
        handler = logs.Lines(stream)
        handler.setFormatter(logs.formatter(readable=False))
        root.handlers[:] = [handler]
        try:
            yield
        finally:
            root.handlers[:] = before


def plant(town: Town, people: int) -> int:
    """Plant them; how many have a booking."""
    with scope.transaction(town.municipality.id):
        provider = IdentityProvider.objects.create(
            kind="oidc", code="planted", name="Legitimation", level="LOA3", enabled=True
        )
    return sum(_resident(town, provider, place, digits) for place, digits in enumerate(series(people)))


def _resident(town: Town, provider: IdentityProvider, place: int, digits: str) -> bool:
    actor, cookie = _signed_in(town.municipality, provider, place, digits)
    booked = _booked(town, actor, place)
    _tries(actor, provider, place, digits)
    _pages(cookie)
    _lines(place, digits)
    return booked


def _signed_in(municipality: Municipality, provider: IdentityProvider, place: int, digits: str) -> tuple[Actor, str]:
    """As a provider says who it is; the subject is the number itself, as with some providers. And the cookie."""
    claims = Claims(subject=digits, level="LOA3", name=name_of(place), number=digits)
    person = recognise(municipality=municipality.id, provider=provider, claims=claims)
    with scope.transaction(municipality.id, durable=True):
        person.email, person.phone = address_of(place), phone_of(place)
        person.save(update_fields=["email", "phone"])
    store = SessionStore()
    store.update(
        {"municipality": municipality.id, "person": str(person.id), "provider": provider.code, "level": "LOA3"}
    )
    store.update({"signed_in_at": timezone.now().isoformat(), "choice": {"note": f"{digits} {name_of(place)}"}})
    store.save(must_create=True)
    with scope.transaction(municipality.id):
        key = row_key(store.session_key)
        how = actors.of_person(person, provider=provider.code, level="LOA3", session_key=key, at=timezone.now())
    return how, str(store.session_key)


def _booked(town: Town, actor: Actor, place: int) -> bool:
    """Every fifth one cancels; when all is taken, nobody books any more."""
    unit = ("fardtjanst", "hemma", "ekonomi")[place % 3]
    free = town.first_free(unit, days=3)
    if free:
        booked = town.booked(actor, free[0], unit=unit, contact=Contact("email", address_of(place)))
        if place % 5 == 0:
            cancel(actor=actor, booking=booked.id, key=f"cancel-{booked.id}")
    return bool(free)


def _tries(actor: Actor, provider: IdentityProvider, place: int, digits: str) -> None:
    """What is remembered of tries: a started sign-in, a helper by number, a contradiction, a limiter's bucket."""
    request = RequestFactory().get("/", HTTP_USER_AGENT=f"{digits} {name_of(place)}")
    request.session = SessionStore()
    with scope.transaction(actor.municipality_id, durable=True):
        attempts.start(
            request=request,
            kind="planted",
            secret=f"{digits}{place}",
            lives=timedelta(minutes=5),
            provider=provider,
            kept={"number": digits, "name": name_of(place), "phone": phone_of(place)},
        )
    limits.take(f"planted:{digits}", per_minute=60, burst=60)
    if place % 10 == 1:
        representing.name_helper(actor=actor, number=series(place)[place - 1], called=name_of(place - 1))
    if place % 10 == 2:
        _contradict(actor, provider, place, digits)


def _contradict(actor: Actor, provider: IdentityProvider, place: int, digits: str) -> None:
    """The same subject, with another's number: stopped, and written down for a coordinator."""
    claims = Claims(subject=digits, level="LOA3", name=f"{MARK} Annan", number=series(2000)[-1 - place])
    try:
        recognise(municipality=actor.municipality_id, provider=provider, claims=claims)
    except SignInRefused:
        return
    raise AssertionError("a contradiction was let in")


def _pages(cookie: str) -> None:
    """Pages that show what is sealed, and one that searches by a number."""
    browser = Client(SERVER_NAME="localhost")
    browser.cookies[settings.SESSION_COOKIE_NAME] = cookie
    for path in ("/mina-tider/", "/dina-uppgifter/utdrag/"):
        assert browser.get(path, secure=True).status_code == 200, path


def _lines(place: int, digits: str) -> None:
    """A line as nobody should write it, in one spelling after the other."""
    ways = [*spellings(digits), *codings(digits)]
    log.warning("could not: %s, %s, %s", ways[place % len(ways)], address_of(place), phone_of(place))
    try:
        raise ValueError(f"not a time: {ways[(place + 7) % len(ways)]}")
    except ValueError:
        log.exception("failed")


def kept_and_found(municipality: Municipality, people: int) -> int:
    """How many of them are really there: found by number, and open to whoever has the keys."""
    with scope.transaction(municipality.id):
        there = [finding.by_number(digits) for digits in series(people)]
        return sum(person is not None and person.name == name_of(place) for place, person in enumerate(there))


def knock() -> None:
    """The outbox wakes its worker: what stands in the broker then, stands in Redis."""
    for _ in range(5):
        deliver_due.delay()
