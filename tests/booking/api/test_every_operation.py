"""What holds of every operation of the API: its token, its scope, and that a stranger's thing is as a missing one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from booking.models import Absence, Booking, Calendar
from booking.services import Contact
from booking.services.waiting import WantedWish, join_waiting_list
from config import trial
from identity import scope
from identity.actors import Actor
from identity.api_tokens import SCOPES
from identity.models import Municipality, Person
from tests.booking.api.asking import new_key
from tests.booking.api.operations import OPERATIONS, Operation, Things, things_of
from tests.booking.documented import document
from tests.security.answers import Answer, ask
from tests.tokens import token
from tests.town import Town

pytestmark = pytest.mark.django_db
EVERY = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
NAMING = pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.names], ids=lambda one: one.name)


@pytest.fixture
def things(town: Town, as_actor: Callable[[str], Actor]) -> Things:
    """One of everything, at home."""
    town.booked(as_actor("bo"))
    town.held(as_actor("yusuf"), town.first_free(n=3, days=3)[2])
    with scope.transaction(town.municipality.id):
        Booking.objects.filter(state="held").update(asked_how="system")
        calendar, now = Calendar.objects.get(id=town.calendars["anna"]), timezone.now()
        Absence.objects.create(calendar=calendar, from_at=now, to_at=now + timedelta(days=1), code="course")
    wanted = WantedWish(town.types["fardtjanst"], "video", Contact("none"))
    join_waiting_list(actor=as_actor("bo"), wanted=wanted, key=new_key())
    return things_of(town.municipality)


def sent(operation: Operation, things: Things, header: str, start: int, key: str = "") -> Answer:
    """One request; what it did is taken back."""
    headers = {"Idempotency-Key": key or "k" * 16} | ({"Authorization": header} if header else {})
    body = json.dumps(operation.body(things, start)) if operation.body else "{}" * (operation.method == "POST")
    named = [things[name] for name in operation.names]
    return ask("", operation.method, operation.address(things), headers=headers, json=body, things=named)


def test_every_operation_of_the_document_is_walked_and_no_other() -> None:
    described = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert {one.name for one in OPERATIONS} == described


@EVERY
def test_each_scope_that_is_missing_is_a_403_and_no_token_a_401(
    operation: Operation, town: Town, things: Things
) -> None:
    start = town.first_free(n=9, days=3)[8]
    assert sent(operation, things, "", start).status == 401
    assert sent(operation, things, "Bearer ex.motas_x", start).status == 401
    for name in sorted(SCOPES):
        answer = sent(operation, things, "Bearer " + token(town.municipality, name), start)
        assert (answer.status == 403) == (name != operation.scope), (name, answer.status, answer.body)
        assert answer.status != 403 or answer.changed <= {"identity_apitoken"}
    enough = sent(operation, things, "Bearer " + token(town.municipality, operation.scope), start)
    assert enough.status in (200, 201, 204, 409, 422), (enough.status, enough.body)


@NAMING
def test_a_stranger_s_thing_and_a_missing_one_are_the_same_bytes(
    operation: Operation, town: Town, things: Things, neighbour: Municipality
) -> None:
    trial.fill(neighbour)
    abroad, start = things_of(neighbour), town.first_free(n=9, days=3)[8]
    whole = "Bearer " + token(town.municipality, *SCOPES)
    narrow = "Bearer " + token(town.municipality, *SCOPES, units=[UUID(int=9)])
    for name in operation.names:
        nothing = sent(operation, things | {name: UUID(int=6)}, whole, start)
        foreign = sent(operation, things | {name: abroad[name]}, whole, start)
        assert nothing.status == operation.gone, (name, nothing.status, nothing.body)
        assert foreign.same_as(nothing) == [], name
        if name != "person":
            missing = sent(operation, things | {name: UUID(int=6)}, narrow, start)
            unreached = sent(operation, things, narrow, start)
            assert (unreached.status, unreached.body) == (missing.status, missing.body), name


@NAMING
def test_a_protected_person_s_thing_is_as_a_missing_one(operation: Operation, town: Town, things: Things) -> None:
    about = [name for name in operation.names if name in ("person", "booking", "hold", "wish")]
    start, whole = town.first_free(n=9, days=3)[8], "Bearer " + token(town.municipality, *SCOPES)
    with scope.transaction(town.municipality.id):
        Person.objects.update(safe_contact=True)
    for name in about:
        nothing = sent(operation, things | {name: UUID(int=6)}, whole, start)
        theirs = sent(operation, things, whole, start)
        assert (theirs.status, theirs.body, theirs.headers) == (nothing.status, nothing.body, nothing.headers)
        assert theirs.changed <= {"identity_apitoken"}


@EVERY
def test_an_id_that_is_none_is_nothing(operation: Operation, town: Town, things: Things) -> None:
    if "{" not in operation.path:
        return
    headers = {"Authorization": "Bearer " + token(town.municipality, *SCOPES)}
    for wrong in ("x", "%00", "1" * 200, str(UUID(int=6)).upper() + "0", "%ED%A0%80"):
        path = "/api/v1" + operation.path
        for name in ("hold", "booking", "calendar", "wish", "absence"):
            path = path.replace("{" + name + "}", wrong)
        answer = Client(headers=headers).generic(operation.method, path, secure=True)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@EVERY
def test_what_is_unknown_is_refused_before_anything_is_done(operation: Operation, town: Town, things: Things) -> None:
    headers = {"Authorization": "Bearer " + token(town.municipality, *SCOPES), "Idempotency-Key": new_key()}
    address = operation.address(things)
    joined = "&" if "?" in address else "?"
    body = json.dumps(operation.body(things, 1)) if operation.body else "{}" * (operation.method == "POST")
    answer = ask("", operation.method, f"{address}{joined}unknown=1", headers=headers, json=body)
    assert answer.status == 400, (answer.status, answer.body)
    assert answer.changed <= {"identity_apitoken"}
    if operation.method == "GET":
        return
    said = (operation.body(things, 1) if operation.body else {}) | {"unknown": 1}
    if operation.method != "DELETE":
        answer = ask("", operation.method, address, headers=headers, json=json.dumps(said))
        assert (answer.status, b'"#/unknown"' in answer.body) == (400, True)


@EVERY
def test_a_change_of_time_needs_a_key_of_its_own(operation: Operation, town: Town, things: Things) -> None:
    if operation.method != "POST" or operation.path.endswith("preview"):
        return
    headers = {"Authorization": "Bearer " + token(town.municipality, *SCOPES)}
    start = town.first_free(n=9, days=3)[8]
    body = json.dumps(operation.body(things, start)) if operation.body else "{}" * (operation.method == "POST")
    for key in ("", "x" * 15, "x" * 65, "å" * 20, "with\ttab-in-the-middle"):
        told = headers | ({"Idempotency-Key": key} if key else {})
        answer = ask("", "POST", operation.address(things), headers=told, json=body)
        assert (answer.status, b"key_needed" in answer.body) == (400, True), key
        assert answer.changed <= {"identity_apitoken"}
