"""One booking and one meeting in the shape of production: two web processes, a worker, a clock, Redis, TCP."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
import websockets

from tests.browser import mails, resident, visits
from tests.browser.chromium import Chromium
from tests.browser.frames import demo_meeting, end_for_all, meet
from tests.browser.visits import NewPage
from tests.production.conftest import Production
from tests.trial import manage, until_well


@pytest.fixture
def new_page(production: Production) -> Iterator[NewPage]:
    """A page of a new person, at the first web process unless another port is named."""
    with visits.chromium() as browser, visits.visits(browser, production.ports) as make:
        yield make
    production.processes.alive()


def test_a_booking_made_in_one_process_is_told_by_the_worker(production: Production, new_page: NewPage) -> None:
    page = new_page(scripts=False)
    resident.books(page)
    (told,) = mails.to(resident.HANS_AT, lambda: production.post.octets, 1)
    assert (told.method, told.sequence) == ("REQUEST", 0)
    elsewhere = f"http://localhost:{production.ports[1]}/mina-tider/"
    page.goto(elsewhere)
    assert page.url == elsewhere, "the other process knows the session"
    assert page.get_by_role("heading", level=3).count() == 1


def test_the_worker_seals_what_the_web_appends(production: Production) -> None:
    port = production.ports[0]
    with closing(http.client.HTTPConnection("localhost", port)) as asked:
        asked.request("GET", "/prova/in/bo/")
        assert asked.getresponse().status == 302
    until = time.monotonic() + 30
    while ": 0 entries hold" in (said := _verified(production)):
        assert time.monotonic() < until, said
    assert until_well(port, production.processes.alive)["log"] == "ok"


def _verified(production: Production) -> str:
    production.processes.alive()
    told = manage(production.env, "verify_access_log")
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def test_a_meeting_is_held_across_two_processes(production: Production, new_page: NewPage) -> None:
    first, second = production.ports
    links = demo_meeting(production.env)
    assert f":{first}/" in links["guests"][0]
    links["guests"] = [link.replace(f":{first}/", f":{second}/") for link in links["guests"]]
    host, guest = Chromium(new_page()), Chromium(new_page(port=second))
    meet(host, guest, links)
    end_for_all(host, guest)


def test_the_database_asks_for_a_password(production: Production) -> None:
    role, rest = production.env["DATABASE_URL"].removeprefix("postgres://").split(":", 1)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgres://{role}:guessed@{rest.partition('@')[2]}").close()


async def test_the_documented_command_compresses_no_frames(production: Production) -> None:
    """Compression keeps a window of memory per socket, and its lengths tell of secrets."""
    port = production.ports[0]
    with closing(http.client.HTTPConnection("localhost", port)) as asked:
        asked.request("GET", "/prova/in/bo/")
        cookie = (asked.getresponse().getheader("Set-Cookie") or "").split(";")[0]
    async with websockets.connect(
        f"ws://localhost:{port}/ws/meeting",
        subprotocols=[websockets.Subprotocol("motas.v1")],
        origin=websockets.Origin(f"http://localhost:{port}"),
        additional_headers={"Cookie": cookie},
        compression="deflate",
        proxy=None,
    ) as socket:
        assert socket.response is not None
        assert socket.response.headers.get("Sec-WebSocket-Extensions") is None
