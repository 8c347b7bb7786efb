"""Signing in by a key: one answer, one try, one session. What is wrong with an answer is never told."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from identity import access_log, actors, alerts, attempts, limits, network, own_keys, passkeys, scope
from identity.errors import SignInRefused
from identity.models import Municipality, Passkey, Person, SignInAttempt, StaffAccount
from identity.passkeys import NotProven
from identity.sign_in import sign_in

PROVIDER: Final = "passkey"
# A key says who works here. It is no e-ID, and opens nothing that asks a resident for one.
LEVEL: Final = "none"


def ask(*, request: HttpRequest, municipality: Municipality) -> dict[str, Any]:
    """What the browser is asked. Raises `Limited`."""
    limits.take_sign_in("passkey ask", network.address_of(request), municipality.id, limits.SIGNED)
    with scope.transaction(municipality.id, durable=True):
        if not own_keys.offered():
            raise SignInRefused("away")
        return passkeys.ask(request, municipality)


def sign_in_by_key(*, request: HttpRequest, municipality: Municipality, answer: str) -> None:
    """Sign in whose key answered. Raises `SignInRefused`, the same for every wrong answer, or `Limited`.

    A closed account is told so, after its key proved who asks. `session["unfinished"]` is set until there is a second
    way in.
    """
    limits.take_sign_in("passkey", network.address_of(request), municipality.id, limits.SIGNED)
    refused, person = _tried(request, municipality, answer)
    if person is None:
        raise SignInRefused(refused)
    sign_in(request, municipality=municipality.id, person=person, provider=PROVIDER, level=LEVEL)
    finish(request, municipality=municipality.id, person=person.id)


def finish(request: HttpRequest, *, municipality: int, person: UUID) -> None:
    """Note in the session whether a second way in is missing still."""
    with scope.transaction(municipality):
        enough = own_keys.ways_of(person).enough
    if enough:
        request.session.pop("unfinished", None)
    else:
        request.session["unfinished"] = "reserve"


def _tried(request: HttpRequest, municipality: Municipality, answer: str) -> tuple[str, Person | None]:
    """Judge one answer, in one transaction: the try is used up, whatever comes of it."""
    with scope.transaction(municipality.id, durable=True):
        try:
            attempt = passkeys.find(request, passkeys.SIGNING_IN, answer)
        except NotProven:
            return "not_accepted", None
        key = _key(answer) if own_keys.offered() else None
        refused = _judged(request, municipality, answer, key)
        _close(attempt, refused)
        return (refused, None) if refused or key is None else ("", key.person)


def _key(answer: str) -> Passkey | None:
    try:
        wanted = passkeys.credential_of(answer)
    except NotProven:
        return None
    mine = Passkey.objects.select_for_update(of=("self",)).select_related("person")
    found: Passkey | None = mine.filter(credential_id=wanted).first()
    return found


def _judged(request: HttpRequest, municipality: Municipality, answer: str, key: Passkey | None) -> str:
    """Why not, as a code of `SignInRefused`; empty when the key has proved itself."""
    if key is None:
        return "not_accepted"
    try:
        count = passkeys.proven(request, municipality, answer, key)
    except NotProven:
        return "not_accepted"
    if (count or key.sign_count) and count <= key.sign_count:
        _copied(key)
        return "not_accepted"
    key.sign_count, key.used_at = count, timezone.now()
    key.save(update_fields=["sign_count", "used_at"])
    return "" if StaffAccount.objects.filter(person=key.person, closed_at=None).exists() else "closed"


def _copied(key: Passkey) -> None:
    """A count that does not grow means two devices with one key (WebAuthn 6.1.1): refused, told to owner and staff."""
    actor = actors.of_person(key.person, provider=PROVIDER, level=LEVEL, session_key="", at=None)
    alerts.tell("key_copied", recipient=key.person_id, about=key.id)
    alerts.tell("key_copied", actor=key.person_id, about=key.id)
    access_log.record(actor=actor, action="passkey.copied", kind="person", objects=[key.person_id], allowed=False)


def _close(attempt: SignInAttempt, refused: str) -> None:
    attempts.close(attempt, "failed" if refused else "done", refused)
