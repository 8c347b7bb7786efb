"""Times that somebody holds already, in this browser or in another: go on with one, or let it go."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from booking import appointments, services
from booking.choice import Choice, forget
from booking.errors import BookingError
from booking.forms import HeldForm
from booking.methods import only_post
from booking.presenters.appointments import Appointment
from booking.services.standing import known
from booking.timeline import tick_of
from booking.views.steps import back_to_choosing
from identity import pages
from identity.actors import Actor


@only_post("start")
def held(request: HttpRequest) -> HttpResponse:
    """Boka klart, or Släpp tiden. A time of somebody else's is the 404 of nothing."""
    form = HeldForm(request.POST)
    if not form.is_valid():
        return back_to_choosing(request)
    with pages.signed_in(request) as actor:
        time = appointments.one(actor, form.cleaned_data["booking"])
    if form.cleaned_data["do"] == "release":
        return _let_go(request, actor, time)
    before = (Choice.of(request.session) or Choice("", "")).by(known(actor))
    chosen = Choice(time.kod, time.form, tick_of(time.start), tick_of(time.end))
    chosen.instead_of(before, "").held_as(time.id).keep(request.session)
    return redirect("booking:needs")


def _let_go(request: HttpRequest, actor: Actor, time: Appointment) -> HttpResponse:
    """The time is free for others; on to holding the one that was chosen, if it is another."""
    with suppress(BookingError):
        services.release(actor=actor, booking=time.id)
    chosen = Choice.of(request.session)
    if chosen is None or not chosen.has_time:
        return back_to_choosing(request)
    if chosen.booking == str(time.id):
        forget(request.session)
        return redirect("booking:form", kod=time.kod)
    return redirect("booking:needs")
