"""Which zone a TZID means, and that no file's zones ever reach another file."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.calendars.busy.reading import EARLIEST, Tally
from booking.calendars.busy.text import Blocks, unfolded
from booking.calendars.busy.vtimezone import FileZone, file_zone
from booking.calendars.busy.zone_names import known_zone
from booking.calendars.busy.zones import NamedZone
from tests.booking.calendars.ics import CENTRAL_EUROPE, STOCKHOLM, calendar, event, fixed_zone, reading, spans, times


def at_ten(tzid: str, day: str = "20261102") -> str:
    """An hour from ten o'clock in a zone."""
    return event(f"DTSTART;TZID={tzid}:{day}T100000", "DURATION:PT1H")


def zone_of(text: str) -> FileZone:
    """The first VTIMEZONE of a text."""
    blocks = Blocks(unfolded(text.encode()), None, Tally())
    list(blocks.events())
    return file_zone(blocks.zones[0], Tally())


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("Customized Time Zone", "Customized Time Zone"),
        ("Customized Time Zone", '"Customized Time Zone"'),
        (" 1", " 1"),
        (" 1", "1"),
        ("(UTC+03:00) Kuwait\\, Riyadh", '"(UTC+03:00) Kuwait, Riyadh"'),
        ("(UTC+03:00) Kuwait\\, Riyadh", "(UTC+03:00) Kuwait, Riyadh"),
        ("tzone://Microsoft/Custom", "tzone://Microsoft/Custom"),
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("Åland", "Åland"),
    ],
)
def test_the_files_own_zone_comes_first_wherever_it_stands(written: str, used: str) -> None:
    zone = fixed_zone(written, "+0300")
    assert times(zone, at_ten(used)) == times(at_ten(used), zone) == ["1102T0700-1102T0800"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("America/New_York", "America/New_York"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien", "Europe/Amsterdam"),
        ("(UTC+10:00) Canberra, Melbourne, Sydney", "Australia/Canberra"),
        ("(UTC) Dublin, Edinburgh, Lisbon, London", "Europe/Dublin"),
        ("/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin"),
        ("/citadel.org/1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("/Europe/Stockholm", "Europe/Stockholm"),
        ("tzone://Microsoft/Utc", "UTC"),
    ],
)
def test_names_of_others_are_known(name: str, expected: str) -> None:
    found = known_zone(name)
    assert found is not None
    assert found.key == expected


@pytest.mark.parametrize(
    "name",
    [
        *("", "Europe", "localtime", "Customized Time Zone", "GMT-05.00/-04.00", "../../etc/passwd", "/etc/localtime"),
        *("(GMT+10:00) Canberra, Melbourne, Sydney", "(UTC-05:00) Eastern Time (US & Canada)"),
        *("(UTC+05:00) Amsterdam, Berlin", "(UTC+01:00) Nowhere", "(UTC+99:99) Berlin", "\0", "Europe/Stockholm/.."),
    ],
)
def test_no_other_name_opens_anything(name: str) -> None:
    assert known_zone(name) is None


def test_an_unknown_zone_is_the_owners_and_counted_once() -> None:
    octets = calendar(at_ten("LOLOLOL"), event("DTSTART;TZID=LOLOLOL:20261103T100000", "DURATION:PT1H", uid="b"))
    result = reading(octets, zone=ZoneInfo("Europe/Helsinki"))
    assert spans(result) == ["1102T0800-1102T0900", "1103T0800-1103T0900"]
    assert result.counts.zones == 1


def test_the_calendars_own_zone_property_changes_nothing() -> None:
    assert times("X-WR-TIMEZONE:America/Vancouver\n", event("DTSTART:20261102T100000", "DURATION:PT1H")) == [
        "1102T0900-1102T1000"
    ]


def test_start_and_end_may_stand_in_different_zones() -> None:
    lines = ["DTSTART;TZID=Europe/Berlin:20261102T093000", "DTEND;TZID=America/New_York:20261102T103000"]
    assert times(event(*lines)) == ["1102T0830-1102T1530"]


def observance(kind: str, start: str, before: str, after: str, *more: str) -> str:
    """STANDARD or DAYLIGHT."""
    lines = [f"BEGIN:{kind}", f"DTSTART:{start}", f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}", *more, f"END:{kind}"]
    return "\n".join([*lines, ""])


def vtimezone(*observances: str) -> str:
    """A VTIMEZONE called X."""
    return "BEGIN:VTIMEZONE\nTZID:X\n" + "".join(observances) + "END:VTIMEZONE\n"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (vtimezone(observance("DAYLIGHT", "20260329T020000", "+0100", "+0200")), "1102T0800-1102T0900"),
        (vtimezone(observance("STANDARD", "20270101T000000", "+0500", "+0600")), "1102T0500-1102T0600"),
        (
            vtimezone(
                observance("DAYLIGHT", "20250330T020000", "+0100", "+0200", "RDATE:20260329T020000"),
                observance("STANDARD", "20251026T030000", "+0200", "+0100", "RDATE:20261025T030000,20271031T030000"),
            ),
            "1102T0900-1102T1000",
        ),
        (
            vtimezone(
                observance("STANDARD", "00011028T030000", "+0200", "+0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"),
                observance("DAYLIGHT", "00010325T020000", "+0100", "+0200", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"),
            ),
            "1102T0900-1102T1000",
        ),
        (
            vtimezone(
                observance("STANDARD", "19700101T000000", "+0200", "+0100", "RRULE:FREQ=YEARLY;UNTIL=20001231T230000Z"),
                observance("STANDARD", "20100101T000000", "+0100", "+0400", "RRULE:FREQ=YEARLY;COUNT=3"),
            ),
            "1102T0600-1102T0700",
        ),
    ],
)
def test_the_newest_onset_of_all_observances_decides(zone: str, expected: str) -> None:
    assert times(zone, at_ten("X")) == [expected]


@pytest.mark.parametrize(
    "zone",
    [
        vtimezone(),
        vtimezone(observance("STANDARD", "19700101T000000", "+0300", "+0300", "RRULE:FREQ=DAILY")),
        vtimezone(observance("STANDARD", "19700101T000000", "+0300", "nonsense")),
        vtimezone(observance("STANDARD", "19700101T000000", "+0300", "+9900")),
        vtimezone(observance("STANDARD", "yesterday", "+0300", "+0300")),
        vtimezone(observance("STANDARD", "19700101T000000", "+03", "+03", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")),
        vtimezone(observance("STANDARD", "19700101T000000", "+0300", "+0300", "RRULE:FREQ=YEARLY;COUNT=9999999")),
        vtimezone(observance("STANDARD", "19700101T000000", "+0300", "+0300", "RRULE:FREQ=SECONDLY")),
        vtimezone(*[observance("STANDARD", "19700101T000000", "+0300", "+0300")] * 300),
    ],
)
def test_a_zone_that_cannot_be_followed_is_counted_and_the_next_way_is_taken(zone: str) -> None:
    result = reading(calendar(zone.replace("TZID:X", "TZID:America/New_York"), at_ten("America/New_York")))
    assert spans(result) == ["1102T1500-1102T1600"]
    assert result.counts.zones == 1


WALLS = st.datetimes(datetime.fromisoformat("1980-01-01"), datetime.fromisoformat("2099-12-31"))


@given(wall=WALLS)
def test_a_zone_in_a_file_and_the_same_zone_by_name_agree(wall: datetime) -> None:
    written = zone_of(CENTRAL_EUROPE.format(name="X"))
    # The rule in the file is that of 1996 on.
    named = NamedZone(STOCKHOLM) if wall.year >= 1997 else written
    assert written.instant(wall) == named.instant(wall)
    assert written.wall(written.instant(wall)) - wall in {timedelta(0), timedelta(hours=1)}


@given(
    instant=st.datetimes(
        datetime.fromisoformat("1997-01-01"), datetime.fromisoformat("2099-12-31"), timezones=st.just(UTC)
    )
)
def test_both_kinds_of_zone_tell_the_same_local_time(instant: datetime) -> None:
    assert zone_of(CENTRAL_EUROPE.format(name="X")).wall(instant) == NamedZone(STOCKHOLM).wall(instant)


def test_times_before_all_years_that_are_read_count_as_the_first() -> None:
    assert zone_of(CENTRAL_EUROPE.format(name="X")).instant(datetime.fromisoformat("0001-01-01")) == EARLIEST
    assert NamedZone(STOCKHOLM).instant(datetime.fromisoformat("0001-01-01")) == EARLIEST


def test_two_files_that_define_one_name_differently_each_keep_their_own() -> None:
    files = [calendar(fixed_zone("Customized Time Zone", offset), at_ten("Customized Time Zone")) for offset in OFFSETS]
    for order in (files, files[::-1]):
        assert [spans(reading(octets)) for octets in order] == [[OFFSETS[offset_of(octets)]] for octets in order]


OFFSETS = {"+0300": "1102T0700-1102T0800", "-0500": "1102T1500-1102T1600"}


def offset_of(octets: bytes) -> str:
    """Which of the two offsets a file has."""
    return next(offset for offset in OFFSETS if offset.encode() in octets)


def test_nor_do_files_that_are_read_at_the_same_time() -> None:
    files = [calendar(fixed_zone("X", offset), at_ten("X")) for offset in OFFSETS] * 40
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda octets: spans(reading(octets)), files))
    assert found == [[expected] for expected in OFFSETS.values()] * 40


def test_nor_do_two_calendars_in_one_file() -> None:
    parts = [fixed_zone("X", "+0300"), at_ten("X"), "END:VCALENDAR\nBEGIN:VCALENDAR\n", fixed_zone("X", "-0500")]
    assert times(*parts, event("DTSTART;TZID=X:20261103T100000", "DURATION:PT1H", uid="b")) == [
        *("1102T0700-1102T0800", "1103T1500-1103T1600")
    ]
