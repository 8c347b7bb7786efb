"""Why a time is not free: no reason exactly when search offers it, and the right one in each plain case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from booking.explaining import Asked, Claim, ClaimKind, Reason, Why, explain
from booking.red_days import Holidays
from booking.rules import DatedException, Plan, Rule, layers
from booking.slots import Demand, starts_of
from booking.timeline import Span, Timeline, Window, tick_of
from booking.walltime import ticks_of
from tests.booking.strategies import STOCKHOLM, dates, many
from tests.booking.test_plans import plans
from tests.programs import explain as explain_program

MONDAY = date(2026, 11, 23)
WINDOW = Window.between(*ticks_of(MONDAY, 0, 1440, STOCKHOLM))
VIDEO, PHONE = frozenset({"video"}), frozenset({"phone"})
HALF_AN_HOUR = Demand(6, 1, 2)
EVER: Span = (0, 10_000_000)


def at(minute: int) -> int:
    """The tick of a minute of the Monday."""
    return WINDOW.origin + minute // 5


def asked(minute: int, plan: Plan | None = None, **more: Any) -> Asked:
    """Half an hour with buffers of 5 and 10 minutes, on a Monday that is open 08-12 every half hour."""
    plan = plan or Plan([Rule(1, 480, 720, None, None, VIDEO, 30, key="a")])
    found, other = (layers(plan, WINDOW, STOCKHOLM, form) for form in ("video", "phone"))
    plain: dict[str, Any] = {"claims": (), "allowed": EVER}
    return Asked(at(minute), HALF_AN_HOUR, found, other.open, **(plain | more))


def codes(one: Asked) -> list[str]:
    """The reasons' codes."""
    return [reason.why.value for reason in explain(one)]


def claim(kind: ClaimKind, begins: int, ends: int, about: object = "b") -> Claim:
    """A claim of the Monday with five minutes around it."""
    return Claim(kind, (at(begins), at(ends)), (at(begins - 5), at(ends + 5)), about)


OPEN = Rule(1, 480, 720, None, None, VIDEO, 30, key="a")


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (asked(480), []),
        (asked(490), ["off_grid"]),
        (asked(700), ["outside_opening", "off_grid"]),
        (asked(900), ["outside_opening"]),
        (asked(480, Plan([replace(OPEN, forms=PHONE)])), ["form_not_offered"]),
        (asked(480, Plan([OPEN], holidays=Holidays(frozenset({MONDAY})))), ["red_day"]),
        (asked(600, Plan([OPEN], holidays=Holidays(short={MONDAY: 600}))), ["short_day"]),
        (asked(480, Plan([OPEN], [DatedException(MONDAY, "closed", None, 500, 510)])), ["closed_exception"]),
        (asked(480, Plan([OPEN], absences=[(at(515), at(520))])), ["absence"]),
        (asked(480, Plan([OPEN], closures=[(at(475), at(480))])), ["closure"]),
        (asked(480, claims=[claim("booked", 500, 530)]), ["booked"]),
        (asked(480, claims=[claim("booked", 515, 530)]), ["buffer_of"]),
        (asked(480, claims=[claim("hold", 500, 530)]), ["held_until"]),
        (asked(480, claims=[claim("busy", 505, 530)]), ["imported_busy"]),
        (asked(480, claims=[claim("booked", 525, 540)]), []),
        (asked(480, allowed=(at(485), EVER[1])), ["lead_time"]),
        (asked(480, allowed=(0, at(480))), ["horizon"]),
        (asked(480, full=[("day_limit", (at(0), at(1435)))]), ["day_limit"]),
        (asked(480, full=[("week_limit", (at(0), at(480)))]), []),
    ],
)
def test_each_reason_is_told_where_it_stands(one: Asked, expected: list[str]) -> None:
    assert codes(one) == expected


def test_what_stands_behind_a_reason_is_told_once_for_each() -> None:
    claims = [claim("booked", 480, 500, "first"), claim("booked", 500, 520, "second"), claim("hold", 485, 490, "until")]
    found = explain(asked(480, claims=claims, allowed=(at(485), EVER[1])))
    assert found == [
        Reason(Why.LEAD_TIME),
        Reason(Why.BOOKED, "first"),
        Reason(Why.BOOKED, "second"),
        Reason(Why.HELD_UNTIL, "until"),
    ]


def test_every_code_has_its_place_in_the_order() -> None:
    assert len(set(Why)) == 17


@st.composite
def claims_in(draw: st.DrawFn, window: Window) -> Claim:
    """A claim with buffers, somewhere in the window."""
    start = draw(st.integers(window.origin, window.end - 1))
    kinds: tuple[ClaimKind, ...] = ("booked", "hold", "busy")
    end, kind = start + draw(st.integers(1, 24)), draw(st.sampled_from(kinds))
    around = (0, 0) if kind == "busy" else (draw(st.integers(0, 4)), draw(st.integers(0, 4)))
    return Claim(kind, (start, end), (start - around[0], end + around[1]))


@given(st.data())
@many
def test_there_is_no_reason_exactly_when_search_offers_the_start(data: DataObject) -> None:
    middle = data.draw(dates)
    window = Window(tick_of(datetime(middle.year, middle.month, middle.day, tzinfo=UTC)) - 600, 1200)
    plan = data.draw(plans(middle, window))
    demand = Demand(data.draw(st.integers(1, 12)), data.draw(st.integers(0, 4)), data.draw(st.integers(0, 4)))
    claims = data.draw(st.lists(claims_in(window), max_size=4))
    first, last = sorted(data.draw(st.tuples(*[st.integers(window.origin, window.end)] * 2)))
    full = [("day_limit", (first + 50, first + 90))] * data.draw(st.integers(0, 1))
    found, other = (layers(plan, window, STOCKHOLM, form) for form in ("video", "phone"))
    taken = Timeline.of(window, [one.block for one in claims])
    allowed = Timeline.of(window, [(first, last)]) - Timeline.of(window, [span for _, span in full])
    starts = starts_of(found.opening, taken, demand, allowed)
    inner = range(window.origin + demand.reach, window.end - demand.reach)
    some = [tick for tick in starts.iterate() if tick in inner][:20] + data.draw(
        st.lists(st.sampled_from(inner), max_size=20)
    )
    for tick in some:
        one = Asked(tick, demand, found, other.open, claims, (first, last), full)
        assert (explain(one) == []) is (tick in starts)


def test_days_on_both_sides_of_a_change_of_the_clock_are_explained() -> None:
    for day in (date(2026, 10, 25), date(2027, 3, 28)):
        window = Window.between(*ticks_of(day, 0, 1440, STOCKHOLM)).widen(300)
        sunday = Plan([Rule(7, 60, 240, None, None, VIDEO, 30)])
        found = layers(sunday, window, STOCKHOLM, "video")
        starts = list(starts_of(found.opening, Timeline.empty(window), HALF_AN_HOUR, EVER).iterate())
        assert len(starts) == (4 if day.month == 3 else 8)
        for tick in starts:
            assert explain(Asked(tick, HALF_AN_HOUR, found, found.open, (), EVER)) == []
        assert timedelta(minutes=5 * (starts[-1] - starts[0])) == timedelta(hours=1.5 if day.month == 3 else 3.5)


def test_search_and_reasons_agree_in_thousands_of_random_calendars() -> None:
    assert explain_program.run(4_000, seed=7) == []


def test_a_reason_that_is_forgotten_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("booking.explaining._by_claims", lambda *_: ())
    assert explain_program.run(1_000, seed=7)
