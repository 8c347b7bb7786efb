"""Joint starts against trying every choice of calendars at every tick."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from booking.joint import JointOffer, RoleStarts, filled, first_joint, joint_starts
from booking.timeline import Timeline, Window
from tests.booking.strategies import many

WINDOW = Window(500, 60)


@st.composite
def roles(draw: DrawFn) -> list[RoleStarts]:
    """One to four roles over few calendars, so that some fill several."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        ids = draw(st.lists(st.integers(1, 5), unique=True, max_size=4))
        bits = st.integers(0, WINDOW.full)
        starts = {calendar: Timeline(WINDOW, draw(bits) | draw(bits)) for calendar in ids}
        made.append(RoleStarts(f"role {number}", starts, draw(st.sampled_from((0, 0, 3)))))
    return made


def choices(asked: Sequence[RoleStarts], tick: int) -> list[tuple[int, ...]]:
    """Every way to fill the roles at a tick, with calendars of their own."""
    free = [[one for one, starts in role.per_calendar.items() if tick + role.offset in starts] for role in asked]
    return [chosen for chosen in product(*free) if len(set(chosen)) == len(chosen)]


@given(roles())
@many
def test_a_start_is_found_exactly_when_some_choice_fills_every_role(asked: list[RoleStarts]) -> None:
    expected = [tick for tick in range(WINDOW.origin, WINDOW.end) if choices(asked, tick)]
    found = first_joint(asked, 1000)
    assert [offer.tick for offer in found] == expected
    assert all(offer.calendars in choices(asked, offer.tick) for offer in found)


@given(roles())
@many
def test_the_starts_that_each_role_has_somebody_for_hold_all_that_are_found(asked: list[RoleStarts]) -> None:
    each = joint_starts(asked)
    somebody = [
        tick
        for tick in range(WINDOW.origin, WINDOW.end)
        if all(any(tick + role.offset in one for one in role.per_calendar.values()) for role in asked)
    ]
    assert list(each.iterate()) == somebody


@given(roles(), st.integers(0, 5))
@many
def test_the_first_ones_are_the_first_of_all(asked: list[RoleStarts], n: int) -> None:
    assert first_joint(asked, n) == first_joint(asked, 1000)[:n]


def test_who_is_free_for_two_roles_is_not_wasted_on_the_first() -> None:
    always = Timeline.full(WINDOW)
    officer, interpreter = RoleStarts("officer", {1: always, 2: always}), RoleStarts("interpreter", {1: always})
    assert first_joint([officer, interpreter], 1) == [JointOffer(500, (2, 1))]
    assert filled([interpreter, interpreter], 500) is None


def test_one_calendar_never_fills_two_roles() -> None:
    only = RoleStarts("officer", {1: Timeline.full(WINDOW)})
    assert joint_starts([only, only]) == Timeline.full(WINDOW)
    assert first_joint([only, only], 1) == []


def test_a_role_may_join_later() -> None:
    late = RoleStarts("interpreter", {2: Timeline.of(WINDOW, [(510, 511)])}, offset=6)
    assert [one.tick for one in first_joint([RoleStarts("officer", {1: Timeline.full(WINDOW)}), late], 9)] == [504]
    with pytest.raises(ValueError, match="begins with the meeting"):
        RoleStarts("interpreter", {}, offset=-1)


def test_a_meeting_has_one_to_six_roles() -> None:
    one = RoleStarts("officer", {1: Timeline.full(WINDOW)})
    for wrong in ([], [one] * 7):
        with pytest.raises(ValueError, match="six roles"):
            joint_starts(wrong)
