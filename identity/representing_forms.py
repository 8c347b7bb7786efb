"""What the pages about representatives take in, with a sentence for each fault."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.errors import RepresentationRefused
from identity.representing import DEFAULT_SCOPES, SCOPES, Mandate
from identity.representing_presenters import EVIDENCE_WORDS, KINDS, SCOPE_WORDS

_REFUSED = {
    "number": ("number", _("Skriv personnumret med tolv siffror, till exempel ÅÅÅÅMMDD-NNNN.")),
    "own": ("number", _("Du kan inte skriva in dig själv. Be en kollega.")),
    "self": ("number", _("Det är samma person. Skriv numret på den som hjälper.")),
    "known": ("number", _("Personen står redan här.")),
    "many": ("number", _("Fler personer kan inte läggas till. Ta bort någon först.")),
    "kind": ("kind", _("Välj vilken sorts företrädare det är.")),
    "scope": ("scopes", _("Kryssa i minst en sak som passar den sortens företrädare.")),
    "evidence": ("evidence", _("Det visar inte den här sortens företrädare. Välj ett annat underlag, eller inget än.")),
    "past": ("valid_to", _("Dagen har varit. Skriv en dag som kommer, eller lämna tomt.")),
}


class _NumberForm(forms.Form):
    called = forms.CharField(
        label=_("Namn"),
        max_length=80,
        error_messages={"required": _("Skriv vad personen heter."), "max_length": _("Namnet är för långt.")},
    )
    number = forms.CharField(
        label=_("Personnummer"),
        max_length=20,
        error_messages={"required": _("Skriv personnumret."), "max_length": _REFUSED["number"][1]},
    )

    def refuse(self, error: RepresentationRefused) -> None:
        """Say at the right field what could not be written down."""
        field, words = _REFUSED[error.code]
        self.add_error(field if field in self.fields else "number", words)


class HelperForm(_NumberForm):
    """The resident names a helper."""


class MandateForm(_NumberForm):
    """Staff writes down a representation. Scopes left empty: what is usual for the kind."""

    kind = forms.ChoiceField(choices=KINDS, error_messages={"required": _REFUSED["kind"][1]})
    scopes = forms.MultipleChoiceField(choices=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES], required=False)
    evidence = forms.ChoiceField(choices=[("", _("Inget är visat än")), *EVIDENCE_WORDS], required=False)
    valid_to = forms.DateField(
        label=_("Gäller till och med"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Skriv dagen som ÅÅÅÅ-MM-DD.")},
    )

    def mandate(self, principal: UUID) -> Mandate:
        """What is to be written down."""
        given: dict[str, Any] = self.cleaned_data
        scopes = tuple(given["scopes"]) or DEFAULT_SCOPES[given["kind"]]
        who = given["number"], given["called"]
        return Mandate(principal, *who, given["kind"], scopes, given["evidence"], given["valid_to"])
