"""Everything that can be asked of the site: addresses by the URL configuration, fields by code and pages."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.apps import apps
from django.conf import settings
from django.forms import BaseForm
from django.urls import URLPattern, URLResolver, get_resolver

from tests.programs.form_grammar import AS_IT_IS, Field, Value

_READ = re.compile(r"""\b(?:POST|GET|asked|answer|body|data|given|said)(?:\.get(?:list)?\(|\[)["'](\w+)["']""")
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
_OF_OURS = ("identity", "booking", "meetings", "notifications")


@dataclass(frozen=True)
class Address:
    """A route: its name, its pattern as text, and the converter of each part of it that may differ."""

    name: str
    route: str
    parts: Mapping[str, str]

    def path(self, values: Mapping[str, str]) -> str:
        """The path with these values in it, which are quoted already."""
        return "/" + _PART.sub(lambda part: values[part[2]], self.route)


def addresses() -> list[Address]:
    """Every address of the URL configuration."""
    return sorted(_below(get_resolver().url_patterns, "", ""), key=lambda address: (address.route, address.name))


def _below(patterns: list[URLPattern | URLResolver], route: str, space: str) -> Iterator[Address]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _below(
                one.url_patterns, route + str(one.pattern), space + f"{one.namespace}:" * bool(one.namespace)
            )
        else:
            whole = route + str(one.pattern)
            yield Address(f"{space}{one.name}", whole, {name: kind or "str" for kind, name in _PART.findall(whole)})


def field_names() -> list[str]:
    """The fields of every form class, and every name that a module takes out of a request."""
    names: set[str] = set()
    for app in _OF_OURS:
        for path in sorted(Path(apps.get_app_config(app).path).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            text = path.read_text()
            names.update(_READ.findall(text))
            if "forms." in text and "class " in text:
                names.update(_of_classes(path))
    return sorted(names)


def _of_classes(path: Path) -> Iterator[str]:
    module = importlib.import_module(".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts))
    for one in vars(module).values():
        if isinstance(one, type) and issubclass(one, BaseForm):
            yield from getattr(one, "base_fields", {})


@dataclass
class Shown:
    """A form as a page shows it: where it goes, how, and the values that it would send now."""

    method: str
    path: str
    query: str = ""
    fields: list[Field] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects the forms of a page; a chosen option, a ticked box and a first radio button are sent."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, list[Shown]()
        self._open: Shown | None = None
        self._select, self._text = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form begins, or something in it."""
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            to = urlsplit(urljoin(self.page, has.get("action", "")))
            self._open = Shown(has.get("method", "get").upper(), to.path, to.query)
            self.found.append(self._open)
        elif self._open is None:
            return
        elif tag in ("input", "button") and has.get("name"):
            self._input(has)
        elif tag == "select":
            self._select = has.get("name", "")
        elif tag == "option" and self._select and ("selected" in has or not self._has(self._select)):
            self._set(self._select, has.get("value", ""))
        elif tag == "textarea":
            self._text = has.get("name", "")
            self._set(self._text, "")

    def handle_data(self, data: str) -> None:
        """The text in a text area."""
        if self._text:
            self._set(self._text, data)

    def handle_endtag(self, tag: str) -> None:
        """Something ends."""
        if tag == "form":
            self._open = None
        self._select = "" if tag == "select" else self._select
        self._text = "" if tag == "textarea" else self._text

    def _input(self, has: dict[str, str]) -> None:
        name, kind = has["name"], has.get("type", "text")
        if kind in ("radio", "checkbox", "submit") and self._has(name) and "checked" not in has:
            return
        self._set(name, has.get("value", "on" if kind == "checkbox" else ""), file=kind == "file")

    def _has(self, name: str) -> bool:
        return self._open is not None and any(one.name == name for one in self._open.fields)

    def _set(self, name: str, value: str, *, file: bool = False) -> None:
        assert self._open is not None
        self._open.fields = [one for one in self._open.fields if one.name != name]
        self._open.fields.append(Field(name, Value(AS_IT_IS, value.encode()), file))


def forms_of(page: str, html: str) -> list[Shown]:
    """The forms of a page at this path."""
    reader = _Reader(page)
    reader.feed(html)
    return reader.found
