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
from identity.verifying import ALIAS, Verdict, unknown, verify

_NAMED = 3  # of many alike

_WORDS = {
    "altered": "entry {number} ({id}) was altered after its seal",
    "inserted": "entry {number} ({id}) was inserted",
    "astray": "entry {number} ({id}) was inserted: its time does not fit its place",
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
            verdicts = [self._verdict(one, told) for one in _municipalities(options["municipality"], told)]
            gone = {} if options["municipality"] else unknown(told)
        except OperationalError:
            raise CommandError("No database answers at LOG_READER_URL.") from None
        for short_id, number in gone.items():
            self.stdout.write(f"{short_id}: there is no such municipality, and an anchor knows of its entry {number}")
        broken = [verdict.municipality for verdict in verdicts if not verdict.whole] + list(gone)
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
    faults += [_WORDS["astray"].format(**fault._asdict()) for fault in verdict.astray[:_NAMED]]
    if verdict.astray[_NAMED:]:
        faults.append(f"so were {len(verdict.astray) - _NAMED} more")
    if verdict.late:
        ids = ", ".join([*map(str, verdict.late[:_NAMED]), *(["..."] if verdict.late[_NAMED:] else [])])
        faults.append(f"{len(verdict.late)} entries older than a minute, or of a time to come, have no seal ({ids})")
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


def _municipalities(slug: str, told: list[Anchor]) -> list[Municipality]:
    rows = Municipality.objects.using(ALIAS).order_by("slug")
    found = list(rows.filter(slug=slug) if slug else rows)
    if not found and (slug or not told):  # an empty house with anchors is a fault, and they are named
        raise CommandError("There is no such municipality." if slug else "There is no municipality.")
    return found
