"""What the pages about one person take in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity import numbers
from identity.models.people import FLAGS

_WHO = _("Välj vem som ska namnges.")


class FindForm(forms.Form):
    """A number, or what another system calls the person. One is enough; there is no search by name."""

    number = forms.CharField(label=_("Personnummer"), required=False, max_length=20)
    external_id = forms.CharField(label=_("Eller id i verksamhetssystemet"), required=False, max_length=64)

    def clean_number(self) -> str:
        """Twelve digits, or empty."""
        written = str(self.cleaned_data["number"])
        if not written.strip():
            return ""
        try:
            return numbers.parse(written, today=timezone.localdate()).digits
        except numbers.NumberError:
            raise forms.ValidationError(_("Skriv personnumret med tolv siffror, ÅÅÅÅMMDD-NNNN.")) from None

    def clean(self) -> dict[str, Any]:
        """Without both nobody is meant."""
        given = super().clean() or self.cleaned_data
        if "number" not in self.errors and not given.get("number") and not given.get("external_id"):
            self.add_error("number", _("Skriv personnumret, eller id i verksamhetssystemet."))
        return given


class FlagForm(forms.Form):
    """One of the three flags, and what to do with it."""

    flag = forms.ChoiceField(choices=[(flag, flag) for flag in FLAGS])
    do = forms.ChoiceField(choices=[(do, do) for do in ("set", "ask", "confirm", "keep")])


class ReaderForm(forms.Form):
    """Who is named, and whether as the deputy."""

    reader = forms.TypedChoiceField(
        label=_("Namnge en läsare"), coerce=UUID, error_messages={"required": _WHO, "invalid_choice": _WHO}
    )
    deputy = forms.BooleanField(label=_("Som ersättare"), required=False)

    def __init__(self, *args: Any, staff: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reader"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [("", _("Välj")), *staff]
