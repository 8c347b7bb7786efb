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
        found = ip_address(address)
    except ValueError:
        return ""
    # A socket for both versions writes IPv4 as ::ffff:a.b.c.d; all of them would be neighbours.
    plain = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(plain or found)


def neighbourhood(address: str) -> str:
    """The network that an address is counted with: its /24, or its /56 (RFC 6177). "" for no address."""
    return _within(address, 24, 56)


def site(address: str) -> str:
    """The largest network that one customer usually gets: a /48 (RFC 6177, section 2). "" for IPv4 and no address."""
    return _within(address, 0, 48) if ":" in address else ""


def region(address: str) -> str:
    """What is about one provider's, or a part of it: a /16, or a /32. "" for no address."""
    return _within(address, 16, 32)


def _within(address: str, four: int, six: int) -> str:
    if not address:
        return ""
    bits = six if isinstance(ip_address(address), IPv6Address) else four
    return str(ip_network(f"{address}/{bits}", strict=False))


def trace(address: str) -> bytes:
    """A keyed hash by which two requests are compared, so that the address itself is not kept; empty for none."""
    if not address:
        return b""
    return hmac.digest(keyring.secret(settings.KEYS_DIR, "ticket"), f"network {address}".encode(), hashlib.sha256)
