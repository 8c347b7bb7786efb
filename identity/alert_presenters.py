"""The words of alerts: what happened, who did it, why, and where to go on. Never the name of a resident."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from identity import openings
from identity.alert_desk import AlertDesk
from identity.break_glass import WAITS
from identity.models import Alert, Opening
from identity.opening_presenters import reason_words

Link = tuple[str, str]  # address and words
NO_LINK = ("", "")


@dataclass(frozen=True)
class AlertLine:
    """One alert on the page. `more`: sentences below it; `tone`: the tag's class; `address`, `way_on`: its link."""

    id: UUID
    title: str
    more: tuple[str, ...]
    at: datetime
    seen: bool
    grave: bool
    address: str
    way_on: str


_CALM = frozenset(
    {
        "review_made",
        "glass_open",
        "reader_named",
        "feed_closed",
        "representation_written",
        "representation_withdrawn",
        "new_device",
        "key_added",
        "key_removed",
        "code_made",
        "proposal_decided",
    }
)
_links: dict[str, Callable[[UUID | None], Link]] = {}


def register_link(kind: str, link: Callable[[UUID | None], Link]) -> None:
    """Say where an alert of a kind leads (from its `about`); called once when the package of that page starts."""
    _links[kind] = link


def object_code(object: UUID) -> str:
    """Four characters by which staff speak of an object. No secret, and not unique."""
    return object.hex[:4].upper()


def lines(desk: AlertDesk) -> Iterable[AlertLine]:
    """The page's alerts, in its order."""
    return [_line(alert, desk) for alert in desk.alerts]


def title_of(kind: str) -> str:
    """What an alert is called; an unknown kind asks for attention all the same."""
    words = {
        "protected_opened": gettext("Skyddade uppgifter har öppnats"),
        "glass_asked": gettext("Någon ber att få öppna en bokning"),
        "glass_approved": gettext("En nödöppning är godkänd"),
        "glass_open": gettext("Din nödöppning är godkänd"),
        "glass_used": gettext("En nödöppnad bokning har lästs"),
        "representation_recorded": gettext("En företrädare är inskriven för dig"),
        "representation_written": gettext("En företrädare är inskriven för någon"),
        "representation_withdrawn": gettext("En företrädare är borttagen"),
        "identity_conflict": gettext("En inloggning stämmer inte med våra uppgifter"),
        "review_made": gettext("Månadens loggkontroll är klar att göra"),
        "review_overdue": gettext("En loggkontroll har inte signerats i tid"),
        "review_investigate": gettext("En öppning behöver utredas"),
        "new_device": gettext("Du har loggat in från en ny enhet"),
        "key_added": gettext("En ny nyckel är tillagd"),
        "key_removed": gettext("En nyckel är borttagen"),
        "code_made": gettext("En ny reservkod är gjord"),
        "key_copied": gettext("En nyckel verkar vara kopierad. Den stoppades."),
        "flag_set": gettext("Någon som ni ska träffa har fått skydd"),
        "flag_lift_asked": gettext("Någon ber att få ta bort ett skydd"),
        "safe_contact_asked": gettext("Någon har bett om trygg kontakt"),
        "booking_protected": gettext("En av dina bokningar är nu skyddad"),
        "feed_closed": gettext("Din kalenderadress är stängd. Gör en ny."),
        "meetings_left": gettext("Bokade möten har ingen handläggare längre"),
        "meetings_unled": gettext("Möten står utan handläggare, och ingen samordnar enheten"),
        "reader_named": gettext("Du är namngiven läsare för en person"),
        "reader_chosen": gettext("Någon har namngett en läsare för en person"),
        "invitation_used": gettext("En kod för att komma in är använd"),
        "proposal_made": gettext("Något väntar på en andra person"),
        "proposal_decided": gettext("En andra person har svarat på det du bad om"),
        "provider_changed": gettext("Ett sätt att logga in är ändrat"),
        "erasure_asked": gettext("Någon ber att en persons uppgifter raderas"),
    }
    return words.get(kind, gettext("Något behöver tittas på"))


def _line(alert: Alert, desk: AlertDesk) -> AlertLine:
    opening = desk.openings.get(alert.about) if alert.about else None
    address, way_on = _link(alert, opening, desk)
    return AlertLine(
        id=alert.id,
        title=title_of(alert.kind),
        more=tuple(_more(alert, opening, desk)),
        at=alert.at,
        seen=alert.seen_at is not None,
        grave=alert.kind not in _CALM,
        address=address,
        way_on=way_on,
    )


def _more(alert: Alert, opening: Opening | None, desk: AlertDesk) -> Iterable[str]:
    if alert.actor_id and alert.actor_id == alert.about:
        yield gettext("Av: personen själv.")
    elif alert.actor_id:
        yield gettext("Av: %(name)s.") % {"name": desk.names.get(alert.actor_id, gettext("okänd"))}
    if opening is not None:
        yield gettext("Kod: %(code)s.") % {"code": object_code(opening.object)}
        yield gettext("Skäl: %(reason)s.") % {"reason": reason_words(opening.reason)}
        if alert.kind == "glass_asked" and not _waits(opening):
            yield gettext("Någon har bestämt.") if opening.decided_at else gettext("Ingen svarade inom ett dygn.")
    if alert.unit is not None:
        yield gettext("Enhet: %(unit)s.") % {"unit": alert.unit.name}
        if desk.instead(alert):
            yield gettext("Enheten har ingen chef som kan få veta det. Därför får du det.")


def _waits(opening: Opening) -> bool:
    """Somebody can still decide it."""
    return opening.decided_at is None and opening.asked_at > timezone.now() - WAITS


def _link(alert: Alert, opening: Opening | None, desk: AlertDesk) -> Link:
    """Where an alert leads, if the reader comes in there."""
    if alert.kind in _links:
        return NO_LINK if desk.elsewhere(alert) else _links[alert.kind](alert.about)
    if alert.kind.startswith("review_") and alert.about in desk.reviews:
        return reverse("identity:review", args=[alert.about]), gettext("Till loggkontrollen")
    if alert.kind == "meetings_unled":
        return reverse("identity:staff"), gettext("Ge någon rollen samordnare")
    if alert.kind == "identity_conflict":
        return reverse("identity:conflicts"), gettext("Se vad som väntar")
    if alert.kind in ("proposal_made", "provider_changed") and desk.decides:
        return reverse("identity:proposals"), gettext("Se vad som väntar")
    if alert.kind == "glass_asked" and opening is not None and _waits(opening):
        return reverse("identity:glass_waiting"), gettext("Se vad som väntar")
    if alert.kind == "glass_open" and opening is not None and opening.object_kind in openings.kinds():
        return openings.openable(opening.object_kind).address(opening.object), gettext("Öppna")
    return NO_LINK
