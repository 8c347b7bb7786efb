"""Words for one's own sign-ins and keys."""

from __future__ import annotations

from collections.abc import Iterable
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
    """One sign-in on the page, or several by unknown devices. `marks`: their names; the times are the newest."""

    marks: tuple[str, ...]
    device: str
    address: str
    signed_in_at: datetime
    last_seen: datetime
    current: bool


def session_lines(found: Iterable[OpenSession]) -> list[SessionLine]:
    """Sign-ins in their order with words for the device; unknown devices from one address are one line."""
    together: dict[tuple[str, str], list[OpenSession]] = {}
    for one in found:
        apart = one.mark if one.device or one.current else ""
        together.setdefault((apart, one.address), []).append(one)
    return [_line(each) for each in together.values()]


def _line(each: list[OpenSession]) -> SessionLine:
    device = each[0].device or gettext("Okänd enhet")
    signed_in_at, last_seen = max(one.signed_in_at for one in each), max(one.last_seen for one in each)
    marks = tuple(one.mark for one in each)
    return SessionLine(marks, device, each[0].address, signed_in_at, last_seen, each[0].current)


def told_line(alert: Alert) -> tuple[str, datetime]:
    """What the person was told, and when."""
    return title_of(alert.kind), alert.at
