"""`manage.py make_log_review`: make a month's log reviews by hand, for example of a month that nobody made."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from identity import review_making
from identity.models import Municipality


class Command(BaseCommand):
    """One line for each municipality. What exists already stays as it is."""

    help = "Make the log reviews of a month, one for each unit, where they are missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which month."""
        parser.add_argument("--month", default="", help="YYYY-MM; without it the last whole month")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` for what is no month, and for one that is not over."""
        month = _month(options["month"])
        for municipality in Municipality.objects.order_by("id"):
            made = review_making.make_reviews(municipality=municipality, month=month)
            self.stdout.write(f"{municipality.slug} {month:%Y-%m}: {made} made")


def _month(text: str) -> date:
    last = review_making.previous_month(timezone.localdate())
    try:
        month = datetime.strptime(text, "%Y-%m").date() if text else last  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise CommandError("--month is written YYYY-MM.") from None
    if month > last:
        raise CommandError("The month is not over.")
    return month
