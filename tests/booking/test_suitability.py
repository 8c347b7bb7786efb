"""The questions about video: nobody is stopped but by urgency."""

from hypothesis import given
from hypothesis import strategies as st

from booking.suitability import Answers, Outcome, outcome

ANSWER = st.sampled_from(["", "yes", "no"])


def test_no_answer_at_all_suits() -> None:
    assert outcome(Answers()) is Outcome.SUITABLE


def test_help_is_asked_for() -> None:
    assert outcome(Answers(alone="yes", equipment="yes", help="yes")) is Outcome.SUITABLE_WITH_HELP


@given(alone=ANSWER, equipment=ANSWER, wants=ANSWER)
def test_urgency_goes_before_everything(alone: str, equipment: str, wants: str) -> None:
    assert outcome(Answers(alone, equipment, wants, "yes")) is Outcome.STOP_URGENT


@given(alone=ANSWER, equipment=ANSWER, wants=ANSWER, urgent=st.sampled_from(["", "no"]))
def test_another_form_comes_first_exactly_when_something_is_missing(
    alone: str, equipment: str, wants: str, urgent: str
) -> None:
    found = outcome(Answers(alone, equipment, wants, urgent))
    assert (found is Outcome.OTHER_FORM_FIRST) == ("no" in (alone, equipment))
