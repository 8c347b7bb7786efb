"""The words of break glass: the form, what waits for a decision, and the sentence after one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from identity.actors import Actor
from identity.alert_presenters import object_code
from identity.glass_forms import AskForm
from identity.models import Opening
from identity.opening_presenters import reason_words, reasons


@dataclass(frozen=True)
class RequestLine:
    """A request as its second person reads it. `works`: the units of who asks; `unit`: whose booking it is."""

    id: UUID
    who: str
    works: str
    code: str
    unit: str
    reason: str
    at: datetime


def ask_page(form: AskForm, *, asked: bool, actor: Actor) -> dict[str, Any]:
    """What the page of asking shows. `asked`: a request was just sent, with or without anything to open."""
    return {
        "form": form,
        "asked": asked,
        "errors": errors_of(form),
        "reasons": [(code, words, form["reason"].value() == code) for code, words in reasons()],
        "decides": bool(actor.units("coordinator") | actor.units("unit_manager")),
    }


def errors_of(form: AskForm) -> list[tuple[str, str]]:
    """The error summary: id of the field and its first fault. The first choice stands for its group."""
    ids = {"reason": "id_reason_0"}
    return [(ids.get(name, form[name].auto_id), str(faults[0])) for name, faults in form.errors.items()]


def request_line(row: Opening) -> RequestLine:
    """One request that waits."""
    account = getattr(row.opener, "staff_account", None)
    works = sorted({membership.unit.name for membership in row.opener.memberships.all()})
    return RequestLine(
        id=row.id,
        who=account.name if account else gettext("okänd"),
        works=", ".join(works),
        code=object_code(row.object),
        unit=row.unit.name if row.unit else "",
        reason=reason_words(row.reason),
        at=row.asked_at,
    )


def done_words(code: str) -> str:
    """The sentence for what was just decided, from a closed list; empty when nothing was."""
    known = {
        "oppnad": gettext("Bokningen är öppen i 30 minuter för den som bad om det."),
        "nekad": gettext("Bokningen är fortfarande stängd."),
    }
    return known.get(code, "")
