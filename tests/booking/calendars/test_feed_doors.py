"""Who comes to a feed: search engines' rules, and officers who have left."""

from __future__ import annotations

from collections.abc import Callable
from urllib.robotparser import RobotFileParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from booking import feed_services
from booking.models import Booking, Calendar
from identity import scope
from identity.actors import Actor
from identity.models import Membership, Role, Unit
from tests.booking.calendars.feeds import get, uuid_of
from tests.town import Town

Cast = Callable[[str], Actor]
SITE = "https://localhost"


def test_a_fetcher_that_obeys_robots_txt_may_fetch_a_feed_and_no_page(town: Town, address: str) -> None:
    served = Client().get("/robots.txt", SERVER_NAME="localhost", secure=True)
    assert served["Content-Type"].startswith("text/plain")
    rules = RobotFileParser()
    rules.parse(served.content.decode().splitlines())
    for program in ("Google-Calendar-Importer", "Googlebot", "*"):
        assert rules.can_fetch(program, SITE + address)
        for page in ("/mina-tider/", "/", "/idag/", "/boka/klart/", "/logga-in/", "/moten/1/"):
            assert not rules.can_fetch(program, SITE + page)


def test_an_allowed_feed_still_asks_not_to_be_indexed(anna: Booking, address: str) -> None:
    first = get(address)
    for response in (first, get(address, **{"If-None-Match": first["ETag"]})):
        assert response["X-Robots-Tag"] == "noindex"


def leave(town: Town) -> None:
    """Anna is no officer any more."""
    Membership.objects.filter(person=town.persons["anna"]).delete()


def move_on(town: Town) -> None:
    """Anna is an officer of another unit only."""
    anna = Membership.objects.get(person=town.persons["anna"], role=Role.OFFICER)
    anna.unit = Unit.objects.exclude(id=anna.unit_id).first()
    anna.save(update_fields=["unit"])


def take_another_role(town: Town) -> None:
    """Anna coordinates her unit and meets nobody."""
    Membership.objects.filter(person=town.persons["anna"]).update(role=Role.COORDINATOR)


def close(town: Town) -> None:
    """Anna's calendar is closed."""
    Calendar.objects.filter(id=town.calendars["anna"]).update(active=False)


@pytest.mark.parametrize("change", [leave, move_on, take_another_role, close])
def test_a_former_officers_feed_is_nothing_after_the_statements_of_an_unknown_one(
    town: Town, anna: Booking, address: str, change: Callable[[Town], None]
) -> None:
    assert get(address).status_code == 200
    with scope.transaction(town.municipality.id):
        change(town)
    answers = []
    for path in (address, "/kalender/ex.unknown.ics"):
        with CaptureQueriesContext(connection) as statements:
            response = get(path)
        answers.append((response.status_code, response.content, sorted(response.items()), len(statements)))
    assert answers[0] == answers[1]
    assert answers[0][:2] == (404, b"Finns inte.")


def test_a_colleague_who_leaves_closes_nobody_elses_feed(town: Town, as_actor: Cast, address: str) -> None:
    other = next(key for key in town.calendars if key not in ("anna", "farid"))
    feed_services.make_feed(actor=as_actor(other), calendar=uuid_of(town, other))
    with scope.transaction(town.municipality.id):
        Membership.objects.filter(person=town.persons[other]).delete()
    assert get(address).status_code == 200
