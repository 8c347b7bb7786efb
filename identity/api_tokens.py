"""Tokens of other systems: authentication and scopes for the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from identity import limits, network, pages, scope, secrets_of
from identity.models import ApiToken

PREFIX = "motas_"
_STAMP = timedelta(minutes=1)
_WRONG = limits.Guesses("api token", per_minute=10, burst=30)
SCOPES = frozenset(
    {
        "slots:read", "holds:write", "bookings:read", "bookings:write",
        "calendars:read", "calendars:write", "webhooks:manage",
    }
)  # fmt: skip


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <short id>.motas_<secret>`; the token must be of the host's municipality."""

    def authenticate(self, request: Request) -> tuple[None, ApiToken] | None:
        """The token, or None when there is no header. A wrong one is 401, whatever is wrong with it.

        Raises `Limited`, before anything is looked up, once wrong ones came too often from this address or network.
        """
        words = get_authorization_header(request).decode("latin-1").split()
        if not words:
            return None
        municipality, address = pages.municipality_of(request._request), network.address_of(request._request)
        _WRONG.check(address)
        digest = secrets_of.digest(words[-1], municipality) if len(words) == 2 and words[0] == "Bearer" else None
        now = timezone.now()
        with scope.transaction(municipality.id):
            token = ApiToken.objects.filter(secret_hash=digest or b"").first()
            if token is not None and (token.last_used_at is None or now - token.last_used_at > _STAMP):
                ApiToken.objects.filter(id=token.id).update(last_used_at=now)
        if token is None or not token.usable(now):
            _WRONG.count(address)
            raise AuthenticationFailed(code="bad_token")
        return None, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class ScopeNeeded(BasePermission):
    """The view names its scope in `scope_needed`; a view without one lets nobody in."""

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ANN401 - importing APIView here is a circle
        """True when the token lists the view's scope."""
        needed = getattr(view, "scope_needed", None)
        return isinstance(request.auth, ApiToken) and needed in request.auth.scopes
