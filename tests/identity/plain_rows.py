"""A row for any table, made from what the catalogue says of its columns: for tests that look at all tables."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

_COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND is_identity = 'NO'
ORDER BY ordinal_position
"""
_NUMBER = "floor(random() * 30000)::int"
_VALUES = {
    "uuid": "gen_random_uuid()",
    "ARRAY": "'{}'",
    "jsonb": "'{}'",
    "text": "''",
    "character varying": "left(gen_random_uuid()::text, 3)",
    "bytea": "sha256(gen_random_uuid()::text::bytea)",
    "boolean": "false",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "inet": "'192.0.2.7'",
}
# What the tables' own conditions ask for.
_GIVEN = {
    "booking_meetingtype": {
        **{"duration": "30", "buffer_before": "0", "buffer_after": "0", "interpreter_percent": "150"},
        **{"lead_minutes": "0", "lead_working_days": "0", "horizon_days": "60", "max_parties": "6"},
    },
    "booking_calendar": {"share": "100", "lead_minutes": "0", "buffer_before": "0", "buffer_after": "0"},
    "booking_openingrule": {
        **{"weekday": "1", "from_minute": "480", "to_minute": "960", "step": "5"},
        **{"every": "1", "week_parity": "''", "nth": "0"},
    },
    "booking_openingexception": {"kind": "'closed'", "from_minute": "480", "to_minute": "960", "step": "5"},
    "booking_absence": {
        **{"to_at": "now() + interval '1 hour'", "from_minute": "0", "to_minute": "1440"},
        **{"every": "1", "week_parity": "''", "nth": "0"},
    },
    "booking_closure": {"to_at": "now() + interval '1 hour'"},
    "booking_shortday": {"closes_at": "720"},
    "booking_wish": {"notice_minutes": "60"},
    "booking_booking": {"from_tick": "0", "to_tick": "6"},
    "booking_occupancy": {
        **{"from_tick": "0", "to_tick": "6", "block_from": "0", "block_to": "6"},
        **{"state": "'booked'", "live": "false"},
    },
    "booking_steptext": {"scope": "'municipality'"},
}


def insertion(database: psycopg.Connection[Any], table: str, municipality: int) -> sql.Composed:
    """The statement that puts one row into a municipality's part of a table; `database` is asked for its columns."""
    columns = dict(database.execute(_COLUMNS, [table]).fetchall())
    values = {name: _VALUES.get(kind, _NUMBER) for name, kind in columns.items()} | _GIVEN.get(table, {})
    values["municipality_id"] = str(municipality)
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.SQL(value) for value in values.values()),
    )
