"""Where a request comes from, and what is remembered of that."""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from identity import keyring


def address_of(request: HttpRequest) -> str:
    """The address that asks: the socket's, or behind the own proxy the last one of X-Forwarded-For. "" if unknown.

    Only the last entry was written by the own proxy; whatever stands before it came from outside and is not believed.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        address = str(request.META.get("HTTP_X_FORWARDED_FOR", address)).rpartition(",")[2].strip()
    try:
        return str(ip_address(address))
    except ValueError:
        return ""


def neighbourhood(address: str) -> str:
    """The network that an address is counted with: its /24, or its /56 (RFC 6177). "" for no address."""
    if not address:
        return ""
    bits = 56 if isinstance(ip_address(address), IPv6Address) else 24
    return str(ip_network(f"{address}/{bits}", strict=False))


def trace(address: str) -> bytes:
    """A keyed hash by which two requests are compared, so that the address itself is not kept; empty for none."""
    if not address:
        return b""
    return hmac.digest(keyring.secret(settings.KEYS_DIR, "ticket"), f"network {address}".encode(), hashlib.sha256)
