"""Forms about what makes a meeting easier, and who comes along."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking import languages, wanted_needs
from booking.forms import ContactForm
from booking.models import NeedKind

_NONE_SUCH = {"invalid_choice": _("Välj bland det som står på sidan.")}


class NeedsOnlyForm(forms.Form):
    """The boxes, and the language of an interpreter. Nothing is required; every box may be left empty."""

    needs = forms.MultipleChoiceField(required=False, error_messages=_NONE_SUCH)
    language = forms.ChoiceField(label=_("Vilket språk?"), required=False, error_messages=_NONE_SUCH)

    def __init__(self, *args: Any, offered: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds, codes = self.fields["needs"], self.fields["language"]
        assert isinstance(kinds, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        assert isinstance(codes, forms.ChoiceField)  # noqa: S101 - tells the type checker
        kinds.choices = [(kind, kind) for kind in offered]
        codes.choices = [("", ""), *((code, code) for code in languages.codes())]

    def clean(self) -> dict[str, Any]:
        """A language without the box means an interpreter all the same; the box asks for a language."""
        given = super().clean() or self.cleaned_data
        kinds, language = list(given.get("needs") or ()), given.get("language")
        if language and NeedKind.INTERPRETER not in kinds:
            given["needs"] = [NeedKind.INTERPRETER, *kinds]
        if NeedKind.INTERPRETER in kinds and not language and "language" not in self.errors:
            self.add_error("language", forms.ValidationError(_("Välj vilket språk tolken ska tala.")))
        return given

    @property
    def text(self) -> str:
        """The answer as it is kept. Only for a form without faults."""
        return wanted_needs.text_of(self.cleaned_data["needs"], self.cleaned_data["language"])


class CompanionForm(forms.Form):
    """Who comes along, by name."""

    companion = forms.CharField(
        label=_("Namn"),
        max_length=80,
        error_messages={
            "required": _("Skriv namnet på den som ska följa med."),
            "max_length": _("Namnet är för långt. Skriv högst 80 tecken."),
        },
    )


class NeedsForm(NeedsOnlyForm, ContactForm):
    """The step of a booking: needs, who comes along (nobody is an answer too), and how to be told."""

    companion = forms.CharField(
        label=_("Namn"),
        required=False,
        max_length=80,
        error_messages={"max_length": _("Namnet är för långt. Skriv högst 80 tecken.")},
    )
