"""What must be true of the rows after any race, asked past the walls as the database's superuser."""

from __future__ import annotations

from typing import Any

import psycopg

# Each gives how many rows break it: 0 is well.
CHECKS = {
    "overlaps": """
        SELECT count(*) FROM booking_occupancy a JOIN booking_occupancy b
        ON a.calendar_id = b.calendar_id AND a.id < b.id
        AND int4range(a.block_from, a.block_to) && int4range(b.block_from, b.block_to)
        WHERE a.live AND b.live""",
    "bookings without their claim": """
        SELECT count(*) FROM booking_booking b WHERE b.state IN ('confirmed', 'ready') AND 1 <> (
          SELECT count(*) FROM booking_occupancy o WHERE o.booking_id = b.id AND o.live AND o.state = 'booked'
          AND o.calendar_id = b.calendar_id AND o.from_tick = b.from_tick AND o.to_tick = b.to_tick)""",
    "claims without their booking": """
        SELECT count(*) FROM booking_occupancy o JOIN booking_booking b ON b.id = o.booking_id
        WHERE o.live AND o.state = 'booked' AND b.state NOT IN ('confirmed', 'ready')""",
    "bookings with a step left out": """
        SELECT count(*) FROM booking_booking b WHERE b.state <> 'held' AND NOT EXISTS (
          SELECT FROM booking_bookingchange c WHERE c.booking_id = b.id AND c.state_after = b.state)""",
    "bookings with two confirmations": """
        SELECT count(*) FROM (SELECT booking_id FROM booking_bookingchange WHERE event = 'confirm'
          GROUP BY booking_id HAVING count(*) > 1) twice""",
    "keys with two effects": """
        SELECT count(*) FROM (SELECT actor, key FROM booking_idempotencykey
          GROUP BY municipality_id, actor, key HAVING count(*) > 1) twice""",
}


def broken(database: psycopg.Connection[Any]) -> dict[str, int]:
    """Which do not hold, and by how many rows."""
    found = {name: _count(database, query) for name, query in CHECKS.items()}
    return {name: count for name, count in found.items() if count}


def booked(database: psycopg.Connection[Any]) -> int:
    """Bookings that stand."""
    return _count(database, "SELECT count(*) FROM booking_booking WHERE state IN ('confirmed', 'ready')")


def deadlocks(database: psycopg.Connection[Any]) -> int:
    """How many PostgreSQL has broken, in this database since it began."""
    return _count(database, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


_NAME = "one_meeting_at_a_time"
_DEFINITION = """
EXCLUDE USING gist (municipality_id WITH =, calendar_id WITH =, int4range(block_from, block_to) WITH &&) WHERE (live)
"""


def drop_constraint(database: psycopg.Connection[Any]) -> None:
    """From now on the lock stands alone."""
    database.execute(f"ALTER TABLE booking_occupancy DROP CONSTRAINT {_NAME}")


def restore_constraint(database: psycopg.Connection[Any]) -> None:
    """The backstop is there again; what was claimed without it is let go."""
    database.execute("UPDATE booking_occupancy SET live = false")
    database.execute(f"ALTER TABLE booking_occupancy ADD CONSTRAINT {_NAME} {_DEFINITION}")


def _count(database: psycopg.Connection[Any], query: str) -> int:
    row = database.execute(query).fetchone()
    return int(row[0]) if row else 0
