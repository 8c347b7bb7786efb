"""Tasks in words: what to do, by when, and where to do it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from booking import wording
from booking.models import TaskKind
from booking.tasks import OpenTask


@dataclass(frozen=True)
class TaskLine:
    """One task of the list. `ring`: the page to ring from; `booking`: the page of the booking."""

    id: UUID
    title: str
    text: str
    about: str
    due: str
    late: bool
    unit: str
    ring: UUID | None
    booking: UUID | None


def lines(tasks: Iterable[OpenTask], *, now: datetime) -> list[TaskLine]:
    """The list, in the order given."""
    return [_line(task, now) for task in tasks]


def _line(task: OpenTask, now: datetime) -> TaskLine:
    title, text = words(task.kind)
    about = ""
    if task.start is not None:
        about = gettext("Tiden %(time)s, kod %(code)s") % {"time": wording.day_and_time(task.start), "code": task.code}
    rings = task.kind == TaskKind.RING_NEXT
    return TaskLine(
        id=task.id,
        title=title,
        text=text,
        about=about,
        due=gettext("Senast %(time)s") % {"time": wording.day_and_time(task.due_at)},
        late=task.due_at < now,
        unit=gettext("Bara din") if task.mine else task.unit,
        ring=task.id if rings else None,
        booking=None if rings else task.booking,
    )


def words(kind: str) -> tuple[str, str]:
    """What to do, short and in a sentence."""
    return {
        TaskKind.MOVE: (gettext("Flytta bokningen"), gettext("Den ligger utanför öppettiden.")),
        TaskKind.ORDER_INTERPRETER: (gettext("Beställ tolk"), gettext("Mötet behöver en tolk som inte är bokad än.")),
        TaskKind.APPROVE_PARTY: (gettext("Svara om en till deltagare"), gettext("Någon mer vill vara med på mötet.")),
        TaskKind.CALL: (gettext("Ring om avbokningen"), gettext("Mötet avbokades med kort varsel.")),
        TaskKind.NEW_TIME: (gettext("Ring eller ge en ny tid"), gettext("Personen kom inte till mötet.")),
        TaskKind.RING_NEXT: (gettext("Ring nästa på väntelistan"), gettext("Tiden hålls medan du ringer.")),
    }[TaskKind(kind)]


def done_words(code: str) -> str:
    """What was just done, once."""
    return {
        "klar": gettext("Uppgiften är klar."),
        "tog": gettext("Tiden är bokad. Personen ser den i Mina tider."),
        "nej": gettext("Tiden går vidare till nästa. Personen har kvar sin plats."),
        "slut": gettext("Tiden hålls inte längre. Frågan har gått vidare."),
    }.get(code, "")
