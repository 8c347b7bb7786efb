"""The trial's identity provider: anybody may be anybody of the invented cast.

It refuses to load outside a trial or a test: importing this module in production stops the start.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from identity.actors import trial_allowed

if not trial_allowed():
    raise ImproperlyConfigured("The trial's identity provider does not exist in production.")


@dataclass(frozen=True)
class CastMember:
    """One invented person of the trial."""

    key: str
    name: str
    what: str
    staff: bool


CAST = (
    CastMember("bo", "Bo Ek", "invånare", False),
    CastMember("hans", "Hans Berg", "invånare", False),
    CastMember("eva", "Eva Lund", "invånare med skyddade personuppgifter", False),
    CastMember("anna", "Anna Lindqvist", "handläggare, färdtjänst", True),
    CastMember("yusuf", "Yusuf Demir", "handläggare, färdtjänst", True),
    CastMember("maria", "Maria Niemi", "handläggare, färdtjänst", True),
    CastMember("cia", "Cia Holm", "handläggare, stöd hemma", True),
    CastMember("olle", "Olle Strand", "handläggare, stöd hemma", True),
    CastMember("lena", "Lena Vik", "handläggare, råd om ekonomi", True),
    CastMember("dan", "Dan Sund", "administratör", True),
    CastMember("farid", "Farid Karimi", "tolk", False),
)


def cast() -> tuple[CastMember, ...]:
    """Everybody who can sign in, residents first."""
    return CAST
