"""Why a time is not free, in plain words; a link only to what the asker may open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from booking import wording
from booking.asking import ReasonTold, Why


@dataclass(frozen=True)
class ReasonWords:
    """One reason, and where it leads, or empty."""

    text: str
    address: str = ""


def reasons(found: Iterable[ReasonTold]) -> tuple[ReasonWords, ...]:
    """In the order in which they were told."""
    return tuple(ReasonWords(_words(one), _address(one)) for one in found)


def _address(one: ReasonTold) -> str:
    return reverse("booking:officer_booking", args=[one.booking]) if one.booking is not None else ""


def _words(one: ReasonTold) -> str:
    if one.why == Why.HELD_UNTIL and one.until is not None:
        return gettext("Någon håller på att boka. Tiden hålls till %(time)s.") % {"time": wording.at(one.until)}
    return (_by_time() | _by_opening() | _by_claims() | _by_limits())[one.why]


def _by_time() -> dict[Why, str]:
    return {
        Why.LEAD_TIME: gettext("Tiden har redan varit, eller är för nära."),
        Why.HORIZON: gettext("Tiden är längre fram än vad som går att boka."),
    }


def _by_opening() -> dict[Why, str]:
    return {
        Why.FORM_NOT_OFFERED: gettext("Det är inte öppet för det sättet att mötas då."),
        Why.OUTSIDE_OPENING: gettext("Mötet ryms inte i öppettiden."),
        Why.OFF_GRID: gettext("Möten börjar inte på den minuten. Se hur ofta möten kan börja i öppettiden."),
        Why.RED_DAY: gettext("Det är en röd dag."),
        Why.SHORT_DAY: gettext("Kommunen stänger tidigare före helgen."),
        Why.CLOSED_EXCEPTION: gettext("Dagen är stängd som undantag."),
        Why.ABSENCE: gettext("Frånvaro är inlagd då."),
        Why.CLOSURE: gettext("Enheten eller kommunen är stängd då."),
    }


def _by_claims() -> dict[Why, str]:
    return {
        Why.BOOKED: gettext("Det finns en annan bokning då."),
        Why.BUFFER_OF: gettext("Tiden före eller efter en annan bokning behövs."),
        Why.HELD_UNTIL: gettext("Någon håller på att boka."),
        Why.IMPORTED_BUSY: gettext("En annan kalender säger upptaget."),
    }


def _by_limits() -> dict[Why, str]:
    return {
        Why.DAY_LIMIT: gettext("Dagen har så många möten som den får ha."),
        Why.WEEK_LIMIT: gettext("Veckan har så många möten som den får ha."),
        Why.MINUTE_LIMIT: gettext("Dagen har så mycket bokad tid som den får ha."),
    }
