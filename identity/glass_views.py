"""Break glass: where an officer asks, and where a second person decides. Thin: parse, call, present."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from identity import access_log, break_glass, glass_presenters, pages, policies
from identity.glass_forms import AskForm, DecideForm
from identity.policies import Facts


def ask(request: HttpRequest) -> HttpResponse:
    """/nodoppning/: ask; the answer is one sentence, whatever there is."""
    with pages.staff(request) as actor:
        policies.require(actor, "glass.ask", Facts(actor.municipality_id))
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        break_glass.ask_about(actor=actor, **form.cleaned_data)
        return pages.done(request, reverse("identity:glass"), "fragat")
    context = glass_presenters.ask_page(form, asked=pages.just_done(request) == "fragat", actor=actor)
    return render(request, "identity/glass_ask.html", context, status=422 if form.errors else 200)


def waiting(request: HttpRequest) -> HttpResponse:
    """/nodoppning/vantar/: the requests that the reader may decide."""
    with pages.staff(request) as actor:
        policies.require(actor, "glass.see", Facts(actor.municipality_id))
        rows = break_glass.waiting(actor, timezone.now())
        access_log.record(actor=actor, action="glass.see", kind="opening", objects=[row.id for row in rows])
        lines = [glass_presenters.request_line(row) for row in rows]
    done = glass_presenters.done_words(pages.just_done(request))
    return render(request, "identity/glass_waiting.html", {"lines": lines, "done": done})


def decide(request: HttpRequest, opening: UUID) -> HttpResponse:
    """/nodoppning/<uuid>/: a POST approves or refuses; asked for in another way it leads to the list."""
    form = DecideForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("identity:glass_waiting")
    with pages.staff(request) as actor:
        approving = form.cleaned_data["do"] == "approve"
    (break_glass.approve if approving else break_glass.refuse)(actor=actor, opening=opening)
    return pages.done(request, reverse("identity:glass_waiting"), "oppnad" if approving else "nekad")
