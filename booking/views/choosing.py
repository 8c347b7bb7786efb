"""Before sign-in: what, how and when. Nothing is held and no answer is stored but the choice itself."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from booking import appointments, for_whom, offers, reach, wanted_needs
from booking.choice import Choice
from booking.errors import BookingError
from booking.forms import MeetingForm, SlotForm, errors_of, new_key, posted
from booking.methods import to_read, to_read_and_write
from booking.offered_officers import officers
from booking.offers import Offer
from booking.presenters.forms_of_meeting import choices, name_of
from booking.presenters.officers import choices as officer_choices
from booking.presenters.suitability import questions
from booking.services import release
from booking.suitability import Outcome, outcome
from booking.views import steps
from booking.views.failing import told_when_it_fails
from booking.views.free_times import free_times
from booking.views.refusing import refused
from identity import pages
from identity.actors import Actor
from identity.sign_in import was_signed_out
from identity.ways import LEVEL_NEEDED


@to_read
def start(request: HttpRequest) -> HttpResponse:
    """What would you like to talk about?"""
    with pages.reading(request):
        services = offers.services()
    return render(request, "booking/start.html", {"services": services, "signed_out": was_signed_out(request)})


@to_read_and_write
def choose_form(request: HttpRequest, kod: str) -> HttpResponse:
    """How would you like to meet us, and does video suit you?"""
    with pages.reading(request) as actor:
        offer = offers.offer(kod)
        by_phone = reach.by_phone_only(actor, pages.municipality_of(request), offer.id, offer.forms)
    if by_phone:  # also of a type without a form on the web
        return steps.by_phone(request)
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


@to_read
@told_when_it_fails
def choose_time(request: HttpRequest, kod: str) -> HttpResponse:
    """The free times, as a list first."""
    chosen = Choice.of(request.session)
    if chosen is None or chosen.kod != kod:
        return redirect("booking:form", kod=kod)
    with pages.reading(request) as actor:
        offer = offers.offer(kod)
        whose = _times_for(request, actor, offer, chosen)
        offered = officers(actor, offer, chosen.form, whose=whose)
        times = free_times(request, offer, chosen.form, whose=whose, officers=offered)
    hidden = {"kod": kod, "form": chosen.form} | ({"vem": times.who} if times.who else {})
    context = {"offer": offer, "form_name": name_of(chosen.form), "times": times, "hidden": hidden}
    context |= {"action": reverse("booking:choose"), "officers": officer_choices(offered, times.who)}
    return render(request, "booking/time.html", context)


@to_read_and_write
def choose_slot(request: HttpRequest) -> HttpResponse:
    """Remember a start. Whoever is signed in gets it held at once; others sign in first."""
    form = SlotForm(request.POST)
    given = form.cleaned()
    if request.method != "POST" or not {"kod", "form"} <= given.keys():
        return steps.back_to_choosing(request)
    wanted = Choice(given["kod"], given["form"], given.get("tid", 0), calendar=str(given.get("vem") or ""))
    try:
        return _chosen(request, wanted, given.get("key") or new_key())
    except BookingError as error:
        return refused(request, error, wanted)


def _chosen(request: HttpRequest, wanted: Choice, key: str) -> HttpResponse:
    """On to sign-in, or to the first step with the time held. Raises why it cannot be held."""
    now, earlier = timezone.now(), Choice.of(request.session) or Choice("", "")
    with pages.reading(request) as actor:
        offer = offers.offer(wanted.kod)
        reason = _why_not(request, actor, offer, replace(wanted, needs=earlier.needs, person=earlier.person))
        by_phone = reach.by_phone(actor, pages.municipality_of(request), offer.id, wanted.form)
        mine = earlier.by(actor.person_id) if actor.person_id else Choice("", "")
        kept = wanted.same_time(mine) and _alive(mine, now)
    chosen = replace(wanted, end=offer.end_of(wanted.start)).instead_of(mine, key)
    if not actor.signed_in:
        return _sign_in(request, offer, chosen, reason)
    if by_phone:
        return steps.by_phone(request)
    return redirect("booking:needs") if kept else _held(request, actor, chosen, mine, free=reason is None)


def _why_not(request: HttpRequest, actor: Actor, offer: Offer, wanted: Choice) -> BookingError | None:
    """Why the chosen start cannot be held, or None."""
    whose = replace(_times_for(request, actor, offer, wanted), calendar=wanted.officer)
    return offers.why_not(offer, wanted.form, wanted.start, now=timezone.now(), whose=whose)


def _times_for(request: HttpRequest, actor: Actor, offer: Offer, chosen: Choice) -> offers.Whose:
    """Whose times are shown, and how long they must be for an interpreter who was asked for before.

    Who books by phone sees everybody's, as somebody who has not signed in yet does.
    """
    open_to_all = not pages.municipality_of(request).protected_on_web
    mine = chosen.person == str(actor.person_id)
    minutes = wanted_needs.minutes(offer.id, chosen.form, chosen.needs) if mine else None
    officers_only = None if open_to_all else reach.officers(actor)
    return offers.Whose(officers=officers_only, resident=actor.person_id, minutes=minutes)


def _alive(chosen: Choice, now: datetime) -> bool:
    """Whether the time of a choice is held."""
    return bool(chosen.booking) and appointments.held_until(UUID(chosen.booking), now=now) is not None


def _sign_in(request: HttpRequest, offer: Offer, chosen: Choice, reason: BookingError | None) -> HttpResponse:
    """Remember the start and ask who it is for. Raises why the start cannot be held."""
    if reason is not None:
        raise reason
    chosen.keep(request.session)
    request.session[LEVEL_NEEDED] = offer.level
    return steps.sign_in_first(reverse("booking:needs"))


def _held(request: HttpRequest, actor: Actor, chosen: Choice, earlier: Choice, *, free: bool) -> HttpResponse:
    """Ask for whom it is, or hold the start instead of the one before. `hold` says why not, and nothing is let go then.

    It may be this very page, sent twice, that took it: then `hold` answers with that hold.
    """
    if not chosen.whom and for_whom.asks(actor):
        chosen.keep(request.session)
        return redirect("booking:for_whom")
    if free:
        if earlier.booking:
            with suppress(BookingError):
                release(actor=actor, booking=UUID(earlier.booking))
        chosen.keep(request.session)
    steps.ensure_held(request, actor, chosen)
    return redirect("booking:needs")
