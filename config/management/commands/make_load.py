"""`manage.py make_load`: calendars half full of invented bookings, for measurements."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.utils import timezone

from booking.services import load
from config.owner import as_owner
from identity.models import Municipality

SETS = {"normal": 100, "large": 1_000}  # calendars, each half booked for 60 days
_TABLES = "booking_booking, booking_occupancy, booking_calendar, booking_calendaroffer, booking_openingrule"


class Command(BaseCommand):
    """Invented bookings only; refuses outside a trial or a test."""

    help = "Fill new calendars with invented bookings and print the id of their meeting type."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much of it."""
        parser.add_argument("--set", choices=SETS, default="normal", help="100 or 1,000 calendars")
        parser.add_argument("--calendars", type=int, default=None, help="1 to 10,000 instead of the set's")
        parser.add_argument("--days", type=int, default=60, help="days from today, 0 to 366")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--municipality", default="", help="slug; needed when there is more than one")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Bookings are copied in by the tables' owner, as `COPY` asks; the walls stay forced all the while.

        Raises `CommandError` in production, for sizes out of bounds, and for an unknown municipality.
        """
        if not settings.TRIAL:
            raise CommandError("Invented bookings do not belong in production.")
        calendars = SETS[options["set"]] if options["calendars"] is None else options["calendars"]
        if not (1 <= calendars <= 10_000 and 0 <= options["days"] <= 366):
            raise CommandError("--calendars must be 1 to 10000 and --days 0 to 366.")
        try:
            municipality = _municipality(options["municipality"])
        except OperationalError:
            raise CommandError("No database answers. Start it first: make run") from None
        began = time.monotonic()
        made = load.fill(
            municipality=municipality.id,
            calendars=calendars,
            days=options["days"],
            first=timezone.localdate(),
            seed=options["seed"],
            writing=as_owner,
        )
        analyse()
        facts: dict[str, object] = {
            "meeting_type": str(made.meeting_type),
            "calendars": len(made.calendars),
            "bookings": made.bookings,
        }
        facts["municipality"] = municipality.slug
        self.stdout.write(json.dumps(facts) if options["json"] else _in_words(facts, time.monotonic() - began))


def analyse() -> None:
    """Let the planner know the new rows, and searches read the index alone. Needs the owner's rights."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {_TABLES}")


def _in_words(facts: dict[str, object], seconds: float) -> str:
    where = f"{facts['calendars']} calendars of {facts['municipality']}"
    return f"{facts['bookings']} bookings on {where} in {seconds:.0f} s; meeting type {facts['meeting_type']}"


def _municipality(slug: str) -> Municipality:
    rows = Municipality.objects.filter(slug=slug) if slug else Municipality.objects.all()
    found = list(rows[:2])
    if len(found) != 1:
        raise CommandError("Name one municipality with --municipality SLUG.")
    return found[0]
