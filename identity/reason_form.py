"""Why somebody opens what concerns a protected person: one of a closed list, asked at every opening."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.opening_presenters import reasons
from identity.openings import REASONS


class ReasonForm(forms.Form):
    """The reason, as a code."""

    reason = forms.ChoiceField(
        choices=[(code, code) for code in REASONS],
        error_messages={"required": _("Välj varför du öppnar."), "invalid_choice": _("Välj ett av skälen på sidan.")},
    )


def reason_page(form: ReasonForm, *, code: str, action: str, back: str) -> dict[str, Any]:
    """What `identity/ask_reason.html` shows. `code`: what it is called until it is open; `action`: where it is sent."""
    chosen = form["reason"].value()
    return {
        "form": form,
        "code": code,
        "action": action,
        "back": back,
        "errors": [("id_reason_0", str(faults[0])) for faults in form.errors.values()],
        "reasons": [(name, words, name == chosen) for name, words in reasons()],
    }
