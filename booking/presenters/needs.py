"""What makes a meeting easier, as choices: an interpreter, how it goes, who comes along (process.md B6, B7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from booking import languages
from booking.presenters.appointments import Row
from booking.presenters.readiness import NeedFact, need_line

INTERPRETERS = ("interpreter", "sign", "speech_to_text", "deafblind")
_DURING = ("text", "pauses", "easy_read", "room")
_ONLY_VIDEO = frozenset({"text", "room"})
_NOT_BY_PHONE = frozenset({"sign", "speech_to_text", "deafblind"})
_ISOLATE, _END = "\u2068", "\u2069"  # what <bdi> does, where no element can stand


@dataclass(frozen=True)
class NeedChoice:
    """One box to tick: its value, words and sign."""

    value: str
    title: str
    text: str
    sign: str
    checked: bool


@dataclass(frozen=True)
class LanguageChoice:
    """One line of the list of languages: its own name, set apart from the direction around it, and ours beside it."""

    value: str
    own: str
    direction: str
    name: str
    chosen: bool


def offered(form: str) -> tuple[str, ...]:
    """The kinds that can be asked for in a form of meeting."""
    left_out = frozenset() if form == "video" else _ONLY_VIDEO
    if form == "phone":
        left_out |= _NOT_BY_PHONE
    return tuple(kind for kind in (*INTERPRETERS, *_DURING) if kind not in left_out)


def interpreters(form: str, chosen: Collection[str]) -> tuple[NeedChoice, ...]:
    """The boxes about who interprets."""
    return _boxes(INTERPRETERS, form, chosen)


def during(form: str, chosen: Collection[str]) -> tuple[NeedChoice, ...]:
    """The boxes about how the meeting goes."""
    return _boxes(_DURING, form, chosen)


def language_choices(chosen: str) -> tuple[LanguageChoice, ...]:
    """Every language, in its own script first."""
    return tuple(
        LanguageChoice(one.code, f"{_ISOLATE}{one.own}{_END}", one.direction, one.name, one.code == chosen)
        for one in languages.spoken()
    )


def rows(needs: Iterable[NeedFact], companion: str, address: str) -> tuple[Row, ...]:
    """The rows of the summary: each need in a sentence, and who comes along."""
    said = [need_line(need).text for need in needs]
    found = [Row(gettext("Det du behöver"), " ".join(said), address)] if said else []
    if companion:
        later = gettext("Handläggaren ska också säga ja.")
        found.append(Row(gettext("Följer med"), companion, address, later))
    return tuple(found)


def as_held(kinds: Iterable[tuple[str, str]], *, ours: bool) -> tuple[NeedFact, ...]:
    """Needs as they stand before the time is booked. `ours`: an interpreter of our own is held with the time."""
    met = frozenset({"interpreter", "sign"}) if ours else frozenset()
    states = {kind: "confirmed" if kind in met else "wanted" for kind in INTERPRETERS}
    return tuple(NeedFact(kind, language, states.get(kind, "confirmed")) for kind, language in kinds)


def _boxes(kinds: Iterable[str], form: str, chosen: Collection[str]) -> tuple[NeedChoice, ...]:
    open_to = offered(form)
    return tuple(_box(kind, form, kind in chosen) for kind in kinds if kind in open_to)


def _box(kind: str, form: str, checked: bool) -> NeedChoice:
    title, text, sign = (_interpreting(form) | _easing())[kind]
    return NeedChoice(kind, title, text, sign, checked)


def _interpreting(form: str) -> dict[str, tuple[str, str, str]]:
    there = {
        "video": gettext("Tolken är med i videomötet."),
        "phone": gettext("Tolken är med i samtalet."),
    }.get(form, gettext("Tolken är med på plats eller på telefon."))
    return {
        "interpreter": (gettext("Språktolk"), there, "people"),
        "sign": (gettext("Teckenspråkstolk"), gettext("Tolken syns hela mötet."), "sign"),
        "speech_to_text": (gettext("Skrivtolk"), gettext("Du läser det som sägs."), "text"),
        "deafblind": (gettext("Dövblindtolk"), gettext("Vi ordnar det i förväg."), "sign"),
    }


def _easing() -> dict[str, tuple[str, str, str]]:
    return {
        "text": (gettext("Skriva i stället för att prata"), gettext("Ni skriver till varandra i mötet."), "text"),
        "pauses": (gettext("Pauser"), gettext("Vi tar en paus ungefär var tjugonde minut."), "hush"),
        "easy_read": (gettext("Lättläst"), gettext("Du får texter på lättläst svenska."), "doc"),
        "room": (gettext("Låna ett rum hos oss"), gettext("Där finns kamera, och ingen annan hör."), "house"),
    }
