"""What the log review takes in: verdicts by pick, and the tick before signing. What is not understood is left out."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django import forms

from identity.log_review import VERDICTS

PREFIX = "pick-"


class SignForm(forms.Form):
    """The tick that stands before the signing; never filled in beforehand."""

    read = forms.BooleanField()


def verdicts_in(sent: Mapping[str, str]) -> dict[UUID, str]:
    """Verdicts of a table: `pick-<uuid>` -> verdict."""
    found = {}
    for name, verdict in sent.items():
        pick = _uuid(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
        if pick is not None and verdict in VERDICTS:
            found[pick] = verdict
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
