"""If-None-Match and Accept-Encoding, as RFC 9110 reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.calendars.conditions import matches, wants_gzip

TAGS = st.text(alphabet="abcdef0123456789-", max_size=12).map(lambda text: f'"{text}"')


@given(st.lists(TAGS, min_size=1), st.data())
def test_any_tag_of_a_list_matches_weak_or_strong(tags: list[str], data: st.DataObject) -> None:
    written = [("W/" if data.draw(st.booleans()) else "") + tag for tag in tags]
    assert matches(data.draw(st.sampled_from([", ", ",", " , "])).join(written), data.draw(st.sampled_from(tags)))


@given(st.lists(TAGS), TAGS)
def test_a_tag_that_is_not_in_the_list_does_not_match(tags: list[str], other: str) -> None:
    assert matches(", ".join(tags), other) is (other in tags)


@pytest.mark.parametrize(
    ("header", "expected"), [("*", True), (" * ", True), ("", False), ("abc", False), ('"ab', False)]
)
def test_a_star_matches_all_and_rubbish_nothing(header: str, *, expected: bool) -> None:
    assert matches(header, '"abc"') is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("deflate, gzip ; q=0", False),
        ("gzip;q=0.000", False),
        ("*", False),
        ("", False),
        ("x-gzip2", False),
    ],
)
def test_gzip_only_when_asked_for(header: str, *, expected: bool) -> None:
    assert wants_gzip(header) is expected
