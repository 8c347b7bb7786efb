"""`manage.py make_load`: calendars half full of invented bookings, for measurements."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.utils import timezone

from booking.services import load
from config.owner import as_owner
from identity.models import Municipality

_TABLES = "booking_booking, booking_occupancy, booking_calendar, booking_calendaroffer, booking_openingrule"


class Command(BaseCommand):
    """Invented bookings only; refuses outside a trial or a test."""

    help = "Fill new calendars with invented bookings and print the id of their meeting type."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much of it."""
        parser.add_argument("--calendars", type=int, default=100, help="1 to 10,000")
        parser.add_argument("--days", type=int, default=60, help="days from today, 0 to 366")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--municipality", default="", help="slug; needed when there is more than one")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` in production, for sizes out of bounds, and for an unknown municipality."""
        if not settings.TRIAL:
            raise CommandError("Invented bookings do not belong in production.")
        if not (1 <= options["calendars"] <= 10_000 and 0 <= options["days"] <= 366):
            raise CommandError("--calendars must be 1 to 10000 and --days 0 to 366.")
        try:
            municipality = _municipality(options["municipality"])
        except OperationalError:
            raise CommandError("No database answers. Start it first: make run") from None
        made = load.fill(
            municipality=municipality.id,
            calendars=options["calendars"],
            days=options["days"],
            first=timezone.localdate(),
            seed=options["seed"],
        )
        analyse()
        self.stdout.write(_said(made, as_json=options["json"]))


def analyse() -> None:
    """Let the planner know the new rows, and searches read the index alone. Needs the owner's rights."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {_TABLES}")


def _said(made: load.Load, *, as_json: bool) -> str:
    facts = {"meeting_type": str(made.meeting_type), "calendars": len(made.calendars), "bookings": made.bookings}
    if as_json:
        return json.dumps(facts)
    return f"{made.bookings} bookings on {len(made.calendars)} calendars; meeting type {made.meeting_type}"


def _municipality(slug: str) -> Municipality:
    rows = Municipality.objects.filter(slug=slug) if slug else Municipality.objects.all()
    found = list(rows[:2])
    if len(found) != 1:
        raise CommandError("Name one municipality with --municipality SLUG.")
    return found[0]
