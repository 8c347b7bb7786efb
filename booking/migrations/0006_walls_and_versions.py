"""Walls of the tables of opening, needs and waiting; `rules_version` rises with all that opening is made of."""

from django.db import migrations

from identity.walls import Wall

_NEW_KEYS = (("booked_by_id", "identity_person"), ("series_id", "booking_series"))
_PAIRS = "\n".join(
    f'ALTER TABLE booking_booking ADD CONSTRAINT "booking_booking_{column}_pair" '
    f'FOREIGN KEY (municipality_id, "{column}") REFERENCES {table} (municipality_id, id) DEFERRABLE INITIALLY DEFERRED;'
    for column, table in _NEW_KEYS
)
_NO_PAIRS = "\n".join(
    f'ALTER TABLE booking_booking DROP CONSTRAINT "booking_booking_{column}_pair";' for column, _ in _NEW_KEYS
)
# Rows are locked by id, so that two such changes wait for each other and never stand crosswise.
_RAISE_MANY = """
CREATE FUNCTION booking_raise_{name}_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM booking_calendar c WHERE EXISTS (SELECT FROM changed n WHERE {hit}) ORDER BY c.id FOR NO KEY UPDATE;
  UPDATE booking_calendar c SET rules_version = rules_version + 1 WHERE EXISTS (SELECT FROM changed n WHERE {hit});
  RETURN NULL;
END $$;
"""
_OF_UNIT = "n.municipality_id = c.municipality_id AND (n.unit_id IS NULL OR n.unit_id = c.unit_id)"
_OF_ALL = "n.municipality_id = c.municipality_id"
_DROP = "DROP FUNCTION booking_raise_closure_version() CASCADE; DROP FUNCTION booking_raise_shortday_version() CASCADE;"


def _triggers(table: str, function: str) -> str:
    """Statement triggers for what is written, what was there, and what is gone: a row can change its unit."""
    parts = []
    for name, event, rows in (
        ("insert", "INSERT", "NEW"),
        ("update", "UPDATE", "NEW"),
        ("update_old", "UPDATE", "OLD"),
        ("delete", "DELETE", "OLD"),
    ):
        parts.append(
            f"CREATE TRIGGER raise_on_{name} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
        )
    return "\n".join(parts)


_VERSIONS = (
    _triggers("booking_openingexception", "booking_raise_rules_version")
    + _RAISE_MANY.format(name="closure", hit=_OF_UNIT)
    + _triggers("booking_closure", "booking_raise_closure_version")
    + _RAISE_MANY.format(name="shortday", hit=_OF_ALL)
    + _triggers("booking_shortday", "booking_raise_shortday_version")
)
_NO_VERSIONS = _DROP + "".join(
    f"DROP TRIGGER raise_on_{name} ON booking_openingexception;"
    for name in ("insert", "update", "update_old", "delete")
)


class Migration(migrations.Migration):
    dependencies = [("booking", "0005_opening_needs_waiting"), ("identity", "0015_limits_of_tokens")]
    operations = [
        Wall(
            "OpeningException", "Closure", "ShortDay", "CalendarLimit", "FormTerms", "Series", "Need", "Wish",
            "WishOffer", "OwnOfficer", "Task",
        ),
        migrations.RunSQL(_PAIRS, _NO_PAIRS),
        migrations.RunSQL(_VERSIONS, _NO_VERSIONS),
    ]  # fmt: skip
