"""The documents are true: links lead somewhere, and what the code has, they have."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from identity import keyring
from tests.sources import PACKAGES, ROOT, files, name_of

PAGES = [*ROOT.glob("*.md"), *files(".md", rooms=("docs",))]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))


def anchors(page: Path) -> set[str]:
    """The anchors a page's headings make, as a forge writes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            dead.append(target)
    assert not dead


def code(page: Path) -> str:
    """What a page sets as code: its blocks and its spans, one a line."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"(?<!`)`([^`\n]+)`", page.read_text())])


def test_every_model_has_a_row_in_the_glossary() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    words = {word.strip() for row in rows for word in row.split(",")}
    models = {model.__name__ for model in apps.get_models() if model._meta.app_label in PACKAGES}
    assert models
    assert not models - words


def test_every_environment_variable_is_explained_and_no_other() -> None:
    settings = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*\"(\w+)\"", settings))
    section = (ROOT / "docs" / "operations.md").read_text().split("## Environment")[1].split("\n## ")[0]
    first_cells = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)
    assert read == {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}


def test_every_key_is_in_the_inventory_and_no_other() -> None:
    section = (ROOT / "docs" / "security.md").read_text().split("## Keys")[1].split("\n## ")[0]
    assert set(keyring.NAMES) == set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


def test_every_dependency_has_its_reason_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text().split("## What it stands on")[1].split("\n## ")[0]
    explained = set(re.findall(r"^\| ([a-z0-9-]+) \|", readme, re.MULTILINE))
    asked = "\n".join((ROOT / "requirements" / f"{name}.in").read_text() for name in ("runtime", "dev"))
    wanted = set(re.findall(r"^([a-z][a-z0-9-]*)", asked, re.MULTILINE))
    assert wanted == explained


def test_every_target_of_make_has_a_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    public = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE)) - {"dev", "debian"}
    assert public == set(re.findall(r"^([a-z][a-z-]*):.*## \S", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_commands_that_a_page_names_exist(page: Path) -> None:
    text = code(page)
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^(?:\w+=\S+ )*make ([a-z][a-z-]*)", text, re.MULTILINE)) <= targets
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= set(get_commands())


def test_every_command_of_ours_stands_in_the_operations_page() -> None:
    ours = {name for name, app in get_commands().items() if str(app).split(".")[0] in PACKAGES}
    page = (ROOT / "docs" / "operations.md").read_text()
    assert not {name for name in ours if not re.search(rf"`(manage\.py )?{name}\b", page)}


def test_the_decisions_are_numbered_and_whole() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    for page in DECISIONS:
        assert re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE) == ["Context", "Decision", "Consequences"]
        assert page.name in index


def test_the_changelog_has_a_place_for_what_is_coming() -> None:
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text()
