"""The booking's own steps while its meeting is held: waiting, in progress, interrupted, ended (`booking.states`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from booking import states, transitions
from booking.models import BookingChange, Form
from booking.states import Event, Guard
from identity import actors, scope
from identity.actors import Actor
from meetings.lobby import By, Happening, State
from meetings.models import Participant
from meetings.protocol import Role
from meetings.services.acting import step
from meetings.services.opened import Opened
from meetings.services.places import forget_secrets

OPENS_BEFORE: Final = timedelta(minutes=15)
EMPTY_FOR: Final = timedelta(seconds=60)
LOST_FOR: Final = timedelta(seconds=10)
KEPT_OPEN: Final = timedelta(minutes=30)
KEPT_FOR: Final = timedelta(minutes=30)
UPCOMING: Final = (states.State.CONFIRMED, states.State.READY)
UNDER_WAY: Final = (states.State.WAITING, states.State.IN_PROGRESS, states.State.INTERRUPTED)


def take(
    meeting: Opened,
    event: Event,
    role: states.Role,
    actor: Actor | None = None,
    more: Mapping[Guard, bool] = MappingProxyType({}),
) -> None:
    """Take one step of the booking's table. Raises `BookingError` when the table or a guard says no."""
    done = transitions.check(meeting.booking.state, event, role, {**facts(meeting), **more})
    by = actor or actors.system(scope.current())
    transitions.take(meeting.booking, done, actor=by, now=meeting.now)
    meeting.changed = True


def settle(meeting: Opened) -> None:
    """Let the booking follow what has happened among the participants; called last in every use case."""
    booking, now = meeting.booking, facts(meeting)
    if booking.state == states.State.IN_PROGRESS and now[Guard.NEEDED_PARTY_GONE]:
        take(meeting, Event.INTERRUPT, states.Role.SYSTEM)
        meeting.meeting.interrupted_at = meeting.now
        meeting.meeting.interruptions += 1
    elif booking.state == states.State.INTERRUPTED and now[Guard.SAME_PARTICIPANT_BACK]:
        take(meeting, Event.RESUME, states.Role.SYSTEM)
        meeting.meeting.interrupted_at = None
    elif booking.state == states.State.INTERRUPTED and now[Guard.KEPT_LONG_ENOUGH]:
        take(meeting, Event.END, states.Role.SYSTEM)
        close(meeting)
    elif booking.state == states.State.WAITING and now[Guard.LOBBY_EMPTY] and now[Guard.BEFORE_START]:
        was_ready = _was_ready(meeting)
        more = {Guard.WAS_READY: was_ready, Guard.WAS_NOT_READY: not was_ready}
        event = Event.EMPTY_LOBBY_READY if was_ready else Event.EMPTY_LOBBY
        take(meeting, event, states.Role.SYSTEM, more=more)

    elif booking.state == states.State.WAITING and meeting.meeting.ended_at is None and left_open(meeting):
        close(meeting)  # what becomes of the booking is the officer's to say: held, missed or called off


def left_open(meeting: Opened) -> bool:
    """A lobby that nobody closed: half an hour past the booked time, and nobody inside."""
    return meeting.now >= meeting.booking.ends_at + KEPT_OPEN and not any(meeting.inside())


def close(meeting: Opened) -> None:
    """The meeting is over: everybody is out, every ticket and token is dead, and nothing opens it again."""
    meeting.meeting.ended_at = meeting.now
    meeting.meeting.paused_why, meeting.meeting.paused_by = "", None
    meeting.changed = True
    for one in meeting.people.values():
        step(meeting, one, Happening.END, By.SERVER)
        forget_secrets(meeting.touch(one))


def facts(meeting: Opened) -> Mapping[Guard, bool]:
    """The guards that are known from the rows at hand. Those without data yet are left to `states.GUARDS_NOT_YET`."""
    booking, now = meeting.booking, meeting.now
    needed = _needed(meeting)
    guests = [one for one in meeting.people.values() if not meeting.is_own_officer(one)]
    kept = meeting.meeting.interrupted_at
    return {
        Guard.FORM_IS_VIDEO: booking.form == Form.VIDEO,
        Guard.FORM_IS_NOT_VIDEO: booking.form != Form.VIDEO,
        Guard.LOBBY_OPEN: now >= booking.starts_at - OPENS_BEFORE,
        Guard.FRESH_IDENTITY: True,  # asked for when the ticket was made; without a ticket nobody comes here
        Guard.BEFORE_START: now < booking.starts_at,
        Guard.LOBBY_EMPTY: all(_long_gone(one, meeting) for one in guests),
        Guard.RESIDENT_ADMITTED: all(_inside(one) for one in guests if one.party.role == Role.RESIDENT),
        Guard.SOMEBODY_ADMITTED: any(one.admitted_at is not None for one in guests),
        Guard.NEEDED_PARTY_GONE: any(_gone(one, meeting) for one in needed),
        Guard.SAME_PARTICIPANT_BACK: all(_inside(one) and one.lost_at is None for one in needed),
        Guard.KEPT_LONG_ENOUGH: kept is not None and now - kept >= KEPT_FOR,
    }


def _needed(meeting: Opened) -> list[Participant]:
    """Those without whom there is no meeting: host and resident, once they have been inside."""
    host = meeting.meeting.host
    needed = (one for one in meeting.people.values() if one.id == host or one.party.role == Role.RESIDENT)
    return [one for one in needed if one.admitted_at is not None]


def _inside(one: Participant) -> bool:
    return one.state in (State.ADMITTED, State.ASIDE)


def _gone(one: Participant, meeting: Opened) -> bool:
    """Not inside, or not heard of, for ten seconds: counted, for who waits again on another device, from then."""
    since = one.lost_at if _inside(one) else one.left_at or one.waiting_since
    return not _inside(one) if since is None else meeting.now - since >= LOST_FOR


def _long_gone(one: Participant, meeting: Opened) -> bool:
    """Neither inside nor in the lobby, and not for a minute: a reload empties no lobby."""
    went = one.left_at or one.lost_at or one.denied_at
    return one.state not in Participant.LIVE and (went is None or meeting.now - went >= EMPTY_FOR)


def _was_ready(meeting: Opened) -> bool:
    entered = BookingChange.objects.filter(booking=meeting.booking, event=Event.ENTER_LOBBY.value)
    last = entered.order_by("-at").first()
    return last is not None and last.state_before == states.State.READY
