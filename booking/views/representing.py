"""Whom is the time for? Asked only of those who may book for somebody else."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from booking import for_whom
from booking.choice import Choice
from booking.forms import WhomForm, errors_of, posted
from booking.methods import to_read_and_write
from booking.views.steps import back_to_choosing
from identity import pages


@to_read_and_write
def whom(request: HttpRequest) -> HttpResponse:
    """Yourself, or somebody you help. The time is held after the answer."""
    chosen = Choice.of(request.session)
    with pages.signed_in(request) as actor:
        answers = for_whom.answers(actor)
    if chosen is None or not chosen.has_time or actor.person_id is None:
        return back_to_choosing(request)
    form = WhomForm(posted(request), persons=[person for person, _ in answers])
    if form.is_bound and form.is_valid():
        replace(chosen.by(actor.person_id), whom=str(form.cleaned_data["whom"])).keep(request.session)
        return redirect("booking:needs")
    context = {"answers": answers, "form": form, "errors": errors_of(form), "kod": chosen.kod}
    return render(request, "booking/whom.html", context, status=422 if form.errors else 200)
