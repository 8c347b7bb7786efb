"""Tokens of other systems: authentication, scopes and limits for the API."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from typing import Any

from django.db import Error, InterfaceError, OperationalError
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from identity import limits, network, pages, scope, secrets_of, token_asking
from identity.errors import Limited
from identity.token_asking import Admitted, Asked

log = logging.getLogger("motas.api")
PREFIX = "motas_"
_WRONG = limits.Guesses("api token", per_minute=10, burst=30)
_UNCOUNTED = 60
SCOPES = frozenset(
    {
        "slots:read", "holds:write", "bookings:read", "bookings:write",
        "calendars:read", "calendars:write", "webhooks:manage",
    }
)  # fmt: skip


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <short id>.motas_<secret>`; the token must be of the host's municipality."""

    def authenticate(self, request: Request) -> tuple[None, Admitted] | None:
        """The token, or None when there is no header. A wrong one is 401, whatever is wrong with it.

        Raises `Limited`, and looks nothing up, once wrong ones came too often from this address or network.
        """
        words = get_authorization_header(request).decode("latin-1").split()
        if not words:
            return None
        municipality, address = pages.municipality_of(request._request), network.address_of(request._request)
        digest = secrets_of.digest(words[-1], municipality) if len(words) == 2 and words[0] == "Bearer" else None
        view, changing = request.parser_context["view"], request.method not in SAFE_METHODS
        asked = Asked(
            digest=digest or b"",
            municipality=municipality.id,
            address=address,
            scope=scope_of(view, str(request.method)),
            kind=getattr(view, "counts_as", "change") if changing else "search",
            now=timezone.now(),
        )
        admitted, wait = _asked(asked)
        if wait:
            raise Limited(math.ceil(wait))
        if admitted is None:
            _WRONG.count(address)
            raise AuthenticationFailed(code="bad_token")
        return None, admitted

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class ScopeNeeded(BasePermission):
    """The view names its scope in `scope_needed`, and another one for changes in `scope_to_change`, if there is one.

    A view without a scope lets nobody in.
    """

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ANN401 - importing APIView here is a circle
        """True when the token lists the scope of what is asked."""
        needed = scope_of(view, str(request.method))
        return isinstance(request.auth, Admitted) and needed in request.auth.token.scopes


class PerMinute(BaseThrottle):
    """As many searches and changes as the token says, counted in the database; 0 is no limit."""

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ANN401 - as above
        """True, or `Limited` is raised. It was counted when the token was looked up."""
        if isinstance(request.auth, Admitted) and request.auth.wait:
            raise Limited(math.ceil(request.auth.wait))
        return True


def scope_of(view: Any, method: str) -> str:  # noqa: ANN401 - as above
    """The scope that a method of a view asks for; "" for a view without one."""
    changing = getattr(view, "scope_to_change", "") if method not in SAFE_METHODS else ""
    return changing or getattr(view, "scope_needed", "")


def _asked(asked: Asked) -> tuple[Admitted | None, float]:
    """As `token_asking.ask`. Where it cannot be counted, a change is refused (`Limited`) and reading goes on."""
    try:
        return _ask(asked)
    except (OperationalError, InterfaceError):
        raise  # no database, no work: the answer is 503
    except Error as error:
        log.error("not counted: %s", type(error).__name__)
        if asked.kind == "change":
            raise Limited(_UNCOUNTED) from None
    return _ask(replace(asked, kind=""))


def _ask(asked: Asked) -> tuple[Admitted | None, float]:
    with scope.transaction(asked.municipality):
        return token_asking.ask(asked, _WRONG)
