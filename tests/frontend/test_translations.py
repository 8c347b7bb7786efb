"""Texts: Swedish and English are whole and certain, say the same, and the compiled files are true to them."""

import ast
import re
import subprocess
from gettext import GNUTranslations
from pathlib import Path
from shutil import copytree

import pytest
from django.conf import LazySettings, settings
from django.core.management import call_command
from django.utils import translation

from booking.opening_forms import RuleForm
from tests.sources import ROOT, dotted, files, name_of, product_modules, tree

LOCALE = ROOT / "frontend" / "locale"
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
each_catalogue = pytest.mark.parametrize("catalogue", CATALOGUES, ids=name_of)

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}|<[^>]+>|https?://|webcal://|\.ics\b")
_SHOWN = re.compile(r"\{[{%#].*?[}%#]\}|<[^>]*>", re.DOTALL)
_SWEDISH = re.compile(r"[åäöÅÄÖ]")
_TRANSLATED_BLOCK = re.compile(r"\{% blocktranslate.*?endblocktranslate %\}", re.DOTALL)


def output_of(*command: str | Path) -> bytes:
    """What a gettext program prints; it fails the test when the program complains."""
    return subprocess.run(command, check=True, capture_output=True).stdout


def read(machine_file: Path) -> dict[object, str]:
    """Message to translation, as Python reads a compiled file; a plural has one entry for each of its forms."""
    with machine_file.open("rb") as file:
        catalogue: dict[object, str] = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in catalogue.items() if key}


def compiled(language: str) -> dict[object, str]:
    """The compiled texts of a language."""
    return read(LOCALE / language / "LC_MESSAGES" / "django.mo")


def is_plural(key: object) -> bool:
    """Whether a catalogue's key is a text's second form, that for many."""
    return isinstance(key, tuple) and key[1] > 0


def written(key: object) -> object:
    """The text of the sources that a catalogue's key stands for; of a counted one that for one."""
    return key[0] if isinstance(key, tuple) else key


def entries(catalogue: Path) -> bytes:
    """The texts of a catalogue with their translations, in one order, wherever they stand in the sources."""
    return output_of("msgcat", "--no-location", "--no-wrap", "--sort-output", catalogue)


def placeholders(text: str) -> set[str]:
    """What the program fills in or reads in a text: values, tags, beginnings and ends of addresses."""
    return set(_PLACEHOLDER.findall(text))


def test_swedish_and_english_are_there() -> None:
    assert settings.LANGUAGE_CODE == "sv"
    assert {path.parts[-3] for path in CATALOGUES} == {code for code, _name in settings.LANGUAGES} == {"sv", "en"}


@each_catalogue
def test_the_compiled_file_is_true_to_its_source(catalogue: Path, tmp_path: Path) -> None:
    output_of("msgfmt", "--check", "-o", tmp_path / "fresh.mo", catalogue)
    assert read(catalogue.with_suffix(".mo")) == read(tmp_path / "fresh.mo")


@each_catalogue
@pytest.mark.parametrize("flaw", ["--untranslated", "--only-fuzzy", "--only-obsolete"])
def test_no_language_has_a_missing_uncertain_or_dead_text(catalogue: Path, flaw: str) -> None:
    assert not output_of("msgattrib", flaw, catalogue)


def test_every_text_of_the_sources_is_in_every_catalogue(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    copytree(LOCALE, tmp_path / "locale")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    monkeypatch.chdir(ROOT)
    call_command("makemessages", verbosity=0)
    fresh = {path: entries(tmp_path / "locale" / path.relative_to(LOCALE)) for path in CATALOGUES}
    assert fresh == {path: entries(path) for path in CATALOGUES}


def test_swedish_reads_as_it_is_written() -> None:
    assert not {key: text for key, text in compiled("sv").items() if text != written(key) and not is_plural(key)}


def test_english_has_the_placeholders_of_swedish() -> None:
    swedish, english = compiled("sv"), compiled("en")
    assert swedish.keys() == english.keys()
    assert not {text: english[key] for key, text in swedish.items() if placeholders(text) != placeholders(english[key])}


def test_no_english_text_has_swedish_in_it() -> None:
    explained = re.compile(r"Mötas|Meänkieli|\(färdtjänst\)|\(socialjouren\)|Bokat möte \w+ \(booked meeting\)")
    assert not {key: text for key, text in compiled("en").items() if _SWEDISH.search(explained.sub("", text))}


def test_no_template_says_a_word_past_the_catalogues() -> None:
    for path in files(".html", rooms=("frontend",)):
        text = _SHOWN.sub(" ", _TRANSLATED_BLOCK.sub(" ", path.read_text()))
        assert not _SWEDISH.search(text), name_of(path)


def test_no_text_is_filled_in_before_the_reader_is_known() -> None:
    frozen = [
        f"{name_of(path)}:{node.lineno}"
        for path in product_modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Call) and dotted(node.left)[-1:] == ["_"]
    ]
    assert not frozen


def test_choices_with_a_number_are_in_the_readers_language() -> None:
    for language, words in (("sv", "var 15:e minut"), ("en", "every 15 minutes")):
        with translation.override(language):
            assert words in str(RuleForm()["step"])
