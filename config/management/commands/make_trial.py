"""`manage.py make_trial`: fill the trial's database with the invented municipality, once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from config import trial, trial_week
from config.owner import as_owner


class Command(BaseCommand):
    """Invented people only; refuses outside a trial or a test."""

    help = "Fill a trial with an invented municipality; a second call changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--week`: also book a fortnight, so that the officers' pages have something to show."""
        parser.add_argument("--week", action="store_true", help="also book the coming fortnight of a new trial")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` in production."""
        if not settings.TRIAL:
            raise CommandError("Invented people do not belong in production.")
        with as_owner():
            tenant = trial.municipality(["localhost", "127.0.0.1"])
        new = trial.fill(tenant)
        if new and options["verbosity"]:
            self.stdout.write(f"{tenant.name} is filled.")
        trial.number_residents(tenant)
        if new and options["week"]:
            trial_week.prepare(tenant, timezone.now())
