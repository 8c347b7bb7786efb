"""A representative in a meeting: inside as long as the resident wants it, out when it is withdrawn or has run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from booking import models as booking_models
from identity import representing, scope
from identity.errors import NotAllowed
from identity.models import Representation
from meetings.errors import Closed
from meetings.models import Participant
from meetings.protocol import Leave
from meetings.services import door
from tests.meetings.people import Party
from tests.town import Town


@pytest.fixture
def mandate(party: Party, town: Town) -> Representation:
    """The guest who is no resident becomes Bo's proxy, proven, and a listed representative."""
    guest = party.held.guests[1]
    with scope.transaction(town.municipality.id):
        row = Representation.objects.create(
            principal_id=town.persons["bo"],
            representative_id=town.persons[guest],
            kind="proxy",
            scopes=["book", "attend", "speak"],
            evidence="mandate",
            seen_at=timezone.now(),
            made_at=timezone.now(),
        )
        booking_models.Party.objects.filter(person_id=town.persons[guest]).update(role="representative")
    return row


def test_a_representative_comes_in_and_stays(party: Party, mandate: Representation) -> None:
    host = party.come("anna")
    guest = party.let_in(host, party.held.guests[1])
    assert party.row(guest).state == "admitted"


def test_withdrawn_the_next_thing_they_do_is_refused(party: Party, mandate: Representation) -> None:
    host = party.come("anna")
    guest = party.let_in(host, party.held.guests[1])
    representing.withdraw(actor=party.actor("bo"), representation=mandate.id)
    with pytest.raises(Closed):
        door.leave(by=guest, message=Leave(id=2))
    assert party.check(host, guest).out == {guest}


def test_withdrawn_there_is_no_way_in_any_more(party: Party, mandate: Representation) -> None:
    representing.withdraw(actor=party.actor("bo"), representation=mandate.id)
    with pytest.raises(NotAllowed):
        party.enter(party.actor(party.held.guests[1]))


@pytest.mark.parametrize(
    "changed", [{"seen_at": None}, {"scopes": ["book"]}, {"valid_to": timezone.localdate() - timedelta(days=1)}]
)
def test_unproven_narrower_or_run_out_does_not_come_in(
    party: Party, town: Town, mandate: Representation, changed: dict[str, object]
) -> None:
    with scope.transaction(town.municipality.id):
        Representation.objects.filter(id=mandate.id).update(**changed)
    with pytest.raises(NotAllowed):
        party.enter(party.actor(party.held.guests[1]))


def test_a_weaker_sign_in_does_not_come_in(party: Party, town: Town) -> None:
    with pytest.raises(NotAllowed):
        party.enter(replace(party.actor("bo"), level="LOA2"))


def test_who_was_vouched_for_comes_in_to_that_meeting_only(party: Party) -> None:
    actor = replace(party.actor("bo"), level="vouched", only_booking=party.held.meeting)
    caller = party.enter(actor).caller
    with scope.transaction(party.town.municipality.id):
        assert Participant.objects.get(id=caller.participant).ident == "vouched"
    with pytest.raises(NotAllowed):
        party.enter(replace(actor, only_booking=uuid4()))
