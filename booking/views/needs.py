"""What makes the meeting easier, who comes along, how to be told: one page whose first answer is valid as it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from booking import appointments, offers, wanted_needs
from booking.choice import Choice
from booking.errors import SlotTaken
from booking.forms import errors_of, posted
from booking.methods import to_read_and_write
from booking.needs_forms import NeedsForm
from booking.presenters import needs as words
from booking.services import fit_needs
from booking.timeline import tick_of
from booking.views.refusing import Asked, WayOn, refusal_page
from booking.views.steps import Step, step
from identity import pages


@to_read_and_write
@step
def needs(request: HttpRequest, here: Step) -> HttpResponse:
    """One tap on Fortsätt is enough; an interpreter makes the meeting longer, and the time may have to change."""
    form = NeedsForm(posted(request), initial=_known(request, here), offered=words.offered(here.time.form))
    if form.is_bound and form.is_valid():
        answered = _answered(here.choice, form)
        answered.keep(request.session)
        return _fitted(request, here, answered)
    context = {"form": form, "errors": errors_of(form), "held": here.held, "chosen": here.choice}
    status = 422 if form.errors else 200
    return render(request, "booking/needs.html", context | boxes(form, here.time.form), status=status)


def boxes(form: Any, meeting: str) -> dict[str, object]:  # noqa: ANN401 - two forms have these fields
    """What the page's boxes and list show: what was sent, else what is known."""
    chosen, way = form["needs"].value() or (), form["way"].value() if "way" in form.fields else ""
    interpreters, during = words.interpreters(meeting, chosen), words.during(meeting, chosen)
    return {
        "interpreters": interpreters,
        "interpreting": any(box.checked for box in interpreters),
        "during": during,
        "easing": any(box.checked for box in during),
        "languages": words.language_choices(form["language"].value() or ""),
        "by_email": way == "email",
        "by_none": way == "none",
    }


def _known(request: HttpRequest, here: Step) -> dict[str, object]:
    """What was answered before; else by e-mail to the address that is known, or not at all without one."""
    with pages.reading(request):
        known = "" if here.actor.protected else appointments.email_of(here.actor)
    pairs = wanted_needs.pairs(here.choice.needs)
    spoken = next((language for kind, language in pairs if kind == "interpreter"), "")
    told = {"way": here.choice.way or ("email" if known else "none"), "to": here.choice.to or known}
    return {**told, "needs": [kind for kind, _ in pairs], "language": spoken, "companion": here.choice.companion}


def _answered(choice: Choice, form: NeedsForm) -> Choice:
    given = form.cleaned_data
    return replace(choice, way=given["way"], to=given["to"], needs=form.text, companion=given["companion"].strip())


def _fitted(request: HttpRequest, here: Step, answered: Choice) -> HttpResponse:
    """On, with the time as long as it has to be; or to the nearest times that are."""
    asked = wanted_needs.spoken(answered.needs)
    if asked != answered.fitted:
        try:
            fit_needs(actor=here.actor, booking=here.time.id, needs=wanted_needs.wanted(answered.needs))
        except SlotTaken as error:
            return _too_short(request, here, error, answered)
        replace(answered, fitted=asked).keep(request.session)
    return redirect("booking:confirm" if answered.shown else "booking:information")


def _too_short(request: HttpRequest, here: Step, error: SlotTaken, answered: Choice) -> HttpResponse:
    """The longer meeting does not fit there: others that do, with every answer kept; or the answers once more."""
    with pages.reading(request):
        minutes = wanted_needs.minutes(offers.offer(answered.kod).id, answered.form, answered.needs)
    way_on = WayOn(
        reverse("booking:choose"),
        {"kod": answered.kod, "form": answered.form},
        reverse("booking:needs"),
        gettext("Ändra dina svar"),
    )
    asked = Asked(answered.kod, answered.form, tick_of(here.time.start), minutes=minutes, code="needs_longer")
    return refusal_page(request, error, asked, way_on)
