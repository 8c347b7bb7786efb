"""The steps after sign-in share this: the held time, and what a refused step answers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from booking import appointments, offers, wording
from booking.choice import Choice, forget
from booking.errors import BookingError, Busy, SlotTaken
from booking.presenters.appointments import Appointment, Held, held
from booking.presenters.refusals import refusal
from booking.services import Wanted, hold
from booking.states import State
from booking.timeline import Tick, instant
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
        return held(self.time, expires_at=self.until)


@dataclass(frozen=True)
class WayOn:
    """Where a refused page leads: where another start is sent and with what, and a link with its words."""

    action: str
    hidden: Mapping[str, object]
    back: str
    back_text: str


StepView = Callable[[HttpRequest, Step], HttpResponse]


def step(view: StepView) -> Callable[[HttpRequest], HttpResponse]:
    """A page of the booking after sign-in: holds the chosen time first, if it is not held yet."""

    @functools.wraps(view)
    def respond(request: HttpRequest) -> HttpResponse:
        chosen = Choice.of(request.session)
        if chosen is None or not chosen.has_time:
            return back_to_choosing(request)
        with pages.signed_in(request) as actor:
            pass
        try:
            current = _current(actor, ensure_held(request, actor, chosen))
            if current.time.state != State.HELD:
                forget(request.session)
                return redirect("booking:mine")
            return view(request, current)
        except BookingError as error:
            return refused(request, error, chosen)

    return respond


def hold_or_sign_in(request: HttpRequest, chosen: Choice) -> HttpResponse:
    """Hold the chosen time for whoever is signed in; ask others to sign in first."""
    actor = pages.actor_of(request)
    if not actor.signed_in:
        return redirect(f"{reverse('identity:sign_in')}?{urlencode({'next': reverse('booking:needs')})}")
    ensure_held(request, actor, chosen)
    return redirect("booking:needs")


def ensure_held(request: HttpRequest, actor: Actor, chosen: Choice) -> Choice:
    """The choice with a held booking behind it. Raises `SlotTaken`, `LimitReached`, `NotOffered`."""
    mine = chosen.by(actor.person_id) if actor.person_id else chosen
    if not mine.booking:
        with pages.reading(request):
            offer = offers.offer(mine.kod)
        made = hold(actor=actor, wanted=Wanted(offer.id, mine.form, mine.start))
        mine = mine.held_as(made.id)
    if mine != chosen:
        mine.keep(request.session)
    return mine


def _current(actor: Actor, chosen: Choice) -> Step:
    booking = UUID(chosen.booking)
    with scope.transaction(actor.municipality_id):
        time = appointments.one(actor, booking, "booking.answer")
        until = appointments.held_until(booking, now=timezone.now())
    return Step(actor, chosen, time, until)


def back_to_choosing(request: HttpRequest) -> HttpResponse:
    """Nothing is chosen here: to the receipt of what was just booked, to the times, or to the start."""
    chosen = Choice.of(request.session)
    if chosen is not None:
        return redirect("booking:time", kod=chosen.kod)
    return redirect("booking:receipt" if request.session.get("receipt") else "start")


def refused(request: HttpRequest, error: BookingError, chosen: Choice) -> HttpResponse:
    """Why not, and the nearest free times as buttons; every answer is kept."""
    all_times = reverse("booking:time", kwargs={"kod": chosen.kod})
    hidden = {"kod": chosen.kod, "form": chosen.form}
    way_on = WayOn(reverse("booking:choose"), hidden, all_times, gettext("Se alla lediga tider"))
    return refusal_page(request, error, chosen.start, way_on)


def refusal_page(request: HttpRequest, error: BookingError, wanted: Tick, way_on: WayOn) -> HttpResponse:
    """The page of a refused time: 409, or 503 when trying again in a second is all that is needed."""
    nearest = [slot.start for slot in getattr(error, "alternatives", ())]
    said = refusal(
        _code(error, wanted), wanted=wording.day_and_time(instant(wanted)) if wanted else "", nearest=nearest
    )
    busy = isinstance(error, Busy)
    context = {"refusal": said, "way_on": way_on, "action": way_on.action, "hidden": way_on.hidden}
    response = render(request, "booking/refused.html", context, status=503 if busy else 409)
    if busy:
        response["Retry-After"] = str(Busy.retry_after_seconds)
    return response


def _code(error: BookingError, wanted: Tick) -> str:
    """A start that never was on the page, or has passed, was not taken by somebody else: say what is true."""
    if isinstance(error, SlotTaken) and instant(wanted) <= timezone.now():
        return "past" if wanted else "not_offered"
    return error.code
