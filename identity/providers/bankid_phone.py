"""An officer asks the resident of a booking, who is on the phone, to show who they are in the BankID app.

BankID takes the resident's own number here, and only here; who answers must be that person. It signs nobody in: it
tells the officer whether to talk about the matter. What came of it is an entry in the access log.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from identity import access_log, attempts, openings, policies
from identity.access_log import Tried
from identity.acting import acting
from identity.actors import Actor
from identity.errors import BankIdTrouble, NotAllowed, PhoneRefused
from identity.models import IdentityProvider, Municipality, Person, SignInAttempt
from identity.models.signing import ProviderKind
from identity.providers import bankid, bankid_hints
from identity.providers.bankid_words import shown_in_app_on_phone

KIND, ACTION = "bankid_phone", "booking.identify_by_phone"
INITIATORS = ("RP", "user")  # who called: we, or the resident
TRIES, CALL = 3, timedelta(minutes=30)
_LIVES, _EVERY = timedelta(minutes=5), 2
_UNANSWERED = 3
WAITING, CONFIRMED, WRONG_PERSON = "waiting", "confirmed", "wrong_person"


@dataclass(frozen=True)
class Answered:
    """How it stands: `waiting`, `confirmed`, `wrong_person` or `failed`; `code`: of the words."""

    state: str
    code: str = ""


@dataclass(frozen=True)
class _Whom:
    """What one question needs, read in its own transaction."""

    attempt: UUID
    certificate: str
    order: str


def start_by_phone(*, actor: Actor, booking: UUID, initiator: str) -> UUID:
    """Send the question to the app of the booking's resident; the id of the attempt, to be asked about.

    Raises `NotAllowed`, or `PhoneRefused`: `tries` (three in this call already), `number` (the resident has none, or
    BankID is not offered), `busy` (they have another order in the app), `away`.
    """
    if initiator not in INITIATORS:
        raise NotAllowed(ACTION)
    with acting(actor.municipality_id):
        person, provider = _resident(actor, booking), _provider()
        if provider is None or not person.number:
            raise PhoneRefused("number")
        attempt = _written(actor, booking, person, provider)
        visible = shown_in_app_on_phone(Municipality.objects.get(id=actor.municipality_id).name)
    try:
        order = bankid.phone_auth(provider.certificate, number=person.number, initiator=initiator, visible=visible)
    except BankIdTrouble as trouble:
        code = "busy" if trouble.code == "busy" else "away"
        _end(actor, attempt.id, "failed", code)
        raise PhoneRefused(code) from None
    with acting(actor.municipality_id):
        row = SignInAttempt.objects.select_for_update().get(id=attempt.id)
        attempts.keep(row, order=order, asked=timezone.now().timestamp())
    return attempt.id


def ask_by_phone(*, actor: Actor, booking: UUID, attempt: UUID) -> Answered:
    """How it stands now. BankID is asked at most every two seconds. Raises `NotAllowed` to who did not start it."""
    with acting(actor.municipality_id):
        _allowed(actor, booking)
        row = _own(actor, booking, attempt)
        if row.state != "open":
            return _said(row)
        whom = _claim(row)
    if timezone.now() >= row.expires_at:
        return _end(actor, attempt, "failed", "expired")
    if whom is None:
        return Answered(WAITING, "confirm_call")
    try:
        answer = bankid.collect(whom.certificate, whom.order)
    except BankIdTrouble as trouble:
        return _unanswered(actor, attempt, trouble.code)
    if answer.status == "pending":
        text_id = bankid_hints.text_id("pending", answer.hint)
        return Answered(WAITING, text_id if bankid_hints.begun(answer.hint) else "confirm_call")
    if answer.completion is None:
        return _end(actor, attempt, "failed", bankid_hints.text_id("failed", answer.hint))
    with acting(actor.municipality_id):
        expected = _resident(actor, booking).number
    if answer.completion.risk == "high":
        return _end(actor, attempt, "failed", "risk")
    right = bool(expected) and answer.completion.number == expected
    return _end(actor, attempt, "done" if right else "failed", CONFIRMED if right else WRONG_PERSON)


def newest(*, actor: Actor, booking: UUID) -> tuple[UUID, Answered] | None:
    """The officer's last try in this call, as it is remembered. Needs an open scope. Raises `NotAllowed`."""
    _allowed(actor, booking)
    since = timezone.now() - CALL
    mine = SignInAttempt.objects.filter(kind=KIND, booking=booking, by=actor.person_id, started_at__gt=since)
    row = mine.order_by("-started_at").first()
    if row is None:
        return None
    return row.id, Answered(WAITING, "confirm_call") if row.state == "open" else _said(row)


def why_not(*, actor: Actor, booking: UUID) -> str:
    """Why nobody can be asked now: `number`, `tries`, or "". Needs an open scope. Raises `NotAllowed`."""
    resident = _allowed(actor, booking)
    numbered = Person.objects.filter(id=resident, number_index__isnull=False).exists()
    if _provider() is None or not numbered:
        return "number"
    return "" if _tries_left(actor, booking) else "tries"


def _provider() -> IdentityProvider | None:
    return IdentityProvider.objects.filter(kind=ProviderKind.BANKID, enabled=True, for_residents=True).first()


def _tries_left(actor: Actor, booking: UUID) -> int:
    """How often the officer may still ask in this call."""
    since = timezone.now() - CALL
    made = SignInAttempt.objects.filter(kind=KIND, booking=booking, by=actor.person_id, started_at__gt=since).count()
    return max(TRIES - made, 0)


def _allowed(actor: Actor, booking: UUID) -> UUID:
    """The resident of a booking that the actor may ask about."""
    facts = openings.openable("booking").facts(booking)
    if facts is None or facts.resident is None or not policies.may(actor, ACTION, facts):
        raise NotAllowed(ACTION, Tried(actor, ACTION, "booking", booking))
    return facts.resident


def _resident(actor: Actor, booking: UUID) -> Person:
    return Person.objects.select_for_update().get(id=_allowed(actor, booking))


def _written(actor: Actor, booking: UUID, person: Person, provider: IdentityProvider) -> SignInAttempt:
    """The try, counted before BankID is asked; the person's row is locked, so that no two are counted as one."""
    if not _tries_left(actor, booking):
        raise PhoneRefused("tries")
    access_log.record(actor=actor, action=ACTION, kind="person", objects=[person.id, booking], reason="started")
    now = timezone.now()
    return SignInAttempt.objects.create(
        kind=KIND,
        provider=provider,
        session_digest=hashlib.sha256(actor.session_key.encode()).digest(),
        lookup=secrets.token_bytes(32),
        kept="{}",
        person=person,
        booking=booking,
        by_id=actor.person_id,
        started_at=now,
        expires_at=now + _LIVES,
    )


def _own(actor: Actor, booking: UUID, attempt: UUID) -> SignInAttempt:
    rows = SignInAttempt.objects.select_for_update(of=("self",)).select_related("provider")
    found = rows.filter(id=attempt, kind=KIND, booking=booking, by=actor.person_id).first()
    if found is None:
        raise NotAllowed(ACTION, Tried(actor, ACTION, "booking", booking))
    return found


def _claim(row: SignInAttempt) -> _Whom | None:
    """What BankID is asked with, if it is time to ask."""
    now, kept = timezone.now(), attempts.kept(row)
    if not kept.get("order") or row.provider is None or now.timestamp() - kept.get("asked", 0) < _EVERY:
        return None
    attempts.keep(row, asked=now.timestamp())
    return _Whom(row.id, row.provider.certificate, kept["order"])


def _unanswered(actor: Actor, attempt: UUID, code: str) -> Answered:
    """A moment without an answer is waited out; an odd one is none."""
    if code not in ("away", "busy"):
        return _end(actor, attempt, "failed", "down")
    with acting(actor.municipality_id):
        row = SignInAttempt.objects.select_for_update().get(id=attempt)
        missed = row.tries + 1
        row.tries = missed
        row.save(update_fields=["tries"])
    return _end(actor, attempt, "failed", "down") if missed >= _UNANSWERED else Answered(WAITING, "confirm_call")


def _end(actor: Actor, attempt: UUID, state: str, code: str) -> Answered:
    """Write down what came of it, once: a second answer changes nothing."""
    with acting(actor.municipality_id):
        row = SignInAttempt.objects.select_for_update().get(id=attempt)
        if row.state == "open":
            attempts.close(row, state, code)
            seen = [one for one in (row.person_id, row.booking) if one is not None]
            access_log.record(actor=actor, action="identified_by_phone", kind="person", objects=seen, reason=code)
        return _said(row)


def _said(row: SignInAttempt) -> Answered:
    return Answered(row.code) if row.code in (CONFIRMED, WRONG_PERSON) else Answered("failed", row.code)
