"""Every way in has a row in `identity/endpoints.py`, and every row is a way in."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from celery import current_app
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path

from config import production, urls
from identity import endpoints, policies
from identity.api_tokens import SCOPES
from identity.endpoints import ENDPOINTS, OPEN, Endpoint
from meetings.protocol import CLIENT_MESSAGES
from meetings.routing import websocket_urlpatterns
from tests.security.answers import normal
from tests.town import Town

Browser = Callable[..., Client]


def rows(*kinds: str) -> dict[str, Endpoint]:
    """The table's rows of some kinds, by name."""
    return {row.name: row for row in ENDPOINTS if row.kind in kinds}


def patterns(
    inside: list[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site: its name and its pattern."""
    for one in get_resolver().url_patterns if inside is None else inside:
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, f"{prefix}{one.namespace}:" if one.namespace else prefix)
        else:
            yield f"{prefix}{one.name}", one


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert {name for name, _ in patterns()} == rows("page", "feed", "api").keys()
    assert endpoints.unlisted(get_resolver().url_patterns) == []


def test_every_row_stands_once() -> None:
    assert [name for name, times in Counter((row.kind, row.name) for row in ENDPOINTS).items() if times > 1] == []


def test_every_socket_and_command_has_a_row_and_every_row_is_one() -> None:
    assert {str(one.pattern) for one in websocket_urlpatterns} == rows("socket").keys()
    assert {message.t for message in CLIENT_MESSAGES} == rows("command").keys()


def test_every_job_has_a_row_and_every_row_a_job() -> None:
    current_app.loader.import_default_modules()
    tasks = {name for name in current_app.tasks if not name.startswith("celery.")}
    assert tasks == rows("job").keys()
    scheduled = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert scheduled <= tasks


def test_every_view_of_the_api_asks_for_the_scope_of_its_row() -> None:
    views = {name: getattr(one.callback, "cls", None) for name, one in patterns()}
    of_the_api = {name: view for name, view in views.items() if view is not None and hasattr(view, "scope_needed")}
    assert of_the_api.keys() == rows("api").keys()
    for name, view in of_the_api.items():
        assert view is not None
        assert view.scope_needed == rows("api")[name].action
        assert view.scope_to_change == rows("api")[name].changing
        assert {view.scope_needed, view.scope_to_change or view.scope_needed} <= SCOPES


def test_every_action_is_one_of_the_rules_or_a_word_that_is_explained() -> None:
    actions = {row.action for row in policies.TABLE}
    assert {row.action for row in ENDPOINTS if row.kind != "api"} <= actions | OPEN


def test_the_walk_finds_an_address_that_has_no_row() -> None:
    more = [*get_resolver().url_patterns, path("dold/", lambda request: HttpResponse(), name="hidden")]
    assert endpoints.unlisted(more) == ["hidden"]
    assert endpoints.unlisted([path("namnlos/", lambda request: HttpResponse())]) == ["namnlos/"]


def with_addresses(*more: URLPattern) -> ModuleType:
    """The site's addresses and some more, as a module that settings can name."""
    module = ModuleType("with_more")
    module.urlpatterns = [*urls.urlpatterns, *more]  # type: ignore[attr-defined]
    module.handler404, module.handler500 = urls.handler404, urls.handler500  # type: ignore[attr-defined]
    return module


def test_production_does_not_start_with_an_address_that_has_no_row() -> None:
    with override_settings(ROOT_URLCONF=with_addresses(path("glomd/", dangerous, name="forgotten"))):
        assert "The address forgotten has no row in identity/endpoints.py." in production._faults()
    assert not [fault for fault in production._faults() if "endpoints" in fault]


def dangerous(request: HttpRequest) -> HttpResponse:
    """A page that somebody forgot to think about."""
    return HttpResponse("everything about everybody")


def test_an_address_without_a_row_answers_as_nothing_and_is_logged(
    browser_as: Browser, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    browser = browser_as("dan")
    missing = browser.get("/finns-inte/", secure=True)
    more = with_addresses(path("glomd/", dangerous, name="forgotten"))
    with override_settings(ROOT_URLCONF=more), caplog.at_level(logging.ERROR, logger="motas.web"):
        answer = browser.get("/glomd/", secure=True)
    assert answer.status_code == 404
    assert normal(answer.content, "/glomd/") == normal(missing.content, "/finns-inte/")
    assert "no row in identity/endpoints.py: forgotten" in caplog.text


DATABASES = ["default", "log_reader", "log_writer"]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
VALUES: dict[str, Any] = {"uuid": "00000000-0000-4000-8000-000000000000", "slug": "k4t7", "str": "ex.a", "int": 1}


def address_of(name: str, pattern: URLPattern) -> str:
    """An address of a route, with values that name nothing."""
    from django.urls import reverse

    kinds = {
        key: type(one).__name__.removesuffix("Converter").lower() for key, one in pattern.pattern.converters.items()
    }
    return reverse(name, kwargs={key: VALUES[{"string": "str"}.get(kind, kind)] for key, kind in kinds.items()})


@pytest.mark.django_db(databases=DATABASES)
@pytest.mark.parametrize("name", sorted(rows("page", "feed", "api")))
def test_an_address_takes_the_methods_of_its_row_and_no_other_and_never_fails(
    name: str, browser_as: Browser, town: Town
) -> None:
    browser, address, row = (
        browser_as("anna"),
        address_of(name, dict(patterns())[name]),
        rows("page", "feed", "api")[name],
    )
    for method in METHODS:
        answer = browser.generic(method, address, secure=True)
        assert answer.status_code < 500 or name == "healthz", (method, answer.status_code)
        if method not in row.methods:
            assert answer.status_code == (401 if row.kind == "api" else 405), (method, answer.status_code)
            assert row.kind == "api" or set(answer["Allow"].split(", ")) == set(row.methods), method
        else:
            assert answer.status_code != 405, method
