"""What the service knows: orders, what their app shows, and what a person does with them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

DROPPED_AFTER = 30  # seconds until an order that nobody opened is over
SCANNED_WITHIN = 5  # seconds that a picture of the code works


@dataclass(frozen=True)
class Citizen:
    """Somebody with a BankID in an app, and the address of their telephone."""

    number: str
    given: str
    surname: str
    address: str = "127.0.0.1"

    def user(self) -> dict[str, str]:
        """As the service tells of them."""
        name = f"{self.given} {self.surname}"
        return {"personalNumber": self.number, "name": name, "givenName": self.given, "surname": self.surname}


@dataclass
class Order:
    """One order. `asked`: what its relying party sent; `opened_by`: whose app it is open in."""

    asked: dict[str, Any]
    phone: bool
    made: float
    ref: str = field(default_factory=lambda: str(uuid.uuid4()))
    autostart: str = field(default_factory=lambda: str(uuid.uuid4()))
    qr_token: str = field(default_factory=lambda: str(uuid.uuid4()))
    qr_secret: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "pending"
    hint: str = "outstandingTransaction"
    opened_by: Citizen | None = None
    risk: str = "low"
    collected: int = 0

    @property
    def visible(self) -> str:
        """What the app shows."""
        return base64.b64decode(self.asked["userVisibleData"]).decode()

    def open(self, citizen: Citizen) -> None:
        """Somebody's app has opened it; only once."""
        assert self.status == "pending"
        assert self.opened_by is None, "an order opens in one app"
        self.opened_by, self.hint = citizen, "userSign"

    def complete(self, risk: str = "low") -> str:
        """The person wrote their code; where the app sends the browser then."""
        assert self.opened_by is not None
        self.status, self.risk = "complete", risk
        return str(self.asked.get("returnUrl", ""))

    def fail(self, hint: str) -> None:
        """It came to nothing."""
        self.status, self.hint = "failed", hint

    def completion(self) -> dict[str, Any]:
        """What is told of a complete order."""
        assert self.opened_by is not None
        told: dict[str, Any] = {
            "user": self.opened_by.user(),
            "device": {"ipAddress": self.opened_by.address, "uhi": "OZvYM9VvyiAmG7NA5jU5zqGcVpo="},
            "bankIdIssueDate": "2024-02-01",
            "signature": base64.b64encode(b"<signature/>" * 900).decode(),
            "ocspResponse": base64.b64encode(b"ocsp" * 500).decode(),
        }
        return told | ({"risk": self.risk} if self.asked.get("returnRisk") else {})


class Service:
    """All orders of one service, by the clock that it is given."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.orders: dict[str, Order] = {}
        self.cancelled: list[str] = []
        self.repeats = False  # a switch: what is over is told again and again

    @property
    def last(self) -> Order:
        """The order that was started last."""
        return list(self.orders.values())[-1]

    def start(self, asked: dict[str, Any], *, phone: bool) -> Order:
        """A new order."""
        order = Order(asked, phone, self.now())
        if phone:
            order.hint = "userCallConfirm"
        self.orders[order.ref] = order
        return order

    def scan(self, code: str, citizen: Citizen) -> Order:
        """Somebody reads a QR code with their app."""
        word, token, seconds, mac = code.split(".")
        order = next(order for order in self.orders.values() if order.qr_token == token)
        right = hmac.new(order.qr_secret.encode(), seconds.encode(), hashlib.sha256).hexdigest()
        assert word == "bankid"
        assert hmac.compare_digest(mac, right), "the code is forged"
        assert 0 <= int(self.now() - order.made) - int(seconds) <= SCANNED_WITHIN, "the code is old"
        order.open(citizen)
        return order

    def tap(self, autostart: str, citizen: Citizen) -> Order:
        """Somebody follows the link that opens the app on their device."""
        order = next(order for order in self.orders.values() if order.autostart == autostart)
        order.open(citizen)
        return order

    def answer_phone(self, citizen: Citizen) -> Order:
        """Somebody who is on the phone opens the app; theirs is the newest order that is for them."""
        order = [o for o in self.orders.values() if o.phone and o.asked["personalNumber"] == citizen.number][-1]
        order.open(citizen)
        return order

    def collect(self, ref: str) -> dict[str, Any] | None:
        """How far an order has come; None when there is none, or it was told already how it ended."""
        order = self.orders.get(ref)
        told = order is not None and order.status != "pending" and order.collected and not self.repeats
        if order is None or ref in self.cancelled or told:
            return None
        if order.status == "pending" and order.opened_by is None and self.now() - order.made > DROPPED_AFTER:
            order.fail("startFailed")
        order.collected += order.status != "pending"
        if order.status == "complete":
            return {"orderRef": ref, "status": "complete", "completionData": order.completion()}
        return {"orderRef": ref, "status": order.status, "hintCode": order.hint}

    def cancel(self, ref: str) -> bool:
        """False when there is no such order under way."""
        if ref not in self.orders or ref in self.cancelled:
            return False
        self.cancelled.append(ref)
        return True
