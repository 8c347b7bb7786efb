"""Every actor on every page, with things of their own, of colleagues, of other units and other municipalities."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from identity.endpoints import BY_ADDRESS
from tests.security import expected_of_staff, matrix
from tests.security.expected import PLAIN, THINGS
from tests.security.world import World

pytestmark = pytest.mark.django_db(databases=["default", "log_reader", "log_writer"])
Record = Callable[[str, object], None]


def test_every_cell_about_a_thing_is_as_written(world: World, record_property: Record) -> None:
    found = matrix.things(world, THINGS)
    record_property("asked", f"{found.cells} cells, {len(found.wrong)} wrong")
    assert not found.wrong, "\n".join(["", *found.wrong])


def test_everybody_of_twenty_units_gets_of_another_unit_what_there_is_of_nothing(
    world: World, record_property: Record
) -> None:
    found = matrix.crowd(world)
    record_property("asked", f"{found.cells} cells, {len(found.wrong)} wrong")
    assert not found.wrong, "\n".join(["", *found.wrong])


def test_every_page_about_a_thing_is_asked_by_all_the_units_in_turn(world: World, record_property: Record) -> None:
    about = (row for row in (*THINGS, *expected_of_staff.THINGS) if "home" in world.things.get(row.kind, ()))
    rows = [row for row in about if row.kind != "feed"]  # a feed opens to whoever has its secret
    assert len(rows) > 40
    found = matrix.crowd_in_turn(world, rows)
    record_property("asked", f"{found.cells} cells, {len(found.wrong)} wrong")
    assert not found.wrong, "\n".join(["", *found.wrong])


def test_every_page_and_method_is_written_down() -> None:
    asked = {(row.name, row.method) for row in (*THINGS, *expected_of_staff.THINGS)}
    asked |= {(row.name, row.method) for row in (*PLAIN, *expected_of_staff.PLAIN)}
    ways = {(row.name, method) for row in BY_ADDRESS.values() for method in row.methods if row.kind != "api"}
    only_led_back = {(name, "GET") for name, _ in ways if (name, "POST") in asked and (name, "GET") not in asked}
    assert {way for way in ways if way[1] in ("GET", "POST")} - asked - only_led_back == set()
    assert asked - ways == set()
