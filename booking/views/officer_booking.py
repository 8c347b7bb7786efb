"""The officer's page of one booking, and the list of protected ones. Thin: parse, call, present."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import left_behind, officer_booking, services
from booking.calendars.events import short_code
from booking.errors import BookingError
from booking.forms import KeyField
from booking.methods import to_read, to_read_and_write
from booking.models import Booking
from booking.officer_acts import ActForm
from booking.presenters.officer_acts import acts_of
from booking.presenters.officer_booking import cancel_reasons, left_lines, page_of, protected_lines
from booking.presenters.refusals import refusal
from identity import pages
from identity.actors import Actor
from identity.reason_form import ReasonForm, reason_page

_WHY = _("Välj varför du avbokar.")


class CancelForm(forms.Form):
    """Why the officer cancels, from a closed list."""

    reason = forms.ChoiceField(error_messages={"required": _WHY, "invalid_choice": _WHY})
    later = forms.BooleanField(required=False)
    key = KeyField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's Form
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = cancel_reasons()

    def cancel(self, actor: Actor, booking: UUID) -> Booking:
        """This one, or this and all later ones of its series. Raises as `services.cancel`."""
        said = dict(self.cleaned_data)
        asked = said["reason"] == "asked"  # on the telephone, say: then it is the resident's own
        if said.pop("later"):
            return services.cancel_later(actor=actor, booking=booking, by_resident=asked, **said)[0]
        return services.cancel(actor=actor, booking=booking, by_resident=asked, **said)


@to_read
def show(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/bokningar/<uuid>/: what to prepare by; of a protected person first a page that asks why."""
    return _page(request, booking)


@to_read_and_write
def open_it(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/bokningar/<uuid>/oppna/: the reason. Asked for in another way, it leads to the page."""
    if request.method != "POST":
        return redirect("booking:officer_booking", booking)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, booking, form=form)
    actor = _staff(request)
    officer_booking.open_booking(actor=actor, booking=booking, reason=form.cleaned_data["reason"])
    return redirect("booking:officer_booking", booking)


@to_read_and_write
def number(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/bokningar/<uuid>/nummer/: the page with the number to compare, this once."""
    if request.method != "POST":
        return redirect("booking:officer_booking", booking)
    shown = officer_booking.number_of(actor=_staff(request), booking=booking)
    return _page(request, booking, number=shown)


@to_read_and_write
def cancel(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/bokningar/<uuid>/avboka/: the officer cancels, with a reason."""
    if request.method != "POST":
        return redirect("booking:officer_booking", booking)
    form = CancelForm(request.POST)
    if form.is_valid():
        try:
            actor = _staff(request)
            return _after(actor, form.cancel(actor, booking))
        except BookingError as error:
            form.add_error("reason", refusal(error.code).text)
    return _page(request, booking, cancelling=form)


@to_read_and_write
def act(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/bokningar/<uuid>/gor/: a small step: did not come, an answer, an order, read aloud, ready as it is."""
    if request.method != "POST":
        return redirect("booking:officer_booking", booking)
    form = ActForm(request.POST)
    if not form.is_valid():
        return _page(request, booking, told=form.first_fault())
    try:
        form.act(_staff(request), booking)
    except BookingError as error:
        return _page(request, booking, told=refusal(error.code).text)
    return redirect("booking:officer_booking", booking)


@to_read
def protected(request: HttpRequest) -> HttpResponse:
    """/skyddade/: coming bookings that the reader is named for, as codes and days."""
    with pages.staff(request) as actor:
        lines = protected_lines(officer_booking.protected_ones(actor, now=timezone.now()))
    return render(request, "booking/officer_protected.html", {"lines": lines})


@to_read
def left(request: HttpRequest) -> HttpResponse:
    """/bokningar/utan-handlaggare/: coming ones of the own units whose officer has left."""
    with pages.staff(request) as actor:
        lines = left_lines(left_behind.listed(actor, now=timezone.now()))
    return render(request, "booking/officer_left.html", {"lines": lines})


def _after(actor: Actor, cancelled: Booking) -> HttpResponse:
    """To the booking; who saw to it for an officer who has left, to what is still left."""
    own = cancelled.calendar.person_id == actor.person_id
    return redirect("booking:officer_booking", cancelled.id) if own else redirect("booking:left")


def _staff(request: HttpRequest) -> Actor:
    with pages.staff(request) as actor:
        return actor


def _page(
    request: HttpRequest,
    booking: UUID,
    *,
    form: ReasonForm | None = None,
    number: str = "",
    cancelling: CancelForm | None = None,
    told: str = "",
) -> HttpResponse:
    now = timezone.now()
    with pages.staff(request) as actor:
        seen = officer_booking.see(actor, booking, now=now)
    if seen is None:
        return _closed(request, booking, form or ReasonForm())
    return _shown(request, seen, now, number, cancelling or CancelForm(), told)


def _shown(
    request: HttpRequest, seen: officer_booking.SeenBooking, now: datetime, number: str, form: CancelForm, told: str
) -> HttpResponse:
    errors = [("id_reason_0", str(faults[0])) for faults in form.errors.values()]
    if told:
        errors.append(("att-gora", told))
    chosen = form["reason"].value()
    reasons = [(code, words, code == chosen) for code, words in cancel_reasons()]
    context = {"page": page_of(seen, now=now, number=number), "form": form, "errors": errors, "reasons": reasons}
    context |= {"booking": seen.booking.id, "acts": acts_of(seen, now=now)}
    context["explain"] = reverse("booking:why", args=[seen.booking.calendar.uuid])
    return render(request, "booking/officer_booking.html", context, status=422 if errors else 200)


def _closed(request: HttpRequest, booking: UUID, form: ReasonForm) -> HttpResponse:
    action = reverse("booking:officer_open", args=[booking])
    shown = reason_page(form, code=short_code(booking), action=action, back=reverse("booking:today"))
    return render(request, "identity/ask_reason.html", shown, status=422 if form.errors else 200)
