"""After the needs: what to read, check and book."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from booking import access, appointments, services, wanted_needs
from booking.choice import forget
from booking.errors import HoldExpired
from booking.forms import KeyForm, ReadForm, errors_of, posted
from booking.guidance import texts
from booking.methods import only_post, to_read, to_read_and_write
from booking.models import Booking, StepShown, StepText
from booking.presenters import appointments as words
from booking.presenters import needs as needs_words
from booking.presenters.information import parts
from booking.services import Contact
from booking.views.refusing import step_of
from booking.views.steps import Step, step
from identity import pages, scope
from identity.actors import Actor


@to_read_and_write
@step
def information(request: HttpRequest, here: Step) -> HttpResponse:
    """What applies to the meeting. Which words were sent is written down; the tick is not a consent."""
    form = ReadForm(posted(request))
    if form.is_bound and form.is_valid():
        if _mark_read(here, form.cleaned_data["shown"]):
            replace(here.choice, shown=str(form.cleaned_data["shown"])).keep(request.session)
            return redirect("booking:confirm" if here.choice.way else "booking:needs")
        form.other_words()
    text, shown = _show(request, here)
    body = {"parts": parts(text.body, _values(request)), "text_language": text.language, "shown": shown.id}
    return _page(request, "booking/information.html", here, {"form": form, "errors": errors_of(form), **body})


def _show(request: HttpRequest, here: Step) -> tuple[StepText, StepShown]:
    """The words of the meeting type's legal profile, and the proof that they were shown."""
    with pages.reading(request):
        booking = _held(here)
        key = booking.meeting_type.legal_profile.information_key
        text = texts.text_for(key, request.LANGUAGE_CODE, meeting_type=booking.meeting_type)
        return text, texts.record_shown(booking=booking, text=text, role="resident")


def _mark_read(here: Step, shown: UUID) -> bool:
    """Note the tick. False when these words were not shown for this booking."""
    with scope.transaction(here.actor.municipality_id):
        booking = _held(here)
        texts.mark_read(booking=booking, shown=shown, now=timezone.now())
        return StepShown.objects.filter(id=shown, booking=booking).exists()


def _held(here: Step) -> Booking:
    return access.fetch(here.actor, "booking.answer", here.time.id)


def _values(request: HttpRequest) -> dict[str, str]:
    """What the closed placeholders of a page's text stand for."""
    municipality = pages.municipality_of(request)
    return {"kommun": municipality.name, "telefon": municipality.phone, "jour": municipality.emergency_phone}


@to_read_and_write
@step
def confirm(request: HttpRequest, here: Step) -> HttpResponse:
    """Is this right? Books the time; a hold that ran out is taken again if the time is still free."""
    if not here.choice.way or not here.choice.shown:
        return redirect("booking:information" if here.choice.way else "booking:needs")
    if "avbryt" in request.POST:
        return _give_up(request, here)
    form = KeyForm(posted(request))
    if form.is_bound and form.is_valid():
        return _book(request, here, form.cleaned_data["key"])
    return _summary(request, here, form)


def _summary(request: HttpRequest, here: Step, form: KeyForm) -> HttpResponse:
    chosen = here.choice
    rows = words.summary(here.time, way=chosen.way, to=chosen.to, addresses=_addresses(chosen.kod))
    with pages.reading(request):
        ours = wanted_needs.ours_is_held(here.time.id)
    needs = needs_words.as_held(wanted_needs.pairs(chosen.needs), ours=ours)
    rows += needs_words.rows(needs, chosen.companion, reverse("booking:needs"))
    until = words.change_until(here.time, now=timezone.now())
    return _page(request, "booking/confirm.html", here, {"rows": rows, "until": until, "errors": errors_of(form)})


def _give_up(request: HttpRequest, here: Step) -> HttpResponse:
    """Avbryt: the time is free for others at once."""
    services.release(actor=here.actor, booking=here.time.id)
    forget(request.session)
    return redirect("start")


def _addresses(kod: str) -> dict[str, str]:
    """The pages that change a row of the summary."""
    return {
        "time": reverse("booking:time", kwargs={"kod": kod}),
        "form": reverse("booking:form", kwargs={"kod": kod}),
        "start": reverse("start"),
        "needs": reverse("booking:needs"),
    }


def _book(request: HttpRequest, here: Step, key: str) -> HttpResponse:
    contact = Contact(here.choice.way, here.choice.to)
    made = services.book(
        actor=here.actor,
        booking=here.time.id,
        contact=contact,
        shown=UUID(here.choice.shown),
        key=key,
        needs=wanted_needs.wanted(here.choice.needs),
        companions=(here.choice.companion,) if here.choice.companion else (),
    )
    request.session["receipt"] = str(made.id)
    forget(request.session)
    return redirect("booking:receipt")


@only_post("booking:needs")
@step
def more_time(request: HttpRequest, here: Step) -> HttpResponse:
    """Mer tid: ten minutes from now. One that has just run out is taken again where the page is sent."""
    with suppress(HoldExpired):
        services.extend_hold(actor=here.actor, booking=here.time.id)
    return redirect(step_of(request))


@to_read
def receipt(request: HttpRequest) -> HttpResponse:
    """The time is booked."""
    with pages.signed_in(request) as actor:
        booked = _receipt_of(request, actor)
    if booked is None:
        return redirect("booking:mine")
    return render(request, "booking/receipt.html", {"receipt": words.receipt(booked), "form_name": booked.form})


def _receipt_of(request: HttpRequest, actor: Actor) -> words.Appointment | None:
    made = request.session.get("receipt")
    return appointments.one(actor, UUID(made)) if made else None


def _page(request: HttpRequest, template: str, here: Step, more: dict[str, object]) -> HttpResponse:
    status = 422 if more.get("errors") else 200
    return render(request, template, {"held": here.held, "chosen": here.choice, **more}, status=status)
