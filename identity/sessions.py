"""Sessions: Django's framework with our row and a sealed payload.

The payload holds only sign-in state and what was chosen before sign-in; it is encrypted with the
field key, so that a stolen table tells nothing. `revoke` ends a session everywhere at once.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.utils import timezone

from identity import encryption, keyring
from identity.models import Session
from identity.signals import rights_changed

_PLACE = b"identity_session.session_data"
IDLE = {"staff": timedelta(minutes=15), "resident": timedelta(minutes=30)}
ABSOLUTE = timedelta(hours=10)
_SHORTEST, _LONGEST = 8, 40  # Django writes 32, reads from 8 on; the column holds 40
_NOTED = timedelta(minutes=1)
AGAIN = "again"  # who was signed in until now must show anew who they are, at the provider too
KEPT = ("choice", "language", AGAIN)


def may_be_key(key: str) -> bool:
    """Whether a text has the form of a session's key: ASCII letters and digits."""
    return _SHORTEST <= len(key) <= _LONGEST and key.isascii() and key.isalnum()


class SessionStore(DatabaseStore):
    """Rows of `identity.Session`; `encode` and `decode` seal."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our model."""
        return Session

    def _validate_session_key(self, key: str | None) -> bool:
        """Whether this may be a key at all: a cookie holds whatever somebody writes, also what no database takes."""
        return may_be_key(key or "")

    def encode(self, session_dict: dict[str, Any]) -> str:
        """The payload, sealed, as text."""
        keys = keyring.field_keys(settings.KEYS_DIR)
        return encryption.seal(json.dumps(session_dict), _PLACE, keys).hex()

    def decode(self, session_data: Any) -> dict[str, Any]:  # noqa: ANN401 - Django's own signature
        """The payload; a changed or foreign one is an empty session."""
        try:
            text = encryption.open_sealed(bytes.fromhex(session_data), _PLACE, keyring.field_keys(settings.KEYS_DIR))
        except (ValueError, keyring.MissingSecret):
            return {}
        return dict(json.loads(text))

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """A sign-in ends ten hours after it began, however busy it was; an anonymous session is renewed."""
        signed_in_at = self.get("signed_in_at")
        if signed_in_at is not None:
            return datetime.fromisoformat(signed_in_at) + ABSOLUTE
        return super().get_expiry_date(**kwargs)

    def delete(self, session_key: str | None = None) -> None:
        """End it; what is open under it is asked about at once."""
        ended = session_key or self.session_key
        if ended is not None:
            revoke(ended)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row, with the columns that let a person's sessions be listed and ended.

        When it was last seen is not moved by a save: only an act of the signed-in person and presence in a meeting are.
        """
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]  # of our own model
        before = Session.objects.filter(session_key=row.session_key).values_list("last_seen", flat=True).first()
        row.last_seen = before or timezone.now()
        row.municipality_id = data.get("municipality")
        row.person_uuid = UUID(data["person"]) if data.get("person") else None
        return row


def resealed(session_data: str) -> str:
    """The same payload under the newest key. Raises `CannotOpen` (a ValueError) for a changed or foreign one."""
    keys = keyring.field_keys(settings.KEYS_DIR)
    return encryption.seal(encryption.open_sealed(bytes.fromhex(session_data), _PLACE, keys), _PLACE, keys).hex()


def alive(session_key: str) -> bool:
    """True while this session exists and has not run out: what an open socket asks again and again."""
    return Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now()).exists()


def used_lately(session_key: str, idle: timedelta) -> bool:
    """True if the session was seen within `idle`; its use is noted once a minute."""
    seen = Session.objects.filter(session_key=session_key).values_list("last_seen", flat=True).first()
    now = timezone.now()
    if seen is None or now - seen > idle:
        return False
    if now - seen > _NOTED:
        Session.objects.filter(session_key=session_key).update(last_seen=now)
    return True


def forget_sign_in(session: SessionBase) -> None:
    """Take the sign-in out of a session and renew its key; what was chosen, and the language, stay."""
    kept = {name: session[name] for name in KEPT if name in session}
    session.flush()
    session.update(kept)


def purge(now: datetime) -> int:
    """Delete sessions that ran out; how many."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def revoke(session_key: str) -> None:
    """End one session; its sockets close within seconds."""
    _end(Session.objects.filter(session_key=session_key))


def revoke_of(municipality: int, person: UUID, *, but: str = "") -> int:
    """End every session of a person, except the one with the key `but`; how many."""
    return _end(Session.objects.filter(municipality=municipality, person_uuid=person).exclude(session_key=but))


def revoke_by(municipality: int, provider: str) -> int:
    """End every session that was signed in by the provider with this code; how many. Opens each payload there."""
    rows = Session.objects.filter(municipality=municipality, person_uuid__isnull=False)
    keys = [row.session_key for row in rows.iterator() if row.get_decoded().get("provider") == provider]
    return _end(Session.objects.filter(session_key__in=keys))


def _end(sessions: QuerySet[Session]) -> int:
    places = set(sessions.filter(person_uuid__isnull=False).values_list("municipality", flat=True))
    ended = sessions.delete()[0]
    for municipality in places:
        rights_changed.send(Session, municipality=municipality)
    return ended
