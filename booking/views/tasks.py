"""/uppgifter/: what must be done, and the page to ring the next in line from. Thin: parse, call, present."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from booking import tasks, waiting_desk
from booking.errors import BookingError
from booking.forms import errors_of, posted
from booking.methods import only_post, to_read, to_read_and_write
from booking.presenters import tasks as words
from booking.services.waiting import accept_offer, decline_offer
from booking.waiting_forms import DoForm
from identity import pages
from identity.actors import Actor
from identity.errors import NotAllowed

_LIST = "booking:tasks"


@to_read
def list_all(request: HttpRequest) -> HttpResponse:
    """/uppgifter/: by due time."""
    now = timezone.now()
    with pages.staff(request) as actor:
        lines = words.lines(tasks.open_tasks(actor), now=now)
    context = {"lines": lines, "done": words.done_words(pages.just_done(request))}
    return render(request, "booking/tasks.html", context)


@only_post(_LIST)
def finish(request: HttpRequest, task: UUID) -> HttpResponse:
    """/uppgifter/<uuid>/klar/: it is done."""
    with pages.staff(request) as actor:
        pass
    tasks.finish_task(actor=actor, task=task)
    return pages.done(request, reverse(_LIST), "klar")


@to_read_and_write
def ring(request: HttpRequest, task: UUID) -> HttpResponse:
    """/uppgifter/<uuid>/ring/: whom to ring about which time, and what they answered."""
    with pages.staff(request) as actor:
        offer = tasks.fetch(actor, task).offer_id
        if offer is None:
            raise NotAllowed("task.finish")
        page = waiting_desk.offered(actor, offer, request.LANGUAGE_CODE, now=timezone.now(), ringing=True)
    form = DoForm(posted(request), known=("accept", "decline"))
    if form.is_bound and form.is_valid():
        return pages.done(request, reverse(_LIST), _answered(actor, offer, form.cleaned_data))
    context = {"page": page, "question": page.question, "errors": errors_of(form)}
    return render(request, "booking/task_ring.html", context, status=422 if form.errors else 200)


def _answered(actor: Actor, offer: UUID, given: dict[str, str]) -> str:
    """What was done, as a code."""
    try:
        if given["do"] == "accept":
            accept_offer(actor=actor, offer=offer, key=given["key"])
            return "tog"
        decline_offer(actor=actor, offer=offer)
    except BookingError:
        return "slut"
    return "nej"
