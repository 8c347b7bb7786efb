"""Small calendar files, written for the tests, and what the reader makes of them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from booking.calendars.busy.reader import read
from booking.calendars.busy.reading import Interval, Reading

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WINDOW = (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
GOOD = ("DTSTART:20261005T080000Z", "DTEND:20261005T090000Z")
GOOD_TIME = "1005T0800-1005T0900"

CENTRAL_EUROPE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def event(*lines: str, uid: str = "a@exempel.example") -> str:
    """A VEVENT of the given lines; uid "" for none."""
    head = ["BEGIN:VEVENT", *([f"UID:{uid}"] if uid else [])]
    return "\n".join([*head, *lines, "END:VEVENT", ""])


def fixed_zone(name: str, offset: str) -> str:
    """A VTIMEZONE with one offset, such as "+0300", for all times."""
    observance = f"DTSTART:19700101T000000\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}"
    return f"BEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\n{observance}\nEND:STANDARD\nEND:VTIMEZONE\n"


def calendar(*parts: str) -> bytes:
    """A calendar file with CRLF."""
    text = "".join(["BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Exempel//Test//SV\n", *parts, "END:VCALENDAR\n"])
    return text.replace("\n", "\r\n").encode()


def reading(octets: bytes, window: Interval = WINDOW, **choices: Any) -> Reading:
    """What the reader makes of a file, for an owner in Stockholm."""
    return read(octets, window, choices.pop("zone", STOCKHOLM), choices.pop("email", None), **choices)


def spans(result: Reading) -> list[str]:
    """Intervals as "MMDDTHHMM-MMDDTHHMM", in UTC."""
    return [f"{start:%m%dT%H%M}-{end:%m%dT%H%M}" for start, end in result.intervals]


def times(*parts: str, **choices: Any) -> list[str]:
    """The busy intervals of a calendar with the given components, as `spans` writes them."""
    return spans(reading(calendar(*parts), **choices))
