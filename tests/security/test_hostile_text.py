"""Names and descriptions that try to be script stay text, on every page that shows any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest

from identity import scope
from tests.programs import hostile
from tests.security.answers import ask, undone
from tests.security.test_headers import answers
from tests.security.world import World

pytestmark = pytest.mark.django_db(databases=["default", "log_reader", "log_writer"])
Record = Callable[[str, object], None]
FOREIGN = {"iframe", "object", "embed", "base", "math"}
SCRIPTS = ("javascript:", "x", "data:t")


class Reader(HTMLParser):
    """What a browser would make of a page: elements and attributes that none of our templates has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.texts = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Our pages have no such element, no handler, no script without an address, no address that is script."""
        given = dict(attrs)
        if tag in FOREIGN or (tag == "script" and not (given.get("src") or "").startswith("/static/")):
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name in given if name.startswith("on") or name in ("srcdoc", "autofocus")]
        addresses = [given.get(name) or "" for name in ("href", "src", "action", "formaction")]
        self.found += [f"{tag} {one}" for one in addresses if one.lower().lstrip().startswith(SCRIPTS)]

    def handle_data(self, data: str) -> None:
        """Texts that stand in the page as they were written."""
        self.texts += sum(one in data for one in hostile.POLYGLOTS)


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Every HTML page of the walk of all headers, with where it came from."""
    for name, who, answer in answers(world):
        if "text/html" in dict(answer.headers).get("Content-Type", "") and answer.body:
            yield f"{name} as {who}", answer.body.decode()


def test_the_reader_sees_what_it_looks_for() -> None:
    for text in hostile.POLYGLOTS[:5]:
        assert Reader(f'<p title="{text}">{text}</p>').found or text.startswith("</title>")
    assert not Reader("<p>&lt;script&gt;</p>").found


def test_hostile_texts_stay_texts_on_every_page(world: World, record_property: Record) -> None:
    with scope.transaction(world.home.id):
        assert hostile.plant() > 100
    found, shown, asked = [], 0, 0
    for where, page in pages(world):
        read = Reader(page)
        found += [f"{where}: {one}" for one in read.found]
        found += [f"{where}: computed"] * ("9359" in page)
        shown, asked = shown + read.texts, asked + 1
    record_property("asked", f"{asked} pages, hostile texts shown {shown} times")
    assert found == []
    assert shown > 100


def test_what_was_typed_comes_back_as_text(world: World) -> None:
    officer, nobody = world.people["officer"].session, ""
    typed = [
        (officer, "/kalender/in/adress/", "address"),
        (officer, "/personer/", "number"),
        (officer, "/nodoppning/", "number"),
        (nobody, "/logga-in/kod/", "code"),
        (nobody, "/logga-in/inbjudan/", "code"),
        (world.people["administrator"].session, "/installningar/personal/", "name"),
        (world.people["resident"].session, "/mina-tider/foretradare/", "number"),
    ]
    for session, address, field in typed:
        for text in hostile.POLYGLOTS:
            with undone():
                answer = ask(session, "POST", address, {field: text, "next": text, "klart": text})
            assert answer.status in (200, 302, 403, 422, 429), (address, answer.status)
            assert Reader(answer.body.decode()).found == [], (address, text)
            assert Reader(ask(session, "GET", f"{address}?klart={text}&next={text}").body.decode()).found == []
