"""The free times of a meeting type as one page shows them: what two pages read alike. Called inside an open scope."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from booking import offers
from booking.forms import TimesFilter
from booking.offers import ANYBODYS, Offer, Whose
from booking.presenters.times import TimesPage, View, empty_days, times_page


def free_times(request: HttpRequest, offer: Offer, form: str, *, whose: Whose = ANYBODYS) -> TimesPage:
    """What of the free times the address asks for. Raises `NotOffered` for a form that is not offered."""
    now, view = timezone.now(), _view_of(request)
    until = offers.horizon(offer, now=now)
    starts = offers.free_starts(offer, form, now=now, whose=whose)
    empty = empty_days(starts, view, now=now, until=until)
    opened = offers.opened(offer, form, empty[0], empty[-1], now=now, whose=whose) if empty else ()
    return times_page(starts, view, now=now, until=until, opened=opened)


def _view_of(request: HttpRequest) -> View:
    form = TimesFilter(request.GET)
    return View(form.monday(), form.cleaned("dag"), form.cleaned("del_") or "")
