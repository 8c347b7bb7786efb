"""The officer has seen the resident's ID: a number in, a code out."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.forms import errors_of, posted
from booking.methods import to_read_and_write
from identity import pages, vouching
from identity.actors import Actor
from identity.errors import VouchRefused

_FAULTS = {
    "number": ("number", _("Numret gäller inte. Be personen läsa det som står på skärmen nu.")),
    "seen": ("seen", _("Välj hur du har sett legitimationen.")),
    "over": ("number", _("Mötet är över eller avbokat. Ingen kan släppas in.")),
}


class VouchForm(forms.Form):
    """The number that the resident reads out, and how the ID was seen."""

    seen = forms.ChoiceField(
        choices=(("desk", _("På plats, framför mig")), ("camera", _("I bild"))),
        error_messages={"required": _FAULTS["seen"][1], "invalid_choice": _FAULTS["seen"][1]},
    )
    number = forms.CharField(
        label=_("Numret som personen läser upp"),
        max_length=12,
        error_messages={"required": _("Skriv numret med sex siffror."), "max_length": _FAULTS["number"][1]},
    )


@to_read_and_write
def vouch(request: HttpRequest, booking: UUID) -> HttpResponse:
    """/bokningar/<uuid>/intyga/: vouch for the booking's resident, once the ID has been seen."""
    with pages.staff(request) as actor:
        access.fetch(actor, "booking.vouch", booking)
    form = VouchForm(posted(request))
    code = _code(actor, booking, form) if form.is_bound and form.is_valid() else ""
    shown = f"{code[:3]} {code[3:]}" if code else ""
    context = {"form": form, "errors": errors_of(form), "code": shown, "booking": booking}
    return render(request, "booking/officer_vouch.html", context, status=422 if form.errors else 200)


def _code(actor: Actor, booking: UUID, form: VouchForm) -> str:
    given = form.cleaned_data
    try:
        return vouching.vouch(actor=actor, booking=booking, number=given["number"], seen=given["seen"])
    except VouchRefused as error:
        form.add_error(*_FAULTS[error.code])
        return ""
