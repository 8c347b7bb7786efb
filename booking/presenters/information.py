"""The text that is read before a meeting: a published StepText as headings and paragraphs, its placeholders filled."""

from collections.abc import Mapping
from dataclasses import dataclass

from booking.guidance.placeholders import fill

_HEADING = "## "


@dataclass(frozen=True)
class Part:
    """A heading, possibly empty, and the paragraphs under it."""

    heading: str
    paragraphs: tuple[str, ...]


def parts(body: str, values: Mapping[str, str]) -> tuple[Part, ...]:
    """The parts of a text. Blocks are parted by empty lines; a block that begins with `## ` is a heading.

    A paragraph without a heading is a part of its own.
    """
    found: list[tuple[str, list[str]]] = []
    for block in (" ".join(block.split()) for block in body.split("\n\n")):
        if block.startswith(_HEADING):
            found.append((fill(block.removeprefix(_HEADING), values), []))
        elif block:
            if not found or not found[-1][0]:
                found.append(("", []))
            found[-1][1].append(fill(block, values))
    return tuple(Part(heading, tuple(paragraphs)) for heading, paragraphs in found)
