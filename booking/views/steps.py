"""The steps after sign-in share this: who may go on, and the held time."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from booking import appointments, for_whom, offers, reach, wanted_needs
from booking.choice import Choice, forget
from booking.errors import BookingError, WrongState
from booking.forms import ContactForm
from booking.needs_forms import NeedsOnlyForm
from booking.presenters import needs as needs_words
from booking.presenters.appointments import UPCOMING, Appointment, Held, held
from booking.services import Wanted, fit_needs, hold, release
from booking.states import State
from booking.views.refusing import refused, step_of
from identity import pages, scope
from identity.actors import Actor


@dataclass(frozen=True)
class Step:
    """Who books, what is chosen, and the held time. `until` is None when it is no longer held."""

    actor: Actor
    choice: Choice
    time: Appointment
    until: datetime | None

    @property
    def held(self) -> Held:
        """The chosen time in words."""
        return held(self.time, expires_at=self.until, now=timezone.now())


StepView = Callable[[HttpRequest, Step], HttpResponse]


def step(view: StepView) -> Callable[[HttpRequest], HttpResponse]:
    """A page of the booking after sign-in: holds the chosen time first, if it is not held yet."""

    @functools.wraps(view)
    def respond(request: HttpRequest) -> HttpResponse:
        chosen = Choice.of(request.session)
        if chosen is None or not chosen.has_time:
            return back_to_choosing(request)
        try:
            return _answered(request, chosen, view)
        except BookingError as error:
            return refused(request, error, chosen)

    return respond


def _answered(request: HttpRequest, chosen: Choice, view: StepView) -> HttpResponse:
    actor = pages.actor_of(request)
    if not actor.signed_in:
        return _sign_in_again(request, chosen)
    if actor.protected and _books_by_phone(request, actor, chosen):
        return by_phone(request)
    if not (chosen.booking or chosen.whom) and for_whom.asks(actor):
        return redirect("booking:for_whom")
    current = _current(actor, ensure_held(request, actor, chosen))
    if current.time.state != State.HELD:
        return _after_booking(request, current.time)
    try:
        return view(request, current)
    except WrongState:
        return _overtaken(request, current)


def _books_by_phone(request: HttpRequest, actor: Actor, chosen: Choice) -> bool:
    municipality = pages.municipality_of(request)
    with scope.transaction(municipality.id):
        return reach.by_phone(actor, municipality, offers.offer(chosen.kod).id, chosen.form)


def _sign_in_again(request: HttpRequest, chosen: Choice) -> HttpResponse:
    """To sign-in, and back to the step. What was just typed is kept first, for the one who had signed in."""
    if "way" in request.POST:
        as_typed(request, chosen).keep(request.session)
    return sign_in_first(reverse(step_of(request)) if "step" in request.POST else request.path)


def as_typed(request: HttpRequest, chosen: Choice) -> Choice:
    """The choice with what was just typed, faulty or not, as far as it can be shown again.

    An address that is none comes back without its way: it stands in the field, and must be sent once more.
    """
    contact = ContactForm(request.POST)
    way = contact.cleaned_data["way"] if contact.is_valid() else ""
    to = contact.cleaned_data["to"] if way else request.POST.get("to", "")[:254]
    boxes = NeedsOnlyForm(request.POST, offered=needs_words.offered(chosen.form))
    needs = boxes.text if boxes.is_valid() else chosen.needs
    return replace(chosen, way=way, to=to, needs=needs, companion=request.POST.get("companion", "")[:80].strip())


def sign_in_first(address: str) -> HttpResponse:
    """To sign-in, and from there to an address of ours."""
    return redirect(f"{reverse('identity:sign_in')}?{urlencode({'next': address})}")


def by_phone(request: HttpRequest) -> HttpResponse:
    """The one page of everything that is not booked on the web; it does not say why."""
    return render(request, "booking/by_phone.html")


def _overtaken(request: HttpRequest, seen: Step) -> HttpResponse:
    """Another page of the same booking was first: what holds now. Raises `WrongState` when nothing has changed."""
    current = _current(seen.actor, seen.choice)
    if current.time.state == State.HELD:
        raise WrongState
    return _after_booking(request, current.time)


def _after_booking(request: HttpRequest, time: Appointment) -> HttpResponse:
    """Nothing is left to fill in: to the receipt of what is booked, else to the person's times."""
    forget(request.session)
    if time.state not in UPCOMING:
        return redirect("booking:mine")
    request.session["receipt"] = str(time.id)
    return redirect("booking:receipt")


def ensure_held(request: HttpRequest, actor: Actor, chosen: Choice) -> Choice:
    """The choice with a held booking behind it. Raises what `hold` raises."""
    mine = chosen.by(actor.person_id) if actor.person_id else chosen
    if not mine.booking:
        with pages.reading(request):
            offer = offers.offer(mine.kod)
        whom = UUID(mine.whom) if mine.whom else None
        wanted = Wanted(offer.id, mine.form, mine.start, calendar=mine.officer, resident=whom)
        made = hold(actor=actor, wanted=wanted, key=mine.key)
        mine = _fitted(actor, mine.held_as(made.id))
    if mine != chosen:
        mine.keep(request.session)
    return mine


def _fitted(actor: Actor, held: Choice) -> Choice:
    """As long as the answers given before ask for. Raises `SlotTaken`, with nothing held, where that does not fit."""
    asked = wanted_needs.spoken(held.needs)
    if not asked:
        return held
    booking = UUID(held.booking)
    try:
        fit_needs(actor=actor, booking=booking, needs=wanted_needs.wanted(held.needs))
    except BookingError:
        release(actor=actor, booking=booking)
        raise
    return replace(held, fitted=asked)


def _current(actor: Actor, chosen: Choice) -> Step:
    booking = UUID(chosen.booking)
    with scope.transaction(actor.municipality_id):
        time = appointments.one(actor, booking)
        until = appointments.held_until(booking, now=timezone.now())
    return Step(actor, chosen, time, until)


def back_to_choosing(request: HttpRequest) -> HttpResponse:
    """Nothing is chosen here: to the receipt of what was just booked, to the times, or to the start."""
    chosen = Choice.of(request.session)
    if chosen is not None:
        return redirect("booking:time", kod=chosen.kod)
    return redirect("booking:receipt" if request.session.get("receipt") else "start")
