"""A calendar with random rows of everything that opens, closes, takes or limits its time, around Christmas."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking.models import (
    Absence,
    Booking,
    BusyFeed,
    Calendar,
    CalendarLimit,
    CalendarOffer,
    Closure,
    FormTerms,
    LegalProfile,
    MeetingType,
    Occupancy,
    OpeningException,
    OpeningRule,
    Service,
    ShortDay,
)
from booking.timeline import Tick, tick_of
from identity.models import Unit

NOW = datetime(2026, 12, 16, 9, 3, tzinfo=UTC)
FORMS = ["video", "phone", "visit"]
DAYS = 32
_FIRST = tick_of(datetime(2026, 12, 14, tzinfo=UTC))
_EVES = ("twelfth_night", "day_before_christmas_eve", "day_before_new_years_eve", "christmas_eve")
_STOCKHOLM = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True)
class Stage:
    """One meeting type, and another that takes time too."""

    unit: Unit
    asked: MeetingType
    other: MeetingType


def stage(rng: random.Random) -> Stage:
    """A unit with two meeting types of random length; needs an open scope."""
    unit = Unit.objects.create(name="Slump", phone="08-465 004 29")
    service = Service.objects.create(unit=unit, name="Slump", description="Påhittat.")
    profile = LegalProfile.objects.create(name="Slump")
    asked, other = (
        MeetingType.objects.create(
            code=f"s{uuid.uuid4().hex[:8]}",
            service=service,
            legal_profile=profile,
            name="Slump",
            duration=rng.choice((15, 30, 45, 60)),
            buffer_before=rng.choice((0, 5)),
            buffer_after=rng.choice((0, 10)),
            forms=FORMS,
            lead_minutes=rng.choice((0, 120, 2880)),
            lead_working_days=rng.choice((0, 0, 3)),
            horizon_days=rng.choice((10, 30)),
        )
        for _ in range(2)
    )
    if rng.random() < 0.4:
        terms = {"duration": 40, "buffer_after": 15, "lead_minutes": 60, "horizon_days": 14}
        chosen = dict(rng.sample(sorted(terms.items()), 2))
        FormTerms.objects.create(meeting_type=asked, form="video", **chosen)
    for eve in rng.sample(_EVES, 2):
        ShortDay.objects.update_or_create(eve=eve, defaults={"closes_at": rng.choice((0, 720, 1440))})
    return Stage(unit, asked, other)


def calendar(rng: random.Random, on: Stage) -> Calendar:
    """A calendar that offers the meeting type, with rows of every kind."""
    made = Calendar.objects.create(unit=on.unit)
    CalendarOffer.objects.create(calendar=made, meeting_type=on.asked)
    rules = [_rule(rng, made) for _ in range(rng.randint(2, 7))]
    _exceptions(rng, made, rules)
    _closings(rng, made, on.unit)
    _limits(rng, made, on)
    _claims(rng, made, on)
    if rng.random() < 0.5:
        start = _FIRST + rng.randint(0, DAYS * 288)
        BusyFeed.objects.create(calendar=made, kind="file", busy=[(start, start + rng.randint(1, 400))])
    return made


def _minutes(rng: random.Random, *, early: int = 6, late: int = 19) -> dict[str, int]:
    start, end = sorted(rng.sample(range(early * 12, late * 12), 2))
    return {"from_minute": start * 5, "to_minute": end * 5}


def _cycle(rng: random.Random) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [
        {},
        {"every": rng.randint(2, 3), "first_monday": date(2026, 12, 7)},
        {"week_parity": rng.choice(("odd", "even"))},
        {"nth": rng.choice((-1, 1, 2, 3, 4))},
    ]
    return rng.choice([*kinds, {}, {}])


def _rule(rng: random.Random, made: Calendar) -> OpeningRule:
    return OpeningRule.objects.create(
        calendar=made,
        weekday=rng.randint(1, 6),
        **_minutes(rng),
        **_cycle(rng),
        valid_from=rng.choice((None, None, date(2026, 12, 18))),
        valid_to=rng.choice((None, None, date(2027, 1, 5))),
        forms=rng.sample(FORMS, rng.randint(1, 3)),
        step=rng.choice((5, 15, 30, 40)),
        anchor=rng.choice(("opening", "clock")),
        on_red_days=rng.random() < 0.3,
    )


def _day(rng: random.Random) -> date:
    return date(2026, 12, 14) + timedelta(days=rng.randrange(DAYS))


def _exceptions(rng: random.Random, made: Calendar, rules: list[OpeningRule]) -> None:
    for rule in rng.sample(rules, min(2, len(rules))):
        day = _day(rng)
        day += timedelta(days=(rule.weekday - day.isoweekday()) % 7)
        kind = rng.choice(("skip", "change"))
        OpeningException.objects.create(calendar=made, rule=rule, date=day, kind=kind, **_minutes(rng))
    for kind in rng.sample(("extra", "closed", "closed"), 2):
        forms = rng.sample(FORMS, rng.randint(1, 2)) if kind == "extra" or rng.random() < 0.5 else []
        OpeningException.objects.create(
            calendar=made, date=_day(rng), kind=kind, forms=forms, step=20, anchor="clock", **_minutes(rng)
        )


def _moments(rng: random.Random, longest: int) -> dict[str, datetime]:
    start = datetime(2026, 12, 14, tzinfo=UTC) + timedelta(minutes=rng.randrange(DAYS * 1440))
    return {"from_at": start, "to_at": start + timedelta(minutes=rng.randint(1, longest))}


def _closings(rng: random.Random, made: Calendar, unit: Unit) -> None:
    if rng.random() < 0.6:
        Absence.objects.create(calendar=made, **_moments(rng, 3000))
    if rng.random() < 0.6:
        weekday = {"weekday": rng.randint(1, 5)}
        Absence.objects.create(calendar=made, **_moments(rng, 40_000), **weekday, **_minutes(rng), **_cycle(rng))
    if rng.random() < 0.2:
        Closure.objects.create(unit=rng.choice((unit, None)), **_moments(rng, 600))


def _limits(rng: random.Random, made: Calendar, on: Stage) -> None:
    for of_type in rng.sample((None, on.asked, on.other), rng.randint(0, 2)):
        most = {"per_day": rng.randint(0, 3), "per_week": rng.randint(1, 6), "minutes_per_day": rng.randint(30, 150)}
        chosen = dict(rng.sample(sorted(most.items()), rng.randint(1, 2)))
        CalendarLimit.objects.create(calendar=made, meeting_type=of_type, **chosen)


def _claims(rng: random.Random, made: Calendar, on: Stage) -> None:
    """Bookings and holds one after another, some of the holds run out."""
    for start, end in _apart(rng):
        kind = rng.choice((on.asked, on.other))
        state = rng.choice(("booked", "booked", "hold"))
        row = Booking.objects.create(
            calendar=made,
            meeting_type=kind,
            form="video",
            state="confirmed",
            from_tick=start + 1,
            to_tick=end - 1,
            local_start="",
            calendar_uid=uuid.uuid4().hex,
            created_at=NOW,
            changed_at=NOW,
        )
        later = timedelta(hours=rng.choice((-1, 1)))
        Occupancy.objects.create(
            calendar=made,
            booking=row,
            meeting_type=kind,
            from_tick=start + 1,
            to_tick=end - 1,
            block_from=start,
            block_to=end,
            state=state,
            expires_at=datetime.now(UTC) + later if state == "hold" else None,
            live=rng.random() < 0.9,
        )


def _apart(rng: random.Random) -> Iterator[tuple[Tick, Tick]]:
    at = _FIRST + rng.randint(0, 288)
    while at < _FIRST + DAYS * 288:
        length = rng.randint(3, 14)
        yield at, at + length
        at += length + rng.choice((0, 4, 12, 60, 200, 400))
