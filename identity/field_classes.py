"""What the fields of identity's tables hold (`data_classes`)."""

from __future__ import annotations

from collections.abc import Mapping

from identity import data_classes
from identity.data_classes import DataClass, table

_IDENTITY, _CONTACT, _PROTECTION = DataClass.IDENTITY, DataClass.CONTACT, DataClass.PROTECTION
_REPRESENTATION, _SIGN_IN, _STAFF = DataClass.REPRESENTATION, DataClass.SIGN_IN, DataClass.STAFF
_CREDENTIAL, _LOG = DataClass.CREDENTIAL, DataClass.LOG
_CONFIGURATION, _TECHNICAL = DataClass.CONFIGURATION, DataClass.TECHNICAL

FIELDS: Mapping[str, Mapping[str, DataClass]] = {
    "identity.Region": {"id": _TECHNICAL, "name": _CONFIGURATION},
    "identity.Municipality": {"id": _TECHNICAL}
    | dict.fromkeys(
        ("region", "short_id", "slug", "name", "hosts", "zone", "phone", "phone_hours", "emergency_phone", "mailbox",
         "protected_on_web", "exit_address", "feed_grades"),
        _CONFIGURATION,
    ),
    "identity.LimitBucket": dict.fromkeys(("key", "tokens", "updated_at"), _TECHNICAL),
    "identity.Unit": table(_CONFIGURATION, "name", "phone", "visit_place", "shows_officers"),
    "identity.Person": table(
        _IDENTITY, "name", "number", "external_id",
        email=_CONTACT, phone=_CONTACT, language=_CONTACT, number_index=_CREDENTIAL, cast_name=_TECHNICAL,
        marked=_PROTECTION, registered=_PROTECTION, safe_contact=_PROTECTION, erased_at=_TECHNICAL,
        joined=_TECHNICAL,
    ),
    "identity.Membership": table(_STAFF, "unit", "role", person=_TECHNICAL),
    "identity.StaffAccount": table(
        _STAFF, "name", "local", "opened_by", "opened_at", "closed_at", person=_TECHNICAL
    ),
    "identity.NamedReader": table(_PROTECTION, "deputy", "named_by", "at", person=_TECHNICAL, reader=_TECHNICAL),
    "identity.Representation": table(
        _REPRESENTATION, "principal", "representative", "kind", "scopes", "evidence", "seen_by", "seen_at", "valid_to",
        "made_at", "made_by", "revoked_at", "revoked_by", called=_CONTACT,
    ),
    "identity.AccessEntry": table(
        _LOG, "at", "actor", "role", "unit", "action", "kind", "objects_seen", "allowed", "reason", "network", "number",
        "hash",
    ),
    "identity.Opening": table(
        _LOG, "kind", "opener", "unit", "object_kind", "object", "reason", "asked_at", "approver", "decided_at",
        "opened_at", "until",
    ),
    "identity.Alert": table(_LOG, "kind", "unit", "recipient", "actor", "about", "at", "seen_by", "seen_at"),
    "identity.LogReview": table(
        _LOG, "unit", "month", "made_at", "due", "total", "signed_by", "signed_at", "escalated_at"
    ),
    "identity.LogPick": table(
        _LOG, "review", "entry", "number", "at", "actor", "action", "why", "verdict", "judged_by", "judged_at"
    ),
    "identity.RetentionRule": table(_CONFIGURATION, "data_class", "days", "decision", "decided_on"),
    "identity.Session": {
        "session_key": _CREDENTIAL, "session_data": _CREDENTIAL, "expire_date": _SIGN_IN, "last_seen": _SIGN_IN,
        "municipality": _TECHNICAL, "person_uuid": _TECHNICAL,
    },
    "identity.IdentityProvider": table(
        _CONFIGURATION, "kind", "code", "name", "for_residents", "for_staff", "enabled", "position", "level", "issuer",
        "client_id", "number_claim", "acr", "amr", "acr_loa3", "acr_loa2", "certificate",
        client_secret=_CREDENTIAL,
    ),
    "identity.ExternalIdentity": table(
        _SIGN_IN, "provider", "level", "made_at", "used_at", person=_TECHNICAL, subject_index=_CREDENTIAL
    ),
    "identity.IdentityConflict": table(
        _SIGN_IN, "provider", "what", "at", "decided", "decided_by", "decided_at",
        person=_TECHNICAL, subject_index=_CREDENTIAL, claimed_name=_IDENTITY, claimed_number=_IDENTITY,
    ),
    "identity.SignInAttempt": table(
        _SIGN_IN, "provider", "kind", "state", "code", "tries", "next_path", "booking", "started_at", "expires_at",
        person=_TECHNICAL, by=_SIGN_IN, session_digest=_CREDENTIAL, lookup=_CREDENTIAL, kept=_CREDENTIAL,
        network=_CREDENTIAL,
    ),
    "identity.Passkey": table(
        _SIGN_IN, "name", "made_at", "used_at",
        person=_TECHNICAL, credential_id=_CREDENTIAL, public_key=_CREDENTIAL, sign_count=_CREDENTIAL,
    ),
    "identity.RecoveryCode": table(_SIGN_IN, "made_at", "used_at", person=_TECHNICAL, code_hash=_CREDENTIAL),
    "identity.StaffInvitation": table(
        _SIGN_IN, "made_by", "made_at", "expires_at", "used_at",
        person=_TECHNICAL, confirmed=_TECHNICAL, code_hash=_CREDENTIAL,
    ),
    "identity.Proposal": table(
        _LOG, "kind", "asked_by", "asked_at", "unit", "role", "provider", "decided_by", "decided_at", "confirmed",
        "used_at",
        person=_TECHNICAL, values=_CREDENTIAL,
    ),
    "identity.ApiToken": table(
        _CONFIGURATION, "name", "scopes", "units", "changes_per_minute", "searches_per_minute", "live_holds",
        "networks", "expires_at", "last_used_at",
        secret_hash=_CREDENTIAL,
    ),
}  # fmt: skip

PLAIN = {
    "identity.Person.external_id": "another system asks by it, and it means nothing outside that system",
    "identity.Person.language": "one of few, and needed before anything is opened",
}


def register() -> None:
    """Say it; called once when the package starts."""
    data_classes.register(FIELDS, PLAIN)
