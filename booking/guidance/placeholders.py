"""The places in a published text where the reader's own facts go, such as `{telefon}`: a closed list. Pure.

A text is checked when it is published; a page that is shown never fails for a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# What the page of a text that is read before a meeting can say. The names are Swedish in every language.
INFORMATION = frozenset({"kommun", "telefon", "jour"})

_PLACE = re.compile(r"\{([^{}]*)\}")


class UnknownPlaceholder(ValueError):
    """A text names what its page cannot say. `name`, and `line` counted from 1, tell what and where."""

    def __init__(self, name: str, line: int) -> None:
        """See the class."""
        super().__init__(f"line {line}: {{{name}}}")
        self.name, self.line = name, line


def check(body: str, known: frozenset[str] = INFORMATION) -> None:
    """Refuse a text with a placeholder that is not on the list: call it before publishing.

    Raises `UnknownPlaceholder` for the first one.
    """
    for place in _PLACE.finditer(body):
        if place[1] not in known:
            raise UnknownPlaceholder(place[1], body.count("\n", 0, place.start()) + 1)


def fill(body: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder replaced by its value, once: a value is never read as a text.

    What has no value stands as it is.
    """
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), body)
