"""The free times of a meeting type as one page shows them: what two pages read alike. Called inside an open scope."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from booking import offers
from booking.forms import TimesFilter
from booking.offered_officers import OfferedOfficer
from booking.offers import ANYBODYS, Offer, Whose
from booking.presenters.officers import name_of
from booking.presenters.times import TimesPage, View, empty_days, own_first, times_page

Officers = tuple[OfferedOfficer, ...]


def free_times(
    request: HttpRequest, offer: Offer, form: str, *, whose: Whose = ANYBODYS, officers: Officers = ()
) -> TimesPage:
    """What of the free times the address asks for. `officers`: whose times alone it may ask for.

    Raises `NotOffered` for a form that is not offered.
    """
    view = _view_of(request, officers)
    return _page(offer, form, view, replace(whose, calendar=UUID(view.who)) if view.who else whose, officers)


def _page(offer: Offer, form: str, view: View, whose: Whose, officers: Officers) -> TimesPage:
    now = timezone.now()
    until = offers.horizon(offer, now=now)
    free = offers.free(offer, form, now=now, whose=whose)
    empty = empty_days(free.starts, view, now=now, until=until)
    opened = offers.opened(offer, form, empty[0], empty[-1], now=now, whose=whose) if empty else ()
    page = times_page(free.starts, view, now=now, until=until, opened=opened)
    own = str(free.own_calendar or "")
    return own_first(page, own, name_of(officers, own), free.own)


def _view_of(request: HttpRequest, officers: Officers) -> View:
    """An officer who does not offer this is as none asked for."""
    form = TimesFilter(request.GET)
    who = str(form.cleaned("vem") or "")
    name = name_of(officers, who)
    return View(form.monday(), form.cleaned("dag"), form.cleaned("del_") or "", who if name else "", name)
