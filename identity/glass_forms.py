"""What the page of break glass takes in: whom it is about, and why. One of number and external id is enough."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity import numbers
from identity.openings import REASONS


class AskForm(forms.Form):
    """Ask to open somebody's coming meetings."""

    number = forms.CharField(label=_("Personnummer"), required=False, max_length=20)
    external_id = forms.CharField(label=_("Eller id i verksamhetssystemet"), required=False, max_length=64)
    reason = forms.ChoiceField(
        choices=[(code, code) for code in REASONS],
        error_messages={"required": _("Välj varför."), "invalid_choice": _("Välj ett av skälen på sidan.")},
    )

    def clean_number(self) -> str:
        """Twelve digits, or empty."""
        written = str(self.cleaned_data["number"])
        if not written.strip():
            return ""
        try:
            return numbers.parse(written, today=timezone.localdate()).digits
        except numbers.NumberError:
            raise forms.ValidationError(_("Skriv personnumret med tolv siffror, till exempel ÅÅÅÅMMDD-NNNN.")) from None

    def clean(self) -> dict[str, Any]:
        """Without both nobody is meant."""
        given = super().clean() or self.cleaned_data
        if "number" not in self.errors and not given.get("number") and not given.get("external_id"):
            self.add_error("number", _("Skriv personnumret, eller id i verksamhetssystemet."))
        return given


class DecideForm(forms.Form):
    """Approve or refuse one request."""

    do = forms.ChoiceField(choices=(("approve", ""), ("refuse", "")))
