"""Back-channel logout: the provider says that somebody signed out there, and their sessions here end at once.

OpenID Connect Back-Channel Logout 1.0. A token that names only a provider's session (`sid`) is refused: which session
of theirs was which of ours is not kept.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from identity import access_log, actors, limits, recognising, scope, sessions
from identity.models import IdentityProvider, SignInAttempt
from identity.outward.errors import OutwardError
from identity.providers import oidc, oidc_tokens
from identity.providers.oidc_metadata import BadMetadata
from identity.providers.oidc_tokens import Claims, TokenRefused

log = logging.getLogger("motas.identity")
EVENT = "http://schemas.openid.net/event/backchannel-logout"
KIND = "oidc_out"
_FRESH = timedelta(minutes=5)
_LONGEST_ID = 255


def end_sessions(*, provider: IdentityProvider, token: str, address: str) -> bool:
    """Whether the logout token was accepted; then every session of its subject here has ended, or there was none.

    Raises `Limited`.
    """
    limits.take(f"oidc out:{address}", per_minute=300, burst=300)
    now = timezone.now()
    try:
        said = _said(provider, token, now)
        person = _noted(provider, said, now)
    except (TokenRefused, OutwardError, BadMetadata) as error:
        log.info("logout by provider %s refused: %s", provider.id, error.code)
        return False
    if person is not None:
        sessions.revoke_of(provider.municipality.id, person)
    return True


def _said(provider: IdentityProvider, token: str, now: datetime) -> Claims:
    known = oidc.metadata(provider)
    keys = oidc.keys(provider, known, oidc_tokens.key_id(token))
    said = oidc_tokens.signed_claims(token, keys)
    oidc_tokens.check_addressed(said, provider.issuer, provider.client_id)
    said.setdefault("exp", oidc_tokens.moment(said, "iat") + _FRESH.total_seconds())
    oidc_tokens.check_times(said, now=now.timestamp(), since=(now - _FRESH).timestamp())
    events = said.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise TokenRefused("events")
    if "nonce" in said:  # so that no ID token is taken for one (2.4)
        raise TokenRefused("nonce")
    oidc_tokens.subject_of(said)
    return said


def _noted(provider: IdentityProvider, said: Claims, now: datetime) -> UUID | None:
    """The subject's person; the token's id is remembered for a day, and works once."""
    used = said.get("jti")
    if not isinstance(used, str) or not 0 < len(used) <= _LONGEST_ID:
        raise TokenRefused("jti")
    lookup = hashlib.sha256(f"{provider.id} {used}".encode()).digest()
    try:
        with scope.transaction(provider.municipality.id, durable=True):
            SignInAttempt.objects.create(
                kind=KIND, provider=provider, lookup=lookup, state="done", started_at=now, expires_at=now
            )
            person = recognising.by_subject_of(provider, oidc_tokens.subject_of(said))
            if person is None:
                return None
            system = actors.system(provider.municipality.id)
            access_log.record(actor=system, action="signed_out_by_provider", kind="person", objects=[person.id])
            return person.id
    except IntegrityError:
        raise TokenRefused("replayed") from None
