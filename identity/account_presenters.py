"""Words for one's own sign-ins and keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity.alert_presenters import title_of
from identity.models import Alert
from identity.open_sessions import OpenSession

REFUSED: dict[str, str | Promise] = {
    "last_way_in": _("Du behöver två nycklar, eller en nyckel och en reservkod. Skaffa en till först."),
    "many": _("Du har så många nycklar som går. Ta bort en först."),
}


@dataclass(frozen=True)
class SessionLine:
    """One sign-in on the page."""

    mark: str
    device: str
    address: str
    signed_in_at: datetime
    last_seen: datetime
    current: bool


def session_line(one: OpenSession) -> SessionLine:
    """A sign-in with words for its device."""
    device = one.device or gettext("Okänd enhet")
    return SessionLine(one.mark, device, one.address, one.signed_in_at, one.last_seen, one.current)


def told_line(alert: Alert) -> tuple[str, datetime]:
    """What the person was told, and when."""
    return title_of(alert.kind), alert.at
