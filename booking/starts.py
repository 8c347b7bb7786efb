"""The starts of a pool's roles in a stretch of time: openings, what is taken, lead times and limits put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from booking import blocked, joint, openings, plans, taken
from booking.day_limits import Limits, Reached, full_days
from booking.joint import RoleStarts
from booking.openings import Kept
from booking.patterns import MINUTES_PER_DAY
from booking.pool import Pool, PoolCalendar, Role
from booking.red_days import NO_HOLIDAYS, Holidays
from booking.rules import Lead
from booking.slots import Demand, Offer, first_ticks, nearest_ticks, offers_at, pooled
from booking.taken import Taken
from booking.timeline import Span, Tick, Timeline, Window, instant
from booking.walltime import local_days, ticks_of

MARGIN: Final = 288  # a block is at most a day long
MOST_BUFFER: Final = 48  # ticks: 240 minutes
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Looking:
    """One search in a pool, at one moment. `but`: a booking that does not count, as one's own old time in a move.

    `lead` false: lead times do not bind. `written`: what statement 2 gave, for all that this search looks at;
    `kept`: the openings by window.
    """

    pool: Pool
    now: datetime
    reach: Window
    but: UUID | None = None
    lead: bool = True
    written: dict[int, plans.Written] = field(default_factory=dict, compare=False, repr=False)
    kept: dict[Window, dict[int, Kept]] = field(default_factory=dict, compare=False, repr=False)

    def read(self, allowed: Span, own_until: Tick | None = None) -> Taken:
        """Statement 3 or 4: what is taken around the allowed starts; of the own officer's calendar to `own_until`."""
        if not self.pool.calendars:
            return Taken()
        before, after = _around(self.pool.roles)
        own = self.pool.own.id if self.pool.own is not None and own_until is not None else None
        return taken.read(
            taken.Asked(
                calendars=[calendar.id for calendar in self.pool.everybody],
                span=(allowed[0] - before, allowed[1] + after),
                own=own,
                own_until=(own_until or 0) + after,
                but=self.but,
                meeting_type=self.pool.meeting_type,
                limited=[calendar for calendar, _, _ in self.pool.limits],
                counted=counted_span((allowed[0], max(allowed[1], own_until or 0) + after), self.pool.zone),
            )
        )

    def usual_end(self, allowed: Span, many: int) -> Tick:
        """Where so many starts of officers would lie behind us if nothing were taken; the end, if there are fewer.

        Also the end where statement 2 has just been sent: then there is no room for one more."""
        window = weeks(self.pool.zone, *allowed)
        if not self.knows(window):
            return allowed[1]
        kept, demand, bits = self._kept(window), self.pool.demand, 0
        for calendar in self.pool.calendars:
            bits |= kept[calendar.id].starts_for(demand)
        ticks = first_ticks(Timeline(window, bits) & allowed, many)
        return ticks[-1] + 1 if len(ticks) == many else allowed[1]

    def free(
        self,
        allowed: Span,
        rows: Taken,
        roles: Sequence[Role] | None = None,
        *,
        window: Window | None = None,
    ) -> Free:
        """The starts of every role at which the meeting may begin in the allowed span. `window`: of the openings."""
        asked = self.pool.roles if roles is None else roles
        if not asked[0].calendars:
            return Free(Window.between(*allowed), tuple(RoleStarts(role.name, {}, role.offset) for role in asked))
        kept = self._kept(window or weeks(self.pool.zone, *allowed))
        seen = Window.between(allowed[0], allowed[1] + max(role.offset for role in asked))
        look = _Look(seen, allowed, kept, rows)
        return Free(seen, tuple(self._starts_of(role, look) for role in asked))

    def knows(self, window: Window) -> bool:
        """Whether statement 2 was not needed, neither before nor for the openings of this window."""
        self._kept(window)
        return not self.written

    def _kept(self, window: Window) -> dict[int, Kept]:
        if window not in self.kept:
            self.kept[window] = openings.of(self.pool, self.pool.everybody, window, self.reach, self.written)
        return self.kept[window]

    def _starts_of(self, role: Role, look: _Look) -> RoleStarts:
        window, kept = look.window, look.kept
        limits = {calendar: pair for calendar, *pair in self.pool.limits}
        usual = window.mask((look.allowed[0] + role.offset, look.allowed[1] + role.offset))
        known = next(iter(kept.values())).opening.open.window
        skipped = window.origin - known.origin
        found = {}
        for calendar in role.calendars:
            demand = role.demand_of(calendar)
            bits = kept[calendar.id].starts_for(demand)
            if bits and (raw := look.rows.blocks.get(calendar.id)):
                bits &= ~blocked.starts(known, raw, demand)
            bits = bits >> skipped & usual
            if calendar.lead_minutes and bits:
                soonest = max(self.soonest(role, calendar) + role.offset, window.origin)
                bits &= ~window.mask((window.origin, soonest))
            if bits and calendar.id in limits:
                for _, span in self.full(calendar, limits[calendar.id], look.rows, demand, window):
                    bits &= ~window.mask(span)
            found[calendar.id] = Timeline(window, bits)
        return RoleStarts(role.name, found, role.offset)

    def soonest(self, role: Role, calendar: PoolCalendar) -> Tick:
        """The first start of a meeting that a role's own lead time allows; one long past for who has none."""
        if not self.lead or role.name == "officer":
            return 0
        return Lead(calendar.lead_minutes).soonest(self.now, NO_HOLIDAYS, self.pool.zone)

    @property
    def holidays(self) -> Holidays:
        """The red and short days that openings of this search are made with."""
        return openings.holidays(self.pool, self.reach)

    def full(
        self, calendar: PoolCalendar, limits: Sequence[Limits], rows: Taken, demand: Demand, window: Window
    ) -> list[tuple[Reached, Span]]:
        """The days that the calendar's limits have filled: overall, and of the meeting type."""
        raw = rows.meetings.get(calendar.id, b"")
        found: list[tuple[Reached, Span]] = []
        table = local_days(Window.between(*counted_span((window.origin, window.end), self.pool.zone)), self.pool.zone)
        for of_type, limit in enumerate(limits):
            meetings = taken.meetings(raw, of_type=bool(of_type))
            found.extend(full_days(limit, meetings, demand.duration, table))
        return found


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look needs: the window of the bits, the allowed starts, openings, and what is taken."""

    window: Window
    allowed: Span
    kept: dict[int, Kept]
    rows: Taken


@dataclass(frozen=True, slots=True)
class Free:
    """The starts of each role, in one window."""

    window: Window
    roles: tuple[RoleStarts, ...]

    @property
    def common(self) -> Timeline:
        """The starts at which every role is filled, each by a calendar of its own."""
        if not self.roles[0].per_calendar:
            return Timeline.empty(self.window)
        return pooled(self.roles[0].per_calendar) if len(self.roles) == 1 else joint.fillable(self.roles)

    def first(self, n: int) -> tuple[Offer, ...]:
        """The first `n` starts, each once, with every officer who is free for it."""
        return self._offers(first_ticks(self.common, n))

    def nearest(self, wanted: Tick, n: int) -> tuple[Offer, ...]:
        """The `n` starts nearest to one."""
        return self._offers(nearest_ticks(self.common, wanted, n))

    def _offers(self, ticks: Sequence[Tick]) -> tuple[Offer, ...]:
        if len(self.roles) == 1:
            return tuple(offers_at(self.roles[0].per_calendar, ticks))
        return tuple(joint.offers(self.roles, ticks))


def _around(roles: Sequence[Role]) -> tuple[int, int]:
    """How many ticks before a start and after it a meeting of these roles may take."""
    before = max(role.demand.before if role.name == "officer" else MOST_BUFFER for role in roles)
    after = (
        role.offset + role.demand.duration + (role.demand.after if role.name == "officer" else MOST_BUFFER)
        for role in roles
    )
    return before, max(after)


def counted_span(span: Span, zone: ZoneInfo) -> Span:
    """The whole ISO weeks that a span touches: what is counted for limits reaches beyond what is searched."""
    first, last = (instant(tick).astimezone(zone).date() for tick in (span[0], max(span[0], span[1] - 1)))
    monday, sunday = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    return ticks_of(monday, 0, MINUTES_PER_DAY, zone)[0], ticks_of(sunday, 0, MINUTES_PER_DAY, zone)[1]


def weeks(zone: ZoneInfo, start: Tick, end: Tick) -> Window:
    """The whole ISO weeks of a span, with a margin: so that equal questions share kept openings."""
    first, last = counted_span((start, end), zone)
    return Window.between(first - MARGIN, last + MARGIN)
