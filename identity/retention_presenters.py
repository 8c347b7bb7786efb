"""How long things are kept, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from identity.retention import Plan
from identity.retention_forms import DecisionForm


@dataclass(frozen=True)
class PlanLine:
    """One class with its form. `state`: what is decided, in words; `missing`: a decision is needed and not there."""

    code: str
    title: str
    text: str
    state: str
    missing: bool
    form: DecisionForm


def lines(plans: list[Plan], tried: DecisionForm | None = None) -> list[PlanLine]:
    """Every class; `tried`: the form that was sent, with its faults, in place of its own."""
    return [_line(plan, tried) for plan in plans]


def _line(plan: Plan, tried: DecisionForm | None) -> PlanLine:
    code = plan.proposed.code
    title, text = _words(code)
    form = tried if tried is not None and tried.data.get("code") == code else DecisionForm.of(plan)
    days = ngettext("%(n)s dag från att %(clock)s", "%(n)s dagar från att %(clock)s", plan.days)
    clock = days % {"n": plan.days, "clock": _clock(plan.proposed.clock)}
    return PlanLine(code, title, f"{text} {clock}.", _state(plan), not plan.decided, form)


def _state(plan: Plan) -> str:
    if not plan.proposed.decided:
        return gettext("Av ringa betydelse. Inget beslut behövs.")
    if plan.rule is None or not plan.decided:
        return gettext("Beslut saknas. Inget av det gallras.")
    return gettext("Beslut %(reference)s, %(date)s.") % {
        "reference": plan.rule.decision,
        "date": plan.rule.decided_on,
    }


def _words(code: str) -> tuple[str, str]:
    return {
        "identity": (gettext("Vem personen är"), gettext("Namn, nummer, skydd och företrädare.")),
        "contact": (gettext("Kontaktuppgifter på bokningar"), gettext("E-post och telefon.")),
        "need": (gettext("Behov"), gettext("Tolk och anpassningar.")),
        "booking": (gettext("Bokningar"), gettext("Tider, historik och visad information.")),
        "wish": (gettext("Önskemål"), gettext("Plats i väntelistan och tider som släpptes.")),
        "message": (gettext("Meddelanden"), gettext("Att något skickades, inte vad som stod.")),
        "staff": (gettext("Personal"), gettext("Stängda tjänstekonton.")),
        "log": (gettext("Logg"), gettext("Vem som öppnade vad.")),
        "technical": (gettext("Tekniska rader"), gettext("Påbörjade inloggningar och liknande.")),
    }[code]


def _clock(clock: str) -> str:
    return {
        "last_meeting": gettext("det senaste mötet tog slut"),
        "meeting_ended": gettext("mötet tog slut"),
        "closed": gettext("det avslutades"),
        "sent": gettext("det skickades"),
        "account_closed": gettext("kontot stängdes"),
        "written": gettext("det skrevs"),
    }[clock]
