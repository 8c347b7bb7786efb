"""A meeting with a protected person: a reason before the name, the relay alone, and no name for other guests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from identity import openings, protection, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Opening, Person
from meetings.errors import Closed
from meetings.models import Meeting
from meetings.protocol import End, Sync
from meetings.services import course, entrance
from meetings.services.acting import Caller
from meetings.state import load
from tests.meetings.people import Party
from tests.town import Town

pytestmark = pytest.mark.django_db
AsActor = Callable[[str], Actor]
BrowserAs = Callable[..., Client]


@pytest.fixture
def marked(town: Town, party: Party) -> Party:
    """Bo is protected before anybody comes."""
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=town.persons["bo"]).update(marked=True)
    return party


def opened_for(party: Party, actor: Actor) -> None:
    """The officer gives a reason."""
    meeting = party.held.meeting
    with scope.transaction(actor.municipality_id):
        facts = openings.openable("booking").facts(meeting)
    assert facts is not None
    openings.open_protected(
        actor=actor, object_kind="booking", object=meeting, unit=facts.unit, facts=facts, reason="meeting"
    )


def closed_again(party: Party) -> None:
    """The half hour is over."""
    with scope.transaction(party.town.municipality.id):
        Opening.objects.update(until=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("page", ["", "lett/"])
def test_the_officers_page_leads_to_the_reason_and_opens_after_it(
    marked: Party, browser_as: BrowserAs, page: str
) -> None:
    meeting, anna = marked.held.meeting, browser_as("anna")
    address = f"/moten/{meeting}/{page}"
    answer = anna.get(address, secure=True)
    assert (answer.status_code, answer["Location"]) == (302, f"/bokningar/{meeting}/")
    asked = anna.get(answer["Location"], secure=True).content.decode()
    assert "Varför öppnar du?" in asked
    assert "Bo Ek" not in asked
    anna.post(f"/bokningar/{meeting}/oppna/", {"reason": "meeting"}, secure=True)
    assert anna.get(f"/moten/{meeting}/lett/", secure=True).status_code == 200


def test_no_ticket_before_the_reason(marked: Party, browser_as: BrowserAs) -> None:
    with pytest.raises(NotAllowed):
        marked.come("anna")
    anna, address = browser_as("anna"), f"/moten/{marked.held.meeting}/biljett/"
    assert anna.post(address, {"takeover": False}, content_type="application/json", secure=True).status_code == 404


def test_a_meeting_that_is_longer_than_the_opening_goes_on_to_its_end(marked: Party) -> None:
    anna = marked.actor("anna")
    opened_for(marked, anna)
    entered = marked.enter(anna)
    host, bo = entered.caller, marked.come("bo")
    marked.admitted(host, bo)
    closed_again(marked)
    assert course.look(by=host, message=Sync(id=2)).people
    assert not marked.check(host, bo).out
    resumed = entrance.resume(municipality=marked.town.municipality, token=entered.token, session_key=anna.session_key)
    course.start_meeting(actor=anna, meeting=marked.held.meeting)
    with pytest.raises(NotAllowed):
        marked.enter(marked.actor("anna"))
    assert course.end(by=resumed.caller, message=End(id=3)).ended


def test_other_guests_learn_the_role_and_no_name(marked: Party) -> None:
    anna = marked.actor("anna")
    opened_for(marked, anna)
    host = marked.enter(anna).caller
    bo, guest = marked.let_in(host, "bo"), marked.come(companion(marked))
    snapshot = marked.admitted(host, guest)
    names = {one.id: one.name for one in snapshot.state_for(str(guest.participant)).roster}
    assert names[str(bo.participant)] == "Invånare"
    assert names[str(host.participant)] == "Anna Lindqvist"
    assert "Bo Ek" in {one.name for one in snapshot.state_for(str(host.participant)).roster}


def companion(party: Party) -> str:
    """The cast name of the third one."""
    with scope.transaction(party.town.municipality.id):
        ids = Meeting.objects.get(id=party.held.meeting).participants.values_list("party__person", flat=True)
        names = set(Person.objects.filter(id__in=ids).values_list("cast_name", flat=True))
    return str((names - {"anna", "bo"}).pop())


def test_a_flag_set_in_mid_meeting_brings_everybody_in_again_by_the_relay(party: Party, as_actor: AsActor) -> None:
    with scope.transaction(party.town.municipality.id):
        Meeting.objects.update(ice_policy="all")
    anna, bo, third = party.actor("anna"), party.actor("bo"), party.actor(companion(party))
    host, bo_in, third_in = party.enter(anna), party.enter(bo), party.enter(third)
    for one in (bo_in, third_in):
        party.admitted(host.caller, one.caller)
    before = party.meeting().version
    protection.set_flag(actor=as_actor("karin"), person=party.town.persons["bo"], flag="safe_contact")
    with scope.transaction(party.town.municipality.id):
        after = load(party.held.meeting)
    assert (after.facts.ice_policy, after.version > before) == ("relay", True)
    for actor, entered in ((bo, bo_in), (third, third_in)):
        assert after.people[str(entered.caller.participant)].token != entered.token_hash, "its socket is closed"
        with pytest.raises(Closed):
            entrance.resume(municipality=party.town.municipality, token=entered.token, session_key=actor.session_key)
        again = party.enter(actor)
        assert again.caller.gen == entered.caller.gen + 1, "by which the others build anew"
        assert party.row(again.caller).state == "admitted"
    assert after.people[str(host.caller.participant)].token == host.token_hash
    assert still_leads(host.caller)


def still_leads(host: Caller) -> bool:
    """The host's own socket goes on."""
    return bool(course.look(by=host, message=Sync(id=9)).people)


def test_tickets_from_before_the_flag_are_void(party: Party, as_actor: AsActor) -> None:
    here, bo = party.town.municipality, party.actor("bo")
    ticket = entrance.mint_ticket(actor=bo, municipality=here, meeting=party.held.meeting)
    protection.set_flag(actor=as_actor("karin"), person=party.town.persons["bo"], flag="marked")
    with pytest.raises(Closed):
        entrance.redeem(municipality=here, ticket=ticket, session_key=bo.session_key)
