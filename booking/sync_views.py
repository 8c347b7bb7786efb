"""The sync page: the address that leaves, the calendars that come in. Thin: parse, call, present."""

from __future__ import annotations

from uuid import UUID

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
from booking.officer_desk import Desk, at_desk, done, done_words
from booking.officer_forms import AddressForm, FileForm, GradeForm
from booking.sync_presenters import address_of, busy_lines, limit_words, reason_words
from identity import pages

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
    if form.is_valid():
        try:
            feed = busy_services.add_busy_url(
                actor=desk.actor, calendar=desk.calendar.uuid, address=form.cleaned_data["address"]
            )
            return done(_PAGE, "in" if feed.state == "good" else "in-senare")
        except CalendarError as error:
            form.add_error("address", reason_words(error.code))
        except LimitReached:
            form.add_error("address", limit_words())
    return _page(request, desk, address=form)


@only_post(_PAGE)
@at_desk
def add_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/kalender/in/fil/: a calendar that is read once."""
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            octets = form.cleaned_data["file"].read()
            busy_services.add_busy_file(actor=desk.actor, calendar=desk.calendar.uuid, octets=octets)
            return done(_PAGE, "in")
        except CalendarError as error:
            form.add_error("file", reason_words(error.code))
        except LimitReached:
            form.add_error("file", limit_words())
    return _page(request, desk, file=form)


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


def _page(
    request: HttpRequest,
    desk: Desk,
    *,
    grade: GradeForm | None = None,
    address: AddressForm | None = None,
    file: FileForm | None = None,
) -> HttpResponse:
    now, new = timezone.now(), request.session.pop(_NEW, "")
    with pages.staff(request):
        leaving = address_of(desk.calendar.feeds.filter(revoked_at=None).order_by("-made_at").first(), now=now)
        coming = busy_lines(desk.calendar.busy_feeds.order_by("kind", "id"), now=now)
    chosen = leaving.grade if leaving else "neutral"
    grade = grade or GradeForm(initial={"grade": chosen}, allowed=allowed_grades(pages.municipality_of(request)))
    address, file = address or AddressForm(), file or FileForm()
    errors = errors_of(grade) + errors_of(address) + errors_of(file)
    context = {"leaving": leaving, "coming": coming, "new": new, "new_webcal": addresses.as_webcal(new) if new else ""}
    context |= {"grade": grade, "address": address, "file": file, "errors": errors, "done": done_words(request)}
    return render(request, "booking/officer_calendar.html", context, status=422 if errors else 200)
