"""Moving a booking, and handing it over, as its officer. Thin: parse, call, present."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking import officer_changes, services
from booking.book_for_form import ChosenStartField
from booking.errors import BookingError
from booking.forms import KeyField, errors_of, posted
from booking.methods import to_read_and_write
from booking.models import Booking
from booking.presenters.officer_changes import hand_over_page, move_page
from booking.presenters.officer_series import taken_lines
from booking.presenters.refusals import refusal
from identity import pages
from identity.actors import Actor

_YES = _("Flytta bara när personen har sagt ja till den nya tiden.")
_WHO = _("Välj vem som tar över.")


class MoveForm(forms.Form):
    """A new time, the form, and the resident's yes."""

    tid = ChosenStartField(error_messages={"required": _("Välj en tid.")})
    form = forms.CharField(max_length=5, required=False)
    later = forms.BooleanField(required=False)
    agreed = forms.BooleanField(error_messages={"required": _YES})
    sequence = forms.IntegerField(min_value=0)
    key = KeyField()

    def move(self, actor: Actor, booking: UUID) -> Booking | None:
        """Move it; with all later ones of its series: then None. Raises as `services.move` and `move_later`."""
        to = self.cleaned_data
        asked = {"actor": actor, "booking": booking, "start": to["tid"].tick}
        if to["later"]:
            services.move_later(**asked, sequence=to["sequence"], key=to["key"], agreed=to["agreed"])
            return None
        return services.move(
            **asked,
            calendar=to["tid"].calendar,
            form=to["form"] or None,
            sequence=to["sequence"],
            key=to["key"],
            agreed=to["agreed"],
        )


class HandOverForm(forms.Form):
    """Who takes over."""

    calendar = forms.UUIDField(error_messages={"required": _WHO, "invalid": _WHO})
    sequence = forms.IntegerField(min_value=0)
    key = KeyField()


@to_read_and_write
def move(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/bokningar/<uuid>/flytta/: the first free times, `visa` those of another form; else a POST moves."""
    form, refused = MoveForm(request.POST if request.method == "POST" and "visa" not in request.POST else None), None
    if form.is_bound and form.is_valid():
        actor = _staff(request)
        try:
            moved = form.move(actor, booking)
            return _after(actor, moved) if moved else redirect("booking:officer_booking", booking)
        except BookingError as error:
            form.add_error("tid", _not_free() if error.code == "series_taken" else refusal(error.code).text)
            refused = error
    return _move_page(request, booking, form, refused)


@to_read_and_write
def hand_over(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/bokningar/<uuid>/lamna-over/: who is free then. No reason is asked for."""
    form = HandOverForm(posted(request))
    if form.is_bound and form.is_valid():
        actor = _staff(request)
        try:
            return _after(actor, services.hand_over(actor=actor, booking=booking, **form.cleaned_data))
        except BookingError as error:
            form.add_error("calendar", refusal(error.code).text)
    with pages.staff(request) as actor:
        page = hand_over_page(*officer_changes.colleagues(actor, booking, now=timezone.now()))
    context = {"page": page, "form": form, "errors": _errors(form, "id_calendar"), "booking": booking}
    return render(request, "booking/officer_hand_over.html", context, status=422 if form.errors else 200)


def _move_page(request: HttpRequest, booking: UUID, form: MoveForm, refused: BookingError | None) -> HttpResponse:
    asked = request.POST.get("form") or request.GET.get("form", "")
    with pages.staff(request) as actor:
        found = officer_changes.times(actor, booking, asked, now=timezone.now())
    page = move_page(found, chosen=str(form["tid"].value() or ""), instead=getattr(refused, "alternatives", ()))
    agreed = request.POST.get("agreed") == "on"
    context = {"page": page, "form": form, "errors": _errors(form, "id_tid"), "booking": booking, "agreed": agreed}
    context["taken"] = taken_lines(getattr(refused, "taken", ()))
    return render(request, "booking/officer_move.html", context, status=422 if form.errors else 200)


def _not_free() -> str:
    return gettext("Alla tider är inte lediga. Inget är flyttat.")


def _errors(form: forms.Form, radios: str) -> list[tuple[str, str]]:
    """The first of the radios takes the link of its group."""
    return [(f"{field}_0" if field == radios else field, words) for field, words in errors_of(form)]


def _after(actor: Actor, changed: Booking) -> HttpResponse:
    """To the booking; who holds it no more, to the day."""
    own = changed.calendar.person_id == actor.person_id
    return redirect("booking:officer_booking", changed.id) if own else redirect("booking:today")


def _staff(request: HttpRequest) -> Actor:
    with pages.staff(request) as actor:
        return actor
