"""Random windows, timelines and rules, often around a change of the clock."""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from booking.patterns import Cycle, Pattern
from booking.rules import DatedException, Kind, Rule
from booking.timeline import Span, Timeline, Window, tick_of

STOCKHOLM = ZoneInfo("Europe/Stockholm")
CHANGE_DAYS = (date(2026, 10, 25), date(2027, 3, 28))
FORMS = ("video", "phone", "visit", "home")

many = settings(max_examples=int(os.environ.get("MOTAS_EXAMPLES", "200")), deadline=None)

_ORIGIN = tick_of(datetime(2026, 1, 1, tzinfo=UTC))
_CHANGES = tuple(tick_of(datetime(day.year, day.month, day.day, 1, tzinfo=UTC)) for day in CHANGE_DAYS)


@st.composite
def windows(draw: DrawFn, longest: int = 40 * 288) -> Window:
    """A window up to 40 days, every other time close to a change of the clock."""
    near = draw(st.sampled_from((_ORIGIN, *_CHANGES)))
    return Window(near + draw(st.integers(-3 * 288, 3 * 288)), draw(st.integers(1, longest)))


@st.composite
def spans(draw: DrawFn, window: Window, longest: int = 400) -> Span:
    """A span that may be empty, and may reach over the edges of the window."""
    start = draw(st.integers(window.origin - 50, window.end + 50))
    return start, start + draw(st.integers(0, longest))


@st.composite
def timelines(draw: DrawFn, window: Window) -> Timeline:
    """A timeline of some random spans."""
    return Timeline.of(window, draw(st.lists(spans(window), max_size=12)))


@st.composite
def small_timelines(draw: DrawFn) -> Timeline:
    """A timeline of arbitrary bits, small enough for a naive loop."""
    window = Window(draw(st.integers(0, 10_000_000)), draw(st.integers(1, 150)))
    return Timeline(window, draw(st.integers(0, window.full)))


@st.composite
def several(draw: DrawFn, count: int) -> list[Timeline]:
    """Timelines that share one window."""
    window = draw(windows())
    return [draw(timelines(window)) for _ in range(count)]


dates = st.one_of(
    st.sampled_from(CHANGE_DAYS).flatmap(
        lambda day: st.integers(-3, 3).map(lambda days: day + timedelta(days=days)),
    ),
    st.dates(date(2026, 1, 1), date(2036, 12, 31)),
)


@st.composite
def minutes(draw: DrawFn) -> tuple[int, int]:
    """A piece of a day in minutes after midnight, often in the hours when clocks are changed."""
    last = draw(st.sampled_from((48, 288)))
    start, end = sorted(draw(st.lists(st.integers(0, last), min_size=2, max_size=2, unique=True)))
    return start * 5, end * 5


@st.composite
def cycles(draw: DrawFn) -> Cycle:
    """A cycle of each kind; every other time plain weeks."""
    kind = draw(st.sampled_from(("weekly", "every", "parity", "nth")))
    if kind == "every":
        day = draw(st.dates(date(2024, 1, 1), date(2028, 12, 31)))
        return Cycle(every=draw(st.integers(2, 8)), first_monday=day - timedelta(days=day.weekday()))
    if kind == "parity":
        return Cycle(week_parity=draw(st.sampled_from(("odd", "even"))))
    return Cycle(nth=draw(st.sampled_from((-1, 1, 2, 3, 4, 5)))) if kind == "nth" else Cycle()


@st.composite
def patterns(draw: DrawFn, near: date) -> Pattern:
    """Something that recurs around `near`."""
    limits = st.none() | st.integers(-20, 20).map(lambda days: near + timedelta(days=days))
    weekday = draw(st.sampled_from((near.isoweekday(), 1, 7)))
    return Pattern(weekday, *draw(minutes()), draw(limits), draw(limits), cycle=draw(cycles()))


@st.composite
def exceptions(draw: DrawFn, near: date, keys: list[object]) -> DatedException:
    """A date close to `near` that differs; of one of these rules, if there are any."""
    kinds: tuple[Kind, ...] = ("skip", "change", "extra", "closed") if keys else ("extra", "closed")
    kind, day = draw(st.sampled_from(kinds)), near + timedelta(days=draw(st.integers(-3, 3)))
    start, end = draw(minutes())
    return DatedException(
        day=day,
        kind=kind,
        rule=draw(st.sampled_from(keys)) if kind in ("skip", "change") else None,
        from_minute=start,
        to_minute=end,
        forms=frozenset(draw(st.sets(st.sampled_from(FORMS), min_size=int(kind == "extra")))),
        step=draw(st.integers(1, 24)) * 5,
        anchor=draw(st.sampled_from(("opening", "clock"))),
    )


@st.composite
def rules(draw: DrawFn, near: date) -> Rule:
    """A valid rule; its limits of validity lie around `near`."""
    limits = st.none() | st.integers(-20, 20).map(lambda days: near + timedelta(days=days))
    start, end = draw(minutes())
    return Rule(
        weekday=draw(st.sampled_from((near.isoweekday(), 1, 7))),
        from_minute=start,
        to_minute=end,
        valid_from=draw(limits),
        valid_to=draw(limits),
        forms=frozenset(draw(st.sets(st.sampled_from(FORMS), min_size=1))),
        step=draw(st.integers(1, 24)) * 5,
        anchor=draw(st.sampled_from(("opening", "clock"))),
        cycle=draw(cycles()),
        on_red_days=draw(st.booleans()),
    )
