"""Why a change of opening was not saved, and what to do."""

from __future__ import annotations

from django.utils.translation import gettext

from booking.errors import BookingError, Stale
from booking.officer_forms import WEEKDAYS, as_clock
from booking.opening_faults import Fault, OpeningFault, RulesClash
from booking.opening_words import SENTENCES


def refused_words(error: BookingError) -> str:
    """The sentence of a refusal."""
    if isinstance(error, RulesClash):
        return gettext("Tiden krockar med en annan regel: %(day)s %(time)s. Ändra tiden eller den andra regeln.") % {
            "day": dict(WEEKDAYS)[error.other.weekday],
            "time": f"{as_clock(error.other.from_minute)}–{as_clock(error.other.to_minute)}",
        }
    if isinstance(error, OpeningFault):
        return str(SENTENCES[Fault(error.code)])
    if isinstance(error, Stale):
        return gettext("Öppettiderna ändrades medan du skrev. Läs listan och spara igen.")
    return gettext("Många bokar just nu. Vänta några sekunder och spara igen.")
