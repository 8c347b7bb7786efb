"""The host's door: admit, deny, aside, remove, lock; and guests are never left alone together."""

from collections.abc import Callable

import pytest
from django.db import connections

from identity import scope
from identity.errors import NotAllowed
from identity.models import Session
from meetings import state
from meetings.errors import Closed, Refused
from meetings.lobby import State
from meetings.protocol import (
    Admit,
    Aside,
    CloseCode,
    Deny,
    DenyReason,
    Devices,
    EquipmentResult,
    ErrorCode,
    Leave,
    Lock,
    NewCode,
    Pause,
    PauseReason,
    Phrase,
    Ready,
    Remove,
    Tell,
    Unpause,
)
from meetings.services import course, door
from tests.meetings.people import Party

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_change_raises_the_version_by_one_and_a_new_person_the_epoch(party: Party) -> None:
    host = party.come("anna")
    guest = party.come("bo")
    before = party.meeting()
    after = door.admit(by=host, message=Admit(id=1, who=str(guest.participant)))
    assert (after.version, after.epoch) == (before.version + 1, before.epoch + 1)
    quiet = door.lock(by=host, message=Lock(id=2, on=True))
    assert (quiet.version, quiet.epoch) == (after.version + 1, after.epoch)
    assert course.new_code(by=host, message=NewCode(id=3)).epoch == after.epoch + 1


def test_a_guest_commands_nothing(party: Party) -> None:
    host = party.come("anna")
    guest, other = party.let_in(host, "bo"), party.come(party.held.guests[1])
    who = str(other.participant)
    commands: tuple[Callable[[], object], ...] = (
        lambda: door.admit(by=guest, message=Admit(id=1, who=who)),
        lambda: door.deny(by=guest, message=Deny(id=1, who=who, why=DenyReason.NOT_NOW)),
        lambda: door.remove(by=guest, message=Remove(id=1, who=str(host.participant))),
        lambda: door.aside(by=guest, message=Aside(id=1, who=str(host.participant), on=True)),
        lambda: door.lock(by=guest, message=Lock(id=1, on=True)),
        lambda: door.tell(by=guest, message=Tell(id=1, who=who, phrase=Phrase.SOON)),
        lambda: course.unpause(by=guest, message=Unpause(id=1)),
    )
    for command in commands:
        with pytest.raises(Refused) as refused:
            command()
        assert refused.value.code is ErrorCode.NOT_ALLOWED
    assert party.row(other).state == State.WAITING
    assert party.row(host).state == State.ADMITTED


def test_nobody_is_admitted_through_a_locked_door(party: Party) -> None:
    host, guest = party.come("anna"), party.come("bo")
    door.lock(by=host, message=Lock(id=1, on=True))
    with pytest.raises(Refused) as refused:
        door.admit(by=host, message=Admit(id=2, who=str(guest.participant)))
    assert refused.value.code is ErrorCode.LOCKED
    assert party.row(guest).state == State.WAITING


def test_the_door_locks_itself_when_everybody_listed_is_inside(party: Party) -> None:
    host = party.come("anna")
    party.let_in(host, "bo")
    assert not party.meeting().locked
    party.let_in(host, party.held.guests[1])
    assert party.meeting().locked


def test_what_the_waiting_tell_and_are_told(party: Party) -> None:
    host, guest = party.come("anna"), party.come("bo")
    door.ready(by=guest, message=Ready(id=1, devices=Devices.OK, test=EquipmentResult.GOOD))
    now = door.tell(by=host, message=Tell(id=2, who=str(guest.participant), phrase=Phrase.FIVE_MINUTES))
    assert now.lobby_for(str(guest.participant)).phrase is Phrase.FIVE_MINUTES
    assert [one.ready.test for one in now.waiting if one.ready] == [EquipmentResult.GOOD]


def test_somebody_removed_is_out_and_every_secret_is_dead(party: Party) -> None:
    host = party.come("anna")
    guest = party.let_in(host, "bo")
    now = door.remove(by=host, message=Remove(id=1, who=str(guest.participant)))
    row = party.row(guest)
    assert row.state == State.REMOVED
    secrets = (row.ticket_hash, row.ticket_session, row.resume_hash, row.socket_session, row.admitted_session)
    assert secrets == (None,) * 5
    assert str(guest.participant) not in {member.id for member in now.roster}
    with pytest.raises(NotAllowed):
        party.come("bo")


def test_a_host_neither_removes_nor_keeps_aside_themselves(party: Party) -> None:
    host = party.come("anna")
    with pytest.raises(Refused):
        door.remove(by=host, message=Remove(id=1, who=str(host.participant)))
    with pytest.raises(Refused):
        door.aside(by=host, message=Aside(id=1, who=str(host.participant), on=True))


def test_when_the_host_goes_the_guests_are_back_in_the_lobby_without_a_way_in(party: Party) -> None:
    host, bo = party.come("anna"), party.actor("bo")
    guest = party.enter(bo).caller
    door.admit(by=host, message=Admit(id=1, who=str(guest.participant)))
    door.leave(by=host, message=Leave(id=2))
    assert party.row(guest).state == State.WAITING
    door.leave(by=guest, message=Leave(id=3))
    again = party.enter(bo).caller
    assert party.row(again).state == State.WAITING


def test_a_pause_is_for_all_and_only_the_host_ends_it(party: Party) -> None:
    host = party.come("anna")
    guest = party.let_in(host, "bo")
    paused = course.pause(by=guest, message=Pause(id=1, why=PauseReason.PRIVACY)).facts.paused
    assert paused is not None
    assert (paused.why, paused.by) == (PauseReason.PRIVACY, str(guest.participant))
    assert course.unpause(by=host, message=Unpause(id=2)).facts.paused is None


def test_a_connection_of_an_older_page_commands_nothing(party: Party) -> None:
    anna = party.actor("anna")
    old = party.enter(anna).caller
    party.enter(anna, takeover=True)
    with pytest.raises(Closed) as closed:
        door.lock(by=old, message=Lock(id=1, on=True))
    assert closed.value.close is CloseCode.REPLACED


def test_a_command_of_a_dead_session_ends_its_connection(party: Party) -> None:
    host = party.come("anna")
    Session.objects.filter(session_key=host.session_key).delete()
    with pytest.raises(Closed) as closed:
        door.lock(by=host, message=Lock(id=1, on=True))
    assert closed.value.close is CloseCode.REMOVED
    assert not party.meeting().locked


def test_a_snapshot_costs_two_statements_however_many_people_there_are(party: Party) -> None:
    host = party.come("anna")
    for name in party.held.guests:
        party.let_in(host, name)
    with scope.transaction(party.town.municipality.id):
        connection = connections["default"]
        connection.force_debug_cursor = True
        try:
            before = len(connection.queries_log)
            state.load(party.held.meeting)
            assert len(connection.queries_log) - before == 2
        finally:
            connection.force_debug_cursor = False


def test_only_officers_see_who_waits(party: Party) -> None:
    host = party.come("anna")
    guest = party.let_in(host, "bo")
    party.come(party.held.guests[1])
    with scope.transaction(party.town.municipality.id):
        now = state.load(party.held.meeting)
    seen_by_host = now.state_for(str(host.participant)).waiting
    assert seen_by_host is not None
    assert len(seen_by_host) == 1
    assert now.state_for(str(guest.participant)).waiting is None
