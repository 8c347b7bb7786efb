"""The ways to sign in that a municipality offers, as buttons: residents' first, the staff's apart."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from identity.models import IdentityProvider
from identity.models.signing import ProviderKind
from identity.policies import LEVELS

LEVEL_NEEDED = "level_needed"  # in the session: of the meeting type that was chosen last
_STEPS = "/boka/"


@dataclass(frozen=True)
class Way:
    """One button. `device`: of BankID, the device with the app; `kind`: of the provider, for the template."""

    text: str
    address: str
    kind: str
    device: str = ""


@dataclass(frozen=True)
class Ways:
    """Every button of the page."""

    residents: tuple[Way, ...]
    staff: tuple[Way, ...]


def ways(*, next_path: str, level_needed: str) -> Ways:
    """What is offered to somebody who wants to go to `next_path`. Needs an open scope.

    On the way to a booking, a way that gives less than its meeting type needs would only lead to a refusal.
    """
    rows = list(IdentityProvider.objects.filter(enabled=True))
    least = LEVELS.get(level_needed, 0) if next_path.startswith(_STEPS) else 0
    residents = [row for row in rows if row.for_residents and LEVELS.get(row.level, 0) >= least]
    return Ways(_buttons(residents), _buttons([row for row in rows if row.for_staff]))


def _buttons(rows: list[IdentityProvider]) -> tuple[Way, ...]:
    return tuple(way for row in rows for way in _of(row))


def _of(row: IdentityProvider) -> tuple[Way, ...]:
    if row.kind == ProviderKind.BANKID:
        address = reverse("identity:bankid_start", args=[row.code])
        same = gettext("{name} på den här enheten").replace("{name}", row.name)
        other = gettext("{name} på en annan enhet").replace("{name}", row.name)
        return Way(same, address, row.kind, "same"), Way(other, address, row.kind, "other")
    address = _address(row)
    # The pages of keys and codes say what to press: so of keys the words are ours, whatever the row is called.
    text = gettext("Logga in med nyckel") if row.kind == ProviderKind.PASSKEY else row.name
    return (Way(text, address, row.kind),) if address else ()


def _address(row: IdentityProvider) -> str:
    """Where the other kinds begin; "" for one that has no page of its own (vouched, trial)."""
    try:
        if row.kind == ProviderKind.OIDC:
            return reverse("identity:oidc_start", kwargs={"code": row.code})
        return reverse("identity:passkey") if row.kind == ProviderKind.PASSKEY else ""
    except NoReverseMatch:
        return ""
