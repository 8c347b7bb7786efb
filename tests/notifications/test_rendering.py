"""Words of messages: neutral, from a closed list of values, safe as HTML."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from notifications import rendering
from notifications.rendering import Values
from notifications.telling import Kind

VALUES = Values(
    address="https://boka.exempelkommun.example/mina-tider/",
    phone="0600-123 45",
    hours="vardagar kl. 8–16",
    municipality="Exempelkommun",
    day="tisdag 1 december 2026",
    time="kl. 10.00–10.45",
    place="Videomöte",
)
NEVER = ("färdtjänst", "handläggare", "tolk", "ärende", "socialtjänst", "möte om", "vänligen", "klicka", "!")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_says_what_it_is_about_in_neutral_words(kind: Kind) -> None:
    words = rendering.render(kind, "sv", VALUES)
    for said in (words.subject, words.text, words.html.replace("<!DOCTYPE html>", "")):
        assert not [word for word in NEVER if word in said.lower()]
    assert "\n" not in words.subject
    assert "%(" not in words.text + words.html
    assert VALUES.day in words.text
    assert "Ingen läser svaren" in words.text


@pytest.mark.parametrize("kind", list(Kind))
def test_text_and_html_say_the_same(kind: Kind) -> None:
    words = rendering.render(kind, "sv", VALUES)
    spoken = re.sub(r"<title>.*?</title>|<[^>]+>", " ", words.html)
    assert spoken.split() == words.text.split()


def test_what_is_empty_is_left_out() -> None:
    words = rendering.render(Kind.OFFICER_LEFT, "sv", replace(VALUES, day="", time="", place="", code="3C1F"))
    assert "Kod: 3C1F" in words.text
    assert "Dag:" not in words.text
    assert "svensk tid" not in words.text


def test_values_cannot_become_markup() -> None:
    words = rendering.render(Kind.CONFIRMED, "sv", replace(VALUES, place='<img src="x">', municipality="A & B"))
    assert "<img" not in words.html
    assert "A &amp; B" in words.html
    assert '<img src="x">' in words.text
    assert "/A & B" in words.text


def test_html_fetches_nothing_and_links_nowhere() -> None:
    html = rendering.render(Kind.CONFIRMED, "sv", VALUES).html
    assert not re.search(r"<(a|img|link|script|style|iframe)\b|style=|src=|href=", html)
    assert '<html lang="sv">' in html


def test_an_unknown_kind_is_a_defect() -> None:
    with pytest.raises(ValueError, match="gossip"):
        rendering.render("gossip", "sv", VALUES)
