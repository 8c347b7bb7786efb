"""What the claims of an accepted ID token mean: who, by which number, how surely."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from identity import numbers
from identity.errors import SignInRefused
from identity.models import IdentityProvider
from identity.policies import LEVELS
from identity.providers.oidc_tokens import TokenRefused, subject_of
from identity.recognising import Claims

# Claims specification of the Swedish OpenID Connect profile, 2.1: twelve digits without a sign.
PERSONAL_NUMBER = "https://id.oidc.se/claim/personalIdentityNumber"
COORDINATION_NUMBER = "https://id.oidc.se/claim/coordinationNumber"
COORDINATION_LEVEL = "https://id.oidc.se/claim/coordinationNumberLevel"
PREVIOUS_NUMBER = "https://id.oidc.se/claim/previousCoordinationNumber"
_CONFIRMED = "confirmed"  # styrkt (lag 2022:1697): the holder has shown who they are; probable and uncertain have not
_NAME_LENGTH = 200


def of_resident(provider: IdentityProvider, said: dict[str, Any], today: date) -> Claims:
    """A resident's. Raises `TokenRefused`, and `SignInRefused` for a level that is too low."""
    own = _number(said, provider.number_claim or PERSONAL_NUMBER, today)
    number = own or _number(said, COORDINATION_NUMBER, today)
    return Claims(
        subject=subject_of(said),
        level=_level(provider, said.get("acr")),
        name=_name(said),
        number=number,
        previous_number=_number(said, PREVIOUS_NUMBER, today),
        confirmed=_is_personal(own, today) or said.get(COORDINATION_LEVEL) == _CONFIRMED,
    )


def of_staff(provider: IdentityProvider, said: dict[str, Any]) -> Claims:
    """A staff member's: several factors shown, no personal number taken, and no e-ID's level. Raises `TokenRefused`."""
    methods = said.get("amr", [])
    if provider.acr and said.get("acr") not in provider.acr:
        raise TokenRefused("acr")
    if provider.amr and not (isinstance(methods, list) and set(provider.amr) & set(_texts(methods))):
        raise TokenRefused("amr")
    if not (provider.acr or provider.amr):
        raise TokenRefused("mfa")
    return Claims(subject=subject_of(said), level="none", name=_name(said))


def asked_levels(provider: IdentityProvider) -> list[str]:
    """The values of `acr` that are asked for, the surest first."""
    if provider.for_staff:
        return list(provider.acr)
    sure = [] if provider.level == "LOA2" else provider.acr_loa3
    return list(dict.fromkeys([*sure, *provider.acr_loa2])) or list(provider.acr_loa3)


def _level(provider: IdentityProvider, acr: object) -> str:
    """What `acr` means here, and never more than the provider may give."""
    meant = "LOA3" if acr in provider.acr_loa3 else "LOA2" if acr in provider.acr_loa2 else None
    if not isinstance(acr, str) or meant is None:
        raise SignInRefused("level")
    return min(meant, provider.level, key=lambda level: LEVELS.get(level, 0))


def _number(said: dict[str, Any], claim: str, today: date) -> str:
    given = said.get(claim)
    if given is None:
        return ""
    try:
        return numbers.parse(given if isinstance(given, str) else "", today=today).digits
    except numbers.NumberError:
        raise TokenRefused("number") from None


def _is_personal(number: str, today: date) -> bool:
    return bool(number) and not numbers.parse(number, today=today).coordination


def _name(said: dict[str, Any]) -> str:
    """Given and family name, else the whole name; "-" stands for no given name in the Swedish profile, 4.1."""
    given, family, whole = (_text(said.get(claim)) for claim in ("given_name", "family_name", "name"))
    parts = [part for part in (given, family) if part not in ("", "-")]
    return " ".join(parts) if family else whole


def _text(value: object) -> str:
    words = value.split() if isinstance(value, str) else []
    return "".join(c for c in " ".join(words) if c.isprintable())[:_NAME_LENGTH]


def _texts(values: Iterable[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]
