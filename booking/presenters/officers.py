"""The filter by officer in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from booking import languages
from booking.offered_officers import OfferedOfficer


@dataclass(frozen=True)
class OfficerChoice:
    """One line of the list: what it sends, its words, and whether it is the chosen one."""

    value: str
    text: str
    chosen: bool


def choices(offered: Iterable[OfferedOfficer], chosen: str) -> tuple[OfficerChoice, ...]:
    """The officers to choose among; none when there is but one, who is met anyhow."""
    found = tuple(offered)
    if len(found) < 2:
        return ()
    return tuple(OfficerChoice(str(one.calendar), _text(one), str(one.calendar) == chosen) for one in found)


def name_of(offered: Iterable[OfferedOfficer], chosen: str) -> str:
    """The name of the chosen one; empty for nobody, and for an officer who does not offer this."""
    return next((one.name for one in offered if chosen and str(one.calendar) == chosen), "")


def _text(one: OfferedOfficer) -> str:
    spoken = [languages.name_of(code) for code in one.languages]
    if not spoken:
        return one.name
    words = {"officer": one.name, "languages": ", ".join(spoken)}
    return gettext("%(officer)s (talar %(languages)s)") % words
