"""How the rows of identity's tables stand in a person's extract."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from identity import extract
from identity.extract import Source, Words
from identity.representing_presenters import EVIDENCE_WORDS, KIND_WORDS, SCOPE_WORDS

ROLES: Mapping[str, Words] = {
    "officer": _("Handläggare"),
    "coordinator": _("Samordnare"),
    "unit_manager": _("Enhetschef"),
    "administrator": _("Administratör"),
    "auditor": _("Granskare"),
    "interpreter": _("Tolk"),
}
LANGUAGES = {"sv": _("Svenska"), "en": _("Engelska")}

SOURCES: Mapping[str, Source] = {
    "identity.Person": Source(
        title=_("Vem du är och hur vi når dig"),
        paths=("pk",),
        words={
            "name": _("Namn"),
            "number": _("Personnummer"),
            "external_id": _("Beteckning i ett annat av kommunens system"),
            "email": _("E-postadress"),
            "phone": _("Telefonnummer"),
            "language": _("Språk"),
            "marked": _("Sekretessmarkering"),
            "registered": _("Skyddad folkbokföring"),
            "safe_contact": _("Trygg kontakt"),
        },
        said={"language": LANGUAGES},
    ),
    "identity.Representation": Source(
        title=_("Företrädare"),
        paths=("principal", "representative"),
        words={
            "principal": _("För vem"),
            "representative": _("Vem som företräder"),
            "called": _("Kallas"),
            "kind": _("Sort"),
            "scopes": _("Får göra"),
            "evidence": _("Vad som visats upp"),
            "seen_by": _("Sett av"),
            "seen_at": _("Sett"),
            "valid_to": _("Gäller till och med"),
            "made_by": _("Inskrivet av"),
            "made_at": _("Inskrivet"),
            "revoked_by": _("Återtaget av"),
            "revoked_at": _("Återtaget"),
        },
        said={"kind": KIND_WORDS, "scopes": SCOPE_WORDS, "evidence": {str(code): w for code, w in EVIDENCE_WORDS}},
    ),
    "identity.NamedReader": Source(
        title=_("Vilka som får öppna skyddade uppgifter"),
        paths=("person",),
        words={"deputy": _("Ersättare"), "named_by": _("Utsedd av"), "at": _("Utsedd")},
    ),
    "identity.ExternalIdentity": Source(
        title=_("Sätt att logga in som du har använt"),
        paths=("person",),
        words={
            "provider": _("Inloggningssätt"),
            "level": _("Högsta tillitsnivå"),
            "made_at": _("Första gången"),
            "used_at": _("Senaste gången"),
        },
        said={"level": {"none": _("Ingen"), "LOA2": "LOA2", "LOA3": "LOA3"}},
    ),
    "identity.Session": Source(
        title=_("Inloggningar som är öppna"),
        paths=("person_uuid",),
        words={"last_seen": _("Använd senast"), "expire_date": _("Slutar")},
    ),
    "identity.SignInAttempt": Source(
        title=_("Påbörjade inloggningar det senaste dygnet"),
        paths=("person",),
        words={
            "provider": _("Inloggningssätt"),
            "kind": _("Sort"),
            "state": _("Läge"),
            "code": _("Anledning"),
            "tries": _("Försök"),
            "booking": _("Gällde bokningen"),
            "by": _("Startad av"),
            "started_at": _("Startad"),
            "expires_at": _("Slutar"),
        },
        said={
            "kind": {
                "bankid": "BankID",
                "oidc": _("E-legitimation"),
                "oidc_out": _("Utloggning"),
                "vouch": _("Med hjälp av handläggaren"),
                "passkey": _("Nyckel"),
            },
            "state": {
                "open": _("Pågår"),
                "done": _("Klar"),
                "failed": _("Gick inte"),
                "cancelled": _("Avbruten"),
            },
        },
        left_out={"next_path": "the page of this site that was to be shown afterwards"},
    ),
    "identity.IdentityConflict": Source(
        title=_("Inloggningar som inte stämde med våra uppgifter"),
        paths=("person",),
        words={
            "provider": _("Inloggningssätt"),
            "what": _("Vad som inte stämde"),
            "at": _("När"),
            "decided": _("Beslut"),
            "decided_by": _("Beslutat av"),
            "decided_at": _("Beslutat"),
        },
        said={
            "what": {
                "number": _("Personnumret"),
                "name": _("Namnet"),
                "joined": _("Två personer"),
                "level": _("Nivån"),
            },
            "decided": {
                "kept": _("Våra uppgifter gäller"),
                "changed": _("Inloggningen gäller"),
                "refused": _("Stoppad"),
            },
        },
        left_out=dict.fromkeys(("claimed_name", "claimed_number"), "they may be somebody else's"),
    ),
    "identity.Passkey": Source(
        title=_("Nycklar för inloggning"),
        paths=("person",),
        words={"name": _("Namn"), "made_at": _("Gjord"), "used_at": _("Använd senast")},
    ),
    "identity.RecoveryCode": Source(
        title=_("Reservkoder"), paths=("person",), words={"made_at": _("Gjord"), "used_at": _("Använd")}
    ),
    "identity.StaffInvitation": Source(
        title=_("Inbjudningar till ett tjänstekonto"),
        paths=("person",),
        words={"made_by": _("Gjord av"), "made_at": _("Gjord"), "expires_at": _("Slutar"), "used_at": _("Använd")},
    ),
    "identity.StaffAccount": Source(
        title=_("Tjänstekonto"),
        paths=("person",),
        words={
            "name": _("Namn"),
            "local": _("Loggar in med nyckel"),
            "opened_by": _("Öppnat av"),
            "opened_at": _("Öppnat"),
            "closed_at": _("Stängt"),
        },
    ),
    "identity.Membership": Source(
        title=_("Uppdrag"),
        paths=("person",),
        words={"unit": _("Enhet"), "role": _("Roll")},
        said={"role": ROLES},
    ),
}


def register() -> None:
    """Say it; called once when the package starts."""
    extract.register(SOURCES)
