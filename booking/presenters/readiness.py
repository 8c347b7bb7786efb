"""What a coming meeting still waits for, in the resident's words: an interpreter, who comes along, how one is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from booking import languages, wording


@dataclass(frozen=True)
class NeedFact:
    """A need of a booking: its kind, the language of an interpreter, how far it has come (`NeedState`)."""

    kind: str
    language: str = ""
    state: str = "confirmed"


@dataclass(frozen=True)
class CompanionFact:
    """Somebody who comes along: the party's id as text, the name, and what each of the two has said.

    The name is empty to who may not know it.
    """

    id: str
    name: str
    resident_said: str = ""
    officer_said: str = ""


@dataclass(frozen=True)
class ReadyLine:
    """One line: `done` when nothing more is waited for."""

    text: str
    done: bool


def lines(needs: Iterable[NeedFact], companions: Iterable[CompanionFact], told_at: str = "") -> tuple[ReadyLine, ...]:
    """Everything to know about a coming time, needs first. `told_at`: where the confirmation went."""
    found = [*(need_line(need) for need in needs), *(companion_line(one) for one in companions)]
    if told_at:
        found.append(ReadyLine(gettext("Bekräftelse till %(address)s") % {"address": told_at}, done=True))
    return tuple(found)


def need_line(need: NeedFact) -> ReadyLine:
    """One need: met, on its way, or not found yet."""
    ordered = _ordered(need)
    if not ordered:
        return ReadyLine(_met(need.kind), done=True)
    if need.state == "confirmed":
        return ReadyLine(gettext("%(who)s är bokad.") % {"who": wording.capital(ordered)}, done=True)
    words = {"who": ordered}
    if need.state in ("withdrawn", "not_found"):
        return ReadyLine(gettext("Vi har inte hittat %(who)s än. Vi hör av oss.") % words, done=False)
    return ReadyLine(gettext("Vi ordnar %(who)s. Det kostar dig ingenting.") % words, done=False)


def companion_line(one: CompanionFact) -> ReadyLine:
    """One who comes along: nobody does before both have said yes."""
    words = {"name": one.name or gettext("Stödpersonen")}
    if "no" in (one.resident_said, one.officer_said):
        return ReadyLine(gettext("%(name)s kan inte vara med. Ring oss om du undrar.") % words, done=False)
    if (one.resident_said, one.officer_said) == ("yes", "yes"):
        return ReadyLine(gettext("%(name)s får vara med.") % words, done=True)
    return ReadyLine(gettext("%(name)s får vara med när handläggaren också har sagt ja.") % words, done=False)


def _ordered(need: NeedFact) -> str:
    """Who or what is booked for it, to stand in a sentence; empty for what needs nobody."""
    known = {
        "interpreter": gettext("tolk i %(language)s") % {"language": languages.name_of(need.language)},
        "sign": gettext("teckenspråkstolk"),
        "speech_to_text": gettext("skrivtolk"),
        "deafblind": gettext("dövblindtolk"),
    }
    return known.get(need.kind, "")


def _met(kind: str) -> str:
    return {
        "text": gettext("Ni kan skriva till varandra i mötet."),
        "pauses": gettext("Ni tar pauser under mötet."),
        "easy_read": gettext("Du får texterna på lättläst svenska."),
        "room": gettext("Du får låna ett rum hos oss."),
    }[kind]
