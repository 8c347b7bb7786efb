"""Proving the access log: every municipality's chain is walked through and compared with the anchors.

It reads as `motas_log_reader`, row by row, and never trusts the database with the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from identity import scope
from identity.anchors import Anchor
from identity.chain import Entry, Sealed
from identity.chain_faults import Fault, walk
from identity.chain_times import TOLERANCE, Watch
from identity.models import AccessEntry, Municipality
from identity.sealing import FIELDS, waiting

ALIAS = "log_reader"
SEALED_WITHIN = timedelta(seconds=60)
_ROWS = 5000  # that are fetched at a time


class Verdict(NamedTuple):
    """What came of one municipality. `astray`: sealed entries whose time does not fit their place; `late`: ids of
    entries that wait for their seal for too long, or say that they are of a time to come."""

    municipality: str
    entries: int
    anchors: int
    fault: Fault | None
    astray: list[Fault]
    late: list[UUID]

    @property
    def whole(self) -> bool:
        """True when nothing is wrong."""
        return self.fault is None and not self.astray and not self.late


def verify(municipality: Municipality, anchors: Iterable[Anchor], *, now: datetime) -> Verdict:
    """Walk through one municipality's chain. `anchors`: those of others are passed over."""
    own = [one for one in anchors if one.municipality == municipality.short_id]
    anchored: dict[int, set[bytes]] = {}
    for one in own:
        anchored.setdefault(one.number, set()).add(one.hash)
    watch = Watch(now=now, told=[(one.number, at) for one in own if (at := _time(one)) is not None])
    with scope.transaction(municipality.id, durable=True, using=ALIAS):
        walked = walk(watch.over(_sealed()), municipality=municipality.id, anchored=anchored)
        late = _unsealed(now)
    astray = [Fault("inserted", row.number, row.entry.id) for row in watch.astray]
    if walked.fault in astray:
        astray.remove(walked.fault)
    return Verdict(municipality.slug, walked.held, len({one[:3] for one in own}), walked.fault, astray, late)


def unknown(anchors: Iterable[Anchor]) -> dict[str, int]:
    """Short ids in anchors that belong to no municipality, each with the last number that was told of it."""
    known = set(Municipality.objects.using(ALIAS).values_list("short_id", flat=True))
    found: dict[str, int] = {}
    for one in anchors:
        if one.municipality not in known:
            found[one.municipality] = max(one.number, found.get(one.municipality, 0))
    return found


def seals_in_time() -> bool:
    """False while some municipality has an entry that has waited for its seal for more than a minute."""
    limit = timezone.now() - SEALED_WITHIN
    return all(one.oldest >= limit for one in waiting(ALIAS))


def _unsealed(now: datetime) -> list[UUID]:
    """Those that should be sealed by now, and those that are of a time to come; oldest first."""
    odd = Q(at__lt=now - SEALED_WITHIN) | Q(at__gt=now + TOLERANCE)
    rows = AccessEntry.objects.using(ALIAS).filter(odd, number=None).order_by("at", "id")
    return list(rows.values_list("id", flat=True))


def _time(anchor: Anchor) -> datetime | None:
    """When an anchor was told; None when its line does not say so."""
    try:
        at = datetime.fromisoformat(anchor.at)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _sealed() -> Iterator[Sealed]:
    rows = AccessEntry.objects.using(ALIAS).filter(number__isnull=False).order_by("number")
    for number, told, *values in rows.values_list("number", "hash", *FIELDS).iterator(chunk_size=_ROWS):
        yield Sealed(number, bytes(told or b""), Entry._make(values))
