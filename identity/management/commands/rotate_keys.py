"""`manage.py rotate_keys`: new keys for sealed fields and for the index, and old rows renewed while everybody works."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from identity import key_files, keyring, retiring, rotation


class Command(BaseCommand):
    """Safe to stop and to repeat at any point."""

    help = "Renew every sealed value and index that an older key made; with --new, make new keys first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--new [--in MINUTES], --batch, --retire."""
        parser.add_argument("--new", action="store_true", help="make a new field key and a new index key first")
        parser.add_argument(
            "--in",
            dest="minutes",
            type=int,
            default=0,
            help="with --new: the new keys write only so many minutes from now, so that other machines get them first",
        )
        parser.add_argument("--batch", type=int, default=200, help="rows in one transaction (default 200)")
        parser.add_argument("--retire", action="store_true", help="take away keys that nothing uses any more")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` when keys cannot be read or written, or rows are left."""
        try:
            if options["new"]:
                self._make(options["minutes"])
            if not options["minutes"]:
                self._renew(options["batch"])
            if options["retire"]:
                self._retire()
        except keyring.MissingSecret as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"The keys in {settings.KEYS_DIR} could not be changed: {error.strerror}.") from None

    def _make(self, minutes: int) -> None:
        begins = timezone.now() + timedelta(minutes=minutes)
        for name in ("field", "index"):
            number = key_files.add(settings.KEYS_DIR, name, begins)
            self.stdout.write(f"{name}: key {number} writes from {begins:%Y-%m-%d %H:%M:%S} UTC")

    def _renew(self, batch: int) -> None:
        try:
            done = rotation.renew(batch=batch)
        except rotation.NotDone as error:
            raise CommandError(f"{error}: rows are left that somebody holds. Run it again.") from None
        for table, tally in done.items():
            trouble = f", {len(tally.unreadable)} cannot be opened" * bool(tally.unreadable)
            trouble += f", {len(tally.doubled)} would equal another row" * bool(tally.doubled)
            self.stdout.write(f"{table}: {tally.renewed} renewed{trouble}")
        if any(tally.left_alone for tally in done.values()):
            raise CommandError("Some rows could not be renewed. Old keys stay.")

    def _retire(self) -> None:
        for name, gone in retiring.retire(now=timezone.now()).items():
            self.stdout.write(f"{name}: {'no key' if not gone else 'key ' + ', '.join(map(str, gone))} taken away")
        for name, counted in retiring.use().items():
            self.stdout.write(f"{name}: in use " + ", ".join(f"key {key} ({n})" for key, n in sorted(counted.items())))
