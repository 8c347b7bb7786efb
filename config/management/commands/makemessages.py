"""`makemessages` for texts that are written in Swedish: the Swedish catalogue fills itself, the others are kept.

Nothing is guessed from a text that looks alike: what has no translation stays empty, and a test finds it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands.makemessages import Command as DjangoMakeMessages

# Beside what Django leaves out itself, such as .venv. The catalogues are where the settings say, and nowhere else.
_ELSEWHERE = ("node_modules", "tests", "var", "locale")
_SHAPE = ("--no-wrap", "--add-location=file")
_OF_THE_RUN = ('"POT-Creation-Date:', '"Report-Msgid-Bugs-To:')


class Command(DjangoMakeMessages):
    """Django's makemessages without fuzzy or obsolete texts, line numbers and dates: it changes what has changed."""

    msgmerge_options = [*DjangoMakeMessages.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser: CommandParser) -> None:
        """Django's options with our defaults."""
        super().add_arguments(parser)
        shape: dict[str, Any] = {"no_wrap": True, "add_location": "file", "no_obsolete": True}
        parser.set_defaults(all=True, ignore_patterns=list(_ELSEWHERE), **shape)

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Merge the texts into one language; the language they are written in is made anew from them."""
        catalogue = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        written_in = locale == settings.LANGUAGE_CODE
        if written_in and catalogue.exists():
            catalogue.write_text(_head(catalogue), encoding="utf-8")
        super().write_po_file(potfile, locale)
        if written_in:
            subprocess.run(["msgen", *_SHAPE, "--output-file", catalogue, catalogue], check=True)  # noqa: S603, S607
        lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
        catalogue.write_text("".join(line for line in lines if not line.startswith(_OF_THE_RUN)), encoding="utf-8")


def _head(catalogue: Path) -> str:
    """What stands before the first text: comments and header."""
    return catalogue.read_text(encoding="utf-8").partition("\n\n")[0] + "\n"
