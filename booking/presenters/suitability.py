"""The four questions about video, in words. The answers stay on the page and are never stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext


@dataclass(frozen=True)
class Question:
    """One question: its field, words, hint, and the answer given on this page so far (`yes`, `no` or empty)."""

    field: str
    text: str
    hint: str
    answer: str


def questions(given: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions in order, with what was answered on the page that came back."""
    return tuple(Question(field, text, hint, given.get(field, "")) for field, text, hint in _words())


def _words() -> tuple[tuple[str, str, str], ...]:
    return (
        (
            "alone",
            gettext("Kan du sitta för dig själv, så att ingen annan hör?"),
            gettext("Om det inte går hjälper vi dig att hitta ett annat sätt att träffas."),
        ),
        ("equipment", gettext("Har du telefon, surfplatta eller dator med kamera och internet?"), ""),
        (
            "help",
            gettext("Vill du ha hjälp under mötet?"),
            gettext("Till exempel av en anhörig, en tolk eller en stödperson."),
        ),
        ("urgent", gettext("Är du i fara, eller behöver du hjälp redan i dag?"), ""),
    )
