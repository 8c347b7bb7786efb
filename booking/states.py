"""The states of a booking and every step between them, as data.

`allowed` looks a step up, `unmet` says which of its guards do not hold; the use cases in `services.py` are the only
callers. A step that is not in `TRANSITIONS` does not exist. Every step also writes an access entry and, holds apart, a
change in the booking's history; about a protected person no message is written at all, whatever `told` says.

Handing over to another officer changes the calendar, not the state, and is therefore no row. A booking made by staff
without a hold takes `hold` and `confirm` in one transaction.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType

from booking.errors import WrongState


class State(StrEnum):
    """Where a booking stands. `moved` is no state but an entry in the booking's history."""

    HELD = auto()
    CONFIRMED = auto()
    READY = auto()
    WAITING = auto()
    IN_PROGRESS = auto()
    INTERRUPTED = auto()
    ENDED = auto()
    FOLLOWED_UP = auto()
    CANCELLED_BY_RESIDENT = auto()
    CANCELLED_BY_OFFICER = auto()
    CONVERTED = auto()
    NO_SHOW = auto()
    ABORTED = auto()
    PURGED = auto()


class Event(StrEnum):
    """What is asked of a booking: the name of a step."""

    HOLD = auto()
    EXTEND = auto()
    RELEASE = auto()
    CONFIRM = auto()
    MAKE_READY = auto()
    REOPEN = auto()
    ENTER_LOBBY = auto()
    EMPTY_LOBBY = auto()
    EMPTY_LOBBY_READY = auto()
    START = auto()
    INTERRUPT = auto()
    RESUME = auto()
    END = auto()
    FOLLOW_UP = auto()
    CANCEL_BY_RESIDENT = auto()
    CANCEL_BY_OFFICER = auto()
    MOVE = auto()
    CONVERT = auto()
    MARK_NO_SHOW = auto()
    UNDO_NO_SHOW = auto()
    ABORT = auto()
    PURGE = auto()


class Role(StrEnum):
    """As whom somebody asks. The host is the officer in charge; a party is anybody listed but resident and officer."""

    RESIDENT = auto()
    REPRESENTATIVE = auto()
    PARTY = auto()
    OFFICER = auto()
    UNIT_MANAGER = auto()
    HOST = auto()
    SYSTEM = auto()


class Guard(StrEnum):
    """What must be true for a step: the closed registry of conditions."""

    SIGNED_IN_AT_LEVEL = auto()
    SLOT_FREE = auto()
    HOLDS_BELOW_LIMIT = auto()
    SUITABILITY_ANSWERED = auto()
    EXTENSIONS_LEFT = auto()
    HOLD_ALIVE = auto()
    INFORMATION_SHOWN = auto()
    CONTACT_CHOSEN = auto()
    FORM_ALLOWED = auto()
    PARTIES_WITHIN_LIMIT = auto()
    NEEDS_CONFIRMED = auto()
    PARTIES_APPROVED = auto()
    INFORMATION_READ = auto()
    OFFICER_PREPARED = auto()
    READINESS_LOST = auto()
    REASON_GIVEN = auto()
    FORM_IS_VIDEO = auto()
    FORM_IS_NOT_VIDEO = auto()
    LOBBY_OPEN = auto()
    FRESH_IDENTITY = auto()
    LOBBY_EMPTY = auto()
    BEFORE_START = auto()
    WAS_READY = auto()
    WAS_NOT_READY = auto()
    RESIDENT_ADMITTED = auto()
    SOMEBODY_ADMITTED = auto()
    OPENING_POINTS_DONE = auto()
    SHORT_OPENING_POINTS_DONE = auto()
    READY_OR_OVERRIDE = auto()
    NEEDED_PARTY_GONE = auto()
    SAME_PARTICIPANT_BACK = auto()
    KEPT_LONG_ENOUGH = auto()
    OUTCOME_GIVEN = auto()
    CLOSING_SHOWN = auto()
    DOCUMENTATION_DONE = auto()
    MAY_BOOK_FOR_RESIDENT = auto()
    RESIDENT_CALLED = auto()
    WITHIN_MOVE_LIMIT = auto()
    RESIDENT_AGREED = auto()
    NOT_CHILD_PROTECTION = auto()
    TEN_MINUTES_AFTER_START = auto()
    RESIDENT_ABSENT = auto()
    CALL_TRIED = auto()
    SAME_LOCAL_DAY = auto()
    RETENTION_PASSED = auto()
    BOARD_DECISION_ENTERED = auto()
    NO_LEGAL_HOLD = auto()
    TASKS_CLOSED = auto()


class Effect(StrEnum):
    """What a step does beside the change of state."""

    CLAIM_HOLD = auto()
    EXTEND_HOLD = auto()
    LET_HOLD_GO = auto()
    KEEP_ANSWERS = auto()
    CLAIM_TIME = auto()
    CREATE_MEETING = auto()
    ORDER_INTERPRETER = auto()
    REOPEN_TASK = auto()
    NOTE_ARRIVAL = auto()
    NOTE_START = auto()
    KEEP_LOBBY_FOR_LATECOMERS = auto()
    SHOW_CONTACT_LOST = auto()
    NOTE_STOP = auto()
    CLOSE_MEETING = auto()
    DROP_QUEUED_MESSAGES = auto()
    COUNT_AND_DELETE_NEEDS = auto()
    CREATE_DOCUMENTATION_TASK = auto()
    OFFER_NEXT_BOOKING = auto()
    FREE_TIME = auto()
    CANCEL_INTERPRETER = auto()
    OFFER_TO_WAITING_LIST = auto()
    PROPOSE_NEW_TIMES = auto()
    CREATE_CALL_TASK_IF_NEAR = auto()
    CLAIM_NEW_TIME_THEN_FREE_OLD = auto()
    RAISE_SEQUENCE = auto()
    CHECK_APPROVALS_AGAIN = auto()
    LINK_SUCCESSOR = auto()
    FREE_REST_OF_TIME = auto()
    CREATE_NEW_TIME_TASK = auto()
    CLOSE_TASK = auto()
    REMOVE_ROWS = auto()
    PSEUDONYMISE_LOG = auto()


class Told(StrEnum):
    """Who learns of a step, and how."""

    RESIDENT_ON_PAGE = auto()
    RESIDENT_AS_CHOSEN = auto()
    OFFICER_FEED = auto()
    OFFICER_ON_PAGE = auto()
    COORDINATOR_ON_PAGE = auto()
    HOST_ON_PAGE = auto()
    ALL_PRESENT = auto()
    ALL_PARTIES = auto()
    THANKS = auto()
    DESTRUCTION_LOG = auto()


class Signal(StrEnum):
    """The news that travels upward, by the name of the signal sent inside the transaction."""

    BOOKING_CONFIRMED = auto()
    BOOKING_MOVED = auto()
    BOOKING_CANCELLED = auto()


@dataclass(frozen=True, slots=True)
class Transition:
    """One step. `source` is None before the booking exists, `target` is None when a hold is let go."""

    source: State | None
    target: State | None
    event: Event
    role: Role
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    told: tuple[Told, ...] = ()
    signal: Signal | None = None


# The one place that says which guards have no data yet: they count as true until what is named here exists, unless
# the caller already knows better. A guard of a purge never stands here: nothing is purged on an assumption.
GUARDS_NOT_YET: Mapping[Guard, str] = MappingProxyType(
    {
        Guard.SUITABILITY_ANSWERED: "the suitability questions come with the guided process",
        Guard.OFFICER_PREPARED: "officers' readiness comes with the guided process",
        Guard.READY_OR_OVERRIDE: "readiness means nothing until needs, approvals and officers' readiness exist",
        Guard.OPENING_POINTS_DONE: "the opening points come with the guided process",
        Guard.SHORT_OPENING_POINTS_DONE: "the opening points come with the guided process",
        Guard.CLOSING_SHOWN: "the closing panel comes with the guided process",
        Guard.OUTCOME_GIVEN: "outcome codes come with the guided process",
    }
)

_S, _E, _R, _G, _F, _T = State, Event, Role, Guard, Effect, Told
_READY_GUARDS = (_G.NEEDS_CONFIRMED, _G.PARTIES_APPROVED, _G.INFORMATION_READ, _G.OFFICER_PREPARED)
_CONFIRM_GUARDS = (
    _G.INFORMATION_SHOWN,
    _G.CONTACT_CHOSEN,
    _G.FORM_ALLOWED,
    _G.PARTIES_WITHIN_LIMIT,
    _G.HOLD_ALIVE,
)
_HOLD_GUARDS = (_G.SIGNED_IN_AT_LEVEL, _G.SLOT_FREE, _G.HOLDS_BELOW_LIMIT, _G.SUITABILITY_ANSWERED)
_PURGE_GUARDS = (_G.RETENTION_PASSED, _G.BOARD_DECISION_ENTERED, _G.NO_LEGAL_HOLD, _G.TASKS_CLOSED)
_CONVERT_GUARDS = (_G.REASON_GIVEN, _G.FORM_ALLOWED, _G.NOT_CHILD_PROTECTION)
_NO_SHOW_GUARDS = (_G.TEN_MINUTES_AFTER_START, _G.RESIDENT_ABSENT, _G.CALL_TRIED)
_CLOSING = (_F.CLOSE_MEETING, _F.DROP_QUEUED_MESSAGES, _F.COUNT_AND_DELETE_NEEDS, _F.CREATE_DOCUMENTATION_TASK)
_FREEING = (_F.FREE_TIME, _F.CANCEL_INTERPRETER, _F.OFFER_TO_WAITING_LIST)
_MOVING = (_F.CLAIM_NEW_TIME_THEN_FREE_OLD, _F.RAISE_SEQUENCE, _F.CHECK_APPROVALS_AGAIN)

_UPCOMING = (_S.CONFIRMED, _S.READY)
_OPEN = (_S.WAITING, _S.IN_PROGRESS, _S.INTERRUPTED)
_CLOSED = (
    _S.FOLLOWED_UP,
    _S.CANCELLED_BY_RESIDENT,
    _S.CANCELLED_BY_OFFICER,
    _S.CONVERTED,
    _S.NO_SHOW,
    _S.ABORTED,
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table as people write it: several sources and roles at once."""

    sources: tuple[State | None, ...]
    target: State | None
    event: Event
    roles: tuple[Role, ...]
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    told: tuple[Told, ...] = ()
    signal: Signal | None = None

    def steps(self) -> Iterator[Transition]:
        """One step for each source and role."""
        for source in self.sources:
            for role in self.roles:
                yield Transition(
                    source, self.target, self.event, role, self.guards, self.effects, self.told, self.signal
                )


# fmt: off
_BEFORE_THE_MEETING = (
    _Row((None,), _S.HELD, _E.HOLD, (_R.RESIDENT, _R.OFFICER), _HOLD_GUARDS, (_F.CLAIM_HOLD,)),
    _Row((_S.HELD,), _S.HELD, _E.EXTEND, (_R.RESIDENT, _R.OFFICER), (_G.HOLD_ALIVE, _G.EXTENSIONS_LEFT),
         (_F.EXTEND_HOLD,)),
    _Row((_S.HELD,), None, _E.RELEASE, (_R.SYSTEM, _R.RESIDENT), (), (_F.LET_HOLD_GO, _F.KEEP_ANSWERS),
         (_T.RESIDENT_ON_PAGE,)),
    _Row((_S.HELD,), _S.CONFIRMED, _E.CONFIRM, (_R.RESIDENT, _R.OFFICER), _CONFIRM_GUARDS,
         (_F.CLAIM_TIME, _F.CREATE_MEETING, _F.ORDER_INTERPRETER),
         (_T.RESIDENT_AS_CHOSEN, _T.OFFICER_FEED), Signal.BOOKING_CONFIRMED),
    _Row((_S.CONFIRMED,), _S.READY, _E.MAKE_READY, (_R.SYSTEM,), _READY_GUARDS, (), (_T.OFFICER_ON_PAGE,)),
    _Row((_S.CONFIRMED,), _S.READY, _E.MAKE_READY, (_R.OFFICER,), (_G.REASON_GIVEN,), (), (_T.OFFICER_ON_PAGE,)),
    _Row((_S.READY,), _S.CONFIRMED, _E.REOPEN, (_R.SYSTEM,), (_G.READINESS_LOST,), (_F.REOPEN_TASK,),
         (_T.OFFICER_ON_PAGE, _T.COORDINATOR_ON_PAGE)),
    _Row(_UPCOMING, _S.CONFIRMED, _E.MOVE, (_R.RESIDENT,), (_G.SLOT_FREE, _G.FORM_ALLOWED, _G.WITHIN_MOVE_LIMIT),
         _MOVING, (_T.ALL_PARTIES,), Signal.BOOKING_MOVED),
    _Row(_UPCOMING, _S.CONFIRMED, _E.MOVE, (_R.OFFICER,), (_G.SLOT_FREE, _G.FORM_ALLOWED, _G.RESIDENT_AGREED),
         _MOVING, (_T.ALL_PARTIES,), Signal.BOOKING_MOVED),
    _Row(_UPCOMING, _S.CANCELLED_BY_RESIDENT, _E.CANCEL_BY_RESIDENT, (_R.RESIDENT,), (_G.BEFORE_START,),
         _FREEING, (_T.ALL_PARTIES,), Signal.BOOKING_CANCELLED),
    _Row(_UPCOMING, _S.CANCELLED_BY_RESIDENT, _E.CANCEL_BY_RESIDENT, (_R.REPRESENTATIVE,),
         (_G.BEFORE_START, _G.MAY_BOOK_FOR_RESIDENT), _FREEING, (_T.ALL_PARTIES,), Signal.BOOKING_CANCELLED),
    _Row(_UPCOMING, _S.CANCELLED_BY_RESIDENT, _E.CANCEL_BY_RESIDENT, (_R.OFFICER,),
         (_G.BEFORE_START, _G.RESIDENT_CALLED), _FREEING, (_T.ALL_PARTIES,), Signal.BOOKING_CANCELLED),
    _Row((*_UPCOMING, _S.WAITING), _S.CANCELLED_BY_OFFICER, _E.CANCEL_BY_OFFICER, (_R.OFFICER, _R.UNIT_MANAGER),
         (_G.REASON_GIVEN,), (_F.PROPOSE_NEW_TIMES, *_FREEING, _F.CREATE_CALL_TASK_IF_NEAR), (_T.ALL_PARTIES,),
         Signal.BOOKING_CANCELLED),
)

_AROUND_THE_MEETING = (
    _Row(_UPCOMING, _S.WAITING, _E.ENTER_LOBBY, (_R.RESIDENT, _R.PARTY),
         (_G.FORM_IS_VIDEO, _G.LOBBY_OPEN, _G.FRESH_IDENTITY), (_F.NOTE_ARRIVAL,), (_T.HOST_ON_PAGE,)),
    _Row((_S.WAITING,), _S.CONFIRMED, _E.EMPTY_LOBBY, (_R.SYSTEM,),
         (_G.LOBBY_EMPTY, _G.BEFORE_START, _G.WAS_NOT_READY), (), (_T.HOST_ON_PAGE,)),
    _Row((_S.WAITING,), _S.READY, _E.EMPTY_LOBBY_READY, (_R.SYSTEM,),
         (_G.LOBBY_EMPTY, _G.BEFORE_START, _G.WAS_READY), (), (_T.HOST_ON_PAGE,)),
    _Row((_S.WAITING,), _S.IN_PROGRESS, _E.START, (_R.HOST,),
         (_G.RESIDENT_ADMITTED, _G.OPENING_POINTS_DONE, _G.READY_OR_OVERRIDE),
         (_F.NOTE_START, _F.KEEP_LOBBY_FOR_LATECOMERS)),
    _Row(_UPCOMING, _S.IN_PROGRESS, _E.START, (_R.OFFICER,),
         (_G.FORM_IS_NOT_VIDEO, _G.SHORT_OPENING_POINTS_DONE), (_F.NOTE_START,)),
    _Row((_S.IN_PROGRESS,), _S.INTERRUPTED, _E.INTERRUPT, (_R.SYSTEM,), (_G.NEEDED_PARTY_GONE,),
         (_F.SHOW_CONTACT_LOST,), (_T.ALL_PRESENT,)),
    _Row((_S.INTERRUPTED,), _S.IN_PROGRESS, _E.RESUME, (_R.SYSTEM, _R.HOST), (_G.SAME_PARTICIPANT_BACK,),
         (_F.NOTE_STOP,), (_T.ALL_PRESENT,)),
    _Row((_S.INTERRUPTED,), _S.ENDED, _E.END, (_R.HOST,), (_G.OUTCOME_GIVEN,), _CLOSING),
    _Row((_S.INTERRUPTED,), _S.ENDED, _E.END, (_R.SYSTEM,), (_G.KEPT_LONG_ENOUGH, _G.OUTCOME_GIVEN), _CLOSING),
    _Row((_S.IN_PROGRESS,), _S.ENDED, _E.END, (_R.HOST,), (_G.CLOSING_SHOWN,), _CLOSING, (_T.RESIDENT_ON_PAGE,)),
    _Row((_S.WAITING,), _S.ENDED, _E.END, (_R.HOST,), (_G.SOMEBODY_ADMITTED, _G.CLOSING_SHOWN), _CLOSING,
         (_T.RESIDENT_ON_PAGE,)),
    _Row(_OPEN, _S.CONVERTED, _E.CONVERT, (_R.HOST,), _CONVERT_GUARDS, (_F.LINK_SUCCESSOR,),
         (_T.RESIDENT_AS_CHOSEN,), Signal.BOOKING_MOVED),
    _Row(_OPEN, _S.ABORTED, _E.ABORT, (_R.HOST,), (_G.REASON_GIVEN,), _CLOSING),
)

_AFTER_THE_MEETING = (
    _Row((_S.ENDED,), _S.FOLLOWED_UP, _E.FOLLOW_UP, (_R.OFFICER,), (_G.DOCUMENTATION_DONE,),
         (_F.OFFER_NEXT_BOOKING,), (_T.THANKS,)),
    _Row((*_UPCOMING, _S.WAITING), _S.NO_SHOW, _E.MARK_NO_SHOW, (_R.OFFICER,), _NO_SHOW_GUARDS,
         (_F.FREE_REST_OF_TIME, _F.CREATE_NEW_TIME_TASK)),
    _Row((_S.NO_SHOW,), _S.CONFIRMED, _E.UNDO_NO_SHOW, (_R.OFFICER,), (_G.SAME_LOCAL_DAY, _G.SLOT_FREE),
         (_F.CLAIM_TIME, _F.CLOSE_TASK)),
    _Row(_CLOSED, _S.PURGED, _E.PURGE, (_R.SYSTEM,), _PURGE_GUARDS, (_F.REMOVE_ROWS, _F.PSEUDONYMISE_LOG),
         (_T.DESTRUCTION_LOG,)),
)
# fmt: on


def _expanded(rows: Iterable[_Row]) -> tuple[Transition, ...]:
    return tuple(step for row in rows for step in row.steps())


TRANSITIONS: tuple[Transition, ...] = _expanded((*_BEFORE_THE_MEETING, *_AROUND_THE_MEETING, *_AFTER_THE_MEETING))

_BY_KEY: Mapping[tuple[State | None, Event, Role], Transition] = MappingProxyType(
    {(step.source, step.event, step.role): step for step in TRANSITIONS}
)


def allowed(state: State | None, event: Event, role: Role) -> Transition:
    """The step that `role` may take from `state` (None: no booking yet); WrongState if the table has none."""
    try:
        return _BY_KEY[state, event, role]
    except KeyError:
        raise WrongState(f"{event} by {role} is no step from {state or 'nothing'}") from None


def unmet(step: Transition, facts: Mapping[Guard, bool]) -> tuple[Guard, ...]:
    """The guards of a step that do not hold, in the order of the table.

    `facts` says of each guard whether it is true. A guard without data yet (`GUARDS_NOT_YET`) may be left out; leaving
    out any other is a mistake in the caller: ValueError.
    """
    missing = [guard for guard in step.guards if guard not in facts and guard not in GUARDS_NOT_YET]
    if missing:
        raise ValueError(f"facts missing: {', '.join(missing)}")
    return tuple(guard for guard in step.guards if not facts.get(guard, True))
