"""The whole booking path weighs little: residents sit on slow connections and old telephones."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest

from tests.booking.pages import Path
from tests.sources import ROOT

pytestmark = pytest.mark.django_db
LIMIT = 60_000
SCRIPT = '<script type="module" src="/static/js/main.js"></script>'
STATIC = ROOT / "frontend" / "static"


def files_of(page: str) -> set[str]:
    """The static files that a page asks for, by their names in the source; the modules it starts with theirs."""
    found = re.findall(r'(?:href|src)="/static/([^"#]+)', page)
    found += [f"js/{name}.js" for name in re.findall(r'data-module="([^"]+)"', page)]
    return {*found, *(f"js/{name}" for one in found for name in imports_of(one))}


def imports_of(name: str) -> list[str]:
    """What a module asks for at once, by name beside it; the modules of the path import no further."""
    text = (STATIC / name).read_text() if name.endswith(".js") else ""
    return re.findall(r'^import .*?"\./([^"]+)"', text, re.MULTILINE)


def test_the_booking_path_with_a_cold_cache_is_at_most_60_kb(path_of: Callable[[str], Path]) -> None:
    path = path_of("bo")
    path.form = "video"
    for address in ("/", f"/boka/{path.kod}/", "/logga-in/"):
        path.get(address)
    path.whole()
    pages = sum(len(gzip.compress(page.encode())) for page in path.pages)
    assets = sum(
        len(gzip.compress((STATIC / name).read_bytes())) for page in [files_of("".join(path.pages))] for name in page
    )
    assert {"js/policy.js", "js/hold-warning.js", "icons.svg"} <= files_of("".join(path.pages))
    assert pages + assets <= LIMIT


def test_no_page_of_the_path_asks_for_more_than_the_one_script_or_another_site(path_of: Callable[[str], Path]) -> None:
    path = path_of("bo")
    path.get("/")
    path.whole()
    for page in path.pages:
        assert page.count("<script") == page.count(SCRIPT) == 1
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
        assert " style=" not in page
        assert not re.search(r'\son\w+="', page)


def test_every_page_has_one_heading_of_the_first_level_and_a_way_past_the_menu(path_of: Callable[[str], Path]) -> None:
    path = path_of("bo")
    path.get("/")
    path.whole()
    path.get("/mina-tider/")
    for page in path.pages:
        assert page.count("<h1") == 1
        assert '<a class="skip" href="#main">' in page
        assert page.count('id="live"') == 1
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
