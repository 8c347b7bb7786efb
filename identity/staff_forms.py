"""What the pages of staff accounts take in, with a sentence for each fault."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.models import Unit
from identity.staff_presenters import ROLES


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
