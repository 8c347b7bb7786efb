"""Claims on calendars' time: the only writer of `Occupancy`. Called under the calendars' locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from booking.errors import SlotTaken
from booking.models import Booking, Occupancy
from booking.search import Claimed
from booking.timeline import Tick
from identity import prepared, scope

HOLD = timedelta(minutes=10)
MAX_EXTENSIONS = 10
OFFICER: Final = "officer"
_DAY = 288  # no block is longer

# A hold of several calendars runs out as a whole. Freeing its other rows without their calendars' locks is safe: who
# would keep it needs the lock that we have.
_LET_EXPIRED_GO = """
UPDATE booking_occupancy SET live = false WHERE municipality_id = %(municipality)s AND live AND state = 'hold'
AND booking_id IN (
  SELECT booking_id FROM booking_occupancy WHERE municipality_id = %(municipality)s AND live
  AND calendar_id = ANY(%(calendars)s) AND state = 'hold' AND expires_at <= clock_timestamp())
"""
# All of a hold's rows, or none of them.
_IF_ALIVE = """
WHERE municipality_id = %(municipality)s AND booking_id = %(booking)s AND live AND state = 'hold' AND NOT EXISTS (
  SELECT FROM booking_occupancy o WHERE o.municipality_id = %(municipality)s AND o.booking_id = %(booking)s
  AND (NOT o.live OR o.state <> 'hold' OR o.expires_at <= clock_timestamp()))
"""
_KEEP = f"UPDATE booking_occupancy SET state = 'booked', expires_at = NULL {_IF_ALIVE}"  # noqa: S608 - our own words
_PROLONG = f"UPDATE booking_occupancy SET expires_at = statement_timestamp() + %(hold)s {_IF_ALIVE}"  # noqa: S608
_CLAIM = """
INSERT INTO booking_occupancy (municipality_id, calendar_id, booking_id, meeting_type_id, role, from_tick, to_tick,
                               block_from, block_to, state, expires_at, live)
SELECT %(municipality)s, c.calendar, %(booking)s, %(type)s, c.role, c.f, c.t, c.bf, c.bt, %(state)s,
       CASE WHEN %(state)s = 'hold' THEN statement_timestamp() + %(hold)s END, true
FROM unnest(%(role)s::text[], %(calendar)s::int[], %(from_tick)s::int[], %(to_tick)s::int[], %(block_from)s::int[],
            %(block_to)s::int[]) AS c(role, calendar, f, t, bf, bt)
"""
_LIVE_HOLDS = """
SELECT count(*) FROM booking_booking b
WHERE b.municipality_id = %(municipality)s AND b.resident_id = %(resident)s AND b.asked_how = '' AND b.state = 'held'
AND EXISTS (SELECT FROM booking_occupancy o WHERE o.municipality_id = b.municipality_id AND o.booking_id = b.id
            AND o.live AND o.state = 'hold' AND o.expires_at > clock_timestamp())
"""
_TYPES: Final = {
    "municipality": "int", "booking": "uuid", "type": "uuid", "resident": "uuid", "calendars": "int[]", "state": "text",
    "hold": "interval", "role": "text[]", "calendar": "int[]", "from_tick": "int[]", "to_tick": "int[]",
    "block_from": "int[]", "block_to": "int[]",
}  # fmt: skip


class ClockNow(Now):
    """The database's clock at this statement: it, never a web server's, decides when a hold ends."""

    template = "clock_timestamp()"

    def as_postgresql(self, compiler, connection, **extra):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003, ANN201
        """PostgreSQL's STATEMENT_TIMESTAMP is what Django's own class says; ours moves on while we wait for a lock."""
        return self.as_sql(compiler, connection, **extra)


def _run(name: str, statement: str, **values: Any) -> int:
    return prepared.run(name, statement, _TYPES, {"municipality": scope.current(), "hold": HOLD, **values})


def let_expired_go(calendars: Iterable[int]) -> None:
    """Free what expired holds of these calendars still claim, there and on the other calendars of the same hold."""
    _run("expired", _LET_EXPIRED_GO, calendars=list(calendars))


def claim(booking: Booking, claims: Sequence[Claimed], *, state: str) -> None:
    """Claim every role's time, as a hold of ten minutes or as booked, in one statement."""
    spans = ("from_tick", "to_tick", "block_from", "block_to")
    columns = {name: [getattr(one, name) for one in claims] for name in ("role", "calendar", *spans)}
    _run("claim", _CLAIM, booking=booking.id, type=booking.meeting_type_id, state=state, **columns)


def live_holds(resident: UUID) -> int:
    """How many holds a resident has now, of those they took themselves; one of several calendars is one."""
    values = {"municipality": scope.current(), "resident": resident}
    return int(prepared.fetch("holds", _LIVE_HOLDS, _TYPES, values)[0][0])


def hold_until(booking: Booking, until: datetime) -> None:
    """Let a live hold end at `until` instead of after ten minutes: an offer runs as long as it says."""
    Occupancy.objects.filter(booking=booking, live=True, state="hold").update(expires_at=until)


def take_over(booking: Booking, held: Booking) -> bool:
    """Give a booking the claims of a live hold and let its own go: never two, never none. False when it has run out.

    The rows change their booking and nothing else, so that nobody can come between.
    """
    alive = Occupancy.objects.filter(booking=held, live=True, state="hold", expires_at__gt=ClockNow())
    wanted = list(alive.values_list("id", flat=True))
    if wanted:
        let_go(booking)
        Occupancy.objects.filter(id__in=wanted).update(booking=booking, state="booked", expires_at=None)
    return bool(wanted)


def keep(booking: Booking) -> bool:
    """Turn a live hold into booked claims, in place. False when it has run out."""
    return _run("keep", _KEEP, booking=booking.id) > 0


def prolong(booking: Booking) -> bool:
    """Set a live hold to ten minutes from now. False when it has run out."""
    return _run("prolong", _PROLONG, booking=booking.id) > 0


def live(booking: UUID) -> list[Claimed]:
    """What a booking claims, the officer's first."""
    rows = Occupancy.objects.filter(booking=booking, live=True).values_list(
        "role", "calendar_id", "from_tick", "to_tick", "block_from", "block_to"
    )
    return sorted((Claimed(*row) for row in rows), key=lambda one: (one.role != OFFICER, one.role, one.calendar))


def last_of(booking: Booking) -> list[Claimed]:
    """What a hold claimed, alive or not: a hold's rows are one set, made together."""
    rows = Occupancy.objects.filter(booking=booking).values_list(
        "role", "calendar_id", "from_tick", "to_tick", "block_from", "block_to"
    )
    return sorted((Claimed(*row) for row in rows), key=lambda one: (one.role != OFFICER, one.role, one.calendar))


def calendars_of(booking: Booking) -> set[int]:
    """The calendars of a booking's claims, live or run out, and its own: what must be locked to change its time."""
    claimed = Occupancy.objects.filter(Q(live=True) | Q(state="hold"), booking=booking)
    return {booking.calendar_id, *claimed.values_list("calendar_id", flat=True)}


def let_go(booking: Booking) -> None:
    """Free every claim of a booking."""
    Occupancy.objects.filter(booking=booking, live=True).update(live=False)


def forget(booking: Booking) -> None:
    """Delete the rows of a hold that ran out, before it is claimed anew."""
    Occupancy.objects.filter(booking=booking).delete()


def replace(booking: Booking, claims: Sequence[Claimed]) -> None:
    """Move a booking's claims: never two, never none.

    A role's row takes its new place in one statement, since a moved claim may overlap the old one, which a second row
    could not under the constraint. A role that is no more is let go first, one that is new comes last.
    """
    rows = list(Occupancy.objects.filter(booking=booking, live=True).order_by("role", "id"))
    pairs, new = _paired(rows, claims)
    kept = {row.id for row, _ in pairs}
    gone = [row.id for row in rows if row.id not in kept]
    if gone:
        Occupancy.objects.filter(id__in=gone).update(live=False)
    for row, one in pairs:
        if Claimed(row.role, row.calendar_id, row.from_tick, row.to_tick, row.block_from, row.block_to) != one:
            Occupancy.objects.filter(id=row.id).update(
                calendar_id=one.calendar,
                from_tick=one.from_tick,
                to_tick=one.to_tick,
                block_from=one.block_from,
                block_to=one.block_to,
            )
    if new:
        claim(booking, new, state="booked")


def _paired(rows: list[Occupancy], claims: Sequence[Claimed]) -> tuple[list[tuple[Occupancy, Claimed]], list[Claimed]]:
    """Each row with the claim that it becomes: of the same calendar if there is one, else of the same role."""
    left, new = list(rows), list(claims)
    pairs: list[tuple[Occupancy, Claimed]] = []
    for same_calendar in (True, False):
        for one in list(new):
            known = (r for r in left if r.role == one.role and (not same_calendar or r.calendar_id == one.calendar))
            row = next(known, None)
            if row is not None:
                left.remove(row)
                new.remove(one)
                pairs.append((row, one))
    return pairs, new


def is_free(calendar: int, block: tuple[Tick, Tick], but: Booking) -> bool:
    """Whether nobody else claims any of a block of a calendar. Under its lock."""
    others = Occupancy.objects.filter(calendar=calendar, live=True, block_from__gte=block[0] - _DAY)
    return not others.filter(block_from__lt=block[1], block_to__gt=block[0]).exclude(booking=but).exists()


def claim_free(booking: Booking, one: Claimed) -> None:
    """Claim one more calendar's time for a booked meeting. Raises `SlotTaken`."""
    if not is_free(one.calendar, (one.block_from, one.block_to), booking):
        raise SlotTaken
    claim(booking, [one], state="booked")


def release(booking: Booking, role: str, calendar: int) -> None:
    """Free one role's claim."""
    Occupancy.objects.filter(booking=booking, live=True, role=role, calendar_id=calendar).update(live=False)


def free_rest(booking: Booking, at: Tick) -> None:
    """Free what is left of a booking's time from a tick on, buffers and all: what lies before it stays claimed.

    A claim that has not begun, or would have no whole tick left, is let go.
    """
    of_booking = Occupancy.objects.filter(booking=booking, live=True)
    of_booking.filter(from_tick__gte=at).update(live=False)
    of_booking.filter(to_tick__gt=at).update(to_tick=at, block_to=at)
    of_booking.filter(block_to__gt=at).update(block_to=at)
