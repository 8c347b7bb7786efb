"""How many statements each use case sends: exact, so that none slips in. BEGIN and COMMIT are not counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from booking.errors import SlotTaken
from booking.services import book, book_directly, cancel, hand_over, hold, move
from identity import scope
from tests.booking.desk import TOLD, Desk, key

pytestmark = pytest.mark.django_db(transaction=True)


def said(act: Callable[[], Any]) -> list[str]:
    """The statements that an act sends."""
    found: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: ANN401 - Django's own
        found.append(" ".join(str(sql).split())[:110])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    return found


@pytest.fixture
def acts(desk: Desk) -> dict[str, list[str]]:
    """What each use case says, of a resident's usual way; caches of opening are warm."""
    bo, anna = desk.cast("bo"), desk.cast("anna")
    start = desk.town.first_free(days=3)[0]
    desk.town.held(desk.cast("hans"), start)
    found: dict[str, list[str]] = {}
    wanted = desk.wanted(start, resident=None, asked_how="")
    held = hold(actor=bo, wanted=wanted, key=key("h"))
    shown = desk.town.read(bo, held)
    other = desk.wanted(start + 6, resident=None, asked_how="")
    found["hold"] = said(partial(hold, actor=bo, wanted=other, key=key("i")))
    found["book"] = said(partial(book, actor=bo, booking=held.id, contact=TOLD, shown=shown.id, key=key("b")))
    found["book_directly"] = said(
        partial(book_directly, actor=anna, wanted=desk.wanted(start + 12), contact=TOLD, key=key("d"))
    )
    free = desk.free(held)[-1]
    found["move"] = said(partial(move, actor=bo, booking=held.id, start=free, sequence=0, key=key("m")))
    given = partial(hand_over, booking=held.id, calendar=desk.colleagues(held)[0], sequence=1, key=key("o"))
    found["hand_over"] = said(partial(given, actor=desk.officer(held)))
    found["cancel"] = said(partial(cancel, actor=bo, booking=held.id, key=key("c")))
    return found


def test_who_loses_is_told_what_is_near_without_locks_in_one_transaction(desk: Desk) -> None:
    bo, hans = desk.cast("bo"), desk.cast("hans")
    start = desk.town.first_free(days=3)[0]
    first = hold(actor=hans, wanted=desk.wanted(start, resident=None, asked_how=""))
    with scope.transaction(desk.town.municipality.id):
        calendar = first.calendar.uuid
    again = desk.wanted(start, resident=None, asked_how="", calendar=calendar)

    def lose() -> None:
        with pytest.raises(SlotTaken) as refused:
            hold(actor=bo, wanted=again)
        assert len(refused.value.alternatives) == 3

    lose()  # openings are kept from now on
    statements = said(lose)
    sent = ["SELECT set", "EXECUTE pool", "EXECUTE taken", "EXECUTE taken"]
    assert [words.split("_")[0] for words in statements] == sent
    assert not any("lock(" in words for words in statements)


SENT = {"hold": 15, "book": 18, "book_directly": 36, "move": 32, "hand_over": 45, "cancel": 26}


def test_no_use_case_sends_more_than_it_needs(acts: dict[str, list[str]]) -> None:
    assert {name: len(statements) for name, statements in acts.items()} == SENT, acts
