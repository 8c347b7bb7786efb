"""Mina tider: see, move and cancel. These pages are the resident's alone: an officer has others."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from booking import appointments, offers, reach, services, waiting_desk
from booking.errors import BookingError, NotOffered, TooLate
from booking.forms import KeyForm, MoveForm, errors_of, posted
from booking.methods import to_read, to_read_and_write
from booking.presenters import appointments as words
from booking.presenters import waiting as waiting_words
from booking.presenters.appointments import Appointment
from booking.presenters.forms_of_meeting import name_of
from booking.states import State
from booking.timeline import Tick, tick_of
from booking.views.failing import told_when_it_fails
from booking.views.free_times import free_times
from booking.views.refusing import Asked, WayOn, refusal_page
from booking.views.steps import by_phone
from identity import pages, representing, scope
from identity.actors import Actor
from identity.representing_presenters import line

_CANCELLED = frozenset({State.CANCELLED_BY_RESIDENT, State.CANCELLED_BY_OFFICER})


@to_read
def mine(request: HttpRequest) -> HttpResponse:
    """Somebody's own times: the next, those after it, and earlier ones."""
    with pages.signed_in(request) as actor:
        own, others = appointments.own(actor), appointments.for_others(actor)
        hidden = appointments.some_are_hidden(actor, now=timezone.now())
        wishes = [waiting_words.card(one) for one in waiting_desk.own(actor, now=timezone.now())]
        written = [line(row, today=representing.today()) for row in representing.written_for(actor)]
    notice = words.notice(request.session.pop("notice", ""))
    times, ahead = words.my_times(own, now=timezone.now()), words.my_times(others, now=timezone.now())
    context = {"times": times, "others": ahead.ahead, "notice": notice, "hidden": hidden, "written": written}
    context["wishes"] = wishes
    context["by_phone"] = reach.closed(actor, pages.municipality_of(request))
    return render(request, "booking/mine.html", context)


@to_read_and_write
@told_when_it_fails
def move(request: HttpRequest, booking: UUID) -> HttpResponse:
    """Choose another time. The old one is kept until the new one is claimed."""
    actor, time = _own(request, booking)
    if reach.closed(actor, pages.municipality_of(request)):
        return by_phone(request)
    form = MoveForm(posted(request))
    try:
        return _moved(request, actor, time, form) if form.is_bound else _times(request, actor, time)
    except BookingError as error:
        return _refused(request, error, time, form.cleaned_data.get("tid", 0) if form.is_bound else 0)


def _moved(request: HttpRequest, actor: Actor, time: Appointment, form: MoveForm) -> HttpResponse:
    if not form.is_valid():
        raise NotOffered
    given = form.cleaned_data
    services.move(actor=actor, booking=time.id, start=given["tid"], sequence=given["sequence"], key=given["key"])
    request.session["notice"] = "moved"
    return redirect("booking:mine")


def _times(request: HttpRequest, actor: Actor, time: Appointment) -> HttpResponse:
    if not words.card(time, now=timezone.now()).can_move:
        raise TooLate
    with scope.transaction(actor.municipality_id):
        offer = offers.offer(time.kod)
        times = free_times(request, offer, time.form, whose=offers.Whose(time.calendar))
    send_to = {"action": request.path, "hidden": {"sequence": time.sequence}}
    context = {"offer": offer, "now_at": words.when(time), "form_name": name_of(time.form), "times": times, **send_to}
    return render(request, "booking/move.html", context)


def _refused(request: HttpRequest, error: BookingError, time: Appointment, wanted: Tick = 0) -> HttpResponse:
    here = reverse("booking:move", kwargs={"booking": time.id})
    back, back_text = here, gettext("Se alla lediga tider")
    if error.code in ("too_late", "stale", "wrong_state"):
        back, back_text = reverse("booking:mine"), gettext("Mina tider")
    asked = Asked(time.kod, time.form, wanted, near=tick_of(time.start), calendar=time.calendar)
    return refusal_page(request, error, asked, WayOn(here, {"sequence": time.sequence}, back, back_text))


@to_read_and_write
def cancel(request: HttpRequest, booking: UUID) -> HttpResponse:
    """Cancel in one step, no reason asked. Cancelling again answers the same."""
    actor, time = _own(request, booking)
    form = KeyForm(posted(request))
    try:
        if form.is_bound and form.is_valid():
            services.cancel(actor=actor, booking=time.id, key=form.cleaned_data["key"])
            request.session["notice"] = "cancelled"
            return redirect("booking:mine")
    except BookingError as error:
        return _refused(request, error, time)
    context = {"now_at": words.when(time), "what": words.what(time), "gone": time.state in _CANCELLED}
    context["errors"] = errors = errors_of(form)
    return render(request, "booking/cancel.html", context, status=422 if errors else 200)


def _own(request: HttpRequest, booking: UUID) -> tuple[Actor, Appointment]:
    with pages.signed_in(request) as actor:
        return actor, appointments.one(actor, booking)
