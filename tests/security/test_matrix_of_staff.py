"""The same on the pages of staff, and on those that are about nobody but the asker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.security import expected, expected_of_staff, matrix
from tests.security.world import World

pytestmark = pytest.mark.django_db(databases=["default", "log_reader", "log_writer"])
Record = Callable[[str, object], None]


def test_every_cell_on_the_pages_of_staff_is_as_written(world: World, record_property: Record) -> None:
    found = matrix.things(world, expected_of_staff.THINGS)
    record_property("asked", f"{found.cells} cells, {len(found.wrong)} wrong")
    assert not found.wrong, "\n".join(["", *found.wrong])


def test_every_page_about_the_asker_is_as_written(world: World, record_property: Record) -> None:
    found = matrix.plain(world, (*expected.PLAIN, *expected_of_staff.PLAIN))
    record_property("asked", f"{found.cells} cells, {len(found.wrong)} wrong")
    assert not found.wrong, "\n".join(["", *found.wrong])
