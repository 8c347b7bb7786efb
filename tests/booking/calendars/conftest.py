"""Anna's feed, for every test of calendars that asks for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from booking import feed_services
from booking.calendars import events, feed
from booking.models import Booking
from identity import scope
from identity.actors import Actor
from tests.booking.calendars.feeds import path_of, uuid_of
from tests.town import Town

Cast = Callable[[str], Actor]


@pytest.fixture(autouse=True)
def _no_body_is_kept() -> None:
    feed._bodies._kept.clear()


@pytest.fixture
def anna(town: Town, as_actor: Cast) -> Booking:
    """A booking of Bo's in Anna's calendar."""
    booked = town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        Booking.objects.filter(id=booked.id).update(calendar_id=town.calendars["anna"])
        booked = Booking.objects.get(id=booked.id)
        events.stamp(booked)
    return booked


@pytest.fixture
def address(town: Town, as_actor: Cast) -> str:
    """The path of a feed of Anna's calendar."""
    return path_of(feed_services.make_feed(actor=as_actor("anna"), calendar=uuid_of(town, "anna")))
