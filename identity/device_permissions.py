"""Which pages may use something of the device: here the keys of the staff (WebAuthn).

`identity.middleware` turns it into the header Permissions-Policy; all other pages have every such thing turned off.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
KEYS: Final = ("publickey-credentials-get", "publickey-credentials-create")
_MARK: Final = "device_features"


def may_use_keys(view: View[P]) -> View[P]:
    """A page on which a staff member's key may be asked for or made."""

    @wraps(view)
    def respond(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        setattr(response, _MARK, KEYS)
        return response

    return respond


def features_of(response: HttpResponse) -> tuple[str, ...]:
    """The features that a page was given beyond those of its address; none for most."""
    found: tuple[str, ...] = getattr(response, _MARK, ())
    return found
