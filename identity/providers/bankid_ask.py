"""What BankID is told of a request that wants an order."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from identity import attempts, keyring, network
from identity.models import IdentityProvider
from identity.pages import municipality_of
from identity.providers.bankid import Ask
from identity.providers.bankid_kept import SAME, Kept
from identity.providers.bankid_words import shown_in_app, shown_in_app_to_staff


def ask_of(request: HttpRequest, provider: IdentityProvider, kept: Kept) -> Ask:
    """The browser as BankID weighs its risk, and the words in the app."""
    name = municipality_of(request).name
    return Ask(
        address=network.address_of(request),
        visible=shown_in_app(name) if provider.for_residents else shown_in_app_to_staff(name),
        device=_device(request),
        domain=request.get_host().rsplit(":", 1)[0],
        agent=request.headers.get("User-Agent", ""),
        return_url=_return_url(request, kept) if kept.device == SAME else "",
    )


def _device(request: HttpRequest) -> str:
    """A mark of the browser session that tells nothing and leads nowhere."""
    secret = keyring.secret(settings.KEYS_DIR, "ticket")
    return hmac.digest(secret, b"bankid device " + attempts.browser_of(request), hashlib.sha256).hex()


def _return_url(request: HttpRequest, kept: Kept) -> str:
    """Where the app sends the browser: with the nonce in the fragment, which no server sees and a module posts.

    Without scripts nobody reads a fragment: then it stands in the path, on a page with one button. It works once,
    and only in the session that started.
    """
    if kept.scripted:
        return request.build_absolute_uri(reverse("identity:bankid_return")) + f"#nonce={kept.nonce}"
    return request.build_absolute_uri(reverse("identity:bankid_return_with", args=[kept.nonce]))
