"""What a coordinator or administrator sees of units: closures, short days, calendars. Needs an open scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from booking import wording
from booking.models import Calendar, CalendarKind, Closure, ShortDay
from booking.opening_presenters import Line, closure_line
from identity import policies, scope
from identity.actors import Actor
from identity.models import Unit
from identity.policies import Facts


@dataclass(frozen=True)
class CalendarLine:
    """One calendar of the list. `keeps`: the asker changes its opening too, for it is nobody's own."""

    uuid: UUID
    name: str
    kind: str
    text: str
    keeps: bool


@dataclass(frozen=True)
class Closing:
    """What the asker closes: units by name, and whether the municipality too; and what is closed to come."""

    units: dict[UUID, str]
    whole: bool
    lines: tuple[tuple[Line, bool], ...]


def units_of(actor: Actor) -> dict[UUID, str]:
    """The units that the actor coordinates or manages, by name."""
    mine = actor.units("coordinator") | actor.units("unit_manager")
    return dict(Unit.objects.filter(id__in=mine).order_by("name").values_list("id", "name"))


def closing(actor: Actor) -> Closing:
    """What the actor may close, and the closures to come that concern them. Raises `NotAllowed`."""
    policies.require(actor, "closure.list", Facts(scope.current()))
    units, whole = units_of(actor), policies.may(actor, "closure.change", Facts(scope.current()))
    rows = Closure.objects.filter(Q(unit=None) | Q(unit__in=list(units)), to_at__gt=timezone.now())
    lines = tuple((closure_line(row, units), row.unit_id in units or (whole and row.unit_id is None)) for row in rows)
    return Closing(units, whole, lines)


def short_days(actor: Actor) -> dict[str, int]:
    """What the municipality has decided of eves. Raises `NotAllowed`, but for administrators."""
    policies.require(actor, "short_day.change", Facts(scope.current()))
    return dict(ShortDay.objects.values_list("eve", "closes_at"))


def calendars(actor: Actor) -> tuple[CalendarLine, ...]:
    """The calendars of the actor's units: officers', interpreters', rooms'."""
    rows = Calendar.objects.filter(unit__in=list(units_of(actor)), active=True).select_related("person", "unit")
    lines = [_line(row) for row in rows]
    return tuple(sorted(lines, key=lambda line: (line.kind, line.name)))


def _line(row: Calendar) -> CalendarLine:
    kind = {
        CalendarKind.OFFICER: gettext("Handläggare"),
        CalendarKind.INTERPRETER: gettext("Tolk"),
        CalendarKind.ROOM: gettext("Rum"),
    }[CalendarKind(row.kind)]
    text = " ".join(_facts(row))
    return CalendarLine(row.uuid, name_of(row), kind, text, row.kind != CalendarKind.OFFICER)


def _facts(row: Calendar) -> Iterable[str]:
    yield gettext("%(share)s procent av heltid.") % {"share": row.share}
    if row.languages:
        yield gettext("Språk: %(languages)s.") % {"languages": ", ".join(row.languages)}
    if row.lead_minutes:
        yield gettext("Framförhållning %(minutes)s.") % {"minutes": wording.minutes(row.lead_minutes)}


def name_of(row: Calendar) -> str:
    """The officer's or interpreter's name, or the room's."""
    return row.name or (row.person.name if row.person else gettext("Kalender utan namn"))
