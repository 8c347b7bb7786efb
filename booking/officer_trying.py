"""A form of opening that is tried: read, weighed, shown when it does something to know of, and then saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from booking.errors import BookingError
from booking.forms import errors_of
from booking.officer_forms import VersionField
from booking.opening_effects import EffectWords, effect_words
from booking.opening_preview import Preview
from booking.opening_refusals import refused_words

ORPHANS = (("keep", _("Låt dem ligga kvar")), ("tasks", _("Gör en uppgift för varje: flytta mötet")))


class TriedForm(forms.Form):
    """What every form of a change carries: the version that was seen, the effect that was shown, what to do of it.

    `FIELDS`: the form's name of a wanted value's field, where they differ; `FIRST`: where any other fault is shown.
    """

    FIELDS: ClassVar[dict[str, str]] = {}
    FIRST: ClassVar[str] = ""

    version = VersionField()
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    orphans = forms.ChoiceField(choices=ORPHANS, required=False, initial="keep")

    def blame(self, error: BookingError) -> None:
        """Put a refusal at the field that it is about."""
        field = getattr(error, "field", "")
        name = self.FIELDS.get(field, field)
        self.add_error(name if name in self.fields else self.FIRST, refused_words(error))

    @property
    def asked(self) -> dict[str, Any]:
        """`version` and `orphans` of a valid form, as use cases take them."""
        return {"version": self.cleaned_data["version"], "orphans": self.cleaned_data["orphans"] or "keep"}


@dataclass(frozen=True)
class Tried:
    """What came of a form: errors in it, an effect to be read first, or `saved`."""

    form: TriedForm
    effect: EffectWords | None = None
    saved: bool = False

    @property
    def status(self) -> int:
        """Of the page that shows it."""
        return 422 if self.form.errors else 200

    def shown(self) -> dict[str, object]:
        """What the templates of a tried form read."""
        return {"form": self.form, "effect": self.effect, "errors": errors_of(self.form)}


def attempt(request: HttpRequest, form: TriedForm, preview: Callable[[], Preview], save: Callable[[], object]) -> Tried:
    """Save, unless the form has errors, or does something that was not shown yet, or only that was asked for."""
    if not form.is_valid():
        return Tried(form)
    effect = None
    try:
        effect = effect_words(preview())
        if "preview" in request.POST or (effect.mark and effect.mark != form.cleaned_data["shown"]):
            return Tried(form, effect)
        save()
    except BookingError as error:
        form.blame(error)
    return Tried(form, effect, saved=form.is_valid())
