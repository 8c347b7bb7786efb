"""Sessions: Django's framework with our row and a sealed payload.

The payload holds only sign-in state and what was chosen before sign-in; it is encrypted with the
field key, so that a stolen table tells nothing. `revoke` ends a session everywhere at once.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from identity import encryption, keyring
from identity.models import Session

_PLACE = b"identity_session.session_data"
IDLE = {"staff": timedelta(minutes=15), "resident": timedelta(minutes=30)}
ABSOLUTE = timedelta(hours=10)


class SessionStore(DatabaseStore):
    """Rows of `identity.Session`; `encode` and `decode` seal."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our model."""
        return Session

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

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row, with the columns that let a person's sessions be listed and ended."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.municipality_id = data.get("municipality")
        row.person_uuid = UUID(data["person"]) if data.get("person") else None
        return row


def alive(session_key: str) -> bool:
    """True while this session exists and has not run out: what an open socket asks again and again."""
    return Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now()).exists()


def revoke(session_key: str) -> None:
    """End one session; its sockets close within seconds."""
    Session.objects.filter(session_key=session_key).delete()
