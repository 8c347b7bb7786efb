"""Which pages may use something of the device: camera and the like in meetings, keys (WebAuthn) where staff sign in.

`policy` is the header Permissions-Policy. Everything else is turned off on every page, by name, since a browser allows
what is not named (W3C Permissions Policy, 9.8); a name that a browser does not know it passes over. What a browser
tells of itself in other headers (`ch-…`) is not asked for and not listed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
KEYS: Final = ("publickey-credentials-get", "publickey-credentials-create")
# To be seen and heard, not to fall asleep, and to reach the other's browser on the same network.
MEETING: Final = (
    "camera", "microphone", "autoplay", "display-capture", "screen-wake-lock", "fullscreen",
    "media-playback-while-not-visible", "local-network", "local-network-access", "loopback-network",
)  # fmt: skip
OFF: Final = (
    "accelerometer", "ambient-light-sensor", "aria-notify", "attribution-reporting", "bluetooth", "browsing-topics",
    "captured-surface-control", "clipboard-read", "clipboard-write", "compute-pressure", "cross-origin-isolated",
    "deferred-fetch", "deferred-fetch-minimal", "digital-credentials-create", "digital-credentials-get",
    "encrypted-media", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection",
    "interest-cohort", "keyboard-map", "language-detector", "language-model", "local-fonts", "magnetometer", "midi",
    "on-device-speech-recognition", "otp-credentials", "payment", "picture-in-picture", "private-state-token-issuance",
    "private-state-token-redemption", "rewriter", "serial", "speaker-selection", "storage-access", "summarizer",
    "sync-xhr", "translator", "unload", "usb", "web-share", "window-management", "writer", "xr-spatial-tracking",
)  # fmt: skip
_MARK: Final = "device_features"


def may_use_keys(view: View[P]) -> View[P]:
    """A page on which a staff member's key may be asked for or made."""

    @wraps(view)
    def respond(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        setattr(response, _MARK, KEYS)
        return response

    return respond


def policy(path: str, response: HttpResponse) -> str:
    """The header of a page at `path`: each feature with `(self)` or `()`."""
    own = MEETING if path.startswith("/moten/") else features_of(response)
    return ", ".join(f"{feature}={'(self)' if feature in own else '()'}" for feature in (*MEETING, *KEYS, *OFF))


def features_of(response: HttpResponse) -> tuple[str, ...]:
    """The features that a page was given beyond those of its address; none for most."""
    found: tuple[str, ...] = getattr(response, _MARK, ())
    return found
