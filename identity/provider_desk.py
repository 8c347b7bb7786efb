"""The ways to sign in that a municipality offers, as its administrator sets them up. No person is seen here.

What an identity hangs on is fixed once a provider is made: its issuer, its code (in the address it sends people back
to), and whether it is for residents or for staff. Otherwise a change of settings would hand one issuer's subjects to
another. The client's secret is written, never shown.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError

from identity import access_log, alerts, policies, proposals, scope, sessions
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor
from identity.errors import NotAllowed, StaffRefused
from identity.models import IdentityProvider, Municipality, ProviderKind
from identity.outward.addresses import checked
from identity.outward.errors import AddressRefused, OutwardError
from identity.policies import Facts
from identity.providers import oidc, oidc_claims
from identity.providers.oidc_metadata import BadMetadata
from identity.providers.oidc_tokens import TokenRefused

KIND = "identity provider"
KINDS = (ProviderKind.BANKID, ProviderKind.OIDC, ProviderKind.PASSKEY)


def everything(*, actor: Actor) -> list[IdentityProvider]:
    """Every provider that can be set up, in the order of the sign-in page. Raises `NotAllowed`."""
    with acting(actor.municipality_id):
        _require(actor, "provider.see", None)
        return list(IdentityProvider.objects.filter(kind__in=KINDS))


def one(*, actor: Actor, provider: UUID) -> IdentityProvider:
    """One provider. Raises `NotAllowed`."""
    with acting(actor.municipality_id):
        return _found(actor, "provider.see", provider)


def add(*, actor: Actor, kind: str, values: dict[str, Any]) -> IdentityProvider:
    """Make a provider; it is switched off until it is switched on. Raises `NotAllowed`, `StaffRefused("taken")`."""
    try:
        with acting(actor.municipality_id):
            _require(actor, "provider.change", None)
            made = IdentityProvider.objects.create(kind=kind, enabled=False, **values)
            _record(actor, "provider.add", made.id)
            return made
    except IntegrityError as error:
        if "one_provider_per_code" not in str(error):
            raise
        raise StaffRefused("taken") from None


def change(*, actor: Actor, provider: UUID, values: dict[str, Any]) -> None:
    """Change a provider's settings; an empty secret keeps the one it has. Raises `NotAllowed`.

    What somebody can sign in by stays as it is until a second person has confirmed the change (`identity.proposals`).
    """
    with acting(actor.municipality_id):
        found = _found(actor, "provider.change", provider)
        kept = {name: value for name, value in values.items() if name != "client_secret" or value}
        if found.enabled and not actor.system:
            changed = {name: value for name, value in kept.items() if value != getattr(found, name)}
            proposals.withdraw(provider)
            if changed:
                proposals.ask_provider(actor, provider, changed)
        else:  # who confirms that it is switched on must have seen what it is
            proposals.withdraw(provider)
            _set(found, kept)
        _record(actor, "provider.change", provider)


def switch(*, actor: Actor, provider: UUID, enabled: bool) -> None:
    """Offer a provider, or stop offering it: then who signed in by it is signed out. Raises `NotAllowed`.

    It is offered when a second person has confirmed it, and so is the staff's last one taken away.
    """
    with acting(actor.municipality_id):
        _locked()
        found = _found(actor, "provider.change", provider)
        two = _needs_two(actor, found, enabled)
        if two and found.enabled != enabled:
            proposals.ask_provider(actor, provider, {"enabled": enabled})
        elif not two:
            proposals.withdraw(provider)
            _set(found, {"enabled": enabled})
        what = "enable" if enabled else "disable"
        _record(actor, f"provider.ask_{what}" if two else f"provider.{what}", provider)
    if not enabled and not two:
        sessions.revoke_by(actor.municipality_id, found.code)


def last_of_staff(found: IdentityProvider) -> bool:
    """Whether the staff has this way in and no other."""
    with scope.transaction(found.municipality.id):
        return _last_of_staff(found)


def waits(found: IdentityProvider) -> bool:
    """Whether a change of it waits for a second person."""
    with scope.transaction(found.municipality.id):
        return proposals.provider_waits(found.id)


def faults(*, actor: Actor, provider: UUID) -> list[str]:
    """What is wrong with an OpenID provider, asked now: codes for `provider_presenters`; nothing when all is well.

    Raises `NotAllowed`.
    """
    with acting(actor.municipality_id):
        found = _found(actor, "provider.change", provider)
    try:
        known = oidc.metadata(found, anew=True)
        usable = oidc.keys(found, known, anew=True)
    except (OutwardError, BadMetadata, TokenRefused) as error:
        return [error.code]
    unknown = known.levels and not set(known.levels) & set(oidc_claims.asked_levels(found))
    return [code for code, wrong in (("no_keys", not usable), ("levels", unknown)) if wrong]


def may_be_asked(issuer: str, municipality: Municipality) -> str:
    """Why an issuer's address cannot be asked at all, as a code; "" when it can."""
    try:
        checked(issuer, oidc.refused_hosts(municipality), oidc.network().ports())
    except AddressRefused as error:
        return error.code
    return ""


def taken(code: str) -> bool:
    """Whether a provider has this code. Needs an open scope."""
    return IdentityProvider.objects.filter(code=code).exists()


def _found(actor: Actor, action: str, provider: UUID) -> IdentityProvider:
    _require(actor, action, provider)
    rows = IdentityProvider.objects.select_related("municipality").filter(id=provider, kind__in=KINDS)
    changing = action == "provider.change"
    found = (rows.select_for_update(of=("self",)) if changing else rows).first()
    if found is None:
        raise NotAllowed(action)
    return found


def _needs_two(actor: Actor, found: IdentityProvider, enabled: bool) -> bool:
    """One administrator with a provider of their own could otherwise be any resident or colleague.

    The staff's last way in is taken away by two: nobody could sign in to open it again.
    """
    return not actor.system and (enabled or _last_of_staff(found))


def _last_of_staff(found: IdentityProvider) -> bool:
    others = IdentityProvider.objects.filter(for_staff=True, enabled=True).exclude(id=found.id)
    return found.for_staff and found.enabled and not others.exists()


def _locked() -> None:
    """Every provider, in order: two administrators who switch off one each leave the staff one of them."""
    list(IdentityProvider.objects.select_for_update().order_by("id").values_list("id"))


def _set(found: IdentityProvider, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=list(values))


def _record(actor: Actor, action: str, provider: UUID) -> None:
    """Written down, and told to every manager and administrator."""
    access_log.record(actor=actor, action=action, kind=KIND, objects=[provider])
    alerts.tell_overseers("provider_changed", actor=actor.person_id, about=provider)


def _require(actor: Actor, action: str, provider: UUID | None) -> None:
    if not policies.may(actor, action, Facts(scope.current())):
        raise NotAllowed(action, Tried(actor, action, KIND, provider) if provider else None)
