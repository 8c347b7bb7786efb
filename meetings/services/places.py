"""What a participant's row says beside the state: times, sessions, secrets. One place for what each state means."""

from __future__ import annotations

from meetings.lobby import State
from meetings.models import Participant
from meetings.services.opened import Opened


def place(meeting: Opened, who: Participant, state: State) -> None:
    """Set the columns that belong to having come to `state` just now."""
    meeting.touch(who).state = state.value
    _SETTERS.get(state, _nothing)(meeting, who)


def forget_secrets(who: Participant) -> None:
    """Ticket, resume token and the way back are dead."""
    who.ticket_hash = who.ticket_expires_at = who.ticket_session = None
    who.resume_hash = who.socket_session = who.admitted_session = None


def _waiting(meeting: Opened, who: Participant) -> None:
    who.waiting_since, who.phrase, who.lost_at, who.admitted_session = meeting.now, "", None, None


def _admitted(meeting: Opened, who: Participant) -> None:
    who.admitted_at = who.admitted_at or meeting.now
    who.waiting_since = who.lost_at = who.left_at = None
    who.aside, who.other_device, who.phrase, who.denials = False, False, "", 0
    who.admitted_session = who.socket_session


def _aside(meeting: Opened, who: Participant) -> None:
    who.aside = True


def _left(meeting: Opened, who: Participant) -> None:
    who.left_at, who.lost_at, who.resume_hash = meeting.now, None, None


def _away(meeting: Opened, who: Participant) -> None:
    who.left_at, who.resume_hash = who.lost_at, None


def _denied(meeting: Opened, who: Participant) -> None:
    who.denied_at, who.denials = meeting.now, who.denials + 1
    forget_secrets(who)


def _removed(meeting: Opened, who: Participant) -> None:
    who.left_at = meeting.now
    forget_secrets(who)


def _nothing(meeting: Opened, who: Participant) -> None:
    return


_SETTERS = {
    State.WAITING: _waiting,
    State.ADMITTED: _admitted,
    State.ASIDE: _aside,
    State.LEFT: _left,
    State.AWAY: _away,
    State.DENIED: _denied,
    State.REMOVED: _removed,
}
