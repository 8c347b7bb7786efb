"""One's own sign-ins: where one is signed in, ending one or all others, and what was told about them.

Only the person's own payloads are opened here, to read the device's words and when. A session is named by a hash of
its key: the key itself is in no page and no address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from identity import access_log, policies, scope, sessions
from identity.acting import acting
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Alert, Session
from identity.policies import Facts

TOLD: Final = (
    "new_device", "invitation_used", "key_added", "key_removed", "code_made", "key_copied",
    "representation_recorded", "representation_withdrawn",
)  # fmt: skip


@dataclass(frozen=True)
class OpenSession:
    """One sign-in that lives. `device`: a few words, or ""; `address`: where from, of staff only; `mark`: its name."""

    mark: str
    device: str
    address: str
    signed_in_at: datetime
    last_seen: datetime
    current: bool


def listed(actor: Actor) -> list[OpenSession]:
    """The actor's own that live, this one first, then the one used last. Needs an open scope."""
    _require(actor, "session.see")
    now = timezone.now()
    found = [_read(row, actor) for row in _own(actor) if not _idle(row, now)]
    return sorted(found, key=lambda one: (not one.current, -one.last_seen.timestamp()))


def may_see(actor: Actor) -> None:
    """Raises `NotAllowed` for whom an officer vouched: that sign-in opens one booking, and no list of sign-ins."""
    _require(actor, "session.see")


def told(actor: Actor) -> list[Alert]:
    """What the person was told of sign-ins, keys and representatives, and has not put aside. Needs an open scope."""
    rows = Alert.objects.filter(recipient=actor.person_id, kind__in=TOLD, seen_at=None)
    return list(rows.order_by("-at", "id")[:20])


def put_aside(*, actor: Actor) -> None:
    """The person has read what they were told."""
    with acting(actor.municipality_id):
        _require(actor, "session.see")
        told = Alert.objects.filter(recipient=actor.person_id, kind__in=TOLD, seen_at=None)
        told.update(seen_by=actor.person_id, seen_at=timezone.now())


def end(*, actor: Actor, marks: Collection[str]) -> bool:
    """End some of the actor's own; True when the one that asks was among them. One that is gone already is ended."""
    keys = [row.session_key for row in _own(actor) if mark_of(row.session_key) in marks]
    with acting(actor.municipality_id):
        _require(actor, "session.end")
        _record(actor)
    for key in keys:
        sessions.revoke(key)
    return actor.session_key in keys


def end_others(*, actor: Actor) -> int:
    """End all but the one that asks; how many."""
    with acting(actor.municipality_id):
        _require(actor, "session.end")
        _record(actor)
    return sessions.revoke_of(actor.municipality_id, _person(actor), but=actor.session_key)


def mark_of(session_key: str) -> str:
    """What a page calls a session."""
    return hashlib.sha256(f"session {session_key}".encode()).hexdigest()[:32]


def _own(actor: Actor) -> list[Session]:
    rows = Session.objects.filter(municipality=actor.municipality_id, person_uuid=_person(actor))
    return list(rows.filter(expire_date__gt=timezone.now()))


def _idle(row: Session, now: datetime) -> bool:
    """Left alone for so long that it opens nothing any more."""
    return now - row.last_seen > sessions.IDLE["staff" if row.get_decoded().get("staff") else "resident"]


def _read(row: Session, actor: Actor) -> OpenSession:
    kept = row.get_decoded()
    return OpenSession(
        mark=mark_of(row.session_key),
        device=str(kept.get("device", "")),
        address=str(kept.get("address", "")),
        signed_in_at=datetime.fromisoformat(kept["signed_in_at"]) if "signed_in_at" in kept else row.last_seen,
        last_seen=row.last_seen,
        current=row.session_key == actor.session_key,
    )


def _person(actor: Actor) -> UUID:
    """Whose sessions: never those of nobody."""
    if actor.person_id is None:
        raise NotAllowed("session.see")
    return actor.person_id


def _require(actor: Actor, action: str) -> None:
    policies.require(actor, action, Facts(municipality_id=scope.current(), person=actor.person_id))


def _record(actor: Actor) -> None:
    if actor.person_id is not None:
        access_log.record(actor=actor, action="session.end", kind="person", objects=[actor.person_id])
