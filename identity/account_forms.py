"""What the pages of keys, codes and staff accounts take in, with a sentence for each fault."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from identity.account_presenters import ROLES
from identity.models import Unit


def errors_of(form: forms.Form) -> list[tuple[str, str]]:
    """The error summary: id of the field and its first fault, in the order of the page."""
    return [(form[name].auto_id, str(faults[0])) for name, faults in form.errors.items() if name in form.fields]


def posted(request: HttpRequest) -> Any:  # noqa: ANN401 - QueryDict or nothing
    """What was sent, also when it is empty; None when the page is only asked for."""
    return request.POST if request.method == "POST" else None


class CodeForm(forms.Form):
    """A printed code, typed. Its shape is not judged here: a wrong one is refused as any wrong one."""

    code = forms.CharField(
        label=_("Kod"),
        max_length=100,
        error_messages={"required": _("Skriv koden."), "max_length": _("Koden är för lång. Skriv den en gång till.")},
    )


class KeyForm(forms.Form):
    """What the browser answers for a key, and what the key is to be called."""

    answer = forms.CharField(required=False, max_length=20_000, strip=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Vad ska nyckeln heta?"),
        required=False,
        max_length=40,
        error_messages={"max_length": _("Namnet får ha högst 40 tecken.")},
    )


class OpenAccountForm(forms.Form):
    """A new staff member: name at work, unit, role."""

    name = forms.CharField(
        label=_("Namn i arbetet"),
        max_length=80,
        error_messages={"required": _("Skriv namnet."), "max_length": _("Namnet får ha högst 80 tecken.")},
    )
    unit = forms.TypedChoiceField(
        label=_("Enhet"),
        coerce=UUID,
        error_messages={"required": _("Välj en enhet."), "invalid_choice": _("Välj en enhet.")},
    )
    role = forms.ChoiceField(
        label=_("Roll"),
        choices=[(role, words) for role, words in ROLES.items()],
        error_messages={"required": _("Välj en roll."), "invalid_choice": _("Välj en roll.")},
    )

    def __init__(self, *args: Any, units: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(str(unit.id), unit.name) for unit in units]


class RoleForm(OpenAccountForm):
    """One more role for somebody."""

    name = None  # type: ignore[assignment]  # Django's way to leave an inherited field out
