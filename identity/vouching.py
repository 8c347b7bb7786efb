"""An officer has seen somebody's ID, and vouches for them: it opens one booking, and its meeting, and nothing else.

The resident's browser asks and shows a number; the resident says it to the officer, who has the person before them or
on camera; the officer gets a code and says it back; the resident types it. So the code works in the browser that
asked, once, for ten minutes, with five tries (ASVS 6.5, 6.6). It is a lower assurance and is never raised in silence.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError
from django.http import HttpRequest
from django.utils import timezone

from identity import access_log, actors, attempts, limits, network, openings, policies, scope
from identity.access_log import Tried
from identity.actors import Actor
from identity.errors import NotAllowed, SignInRefused, VouchRefused
from identity.models import Person, SignInAttempt
from identity.sign_in import sign_in

KIND, PROVIDER, LEVEL = "vouch", "vouched", "vouched"
SEEN = ("desk", "camera")
LIVES = timedelta(minutes=10)
TRIES = 5
_DIGITS = 6  # 20 bits
_ASKED = "vouch"
_PER_OFFICER = 10


def ask(*, request: HttpRequest, municipality: int) -> str:
    """Give this browser a number to show; the same one until it has run out or was used."""
    number = shown(request=request, municipality=municipality)
    if number:
        return number
    limits.take_sign_in(KIND, network.address_of(request), municipality)
    attempts.browser_of(request)  # its session is made outside of what a number that is taken undoes
    for _ in range(5):
        number = _random()
        try:
            with scope.transaction(municipality, durable=True):
                attempts.end_expired(KIND, number)
                row = attempts.start(request=request, kind=KIND, secret=number, lives=LIVES)
        except IntegrityError:  # somebody else's number of now
            continue
        request.session[_ASKED] = {"attempt": str(row.id), "number": number}
        return number
    raise SignInRefused("away")


def shown(*, request: HttpRequest, municipality: int) -> str:
    """The number that this browser shows; "" when it has none that is good. Changes nothing."""
    asked = request.session.get(_ASKED) or {}
    with scope.transaction(municipality):
        row = SignInAttempt.objects.filter(id=str(asked["attempt"]), state="open").first() if asked else None
    usable = row is not None and timezone.now() < row.expires_at and row.tries < TRIES
    return str(asked["number"]) if usable else ""


def vouch(*, actor: Actor, booking: UUID, number: str, seen: str) -> str:
    """The officer of a booking has seen its resident's ID: the code to say back. Six digits, ten minutes.

    Raises `NotAllowed`, `Limited`, and `VouchRefused`: `seen`, `over` (the booking has nobody to let in any more),
    `number` (unknown, run out, or answered already).
    """
    limits.take(f"vouch:{actor.person_id}", per_minute=_PER_OFFICER, burst=_PER_OFFICER)
    now, code = timezone.now(), _random()
    with scope.transaction(actor.municipality_id, durable=True):
        resident = _resident(actor, booking)
        if seen not in SEEN:
            raise VouchRefused("seen")
        if booking not in openings.openable("booking").coming(resident, now):
            raise VouchRefused("over")
        row = attempts.find(KIND, _plain(number))
        if row is None or row.booking is not None:
            raise VouchRefused("number")
        row.booking, row.by_id, row.person_id = booking, actor.person_id, resident
        row.expires_at = now + LIVES
        row.save(update_fields=["booking", "by", "person", "expires_at"])
        attempts.keep(row, code=_hash(row.id, code))
        access_log.record(actor=actor, action="booking.vouch", kind="booking", objects=[booking, resident], reason=seen)
    return code


def _resident(actor: Actor, booking: UUID) -> UUID:
    facts = openings.openable("booking").facts(booking)
    if facts is None or facts.resident is None or not policies.may(actor, "booking.vouch", facts):
        raise NotAllowed("booking.vouch", Tried(actor, "booking.vouch", "booking", booking))
    return facts.resident


def enter(*, request: HttpRequest, municipality: int, code: str) -> None:
    """Sign in with the code. Raises `SignInRefused`: `not_accepted` for every wrong code, `expired` when it is over."""
    limits.take_sign_in(KIND, network.address_of(request), municipality)
    asked = request.session.get(_ASKED) or {}
    with scope.transaction(municipality, durable=True):
        rows = SignInAttempt.objects.select_for_update(of=("self",)).select_related("person")
        row = rows.filter(id=str(asked["attempt"]), kind=KIND, state="open").first() if asked else None
        refused = _refused(request, row, code)
        if row is not None:
            refused = _noted(row, refused)
    if refused or row is None or row.person is None:
        raise SignInRefused(refused or "expired")
    request.session.pop(_ASKED, None)
    sign_in(request, municipality=municipality, person=row.person, provider=PROVIDER, level=LEVEL, booking=row.booking)


def _refused(request: HttpRequest, row: SignInAttempt | None, code: str) -> str:
    """Why not, as the code of a refusal; "" when everything is right."""
    if row is None or timezone.now() >= row.expires_at or row.tries >= TRIES:
        return "expired"
    if not attempts.same_browser(row, request):
        return "other_device"
    right = attempts.kept(row).get("code", "")
    if not right or not hmac.compare_digest(str(right), _hash(row.id, _plain(code))) or not _stands(row):
        return "not_accepted"
    return ""


def _noted(row: SignInAttempt, refused: str) -> str:
    """Count the try; the last wrong one ends it."""
    row.tries += 1
    row.save(update_fields=["tries"])
    if not refused:
        attempts.close(row, "done")
    elif row.tries >= TRIES:
        attempts.close(row, "failed", "tries")
        return "expired"
    return refused


def _stands(row: SignInAttempt) -> bool:
    """True while the officer who vouched still may, and the booking is still this person's."""
    officer = Person.objects.filter(id=row.by_id).first() if row.by_id else None
    facts = openings.openable("booking").facts(row.booking) if row.booking else None
    if officer is None or facts is None or facts.resident != row.person_id:
        return False
    actor = actors.of_person(officer, provider="", level="LOA3", session_key="", at=None)
    return policies.may(actor, "booking.vouch", facts)


def _random() -> str:
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def _plain(typed: str) -> str:
    return "".join(typed.split()).replace("-", "")


def _hash(attempt: UUID, code: str) -> str:
    return hashlib.sha256(f"{attempt} {code}".encode()).hexdigest()
