"""Who gets in by ticket or token, and where they land."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone
from time_machine import TimeMachineFixture

from identity import scope
from identity.errors import NotAllowed, SignInNeeded
from identity.models import Membership
from meetings.demo import meeting_now
from meetings.errors import Closed
from meetings.protocol import Admit, CloseCode, Leave, Phase
from meetings.services import door, entrance
from meetings.state import Snapshot
from tests.meetings.people import Party
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)


def phase(now: Snapshot, pid: object) -> Phase:
    """Where somebody is."""
    return now.people[str(pid)].phase


def test_a_demo_has_host_resident_and_companions(town: Town) -> None:
    made = meeting_now(town.municipality, participants=4)
    assert made.guests[0] == "bo"
    assert len(set(made.guests)) == 3
    for number in (1, 9):
        with pytest.raises(ValueError, match="participants"):
            meeting_now(town.municipality, participants=number)


def test_the_own_officer_is_inside_as_host_and_the_others_wait(party: Party) -> None:
    host = party.enter(party.actor("anna"))
    assert phase(host.snapshot, host.caller.participant) is Phase.INSIDE
    assert party.meeting().host == host.caller.participant
    guest = party.enter(party.actor("bo"))
    assert phase(guest.snapshot, guest.caller.participant) is Phase.WAITING
    assert party.booking().state == "waiting"


def test_an_officer_who_lost_the_unit_is_a_stranger(party: Party, town: Town) -> None:
    with scope.transaction(town.municipality.id):
        Membership.objects.filter(person=town.persons["anna"]).delete()
    with pytest.raises(NotAllowed):
        party.come("anna")


def test_every_new_page_raises_generation_and_join(party: Party) -> None:
    first, second = party.come("anna"), party.come("bo")
    assert (party.row(first).join, party.row(second).join) == (1, 2)
    bo = party.actor("bo")
    third = party.enter(bo, takeover=True).caller
    assert (third.gen, party.row(third).join) == (second.gen + 1, 3)


def test_a_spent_ticket_is_spent_also_when_it_was_refused(party: Party) -> None:
    host = party.come("anna")
    party.let_in(host, "bo")
    bo, here = party.actor("bo"), party.town.municipality
    ticket = entrance.mint_ticket(actor=bo, municipality=here, meeting=party.held.meeting)
    codes = []
    for _ in range(2):
        with pytest.raises(Closed) as closed:
            entrance.redeem(municipality=here, ticket=ticket, session_key=bo.session_key)
        codes.append(closed.value.close)
    assert codes == [CloseCode.REPLACED, CloseCode.NOT_ACCEPTED]


def test_tickets_of_another_municipality_and_of_nobody_get_one_answer(party: Party, town: Town) -> None:
    bo = party.actor("bo")
    ticket = entrance.mint_ticket(actor=bo, municipality=town.municipality, meeting=party.held.meeting)
    forged = ["gr" + ticket[2:], ticket[:-1] + ("A" if ticket[-1] != "A" else "B"), "ex.", "x"]
    for text in forged:
        with pytest.raises(Closed) as closed:
            entrance.redeem(municipality=town.municipality, ticket=text, session_key=bo.session_key)
        assert (closed.value.close, closed.value.bye) == (CloseCode.NOT_ACCEPTED, None)


def test_the_same_session_comes_back_inside_for_half_an_hour(party: Party, time_machine: TimeMachineFixture) -> None:
    host, bo = party.come("anna"), party.actor("bo")
    guest = party.enter(bo).caller
    door.admit(by=host, message=Admit(id=2, who=str(guest.participant)))
    door.leave(by=guest, message=Leave(id=9))
    left = timezone.now()
    time_machine.move_to(left + timedelta(minutes=29), tick=False)
    back = party.enter(bo)
    assert phase(back.snapshot, back.caller.participant) is Phase.INSIDE
    door.leave(by=back.caller, message=Leave(id=9))
    time_machine.move_to(left + timedelta(minutes=60), tick=False)
    late = party.enter(bo)
    assert phase(late.snapshot, late.caller.participant) is Phase.WAITING


def test_an_old_identification_opens_nothing_to_somebody_who_was_never_inside(
    party: Party, time_machine: TimeMachineFixture
) -> None:
    bo = party.actor("bo")
    time_machine.move_to(timezone.now() + timedelta(minutes=31), tick=False)
    with pytest.raises(SignInNeeded):
        party.enter(bo)


def test_another_device_of_somebody_inside_waits_in_the_lobby(party: Party) -> None:
    host = party.come("anna")
    party.let_in(host, "bo")
    second = party.enter(party.actor("bo"), takeover=True)
    assert phase(second.snapshot, second.caller.participant) is Phase.WAITING
    assert [one.other_device for one in second.snapshot.waiting] == [True]


def test_every_arrival_is_in_the_access_log(
    party: Party, superuser: Callable[[], psycopg.Connection[tuple[str]]]
) -> None:
    party.come("bo")
    with superuser() as database:
        rows = database.execute("SELECT action FROM identity_accessentry").fetchall()
    assert ("meeting.arrive",) in rows
