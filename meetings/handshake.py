"""Before a socket is accepted: the site's own origin, our subprotocol, and a living session of somebody signed in.

The Origin header is compared exactly with the origin of the request itself, and must be there: a browser always sends
it, so no other site's script can open a socket with somebody's cookie (RFC 6455, section 10.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from identity.middleware import by_host
from identity.models import Municipality, Session
from identity.sessions import may_be_key, row_key
from meetings.protocol import SUBPROTOCOL

_SCHEMES = {"ws": "http", "wss": "https"}


class Visitor(NamedTuple):
    """Whose socket it is: the municipality by its host, the person and the session's row by the cookie."""

    municipality: Municipality
    person: UUID
    session_key: str


def visitor(scope: Mapping[str, Any]) -> Visitor | None:
    """Who opens this socket; None when it may not be opened (HTTP 403). Reads the database: not for the event loop."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    if SUBPROTOCOL not in scope["subprotocols"] or headers.get(b"origin", b"").decode("latin-1") != own_origin(scope):
        return None
    key = row_key(session_key(headers.get(b"cookie", b"").decode("latin-1")))
    municipality = by_host(host) if key else None
    if municipality is None:
        return None
    here = Session.objects.filter(session_key=key, municipality=municipality, expire_date__gt=timezone.now())
    person = here.values_list("person_uuid", flat=True).first()
    return Visitor(municipality, person, key) if person else None


def own_origin(scope: Mapping[str, Any]) -> str:
    """The origin of this site as the browser sees it; behind a proxy the scheme is the proxy's word."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    scheme = _SCHEMES.get(scope["scheme"], "https")
    if settings.SECURE_PROXY_SSL_HEADER:
        scheme = headers.get(b"x-forwarded-proto", scheme.encode()).decode("latin-1")
    return f"{scheme}://{headers.get(b'host', b'').decode('latin-1')}"


def session_key(header: str) -> str:
    """What the session's cookie in a Cookie header says; empty when there is none."""
    try:
        cookies = SimpleCookie(header)
    except CookieError:
        return ""
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found and may_be_key(found.value) else ""
