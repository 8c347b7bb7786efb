"""What the server remembers of a sign-in by BankID, sealed in its attempt until it is over."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.http import HttpRequest
from django.utils import timezone

from identity import attempts
from identity.models import SignInAttempt
from identity.providers.bankid import Completion, Order

KIND = "bankid"
SAME, OTHER = "same", "other"
_SHOWN = timedelta(minutes=30)  # how long a page can still say how an attempt ended


@dataclass
class Kept:
    """The order and how far it has come. Times are seconds since the epoch, by our clock.

    `nonce`: what the return address carries; the page never gets it. `order`: empty while a new one is being fetched.
    `asked`: last time that BankID was asked; `since`: when the hint became what it is. `returned`: the browser that
    started came back with the nonce. `who`: the completion, while that is waited for.
    """

    device: str
    nonce: str
    scripted: bool
    order: str = ""
    autostart: str = ""
    qr_token: str = ""
    qr_secret: str = ""
    made: float = 0.0
    asked: float = 0.0
    hint: str = ""
    since: float = 0.0
    renewed: int = 0
    unanswered: int = 0
    returned: bool = False
    who: dict[str, Any] | None = None

    @classmethod
    def of(cls, attempt: SignInAttempt) -> Self:
        """As it is remembered in an open attempt."""
        return cls(**attempts.kept(attempt))

    def keep(self, attempt: SignInAttempt) -> None:
        """Remember it. Needs an open scope."""
        attempts.keep(attempt, **asdict(self))

    def take(self, order: Order, now: datetime) -> None:
        """A new order was started."""
        self.order, self.autostart = order.ref, order.autostart
        self.qr_token, self.qr_secret = order.qr_token, order.qr_secret
        self.made = self.asked = self.since = now.timestamp()
        self.hint = ""

    def hear(self, hint: str, now: datetime) -> None:
        """BankID answered that the order is pending."""
        if hint != self.hint:
            self.hint, self.since = hint, now.timestamp()
        self.unanswered = 0

    @property
    def completion(self) -> Completion | None:
        """Who it was, once BankID has said."""
        return Completion(**self.who) if self.who else None


def newest(request: HttpRequest, *, lock: bool = False) -> SignInAttempt | None:
    """The newest attempt of the browser that asks, over or not, with its provider; None without one. In a scope."""
    request.session.get("municipality")  # reads the session: a cookie without one is no browser of ours
    if not request.session.session_key:
        return None
    browser, since = attempts.browser_of(request), timezone.now() - _SHOWN
    rows = SignInAttempt.objects.filter(kind=KIND, session_digest=browser, started_at__gt=since)
    locked = rows.select_for_update(of=("self",)) if lock else rows
    return locked.select_related("provider").order_by("-started_at").first()
