"""Somebody in the waiting list is told that a time is held for them; not who is protected, not once it is over."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from booking.services.waiting import decline_offer
from booking.wording import ZONE
from identity import scope
from identity.actors import Actor
from identity.models import Person
from notifications import letters, rendering
from notifications.models import Message
from tests.booking.queue import Queue, morning
from tests.town import Town

Cast = Callable[[str], Actor]


@pytest.fixture
def queue(town: Town) -> Queue:
    return Queue(town)


def written(town: Town) -> Message:
    with scope.transaction(town.municipality.id):
        return Message.objects.select_related("recipient").get()


def test_the_mail_says_when_and_until_when_and_nothing_else(queue: Queue, as_actor: Cast, town: Town) -> None:
    queue.join(as_actor("bo"))
    (offer,) = queue.ask()
    message = written(town)
    with scope.transaction(town.municipality.id):
        letter = letters.prepare(message, morning())
    assert letter is not None
    words = rendering.render(message.kind, "sv", letter.values)
    ends = offer.expires_at.astimezone(ZONE)
    assert words.subject == "En tid är ledig för dig"
    assert f"Vi håller tiden åt dig till kl. {ends.hour}.{ends.minute:02}." in words.text
    assert "Vi skickar aldrig länkar som du ska logga in via." in words.text
    with scope.transaction(town.municipality.id):
        held = offer.booking
        assert held is not None
        secret = [held.meeting_type.name, held.meeting_type.service.name, str(offer.id), str(held.id)]
        secret += [person.name for person in Person.objects.filter(cast_name__in=["anna", "bo"])]
    assert not [word for word in secret if word in words.text + words.html + words.subject]


def test_nothing_is_sent_once_the_offer_has_ended(queue: Queue, as_actor: Cast, town: Town) -> None:
    queue.join(as_actor("bo"))
    (offer,) = queue.ask()
    message = written(town)
    with scope.transaction(town.municipality.id):
        assert letters.prepare(message, offer.expires_at) is None
    decline_offer(actor=as_actor("bo"), offer=offer.id)
    with scope.transaction(town.municipality.id):
        assert letters.prepare(message, morning()) is None


def test_nothing_is_sent_to_who_is_protected_by_then(queue: Queue, as_actor: Cast, town: Town) -> None:
    queue.join(as_actor("bo"))
    queue.ask()
    with scope.transaction(town.municipality.id):
        Person.objects.filter(cast_name="bo").update(marked=True)
    message = written(town)
    with scope.transaction(town.municipality.id):
        assert letters.prepare(message, morning()) is None


def test_a_declined_offer_leaves_room_for_the_next_message(queue: Queue, as_actor: Cast, town: Town) -> None:
    queue.join(as_actor("bo"))
    (offer,) = queue.ask()
    decline_offer(actor=as_actor("bo"), offer=offer.id)
    queue.ask()
    with scope.transaction(town.municipality.id):
        assert list(Message.objects.values_list("kind", flat=True)) == ["offered", "offered"]
