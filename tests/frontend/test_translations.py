"""Texts: Swedish is whole and certain, and the compiled files are true to what people edit."""

import subprocess
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.conf import settings

from tests.sources import ROOT, name_of

CATALOGUES = sorted((ROOT / "frontend" / "locale").glob("*/LC_MESSAGES/*.po"))


def output_of(*command: str | Path) -> bytes:
    """What a gettext program prints; it fails the test when the program complains."""
    return subprocess.run(command, check=True, capture_output=True).stdout


def read(compiled: Path) -> dict[object, str]:
    """Message to translation, as Python reads a compiled file."""
    with compiled.open("rb") as file:
        catalogue: dict[object, str] = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in catalogue.items() if key}


def test_swedish_is_there() -> None:
    assert settings.LANGUAGE_CODE == "sv"
    assert "sv" in {path.parts[-3] for path in CATALOGUES}


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=name_of)
def test_the_compiled_file_is_true_to_its_source(catalogue: Path, tmp_path: Path) -> None:
    output_of("msgfmt", "--check", "-o", tmp_path / "fresh.mo", catalogue)
    assert read(catalogue.with_suffix(".mo")) == read(tmp_path / "fresh.mo")


@pytest.mark.parametrize("catalogue", [path for path in CATALOGUES if "sv" in path.parts], ids=name_of)
@pytest.mark.parametrize("flaw", ["--untranslated", "--only-fuzzy"])
def test_swedish_has_no_missing_or_uncertain_text(catalogue: Path, flaw: str) -> None:
    assert not output_of("msgattrib", flaw, "--no-obsolete", catalogue)
