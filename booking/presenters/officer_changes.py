"""Moving and handing over, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext

from booking import wording
from booking.models import Booking, Calendar
from booking.officer_changes import Free
from booking.presenters import forms_of_meeting
from booking.presenters.book_for import Option, TimeGroup
from booking.presenters.week import name_of
from booking.slots import Offer, Slot
from booking.timeline import Tick, instant


@dataclass(frozen=True)
class MovePage:
    """What is moved, as it is now, and where to.

    `sequence`: of the booking that the page shows; `calendar`: where it stands.
    """

    now: str
    sequence: int
    calendar: UUID
    forms: tuple[Option, ...]
    groups: tuple[TimeGroup, ...]
    in_series: bool


@dataclass(frozen=True)
class HandOverPage:
    """What is handed over, and to whom it can be."""

    now: str
    sequence: int
    colleagues: tuple[Option, ...]


def move_page(found: Free, *, chosen: str = "", instead: Sequence[Slot] = ()) -> MovePage:
    """`chosen`: the value that was chosen before; `instead`: the nearest ones when that was taken."""
    own = found.booking.calendar.uuid
    mine = {offer.tick for offer in found.own}
    others = [offer for offer in found.anybody if offer.tick not in mine]
    return MovePage(
        now=_now(found.booking),
        sequence=found.booking.sequence,
        calendar=own,
        forms=tuple(
            Option(form, forms_of_meeting.name_of(form), form == found.form)
            for form in forms_of_meeting.ORDER
            if form in found.booking.meeting_type.forms
        ),
        in_series=found.booking.series_id is not None,
        groups=(
            *_nearest(instead, chosen),
            TimeGroup(
                gettext("I samma kalender"),
                tuple(_time(offer, own, chosen) for offer in found.own),
                gettext("Det finns inga fler lediga tider här."),
            ),
            TimeGroup(
                gettext("Hos en kollega"),
                tuple(_time(offer, found.uuids[offer.calendars[0]], chosen) for offer in others),
                gettext("Ingen kollega har en tidigare tid."),
            ),
        ),
    )


def _nearest(instead: Sequence[Slot], chosen: str) -> Iterator[TimeGroup]:
    """On the calendar that was asked for; `chosen` says which."""
    if instead:
        whose = chosen.partition("@")[2]
        ticks = (int(one.start.timestamp()) // 300 for one in instead)
        times = tuple(_option(tick, f"{tick}@{whose}" if whose else str(tick), "") for tick in ticks)
        yield TimeGroup(gettext("Närmaste lediga tider"), times, "")


def hand_over_page(booking: Booking, colleagues: Sequence[Calendar]) -> HandOverPage:
    """Colleagues by name."""
    options = sorted((Option(str(one.uuid), name_of(one)) for one in colleagues), key=lambda one: one.text)
    return HandOverPage(_now(booking), booking.sequence, tuple(options))


def _now(booking: Booking) -> str:
    when = wording.capital(wording.day_and_span(booking.starts_at, booking.ends_at))
    return f"{when}, {forms_of_meeting.name_of(booking.form).lower()}"


def _time(offer: Offer, calendar: UUID, chosen: str) -> Option:
    return _option(offer.tick, f"{offer.tick}@{calendar}", chosen)


def _option(tick: Tick, value: str, chosen: str) -> Option:
    return Option(value, wording.capital(wording.day_and_time(instant(tick))), value == chosen)
