"""Collected static files: hashed names, and every import of a module resolves to one of them."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from tests.sources import ROOT, files, name_of

MODULES = files(".js", rooms=("frontend",))
SERVED = [path for path in MODULES if "static" in path.parts]
IMPORT = re.compile(r"""(?:^|[;\s])(?:import|export)\b[^'"`;()=]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]""")


def imported(text: str) -> list[str]:
    """The paths that a module's imports name, static and dynamic ones, comments left out."""
    code = re.sub(r"/\*.*?\*/|^\s*//.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
    return [first or second for first, second in IMPORT.findall(code)]


def test_imports_are_found_in_every_spelling() -> None:
    text = """import { a } from "./a.js";\nimport './b.js';\nimport * as c from "./c.js";
    const d = await import("./d.js");\nimport {\n  e,\n  f,\n} from "./e.js";\n/** import("./doc.js") */"""
    assert imported(text) == ["./a.js", "./b.js", "./c.js", "./d.js", "./e.js"]


@pytest.fixture
def collected(tmp_path: Path, settings: Settings) -> Path:
    """A folder with all static files, as production serves them."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "config.storage.HashedStatic"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_every_import_of_a_collected_module_names_a_hashed_file(collected: Path) -> None:
    manifest = json.loads((collected / "staticfiles.json").read_text())["paths"]
    hashed = {collected / name for name in manifest.values()}
    own = [name for name in manifest if name.endswith(".js") and (ROOT / "frontend" / "static" / name).exists()]
    lost = [
        f"{name}: {target}"
        for name in own
        for target in imported((collected / manifest[name]).read_text())
        if ((collected / manifest[name]).parent / target).resolve() not in {path.resolve() for path in hashed}
    ]
    assert own
    assert not lost


def test_no_style_or_module_asks_anybody_else(collected: Path) -> None:
    elsewhere = re.compile(r"""(?:url\(|from|import\(?|src=)\s*['"]?(?:https?:)?//""")
    served = [path for path in collected.rglob("*") if path.suffix in (".js", ".css")]
    assert served
    assert not [path.name for path in served if elsewhere.search(path.read_text())]


@pytest.mark.parametrize("module", SERVED, ids=name_of)
def test_a_module_keeps_the_habits_that_hashing_needs(module: Path) -> None:
    code = re.sub(r"/\*.*?\*/", "", module.read_text(), flags=re.DOTALL)
    assert not re.search(r"^export\b[^;{]*(\{[^}]*\})?\s*from\b", code, re.MULTILINE), "exported again"
    imports = [match.end() for match in re.finditer(r"^import\b[^;]*?['\"][^'\"]+['\"]", code, re.MULTILINE)]
    assert all(code[end : end + 1] == ";" for end in imports), "an import without its semicolon"
    first_export = re.search(r"^export\b", code, re.MULTILINE)
    assert not imports or first_export is None or max(imports) < first_export.start(), "an import below an export"
