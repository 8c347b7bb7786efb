"""Files that break the rules: what is mended, what is counted, and that one bad event never takes another with it."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.calendars.busy.errors import Unusable
from booking.calendars.busy.reading import Counts, Reading
from tests.booking.calendars.ics import CENTRAL_EUROPE, GOOD, GOOD_TIME, calendar, event, reading, spans, times

GOOD_EVENT = event(*GOOD, uid="good")
AT_EIGHT = "DTSTART:20261102T080000Z"
HOUR = "DURATION:PT1H"
EIGHT = "1102T0800-1102T0900"


@pytest.mark.parametrize(
    "change",
    [
        lambda octets: octets.replace(b"\r\n", b"\n"),
        lambda octets: octets.replace(b"\r\n", b"\r"),
        lambda octets: octets.replace(b"\r\n", b"\r\r\n"),
        lambda octets: octets.replace(b"\r\n", b"\r\n\r\n"),
        lambda octets: b"\xef\xbb\xbf" + octets,
        lambda octets: b"\n\n   " + octets,
        lambda octets: octets.replace(b"BEGIN:VEVENT", b"  \tBEGIN:VEVENT  "),
        lambda octets: octets + b"X-COMMENT:cached\r\nnonsense\r\n" * 3,
        lambda octets: b"<br />\r\n<b>Warning</b>: something\r\n" + octets,
        lambda octets: octets.replace(b"BEGIN", b"begin").replace(b"DTSTART", b"dtstart").replace(b"UID", b"Uid"),
        lambda octets: octets.replace(b"BEGIN:VCALENDAR\r\n", b"").replace(b"END:VCALENDAR\r\n", b""),
        lambda octets: octets.replace(b"END:VEVENT\r\n", b""),
        lambda octets: octets.replace(b"END:VCALENDAR\r\n", b""),
        lambda octets: octets.replace(b"END:VEVENT", b"THIS IS NO PROPERTY\r\nEND:VEVENT"),
        lambda octets: octets.replace(b"DTSTART:", b"DTST\r\n ART\r\n\t:"),
        lambda octets: octets.replace(b"END:VEVENT", b"SUMMARY:M\xc3\r\n \xb6te \xff\r\nEND:VEVENT"),
        lambda octets: octets.replace(b"END:VEVENT", b"BEGIN:VALARM\r\nDURATION:nonsense\r\nEND:VALARM\r\nEND:VEVENT"),
        lambda octets: octets.replace(b"END:VEVENT", b"BEGIN:VALARM\r\nDTSTART:20261001T000000Z\r\nEND:VEVENT"),
        lambda octets: octets.replace(b"BEGIN:VEVENT", b"BEGIN:VTODO\r\nDTSTART:20261001T000000Z\r\nBEGIN:VEVENT"),
        lambda octets: octets.replace(b"END:VEVENT", b"BEGIN:X-OWN\r\nSTATUS:CANCELLED\r\nEND:X-OWN\r\nEND:VEVENT"),
        lambda octets: "".join(octets.decode()).encode("utf-16"),
    ],
)
def test_what_leaves_no_doubt_is_mended(change: Callable[[bytes], bytes]) -> None:
    octets = calendar(GOOD_EVENT, event(AT_EIGHT, HOUR, uid="b"))
    assert spans(reading(change(octets))) == [GOOD_TIME, EIGHT]


def test_several_calendars_in_one_file_all_count() -> None:
    assert spans(reading(calendar(GOOD_EVENT) + calendar(event(AT_EIGHT, HOUR)))) == [GOOD_TIME, EIGHT]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [HOUR],
        ["DTSTART:2026-11-02 08:00", HOUR],
        ["DTSTART:20260230T080000Z", HOUR],
        ["DTSTART:20261102T0800Z", HOUR],
        ["DTSTART:+0261102T080000", HOUR],
        ["DTSTART:", HOUR],
        ['DTSTART;TZID="tzone://Microsoft/Custom"', HOUR],
        [AT_EIGHT, "DTSTART:20261103T080000Z", HOUR],
        [AT_EIGHT, "DTEND:nonsense"],
        [AT_EIGHT, "DURATION:1H"],
        [AT_EIGHT, "DURATION:-PT1W1D2H"],
    ],
)
def test_an_unreadable_event_is_counted_and_the_others_stand(lines: list[str]) -> None:
    result = reading(calendar(event(*lines), GOOD_EVENT))
    assert spans(result) == [GOOD_TIME]
    assert result.counts.unreadable == 1


@pytest.mark.parametrize(
    ("lines", "expected", "field"),
    [
        ([AT_EIGHT, HOUR, "RRULE:FREQ=DAILY;COUNT=0;UNTIL=20261103T080000Z"], 2, "repaired"),
        ([AT_EIGHT, HOUR, "RRULE:FREQ=DAILY;COUNT=-1;UNTIL=20261103T080000Z"], 2, "repaired"),
        ([AT_EIGHT, HOUR, "RRULE:FREQ=DAILY;COUNT=2;INTERVAL=0"], 2, "repaired"),
        ([AT_EIGHT, HOUR, "RRULE:FREQ=DAILY;COUNT=2;X-OWN=1"], 2, "repaired"),
        ([AT_EIGHT, HOUR, "RRULE:FREQ=DAILY;COUNT=2;BYDAY=XX"], 2, "repaired"),
        ([AT_EIGHT, HOUR, "RRULE:RRULE:nonsense;FREQ=DAILY;COUNT=2"], 2, "repaired"),
        ([AT_EIGHT, HOUR, "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO,XX,9999WE,TU"], 3, "repaired"),
        ([AT_EIGHT, HOUR, "RRULE:FREQ=SOMETIMES"], 1, "rules_once"),
        ([AT_EIGHT, HOUR, "RRULE:nonsense"], 1, "rules_once"),
        ([AT_EIGHT, HOUR, "RRULE:RSCALE=CHINESE;FREQ=DAILY;COUNT=2"], 1, "rules_once"),
        ([AT_EIGHT, HOUR, "RRULE:FREQ=DAILY;COUNT=2", "EXRULE:FREQ=DAILY"], 2, "exrules"),
        ([AT_EIGHT, HOUR, "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:nonsense,20261103T080000Z"], 2, "repaired"),
        ([AT_EIGHT, HOUR, "RDATE:nonsense,20261104T080000Z,20261105T080000Z/nonsense"], 2, "repaired"),
        ([AT_EIGHT, HOUR, "RECURRENCE-ID:nonsense"], 1, "repaired"),
        ([AT_EIGHT, "DTEND:20261102T070000Z"], 0, "repaired"),
        ([AT_EIGHT, "DURATION:-PT1H"], 0, "repaired"),
        ([AT_EIGHT, "DTEND:20261102T083000Z", "DTEND:20261102T090000Z"], 1, "repaired"),
    ],
)
def test_a_bad_value_is_left_out_and_counted_and_the_rest_is_kept(lines: list[str], expected: int, field: str) -> None:
    result = reading(calendar(event(*lines)))
    assert len(result.intervals) == expected
    assert getattr(result.counts, field) >= 1


def test_a_rule_of_the_gregorian_scale_is_an_ordinary_one() -> None:
    result = reading(calendar(event(AT_EIGHT, HOUR, "RRULE:RSCALE=GREGORIAN;FREQ=DAILY;COUNT=2;SKIP=OMIT;")))
    assert len(result.intervals) == 2
    assert result.counts == Counts(events=1)


def test_a_duration_too_great_to_hold_lasts_to_the_end_of_the_window() -> None:
    for number in ("9" * 12, "9" * 6_000):
        assert times(event(AT_EIGHT, f"DURATION:P{number}W")) == ["1102T0800-1201T0000"]


def test_a_date_that_ends_on_itself_is_one_day() -> None:
    assert times(event("DTSTART:20261103", "DTEND:20261103")) == ["1102T2300-1103T2300"]


def test_years_beyond_those_that_are_read_count_as_their_ends() -> None:
    assert times(event("DTSTART:00010101T000000Z", "DTEND:20261002T000000Z")) == ["1001T0000-1002T0000"]
    assert times(event("DTSTART:20261130T000000Z", "DTEND:99991231T235959Z")) == ["1130T0000-1201T0000"]
    daily = event("DTSTART:16010101T090000Z", "DTEND:16010101T100000Z", "RRULE:FREQ=DAILY;UNTIL=20261002T090000Z")
    assert times(daily) == ["1001T0900-1001T1000", "1002T0900-1002T1000"]


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"", "no_calendar"),
        (b"<!DOCTYPE html>\n<html><body>Logga in</body></html>\n", "no_calendar"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no_calendar"),
        (b"x" * 60_000_001, "too_large"),
        (calendar(event(AT_EIGHT) * 10_001), "too_many_events"),
    ],
)
def test_a_file_that_is_no_calendar_or_too_much_is_unusable(octets: bytes, code: str) -> None:
    with pytest.raises(Unusable) as caught:
        reading(octets)
    assert caught.value.code == code


def test_a_calendar_without_events_is_free() -> None:
    assert reading(calendar()) == Reading((), Counts())


def test_singles_outside_the_window_do_not_count_towards_the_limit() -> None:
    old = "".join(event("DTSTART:20200102T080000Z", HOUR, uid=str(number)) for number in range(10_100))
    result = reading(calendar(old, GOOD_EVENT))
    assert (spans(result), result.counts.events) == ([GOOD_TIME], 10_101)


def test_a_line_that_is_too_long_is_dropped_and_counted() -> None:
    long = event(AT_EIGHT, HOUR, f"STATUS:{'CANCELLED' * 200_000}")
    result = reading(calendar(long))
    assert (spans(result), result.counts.oversized) == ([EIGHT], 1)


def test_a_component_that_lies_too_deep_is_dropped_and_counted() -> None:
    deep = "BEGIN:X\n" * 90_000 + "STATUS:CANCELLED\n" + "END:X\n" * 90_000
    result = reading(calendar(event(AT_EIGHT, HOUR, deep.strip()), GOOD_EVENT))
    assert (spans(result), result.counts.oversized) == ([GOOD_TIME, EIGHT], 1)


def test_an_event_that_lies_too_deep_is_dropped_and_those_after_it_stand() -> None:
    result = reading(calendar("BEGIN:X\n" * 5, event(AT_EIGHT, HOUR), "END:X\n" * 5, GOOD_EVENT))
    assert (spans(result), result.counts.oversized) == ([GOOD_TIME], 1)


@pytest.mark.parametrize(
    ("bad", "good", "doubtful"), [(4, 0, False), (5, 0, True), (5, 19, True), (5, 20, False), (6, 20, True)]
)
def test_more_than_a_fifth_unreadable_is_doubtful(bad: int, good: int, doubtful: bool) -> None:
    events = [event(HOUR, uid=f"bad{number}") for number in range(bad)]
    events += [event(*GOOD, uid=f"good{number}") for number in range(good)]
    assert reading(calendar(*events)).doubtful is doubtful


def test_nothing_of_the_files_text_is_in_what_comes_back() -> None:
    secret = "Hemligt"
    octets = calendar(event(AT_EIGHT, HOUR, f"SUMMARY:{secret}", f"RRULE:FREQ={secret}", uid=secret))
    assert secret not in repr(reading(octets))
    with pytest.raises(Unusable) as caught:
        reading(secret.encode())
    assert secret not in str(caught.value)


RICH = calendar(
    CENTRAL_EUROPE.format(name="X"),
    event("DTSTART;TZID=X:20261102T080000", HOUR, "RRULE:FREQ=WEEKLY;BYDAY=MO,-1TU;UNTIL=20261120T080000Z;WKST=SU"),
    event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261109T070000Z", "DTSTART:20261110T070000Z", "DTEND:20261110T093000Z"),
    event("DTSTART;VALUE=DATE:20261105", "RDATE;VALUE=PERIOD:20261106T080000Z/PT3H", "EXDATE:20261105", uid="b"),
)
SNIPPETS = [b"", b"\r\n", b"\r\n ", b":", b";", b"=", b"-", b"0", b"9999999999", b"\xff", b'"', b"T", b"Z", b"\0", b"/"]
SNIPPETS += [b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"BEGIN:VTIMEZONE\r\n", b"FREQ=SECONDLY;", b"TZID=Europe:", b"P"]


@given(
    st.lists(
        st.tuples(st.integers(0, len(RICH)), st.integers(0, 12), st.sampled_from(SNIPPETS)), min_size=1, max_size=6
    )
)
def test_no_mutation_of_a_file_raises_anything_but_unusable(changes: list[tuple[int, int, bytes]]) -> None:
    octets = RICH
    for place, length, snippet in changes:
        octets = octets[:place] + snippet + octets[place + length :]
    with contextlib.suppress(Unusable):
        found = reading(octets).intervals
        assert list(found) == sorted(found)
