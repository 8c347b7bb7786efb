"""The waiting list: take a place, see it, leave it, answer when a time is offered. All of it without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from booking import appointments, offers, reach, waiting_desk, wording
from booking.errors import BookingError
from booking.forms import errors_of, posted
from booking.methods import to_read_and_write
from booking.presenters import waiting as words
from booking.presenters.forms_of_meeting import choices
from booking.presenters.information import parts
from booking.presenters.refusals import refusal
from booking.services.waiting import (
    accept_offer,
    decline_offer,
    join_waiting_list,
    leave_waiting_list,
    wait_again,
)
from booking.views.failing import told_when_it_fails
from booking.views.steps import by_phone
from booking.waiting_desk import Asked
from booking.waiting_forms import FIELDS, DoForm, WishForm
from identity import pages
from identity.actors import Actor
from identity.errors import SignInNeeded
from identity.ways import LEVEL_NEEDED

_DRAFT = "wish"


@to_read_and_write
@told_when_it_fails
def join(request: HttpRequest, kod: str) -> HttpResponse:
    """/vantelista/<kod>/: what do you wait for?"""
    with pages.reading(request):
        offer = offers.offer(kod)
    _keep_draft(request, offer.level)
    with pages.signed_in(request) as actor:
        persons = waiting_desk.persons(actor)
    return _join(request, actor, Asked(offer, None), [(person.id, person.name) for person in persons])


@to_read_and_write
@told_when_it_fails
def earlier(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/mina-tider/<uuid>/tidigare/: an earlier time than the booked one, which moves when one is taken."""
    _keep_draft(request, "")
    with pages.signed_in(request) as actor:
        asked = waiting_desk.earlier(actor, booking, now=timezone.now())
    return _join(request, actor, asked, [])


def _keep_draft(request: HttpRequest, level: str) -> None:
    """What was typed outlives a sign-in that had run out in the meantime."""
    with pages.reading(request) as actor:
        pass
    if actor.signed_in:
        return
    if level:
        request.session[LEVEL_NEEDED] = level
    if request.method == "POST":
        request.session[_DRAFT] = {name: request.POST.getlist(name) for name in FIELDS}
    raise SignInNeeded


def _join(request: HttpRequest, actor: Actor, asked: Asked, persons: list[tuple[UUID, str]]) -> HttpResponse:
    if reach.closed(actor, pages.municipality_of(request)):
        return by_phone(request)
    form = _form(request, asked, persons)
    if form.is_bound and form.is_valid():
        try:
            join_waiting_list(actor=actor, wanted=form.wanted(asked), key=form.cleaned_data["key"])
        except BookingError as error:
            form.add_error("form", _refused(error))
        else:
            request.session["notice"] = "waiting"
            return redirect("booking:mine")
    return _page(request, form, asked, persons)


def _form(request: HttpRequest, asked: Asked, persons: list[tuple[UUID, str]]) -> WishForm:
    return WishForm(
        posted(request),
        initial=_first_values(request, asked),
        offered=[asked.old.form] if asked.old else asked.offer.forms,
        persons=[person for person, _ in persons],
        today=wording.local_date(timezone.now()),
    )


def _first_values(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What was typed before the sign-in, else what is known; the form of meeting as it was chosen on the way here."""
    with pages.reading(request) as actor:
        known = appointments.email_of(actor)
    draft = request.session.pop(_DRAFT, {}) if request.method == "GET" else {}
    lists = {name: draft[name] for name in ("weekdays", "parts") if name in draft}
    plain = {name: values[0] for name, values in draft.items() if name not in lists and values}
    form = asked.old.form if asked.old else request.GET.get("form", "")
    latest = wording.local_date(asked.old.starts_at) if asked.old else None
    return {"form": form, "email": known, "notice": "1440", "latest": latest} | plain | lists


def _refused(error: BookingError) -> str:
    known = {
        "wish_limit": gettext("Du har redan tre platser på väntelistan. Lämna en av dem först."),
        "not_offered": gettext("Den här tiden byter du genom att ringa oss."),
    }
    return known.get(error.code) or refusal(error.code).text


def _page(request: HttpRequest, form: WishForm, asked: Asked, persons: list[tuple[UUID, str]]) -> HttpResponse:
    old, way = wording.day_and_time(asked.old.starts_at) if asked.old else "", form.marked("way")[0]
    shown = {"form": form, "errors": errors_of(form), "offer": asked.offer, "old": old, "persons": persons}
    shown |= {"by_email": way == "email", "by_call": way == "phone", "whom": form.marked("whom")[0]}
    shown |= words.boxes(form.marked)
    shown["ways"] = choices(asked.offer.forms, place=asked.offer.place, chosen=form.marked("form")[0])
    return render(request, "booking/wait.html", shown, status=422 if form.errors else 200)


@to_read_and_write
@told_when_it_fails
def wish(request: HttpRequest, wish: UUID) -> HttpResponse:
    """/vantelista/onskemal/<uuid>/: leave the list, or be asked again after a rest."""
    with pages.signed_in(request) as actor:
        card = words.card(waiting_desk.one(actor, wish))
    form = DoForm(posted(request), known=("leave", "again"))
    if form.is_bound and form.is_valid():
        leaves = form.cleaned_data["do"] == "leave"
        (leave_waiting_list if leaves else wait_again)(actor=actor, wish=wish)
        request.session["notice"] = "left" if leaves else "waiting"
        return redirect("booking:mine")
    return render(request, "booking/wait_leave.html", {"card": card, "errors": errors_of(form)})


@to_read_and_write
@told_when_it_fails
def offer(request: HttpRequest, offer: UUID) -> HttpResponse:
    """/vantelista/svar/<uuid>/: a time is held: take it, not this one, or leave the list."""
    with pages.signed_in(request) as actor:
        page = waiting_desk.offered(actor, offer, request.LANGUAGE_CODE, now=timezone.now())
    if reach.closed(actor, pages.municipality_of(request)):
        return by_phone(request)
    form = DoForm(posted(request), known=("accept", "decline", "leave"))
    if form.is_bound and form.is_valid():
        try:
            return _answered(request, actor, offer, form)
        except BookingError:  # the page itself says what holds now
            return redirect(request.path)
    return _offer_page(request, page, form)


def _answered(request: HttpRequest, actor: Actor, offer: UUID, form: DoForm) -> HttpResponse:
    given = form.cleaned_data
    if given["do"] == "accept":
        accept_offer(actor=actor, offer=offer, key=given["key"], shown=given["shown"])
        request.session["notice"] = "taken"
        return redirect("booking:mine")
    if given["do"] == "decline":
        decline_offer(actor=actor, offer=offer)
    else:
        with pages.reading(request):
            behind = waiting_desk.wish_of(offer)
        leave_waiting_list(actor=actor, wish=behind or offer)
    request.session["notice"] = "declined" if given["do"] == "decline" else "left"
    return redirect("booking:mine")


def _offer_page(request: HttpRequest, page: waiting_desk.Offered, form: DoForm) -> HttpResponse:
    municipality = pages.municipality_of(request)
    values = {"kommun": municipality.name, "telefon": municipality.phone, "jour": municipality.emergency_phone}
    context = {
        "question": page.question,
        "shown": page.shown.id if page.shown else "",
        "parts": parts(page.text.body, values) if page.text else (),
        "text_language": page.text.language if page.text else "",
        "errors": errors_of(form),
    }
    return render(request, "booking/wait_offer.html", context, status=422 if form.errors else 200)
