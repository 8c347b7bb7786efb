"""Sockets that vanish: deadlines are columns, and whoever sweeps next takes them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from time_machine import TimeMachineFixture

from booking.models import BookingChange
from booking.services import cancel
from identity import scope
from identity.actors import Actor
from identity.models import Membership, Session
from identity.sessions import revoke
from meetings.lobby import State
from meetings.models import Meeting, Participant
from meetings.protocol import Admit, Leave, Link
from meetings.services import course, door, entrance, presence
from meetings.state import Snapshot
from tests.meetings.people import Party
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock(time_machine: TimeMachineFixture) -> "Clock":
    """A clock that the test moves."""
    return Clock(time_machine, timezone.now())


class Clock:
    """Time that only moves when told."""

    def __init__(self, machine: TimeMachineFixture, start: datetime) -> None:
        self.machine, self.at = machine, start
        machine.move_to(start, tick=False)

    def forward(self, seconds: float) -> None:
        """Let seconds pass."""
        self.at += timedelta(seconds=seconds)
        self.machine.move_to(self.at, tick=False)


def swept(party: Party) -> list[Snapshot]:
    """What one sweep changed."""
    return presence.sweep(municipality=party.town.municipality.id)


def test_a_lost_socket_reconnects_for_a_minute_and_is_away_after_it(party: Party, clock: Clock) -> None:
    host = party.come("anna")
    guest = party.let_in(host, "bo")
    now = party.lose(guest)
    assert now is not None
    assert now.people[str(guest.participant)].member.link is Link.RECONNECTING
    clock.forward(59)
    party.check(host)
    swept(party)
    assert party.row(guest).state == State.ADMITTED
    clock.forward(1)
    swept(party)
    assert party.row(guest).state == State.AWAY
    assert swept(party) == []


def test_a_resume_within_the_minute_is_as_if_nothing_happened(party: Party, clock: Clock, town: Town) -> None:
    host, bo = party.come("anna"), party.actor("bo")
    entered = party.enter(bo)
    party.lose(entered.caller)
    clock.forward(30)
    back = entrance.resume(municipality=town.municipality, token=entered.token, session_key=bo.session_key)
    assert back.caller == entered.caller
    party.check(host, back.caller)
    clock.forward(31)
    swept(party)
    assert party.row(back.caller).state == State.WAITING


def test_what_a_killed_process_held_is_noticed(party: Party, clock: Clock) -> None:
    host = party.come("anna")
    clock.forward(20)
    party.check(host)
    clock.forward(34)
    assert swept(party) == []
    clock.forward(1)
    swept(party)
    assert party.row(host).lost_at is not None


def test_a_host_who_is_lost_for_good_leaves_no_guests_together(party: Party, clock: Clock) -> None:
    host = party.come("anna")
    guest = party.let_in(host, "bo")
    party.lose(host)
    clock.forward(60)
    party.check(guest)
    swept(party)
    assert party.row(host).state == State.AWAY
    assert party.row(guest).state == State.WAITING


def test_a_needed_person_gone_interrupts_and_their_return_goes_on(party: Party, clock: Clock) -> None:
    anna, bo = party.actor("anna"), party.actor("bo")
    host, guest = party.enter(anna).caller, party.enter(bo).caller
    door.admit(by=host, message=Admit(id=1, who=str(guest.participant)))
    course.start_meeting(actor=anna, meeting=party.held.meeting)
    party.lose(guest)
    clock.forward(9)
    swept(party)
    assert party.booking().state == "in_progress"
    clock.forward(1)
    swept(party)
    assert (party.booking().state, party.meeting().interruptions) == ("interrupted", 1)
    party.enter(bo)
    assert party.booking().state == "in_progress"
    assert party.meeting().interrupted_at is None


def test_an_interrupted_meeting_is_kept_for_half_an_hour(party: Party, clock: Clock) -> None:
    anna = party.actor("anna")
    host = party.enter(anna).caller
    guest = party.let_in(host, "bo")
    course.start_meeting(actor=anna, meeting=party.held.meeting)
    door.leave(by=guest, message=Leave(id=3))
    clock.forward(10)
    swept(party)
    assert party.booking().state == "interrupted"
    clock.forward(30 * 60 - 1)
    party.check(host)
    swept(party)
    assert party.booking().state == "interrupted"
    clock.forward(1)
    swept(party)
    assert party.booking().state == "ended"
    assert party.row(host).state == State.LEFT


def test_an_empty_lobby_before_the_start_takes_the_booking_back(party: Party, clock: Clock) -> None:
    clock.at = party.booking().starts_at - timedelta(minutes=10)
    clock.forward(0)
    guest = party.come("bo")
    assert party.booking().state == "waiting"
    door.leave(by=guest, message=Leave(id=1))
    clock.forward(59)
    swept(party)
    assert party.booking().state == "waiting"
    clock.forward(1)
    swept(party)
    assert party.booking().state == "confirmed"
    with scope.transaction(party.town.municipality.id):
        events = set(BookingChange.objects.filter(booking=party.held.meeting).values_list("event", flat=True))
    assert {"enter_lobby", "empty_lobby"} <= events


def test_a_revoked_session_is_found_and_an_open_socket_keeps_the_others_awake(party: Party, clock: Clock) -> None:
    host, guest = party.come("anna"), party.come("bo")
    revoke(guest.session_key)
    clock.forward(120)
    found = party.check(host, guest)
    assert found.out == {guest}
    assert found.versions == {party.held.meeting: party.meeting().version}
    assert Session.objects.get(session_key=host.session_key).last_seen == timezone.now()


def test_a_lost_role_is_found(party: Party, town: Town) -> None:
    host, guest = party.come("anna"), party.come("bo")
    with scope.transaction(town.municipality.id):
        Membership.objects.filter(person=town.persons["anna"]).delete()
    assert party.check(host, guest).out == {host}


def test_somebody_signed_out_has_left_and_has_no_way_back(party: Party) -> None:
    host = party.come("anna")
    guest = party.let_in(host, "bo")
    now = presence.signed_out(by=guest)
    assert now is not None
    assert party.row(guest).state == State.LEFT
    assert party.row(guest).admitted_session is None
    assert presence.signed_out(by=guest) is None


def test_an_older_page_that_vanishes_changes_nothing(party: Party) -> None:
    anna = party.actor("anna")
    old = party.enter(anna).caller
    party.enter(anna, takeover=True)
    assert party.lose(old) is None


def test_a_cancelled_booking_closes_its_meeting(town: Town, as_actor: Callable[[str], Actor]) -> None:
    bo = as_actor("bo")
    booked = town.booked(bo)
    with scope.transaction(town.municipality.id):
        assert Meeting.objects.get(booking=booked).ended_at is None
    cancel(actor=bo, booking=booked.id, key="cancel-once")
    with scope.transaction(town.municipality.id):
        meeting = Meeting.objects.get(booking=booked)
    assert (meeting.id, meeting.ended_at is None) == (booked.id, False)


@pytest.mark.parametrize("form", ["video", "phone", "visit"])
def test_every_form_has_a_meeting_with_its_parties(form: str, town: Town, as_actor: Callable[[str], Actor]) -> None:
    booked = town.booked(as_actor("bo"), form=form)
    with scope.transaction(town.municipality.id):
        roles = Participant.objects.filter(meeting=booked.id).values_list("party__role", flat=True)
        assert sorted(roles) == ["officer", "resident"]


def test_a_protected_persons_meeting_is_relayed_always(town: Town, as_actor: Callable[[str], Actor]) -> None:
    booked = {name: town.booked(as_actor(name)) for name in ("bo", "eva")}
    with scope.transaction(town.municipality.id):
        policies = {name: Meeting.objects.get(id=one.id).ice_policy for name, one in booked.items()}
    assert policies == {"bo": "all", "eva": "relay"}
