"""Which zone a TZID means: the file's own, IANA, Windows, what Windows displays, a vendor's path, or the owner's."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from booking.calendars.busy.reading import Tally
from booking.calendars.busy.text import ZoneBlock
from booking.calendars.busy.vtimezone import ZoneUnusable, file_zone
from booking.calendars.busy.zones import NamedZone, Zone

# What Windows displays names cities, which the IANA database knows. The older form "(GMT+10:00) …" and regions such as
# "Eastern Time (US & Canada)" are not read (docs/adr/0014): they count as unknown, and the reader says so.
DISPLAYED = re.compile(r"\(UTC(?:([+-])(\d{2}):(\d{2}))?\)\s*(\S.*)")
NOT_ZONES = {"localtime", "factory", "posixrules"}
LONGEST_NAME = 3  # America/Argentina/Buenos_Aires


class ZoneFinder:
    """The zones of one file. Names that cannot be used as written are counted, each once."""

    def __init__(self, blocks: list[ZoneBlock], owner: Zone, tally: Tally) -> None:
        self.owner = owner
        self._tally = tally
        self._written: dict[tuple[int, bytes], list[ZoneBlock]] = {}
        self._found: dict[tuple[int, bytes], Zone] = {}
        for block in blocks:
            for raw in block.lines.get(b"TZID", ())[:1]:
                name = raw.partition(b":")[2]
                for key in dict.fromkeys([name, plain(name)]):
                    self._written.setdefault((block.calendar, key), []).append(block)
                    self._written.setdefault((-1, key), []).append(block)

    def find(self, name: bytes, calendar: int) -> Zone:
        """The zone of a TZID in the given VCALENDAR of the file; the owner's zone, counted, if nothing fits."""
        key = (calendar, name)
        if key not in self._found:
            self._found[key] = self._look_up(name, calendar)
        return self._found[key]

    def _look_up(self, name: bytes, calendar: int) -> Zone:
        keys = [(place, form) for place in (calendar, -1) for form in (name, plain(name))]
        blocks = next((self._written[key] for key in keys if key in self._written), [])
        for block in blocks:
            try:
                return file_zone(block, self._tally)
            except ZoneUnusable:
                continue
        known = known_zone(plain(name).decode("utf-8", "replace"))
        self._tally["zones"] += known is None or bool(blocks)
        return NamedZone(known) if known else self.owner


def plain(name: bytes) -> bytes:
    r"""A TZID trimmed, with `\,` and `\;` unescaped."""
    return name.strip().replace(b"\\,", b",").replace(b"\\;", b";")


@cache
def _names() -> dict[str, str]:
    """Names of the IANA database and, where different, of Windows, in small letters -> IANA's name."""
    iana = {name.casefold(): name for name in available_timezones() if name.casefold() not in NOT_ZONES}
    return {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items() if zone.casefold() in iana} | iana


@cache
def _cities() -> dict[str, str]:
    """Cities as people write them, in small letters -> IANA's name."""
    names = (name for name in sorted(_names().values()) if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return {name.rpartition("/")[2].replace("_", " ").casefold(): name for name in names}


def known_zone(name: str) -> ZoneInfo | None:
    """The zone of an IANA or Windows name, a name that Windows displays, or the end of a vendor's path; else None.

    Only names in the database's list are opened: others would be paths in the file system.
    """
    names, folded = _names(), name.casefold()
    parts = folded.strip("/").split("/")
    ends = ["/".join(parts[-length:]) for length in range(min(LONGEST_NAME, len(parts)), 0, -1)]
    found = names.get(folded) or _displayed(folded) or next((names[end] for end in ends if end in names), None)
    return ZoneInfo(found) if found else None


def _displayed(folded: str) -> str | None:
    """The zone of a name such as "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"."""
    match = DISPLAYED.fullmatch(folded.upper())
    if not match:
        return None
    sign, hours, minutes, places = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    for place in places.casefold().split(","):
        name = _cities().get(place.strip())
        if name and offset in _offsets(name):
            return name
    return None


@cache
def _offsets(name: str) -> set[timedelta | None]:
    """The offsets of a zone in winter and summer."""
    return {datetime(2026, month, 1, tzinfo=UTC).astimezone(ZoneInfo(name)).utcoffset() for month in (1, 7)}
