"""The whole booking path weighs little: residents sit on slow connections and old telephones."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest

from tests.booking.pages import Path
from tests.sources import ROOT

pytestmark = pytest.mark.django_db
LIMIT = 100_000
STATIC = ROOT / "frontend" / "static"


def files_of(page: str) -> set[str]:
    """The static files that a page asks for, by their names in the source."""
    found = re.findall(r'(?:href|src)="/static/([^"#]+)', page)
    return {re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", name) for name in found}


def test_the_booking_path_with_a_cold_cache_is_at_most_100_kb(path_of: Callable[[str], Path]) -> None:
    path = path_of("bo")
    path.form = "video"
    for address in ("/", f"/boka/{path.kod}/", "/logga-in/"):
        path.get(address)
    path.whole()
    pages = sum(len(gzip.compress(page.encode())) for page in path.pages)
    assets = sum(
        len(gzip.compress((STATIC / name).read_bytes())) for page in [files_of("".join(path.pages))] for name in page
    )
    assert assets > 0
    assert pages + assets <= LIMIT


def test_no_page_of_the_path_asks_for_a_script_or_another_site(path_of: Callable[[str], Path]) -> None:
    path = path_of("bo")
    path.get("/")
    path.whole()
    for page in path.pages:
        assert "<script" not in page
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
