"""Booking for a resident who rings: the first free times, then whom it is for, and one button. Thin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from booking import book_for, languages, services, wording
from booking.book_for import Asked
from booking.book_for_form import HOW, NEEDS, BookForForm
from booking.errors import BookingError, SlotTaken
from booking.forms import errors_of, new_key
from booking.methods import to_read_and_write
from booking.models import Booking
from booking.patterns import MINUTES_PER_DAY
from booking.presenters.book_for import done_words, not_found, page_of
from booking.presenters.refusals import refusal
from booking.services import Wanted
from booking.slots import Slot
from booking.timeline import Tick, instant
from booking.walltime import ticks_of
from identity import pages
from identity.actors import Actor
from identity.errors import Limited

_TICK_DIGITS = 9
_REMEMBERED = "booked_for"  # in the session: the type and the form that were booked last
_DONE = "booked_for_done"  # once: what was just booked
_PERSON = "booked_for_person"  # by the form's key: somebody new, who is written down once


@dataclass
class _Tried:
    """What came of the form: errors, and times instead of one that was taken."""

    form: BookForForm
    booked: Booking | None = None
    instead: Sequence[Slot] = ()


@to_read_and_write
def book(request: HttpRequest) -> HttpResponse:
    """/boka-at/: a POST books, unless it asks for other times (`visa`), which keeps all that is typed."""
    if request.method != "POST" or "visa" in request.POST:
        initial = {"asked_how": "phone"}
        form = BookForForm(initial=initial | request.POST.dict() if request.method == "POST" else initial)
        return _page(request, _Tried(form))
    tried = _try(request)
    return _page(request, tried) if tried.booked is None else _after(request, tried.booked)


def _try(request: HttpRequest) -> _Tried:
    tried = _Tried(BookForForm(request.POST))
    with pages.staff(request) as actor:
        asked = _asked(request, actor)
    if tried.form.is_valid():
        with _told(tried):
            person = _person(request, actor, tried.form, asked)
            if person is None:
                tried.form.add_error("number", not_found())
            else:
                tried.booked = _book(actor, tried.form, asked, person)
    return tried


@contextmanager
def _told(tried: _Tried) -> Iterator[None]:
    """What is refused becomes an error of the form."""
    try:
        yield
    except SlotTaken as error:
        tried.instead = error.alternatives
        tried.form.add_error("tid", refusal(error.code).text)
    except BookingError as error:
        tried.form.add_error("tid", refusal(error.code).text)
    except Limited:
        tried.form.add_error("number", refusal("busy").text)


def _person(request: HttpRequest, actor: Actor, form: BookForForm, asked: Asked) -> UUID | None:
    """Who it is for. Somebody new is kept by the form's key, so that another try writes down nobody twice."""
    who = form.who()
    new = [form.cleaned_data["key"], who.name] if who.only_named else None
    kept = request.session.get(_PERSON)
    if new is not None and kept and kept[:2] == new:
        return UUID(kept[2])
    found = book_for.find(actor=actor, who=who, meeting_type=asked.meeting_type.id, now=timezone.now())
    if new is not None and found is not None:
        request.session[_PERSON] = [*new, str(found)]
    return found


def _book(actor: Actor, form: BookForForm, asked: Asked, person: UUID) -> Booking:
    data, start = form.cleaned_data, form.cleaned_data["tid"]
    wanted = Wanted(
        asked.meeting_type.id, asked.form, start.tick, start.calendar, resident=person, asked_how=data["asked_how"]
    )
    return services.book_directly(
        actor=actor,
        wanted=wanted,
        contact=form.contact(),
        key=data["key"],
        read_aloud=data["read_aloud"],
        needs=form.wanted_needs(asked.language),
        companions=data["companions"],
    )


def _after(request: HttpRequest, booked: Booking) -> HttpResponse:
    request.session[_REMEMBERED] = [str(booked.meeting_type_id), booked.form]
    request.session[_DONE] = done_words(booked.starts_at, booked.ends_at, booked.form)
    return redirect("booking:book_for")


def _asked(request: HttpRequest, actor: Actor) -> Asked:
    """Type, form and language: those of the form, else those that were booked last, else the first ones."""
    given: QueryDict = request.POST if request.method == "POST" else request.GET
    known = request.session.get(_REMEMBERED) or ["", ""]
    types = book_for.types_of(actor)
    chosen = next((one for one in types if str(one.id) == given.get("typ", known[0])), types[0])
    form = given.get("form", known[1])
    language = given.get("tolk", "")
    return Asked(
        chosen,
        form if form in chosen.forms else ("phone" if "phone" in chosen.forms else chosen.forms[0]),
        language if language in (*languages.codes(), languages.SIGN_LANGUAGE) else "",
        _after_tick(given),
    )


def _after_tick(given: QueryDict) -> Tick | None:
    """From which time on: a tick of the week's grid (`fran`), or the beginning of a day (`dag`)."""
    tick = given.get("fran", "")
    if tick.isascii() and tick.isdigit() and len(tick) < _TICK_DIGITS:
        return int(tick)
    try:
        day = date.fromisoformat(given.get("dag", ""))
        return ticks_of(day, 0, MINUTES_PER_DAY, wording.ZONE)[0]
    except (ValueError, OverflowError):
        return None


def _page(request: HttpRequest, tried: _Tried) -> HttpResponse:
    now, form = timezone.now(), tried.form
    with pages.staff(request) as actor:
        asked = _asked(request, actor)
        types, found = book_for.types_of(actor), book_for.times(actor, asked, now=now)
        people = book_for.to_meet(actor, now=now)
    chosen, person = str(form["tid"].value() or ""), str(form["mote"].value() or "")
    page = page_of(types, asked, found, people, chosen=chosen, person=person, instead=tried.instead)
    errors = [("id_tid_0" if field == "id_tid" else field, words) for field, words in errors_of(form)]
    context = {"page": page, "form": form, "errors": errors, "how": HOW, "needs": NEEDS}
    context["day"] = wording.local_date(instant(asked.after)).isoformat() if asked.after else ""
    context["key"] = form["key"].value() or new_key()
    context["done"] = request.session.pop(_DONE, "") if request.method != "POST" else ""
    context["ticked"] = request.POST.getlist("needs")
    return render(request, "booking/officer_book_for.html", context, status=422 if errors else 200)
