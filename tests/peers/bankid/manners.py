"""Bad answers: each takes the right one and makes it wrong in one way."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.peers.bankid.orders import Service


@dataclass
class Reply:
    """What is sent. `raw`: octets in place of the body."""

    status: int
    body: Any = None
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Answering(Protocol):
    """What a manner may look at."""

    service: Service

    @property
    def held(self) -> Any:  # noqa: ANN401 - an event
        """Set when the service ends."""


Manner = Callable[[Answering, Reply], Reply]
_STRANGER = {"personalNumber": "198112289874", "name": "Sten Storm", "givenName": "Sten", "surname": "Storm"}


def _with(**changes: Any) -> Manner:
    """Fields of the answer replaced."""
    return lambda peer, reply: Reply(reply.status, {**(reply.body or {}), **changes})


def _without(name: str) -> Manner:
    return lambda peer, reply: Reply(reply.status, {k: v for k, v in (reply.body or {}).items() if k != name})


def _error(status: int, code: str = "") -> Manner:
    body = {"errorCode": code, "details": "switched on"} if code else {}
    return lambda peer, reply: Reply(status, body)


def _raw(content: bytes) -> Manner:
    return lambda peer, reply: Reply(200, raw=content)


def _data(change: Callable[[dict[str, Any]], Any]) -> Manner:
    """The completion changed; other answers stay."""

    def manner(peer: Answering, reply: Reply) -> Reply:
        body = copy.deepcopy(reply.body)
        if "completionData" in body:
            changed = change(body["completionData"])
            body["completionData"] = body["completionData"] if changed is None else changed
        return Reply(reply.status, body)

    return manner


def _user(**changes: Any) -> Manner:
    return _data(lambda data: data["user"].update(changes))


def _drop(data: dict[str, Any], name: str) -> None:
    del data[name]


def _hold(peer: Answering, reply: Reply) -> Reply:
    peer.held.wait(5)
    return reply


def _of_an_earlier_order(peer: Answering, reply: Reply) -> Reply:
    """Complete, for the order that was there before this one."""
    data = {"user": _STRANGER, "device": {"ipAddress": "127.0.0.1"}, "risk": "low"}
    return Reply(200, {"orderRef": next(iter(peer.service.orders)), "status": "complete", "completionData": data})


# By what is wrong with the answer to `collect` once the person has completed the order.
BAD_COLLECTS: dict[str, Manner] = {
    "of another order": _with(orderRef=str(uuid.uuid4())),
    "of an earlier order": _of_an_earlier_order,
    "without its order": _without("orderRef"),
    "order of a wrong type": _with(orderRef=["a"]),
    "unknown status": _with(status="finished"),
    "status of a wrong type": _with(status={"complete": True}),
    "without status": _without("status"),
    "pending with a completion": _with(status="pending", hintCode="userSign"),
    "failed with a completion": _with(status="failed", hintCode="userCancel"),
    "complete without completion": _without("completionData"),
    "completion null": _with(completionData=None),
    "completion a list": _with(completionData=[_STRANGER]),
    "without user": _data(lambda data: _drop(data, "user")),
    "user null": _data(lambda data: data.update(user=None)),
    "user a text": _data(lambda data: data.update(user="198112289874")),
    "no number": _user(personalNumber=None),
    "number with a wrong check digit": _user(personalNumber="198112289875"),
    "number of ten digits": _user(personalNumber="8112289874"),
    "number as a number": _user(personalNumber=198112289874),
    "number in other digits": _user(personalNumber="١٩٨١١٢٢٨٩٨٧٤"),
    "number of no day": _user(personalNumber="198113319870"),
    "number with a dash": _user(personalNumber="19811228-9874"),
    "empty name": _user(name=" "),
    "name of a wrong type": _user(name=["Bo", "Ek"]),
    "name with control characters": _user(name="Bo\r\nEk", givenName="Bo", surname="Ek"),
    "endless name": _user(name="E" * 5000),
    "name that its parts contradict": _user(givenName="Sten", surname="Storm"),
    "without surname": _data(lambda data: _drop(data["user"], "surname")),
    "device a text": _data(lambda data: data.update(device="telephone")),
    "address that is none": _data(lambda data: data["device"].update(ipAddress="nowhere")),
    "unknown risk": _data(lambda data: data.update(risk="purple")),
    "risk of a wrong type": _data(lambda data: data.update(risk=7)),
    "hint of a wrong type": _with(hintCode=["userSign"]),
    "hint that is a page": _with(status="pending", completionData=None, hintCode="<script>alert(1)</script>"),
    "no json": _raw(b"<html>BankID</html>"),
    "cut json": _raw(b'{"orderRef": "'),
    "json of a wrong shape": _raw(b"[]"),
    "json without end": _raw(b"[" * 100_000),
    "no utf-8": _raw(b'{"orderRef": "\xff\xfe"}'),
    "empty": _raw(b""),
    "huge": _raw(b'{"orderRef": "' + b"x" * 2_000_000 + b'"}'),
    "no such order": _error(400, "invalidParameters"),
    "error without code": _error(400),
    "code of a wrong type": lambda peer, reply: Reply(400, {"errorCode": ["alreadyInProgress"]}),
    "complete with an error's status": lambda peer, reply: Reply(418, reply.body),
    "redirect": lambda peer, reply: Reply(302, reply.body, headers={"Location": "/rp/v6.0/elsewhere"}),
}
# Answers that say "not now": a moment of them is waited out, more of them ends the sign-in.
AWAY: dict[str, Manner] = {
    "unauthorized": _error(401, "unauthorized"),
    "request timeout": _error(408, "requestTimeout"),
    "internal error": _error(500, "internalError"),
    "maintenance": _error(503, "Maintenance"),
    "already in progress": _error(400, "alreadyInProgress"),
    "no answer": _hold,
}
# By what is wrong with the answer to `auth`.
BAD_STARTS: dict[str, Manner] = {
    "start without order": _without("orderRef"),
    "start without secret": _without("qrStartSecret"),
    "start with a text for a link": _with(autoStartToken='x" onclick="alert(1)'),
    "start with a number": _with(qrStartToken=7),
}
NEW_HINTS: dict[str, Manner] = {
    "new pending hint": _with(status="pending", hintCode="userDances", completionData=None),
    "new failed hint": _with(status="failed", hintCode="moonIsFull", completionData=None),
}
MANNERS: dict[str, Manner] = {**BAD_COLLECTS, **AWAY, **BAD_STARTS, **NEW_HINTS}
