"""What a meeting waits for, in the resident's words."""

import pytest
from django.utils import translation

from booking.models import NeedKind, NeedState
from booking.presenters.readiness import CompanionFact, NeedFact, companion_line, lines, need_line


@pytest.fixture(autouse=True)
def _in_swedish() -> None:
    translation.activate("sv")


@pytest.mark.parametrize(
    ("state", "text", "done"),
    [
        ("confirmed", "Tolk i arabiska är bokad.", True),
        ("wanted", "Vi ordnar tolk i arabiska. Det kostar dig ingenting.", False),
        ("ordered", "Vi ordnar tolk i arabiska. Det kostar dig ingenting.", False),
        ("withdrawn", "Vi har inte hittat tolk i arabiska än. Vi hör av oss.", False),
        ("not_found", "Vi har inte hittat tolk i arabiska än. Vi hör av oss.", False),
    ],
)
def test_an_interpreter_is_booked_on_the_way_or_not_found(state: str, text: str, done: bool) -> None:
    line = need_line(NeedFact("interpreter", "ar", state))
    assert (line.text, line.done) == (text, done)


@pytest.mark.parametrize("kind", NeedKind.values)
@pytest.mark.parametrize("state", NeedState.values)
def test_every_need_has_a_sentence_that_ends(kind: str, state: str) -> None:
    assert need_line(NeedFact(kind, "fi", state)).text.endswith(".")


@pytest.mark.parametrize(
    ("mine", "theirs", "text", "done"),
    [
        ("yes", "yes", "Leif Ek får vara med.", True),
        ("yes", "", "Leif Ek får vara med när handläggaren också har sagt ja.", False),
        ("yes", "no", "Leif Ek kan inte vara med. Ring oss om du undrar.", False),
    ],
)
def test_nobody_comes_along_before_both_have_said_yes(mine: str, theirs: str, text: str, done: bool) -> None:
    line = companion_line(CompanionFact("1", "Leif Ek", mine, theirs))
    assert (line.text, line.done) == (text, done)


def test_who_may_not_know_the_name_reads_the_role() -> None:
    assert companion_line(CompanionFact("1", "", "yes", "yes")).text == "Stödpersonen får vara med."


def test_needs_stand_first_and_the_confirmation_last() -> None:
    found = lines([NeedFact("pauses")], [CompanionFact("1", "Leif Ek", "yes", "yes")], "bo@post.example")
    assert [line.text for line in found] == [
        "Ni tar pauser under mötet.",
        "Leif Ek får vara med.",
        "Bekräftelse till bo@post.example",
    ]
