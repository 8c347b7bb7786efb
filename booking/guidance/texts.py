"""Which words somebody reads, and the proof of it. Called inside an open scope."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from booking.models import Booking, StepShown, StepText

CONTENT = Path(__file__).parent / "content"
_ORDER = {"type": 0, "unit": 1, "municipality": 2, "region": 3, "default": 4}


class MissingText(RuntimeError):
    """A shipped Swedish text is missing: the installation is not whole."""


def text_for(key: str, language: str, variant: str = "standard") -> StepText:
    """The words of a key: nearest scope, newest version; language falls back to Swedish. Raises `MissingText`."""
    rows = StepText.objects.filter(key=key, language__in=[language, "sv"], variant=variant)
    best = min(rows, key=lambda row: (row.language != language, _ORDER[row.scope], -row.version), default=None)
    if best is None:
        raise MissingText(key)
    return best


def record_shown(*, booking: Booking, text: StepText, role: str) -> StepShown:
    """Write down which words the party saw just now, once per text; answers the row."""
    shown, _ = StepShown.objects.get_or_create(
        booking=booking,
        text=text,
        party_role=role,
        defaults={
            "key": text.key,
            "language": text.language,
            "variant": text.variant,
            "shown_at": timezone.now(),
        },
    )
    return shown


def mark_read(*, booking: Booking, shown: UUID, now: datetime) -> bool:
    """Note that "Jag har läst" was ticked for words that were shown for this booking. False for any other id."""
    return StepShown.objects.filter(id=shown, booking=booking, marked_at=None).update(marked_at=now) > 0


def load_shipped() -> list[str]:
    """Write the shipped texts that are new or changed, as new versions; only the owner may. Answers their keys."""
    changed = []
    for file in sorted(CONTENT.glob("*.toml")):
        for key, body in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if _publish(key, file.stem, str(body).strip()):
                changed.append(f"{key} {file.stem}")
    return changed


def _publish(key: str, language: str, body: str) -> bool:
    rows = StepText.objects.filter(municipality=None, key=key, language=language, scope="default")
    newest = rows.order_by("-version").first()
    if newest is not None and newest.body == body:
        return False
    StepText.objects.create(
        municipality_id=None,
        key=key,
        language=language,
        version=newest.version + 1 if newest else 1,
        body=body,
        published_at=timezone.now(),
    )
    return True
