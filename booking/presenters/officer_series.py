"""Follow-ups in words: the rhythms to choose from, and the times that are not free with what is free instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from booking import wording
from booking.models import Booking
from booking.presenters import forms_of_meeting
from booking.slots import Slot

RHYTHMS = (
    ("w-1", _("Varje vecka")),
    ("w-2", _("Varannan vecka")),
    ("w-3", _("Var tredje vecka")),
    ("w-4", _("Var fjärde vecka")),
    ("w-8", _("Var åttonde vecka")),
    ("w-12", _("Var tolfte vecka")),
    ("n-1", _("Varje månad, första gången veckodagen kommer")),
    ("n-2", _("Varje månad, andra gången veckodagen kommer")),
    ("n-3", _("Varje månad, tredje gången veckodagen kommer")),
    ("n-4", _("Varje månad, fjärde gången veckodagen kommer")),
    ("n-last", _("Varje månad, sista gången veckodagen kommer")),
)


@dataclass(frozen=True)
class SeriesPage:
    """The meeting that the others follow."""

    now: str


@dataclass(frozen=True)
class TakenLine:
    """A time that is not free, and the nearest ones that are."""

    when: str
    instead: tuple[str, ...]


def series_page(found: Booking) -> SeriesPage:
    """When and how it is held."""
    when = wording.capital(wording.day_and_span(found.starts_at, found.ends_at))
    return SeriesPage(f"{when}, {forms_of_meeting.name_of(found.form).lower()}")


def taken_lines(taken: Iterable[tuple[Slot, tuple[Slot, ...]]]) -> tuple[TakenLine, ...]:
    """In the order of the series."""
    return tuple(
        TakenLine(
            wording.capital(wording.day_and_time(lost.start)),
            tuple(wording.capital(wording.day_and_time(one.start)) for one in near),
        )
        for lost, near in taken
    )
