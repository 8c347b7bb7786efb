"""What coordinators and administrators close and set up: closures, short days, calendars."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from booking import opening_services, own_calendar, unit_desk
from booking.forms import posted
from booking.methods import only_post, to_read
from booking.officer_desk import done, done_words
from booking.officer_trying import Tried, attempt
from booking.opening_closures import ZONE
from booking.opening_effects import no_effect
from booking.unit_forms import ClosureForm, SettingsForm, ShortDaysForm, of_calendar
from identity import pages
from identity.actors import Actor


def closures(request: HttpRequest) -> HttpResponse:
    """/stangningar/: when units and the municipality are closed; a POST closes."""
    with pages.staff(request) as actor:
        page = unit_desk.closing(actor)
    form = ClosureForm(posted(request), units=page.units, whole=page.whole)
    tried = _try_closure(request, actor, form) if request.method == "POST" else Tried(form)
    if tried.saved:
        return done("booking:closures", "stangd")
    context = {"page": page, "done": done_words(request)} | tried.shown()
    return render(request, "booking/officer_closures.html", context, status=tried.status)


@only_post("booking:closures")
def delete_closure(request: HttpRequest, closure: UUID) -> HttpResponse:
    """/stangningar/<uuid>/ta-bort/: open again."""
    with pages.staff(request) as actor:
        pass
    opening_services.delete_closure(actor=actor, closure=closure)
    return done("booking:closures", "stangd-bort")


def short_days(request: HttpRequest) -> HttpResponse:
    """/korta-dagar/: when the municipality closes before a holiday; a POST says so."""
    with pages.staff(request) as actor:
        decided = unit_desk.short_days(actor)
    form = ShortDaysForm(posted(request), decided=decided)
    tried = _try_short_days(request, actor, form) if request.method == "POST" else Tried(form)
    if tried.saved:
        return done("booking:short_days", "korta")
    context = {"done": done_words(request)} | tried.shown()
    return render(request, "booking/officer_short_days.html", context, status=tried.status)


@to_read
def calendars(request: HttpRequest) -> HttpResponse:
    """/kalendrar/: the calendars of the own units."""
    with pages.staff(request) as actor:
        lines = unit_desk.calendars(actor)
    return render(request, "booking/officer_calendars.html", {"lines": lines, "done": done_words(request)})


def set_up(request: HttpRequest, calendar: UUID) -> HttpResponse:
    """/kalendrar/<uuid>/: what a calendar is; a POST says so."""
    with pages.staff(request) as actor:
        row = own_calendar.editable(actor, calendar, "calendar.set_up")
        name = unit_desk.name_of(row)
    form = SettingsForm(posted(request), initial=of_calendar(row))
    tried = _try_settings(request, actor, calendar, form) if request.method == "POST" else Tried(form)
    if tried.saved:
        return HttpResponseRedirect(f"{reverse('booking:calendars')}?klart=kalender")
    context = {"name": name, "row": row, "version": row.rules_version} | tried.shown()
    return render(request, "booking/officer_calendar_set_up.html", context, status=tried.status)


def _try_closure(request: HttpRequest, actor: Actor, form: ClosureForm) -> Tried:
    return attempt(
        request,
        form,
        lambda: opening_services.preview_closure(actor=actor, wanted=form.wanted(ZONE)),
        lambda: opening_services.save_closure(actor=actor, wanted=form.wanted(ZONE), orphans=form.asked["orphans"]),
    )


def _try_short_days(request: HttpRequest, actor: Actor, form: ShortDaysForm) -> Tried:
    return attempt(
        request,
        form,
        lambda: opening_services.preview_short_days(actor=actor, closes=form.changed()),
        lambda: opening_services.save_short_days(actor=actor, closes=form.changed(), orphans=form.asked["orphans"]),
    )


def _try_settings(request: HttpRequest, actor: Actor, calendar: UUID, form: SettingsForm) -> Tried:
    """Nothing of opening: there is no effect to read first."""
    save = partial(opening_services.set_up_calendar, actor=actor, calendar=calendar)
    return attempt(request, form, no_effect, lambda: save(wanted=form.wanted(), version=form.asked["version"]))
