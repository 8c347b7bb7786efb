"""Before sign-in: what, how and when. Nothing is held and no answer is stored but the choice itself."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from booking import offers
from booking.choice import Choice
from booking.errors import BookingError, SlotTaken
from booking.forms import MeetingForm, SlotForm, TimesFilter, errors_of, posted
from booking.offers import Offer
from booking.presenters.forms_of_meeting import choices, name_of
from booking.presenters.suitability import questions
from booking.presenters.times import View, times_page
from booking.services import release
from booking.suitability import Outcome, outcome
from booking.timeline import floor_tick, instant
from booking.views import steps
from identity import pages


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What would you like to talk about?"""
    with pages.reading(request):
        services = offers.services()
    return render(request, "booking/start.html", {"services": services})


@require_http_methods(["GET", "HEAD", "POST"])
def choose_form(request: HttpRequest, kod: str) -> HttpResponse:
    """How would you like to meet us, and does video suit you?"""
    with pages.reading(request):
        offer = offers.offer(kod)
    form = MeetingForm(posted(request), offered=offer.forms)
    if form.is_bound and form.is_valid():
        return _after_form(request, offer, form)
    return _form_page(request, "booking/form.html", offer, form)


def _after_form(request: HttpRequest, offer: Offer, form: MeetingForm) -> HttpResponse:
    """On to the times, unless the answers lead elsewhere first."""
    result = outcome(form.answers())
    if result is Outcome.STOP_URGENT:
        return _form_page(request, "booking/urgent.html", offer, form)
    if result is Outcome.OTHER_FORM_FIRST and not form.cleaned_data["anyway"]:
        return _form_page(request, "booking/other_form.html", offer, form)
    earlier = Choice.of(request.session) or Choice(offer.kod, "")
    replace(earlier, kod=offer.kod, form=form.cleaned_data["form"]).keep(request.session)
    return redirect("booking:time", kod=offer.kod)


def _form_page(request: HttpRequest, template: str, offer: Offer, form: MeetingForm) -> HttpResponse:
    before = Choice.of(request.session)
    chosen = form.data.get("form") or (before.form if before and before.kod == offer.kod else "")
    ways = choices(offer.forms, place=offer.place, chosen=chosen)
    shown = {"offer": offer, "form": form, "errors": errors_of(form), "ways": ways, "questions": questions(form.data)}
    return render(request, template, shown, status=422 if form.errors else 200)


@require_safe
def choose_time(request: HttpRequest, kod: str) -> HttpResponse:
    """The free times, as a list first."""
    chosen = Choice.of(request.session)
    if chosen is None or chosen.kod != kod:
        return redirect("booking:form", kod=kod)
    now, view = timezone.now(), view_of(request)
    with pages.reading(request):
        offer = offers.offer(kod)
        starts = offers.free_starts(offer, chosen.form, now=now)
    times = times_page(starts, view, now=now, until=offers.horizon(offer, now=now))
    send_to = {"action": reverse("booking:choose"), "hidden": {"kod": kod, "form": chosen.form}}
    context = {"offer": offer, "form_name": name_of(chosen.form), "times": times, **send_to}
    return render(request, "booking/time.html", context)


def view_of(request: HttpRequest) -> View:
    """What of the free times the address asks for."""
    form = TimesFilter(request.GET)
    return View(form.monday(), form.cleaned("dag"), form.cleaned("del_") or "")


@require_http_methods(["GET", "HEAD", "POST"])
def choose_slot(request: HttpRequest) -> HttpResponse:
    """Remember a start. Whoever is signed in gets it held at once; others sign in first."""
    form = SlotForm(request.POST)
    if request.method != "POST" or not {"kod", "form"} <= form.cleaned().keys():
        return steps.back_to_choosing(request)
    wanted = Choice(form.cleaned()["kod"], form.cleaned()["form"], form.cleaned().get("tid", 0))
    try:
        offer = _free_offer(request, wanted)
        earlier = _let_go(request, Choice.of(request.session))
        chosen = replace(wanted, end=offer.end_of(wanted.start), person=earlier.person, way=earlier.way, to=earlier.to)
        chosen.keep(request.session)
        return steps.hold_or_sign_in(request, chosen)
    except BookingError as error:
        return steps.refused(request, error, wanted)


def _free_offer(request: HttpRequest, wanted: Choice) -> Offer:
    """The meeting type, if the start is free. Raises `SlotTaken` with the nearest, `NotOffered`."""
    now = timezone.now()
    with pages.reading(request):
        offer = offers.offer(wanted.kod)
        found = offers.nearest(offer, wanted.form, wanted.start or floor_tick(now), now=now)
    if not found or found[0].start != instant(wanted.start):
        raise SlotTaken(alternatives=found)
    return offer


def _let_go(request: HttpRequest, earlier: Choice | None) -> Choice:
    """A new choice frees the time that the same person held before; the answers stay."""
    actor = pages.actor_of(request)
    if earlier is None or actor.person_id is None:
        return Choice("", "")
    mine = earlier.by(actor.person_id)
    if mine.booking:
        with suppress(BookingError):
            release(actor=actor, booking=UUID(mine.booking))
    return mine
