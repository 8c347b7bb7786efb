"""The week of a calendar: one's own, or any of the units that one coordinates. Thin: parse, call, present."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from booking import week as weeks
from booking import wording
from booking.methods import to_read
from booking.presenters.week import week_page
from identity import pages
from identity.actors import Actor

_MANY = timedelta(days=366)


@to_read
def week(request: HttpRequest, calendar: UUID | None = None) -> HttpResponse:
    """/vecka/, /vecka/<uuid>/: `?vecka=` is a date in it, `?som=lista` the same as a list."""
    now = timezone.now()
    with pages.staff(request) as actor:
        row = weeks.calendar_of(actor, calendar)
        seen = weeks.see(actor, row, _monday(request, now), now=now) if row is not None else None
    if seen is None:
        return _without(request, actor)
    as_list = request.GET.get("som") == "lista"
    context = {"page": week_page(seen, now=now), "as_list": as_list, "path": request.path, "calendar": seen.calendar}
    return render(request, "booking/officer_week.html", context)


def _without(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who has no calendar of their own is led to the unit's, if they coordinate one."""
    if actor.units("coordinator") | actor.units("unit_manager"):
        return redirect("booking:unit")
    return render(request, "booking/officer_no_calendar.html")


def _monday(request: HttpRequest, now: datetime) -> date:
    """The Monday of the week that is asked for, within a year; of this week for what is no date."""
    today = wording.local_date(now)
    try:
        asked = date.fromisoformat(request.GET.get("vecka", ""))
    except ValueError:
        asked = today
    near = min(max(asked, today - _MANY), today + _MANY)
    return near - timedelta(days=near.weekday())
