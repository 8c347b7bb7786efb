"""What the officer's pages have in common: who asks, with which calendar, and the sentence after something is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from booking import own_calendar
from booking.errors import Busy, Stale
from booking.models import Calendar
from identity import pages
from identity.actors import Actor
from identity.errors import NotAllowed

P = ParamSpec("P")


@dataclass(frozen=True)
class Desk:
    """Who asks, and the calendar: the officer's own, or one that the address names (`?kalender=`) and they keep."""

    actor: Actor
    calendar: Calendar
    query: str = ""

    @property
    def named(self) -> dict[str, Any]:
        """`actor` and `calendar`, as use cases take them."""
        return {"actor": self.actor, "calendar": self.calendar.uuid}

    def done(self, page: str, what: str) -> HttpResponseRedirect:
        """Back to a page of the same calendar, which says what was done (`done_words`)."""
        return HttpResponseRedirect(f"{reverse(page)}{self.query or '?'}{'&' if self.query else ''}klart={what}")


def _calendar(request: HttpRequest, actor: Actor) -> tuple[Calendar | None, str]:
    """The calendar that is asked for. Raises `NotAllowed` for one that is named and not kept by the actor."""
    named = request.GET.get("kalender", "")
    if not named:
        return own_calendar.find(actor), ""
    try:
        return own_calendar.editable(actor, UUID(named)), f"?kalender={UUID(named)}"
    except ValueError:
        raise NotAllowed("calendar.edit") from None


def at_desk(
    view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for staff with a calendar of their own; others read that they have none.

    When somebody is booking at the very moment, the page comes back and says so.
    """

    @wraps(view)
    def respond(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with pages.staff(request) as actor:
            calendar, query = _calendar(request, actor)
        if calendar is None:
            return render(request, "booking/officer_no_calendar.html")
        try:
            return view(request, Desk(actor, calendar, query), *args, **kwargs)
        except (Busy, Stale):
            return HttpResponseRedirect(f"{request.path}{query or '?'}{'&' if query else ''}klart=upptaget")

    return respond


def done(page: str, what: str) -> HttpResponseRedirect:
    """Back to a page that says what was done (`done_words`)."""
    return HttpResponseRedirect(f"{reverse(page)}?klart={what}")


def done_words(request: HttpRequest) -> str:
    """The sentence for what was just done, from a closed list; empty when nothing was."""
    known = {
        "regel": gettext("Öppettiden är sparad."),
        "regel-bort": gettext("Öppettiden är borttagen."),
        "dag": gettext("Dagen är ändrad."),
        "dag-bort": gettext("Ändringen är borttagen. Dagen är som vanligt igen."),
        "granser": gettext("Gränserna är sparade."),
        "stangd": gettext("Stängningen är sparad. Ingen kan boka då."),
        "stangd-bort": gettext("Stängningen är borttagen."),
        "korta": gettext("Dagarna är sparade."),
        "kalender": gettext("Kalendern är sparad."),
        "franvaro": gettext("Frånvaron är sparad. Ingen kan boka dig då."),
        "franvaro-bort": gettext("Frånvaron är borttagen."),
        "adress-av": gettext("Prenumerationen är avstängd. Den gamla adressen slutar fungera nu."),
        "upptaget": gettext("Någon bokade just då. Vänta några sekunder och försök igen."),
        "in": gettext("Kalendern är tillagd och läst."),
        "in-senare": gettext("Kalendern är tillagd, men den kunde inte läsas än. Se varför här nedanför."),
        "in-bort": gettext("Kalendern är borttagen. Dess tider spärrar inte längre."),
        "in-last": gettext("Kalendern är läst."),
        "in-olast": gettext("Kalendern kunde inte läsas nu. Tiderna vi redan har fortsätter att spärra."),
    }
    return known.get(request.GET.get("klart", ""), "")
