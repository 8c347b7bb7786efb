"""`manage.py invite_staff`: the very first way in. Opens an account and prints its invitation, once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management import BaseCommand, CommandError
from django.db import OperationalError

from identity import actors, scope, staff_accounts
from identity.actors import STAFF_ROLES
from identity.models import Municipality, Unit


class Command(BaseCommand):
    """There is no account that comes with the product: this makes the first one, and only its code's hash is kept."""

    help = "Open a staff account and print its invitation code, which works once and for seven days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, and as what."""
        parser.add_argument("--municipality", required=True, help="slug")
        parser.add_argument("--unit", required=True, help="name of the unit")
        parser.add_argument("--role", required=True, choices=sorted(STAFF_ROLES))
        parser.add_argument("--name", required=True, help="the name at work, as colleagues read it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` for an unknown municipality or unit, or a name that is empty or too long."""
        name = options["name"].strip()
        if not 1 <= len(name) <= 80:
            raise CommandError("--name must have 1 to 80 characters.")
        try:
            municipality = Municipality.objects.filter(slug=options["municipality"]).first()
        except OperationalError:
            raise CommandError("No database answers. Start it first: make run") from None
        if municipality is None:
            raise CommandError("No municipality has this slug.")
        opened = staff_accounts.open_account(
            actor=actors.system(municipality.id),
            municipality=municipality,
            name=name,
            unit=_unit(municipality, options["unit"]),
            role=options["role"],
        )
        self.stdout.write(opened.code)


def _unit(municipality: Municipality, name: str) -> UUID:
    with scope.transaction(municipality.id):
        found = list(Unit.objects.filter(name=name)[:2])
    if len(found) != 1:
        raise CommandError("Name one unit of the municipality with --unit NAME.")
    return found[0].id
