"""The closed list of what a published text may name, and the page that says it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from html import unescape
from pathlib import Path as File

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.guidance import texts
from booking.guidance.placeholders import INFORMATION, UnknownPlaceholder, check, fill
from booking.models import StepShown, StepText
from identity import scope
from tests.booking.pages import Path
from tests.town import Town

PathOf = Callable[[str], Path]
SHIPPED = sorted(texts.CONTENT.glob("*.toml"))
PROMISES = {
    "sv": ("högst 90 dagar efter mötet", "dataskyddsombudet"),
    "en": ("at most 90 days after the meeting", "data protection officer"),
}
NAMES = st.sampled_from(sorted(INFORMATION))
PLAIN = st.text(st.characters(exclude_characters="{}"), max_size=20)


@given(st.lists(st.tuples(PLAIN, NAMES)), PLAIN, st.dictionaries(NAMES, st.text(max_size=20)))
def test_each_place_gets_its_value_once_and_nothing_else_changes(
    pieces: list[tuple[str, str]], end: str, values: dict[str, str]
) -> None:
    body = "".join(f"{plain}{{{name}}}" for plain, name in pieces) + end
    check(body)
    expected = "".join(plain + values.get(name, f"{{{name}}}") for plain, name in pieces) + end
    assert fill(body, values) == expected


def test_a_value_is_never_read_as_a_text() -> None:
    assert fill("{kommun}", {"kommun": "{telefon}", "telefon": "08"}) == "{telefon}"


def test_what_has_no_value_stands_as_it_is() -> None:
    assert fill("{okänd} {kommun} { }", {"kommun": "Exempelkommun"}) == "{okänd} Exempelkommun { }"


@pytest.mark.parametrize("name", ["okänd", "Telefon", " telefon", "telefon ", "", "namn", "0", "telefon!r", "a.b"])
def test_an_unknown_placeholder_is_refused_with_its_line(name: str) -> None:
    with pytest.raises(UnknownPlaceholder) as refused:
        check(f"Ring {{telefon}}.\n\nTill {{{name}}}.")
    assert (refused.value.name, refused.value.line) == (name, 3)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.stem))
def test_every_shipped_text_names_only_what_is_on_the_list(file: File) -> None:
    bodies = tomllib.loads(file.read_text(encoding="utf-8"))
    assert bodies
    for body in bodies.values():
        check(body)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.stem))
def test_the_text_before_a_meeting_says_how_long_data_is_kept_and_whom_to_ask(file: File) -> None:
    body = tomllib.loads(file.read_text(encoding="utf-8"))["B8"]
    for promise in (*PROMISES[file.stem], "{telefon}"):
        assert promise in body


def test_the_page_fills_in_every_name_on_the_list(path_of: PathOf, town: Town) -> None:
    with scope.transaction(town.municipality.id):
        body = " ".join(f"<{name}: {{{name}}}>" for name in sorted(INFORMATION))
        StepText.objects.create(
            municipality=town.municipality,
            key="B8",
            language="sv",
            scope="municipality",
            body=body,
            published_at="2026-01-01T00:00Z",
        )
    path = path_of("bo")
    path.choose_time()
    path.post("/boka/behov/", way="none")
    page = unescape(path.get("/boka/information/"))
    here = town.municipality
    assert f"<jour: {here.emergency_phone}> <kommun: {here.name}> <telefon: {here.phone}>" in page


def test_the_shipped_page_gives_the_number_to_call_about_data(path_of: PathOf, town: Town) -> None:
    path = path_of("bo")
    path.choose_time()
    path.post("/boka/behov/", way="none")
    page = path.get("/boka/information/")
    assert f"Ring {town.municipality.phone} och be att få prata med dataskyddsombudet." in page
    assert "{" not in page.split("<main")[1].split("</main>")[0]
    with scope.transaction(town.municipality.id):
        assert "90 dagar" in StepShown.objects.get().text.body
