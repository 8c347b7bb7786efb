"""Two processes and one person: the old socket of a page says nothing of the new one."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from meetings import consumers, ticker
from meetings.hub import Hub
from meetings.lobby import State
from meetings.protocol import Link
from meetings.services import entrance, presence
from meetings.services.acting import Caller
from tests.meetings.people import Party
from tests.meetings.processes import Socket, process

pytestmark = pytest.mark.django_db(transaction=True)


def past_the_grace(party: Party, *callers: Caller) -> None:
    """A lost socket of theirs would be given up now; living ones were seen just now."""
    for one in callers:
        row = party.row(one)
        if row.lost_at is not None:
            party.change(one, lost_at=timezone.now() - timedelta(seconds=61))
    party.check(*callers)
    presence.sweep(municipality=party.town.municipality.id)


async def test_a_host_who_resumed_in_another_process_is_not_lost_by_the_old_socket(
    party: Party, layer: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = await process(), await process()
    monkeypatch.setattr(consumers, "hub", here)
    actor = await sync_to_async(party.actor)("anna")
    entered = await sync_to_async(party.enter)(actor)
    guest = await sync_to_async(party.let_in)(entered.caller, "bo")
    old = Socket(party, entered)
    await here.enter(old.connection, entered.snapshot)
    back = await sync_to_async(entrance.resume)(
        municipality=party.town.municipality, token=entered.token, session_key=actor.session_key
    )
    new = Socket(party, back)
    await there.enter(new.connection, back.snapshot)
    there.publish(back.snapshot)
    assert back.caller == entered.caller

    await consumers._gone(old.connection)
    assert (await sync_to_async(party.row)(back.caller)).lost_at is None

    await sync_to_async(past_the_grace)(party, back.caller, guest)
    assert (await sync_to_async(party.row)(back.caller)).state == State.ADMITTED
    assert (await sync_to_async(party.row)(guest)).state == State.ADMITTED
    for web in (here, there):
        await web.exchange.stop()


def test_a_socket_that_was_missed_while_it_was_here_is_found_again(party: Party) -> None:
    host = party.come("anna")
    party.lose(host)
    assert party.check(host).missed == {host}
    again = presence.found(by=host, token=party.token(host))
    assert again is not None
    assert again.people[str(host.participant)].member.link is Link.HERE
    assert party.check(host).missed == frozenset()
    assert presence.found(by=host, token=party.token(host)) is None


def test_an_old_socket_finds_nobody_who_is_lost_since(party: Party) -> None:
    host = party.come("anna")
    party.lose(host)
    assert presence.found(by=host, token=b"of an older socket") is None
    assert party.row(host).lost_at is not None


async def test_the_clock_brings_back_who_was_missed(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    web = Hub()
    monkeypatch.setattr(ticker, "hub", web)
    entered = await sync_to_async(lambda: party.enter(party.actor("anna")))()
    anna = Socket(party, entered)
    await web.enter(anna.connection, entered.snapshot)
    web.connections.add(anna.connection)
    await sync_to_async(party.lose)(entered.caller)
    await ticker.check_rights()
    assert (await sync_to_async(party.row)(entered.caller)).lost_at is None
    assert '"link":"here"' in await anna.next("state")
