"""Proving the access log: every municipality's chain is walked through and compared with the anchors.

It reads as `motas_log_reader`, row by row, and never trusts the database with the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from identity import scope
from identity.anchors import Anchor
from identity.chain import Entry, Sealed
from identity.chain_faults import Fault, walk
from identity.models import AccessEntry, Municipality
from identity.sealing import FIELDS, waiting

ALIAS = "log_reader"
SEALED_WITHIN = timedelta(seconds=60)
_ROWS = 5000  # that are fetched at a time


class Verdict(NamedTuple):
    """What came of one municipality. `late`: entries that wait for their seal for too long."""

    municipality: str
    entries: int
    anchors: int
    fault: Fault | None
    late: int

    @property
    def whole(self) -> bool:
        """True when nothing is wrong."""
        return self.fault is None and not self.late


def verify(municipality: Municipality, anchors: Iterable[Anchor], *, now: datetime) -> Verdict:
    """Walk through one municipality's chain. `anchors`: those of others are passed over."""
    own = {(one.number, one.hash) for one in anchors if one.municipality == municipality.short_id}
    anchored: dict[int, set[bytes]] = {}
    for number, told in own:
        anchored.setdefault(number, set()).add(told)
    with scope.transaction(municipality.id, durable=True, using=ALIAS):
        walked = walk(_sealed(), municipality=municipality.id, anchored=anchored)
        late = AccessEntry.objects.using(ALIAS).filter(number=None, at__lt=now - SEALED_WITHIN).count()
    return Verdict(municipality.slug, walked.held, len(own), walked.fault, late)


def seals_in_time() -> bool:
    """False while some municipality has an entry that has waited for its seal for more than a minute."""
    limit = timezone.now() - SEALED_WITHIN
    return all(one.oldest >= limit for one in waiting(ALIAS))


def _sealed() -> Iterator[Sealed]:
    rows = AccessEntry.objects.using(ALIAS).filter(number__isnull=False).order_by("number")
    for number, told, *values in rows.values_list("number", "hash", *FIELDS).iterator(chunk_size=_ROWS):
        yield Sealed(number, bytes(told or b""), Entry._make(values))
