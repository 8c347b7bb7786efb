"""The page of a refused step: why not, what is left to do, and the nearest free times as buttons."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from booking import appointments, offers, reach, wording
from booking.choice import Choice
from booking.errors import BeyondHorizon, BookingError, Busy, NotOffered, SlotTaken, TooSoon
from booking.presenters.appointments import Held, held
from booking.presenters.refusals import refusal
from booking.slots import Slot
from booking.timeline import Tick, floor_tick, instant
from identity import pages
from identity.actors import Actor
from identity.errors import NotAllowed

_OF_THE_START = (SlotTaken, NotOffered, TooSoon, BeyondHorizon)
STEPS = {"needs": "booking:needs", "information": "booking:information", "confirm": "booking:confirm"}


@dataclass(frozen=True)
class Asked:
    """The start that was asked for, 0 for none that could be read; `near`: where to look for others instead.

    `calendar`: the only one that it may lie on, as when a booking is moved. `minutes`: how long it must be, if longer
    than usual. `code`: what is said, where the page knows better than the error.
    """

    kod: str
    form: str
    start: Tick
    near: Tick = 0
    calendar: UUID | None = None
    minutes: int | None = None
    code: str = ""


@dataclass(frozen=True)
class WayOn:
    """Where a refused page leads: where another start is sent and with what, and a link with its words."""

    action: str
    hidden: Mapping[str, object]
    back: str
    back_text: str


def refused(request: HttpRequest, error: BookingError, chosen: Choice) -> HttpResponse:
    """Why the chosen time is not held or booked. Every answer is kept; a time that is still held is led back to."""
    back, back_text = reverse("booking:time", kwargs={"kod": chosen.kod}), gettext("Se alla lediga tider")
    if error.code == "extension_limit":
        back, back_text = reverse(step_of(request)), gettext("Fortsätt boka")
    hidden = {"kod": chosen.kod, "form": chosen.form} | ({"vem": chosen.calendar} if chosen.calendar else {})
    way_on = WayOn(reverse("booking:choose"), hidden, back, back_text)
    kept = _held(request) if error.code == "hold_limit" else ()
    asked = Asked(chosen.kod, chosen.form, chosen.start, calendar=chosen.officer)
    return refusal_page(request, error, asked, way_on, kept)


def step_of(request: HttpRequest) -> str:
    """The name of the step that a form was sent from; the first one for a form that does not say."""
    return STEPS.get(request.POST.get("step", ""), "booking:needs")


def refusal_page(
    request: HttpRequest, error: BookingError, asked: Asked, way_on: WayOn, kept: tuple[Held, ...] = ()
) -> HttpResponse:
    """The page of a refused time: 409, or 503 when trying again in a second is all that is needed.

    `kept`: times that the person holds already, each to be booked or let go.
    """
    code, nearest = _around(request, error, asked)
    wanted = wording.day_and_time(instant(asked.start)) if asked.start else ""
    said, busy = refusal(code, wanted=wanted, nearest=nearest), isinstance(error, Busy)
    context = {"refusal": said, "way_on": way_on, "action": way_on.action, "hidden": way_on.hidden, "kept": kept}
    response = render(request, "booking/refused.html", context, status=503 if busy else 409)
    if busy:
        response["Retry-After"] = str(Busy.retry_after_seconds)
    return response


def _around(request: HttpRequest, error: BookingError, asked: Asked) -> tuple[str, list[datetime]]:
    """What is true of the start that was asked for, and the free ones nearest to it."""
    if not isinstance(error, _OF_THE_START):
        return error.code, []
    now, code = timezone.now(), "not_offered"
    nearest: tuple[Slot, ...] = ()
    with pages.reading(request) as actor, suppress(NotAllowed, NotOffered):
        offer = offers.offer(asked.kod)
        code = _code(actor, error, offer, asked, now)
        near = asked.start or asked.near or floor_tick(now)
        whose = offers.Whose(asked.calendar, reach.officers(actor), minutes=asked.minutes)
        nearest = offers.nearest(offer, asked.form, near, now=now, whose=whose)
    return code, [slot.start for slot in nearest]


def _code(actor: Actor, error: BookingError, offer: offers.Offer, asked: Asked, now: datetime) -> str:
    """Only a time that somebody else has was taken by somebody else; one that has passed was not too near either."""
    if asked.code:
        return asked.code
    if not asked.start:
        return "not_offered"
    if instant(asked.start) <= now:
        return "past"
    if not isinstance(error, SlotTaken):
        return error.code
    taken = offers.taken_by_another(actor, offer, asked.start, now=now, calendar=asked.calendar)
    return error.code if taken else "not_offered"


def _held(request: HttpRequest) -> tuple[Held, ...]:
    now = timezone.now()
    with pages.signed_in(request) as actor:
        return tuple(held(time, expires_at=None, now=now) for time in appointments.held(actor, now=now))
