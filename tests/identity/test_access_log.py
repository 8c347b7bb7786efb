"""The access log is written with every read and act, and refused tries too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from booking.services import cancel
from identity.actors import Actor
from identity.errors import NotAllowed
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
