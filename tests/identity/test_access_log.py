"""The access log is written with every read and act, and refused tries too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from booking.services import cancel
from identity import actors, scope
from identity.access_log import record
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import AccessEntry, Municipality
from tests.town import Town

Super = Callable[[], psycopg.Connection[Any]]


@pytest.mark.django_db(transaction=True)
def test_every_step_of_a_booking_leaves_an_entry(
    town: Town, as_actor: Callable[[str], Actor], superuser: Super
) -> None:
    booked = town.booked(as_actor("bo"))
    cancel(actor=as_actor("bo"), booking=booked.id, key="c" * 16)
    with superuser() as database:
        rows = database.execute(
            "SELECT action, actor, role, objects_seen FROM identity_accessentry ORDER BY at, action"
        ).fetchall()
    mine = [row for row in rows if row[3] == [booked.id]]
    assert [row[0] for row in mine] == ["booking.hold", "booking.confirm", "booking.cancel_by_resident"]
    assert {row[1] for row in mine} == {town.persons["bo"]}
    assert {row[2] for row in mine} == {"resident"}


@pytest.mark.django_db(transaction=True)
def test_a_refused_try_is_written_down_although_the_use_case_rolled_back(
    town: Town, as_actor: Callable[[str], Actor], superuser: Super
) -> None:
    wanted = uuid4()
    with pytest.raises(NotAllowed):
        cancel(actor=as_actor("eva"), booking=wanted, key="c" * 16)
    with superuser() as database:
        rows = database.execute(
            "SELECT allowed, reason FROM identity_accessentry WHERE %s = ANY(objects_seen)", [wanted]
        ).fetchall()
    assert rows == [(False, "not_found")]


def test_an_entry_is_one_plain_insert(municipality: Municipality) -> None:
    actor = actors.system(municipality.id)
    with scope.transaction(municipality.id), CaptureQueriesContext(connection) as asked:
        record(actor=actor, action="booking.list", kind="booking", objects=[uuid4() for _ in range(50)])
    (insert,) = [query["sql"] for query in asked if "identity_accessentry" in query["sql"]]
    assert insert.startswith("INSERT INTO")
    assert "RETURNING" not in insert
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("days", [-730, 0, 730])
def test_the_time_of_an_entry_is_the_databases_whoever_says_otherwise(
    municipality: Municipality, superuser: Super, days: int
) -> None:
    told = datetime.now(UTC) + timedelta(days=days)
    row = {"role": "system", "action": "x", "kind": "x", "objects_seen": [uuid4()]}
    with scope.transaction(municipality.id):
        AccessEntry(at=told, **row).save(force_insert=True)
    with time_machine.travel(told), scope.transaction(municipality.id):
        record(actor=actors.system(municipality.id), action="x", kind="x", objects=[uuid4()])
    with superuser() as database:
        off = "SELECT count(*) FROM identity_accessentry WHERE at BETWEEN now() - interval '1 minute' AND now()"
        assert database.execute(off).fetchone() == (2,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("who", "kept"), [("anna", "192.0.2.7"), ("bo", None)])
def test_staff_leave_their_address_in_the_log_and_residents_do_not(
    town: Town,
    as_actor: Callable[[str], Actor],
    browser_as: Callable[[str], Client],
    superuser: Super,
    who: str,
    kept: str | None,
) -> None:
    booked = town.booked(as_actor("bo"))
    while booked.calendar_id != town.calendars["anna"]:  # her colleagues take turns with her
        booked = town.booked(as_actor("bo"))
    browser = browser_as("")
    browser.defaults["REMOTE_ADDR"] = "192.0.2.7"
    with time_machine.travel(booked.starts_at, tick=False):
        assert browser.get(f"/prova/in/{who}/", secure=True).status_code == 302
        page = {"anna": "/idag/", "bo": "/mina-tider/"}[who]
        assert browser.get(page, secure=True).status_code == 200
    with superuser() as database:
        rows = database.execute(
            "SELECT action, host(network) FROM identity_accessentry WHERE actor = %s "
            "AND action IN ('signed_in', 'booking.list') ORDER BY at",
            [town.persons[who]],
        ).fetchall()
    assert set(rows) == {("signed_in", kept), ("booking.list", kept)}
