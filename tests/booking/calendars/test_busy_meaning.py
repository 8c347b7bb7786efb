"""What a valid file means: what blocks, when, and for how long."""

from datetime import UTC, datetime

import pytest

from tests.booking.calendars.ics import GOOD, GOOD_TIME, event, times

TEN = "DTSTART;TZID=Europe/Stockholm:20261102T100000"
HOUR = "DURATION:PT1H"


@pytest.mark.parametrize("component", ["VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"])
def test_only_events_block(component: str) -> None:
    other = event(*GOOD).replace("VEVENT", component)
    assert times(other, event("DTSTART:20261006T080000Z", HOUR, uid="b")) == ["1006T0800-1006T0900"]


@pytest.mark.parametrize(
    ("lines", "blocks"),
    [
        ([], True),
        (["STATUS:CONFIRMED"], True),
        (["STATUS:TENTATIVE"], True),
        (["STATUS:CANCELLED"], False),
        (["status:cancelled"], False),
        (["TRANSP:OPAQUE"], True),
        (["TRANSP:TRANSPARENT"], False),
        (["TRANSP:SOMETHING"], True),
        (["X-MICROSOFT-CDO-BUSYSTATUS:FREE"], False),
        (["X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"], False),
        (["X-MICROSOFT-CDO-BUSYSTATUS:OOF", "TRANSP:TRANSPARENT"], True),
        (["X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", "TRANSP:TRANSPARENT"], True),
        (["X-MICROSOFT-MSNCALENDAR-BUSYSTATUS:FREE"], False),
        (["X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "X-MICROSOFT-MSNCALENDAR-BUSYSTATUS:FREE"], True),
    ],
)
def test_what_is_not_surely_free_blocks(lines: list[str], blocks: bool) -> None:
    assert times(event(*GOOD, *lines)) == ([GOOD_TIME] if blocks else [])


@pytest.mark.parametrize(
    ("attendee", "blocks"),
    [
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:Anna@Exempel.Example", False),
        ('ATTENDEE;CN="Anna: A";PARTSTAT="DECLINED":MAILTO:anna@exempel.example', False),
        ("ATTENDEE;EMAIL=anna@exempel.example;PARTSTAT=DECLINED:urn:uuid:1", False),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@exempel.example", True),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:cia@exempel.example", True),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:susanna@exempel.example", True),
    ],
)
def test_what_the_owner_declined_is_free(attendee: str, blocks: bool) -> None:
    assert times(event(*GOOD, attendee), email="anna@exempel.example") == ([GOOD_TIME] if blocks else [])
    assert times(event(*GOOD, attendee)) == [GOOD_TIME]


@pytest.mark.parametrize("line", ["STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"])
def test_the_owner_may_let_tentative_events_be_free(line: str) -> None:
    assert times(event(*GOOD, line), tentative_blocks=False) == []


def test_the_owner_may_let_whole_days_be_free() -> None:
    whole = event("DTSTART;VALUE=DATE:20261104", uid="b")
    assert times(event(*GOOD), whole, all_day="never") == [GOOD_TIME]


def test_a_floating_time_is_the_owners() -> None:
    assert times(event("DTSTART:20261102T100000", HOUR)) == ["1102T0900-1102T1000"]


def test_a_whole_day_runs_from_midnight_to_midnight_on_days_of_23_and_25_hours() -> None:
    assert times(event("DTSTART;VALUE=DATE:20261025", "DTEND;VALUE=DATE:20261026")) == ["1024T2200-1025T2300"]
    assert times(event("DTSTART:20261103")) == ["1102T2300-1103T2300"]


def test_a_time_in_a_gap_takes_the_offset_before_it_and_a_doubled_one_is_the_first() -> None:
    lines = ["DTSTART;TZID=Europe/Stockholm:20261024T023000", "DURATION:PT30M", "RRULE:FREQ=DAILY;COUNT=3"]
    assert times(event(*lines)) == ["1024T0030-1024T0100", "1025T0030-1025T0100", "1026T0130-1026T0200"]
    gap = event("DTSTART;TZID=Europe/Stockholm:20270328T023000", "DURATION:PT30M")
    assert times(gap, window=_spring()) == ["0328T0130-0328T0200"]


def _spring() -> tuple[datetime, datetime]:
    return datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([TEN, "DTEND;TZID=Europe/Stockholm:20261102T113000"], ["1102T0900-1102T1030"]),
        ([TEN, "DTEND:20261102T093000Z"], ["1102T0900-1102T0930"]),
        ([TEN, "DTEND:20261102T093000Z", "DURATION:PT9H"], ["1102T0900-1102T0930"]),
        ([TEN], []),
        ([TEN, "DURATION:PT0S"], []),
        ([TEN, "DTEND:20261102T090000Z"], []),
        (["DTSTART:20261103", "DURATION:P2D"], ["1102T2300-1104T2300"]),
        (["DTSTART;TZID=Europe/Stockholm:20261024T120000", "DURATION:P1D"], ["1024T1000-1025T1100"]),
        (["DTSTART;TZID=Europe/Stockholm:20261024T120000", "DURATION:PT24H"], ["1024T1000-1025T1000"]),
        (["DTSTART;TZID=Europe/Stockholm:20261024T120000", "DURATION:P1DT1H"], ["1024T1000-1025T1200"]),
    ],
)
def test_an_event_ends_where_its_lines_say(lines: list[str], expected: list[str]) -> None:
    assert times(event(*lines)) == expected


def test_instances_keep_the_exact_length_of_the_first() -> None:
    lines = ["DTSTART;TZID=Europe/Stockholm:20261024T010000", "DTEND;TZID=Europe/Stockholm:20261024T040000"]
    assert times(event(*lines, "RRULE:FREQ=DAILY;COUNT=2")) == ["1023T2300-1024T0200", "1024T2300-1025T0200"]


def test_dtstart_is_always_the_first_instance_and_count_counts_those_of_the_rule() -> None:
    lines = ["DTSTART:20261102T080000Z", HOUR, "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2"]
    assert times(event(*lines)) == ["1102T0800-1102T0900", "1103T0800-1103T0900", "1110T0800-1110T0900"]


@pytest.mark.parametrize(
    ("until", "number"),
    [
        ("20261104T090000Z", 3),
        ("20261104T085959Z", 2),
        ("20261104T100000", 3),
        ("20261104T095959", 2),
        ("20261104", 3),
    ],
)
def test_until_is_inclusive_and_compared_as_an_instant(until: str, number: int) -> None:
    assert len(times(event(TEN, HOUR, f"RRULE:FREQ=DAILY;UNTIL={until}"))) == number


def test_until_in_utc_on_a_series_of_days_is_the_local_day() -> None:
    lines = ["DTSTART;VALUE=DATE:20261102", "RRULE:FREQ=WEEKLY;UNTIL=20261115T230000Z"]
    assert len(times(event(*lines))) == 3


def test_several_rules_are_a_union_and_rdate_adds() -> None:
    lines = [TEN, HOUR, "RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"]
    extra = ["RDATE:20261120T090000Z", "RDATE;VALUE=PERIOD:20261121T090000Z/PT3H,20261122T090000Z/20261122T093000Z"]
    assert times(event(*lines, *extra)) == [
        *("1102T0900-1102T1000", "1103T0900-1103T1000", "1109T0900-1109T1000"),
        *("1120T0900-1120T1000", "1121T0900-1121T1200", "1122T0900-1122T0930"),
    ]


@pytest.mark.parametrize(
    "exception",
    [
        "EXDATE;TZID=Europe/Stockholm:20261103T100000",
        "EXDATE:20261103T090000Z",
        "EXDATE:20261103T100000",
        "EXDATE;VALUE=DATE:20261103",
        "EXDATE;TZID=America/New_York:20261103T040000,20261130T040000",
    ],
)
def test_exdate_removes_an_instant_or_a_day(exception: str) -> None:
    lines = [TEN, HOUR, "RRULE:FREQ=DAILY;COUNT=3", exception]
    assert times(event(*lines)) == ["1102T0900-1102T1000", "1104T0900-1104T1000"]


@pytest.mark.parametrize(
    "exception", ["20261103", "20261102T230000Z", "20261103T100000", "20261103T223000Z", "20261103T000000"]
)
def test_exdate_on_a_series_of_days_is_a_day(exception: str) -> None:
    lines = ["DTSTART:20261102", "RRULE:FREQ=DAILY;COUNT=3", f"EXDATE:{exception}"]
    assert times(event(*lines)) == ["1101T2300-1102T2300", "1103T2300-1104T2300"]


def test_of_versions_the_highest_sequence_then_the_latest_change_counts_whatever_the_order() -> None:
    old = event("DTSTART:20261103T080000Z", HOUR, "SEQUENCE:1", "LAST-MODIFIED:20261003T000000Z")
    newer = event("DTSTART:20261104T080000Z", HOUR, "SEQUENCE:2", "LAST-MODIFIED:20261001T000000Z")
    newest = event("DTSTART:20261105T080000Z", HOUR, "SEQUENCE:2", "DTSTAMP:20261002T000000Z")
    assert times(old, newer, newest) == times(newest, newer, old) == ["1105T0800-1105T0900"]


def test_a_newer_version_outside_the_window_takes_the_older_one_with_it() -> None:
    old = event("DTSTART:20261103T080000Z", HOUR, "SEQUENCE:1")
    moved = event("DTSTART:20280103T080000Z", HOUR, "SEQUENCE:2")
    assert times(old, moved) == times(moved, old) == []


def test_versions_that_cannot_be_told_apart_all_block() -> None:
    one, other = event("DTSTART:20261103T080000Z", HOUR), event("DTSTART:20261104T080000Z", HOUR)
    assert times(one, other) == times(other, one) == ["1103T0800-1103T0900", "1104T0800-1104T0900"]


def test_events_without_uid_are_all_different() -> None:
    one, other = event("DTSTART:20261103T080000Z", HOUR, uid=""), event("DTSTART:20261104T080000Z", HOUR, uid="")
    assert len(times(one, other)) == 2


SERIES = event(TEN, HOUR, "RRULE:FREQ=DAILY;COUNT=4")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20261103T130000Z", HOUR], ["1103T1300-1103T1400"]),
        (["DTSTART:20261103T090000Z", HOUR, "STATUS:CANCELLED"], []),
        (["DTSTART:20261103T090000Z", HOUR, "TRANSP:TRANSPARENT"], []),
        (["DTSTART:20261103T130000Z", HOUR, "RRULE:FREQ=DAILY"], ["1103T1300-1103T1400"]),
        (["DTSTART:20280103T130000Z", HOUR], []),
    ],
)
@pytest.mark.parametrize("names", [":20261103T090000Z", ";TZID=Europe/Stockholm:20261103T100000", ":20261103T100000"])
def test_an_override_replaces_the_instance_with_its_instant(lines: list[str], expected: list[str], names: str) -> None:
    changed = event(f"RECURRENCE-ID{names}", *lines)
    rest = ["1104T0900-1104T1000", "1105T0900-1105T1000"]
    assert times(SERIES, changed) == times(changed, SERIES) == ["1102T0900-1102T1000", *expected, *rest]


@pytest.mark.parametrize("name", ["20261103", "20261102T230000Z", "20261103T000000"])
def test_an_override_in_a_series_of_days_replaces_a_day(name: str) -> None:
    days = event("DTSTART:20261102", "RRULE:FREQ=DAILY;COUNT=3")
    assert times(days, event(f"RECURRENCE-ID:{name}", "DTSTART:20261120")) == [
        *("1101T2300-1102T2300", "1103T2300-1104T2300", "1119T2300-1120T2300")
    ]


def test_an_override_stands_alone_without_a_master_and_its_rule_is_ignored() -> None:
    alone = event("RECURRENCE-ID:20261103T090000Z", *GOOD, "RRULE:FREQ=DAILY")
    assert times(alone) == [GOOD_TIME]


def test_an_override_stays_where_a_newer_master_has_an_exception() -> None:
    master = event(TEN, HOUR, "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20261103T090000Z", "SEQUENCE:9")
    changed = event("RECURRENCE-ID:20261103T090000Z", "DTSTART:20261103T130000Z", HOUR)
    assert times(master, changed) == ["1102T0900-1102T1000", "1103T1300-1103T1400"]


def test_this_and_future_moves_all_later_starts_and_gives_them_its_length() -> None:
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20261103T090000Z", "DTSTART:20261104T100000Z", "DURATION:PT2H", "SEQUENCE:1"
    )
    assert times(SERIES, later) == [
        *("1102T0900-1102T1000", "1104T1000-1104T1200", "1105T1000-1105T1200", "1106T1000-1106T1200")
    ]


def test_this_and_future_keeps_the_time_on_the_clock_over_a_change_of_it() -> None:
    series = event("DTSTART;TZID=Europe/Stockholm:20261019T100000", HOUR, "RRULE:FREQ=WEEKLY;COUNT=2")
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Stockholm:20261019T100000",
        "DTSTART;TZID=Europe/Stockholm:20261019T110000",
        HOUR,
    )
    assert times(series, later) == ["1019T0900-1019T1000", "1026T1000-1026T1100"]


def test_this_and_future_can_free_all_later_instances() -> None:
    gone = event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261104T090000Z", "DTSTART:20261104T090000Z", "STATUS:CANCELLED")
    assert times(SERIES, gone) == ["1102T0900-1102T1000", "1103T0900-1103T1000"]


def test_touching_times_are_one_and_the_answer_is_clipped_to_the_window() -> None:
    parts = [event("DTSTART:20260925T000000Z", "DTEND:20261001T030000Z", uid="1")]
    parts += [
        event("DTSTART:20261001T030000Z", HOUR, uid="2"),
        event("DTSTART:20261130T230000Z", "DURATION:P3D", uid="3"),
    ]
    assert times(*parts) == ["1001T0000-1001T0400", "1130T2300-1201T0000"]


def test_our_own_bookings_do_not_block_when_they_come_back() -> None:
    own = event(*GOOD, uid="1@Boka.Exempel.Example")
    other = event("DTSTART:20261006T080000Z", HOUR, uid="2@exempel.example")
    assert times(own, other, own_hosts=["boka.exempel.example"]) == ["1006T0800-1006T0900"]
