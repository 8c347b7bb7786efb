"""A unit's load, for who coordinates or manages it. Thin: parse, call, present."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from booking import unit_load
from booking.methods import to_read
from booking.presenters.unit import unit_page
from identity import pages
from identity.errors import NotAllowed


@to_read
def unit(request: HttpRequest) -> HttpResponse:
    """/enhet/: `?enhet=` is one of those that one coordinates."""
    with pages.staff(request) as actor:
        page = unit_page(unit_load.see(actor, _asked(request), now=timezone.now()))
    return render(request, "booking/officer_unit.html", {"page": page})


def _asked(request: HttpRequest) -> UUID | None:
    asked = request.GET.get("enhet", "")
    try:
        return UUID(asked) if asked else None
    except ValueError:
        raise NotAllowed("unit.see_load") from None
