"""The words of the ways to sign in: what they are, what is wrong with them, and what to tell the provider."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.models import IdentityProvider, ProviderKind

Words = str | Promise
_SORTS: dict[tuple[str, bool], Words] = {
    (ProviderKind.BANKID, False): _("BankID"),
    (ProviderKind.OIDC, False): _("OpenID Connect för invånare"),
    (ProviderKind.OIDC, True): _("OpenID Connect för personal"),
    (ProviderKind.PASSKEY, True): _("Personalens nycklar"),
}
ADDRESS_FAULTS: dict[str, Words] = {
    "address": _("Adressen går inte att läsa."),
    "scheme": _("Adressen ska börja med https."),
    "credentials": _("Adressen får inte innehålla namn eller lösenord."),
    "port": _("Adressens port är inte öppen. Den som driver Mötas kan öppna den."),
    "own_host": _("Adressen är vår egen."),
    "not_public": _("Adressen leder in i det egna nätet. Den som driver Mötas kan tillåta den."),
}
_FAULTS: dict[str, Words] = ADDRESS_FAULTS | {
    "unknown_host": _("Namnet i adressen finns inte."),
    "connection": _("Det går inte att få en säker förbindelse. Servern är nere, eller dess certifikat stämmer inte."),
    "timeout": _("Servern svarar inte inom tio sekunder."),
    "too_large": _("Svaret är för stort."),
    "encoding": _("Svaret går inte att läsa."),
    "status": _("På adressen finns inga uppgifter. Är utfärdarens adress rätt skriven?"),
    "json": _("Svaret är inga uppgifter om en inloggning. Är utfärdarens adress rätt skriven?"),
    "object": _("Svaret är inga uppgifter om en inloggning. Är utfärdarens adress rätt skriven?"),
    "issuer": _("Leverantören kallar sig något annat än utfärdarens adress här. De ska vara lika, tecken för tecken."),
    "authorization_endpoint": _("Leverantören säger inte var man loggar in (authorization_endpoint)."),
    "token_endpoint": _("Leverantören säger inte var koden byts (token_endpoint)."),
    "jwks_uri": _("Leverantören säger inte var nycklarna finns (jwks_uri)."),
    "flow": _("Leverantören erbjuder inte svarssättet code."),
    "pkce": _("Leverantören erbjuder inte PKCE med S256."),
    "algorithm": _("Leverantören signerar inte med RS256, PS256 eller ES256."),
    "secret": _("Leverantören tar inte emot en hemlighet (client_secret_basic eller client_secret_post)."),
    "keys": _("Leverantörens nycklar går inte att läsa."),
    "no_keys": _("Ingen av leverantörens nycklar går att använda: RSA från 2048 bitar, eller P-256."),
    "levels": _("Leverantören nämner inget av värdena i acr som står här."),
}


@dataclass(frozen=True)
class ProviderLine:
    """One way to sign in on the list. `sort`: what it is, and for whom."""

    id: UUID
    name: str
    sort: Words
    enabled: bool


def line(provider: IdentityProvider) -> ProviderLine:
    """A provider in words."""
    return ProviderLine(provider.id, provider.name, sort_words(provider.kind, provider.for_staff), provider.enabled)


def sort_words(kind: str, staff: bool) -> Words:
    """What a way to sign in is called."""
    return _SORTS.get((kind, staff), _SORTS[ProviderKind.OIDC, staff])


def findings(faults: Iterable[str]) -> list[Words]:
    """What a trial found, in words."""
    return [_FAULTS.get(code, _("Något stämmer inte.")) for code in faults]
