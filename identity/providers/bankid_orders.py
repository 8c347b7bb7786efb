"""Signing in by BankID: start an order, ask how it goes, take the browser back, leave.

BankID is asked by the server, at most every two seconds for each order; what the page asks in between is answered from
the attempt. No transaction is open while BankID is asked: what an answer may still change is read again under the
attempt's lock. Who shows who they are in the app is signed in only in the browser session that started, from the
address that started, and on the same device only once that browser has brought back the return address' nonce
(somebody who was sent another's start link would otherwise open the sender's session).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto

from django.http import HttpRequest
from django.utils import timezone

from identity import attempts, limits, network, scope
from identity.errors import BankIdTrouble, NotAllowed, SignInRefused
from identity.models import IdentityProvider, SignInAttempt
from identity.models.signing import ProviderKind
from identity.pages import municipality_of
from identity.providers import bankid, bankid_hints
from identity.providers.bankid import Collected, Completion, Order
from identity.providers.bankid_ask import ask_of
from identity.providers.bankid_kept import KIND, OTHER, SAME, Kept, newest
from identity.recognising import Claims, recognise
from identity.sign_in import sign_in

LIVES = timedelta(minutes=10)
_EVERY, _FETCHING = 2, 15  # seconds: between two questions, and after which a fetch of an order counts as lost
_STALE = 28  # seconds after which an order that nobody opened is replaced; BankID drops it at about thirty
_RENEWALS, _UNANSWERED = 5, 3


class Step(Enum):
    """What is to be done next, outside of the transaction that found out."""

    WAIT = auto()
    COLLECT = auto()
    RENEW = auto()
    SIGN_IN = auto()
    OVER = auto()


@dataclass(frozen=True)
class _Todo:
    step: Step
    attempt: SignInAttempt | None = None
    kept: Kept | None = None


@dataclass(frozen=True)
class Outcome:
    """How it stands. `state`: none, waiting, over, or in; `code`: of the words; `next_path`: where to go when in."""

    state: str
    code: str = ""
    begun: bool = False
    other_device: bool = False
    autostart: str = ""
    next_path: str = ""


def start(*, request: HttpRequest, code: str, device: str, next_path: str, scripted: bool) -> None:
    """Start an order by the provider `code`; an earlier one of this browser is cancelled.

    Raises `NotAllowed` for no such provider, `Limited`, or `SignInRefused` when BankID does not start it.
    """
    municipality = municipality_of(request)
    with scope.transaction(municipality.id):
        provider = IdentityProvider.objects.filter(kind=ProviderKind.BANKID, code=code, enabled=True).first()
    if provider is None or device not in (SAME, OTHER):
        raise NotAllowed
    limits.take_sign_in(KIND, network.address_of(request), municipality.id, limits.SIGNED)
    leave(request=request)
    kept = Kept(device, secrets.token_urlsafe(32), scripted)
    try:
        order = bankid.auth(provider.certificate, ask_of(request, provider, kept))
    except BankIdTrouble as trouble:
        raise SignInRefused("not_accepted" if trouble.code == "odd" else "away") from None
    kept.take(order, timezone.now())
    with scope.transaction(municipality.id, durable=True):
        attempts.start(
            request=request,
            kind=KIND,
            secret=kept.nonce,
            lives=LIVES,
            provider=provider,
            kept=vars(kept),
            next_path=next_path if len(next_path) <= 300 else "",
        )


def look(*, request: HttpRequest) -> Outcome:
    """How it stands, as it is remembered: changes nothing and asks nobody."""
    with scope.transaction(municipality_of(request).id):
        return _outcome(newest(request))


def ask(*, request: HttpRequest) -> Outcome:
    """How it stands now: asks BankID if it is time to, renews an order that nobody opened, signs in who is complete."""
    todo = _claimed(request)
    if todo.step is Step.COLLECT and todo.attempt and todo.kept:
        todo = _applied(request, todo.kept, _collected(todo.attempt, todo.kept.order))
    if todo.step is Step.RENEW and todo.attempt and todo.kept:
        todo = _renewed(request, todo.attempt, todo.kept)
    return _ended(request, todo)


def accept(*, request: HttpRequest, nonce: str) -> Outcome:
    """The browser came back from the app with a nonce. Raises `SignInRefused` unless it is the one that started."""
    with scope.transaction(municipality_of(request).id, durable=True):
        attempt = attempts.find(KIND, nonce)
        provider = attempt.provider if attempt else None
        kept = Kept.of(attempt) if attempt else None
        ours = attempt is not None and _same(attempt, request)
        todo = _taken_back(request, attempt, kept) if ours and attempt and kept else None
        if attempt and not ours:
            attempts.close(attempt, "failed", "other_device")
    if todo is None:
        if provider and kept:
            bankid.cancel(provider.certificate, kept.order)
        raise SignInRefused("other_device")
    return _ended(request, todo) if todo.step is not Step.COLLECT else ask(request=request)


def leave(*, request: HttpRequest) -> None:
    """End the open order of this browser, here and at BankID; nothing happens without one."""
    with scope.transaction(municipality_of(request).id, durable=True):
        attempt = newest(request, lock=True)
        kept = Kept.of(attempt) if attempt and attempt.state == "open" else None
        if attempt and kept:
            attempts.close(attempt, "cancelled", "cancelled")
    if attempt and kept:
        _cancel(attempt, kept.order)


def qr_now(*, request: HttpRequest) -> tuple[str, str, int] | None:
    """Token, secret and seconds of the QR code of this browser's open order; None when there is nothing to scan."""
    with scope.transaction(municipality_of(request).id):
        attempt = newest(request)
        if attempt is None or attempt.state != "open":
            return None
        kept = Kept.of(attempt)
    age = int(timezone.now().timestamp() - kept.made)
    scannable = kept.device == OTHER and kept.order and not kept.who and not bankid_hints.begun(kept.hint)
    return (kept.qr_token, kept.qr_secret, age) if scannable else None


def _claimed(request: HttpRequest) -> _Todo:
    """What this question may do: only one of several at once asks BankID."""
    now = timezone.now()
    with scope.transaction(municipality_of(request).id, durable=True):
        attempt = newest(request, lock=True)
        if attempt is None or attempt.state != "open":
            return _Todo(Step.OVER, attempt)
        kept = Kept.of(attempt)
        if now >= attempt.expires_at:
            return _failed(attempt, "expired")
        if kept.who:
            return _finished(request, attempt, kept)
        if now.timestamp() - kept.asked < (_EVERY if kept.order else _FETCHING):
            return _Todo(Step.WAIT, attempt, kept)
        kept.asked = now.timestamp()
        kept.keep(attempt)
        return _Todo(Step.COLLECT if kept.order else Step.RENEW, attempt, kept)


def _collected(attempt: SignInAttempt, ref: str) -> Collected | BankIdTrouble:
    try:
        return bankid.collect(_certificate(attempt), ref)
    except BankIdTrouble as trouble:
        return trouble


def _applied(request: HttpRequest, asked: Kept, answer: Collected | BankIdTrouble) -> _Todo:
    """Let an answer change the attempt, unless the attempt went on to something else meanwhile."""
    with scope.transaction(municipality_of(request).id, durable=True):
        attempt = newest(request, lock=True)
        if attempt is None or attempt.state != "open":
            return _Todo(Step.OVER, attempt)
        kept = Kept.of(attempt)
        if kept.order != asked.order or kept.who:
            return _Todo(Step.WAIT, attempt, kept)
        if isinstance(answer, BankIdTrouble):
            return _troubled(attempt, kept, answer.code)
        return _heard(request, attempt, kept, answer)


def _troubled(attempt: SignInAttempt, kept: Kept, code: str) -> _Todo:
    """No answer is waited out twice; an odd one ends the attempt at once."""
    kept.unanswered += 1
    if code not in ("away", "busy"):
        return _failed(attempt, "not_accepted")
    if kept.unanswered >= _UNANSWERED:
        return _failed(attempt, "down")
    kept.keep(attempt)
    return _Todo(Step.WAIT, attempt, kept)


def _heard(request: HttpRequest, attempt: SignInAttempt, kept: Kept, answer: Collected) -> _Todo:
    now = timezone.now()
    if answer.completion:
        kept.who = vars(answer.completion).copy()
        return _finished(request, attempt, kept)
    unopened = not bankid_hints.begun(kept.hint)
    if answer.status == "failed":
        if unopened and bankid_hints.ran_out(answer.hint):
            return _to_renew(attempt, kept)
        return _failed(attempt, bankid_hints.text_id("failed", answer.hint))
    kept.hear(answer.hint, now)
    if not bankid_hints.begun(answer.hint) and now.timestamp() - kept.made >= _STALE:
        return _to_renew(attempt, kept)
    kept.keep(attempt)
    return _Todo(Step.WAIT, attempt, kept)


def _to_renew(attempt: SignInAttempt, kept: Kept) -> _Todo:
    if kept.renewed >= _RENEWALS:
        return _failed(attempt, "again")
    kept.renewed += 1
    before, kept.order = replace(kept), ""
    kept.keep(attempt)
    return _Todo(Step.RENEW, attempt, before)


def _renewed(request: HttpRequest, attempt: SignInAttempt, before: Kept) -> _Todo:
    """A new order in place of one that nobody opened; the page only shows another code."""
    if before.order:
        _cancel(attempt, before.order)
    order, code = _another(request, attempt, before)
    with scope.transaction(municipality_of(request).id, durable=True):
        now_mine = newest(request, lock=True)
        still = now_mine is not None and now_mine.id == attempt.id and now_mine.state == "open"
        if now_mine and still and order:
            kept = Kept.of(now_mine)
            kept.take(order, timezone.now())
            kept.keep(now_mine)
            return _Todo(Step.WAIT, now_mine, kept)
        if now_mine and still:
            return _failed(now_mine, code)
    if order:
        _cancel(attempt, order.ref)
    return _Todo(Step.OVER, now_mine)


def _another(request: HttpRequest, attempt: SignInAttempt, before: Kept) -> tuple[Order | None, str]:
    """A fresh order, or why there is none."""
    try:
        provider = attempt.provider
        return (bankid.auth(provider.certificate, ask_of(request, provider, before)) if provider else None), "down"
    except BankIdTrouble as trouble:
        return None, "not_accepted" if trouble.code == "odd" else "down"


def _taken_back(request: HttpRequest, attempt: SignInAttempt, kept: Kept) -> _Todo:
    """The nonce has done its work and works no more."""
    kept.returned = True
    kept.keep(attempt)
    attempt.lookup = secrets.token_bytes(32)
    attempt.save(update_fields=["lookup"])
    return _finished(request, attempt, kept) if kept.who else _Todo(Step.COLLECT, attempt, kept)


def _finished(request: HttpRequest, attempt: SignInAttempt, kept: Kept) -> _Todo:
    """BankID says who it is: sign in, wait for the browser to come back, or refuse."""
    who = kept.completion
    if who is None or (kept.device == SAME and not kept.returned):
        kept.keep(attempt)
        return _Todo(Step.WAIT, attempt, kept)
    if not _same(attempt, request):
        return _failed(attempt, "other_device")
    if _risky(who, network.address_of(request)):
        return _failed(attempt, "blocked")
    attempts.close(attempt, "done")
    return _Todo(Step.SIGN_IN, attempt, kept)


def _risky(who: Completion, address: str) -> bool:
    """BankID holds it for fraud, or doubts it while the app is in another network than the browser."""
    elsewhere = network.neighbourhood(who.address) != network.neighbourhood(address)
    return who.risk == "high" or (who.risk == "moderate" and elsewhere)


def _ended(request: HttpRequest, todo: _Todo) -> Outcome:
    if todo.step is not Step.SIGN_IN or todo.attempt is None or todo.kept is None:
        return _outcome(todo.attempt)
    attempt, provider, who = todo.attempt, todo.attempt.provider, todo.kept.completion
    if provider is None or who is None:
        return _outcome(attempt)
    municipality = municipality_of(request).id
    claims = Claims(subject=who.number, level=provider.level, name=who.name, number=who.number)
    try:
        person = recognise(
            municipality=municipality, provider=provider, claims=claims, may_create=provider.for_residents
        )
    except SignInRefused as refused:
        with scope.transaction(municipality, durable=True):
            return _outcome(_failed(attempt, refused.code).attempt)
    sign_in(request, municipality=municipality, person=person, provider=provider.code, level=provider.level)
    return Outcome("in", next_path=attempt.next_path)


def _outcome(attempt: SignInAttempt | None) -> Outcome:
    if attempt is None or attempt.state == "done":
        return Outcome("none")
    if attempt.state != "open":
        return Outcome("over", attempt.code, next_path=attempt.next_path)
    kept = Kept.of(attempt)
    other = kept.device == OTHER
    searched = int(timezone.now().timestamp() - kept.since)
    text = "going_on" if kept.who else bankid_hints.text_id("pending", kept.hint, other_device=other, searched=searched)
    begun = bankid_hints.begun(kept.hint) or kept.who is not None
    return Outcome("waiting", text, begun, other, kept.autostart, attempt.next_path)


def _failed(attempt: SignInAttempt, code: str) -> _Todo:
    attempts.close(attempt, "failed", code)
    return _Todo(Step.OVER, attempt)


def _same(attempt: SignInAttempt, request: HttpRequest) -> bool:
    return attempts.same_browser(attempt, request) and attempts.same_network(attempt, request)


def _certificate(attempt: SignInAttempt) -> str:
    return attempt.provider.certificate if attempt.provider else ""


def _cancel(attempt: SignInAttempt, ref: str) -> None:
    if ref:
        bankid.cancel(_certificate(attempt), ref)
