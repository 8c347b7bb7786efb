"""`manage.py make_trial`: fill the trial's database with the invented municipality, once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from config import trial
from config.owner import as_owner


class Command(BaseCommand):
    """Invented people only; refuses outside a trial or a test."""

    help = "Fill a trial with an invented municipality; a second call changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` in production."""
        if not settings.TRIAL:
            raise CommandError("Invented people do not belong in production.")
        with as_owner():
            tenant = trial.municipality(["localhost", "127.0.0.1"])
        if trial.fill(tenant) and options["verbosity"]:
            self.stdout.write(f"{tenant.name} is filled.")
        trial.number_residents(tenant)
