"""T7: hostile input to every form, page and address, and to the socket: answered, and nothing unhandled."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from identity.endpoints import ENDPOINTS
from identity.models import Municipality
from meetings import handshake, ticker
from meetings.hub import hub
from tests.meetings.sockets import serving
from tests.programs import form_grammar, form_stage, form_surface, fuzz_forms, fuzz_sockets, socket_crowd
from tests.programs.form_cases import Cases
from tests.programs.form_grammar import AS_IT_IS, Asked, Field, Value
from tests.programs.form_stage import Stage
from tests.programs.socket_crowd import Crowd
from tests.town import Town

Connect = Callable[[], psycopg.Connection[Any]]
Record = Callable[[str, object], None]
COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture
async def crowd(transactional_db: None, town: Town, superuser: Connect) -> AsyncIterator[Crowd]:
    """A running server with a bystander at it."""
    async with serving() as port:
        gathered = await socket_crowd.gathered(port, town, superuser)
        yield gathered
        await gathered.close()
        await ticker.stop()
        hub.clear()


@pytest.mark.django_db(transaction=True, databases=["default", "log_reader", "log_writer"])
def test_three_hundred_hostile_requests_are_answered(
    municipality: Municipality,
    municipality_at: Callable[[str], Municipality],
    superuser: Connect,
    tmp_path: Path,
    record_property: Record,
) -> None:
    with form_stage.opened([municipality, municipality_at("granne")], superuser, tmp_path) as stage:
        outcome = fuzz_forms.run(stage, cases=300, seed=7)
        assert not outcome.unhandled, outcome.examples
        record_property("asked", f"{outcome.cases} hostile requests to {len(outcome.addresses)} addresses")
        assert outcome.how["form of a page"] > 60
        assert {200, 302, 422} <= outcome.statuses.keys()
        _a_defect_is_told(stage)


def _a_defect_is_told(stage: Stage) -> None:
    """The same run, on a site that breaks at one address."""
    from booking import urls

    broken: Any = next(one for one in urls.urlpatterns if getattr(one, "name", "") == "mine")
    whole, broken.callback = broken.callback, _broken
    try:
        outcome, cases = fuzz_forms.Outcome(), Cases(stage)
        with fuzz_forms.listening() as heard:
            status = cases.send("resident", Asked("GET", "/mina-tider/"), Random(1))
            fuzz_forms.judge(outcome, status, "here", heard)
    finally:
        broken.callback = whole
    assert [what.split()[0] for what in outcome.unhandled] == ["ZeroDivisionError"]


def _broken(request: object) -> float:
    return 1 / 0


async def test_three_hundred_hostile_messages_harm_no_bystander(crowd: Crowd, record_property: Record) -> None:
    outcome = await fuzz_sockets.run(crowd, cases=300, seed=7)
    assert not outcome.unhandled, outcome.examples
    assert outcome.bystander >= 2
    assert {"new", "waiting", "inside"} <= set(outcome.phases)
    record_property("asked", f"{outcome.cases} hostile messages over sockets")


async def test_a_defect_of_the_socket_is_told(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: object) -> None:
        logging.getLogger("motas.meetings").error("frame: ZeroDivisionError")

    monkeypatch.setattr(crowd, "burst", _once(breaks))
    outcome = await fuzz_sockets.run(crowd, cases=1, seed=1)
    assert list(outcome.unhandled) == ["frame: ZeroDivisionError"]


def _once(action: Callable[..., Any]) -> Callable[..., Any]:
    async def burst(_source: object, outcome: fuzz_sockets.Outcome, _number: int) -> str:
        outcome.cases += 1
        await action()
        return ""

    return burst


@pytest.mark.django_db
def test_every_address_is_walked_and_the_fields_of_the_code_are_known() -> None:
    walked = {address.name for address in form_surface.addresses()}
    assert {row.name for row in ENDPOINTS if row.kind in ("page", "feed", "api")} <= walked
    assert {"logout_token", "kod", "do", "next", "reason", "number", "absence-first_day"} - set(
        form_surface.field_names()
    ) <= {"absence-first_day"}


def test_a_page_s_forms_are_read_with_what_they_would_send() -> None:
    page = (
        '<form method="post" action="x/"><input name="a" value="1"><select name="b"><option value="2">'
        '<option value="3" selected></select><textarea name="c">four</textarea><input type="checkbox" name="d" checked>'
        "</form>"
    )
    (form,) = form_surface.forms_of("/y/", page)
    assert (form.method, form.path) == ("POST", "/y/x/")
    assert {one.name: one.value.octets for one in form.fields} == {"a": b"1", "b": b"3", "c": b"four", "d": b"on"}


def test_the_same_seed_spoils_the_same_way() -> None:
    fields = [Field("a", Value(AS_IT_IS, b"1")), Field("b", Value(AS_IT_IS, b"2"))]
    first, second = (form_grammar.spoilt(fields, Random("7 1"), [], ["c"]) for _ in range(2))
    assert first == second
    assert any(form_grammar.spoilt(fields, Random(n), [], ["c"])[0] != fields for n in range(9))


@pytest.mark.parametrize("cookie", ['"\\000abcdefgh"', "å" * 32, "a b c d e f", "x" * 500, "'; --abcdef"])
def test_a_cookie_that_no_database_takes_is_no_session(town: Town, cookie: str) -> None:
    client = Client(HTTP_COOKIE=f"{COOKIE}={cookie}", SERVER_NAME="localhost")
    assert client.get("/mina-tider/", secure=True).status_code == 302
    assert client.get("/finns-inte/", secure=True).status_code == 404
    assert handshake.session_key(f"{COOKIE}={cookie}") == ""


@pytest.mark.parametrize("charset", ["hex", "utf-16", "idna", "undefined"])
def test_a_charset_that_no_form_has_is_the_sender_s_fault(town: Town, charset: str) -> None:
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain")
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    body = b'--b\r\nContent-Disposition: form-data; name="form"\r\n\r\nvideo\r\n--b--\r\n'
    for kind in kinds:
        answer = client.generic("POST", "/boka/k4t7/", body, f"{kind}; charset={charset}", secure=True)
        assert answer.status_code == 400, kind


def test_a_form_that_cannot_be_read_is_no_defect_of_ours(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    answer = client.generic("POST", "/boka/k4t7/", b"a=b", "multipart/form-data", secure=True)
    assert answer.status_code == 400
    assert "unhandled" not in caplog.text
