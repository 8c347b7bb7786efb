"""`manage.py verify_access_log`: is every entry of the access log what it was when it was sealed?"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from identity import anchors
from identity.anchors import Anchor
from identity.chain_faults import Fault
from identity.models import Municipality
from identity.verifying import ALIAS, Verdict, verify

_WORDS = {
    "altered": "entry {number} ({id}) was altered after its seal",
    "inserted": "entry {number} ({id}) was inserted",
    "removed": "entry {number} was removed",
    "replaced": "entry {number} ({id}) was altered, or put in the place of another",
    "rewritten": "the chain was made anew: entry {number} ({id}) differs from an anchor; "
    "the last entry that agrees with one is {agrees}",
    "cut": "the end was cut off: entry {number} is missing, and an anchor knows of it",
}


class Command(BaseCommand):
    """One line for each municipality, as it may be kept: no line names a person."""

    help = "Walk through the access log's chains, name the first entry that is wrong in each; exit code 1 if any is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which chains, and what they are compared with."""
        parser.add_argument("--municipality", default="", help="slug; without it all of them")
        parser.add_argument("--anchors", default="", help="file with anchors; without it LOG_ANCHOR_FILE, if it exists")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` for an unknown municipality, a missing file, and when a chain is not whole."""
        told = _anchors(options["anchors"])
        try:
            verdicts = [self._verdict(one, told) for one in _municipalities(options["municipality"])]
        except OperationalError:
            raise CommandError("No database answers at LOG_READER_URL.") from None
        broken = [verdict.municipality for verdict in verdicts if not verdict.whole]
        if broken:
            raise CommandError(f"The access log is not whole: {', '.join(broken)}.")

    def _verdict(self, municipality: Municipality, told: list[Anchor]) -> Verdict:
        verdict = verify(municipality, told, now=timezone.now())
        self.stdout.write(said(verdict))
        self.stdout.flush()
        return verdict


def said(verdict: Verdict) -> str:
    """A verdict in one line."""
    faults = [_fault(verdict.fault)] if verdict.fault else []
    if verdict.late:
        faults.append(f"{verdict.late} entries older than a minute have no seal")
    found = f"{verdict.entries} entries hold, {verdict.anchors} compared with an anchor"
    return f"{verdict.municipality}: {'; '.join(faults)} ({found})" if faults else f"{verdict.municipality}: {found}"


def _fault(fault: Fault) -> str:
    return _WORDS[fault.kind].format(**fault._asdict())


def _anchors(named: str) -> list[Anchor]:
    """Those of the file that was named, else those of our own file where there is one."""
    place = Path(named or settings.LOG_ANCHOR_FILE)
    if not named and not place.is_file():
        return []
    try:
        with place.open(errors="replace") as text:
            return list(anchors.read(text))
    except OSError as error:
        raise CommandError(f"The anchors cannot be read: {error.strerror}.") from None


def _municipalities(slug: str) -> list[Municipality]:
    rows = Municipality.objects.using(ALIAS).order_by("slug")
    found = list(rows.filter(slug=slug) if slug else rows)
    if not found:
        raise CommandError("There is no such municipality." if slug else "There is no municipality.")
    return found
