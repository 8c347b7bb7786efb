"""`manage.py busy_times FILE --from ISO --to ISO`: why is this time taken? For support staff; needs only the file."""

import json
import os
import stat
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo, available_timezones

from django.core.management.base import BaseCommand

from booking.calendars.busy.child import read_limited
from booking.calendars.busy.errors import Unusable
from booking.calendars.busy.needed import OCTETS_LIMIT
from booking.calendars.busy.reading import Reading

UNUSABLE = {
    "too_large": "the file is too large",
    "no_calendar": "the file holds no calendar",
    "too_many_events": "the file holds too many events",
    "time_limit": "the file takes too long to read",
    "memory_limit": "the file takes too much memory to read",
}
# Field of Counts -> what is said of one, and of several.
SAID = {
    "unreadable": ("event unreadable", "events unreadable"),
    "repaired": ("value repaired", "values repaired"),
    "zones": ("time zone not usable as written", "time zones not usable as written"),
    "rules_once": ("rule not understood, its event counted once", "rules not understood, their events counted once"),
    "exrules": ("EXRULE not honoured, more is blocked", "EXRULEs not honoured, more is blocked"),
    "widened": ("event blocks more than an exact reading", "events block more than an exact reading"),
    "oversized": ("line or component too large, dropped", "lines or components too large, dropped"),
}


class Command(BaseCommand):
    """Print the busy intervals of a calendar file as one JSON list; what was odd about it goes to stderr."""

    help = "Print the busy times of an iCalendar file, in UTC, merged and sorted, as JSON."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--from", dest="first", required=True, metavar="ISO", help="start, with offset")
        parser.add_argument("--to", dest="last", required=True, metavar="ISO", help="end, with offset, not included")
        parser.add_argument("--tz", dest="zone", default="Europe/Stockholm", help="where the calendar's owner lives")
        parser.add_argument("--email", metavar="OWNER", help="the owner's address: invitations they declined are free")

    def handle(self, *, file: Path, first: str, last: str, zone: str, email: str | None, **options: object) -> None:
        window = self._moment("--from", first), self._moment("--to", last)
        if window[0] >= window[1]:
            self._refuse("--from must lie before --to")
        if zone not in available_timezones():
            self._refuse("--tz names no time zone")
        try:
            reading = read_limited(self._octets(file), window, ZoneInfo(zone), email)
        except Unusable as error:
            self._refuse(UNUSABLE.get(error.code, "the file cannot be read"))
        self._remark(reading)
        self.stdout.write(json.dumps([[start.isoformat(), end.isoformat()] for start, end in reading.intervals]))

    def _moment(self, option: str, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self._refuse(f"{option} is not a date and time in ISO 8601")
        if moment.utcoffset() is None:
            self._refuse(f"{option} needs an offset, such as +01:00 or Z")
        return moment

    def _octets(self, path: Path) -> bytes:
        """The file's octets; no more than may be read, and no waiting for a pipe or a device."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    self._refuse("FILE is not an ordinary file")
                return file.read(OCTETS_LIMIT + 1)
        except (OSError, ValueError):
            self._refuse("FILE cannot be read")

    def _remark(self, reading: Reading) -> None:
        for field, words in SAID.items():
            number = getattr(reading.counts, field)
            if number:
                self._say(f"{number} {words[number > 1]}")
        number = reading.counts.over_budget
        if number and reading.blocked_from:
            since = reading.blocked_from.isoformat()
            self._say(f"{number} {'rule' if number == 1 else 'rules'} over budget, blocked from {since}")

    def _say(self, text: str) -> None:
        self.stderr.write(f"busy_times: {text}", self.style.NOTICE)

    def _refuse(self, text: str) -> NoReturn:
        self._say(text)
        sys.exit(2)
