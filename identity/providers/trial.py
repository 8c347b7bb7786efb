"""The trial's identity provider: anybody may be anybody of the invented cast.

It refuses to load outside a trial or a test: importing this module in production stops the start.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.actors import trial_allowed

if not trial_allowed():
    raise ImproperlyConfigured("The trial's identity provider does not exist in production.")


@dataclass(frozen=True)
class CastMember:
    """One invented person of the trial."""

    key: str
    name: str
    what: str | Promise
    staff: bool


CAST = (
    CastMember("bo", "Bo Ek", _("invånare"), False),
    CastMember("hans", "Hans Berg", _("invånare"), False),
    CastMember("eva", "Eva Lund", _("invånare med skyddade personuppgifter"), False),
    CastMember("anna", "Anna Lindqvist", _("handläggare, färdtjänst"), True),
    CastMember("yusuf", "Yusuf Demir", _("handläggare, färdtjänst"), True),
    CastMember("maria", "Maria Niemi", _("handläggare, färdtjänst"), True),
    CastMember("cia", "Cia Holm", _("handläggare, stöd hemma"), True),
    CastMember("olle", "Olle Strand", _("handläggare, stöd hemma"), True),
    CastMember("lena", "Lena Vik", _("handläggare, råd om ekonomi"), True),
    CastMember("karin", "Karin Ask", _("samordnare, färdtjänst"), True),
    CastMember("mats", "Mats Rydh", _("enhetschef, färdtjänst"), True),
    CastMember("dan", "Dan Sund", _("administratör"), True),
    CastMember("alva", "Alva Frid", _("granskar loggen"), True),
    CastMember("farid", "Farid Karimi", _("tolk"), False),
    CastMember("tove", "Tove Rask", _("tolk, teckenspråk"), False),
)


def cast() -> tuple[CastMember, ...]:
    """Everybody who can sign in, residents first."""
    return CAST
