"""What the tests of residents' pages share: reading a form from a page, and walking the path of a booking."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_BUTTON = re.compile(r'name="tid" value="([^"]+)"')


def text_of(response: Any) -> str:  # noqa: ANN401 - the test client's response has no public type
    """The page as text."""
    return str(response.content.decode())


def hidden_in(page: str, name: str) -> str:
    """The last hidden value of a name: the page's own form comes after the menu's."""
    values: list[str] = [value for found, value in _HIDDEN.findall(page) if found == name]
    return values[-1]


def starts_in(page: str) -> list[str]:
    """The starts that a page offers as buttons, in order."""
    return _BUTTON.findall(page)


@dataclass
class Path:
    """Somebody on the way to a booking."""

    browser: Client
    kod: str
    form: str = "phone"
    pages: list[str] = field(default_factory=list)

    def get(self, address: str, **data: str) -> str:
        """The page at an address, redirects followed."""
        self.pages.append(text_of(self.browser.get(address, data, secure=True, follow=True)))
        return self.pages[-1]

    def post(self, address: str, **data: str) -> Any:  # noqa: ANN401 - the test client's response has no public type
        """The answer to a form, redirects followed."""
        response = self.browser.post(address, {"key": "k" * 32, **data}, secure=True, follow=True)
        self.pages.append(text_of(response))
        return response

    def choose_form(self) -> str:
        """The times of the form."""
        self.post(f"/boka/{self.kod}/", form=self.form)
        return self.pages[-1]

    def choose_time(self, start: str = "") -> Any:  # noqa: ANN401 - as `post`
        """The first free start, or a given one."""
        start = start or starts_in(self.choose_form())[0]
        return self.post("/boka/tid/", kod=self.kod, form=self.form, tid=start)

    def answer(self, way: str = "none", to: str = "") -> str:
        """How to be told, and the tick: to the page where all is checked."""
        self.post("/boka/behov/", way=way, to=to)
        return self.answer_rest()

    def answer_rest(self) -> str:
        """The tick after the needs: to the page where all is checked."""
        page = self.get("/boka/information/")
        self.post("/boka/information/", read="on", shown=hidden_in(page, "shown"))
        return self.pages[-1]

    def book(self, key: str = "b" * 32) -> Any:  # noqa: ANN401 - as `post`
        """Boka tiden."""
        return self.post("/boka/bekrafta/", key=key)

    def whole(self) -> Any:  # noqa: ANN401 - as `post`
        """The whole path, for somebody who is signed in."""
        self.choose_time()
        self.answer()
        return self.book()
