"""Row-level security of the booking tables, and the versions that rise by themselves."""

from django.db import migrations

from identity.walls import Wall

_RAISE = """
CREATE FUNCTION booking_raise_rules_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE booking_calendar SET rules_version = rules_version + 1 WHERE id IN (SELECT calendar_id FROM changed);
  RETURN NULL;
END $$;
"""
_DROP = "DROP FUNCTION booking_raise_rules_version() CASCADE"


def _triggers() -> str:
    """One statement trigger for each table and kind of change, so that no code path can forget."""
    parts = []
    for table in ("booking_openingrule", "booking_absence"):
        for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            parts.append(
                f"CREATE TRIGGER raise_on_{event.lower()} AFTER {event} ON {table} "
                f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT "
                "EXECUTE FUNCTION booking_raise_rules_version();"
            )
    return "\n".join(parts)


class Migration(migrations.Migration):
    dependencies = [("booking", "0001_initial"), ("identity", "0002_walls")]
    operations = [
        Wall(
            "Service", "LegalProfile", "MeetingType", "Calendar", "CalendarOffer", "OpeningRule", "Absence",
            "BusyFeed", "CalendarFeed", "Booking", "BookingChange", "Occupancy", "Party", "IdempotencyKey", "StepShown",
        ),
        Wall("StepText", shipped_rows=True),
        migrations.RunSQL(_RAISE + _triggers(), _DROP),
    ]  # fmt: skip
