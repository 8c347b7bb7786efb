"""Follow-up meetings after a booking: how often, how many, and what is not free. Thin: parse, call, present."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from booking import access, services
from booking.book_for_form import HOW
from booking.errors import BookingError, SeriesTaken
from booking.forms import KeyField, errors_of, posted
from booking.methods import to_read_and_write
from booking.models import Booking
from booking.officer_series import follow_ups
from booking.presenters.officer_series import RHYTHMS, TakenLine, series_page, taken_lines
from booking.presenters.refusals import refusal
from booking.services import Rhythm
from booking.services.series import MOST
from identity import access_log, pages
from identity.actors import Actor

_MANY = _("Skriv ett antal från 1 till 12.")
_HOW = _("Välj hur personen har sagt ja.")
_OFTEN = _("Välj hur ofta ni ska ses.")


class SeriesForm(forms.Form):
    """How often, how many, and how the resident said yes."""

    rhythm = forms.ChoiceField(choices=RHYTHMS, error_messages={"required": _OFTEN, "invalid_choice": _OFTEN})
    count = forms.IntegerField(
        label=_("Hur många möten?"),
        min_value=1,
        max_value=MOST,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _MANY),
    )
    asked_how = forms.ChoiceField(choices=HOW, error_messages={"required": _HOW, "invalid_choice": _HOW})
    key = KeyField()

    def book(self, actor: Actor, booking: UUID) -> tuple[Booking, ...]:
        """Book them all. Raises as `services.book_series`."""
        said = self.cleaned_data
        unit, _, number = said["rhythm"].partition("-")
        rhythm = Rhythm(weeks=int(number)) if unit == "w" else Rhythm(nth=-1 if number == "last" else int(number))
        asked = follow_ups(actor, booking, rhythm, said["asked_how"])
        return services.book_series(actor=actor, rhythm=rhythm, count=said["count"], key=said["key"], **asked)


@to_read_and_write
def series(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/bokningar/<uuid>/uppfoljning/: a POST books every one of them, or says which are not free."""
    form = SeriesForm(posted(request), initial={"count": 3, "rhythm": "w-2", "asked_how": "visit"})
    taken: tuple[TakenLine, ...] = ()
    if form.is_bound and form.is_valid():
        try:
            form.book(pages.actor_of(request), booking)
            return redirect("booking:officer_booking", booking)
        except SeriesTaken as error:
            taken = taken_lines(error.taken)
            form.add_error("rhythm", _("Alla tider är inte lediga. Inget är bokat än."))
        except BookingError as error:
            form.add_error("rhythm", refusal(error.code).text)
    return _page(request, booking, form, taken)


def _page(request: HttpRequest, booking: UUID, form: SeriesForm, taken: tuple[TakenLine, ...]) -> HttpResponse:
    with pages.staff(request) as actor:
        found = access.fetch(actor, "booking.move", booking)
        unit = found.calendar.unit_id
        access_log.record(actor=actor, action="booking.prepare", kind="booking", objects=[booking], unit=unit)
    context = {"page": series_page(found), "form": form, "errors": errors_of(form), "booking": booking}
    context |= {"taken": taken, "how": HOW, "rhythms": RHYTHMS}
    return render(request, "booking/officer_series.html", context, status=422 if form.errors else 200)
