"""One of somebody's own times: everything about it on a page that prints on one sheet, and a file for a calendar."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from booking import access, appointments
from booking.calendars import own_entry
from booking.methods import to_read
from booking.presenters import appointments as words
from identity import access_log, pages
from identity.access_log import Tried
from identity.actors import Actor
from identity.errors import NotAllowed


@to_read
def one(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/mina-tider/<uuid>/: when, how, what is ready, what can be changed."""
    with pages.signed_in(request) as actor:
        time = appointments.one(actor, booking)
    card = words.card(time, now=timezone.now())
    receipt = words.receipt(time)
    context = {"card": card, "receipt": receipt, "about": time.type_name, "calendar": _has_entry(actor, card)}
    return render(request, "booking/own.html", context)


@to_read
def calendar_file(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/mina-tider/<uuid>/tid.ics: by choice, and nothing for whose calendars nothing may stand in (C16)."""
    with pages.signed_in(request) as actor:
        found = access.fetch(actor, "booking.answer", booking)
        if actor.protected or (found.resident is not None and found.resident.protected):
            raise NotAllowed("booking.answer", Tried(actor, "booking.answer", "booking", booking))
        access_log.record(actor=actor, action="booking.see", kind="booking", objects=[found.id])
        octets = own_entry.file_of(found)
    headers = {"Content-Disposition": f'attachment; filename="{own_entry.FILE}"'}
    return HttpResponse(octets, content_type="text/calendar; charset=utf-8", headers=headers)


def _has_entry(actor: Actor, card: words.Card) -> bool:
    return not actor.protected and card.can_cancel
