"""The sync page: the address that leaves, the calendars that come in. Thin: parse, call, present."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from booking import busy_services, feed_services
from booking.calendars import addresses
from booking.calendars.busy.errors import CalendarError
from booking.calendars.events import Grade
from booking.calendars.feed import allowed_grades
from booking.errors import LimitReached
from booking.forms import errors_of
from booking.methods import only_post, to_read
from booking.models import BusyFeed
from booking.officer_desk import Desk, at_desk, done, done_words
from booking.officer_forms import AddressForm, FileForm, GradeForm
from booking.sync_presenters import address_of, busy_lines, limit_words, reason_words, wait_words
from identity import pages
from identity.errors import Limited

_PAGE = "booking:calendar"
_NEW = "feed_address"


@to_read
@at_desk
def calendar(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/kalender/: what leaves and what comes in."""
    return _page(request, desk)


@only_post(_PAGE)
@at_desk
def make_address(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/kalender/adress/: a new secret address; the old one stops. It is shown once, on the page that follows."""
    form = GradeForm(request.POST, allowed=allowed_grades(pages.municipality_of(request)))
    if not form.is_valid():
        return _page(request, desk, grade=form)
    grade = Grade(form.cleaned_data["grade"])
    # The session's payload is sealed, and the page that follows takes the address out of it.
    request.session[_NEW] = feed_services.rotate_feed(actor=desk.actor, calendar=desk.calendar.uuid, grade=grade)
    return redirect(_PAGE)


@only_post(_PAGE)
@at_desk
def revoke_address(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/kalender/adress/av/: the address stops."""
    feed_services.revoke_feed(actor=desk.actor, calendar=desk.calendar.uuid)
    request.session.pop(_NEW, None)
    return done(_PAGE, "adress-av")


@only_post(_PAGE)
@at_desk
def add_address(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/kalender/in/adress/: a calendar that is fetched from now on."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, address=form)
    address = form.cleaned_data["address"]
    tried = _tried(lambda: busy_services.add_busy_url(actor=desk.actor, calendar=desk.calendar.uuid, address=address))
    if isinstance(tried, BusyFeed):
        return done(_PAGE, "in" if tried.state == "good" else "in-senare")
    form.add_error("address", tried.words)
    return _page(request, desk, wait=tried.wait, address=form)


@only_post(_PAGE)
@at_desk
def add_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/kalender/in/fil/: a calendar that is read once."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, desk, file=form)
    octets = form.cleaned_data["file"].read()
    tried = _tried(lambda: busy_services.add_busy_file(actor=desk.actor, calendar=desk.calendar.uuid, octets=octets))
    if isinstance(tried, BusyFeed):
        return done(_PAGE, "in")
    form.add_error("file", tried.words)
    return _page(request, desk, wait=tried.wait, file=form)


@dataclass(frozen=True)
class _Refused:
    """Why a calendar was not added, in words; `wait`: seconds until another try, 0 when waiting does not help."""

    words: str
    wait: int = 0


def _tried(add: Callable[[], BusyFeed]) -> BusyFeed | _Refused:
    """What came of adding a calendar: what was typed is never lost for it."""
    try:
        return add()
    except CalendarError as error:
        return _Refused(reason_words(error.code))
    except LimitReached:
        return _Refused(limit_words())
    except Limited as error:
        return _Refused(wait_words(error.seconds), error.seconds)


@only_post(_PAGE)
@at_desk
def read(request: HttpRequest, desk: Desk, feed: UUID) -> HttpResponse:
    """/kalender/in/<uuid>/las/: ask the calendar now."""
    read_well = busy_services.read_now(actor=desk.actor, calendar=desk.calendar.uuid, feed=feed)
    return done(_PAGE, "in-last" if read_well else "in-olast")


@only_post(_PAGE)
@at_desk
def remove(request: HttpRequest, desk: Desk, feed: UUID) -> HttpResponse:
    """/kalender/in/<uuid>/ta-bort/: its times block no longer."""
    busy_services.remove_busy(actor=desk.actor, calendar=desk.calendar.uuid, feed=feed)
    return done(_PAGE, "in-bort")


def _page(request: HttpRequest, desk: Desk, *, wait: int = 0, **sent: Form) -> HttpResponse:
    """The page; `sent`: the form that came back, by its name there; `wait`: seconds, when it came too often."""
    now, new = timezone.now(), request.session.pop(_NEW, "")
    with pages.staff(request):
        leaving = address_of(desk.calendar.feeds.filter(revoked_at=None).order_by("-made_at").first(), now=now)
        coming = busy_lines(desk.calendar.busy_feeds.order_by("kind", "tried_at", "id"), now=now)
    forms = _forms(request, leaving.grade if leaving else "neutral") | sent
    errors = [fault for form in forms.values() for fault in errors_of(form)]
    context = {"leaving": leaving, "coming": coming, "new": new, "new_webcal": addresses.as_webcal(new) if new else ""}
    context |= forms | {"errors": errors, "done": done_words(request)}
    response = render(request, "booking/officer_calendar.html", context, status=_status(wait, errors))
    if wait:
        response["Retry-After"] = str(wait)
    return response


def _forms(request: HttpRequest, grade: str) -> dict[str, Form]:
    """The page's forms as they are before anything is sent, in its order."""
    allowed = allowed_grades(pages.municipality_of(request))
    first = GradeForm(initial={"grade": grade}, allowed=allowed)
    return {"grade": first, "address": AddressForm(), "file": FileForm()}


def _status(wait: int, errors: list[tuple[str, str]]) -> int:
    return 429 if wait else 422 if errors else 200
