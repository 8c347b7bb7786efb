"""The officer's day. Thin: parse, call, present."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from booking import left_behind, officer_day, tasks
from booking.methods import to_read
from booking.officer_presenters import day_page
from identity import alert_desk, pages


@to_read
def today(request: HttpRequest) -> HttpResponse:
    """/idag/: the next meeting, today's meetings, the days that come."""
    now = timezone.now()
    with pages.staff(request) as actor:
        rows, free = officer_day.bookings(actor, now=now), officer_day.free_today(actor, now=now)
        page = day_page(rows, free, now=now, stale=officer_day.stale_calendars(actor))
        told = {"unseen": alert_desk.unseen(actor), "left": left_behind.count(actor, now=now)}
        told["tasks"] = tasks.count(actor)
    return render(request, "booking/officer_day.html", {"page": page} | told)
