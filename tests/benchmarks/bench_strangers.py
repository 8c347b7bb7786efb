"""How long a page takes that is a stranger's, beside one that is not there: the two are to cost the same.

`make test` compares the statements; here are the times, asked in turns so that a slow moment meets both alike.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from tests.benchmarks.times import Times, timed
from tests.own_server import served

if TYPE_CHECKING:
    from identity.models import Municipality
    from tests.town import Town

SAMPLES, WARM = 300, 20


def main(samples: int = SAMPLES) -> None:
    """Print both times and their ratio for each page."""
    with served() as (_, municipality):
        from django.conf import settings

        from tests.town import build

        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        town = build(municipality)
        for name, who, thing in _pages(town):
            foreign, missing = compared(_asking(municipality, town.persons[who], name), thing, samples)
            ratio = f"ratio {foreign.p50 / missing.p50:.2f}"
            print(f"{name:26} as {who}: foreign {foreign}; missing p50 {missing.p50 * 1000:.1f} ms; {ratio}")


def _pages(town: Town) -> list[tuple[str, str, UUID]]:
    """Pages, who asks, and the thing there that is another's: Bo's booking with an officer, Bo, that officer's rule."""
    from django.utils import timezone

    from booking.models import Booking, OpeningRule
    from identity import actors, scope
    from identity.models import Person

    with scope.transaction(town.municipality.id):
        bo = Person.objects.get(id=town.persons["bo"])
        actor = actors.of_person(bo, provider="trial", level="LOA3", session_key="bench", at=timezone.now())
    booked = town.booked(actor).id
    with scope.transaction(town.municipality.id):
        calendar = Booking.objects.get(id=booked).calendar_id
        rule = OpeningRule.objects.filter(calendar=calendar).values_list("id", flat=True)[0]
    return [
        ("booking:move", "hans", booked),
        ("booking:cancel", "hans", booked),
        ("meetings:meeting", "hans", booked),
        ("booking:officer_booking", "cia", booked),
        ("booking:opening_rule", "cia", rule),
        ("identity:person", "dan", town.persons["bo"]),
    ]


def _asking(municipality: Municipality, person: UUID, name: str) -> Callable[[UUID], None]:
    """Asks for one page of one thing in a session of its own; anything but a 404 is an error."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from identity import scope
    from identity.models import Person
    from tests.security.world import session_of

    with scope.transaction(municipality.id):
        session = session_of(Person.objects.get(id=person), municipality)
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session

    def ask(thing: UUID) -> None:
        answer = browser.get(reverse(name, args=[thing]), secure=True, SERVER_NAME="localhost")
        assert answer.status_code == 404, (name, answer.status_code)

    return ask


def compared(ask: Callable[[UUID], None], thing: UUID, samples: int) -> tuple[Times, Times]:
    """The foreign one and one that is not there, in turns."""
    foreign, missing = [], []
    for _ in range(WARM + samples):
        foreign.append(timed(lambda: ask(thing))[1])
        missing.append(timed(lambda: ask(uuid4()))[1])
    return Times(tuple(foreign[WARM:])), Times(tuple(missing[WARM:]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
