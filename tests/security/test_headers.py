"""Every page that anybody may ask for: its headers, its cookies, what stands in its HTML, and what asking changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from identity import scope
from identity.models import Session
from identity.sessions import row_key
from tests.security import expected, expected_of_staff
from tests.security.answers import Answer
from tests.security.expected import Place, Thing
from tests.security.matrix import Asker, address_of, page_of
from tests.security.world import World

pytestmark = pytest.mark.django_db(databases=["default", "log_reader", "log_writer"])
Record = Callable[[str, object], None]
ROWS: tuple[Thing | Place, ...] = (
    *expected.THINGS, *expected_of_staff.THINGS, *expected.PLAIN, *expected_of_staff.PLAIN,
)  # fmt: skip
ASKED = ("anonymous", "resident", "officer", "opener", "coordinator", "unit_manager", "administrator")

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self' blob:",
    "connect-src": "'self' wss://testserver ws://testserver",  # ws: in a trial only
    "worker-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "trusted-types": "motas",
    "require-trusted-types-for": "'script'",
    "report-uri": "/csp/",
    "report-to": "csp",
}
MEDIA = {"camera", "microphone", "autoplay", "display-capture", "screen-wake-lock", "fullscreen"}
NEAR = {"media-playback-while-not-visible", "local-network", "local-network-access", "loopback-network"}
KEYS = {"publickey-credentials-get", "publickey-credentials-create"}
OF_KEYS = {"identity:passkey", "identity:first_key", "identity:reserve", "identity:keys"}
# What a GET may write besides what every answer may: when the feed was last used.
WRITES = {"booking:feed": {"booking_calendarfeed"}}


def answers(world: World) -> Iterator[tuple[str, str, Answer]]:
    """Every GET of every page by those who get different things; of a thing: at home, of the protected, of nothing."""
    for row in (row for row in ROWS if row.method == "GET"):
        for actor in ASKED:
            asker = Asker(world, actor)
            if isinstance(row, Place):
                yield row.name, actor, asker.ask(row.name, "GET", address_of(row.name))
                continue
            for place in ("home", "sheltered", "missing"):
                yield row.name, f"{actor} {place}", page_of(world, row, asker, place)


def faults(name: str, answer: Answer) -> Iterator[str]:
    """What an answer lacks, or has too much."""
    headers = dict(answer.headers)
    plain = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer" if name == "booking:feed" else "same-origin",
        "X-Robots-Tag": "noindex",
        "Cache-Control": "private, max-age=300" if name == "booking:feed" and answer.status == 200 else "no-store",
        "Reporting-Endpoints": 'csp="/csp/"',
    }
    yield from (f"{key}: {headers.get(key)}" for key, value in plain.items() if headers.get(key) != value)
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    if policy != POLICY:
        yield f"policy {set(policy.items()) ^ set(POLICY.items())}"
    permitted = dict(part.strip().split("=") for part in headers["Permissions-Policy"].split(","))
    mine = MEDIA | NEAR if name.startswith("meetings:") else KEYS if name in OF_KEYS and answer.status == 200 else set()
    if {feature for feature, where in permitted.items() if where == "(self)"} != mine:
        yield f"permits {[feature for feature, where in permitted.items() if where != '()']}"
    if set(permitted.values()) - {"()", "(self)"} or not permitted.keys() >= MEDIA | KEYS:
        yield "permissions"
    if {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & headers.keys():
        yield "tells too much"
    if "text/html" in headers.get("Content-Type", ""):
        yield from _html(answer.body.decode())


def _html(page: str) -> Iterator[str]:
    """Inline scripts, styles and handlers, and other origins, which the policy would stop anyway."""
    inline = r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+\s*=|\sstyle\s*=|javascript:"
    yield from (f"inline {found}" for found in re.findall(inline, page))
    outside = r"""(?:src|href|action)=["'](?:https?:)?//[^"']+"""
    yield from (f"outside {found}" for found in re.findall(outside, page))
    forms = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
    lacking = [form for form in forms if "csrfmiddlewaretoken" not in form and 'action="/lamna/"' not in form]
    yield from (f"form without token {form[:80]}" for form in lacking)


def test_every_answer_has_the_headers_of_its_page(world: World, record_property: Record) -> None:
    wrong, asked = set(), 0
    for name, who, answer in answers(world):
        asked += 1
        wrong |= {f"{name} as {who}: {fault}" for fault in faults(name, answer)}
    record_property("asked", f"{asked} pages")
    assert wrong == set()
    assert asked > 400


def test_asking_changes_nothing(world: World) -> None:
    before = everything()
    wrong = {f"{name} as {who}: {answer.changed}" for name, who, answer in answers(world) if _changed(name, answer)}
    assert wrong == set()
    assert everything() == before


def _changed(name: str, answer: Answer) -> set[str]:
    return answer.changed - WRITES.get(name, set())


def everything() -> dict[str, str]:
    """A hash of every table that the web role can read, home municipality's rows."""
    with scope.transaction(1), connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = sorted(name for (name,) in cursor.fetchall() if name != "identity_accessentry")
        hashes = {}
        for table in tables:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t")  # noqa: S608
                hashes[table] = cursor.fetchone()[0]
    return hashes


def test_cookies_are_for_this_host_over_tls_and_not_for_scripts(world: World) -> None:
    browser = Client()
    browser.get("/logga-in/", secure=True)
    browser.post("/sprak/", {"language": "en", "next": "/"}, secure=True)
    assert set(browser.cookies) == {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    for cookie in browser.cookies.values():
        assert cookie.key.startswith("__Host-")
        assert cookie["secure"]
        assert cookie["httponly"]
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")


@pytest.mark.parametrize("address", ["/logga-ut/", "/lamna/"])
def test_signing_out_empties_the_browser_and_ends_the_session(world: World, address: str) -> None:
    browser, key = Client(), world.people["resident"].session
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    answer = browser.post(address, secure=True)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=row_key(key)).exists()


def test_files_have_the_headers_that_files_need(world: World) -> None:
    answer = Client().get("/static/css/base.css", secure=True)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.status_code in (200, 404)
