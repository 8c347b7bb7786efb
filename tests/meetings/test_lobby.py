"""Nobody is inside without having been let in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.lobby import By, Facts, Happening, Outcome, Refused, State, may_come_back, phase_of, transition
from meetings.protocol import CloseCode, ErrorCode, Phase

NOW = datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
PLAIN = Facts(now=NOW)
ago = st.none() | st.integers(0, 3 * 3600).map(lambda seconds: NOW - timedelta(seconds=seconds))
facts = st.builds(
    Facts,
    now=st.just(NOW),
    ended=st.booleans(),
    locked=st.booleans(),
    full=st.booleans(),
    own_officer=st.just(False),
    same_session=st.booleans(),
    connected=st.booleans(),
    takeover=st.booleans(),
    was_admitted=st.booleans(),
    was_aside=st.booleans(),
    gone_at=ago,
    denials=st.integers(0, 5),
    denied_at=ago,
)
steps = st.tuples(st.sampled_from(Happening), st.sampled_from(By), facts)

NO_SUCH = Refused(ErrorCode.NO_SUCH_PARTICIPANT)
NOT_NOW = Refused(ErrorCode.NOT_NOW)
OUT = Refused(ErrorCode.NOT_ALLOWED, CloseCode.REMOVED)
UNKNOWN = Refused(ErrorCode.NOT_ALLOWED, CloseCode.NOT_ACCEPTED)
ELSEWHERE = Refused(ErrorCode.NOT_NOW, CloseCode.REPLACED)
RIGHTFUL = {
    **dict.fromkeys((Happening.HELLO, Happening.RESUME, Happening.LEAVE), By.SELF),
    **dict.fromkeys((Happening.EXPIRE, Happening.SEND_BACK, Happening.END), By.SERVER),
}
# One row a state, one column a happening, where nothing special is known of the person.
COLUMNS = ["hello", "resume", "admit", "deny", "aside_on", "aside_off", "leave", "remove", "expire", "send_back", "end"]
TABLE = {
    "expected": "waiting unknown no_such no_such no_such no_such not_now no_such expected expected expected",
    "waiting": "waiting waiting admitted denied no_such no_such left removed away waiting left",
    "denied": "out unknown no_such no_such no_such no_such not_now removed denied denied denied",
    "admitted": "waiting admitted not_now not_now aside admitted left removed away waiting left",
    "aside": "waiting aside not_now not_now aside admitted left removed away waiting left",
    "away": "waiting unknown no_such no_such no_such no_such not_now removed away away away",
    "left": "waiting unknown no_such no_such no_such no_such not_now removed left left left",
    "removed": "out out out out out out out out removed removed removed",
}
REFUSALS = {"no_such": NO_SUCH, "not_now": NOT_NOW, "out": OUT, "unknown": UNKNOWN}


def rightful(happening: Happening) -> By:
    return RIGHTFUL.get(happening, By.HOST)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("happening", Happening)
def test_every_state_and_happening_has_its_row(state: State, happening: Happening) -> None:
    expected = TABLE[state].split()[COLUMNS.index(happening)]
    outcome = transition(state, happening, by=rightful(happening), facts=PLAIN)
    assert outcome == REFUSALS.get(expected, expected)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("happening", Happening)
@pytest.mark.parametrize("by", By)
def test_nobody_but_the_rightful_one_makes_anything_happen(state: State, happening: Happening, by: By) -> None:
    outcome = transition(state, happening, by=by, facts=PLAIN)
    assert by is rightful(happening) or outcome == Refused(ErrorCode.NOT_ALLOWED)


@given(st.lists(steps, max_size=30))
def test_nobody_is_inside_without_having_been_admitted(path: list[tuple[Happening, By, Facts]]) -> None:
    state, admitted = State.EXPECTED, False
    for happening, by, known in path:
        outcome = transition(
            state, happening, by=by, facts=replace(known, was_admitted=known.was_admitted and admitted)
        )
        admitted = admitted or (outcome is State.ADMITTED and happening is Happening.ADMIT and by is By.HOST)
        state = outcome if isinstance(outcome, State) else state
        assert admitted or state not in {State.ADMITTED, State.ASIDE}


@given(st.sampled_from(State), steps)
def test_admitted_is_reached_only_by_admit_by_the_way_back_or_in_from_aside(
    state: State, step: tuple[Happening, By, Facts]
) -> None:
    happening, by, known = step
    if transition(state, happening, by=by, facts=known) is not State.ADMITTED:
        return
    ways = {
        Happening.ADMIT: state is State.WAITING and by is By.HOST and not (known.locked or known.full or known.ended),
        Happening.HELLO: may_come_back(known) and state in {State.ADMITTED, State.AWAY, State.LEFT},
        Happening.RESUME: state is State.ADMITTED,
        Happening.ASIDE_OFF: state in {State.ASIDE, State.ADMITTED},
    }
    assert ways[happening]


@given(st.lists(steps, max_size=30))
def test_removal_is_final(path: list[tuple[Happening, By, Facts]]) -> None:
    for happening, by, known in path:
        assert transition(State.REMOVED, happening, by=by, facts=known) in {
            State.REMOVED,
            OUT,
            Refused(ErrorCode.NOT_ALLOWED),
        }


@given(st.sampled_from(State), steps)
def test_in_a_meeting_that_has_ended_nobody_comes_in(state: State, step: tuple[Happening, By, Facts]) -> None:
    happening, by, known = step
    outcome = transition(state, happening, by=by, facts=replace(known, ended=True))
    assert outcome not in {State.WAITING, State.ADMITTED, State.ASIDE} or by is By.SERVER


@given(st.sampled_from(State), st.sampled_from(By), facts)
def test_the_server_itself_never_admits_anybody(state: State, by: By, known: Facts) -> None:
    for happening in (Happening.EXPIRE, Happening.SEND_BACK, Happening.END):
        outcome = transition(state, happening, by=by, facts=known)
        assert outcome not in {State.ADMITTED, State.ASIDE} or outcome is state


BACK = Facts(now=NOW, same_session=True, was_admitted=True, gone_at=NOW - timedelta(minutes=29, seconds=59))


@pytest.mark.parametrize("state", [State.ADMITTED, State.AWAY, State.LEFT])
def test_who_was_inside_comes_back_even_when_the_meeting_is_locked(state: State) -> None:
    assert transition(state, Happening.HELLO, by=By.SELF, facts=replace(BACK, locked=True)) is State.ADMITTED


@pytest.mark.parametrize(
    "changed",
    [
        {"gone_at": NOW - timedelta(minutes=30)},
        {"same_session": False},
        {"was_admitted": False},
        {"was_aside": True},
    ],
)
@pytest.mark.parametrize("state", [State.AWAY, State.LEFT])
def test_later_from_another_session_or_from_aside_means_the_lobby(state: State, changed: dict[str, object]) -> None:
    assert transition(state, Happening.HELLO, by=By.SELF, facts=replace(BACK, **changed)) is State.WAITING  # type: ignore[arg-type]


def test_who_is_aside_and_reloads_is_still_aside() -> None:
    assert transition(State.ASIDE, Happening.HELLO, by=By.SELF, facts=BACK) is State.ASIDE


@pytest.mark.parametrize("state", [State.ADMITTED, State.ASIDE])
def test_a_second_page_takes_over_only_when_asked_to(state: State) -> None:
    second = replace(BACK, connected=True)
    assert transition(state, Happening.HELLO, by=By.SELF, facts=second) == ELSEWHERE
    assert transition(state, Happening.HELLO, by=By.SELF, facts=replace(second, takeover=True)) is state


def test_the_bookings_own_officer_goes_straight_in() -> None:
    own = replace(PLAIN, own_officer=True)
    assert transition(State.EXPECTED, Happening.HELLO, by=By.SELF, facts=own) is State.ADMITTED


@pytest.mark.parametrize(
    ("denials", "seconds", "outcome"),
    [(1, 59, OUT), (1, 60, State.WAITING), (3, 60, State.WAITING), (4, 60, OUT), (4, 6_000, OUT)],
)
def test_who_was_denied_may_knock_again_after_a_minute_three_times(
    denials: int, seconds: int, outcome: Outcome
) -> None:
    known = replace(PLAIN, denials=denials, denied_at=NOW - timedelta(seconds=seconds))
    assert transition(State.DENIED, Happening.HELLO, by=By.SELF, facts=known) == outcome


def test_admit_is_refused_while_locked_or_full() -> None:
    locked = transition(State.WAITING, Happening.ADMIT, by=By.HOST, facts=replace(PLAIN, locked=True))
    full = transition(State.WAITING, Happening.ADMIT, by=By.HOST, facts=replace(PLAIN, full=True))
    assert (locked, full) == (Refused(ErrorCode.LOCKED), Refused(ErrorCode.FULL))


@pytest.mark.parametrize("state", State)
def test_only_the_lobby_and_the_meeting_have_a_live_phase(state: State) -> None:
    phases = {State.WAITING: Phase.WAITING, State.ADMITTED: Phase.INSIDE, State.ASIDE: Phase.ASIDE}
    assert phase_of(state) is phases.get(state, Phase.GONE)
