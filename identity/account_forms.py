"""What the pages of keys and codes take in, with a sentence for each fault."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def errors_of(form: forms.Form) -> list[tuple[str, str]]:
    """The error summary: id of the field and its first fault, in the order of the page."""
    return [(form[name].auto_id, str(faults[0])) for name, faults in form.errors.items() if name in form.fields]


def posted(request: HttpRequest) -> Any:  # noqa: ANN401 - QueryDict or nothing
    """What was sent, also when it is empty; None when the page is only asked for."""
    return request.POST if request.method == "POST" else None


class CodeForm(forms.Form):
    """A printed code, typed. Its shape is not judged here: one sentence for every code that is not good."""

    code = forms.CharField(
        label=_("Kod"),
        max_length=100,
        error_messages={"required": _("Skriv koden."), "max_length": _("Koden är för lång. Skriv den en gång till.")},
    )

    def refuse(self) -> None:
        """It opens nothing: mistyped, used, too old or nobody's."""
        words = _("Koden går inte att använda. Kontrollera tecknen, eller be en administratör om en ny.")
        self.add_error("code", str(words))


class KeyForm(forms.Form):
    """What the browser answers for a key, and what the key is to be called."""

    answer = forms.CharField(required=False, max_length=20_000, strip=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Vad ska nyckeln heta?"),
        required=False,
        max_length=40,
        error_messages={"max_length": _("Namnet får ha högst 40 tecken.")},
    )
