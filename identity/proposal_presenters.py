"""The words of what waits for a second person: who asks for what, and what a way to sign in would become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from identity.models import IdentityProvider, Proposal, ProposalKind
from identity.proposals import Waiting
from identity.provider_forms import BankIdForm, OidcForm
from identity.staff_presenters import role_words

_LABELS = {name: field.label for form in (BankIdForm, OidcForm) for name, field in form.base_fields.items()}
_SHOWN = ("issuer", "client_id", "acr", "amr", "acr_loa3", "acr_loa2")  # what a yes or no hangs on, as it is now


@dataclass(frozen=True)
class ProposalLine:
    """One proposal as its second person reads it. `more`: sentences below it."""

    id: UUID
    title: str
    by: str
    more: tuple[str, ...]
    at: datetime


def line(one: Waiting) -> ProposalLine:
    """A proposal in words."""
    more = _provider(one) if one.row.kind == ProposalKind.PROVIDER else ()
    return ProposalLine(one.row.id, _title(one), one.by, more, one.row.asked_at)


def waits(row: Proposal) -> str:
    """What waits about an account, on the account's own page."""
    if row.confirmed:
        return gettext("En ny kod är bekräftad. Den som bad om den kan göra koden nu.")
    if row.kind == ProposalKind.ROLE and row.unit is not None:
        return gettext("Väntar på en andra person: %(role)s, %(unit)s.") % {
            "role": role_words(row.role),
            "unit": row.unit.name,
        }
    if row.kind == ProposalKind.REOPENING:
        return gettext("Väntar på en andra person: att kontot öppnas igen.")
    return gettext("Väntar på en andra person: en ny kod.")


def _title(one: Waiting) -> str:
    words = {
        ProposalKind.ROLE: gettext("Rollen %(role)s i %(unit)s till %(name)s"),
        ProposalKind.INVITATION: gettext("En ny kod att logga in med till %(name)s"),
        ProposalKind.REOPENING: gettext("Kontot för %(name)s öppnas igen, med sina roller"),
        ProposalKind.PROVIDER: _way_in(one.row.provider),
    }
    unit = one.row.unit.name if one.row.unit is not None else ""
    return words[ProposalKind(one.row.kind)] % {"name": one.about, "role": role_words(one.row.role), "unit": unit}


def _way_in(provider: IdentityProvider | None) -> str:
    if provider is not None and provider.for_staff:
        return gettext("Ett sätt för personalen att logga in: %(name)s")
    return gettext("Ett sätt för invånare att logga in: %(name)s")


def _provider(one: Waiting) -> tuple[str, ...]:
    """What it is, and what it would become; never its secret."""
    row, told = one.row.provider, []
    for name in _SHOWN if row is not None else ():
        if name not in one.values and getattr(row, name):
            told.append(_becomes(name, getattr(row, name)))
    for name, value in one.values.items():
        told.append(_becomes(name, value))
    return tuple(told)


def _becomes(name: str, value: Any) -> str:  # noqa: ANN401 - a column's value
    if name == "enabled":
        return gettext("Slå på") if value else gettext("Slå av")
    if name == "client_secret":
        return gettext("Ny hemlighet")
    return f"{_LABELS.get(name, name)}: {' '.join(value) if isinstance(value, list) else value}"
