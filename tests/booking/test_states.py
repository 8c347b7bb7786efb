"""The table of states: every pair of states and events is walked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.errors import WrongState
from booking.states import (
    GUARDS_NOT_YET,
    TRANSITIONS,
    Effect,
    Event,
    Guard,
    Role,
    Signal,
    State,
    Told,
    Transition,
    allowed,
    unmet,
)
from tests.booking.strategies import many

# Written down a second time, by hand and the other way round: from a state, event by event, to where and by whom.
# H resident, R representative, P listed party, O officer, U unit manager, V host, S system.
EXPECTED = {
    "-": "hold:held:HO",
    "held": "extend:held:HO release:-:SH confirm:confirmed:HO",
    "confirmed": (
        "make_ready:ready:SO enter_lobby:waiting:HP start:in_progress:O move:confirmed:HO mark_no_show:no_show:O "
        "cancel_by_resident:cancelled_by_resident:HRO cancel_by_officer:cancelled_by_officer:OU"
    ),
    "ready": (
        "reopen:confirmed:S enter_lobby:waiting:HP start:in_progress:O move:confirmed:HO mark_no_show:no_show:O "
        "cancel_by_resident:cancelled_by_resident:HRO cancel_by_officer:cancelled_by_officer:OU"
    ),
    "waiting": (
        "empty_lobby:confirmed:S empty_lobby_ready:ready:S start:in_progress:V end:ended:V convert:converted:V "
        "abort:aborted:V mark_no_show:no_show:O cancel_by_officer:cancelled_by_officer:OU"
    ),
    "in_progress": "interrupt:interrupted:S end:ended:V convert:converted:V abort:aborted:V",
    "interrupted": "resume:in_progress:SV end:ended:VS convert:converted:V abort:aborted:V",
    "ended": "follow_up:followed_up:O",
    "followed_up": "purge:purged:S",
    "cancelled_by_resident": "purge:purged:S",
    "cancelled_by_officer": "purge:purged:S",
    "converted": "purge:purged:S",
    "no_show": "undo_no_show:confirmed:O purge:purged:S",
    "aborted": "purge:purged:S",
    "purged": "",
}
LETTERS = dict(zip("HRPOUVS", Role, strict=True))


def expected() -> dict[tuple[State | None, Event, Role], State | None]:
    table = {}
    for source, line in EXPECTED.items():
        for entry in line.split():
            event, target, letters = entry.split(":")
            for letter in letters:
                key = (None if source == "-" else State(source), Event(event), LETTERS[letter])
                table[key] = None if target == "-" else State(target)
    return table


@pytest.mark.parametrize("state", [None, *State])
@pytest.mark.parametrize("event", Event)
def test_every_pair_of_state_and_event_leads_where_it_should_or_nowhere(state: State | None, event: Event) -> None:
    known = expected()
    for role in Role:
        if (state, event, role) in known:
            step = allowed(state, event, role)
            assert (step.source, step.event, step.role) == (state, event, role)
            assert step.target == known[state, event, role]
        else:
            with pytest.raises(WrongState):
                allowed(state, event, role)


def test_every_pair_of_states_is_joined_exactly_as_the_second_table_says() -> None:
    joined = {(step.source, step.target) for step in TRANSITIONS}
    assert joined == {(source, target) for (source, _, _), target in expected().items()}


def test_a_state_an_event_and_a_role_name_one_step() -> None:
    assert len({(step.source, step.event, step.role) for step in TRANSITIONS}) == len(TRANSITIONS) == len(expected())


def reachable() -> set[State | None]:
    found: set[State | None] = {None}
    while more := {step.target for step in TRANSITIONS if step.source in found} - found:
        found |= more
    return found


def test_every_state_can_be_reached_and_every_one_but_purged_can_be_left() -> None:
    assert reachable() == {None, *State}
    assert {step.source for step in TRANSITIONS} == {None, *State} - {State.PURGED}


@pytest.mark.parametrize(
    ("words", "used"),
    [
        (Event, {step.event for step in TRANSITIONS}),
        (Role, {step.role for step in TRANSITIONS}),
        (Guard, {guard for step in TRANSITIONS for guard in step.guards}),
        (Effect, {effect for step in TRANSITIONS for effect in step.effects}),
        (Told, {told for step in TRANSITIONS for told in step.told}),
        (Signal, {step.signal for step in TRANSITIONS if step.signal}),
    ],
)
def test_the_table_uses_every_word_of_its_closed_lists(words: type[Guard], used: set[Guard]) -> None:
    assert set(words) == used


def test_news_travels_when_a_booking_is_made_moved_or_cancelled() -> None:
    news = {(step.event, step.signal) for step in TRANSITIONS if step.signal}
    assert news == {
        (Event.CONFIRM, Signal.BOOKING_CONFIRMED),
        (Event.MOVE, Signal.BOOKING_MOVED),
        (Event.CONVERT, Signal.BOOKING_MOVED),
        (Event.CANCEL_BY_RESIDENT, Signal.BOOKING_CANCELLED),
        (Event.CANCEL_BY_OFFICER, Signal.BOOKING_CANCELLED),
    }


def test_time_is_claimed_before_a_meeting_is_confirmed_and_freed_when_it_is_cancelled() -> None:
    for step in TRANSITIONS:
        if step.target in (State.CANCELLED_BY_RESIDENT, State.CANCELLED_BY_OFFICER):
            assert Effect.FREE_TIME in step.effects
        if step.event in (Event.CONFIRM, Event.UNDO_NO_SHOW):
            assert Effect.CLAIM_TIME in step.effects
        if step.event is Event.MOVE:
            assert step.effects[:2] == (Effect.CLAIM_NEW_TIME_THEN_FREE_OLD, Effect.RAISE_SEQUENCE)


def test_a_meeting_that_ended_or_was_aborted_is_closed_and_to_be_documented() -> None:
    for step in TRANSITIONS:
        closes = step.target in (State.ENDED, State.ABORTED)
        assert (Effect.CLOSE_MEETING in step.effects) == closes
        assert (Effect.CREATE_DOCUMENTATION_TASK in step.effects) == closes


def test_a_resident_cancels_until_the_start_and_gives_no_reason() -> None:
    for state in (State.CONFIRMED, State.READY):
        assert allowed(state, Event.CANCEL_BY_RESIDENT, Role.RESIDENT).guards == (Guard.BEFORE_START,)


def test_nothing_is_purged_on_an_assumption() -> None:
    purges = [step for step in TRANSITIONS if step.target is State.PURGED]
    assert purges
    for step in purges:
        assert len(step.guards) == 4
        assert not set(step.guards) & set(GUARDS_NOT_YET)
        assert Guard.BOARD_DECISION_ENTERED in step.guards


def test_every_guard_without_data_says_what_it_waits_for() -> None:
    assert all(reason.strip() for reason in GUARDS_NOT_YET.values())
    assert set(GUARDS_NOT_YET) < set(Guard)


@given(st.sampled_from(TRANSITIONS), st.data())
@many
def test_the_guards_that_do_not_hold_are_named_in_order(step: Transition, data: st.DataObject) -> None:
    facts = {guard: data.draw(st.booleans()) for guard in step.guards}
    assert unmet(step, facts) == tuple(guard for guard in step.guards if not facts[guard])


def test_a_guard_without_data_counts_as_true_until_somebody_knows_better() -> None:
    step = allowed(State.CONFIRMED, Event.MAKE_READY, Role.SYSTEM)
    facts = dict.fromkeys(set(step.guards) - set(GUARDS_NOT_YET), True)
    assert Guard.OFFICER_PREPARED not in facts
    assert unmet(step, facts) == ()
    assert unmet(step, {**facts, Guard.OFFICER_PREPARED: False}) == (Guard.OFFICER_PREPARED,)


@pytest.mark.parametrize("step", TRANSITIONS, ids=lambda step: f"{step.source}-{step.event}-{step.role}")
def test_a_fact_that_the_caller_should_know_may_not_be_left_out(step: Transition) -> None:
    known = dict.fromkeys(set(step.guards) - set(GUARDS_NOT_YET), True)
    assert unmet(step, known) == ()
    for guard in known:
        with pytest.raises(ValueError, match=guard.value):
            unmet(step, {key: value for key, value in known.items() if key is not guard})
