"""What of a month's log somebody must look at: every rule by an example, the sample and the bursts by any."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.review_rules import (
    GLASS,
    MANY,
    MANY_WITHIN,
    SAMPLE,
    Known,
    Pick,
    Seen,
    outside_hours,
    picks,
    sample,
    sample_size,
)

ACTOR, OTHER, PERSON, COLLEAGUE = (UUID(int=n) for n in range(1, 5))
UNIT, ELSEWHERE = UUID(int=10), UUID(int=11)
MONDAY = datetime(2026, 11, 2, 10, tzinfo=UTC)
KEY = b"k" * 32
USUAL = Known(in_common=frozenset({(ACTOR, PERSON)}), units_of={ACTOR: frozenset({UNIT})})


def look(
    at: datetime = MONDAY,
    *,
    actor: UUID = ACTOR,
    action: str = "booking.see",
    persons: Sequence[UUID] = (PERSON,),
    unit: UUID = UNIT,
    allowed: bool = True,
    few: bool = True,
) -> Seen:
    """One entry; by itself nothing is unusual about it."""
    objects = frozenset({PERSON} if few else {uuid4() for _ in persons})
    return Seen(uuid4(), at, actor, action, allowed, objects, frozenset(persons), frozenset({unit}), few)


def why(picked: list[Pick], seen: Seen) -> tuple[str, ...]:
    """The reasons for one entry."""
    return next((pick.why for pick in picked if pick.entry == seen.entry), ())


def risks(seen: Seen, known: Known = USUAL) -> tuple[str, ...]:
    """The reasons but chance."""
    return tuple(reason for reason in why(picks([seen], known, KEY), seen) if reason != SAMPLE)


def test_a_usual_look_is_only_ever_a_sample() -> None:
    usual = look()
    assert why(picks([usual], USUAL, KEY), usual) == (SAMPLE,)


@pytest.mark.parametrize(
    ("seen", "known", "expected"),
    [
        (look(action="protected_opened"), USUAL, "protected"),
        (look(), Known(protected=frozenset({PERSON}), in_common=USUAL.in_common, units_of=USUAL.units_of), "protected"),
        (
            look(),
            Known(same_name=frozenset({(ACTOR, PERSON)}), in_common=USUAL.in_common, units_of=USUAL.units_of),
            "own_name",
        ),
        (look(), Known(staff=frozenset({PERSON}), in_common=USUAL.in_common, units_of=USUAL.units_of), "colleague"),
        (look(unit=ELSEWHERE), USUAL, "other_unit"),
        (look(persons=[OTHER]), USUAL, "no_booking"),
        (look(MONDAY.replace(hour=21)), USUAL, "night"),
        (look(action="glass_used"), USUAL, "glass"),
        (look(action="staff.invite"), USUAL, "administration"),
        (look(action="provider.enable"), USUAL, "administration"),
        (look(action="proposal.confirm"), USUAL, "administration"),
    ],
)
def test_each_risk_is_named(seen: Seen, known: Known, expected: str) -> None:
    assert risks(seen, known) == (expected,)


@pytest.mark.parametrize("action", GLASS)
def test_every_step_of_break_glass_is_judged(action: str) -> None:
    assert "glass" in risks(look(action=action))


def test_several_reasons_stand_in_one_order() -> None:
    seen = look(MONDAY.replace(hour=22), persons=[OTHER], unit=ELSEWHERE)
    assert risks(seen) == ("other_unit", "no_booking", "night")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 11, 2, 5, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 2, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 2, 18, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 2, 19, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 6, 12, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 7, 12, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 8, 12, 0, tzinfo=UTC), True),
    ],
)
def test_hours_are_those_of_the_wall_clock(at: datetime, *, expected: bool) -> None:
    assert outside_hours(at) is expected


def test_the_list_of_one_s_own_meetings_is_nothing_unusual() -> None:
    mine = [uuid4() for _ in range(40)]
    known = Known(
        in_common=frozenset((ACTOR, person) for person in mine),
        same_name=frozenset({(ACTOR, mine[0])}),
        staff=frozenset({mine[1]}),
        protected=frozenset({mine[2]}),
        units_of=USUAL.units_of,
    )
    assert risks(look(persons=mine, few=False), known) == ()


def test_a_list_of_strangers_is_many_at_once() -> None:
    assert risks(look(persons=[uuid4() for _ in range(MANY)], few=False)) == ("no_booking", "bulk")


def test_the_same_look_again_the_same_day_is_judged_once_and_the_next_day_anew() -> None:
    first, again, tomorrow = (
        look(MONDAY + later, unit=ELSEWHERE) for later in (timedelta(0), timedelta(minutes=5), timedelta(days=1))
    )
    picked = picks([again, tomorrow, first], USUAL, KEY)
    assert [why(picked, one) for one in (first, again, tomorrow)] == [("other_unit",), (SAMPLE,), ("other_unit",)]


def burst(n: int, apart: timedelta) -> list[Seen]:
    """The actor opens `n` persons' bookings, one after another."""
    return [look(MONDAY + index * apart, persons=[UUID(int=100 + index)]) for index in range(n)]


def bulk(entries: list[Seen]) -> list[UUID]:
    """The entries that stand for a burst."""
    known = Known(in_common=frozenset((ACTOR, UUID(int=100 + n)) for n in range(99)), units_of=USUAL.units_of)
    return [pick.entry for pick in picks(entries, known, KEY) if "bulk" in pick.why]


@pytest.mark.parametrize(
    ("n", "apart", "expected"),
    [
        (MANY, timedelta(seconds=40), [0]),
        (MANY - 1, timedelta(seconds=40), []),
        (MANY, timedelta(seconds=43), []),  # fourteen within ten minutes
        (2 * MANY, timedelta(seconds=40), [0, MANY]),
    ],
)
def test_many_in_a_row_are_one_thing_to_judge(n: int, apart: timedelta, expected: list[int]) -> None:
    entries = burst(n, apart)
    assert bulk(entries) == [entries[index].entry for index in expected]


@given(st.lists(st.integers(0, 7200), min_size=0, max_size=60))
def test_a_burst_is_found_exactly_when_there_is_one(seconds: list[int]) -> None:
    entries = [look(MONDAY + timedelta(seconds=s), persons=[UUID(int=100 + n)]) for n, s in enumerate(sorted(seconds))]
    windows = [[e for e in entries if one.at <= e.at < one.at + MANY_WITHIN] for one in entries]
    assert bool(bulk(entries)) is any(len(window) >= MANY for window in windows)


@pytest.mark.parametrize(("tries", "expected"), [(2, 0), (3, 3), (5, 5)])
def test_refused_tries_are_judged_when_they_are_repeated(tries: int, expected: int) -> None:
    entries = [look(MONDAY + timedelta(minutes=n), allowed=False) for n in range(tries)]
    assert sum("refused" in pick.why for pick in picks(entries, USUAL, KEY)) == expected


def test_refused_tries_of_different_days_or_persons_do_not_add_up() -> None:
    entries = [look(MONDAY + timedelta(days=n), allowed=False) for n in range(3)]
    entries += [look(allowed=False, actor=actor) for actor in (OTHER, COLLEAGUE)]
    assert not [pick for pick in picks(entries, USUAL, KEY) if "refused" in pick.why]


@pytest.mark.parametrize(
    ("total", "expected"), [(0, 0), (5, 5), (20, 20), (21, 20), (1000, 20), (1001, 21), (1482, 30), (50_000, 1000)]
)
def test_a_sample_is_twenty_or_two_percent_whichever_is_more(total: int, expected: int) -> None:
    assert sample_size(total) == expected


@given(st.lists(st.uuids(), unique=True, max_size=80), st.binary(min_size=32, max_size=32))
def test_a_sample_is_the_same_for_the_same_key_whatever_the_order(entries: list[UUID], key: bytes) -> None:
    drawn = sample(entries, len(entries), key)
    assert drawn == sample(reversed(entries), len(entries), key)
    assert len(drawn) == len(set(drawn)) == sample_size(len(entries))
    assert set(drawn) <= set(entries)


def test_another_key_draws_another_sample() -> None:
    entries = [UUID(int=n) for n in range(500)]
    assert set(sample(entries, 500, b"a" * 32)) != set(sample(entries, 500, b"b" * 32))


@given(st.lists(st.tuples(st.integers(0, 30 * 24 * 60), st.sampled_from([PERSON, OTHER, COLLEAGUE])), max_size=70))
def test_every_month_is_sampled_beside_its_risks_and_nothing_is_picked_twice(
    looks: list[tuple[int, UUID]],
) -> None:
    entries = [look(MONDAY + timedelta(minutes=m), persons=[person]) for m, person in looks]
    picked = picks(entries, USUAL, KEY)
    chance = [pick for pick in picked if pick.why == (SAMPLE,)]
    usual = len(entries) - (len(picked) - len(chance))
    assert len(chance) == min(usual, sample_size(len(entries)))
    assert len({pick.entry for pick in picked}) == len(picked)
    assert all(pick.why for pick in picked)


@pytest.mark.parametrize("action", ["staff.see", "provider.see", "proposal.see"])
def test_looking_at_accounts_and_ways_in_is_no_change_of_them(action: str) -> None:
    seen = look(action=action)
    assert why(picks([seen], USUAL, KEY), seen) == (SAMPLE,)
