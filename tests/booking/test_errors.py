"""The tree of refusals: one root, stable codes, nothing personal."""

import inspect
import re
from datetime import UTC, datetime

import pytest

from booking import errors
from booking.errors import BookingError, Busy, LimitReached, SlotTaken
from booking.slots import Slot

CODES = {
    "SlotTaken": "slot_taken",
    "HoldExpired": "hold_expired",
    "TooSoon": "too_soon",
    "TooLate": "too_late",
    "BeyondHorizon": "beyond_horizon",
    "LimitReached": "limit_reached",
    "NotOffered": "not_offered",
    "WrongState": "wrong_state",
    "Stale": "stale",
    "InProgress": "in_progress",
    "Busy": "busy",
    "KeyReused": "key_reused",
    "SeriesTaken": "series_taken",
}


def tree() -> dict[str, type[BookingError]]:
    return {cls.__name__: cls for cls in BookingError.__subclasses__() if cls.__module__ == errors.__name__}


def test_the_codes_are_the_ones_that_others_rely_on() -> None:
    assert {name: cls.code for name, cls in tree().items()} == CODES


def test_the_module_draws_the_whole_tree() -> None:
    drawn = re.findall(r"[├└]── (\w+)", inspect.getdoc(errors) or "")
    assert drawn == list(CODES)


@pytest.mark.parametrize("name", CODES)
def test_every_refusal_has_a_text_of_its_own_and_can_be_given_another(name: str) -> None:
    refusal = tree()[name]
    assert str(refusal()) == refusal.text != BookingError.text
    assert str(refusal("the calendar is closed")) == "the calendar is closed"
    with pytest.raises(BookingError):
        raise refusal


def test_a_taken_time_carries_the_nearest_free_ones() -> None:
    start, end = datetime(2026, 11, 24, 12, 30, tzinfo=UTC), datetime(2026, 11, 24, 13, tzinfo=UTC)
    nearest = Slot(start, end, "video", (3,))
    assert SlotTaken().alternatives == ()
    assert SlotTaken(alternatives=(nearest,)).alternatives == (nearest,)


def test_a_limit_says_which_one_it_is() -> None:
    assert (LimitReached().code, LimitReached().limit) == ("limit_reached", None)
    assert (LimitReached(limit="hold").code, LimitReached(limit="hold").limit) == ("hold_limit", "hold")
    assert LimitReached.code == "limit_reached"


def test_a_busy_answer_says_when_to_try_again() -> None:
    assert Busy.retry_after_seconds == 1
