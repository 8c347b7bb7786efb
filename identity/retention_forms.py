"""The form of one retention decision."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.data_classes import RETENTION
from identity.retention import Decision, Plan

_LONGEST = 36_500  # days


class DecisionForm(forms.Form):
    """Days, reference and date. Reference and date come together or not at all."""

    code = forms.ChoiceField(choices=[(kept.code, kept.code) for kept in RETENTION], widget=forms.HiddenInput)
    days = forms.IntegerField(
        label=_("Antal dagar"),
        min_value=1,
        max_value=_LONGEST,
        error_messages={
            "required": _("Skriv antalet dagar."),
            "invalid": _("Skriv dagarna med siffror."),
            "min_value": _("Minst en dag."),
            "max_value": _("Högst 36 500 dagar."),
        },
    )
    reference = forms.CharField(
        label=_("Beslutets diarienummer"),
        required=False,
        max_length=60,
        error_messages={"max_length": _("Högst 60 tecken.")},
    )
    decided_on = forms.DateField(
        label=_("Beslutets datum"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Skriv datumet så här: 2026-11-23.")},
    )

    def __init__(self, data: Any = None, *, initial: dict[str, object] | None = None, code: str = "") -> None:  # noqa: ANN401
        """`code`: the class, which makes the ids on the page differ."""
        super().__init__(data, initial=initial, auto_id=f"id_{code or (data or {}).get('code', '')}_%s")

    @classmethod
    def of(cls, plan: Plan) -> DecisionForm:
        """The form as it stands for a class."""
        rule, code = plan.rule, plan.proposed.code
        day = rule.decided_on.isoformat() if rule and rule.decided_on else ""
        entered = {"reference": rule.decision, "decided_on": day} if rule else {}
        return cls(initial={"code": code, "days": plan.days} | entered, code=code)

    def clean_decided_on(self) -> date | None:
        """A decision is not of tomorrow."""
        chosen: date | None = self.cleaned_data["decided_on"]
        if chosen is not None and chosen > timezone.localdate():
            raise forms.ValidationError(_("Datumet har inte varit än."))
        return chosen

    def clean(self) -> dict[str, Any]:
        """Reference and date belong together."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "decided_on" not in self.errors and "reference" not in self.errors:
            if cleaned.get("reference") and not cleaned.get("decided_on"):
                self.add_error("decided_on", _("Skriv när beslutet togs."))
            if cleaned.get("decided_on") and not cleaned.get("reference"):
                self.add_error("reference", _("Skriv beslutets diarienummer."))
        return cleaned

    def decision(self) -> Decision:
        """What was entered; the form must be valid."""
        chosen = self.cleaned_data
        return Decision(chosen["code"], chosen["days"], chosen["reference"], chosen["decided_on"])
