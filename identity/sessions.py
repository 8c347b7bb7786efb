"""Sessions: Django's framework with our row and a sealed payload.

The payload holds only sign-in state and what was chosen before sign-in; it is encrypted with the field key and bound
to its row, and the row is called by a hash of what the browser's cookie says: a stolen table tells nothing and signs
nobody in. Everywhere but in the store and the cookie, a session's key is that hash. `revoke` ends one at once.
"""

from __future__ import annotations

import hashlib
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

IDLE = {"staff": timedelta(minutes=15), "resident": timedelta(minutes=30)}
ABSOLUTE = timedelta(hours=10)
_SHORTEST, _LONGEST = 8, 40  # Django writes 32, reads from 8 on; the column holds 40
_NOTED = timedelta(minutes=1)
AGAIN = "again"  # who was signed in until now must show anew who they are, at the provider too
KEPT = ("choice", "language", AGAIN)


def may_be_key(key: str) -> bool:
    """Whether a text has the form of a session's key: ASCII letters and digits."""
    return _SHORTEST <= len(key) <= _LONGEST and key.isascii() and key.isalnum()


def row_key(cookie: str | None) -> str:
    """What the row is called of the session that a cookie names: SHA-256, in hex. Empty for none."""
    return hashlib.sha256(cookie.encode()).hexdigest() if cookie else ""


class SessionStore(DatabaseStore):
    """Rows of `identity.Session`; `encode` and `decode` seal. Only here is a session's key what the cookie says."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our model."""
        return Session

    def _validate_session_key(self, key: str | None) -> bool:
        """Whether this may be a key at all: a cookie holds whatever somebody writes, also what no database takes."""
        return may_be_key(key or "")

    def encode(self, session_dict: dict[str, Any]) -> str:
        """The payload, sealed for this session's row, as text."""
        keys = keyring.field_keys(settings.KEYS_DIR)
        return encryption.seal(json.dumps(session_dict), place(row_key(self.session_key)), keys).hex()

    def decode(self, session_data: Any) -> dict[str, Any]:  # noqa: ANN401 - Django's own signature
        """The payload; a changed or foreign one is an empty session."""
        return payload(row_key(self.session_key), session_data)

    def exists(self, session_key: str | None) -> bool:
        """Whether there is such a session."""
        return Session.objects.filter(session_key=row_key(session_key)).exists()

    def _get_session_from_db(self) -> Session | None:
        """The living row that the cookie names; without one the cookie is forgotten."""
        living = Session.objects.filter(session_key=row_key(self.session_key), expire_date__gt=timezone.now())
        row = living.first()
        if row is None:
            self._session_key = None
        return row

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
            revoke(row_key(ended))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row, with the columns that let a person's sessions be listed and ended.

        When it was last seen is not moved by a save: only an act of the signed-in person and presence in a meeting are.
        """
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]  # of our own model
        row.session_key = row_key(row.session_key)
        before = Session.objects.filter(session_key=row.session_key).values_list("last_seen", flat=True).first()
        row.last_seen = before or timezone.now()
        row.municipality_id = data.get("municipality")
        row.person_uuid = UUID(data["person"]) if data.get("person") else None
        return row


def place(session_key: str) -> bytes:
    """Where the payload of this row stands: what it is bound to."""
    return encryption.place("identity_session", "session_data", None, session_key)


def payload(session_key: str, session_data: str) -> dict[str, Any]:
    """What the row with this key holds; nothing when the payload was changed, or is another row's."""
    try:
        keys = keyring.field_keys(settings.KEYS_DIR)
        text = encryption.open_sealed(bytes.fromhex(session_data), place(session_key), keys)
    except (ValueError, keyring.MissingSecret):
        return {}
    return dict(json.loads(text))


def resealed(session_key: str, session_data: str) -> str:
    """A row's payload under the newest key. Raises `CannotOpen` (a ValueError) for a changed or foreign one."""
    keys, where = keyring.field_keys(settings.KEYS_DIR), place(session_key)
    return encryption.seal(encryption.open_sealed(bytes.fromhex(session_data), where, keys), where, keys).hex()


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


def lasts_until(session: SessionBase) -> datetime | None:
    """When this session's sign-in ends if nothing is done; None without one. Asking is no use, and notes nothing."""
    seen = Session.objects.filter(session_key=row_key(session.session_key)).values_list("last_seen", flat=True).first()
    if not session.get("person") or seen is None:
        return None
    return min(seen + idle_of(session), session.get_expiry_date())


def idle_of(session: SessionBase) -> timedelta:
    """How long this session's sign-in may be left alone."""
    return IDLE["staff" if session.get("staff") else "resident"]


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
