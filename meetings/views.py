"""The meeting's pages, and the few acts that go over HTTP: a ticket, the start, the end."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from booking.errors import BookingError
from booking.models import Form
from identity import access_log, limits, pages
from identity.access_log import Tried
from identity.actors import Actor
from identity.errors import NotAllowed, SignInNeeded
from meetings import doorbell
from meetings.errors import ReasonNeeded
from meetings.presenters import SOCKET_PATH, Door, MeetingPage, meeting_page
from meetings.services import course, entrance
from meetings.services.opened import seen
from meetings.state import Snapshot

log = logging.getLogger("motas.meetings")
_BODY_LIMIT = 200
_TRIES_PER_MINUTE = 20


@require_safe
def meeting(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The resident's and the guests' page: lobby, meeting and end in one. The host has a page of their own."""
    try:
        page = _page(request, meeting, leads=False)
    except ReasonNeeded:
        return redirect("booking:officer_booking", meeting)
    return redirect("meetings:officer", meeting) if page.is_host else _shown(request, page, "meetings/meeting.html")


@require_safe
def officer(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The host's page; of a protected person first the booking's, which asks why. To everybody else there is none."""
    try:
        page = _page(request, meeting, leads=True)
    except ReasonNeeded:
        return redirect("booking:officer_booking", meeting)
    return _shown(request, page, "meetings/meeting_officer.html")


@require_POST
def ticket(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """A ticket for the socket. Unknown, foreign, cancelled, too early, too late: one and the same 404."""
    takeover = _takeover(request)
    if takeover is None:
        return JsonResponse({"code": "bad_request"}, status=400)
    actor = pages.actor_of(request)
    try:
        text = _ticket(request, actor, meeting, takeover=takeover) if actor.signed_in else None
    except DatabaseError as error:
        log.error("ticket: %s", type(error).__name__)
        return JsonResponse({"code": "slow_down"}, status=503)
    if text is None:
        return JsonResponse({"code": "not_found"}, status=404)
    scheme = "wss" if request.is_secure() else "ws"
    return JsonResponse({"ticket": text, "url": f"{scheme}://{request.get_host()}{SOCKET_PATH}"})


@require_POST
def start(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """ "Starta samtalet": waiting -> in progress."""
    return _led(request, meeting, lambda actor: course.start_meeting(actor=actor, meeting=meeting))


@require_POST
def end(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """End for all, when the host's page has no socket."""
    return _led(request, meeting, lambda actor: course.end_meeting(actor=actor, meeting=meeting))


def _page(request: HttpRequest, meeting: UUID, *, leads: bool) -> MeetingPage:
    """Read the meeting as its participant. SignInNeeded, also when the identification is too old to enter."""
    action = "meeting.lead" if leads else "meeting.enter"
    with pages.signed_in(request) as actor, _refusal_named(actor, action, meeting):
        held = seen(meeting)
        me = entrance.participant_of(held, actor)
        is_host = held.is_own_officer(me)
        page = meeting_page(held, is_host=is_host)
        if (leads and not is_host) or not _exists(held.booking.form, held.booking.state, page):
            raise NotAllowed("meeting")
        if page.door is Door.OPEN:
            entrance.entering(held, actor)
        access_log.record(actor=actor, action="meeting.see", kind="meeting", objects=[meeting])
        return page


def _exists(form: str, state: str, page: MeetingPage) -> bool:
    """A meeting of another form, or one that was called off, has no page."""
    return form == Form.VIDEO and not (page.door is Door.OVER and state.startswith("cancelled"))


def _shown(request: HttpRequest, page: MeetingPage, template: str) -> HttpResponse:
    return render(request, template if page.door is Door.OPEN else "meetings/closed.html", asdict(page))


@contextmanager
def _refusal_named(actor: Actor, action: str, meeting: UUID) -> Iterator[None]:
    """Say in a refusal who tried what, so that it is logged; the same for a missing meeting as for a foreign one."""
    try:
        yield
    except ReasonNeeded as needed:
        needed.tried = Tried(actor, action, "meeting", meeting)
        raise
    except NotAllowed:
        raise NotAllowed(action, Tried(actor, action, "meeting", meeting)) from None


@contextmanager
def _refusal_logged(actor: Actor, action: str, meeting: UUID) -> Iterator[None]:
    """The same around a use case, which has its own transaction: the refusal is logged here."""
    try:
        with _refusal_named(actor, action, meeting):
            yield
    except NotAllowed as refused:
        access_log.record_refusal(refused)
        raise


def _ticket(request: HttpRequest, actor: Actor, meeting: UUID, *, takeover: bool) -> str | None:
    """A ticket of somebody signed in; None, and an entry in the log, when they may not enter."""
    municipality = pages.municipality_of(request)
    try:
        with _refusal_logged(actor, "meeting.enter", meeting):
            return entrance.mint_ticket(actor=actor, municipality=municipality, meeting=meeting, takeover=takeover)
    except (NotAllowed, SignInNeeded):
        return None


def _takeover(request: HttpRequest) -> bool | None:
    """The body's one member; None when it is anything else."""
    try:
        body = json.loads(request.body[:_BODY_LIMIT])
    except ValueError:
        return None
    if not isinstance(body, dict) or body.keys() != {"takeover"} or not isinstance(body["takeover"], bool):
        return None
    return body["takeover"]


def _led(request: HttpRequest, meeting: UUID, act: Callable[[Actor], Snapshot]) -> HttpResponse:
    """Carry out what only the host may; the sockets hear of it. 409 when the meeting is not so far, or further."""
    actor = pages.actor_of(request)
    if not actor.signed_in:  # nothing is logged of nobody: anybody on the internet could fill the log
        raise NotAllowed("meeting.lead")
    limits.take(f"lead:{actor.person_id}", per_minute=_TRIES_PER_MINUTE, burst=_TRIES_PER_MINUTE)
    try:
        with _refusal_logged(actor, "meeting.lead", meeting):
            changed = act(actor)
    except (BookingError, DatabaseError) as error:
        if isinstance(error, DatabaseError):
            log.error("meeting led: %s", type(error).__name__)
        return HttpResponse(gettext("Det går inte just nu."), status=409, content_type="text/plain; charset=utf-8")
    doorbell.ring(actor.municipality_id, meeting, changed.version)
    return redirect("meetings:officer", meeting)
