"""Which words somebody reads, and the proof of it. Called inside an open scope."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from booking.guidance import placeholders
from booking.models import Booking, MeetingType, StepShown, StepText
from identity import scope
from identity.models import Municipality

CONTENT = Path(__file__).parent / "content"
_ORDER = {"type": 0, "unit": 1, "municipality": 2, "region": 3, "default": 4}


class MissingText(RuntimeError):
    """A shipped Swedish text is missing: the installation is not whole."""


def text_for(
    key: str, language: str, *, meeting_type: MeetingType | None = None, variant: str = "standard"
) -> StepText:
    """The newest words of a key for a meeting type: its own, else its unit's, the municipality's, the region's, ours.

    The wanted language and variant come first, then Swedish and the standard variant. Raises `MissingText`.
    """
    rows = StepText.objects.filter(key=key, language__in=[language, "sv"], variant__in=[variant, "standard"])
    near = list(rows.filter(_reach(meeting_type)))
    best = min(near, key=lambda row: _distance(row, language, variant), default=None)
    if best is None:
        raise MissingText(key)
    return best


def _reach(meeting_type: MeetingType | None) -> Q:
    """Which scopes speak to the readers of this meeting type."""
    region = Municipality.objects.filter(id=scope.current()).values("region_id")
    common = Q(scope__in=["municipality", "default"]) | Q(scope="region", region_id__in=region)
    if meeting_type is None:
        return common
    own = Q(scope="type", meeting_type=meeting_type) | Q(scope="unit", unit_id=meeting_type.service.unit_id)
    return own | common


def _distance(row: StepText, language: str, variant: str) -> tuple[bool, bool, int, int]:
    return row.language != language, row.variant != variant, _ORDER[row.scope], -row.version


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
    placeholders.check(body)
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
