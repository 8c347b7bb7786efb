"""Signing in by OpenID Connect: begin, and finish with whatever the browser brings back.

Nothing that comes back is believed before it fits what this browser began: the state once and here only, the answer
from the provider that was asked, the token by the rules of `identity.providers.oidc_tokens`. What exactly did not fit
is written to the log as a code; the person reads one sentence, the same for every fault of an answer.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from identity import access_log, actors, attempts, recognising, scope
from identity.actors import Actor
from identity.errors import SignInRefused
from identity.models import IdentityProvider, Person, ProviderKind, SignInAttempt
from identity.outward.errors import OutwardError
from identity.providers import oidc, oidc_claims, oidc_tokens
from identity.providers.oidc import Asked
from identity.providers.oidc_metadata import BadMetadata
from identity.providers.oidc_tokens import Expected, TokenRefused
from identity.recognising import Claims

log = logging.getLogger("motas.identity")
KIND = "oidc"
LIVES = timedelta(minutes=15)
_ANSWER = 4_096
# What a provider answers when somebody turned back (RFC 6749, 4.1.2.1, and Core 1.0, 3.1.2.6), and when it is away.
_CANCELLED = frozenset({"access_denied", "login_required", "interaction_required", "consent_required"})
_AWAY = frozenset({"server_error", "temporarily_unavailable"})


@dataclass(frozen=True)
class SignedBy:
    """Who came back, by which provider, how surely, and where to; `proven`: they signed in there just now."""

    person: Person
    provider: str
    level: str
    next_path: str
    proven: bool


def provider_of(municipality: int, code: str) -> IdentityProvider | None:
    """The OpenID provider with this code that is switched on."""
    with scope.transaction(municipality):
        rows = IdentityProvider.objects.select_related("municipality").filter(kind=ProviderKind.OIDC, code=code)
        return rows.filter(enabled=True).first()


def begin(
    *, request: HttpRequest, provider: IdentityProvider, redirect_uri: str, language: str, next_path: str, fresh: bool
) -> str:
    """The address that the browser is sent to. `fresh`: the person is to prove who they are anew (`max_age=0`).

    Raises `SignInRefused("away")`.
    """
    asked = Asked(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=redirect_uri,
        language=language,
        fresh=fresh,
    )
    try:
        address = oidc.address_to_ask(provider, oidc.metadata(provider), asked)
    except (OutwardError, BadMetadata) as error:
        refused = _refused(provider, error.code, "away")
        refused.next_path = next_path
        raise refused from None
    with scope.transaction(provider.municipality.id, durable=True):
        kept = {name: value for name, value in asdict(asked).items() if name != "state"}
        attempts.start(
            request=request,
            kind=KIND,
            secret=asked.state,
            lives=LIVES,
            provider=provider,
            kept=kept,
            next_path=next_path,
        )
    return address


def finish(
    *, request: HttpRequest, provider: IdentityProvider, answer: Mapping[str, str], invited: UUID | None
) -> SignedBy:
    """Who signed in. `answer`: the query that came back; `invited`: whose invitation this browser has shown.

    Raises `SignInRefused`; the try is used up in any case.
    """
    asked, began, next_path = _claimed(request, provider, answer.get("state", ""))
    try:
        said, claims = _believed(provider, asked, began, answer)
        person = _staff(provider, claims, invited) if provider.for_staff else _resident(provider, claims)
    except SignInRefused as error:
        error.next_path = next_path
        raise
    return SignedBy(person, provider.code, claims.level, next_path, _proven(said, asked, began))


def _believed(
    provider: IdentityProvider, asked: Asked, began: datetime, answer: Mapping[str, str]
) -> tuple[oidc_tokens.Claims, Claims]:
    """What the token says, and what that means here. Raises `SignInRefused`, written down."""
    try:
        said = _said(provider, asked, began, answer)
        if provider.for_staff:
            return said, oidc_claims.of_staff(provider, said)
        return said, oidc_claims.of_resident(provider, said, timezone.localdate())
    except TokenRefused as error:
        raise _refused(provider, error.code, "not_accepted") from None
    except (OutwardError, BadMetadata) as error:
        raise _refused(provider, error.code, "away") from None
    except SignInRefused as error:
        raise _refused(provider, error.code, error.code) from None


def _proven(said: oidc_tokens.Claims, asked: Asked, began: datetime) -> bool:
    """Asked anew it was checked; else the provider's word for when, if it gave one."""
    if asked.fresh:
        return True
    try:
        return oidc_tokens.moment(said, "auth_time") >= began.timestamp() - oidc_tokens.LEEWAY
    except TokenRefused:
        return False


def _claimed(request: HttpRequest, provider: IdentityProvider, state: str) -> tuple[Asked, datetime, str]:
    """What this browser asked with. The try is closed here, whatever comes of it: no answer works twice."""
    with scope.transaction(provider.municipality.id, durable=True):
        attempt = attempts.find(KIND, state) if 0 < len(state) <= _ANSWER else None
        fault = _fault(attempt, request, provider)
        kept = attempts.kept(attempt) if attempt is not None else {}
        if attempt is not None:
            attempts.close(attempt, "failed" if fault else "done", fault)
    if attempt is None or fault:
        raise _refused(provider, fault, "other_device" if fault == "other_browser" else "not_accepted")
    return Asked(state=state, **kept), attempt.started_at, attempt.next_path


def _fault(attempt: SignInAttempt | None, request: HttpRequest, provider: IdentityProvider) -> str:
    if attempt is None:
        return "state"
    if attempt.provider_id != provider.id:
        return "other_provider"
    return "" if attempts.same_browser(attempt, request) else "other_browser"


def _said(provider: IdentityProvider, asked: Asked, began: datetime, answer: Mapping[str, str]) -> oidc_tokens.Claims:
    """What the provider says about who signed in, after every check of the answer but the level."""
    known = oidc.metadata(provider)
    issuer = answer.get("iss")
    if (issuer is None and known.names_itself) or (issuer is not None and not _same(issuer, provider.issuer)):
        raise TokenRefused("answer_iss")
    if "error" in answer:
        error = answer["error"]
        raise SignInRefused("cancelled" if error in _CANCELLED else "away" if error in _AWAY else "not_accepted")
    code = answer.get("code", "")
    if not 0 < len(code) <= _ANSWER:
        raise TokenRefused("code")
    tokens = oidc.exchange(provider, known, asked, code)
    keys = oidc.keys(provider, known, oidc_tokens.key_id(tokens.id_token))
    said = oidc_tokens.signed_claims(tokens.id_token, keys)
    now, since = timezone.now().timestamp(), began.timestamp()
    expected = Expected(provider.issuer, provider.client_id, asked.nonce, now, since, asked.fresh)
    oidc_tokens.check_id_token(said, expected, tokens.access_token)
    return said


def _resident(provider: IdentityProvider, claims: Claims) -> Person:
    try:
        return recognising.recognise(municipality=provider.municipality.id, provider=provider, claims=claims)
    except SignInRefused as error:
        raise _refused(provider, error.code, error.code) from None


def _staff(provider: IdentityProvider, claims: Claims, invited: UUID | None) -> Person:
    """A staff member whose subject is known, or becomes known by an invitation; with an open account and a role."""
    municipality = provider.municipality.id
    try:
        person = recognising.recognise(municipality=municipality, provider=provider, claims=claims, may_create=False)
    except SignInRefused as error:
        if error.code != "unknown" or invited is None:
            raise _refused(provider, error.code, error.code) from None
        person = _invited(provider, claims, invited)
    with scope.transaction(municipality):
        acting = actors.of_person(person, provider=provider.code, level=claims.level, session_key="", at=None)
    if not acting.is_staff:
        raise _refused(provider, "closed", "closed")
    return person


def _invited(provider: IdentityProvider, claims: Claims, invited: UUID) -> Person:
    try:
        return recognising.recognise_invited(
            municipality=provider.municipality.id, provider=provider, claims=claims, person=invited
        )
    except SignInRefused as error:
        raise _refused(provider, error.code, error.code) from None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _refused(provider: IdentityProvider, fault: str, shown: str) -> SignInRefused:
    """The refusal to raise, after writing down what was wrong: a code, never a value (ASVS 16.3.1)."""
    log.info("sign-in by provider %s refused: %s", provider.id, fault)
    with scope.transaction(provider.municipality.id):
        nobody = Actor(provider.municipality.id)
        what = "identity provider"
        access_log.record(
            actor=nobody, action="sign_in_refused", kind=what, objects=[provider.id], allowed=False, reason=fault[:40]
        )
    return SignInRefused(shown)
