"""BankID's relying-party interface 6.0 over mutual TLS. Every answer is checked strictly: odd is refused.

A personal number never starts a sign-in (secure start only); `phone_auth` alone takes one, the person's own, during a
call. Nothing of an answer stands in an error or in a log line.

Source: BankID, "RP interface 6.0"; https://github.com/BankID/SampleCode.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import ssl
import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone

from identity import numbers
from identity.errors import BankIdTrouble
from identity.same_name import same_name

log = logging.getLogger("motas.bankid")
TIMEOUT = 5.0  # seconds for each step of a call; a whole answer may take twice that
MOST = 256 * 1024  # octets of an answer: a signature and an OCSP answer in base64 are a tenth of it
_TOKEN = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_HINT = re.compile(r"[A-Za-z0-9_-]{0,64}", re.ASCII)
_RISKS = ("low", "moderate", "high")


@dataclass(frozen=True)
class Ask:
    """Who asks for an order, and what the app shows. `return_url`: on the same device only."""

    address: str
    visible: str
    device: str
    domain: str
    agent: str
    return_url: str = ""


@dataclass(frozen=True)
class Order:
    """A started order. All of it is secret to the server but `autostart`, which opens the app on the same device."""

    ref: str = field(repr=False)
    autostart: str = field(repr=False)
    qr_token: str = field(repr=False)
    qr_secret: str = field(repr=False)


@dataclass(frozen=True)
class Completion:
    """Who has shown who they are. `address`: of the device with the app; `risk`: empty when BankID gave none."""

    number: str = field(repr=False)
    name: str = field(repr=False)
    address: str = field(repr=False, default="")
    risk: str = ""


@dataclass(frozen=True)
class Collected:
    """How far an order has come: pending, failed or complete, the hint code, and who it was when it is complete."""

    status: str
    hint: str
    completion: Completion | None = None


def auth(certificate: str, ask: Ask) -> Order:
    """Start an order. Raises `BankIdTrouble`."""
    body: dict[str, Any] = {
        "endUserIp": ask.address,
        "userVisibleData": base64.b64encode(ask.visible.encode()).decode(),
        "userVisibleDataFormat": "simpleMarkdownV1",
        "requirement": {"pinCode": True},
        "returnRisk": True,
        "web": {"deviceIdentifier": ask.device, "referringDomain": ask.domain, "userAgent": ask.agent[:256]},
    }
    if ask.return_url:
        body["returnUrl"] = ask.return_url
    answer = _post(certificate, "auth", body)
    return Order(
        ref=_token(answer, "orderRef"),
        autostart=_token(answer, "autoStartToken"),
        qr_token=_token(answer, "qrStartToken"),
        qr_secret=_token(answer, "qrStartSecret"),
    )


def phone_auth(certificate: str, *, number: str, initiator: str, visible: str) -> str:
    """Ask the person with this number, who is on the phone, to confirm; the order's reference.

    `initiator`: `user` when they called, `RP` when we did. Raises `BankIdTrouble`; `busy`: they have another order.
    """
    body = {
        "personalNumber": number,
        "callInitiator": initiator,
        "userVisibleData": base64.b64encode(visible.encode()).decode(),
        "userVisibleDataFormat": "simpleMarkdownV1",
        "requirement": {"pinCode": True},
    }
    return _token(_post(certificate, "phone/auth", body), "orderRef")


def collect(certificate: str, ref: str) -> Collected:
    """How far the order has come. Raises `BankIdTrouble`."""
    answer = _post(certificate, "collect", {"orderRef": ref})
    if answer.get("orderRef") != ref:
        raise BankIdTrouble("odd")
    status, hint = answer.get("status"), _given(answer, "hintCode")
    if not isinstance(hint, str) or _HINT.fullmatch(hint) is None:
        raise BankIdTrouble("odd")
    if status == "complete":
        return Collected("complete", "", _completion(answer.get("completionData")))
    if status not in ("pending", "failed") or answer.get("completionData"):
        raise BankIdTrouble("odd")
    return Collected(str(status), hint)


def cancel(certificate: str, ref: str) -> None:
    """End an order that nobody waits for. That it is over already, or that BankID is away, is no error."""
    try:
        _post(certificate, "cancel", {"orderRef": ref})
    except BankIdTrouble as trouble:
        log.info("cancel: %s", trouble.code)


def _completion(data: object) -> Completion:
    if not isinstance(data, dict) or not isinstance(data.get("user"), dict):
        raise BankIdTrouble("odd")
    user, device, risk = data["user"], data.get("device", {}), _given(data, "risk")
    if not isinstance(device, dict) or risk not in ("", *_RISKS):
        raise BankIdTrouble("odd")
    name = _name(user, "name")
    if not same_name(name, f"{_name(user, 'givenName')} {_name(user, 'surname')}"):
        raise BankIdTrouble("odd")
    return Completion(_number(user.get("personalNumber")), name, _address(device.get("ipAddress")), risk)


def _given(answer: dict[str, Any], name: str) -> object:
    """A word that may be left out."""
    found = answer.get(name)
    return "" if found is None else found


def _name(user: dict[str, Any], part: str) -> str:
    name = user.get(part)
    if not isinstance(name, str) or not name.strip() or len(name) > 200 or not name.isprintable():
        raise BankIdTrouble("odd")
    return name.strip()


def _number(digits: object) -> str:
    if not isinstance(digits, str) or re.fullmatch(r"[0-9]{12}", digits, re.ASCII) is None:
        raise BankIdTrouble("odd")
    try:
        return numbers.parse(digits, today=timezone.localdate()).digits
    except numbers.NumberError:
        raise BankIdTrouble("odd") from None


def _address(address: object) -> str:
    try:
        return str(ip_address(address)) if isinstance(address, str) else ""
    except ValueError:
        raise BankIdTrouble("odd") from None


def _token(answer: dict[str, Any], name: str) -> str:
    token = answer.get(name)
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
        raise BankIdTrouble("odd")
    return token


def _post(certificate: str, what: str, body: dict[str, Any]) -> dict[str, Any]:
    """One call. Errors of the network are raised without their cause, which may hold what was sent."""
    try:
        with (
            httpx.Client(verify=_trust(certificate), timeout=TIMEOUT, trust_env=False, follow_redirects=False) as line,
            line.stream("POST", f"{settings.BANKID_URL.rstrip('/')}/{what}", json=body) as answer,
        ):
            status, content = answer.status_code, _content(answer)
    except (httpx.HTTPError, OSError) as error:
        log.warning("%s: no answer, %s", what, type(error).__name__)
        raise BankIdTrouble("away") from None
    return _judged(what, status, content)


def _content(answer: httpx.Response) -> bytes:
    content, until = b"", time.monotonic() + 2 * TIMEOUT
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > MOST:
            raise BankIdTrouble("odd")
        if time.monotonic() > until:
            raise BankIdTrouble("away")
    return content


def _judged(what: str, status: int, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if status == 200 and isinstance(answer, dict):
        return answer
    code = answer.get("errorCode") if isinstance(answer, dict) else None
    trouble = _TROUBLES.get((status, code)) if isinstance(code, str) else None
    log.warning("%s: answered %s", what, status)
    raise BankIdTrouble(trouble or ("away" if status in (401, 403, 408) or status >= 500 else "odd"))


_TROUBLES = {(400, "alreadyInProgress"): "busy", (400, "invalidParameters"): "gone"}


def _trust(certificate: str) -> ssl.SSLContext:
    """Our certificate, and the one authority that BankID's is believed from. OSError when a file is not there."""
    folder = settings.KEYS_DIR
    if not certificate:
        raise FileNotFoundError("no certificate is named")
    context = ssl.create_default_context(cafile=str(folder / "bankid-ca.pem"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(str(folder / f"bankid-{certificate}.pem"), str(folder / f"bankid-{certificate}.key"))
    return context
