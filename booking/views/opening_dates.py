"""One calendar's year, its single dates, and its limits."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from booking import opening_services, opening_state, own_calendar
from booking.forms import posted
from booking.methods import to_read
from booking.officer_desk import Desk, at_desk, done_words
from booking.officer_trying import Tried, attempt
from booking.opening_date import date_page
from booking.opening_forms import ExceptionForm, LimitsForm, of_limits
from booking.opening_presenters import exception_line
from booking.opening_year import months, weekdays
from booking.views.opening import attempt_removal
from identity import pages
from identity.errors import NotAllowed

_YEARS_AHEAD = 5


@to_read
@at_desk
def year(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/oppettider/ar/: the twelve months to come or a later year, with all that is not as usual."""
    today = timezone.localdate()
    chosen = _year(request.GET.get("ar", ""), today)
    first = date(chosen, 1, 1) if chosen > today.year else today.replace(day=1)
    with pages.staff(request) as actor:
        drawn = opening_state.read(own_calendar.editable(actor, desk.calendar.uuid))
        found = months(drawn, first, today)
    context = {"months": found, "year": chosen, "desk": desk, "today": today, "done": done_words(request)}
    context |= {"earlier": chosen > today.year, "later": chosen < today.year + _YEARS_AHEAD, "weekdays": weekdays()}
    return render(request, "booking/officer_year.html", context)


@at_desk
def on_date(request: HttpRequest, desk: Desk, day: str) -> HttpResponse:
    """/oppettider/datum/<date>/: what is open that day, and what is otherwise; a POST makes it otherwise."""
    chosen = _date(day)
    with pages.staff(request) as actor:
        calendar = own_calendar.editable(actor, desk.calendar.uuid)
        page = date_page(calendar, opening_state.read(calendar), chosen)
    form = ExceptionForm(posted(request), day=chosen, choices=page.choices, initial={"what": request.GET.get("vad")})
    tried = _try_exception(request, desk, form) if request.method == "POST" else Tried(form)
    if tried.saved:
        return desk.done("booking:opening_year", "dag")
    context = {"page": page, "version": page.version, "desk": desk} | tried.shown()
    return render(request, "booking/officer_date.html", context, status=tried.status)


@at_desk
def delete_exception(request: HttpRequest, desk: Desk, exception: UUID) -> HttpResponse:
    """/oppettider/andring/<uuid>/ta-bort/: let a date be as the rules say; first what that would do."""
    with pages.staff(request):
        drawn = opening_state.read(desk.calendar)
    row = next((one for one in drawn.exceptions if one.id == exception), None)
    if row is None:
        raise NotAllowed("exception")
    named = desk.named | {"exception": exception}
    preview = partial(opening_services.preview_exception, wanted=None, **named)
    tried = attempt_removal(request, preview, partial(opening_services.delete_exception, **named))
    if tried.saved:
        return desk.done("booking:opening_year", "dag-bort")
    context = {"line": exception_line(row, drawn), "version": desk.calendar.rules_version, "desk": desk}
    return render(request, "booking/officer_date_delete.html", context | tried.shown(), status=tried.status)


@at_desk
def limits(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/oppettider/granser/: the most that the calendar takes; a POST sets it."""
    with pages.staff(request) as actor:
        calendar = own_calendar.editable(actor, desk.calendar.uuid)
        drawn = opening_state.read(calendar)
    form = LimitsForm(posted(request), types=drawn.types, initial=of_limits(drawn.limits))
    tried = _try_limits(request, desk, form) if request.method == "POST" else Tried(form)
    if tried.saved:
        return desk.done("booking:opening", "granser")
    context = {"version": calendar.rules_version, "desk": desk} | tried.shown()
    return render(request, "booking/officer_limits.html", context, status=tried.status)


def _try_exception(request: HttpRequest, desk: Desk, form: ExceptionForm) -> Tried:
    named = desk.named
    return attempt(
        request,
        form,
        lambda: opening_services.preview_exception(wanted=form.wanted(), **named),
        lambda: opening_services.save_exception(wanted=form.wanted(), **named, **form.asked),
    )


def _try_limits(request: HttpRequest, desk: Desk, form: LimitsForm) -> Tried:
    named = desk.named
    return attempt(
        request,
        form,
        lambda: opening_services.preview_limits(wanted=form.wanted(), **named),
        lambda: opening_services.set_limits(wanted=form.wanted(), **named, version=form.asked["version"]),
    )


def _year(asked: str, today: date) -> int:
    """The year that is asked for, this one to five ahead; what is none is this one."""
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
    return min(max(number, today.year), today.year + _YEARS_AHEAD)


def _date(day: str) -> date:
    """A date of the address, as `2026-12-24`, from this year on; else there is no such page."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    today = timezone.localdate()
    if len(day) != 10 or not today.year <= found.year <= today.year + _YEARS_AHEAD:
        raise Http404
    return found
