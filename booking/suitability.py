"""Does a video meeting suit somebody? Four questions whose answers are never stored; only the outcome leads on.

A question without an answer counts as "don't know" and never stops anybody; only urgency does, until the person says
no to it. Pure.
"""

from dataclasses import dataclass
from enum import StrEnum, auto


class Outcome(StrEnum):
    """Where the answers lead."""

    SUITABLE = auto()
    SUITABLE_WITH_HELP = auto()
    OTHER_FORM_FIRST = auto()
    STOP_URGENT = auto()


@dataclass(frozen=True)
class Answers:
    """Each `yes`, `no` or empty: alone in the room, has the equipment, wants help, is in danger or needs help today."""

    alone: str = ""
    equipment: str = ""
    help: str = ""
    urgent: str = ""


def outcome(answers: Answers) -> Outcome:
    """The outcome; urgency goes before everything."""
    if answers.urgent == "yes":
        return Outcome.STOP_URGENT
    if "no" in (answers.alone, answers.equipment):
        return Outcome.OTHER_FORM_FIRST
    return Outcome.SUITABLE_WITH_HELP if answers.help == "yes" else Outcome.SUITABLE
