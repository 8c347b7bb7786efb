"""Free times of 100 and of 1,000 calendars x 60 days, half booked: in process, over HTTP, and beside bare SQL.

The first ten, the grid of 60 days, 31 days, and two officers with an interpreter; the first request after a start, and
the memory of the process. "At the server" is measured inside uvicorn, from the request to its last byte.
"""

from __future__ import annotations

import cProfile
import http.client
import io
import json
import logging
import os
import pstats
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from tests.benchmarks.times import Times, timed
from tests.own_server import served
from tests.trial import free_port

if TYPE_CHECKING:
    from booking.search import Query
    from booking.services.load import Load
    from identity.models import Municipality

DAYS, SAMPLES, WARM = 60, 500, 50
SLOW = 0.015
MIB = 2**20


class Goals(NamedTuple):
    """What is allowed, in milliseconds; `ratio`: to the bare SQL of the same rows."""

    calendars: int
    first: str
    grid: int
    month: int
    joint: int
    ratio: float


NORMAL = Goals(100, "G1: p50 8, p99 15", 50, 60, 40, 2.0)
LARGE = Goals(1000, "G1b: p50 30, p99 50", 250, 250, 150, 2.5)
_ROWS = """
SELECT calendar_id, block_from, block_to FROM booking_occupancy
WHERE municipality_id = %s AND live AND calendar_id = ANY(%s) AND block_from >= %s AND block_from < %s
"""


def main(*calendars: int, days: int = DAYS, samples: int = SAMPLES) -> None:
    """Print every figure, of both data sets or of so many calendars."""
    chosen = [LARGE._replace(calendars=many) for many in calendars] or [NORMAL, LARGE]
    for goals in chosen:
        with served() as (_, municipality):
            logging.getLogger("motas").setLevel("WARNING")
            made = _load(municipality, goals.calendars, days)
            print(f"{goals.calendars} calendars, {days} days, {made.bookings} bookings")
            _inside(municipality, made, goals, samples)
            _outside(municipality, made, goals, samples)


def _inside(municipality: Municipality, made: Load, goals: Goals, samples: int) -> None:
    """In process: the ratio, the grid, several roles."""
    from booking.search import Query, RoleWanted, find, overview

    few = max(samples // 5, 2)
    bare = Times.of(_bare(municipality, made), samples=few, warm=3)
    usual = Query(made.meeting_type, "video", 10)
    _interpreters(municipality, made)
    several = (RoleWanted("officer"), RoleWanted("interpreter", language="ar"))
    first = Times.of(_asking(municipality, find, usual), samples=samples, warm=WARM)
    print(f"bare SQL of the same rows:      {bare}")
    print(f"first 10 in process:            {first}; ratio {first.p50 / bare.p50:.2f} (goal {goals.ratio})")
    grid = Times.of(_asking(municipality, overview, usual), samples=few, warm=3)
    print(f"grid of {DAYS} days in process:     {grid} (G2: p99 {goals.grid} at the server)")
    joint = Times.of(_asking(municipality, find, replace(usual, roles=several)), samples=few, warm=3)
    print(f"2 officers and an interpreter:  {joint} (G4: p99 {goals.joint} at the server)")


def _outside(municipality: Municipality, made: Load, goals: Goals, samples: int) -> None:
    """Over HTTP: the first request, the first ten, 31 days, and the memory afterwards."""
    from django.utils import timezone

    today = timezone.localdate()
    month = {"from": today, "until": today + timedelta(days=30)}
    with _uvicorn() as (port, process):
        ask = _client(port, _token(municipality), made.meeting_type)
        _, cold = timed(lambda: ask("slots", {}))
        ask.measured()
        at_client = Times.of(lambda: ask("slots", {}), samples=samples, warm=WARM)
        at_server = Times(tuple(ask.measured()[-samples:]))
        print(f"first request after the start:  {cold * 1000:.0f} ms (G5: 400 ms)")
        print(f"first 10 at the server:         {at_server} ({goals.first})")
        print(f"first 10 at the client:         {at_client}")
        few = max(samples // 5, 2)
        Times.of(lambda: ask("slots/days", month), samples=few, warm=3)
        days = Times(tuple(ask.measured()[-few:]))
        print(f"31 days at the server:          {days} (G3: p99 {goals.month})")
        print(f"memory of the process:          {_resident(process) / MIB:.0f} MiB (goal 250)")
    if at_server.p99 > SLOW:
        print(_profile(_request(municipality, made.meeting_type)))


def _resident(process: subprocess.Popen[bytes]) -> int:
    """Bytes of memory that a process has now."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _interpreters(municipality: Municipality, made: Load) -> None:
    """Ten interpreters beside the officers, open on workdays."""
    from booking.models import Calendar, OpeningRule
    from identity import scope

    with scope.transaction(municipality.id):
        unit = Calendar.objects.filter(uuid=made.calendars[0]).values_list("unit_id", flat=True)[0]
        for _ in range(10):
            one = Calendar.objects.create(unit_id=unit, kind="interpreter", languages=["ar"])
            for weekday in range(1, 6):
                OpeningRule.objects.create(
                    calendar=one, weekday=weekday, from_minute=480, to_minute=1020, forms=["video"]
                )


def _load(municipality: Municipality, calendars: int, days: int) -> Load:
    from django.utils import timezone

    from booking.services import load
    from config.management.commands.make_load import analyse

    made = load.fill(municipality=municipality.id, calendars=calendars, days=days, first=timezone.localdate())
    analyse()
    return made


def _bare(municipality: Municipality, made: Load) -> Callable[[], object]:
    """The rows that a search for ten times reads, of the seven days that it looks at first."""
    from django.db import connection
    from django.utils import timezone

    from booking.models import Calendar
    from booking.timeline import floor_tick
    from identity import scope

    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    span = [floor_tick(timezone.now()), floor_tick(midnight + timedelta(days=7))]
    with scope.transaction(municipality.id):
        pool = list(Calendar.objects.filter(uuid__in=made.calendars).values_list("id", flat=True))

    def rows() -> object:
        with scope.transaction(municipality.id), connection.cursor() as cursor:
            cursor.execute(_ROWS, [municipality.id, pool, *span])
            return cursor.fetchall()

    return rows


def _asking(municipality: Municipality, use: Callable[..., object], query: Query) -> Callable[[], object]:
    from django.utils import timezone

    from identity import scope

    def search() -> object:
        with scope.transaction(municipality.id):
            return use(query, now=timezone.now())

    return search


def _token(municipality: Municipality) -> str:
    from tests.tokens import token

    return token(municipality, "slots:read", searches_per_minute=0)


@dataclass
class _Asker:
    """One client on the loopback, one request after the other."""

    line: http.client.HTTPConnection
    token: str
    meeting_type: UUID

    def __call__(self, path: str, more: Mapping[str, object]) -> object:
        """The answer to a search."""
        asked = {"meeting_type": self.meeting_type, "form": "video", **more}
        return self._get(f"/api/v1/{path}?{urlencode(asked)}")

    def measured(self) -> list[float]:
        """The times at the server since this was last asked."""
        found = self._get("/measured")
        return found if isinstance(found, list) else []

    def _get(self, path: str) -> object:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        self.line.request("GET", path, headers=headers)
        answer = self.line.getresponse()
        body = json.load(answer)
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {body}")
        return body


def _client(port: int, token: str, meeting_type: UUID) -> _Asker:
    return _Asker(http.client.HTTPConnection("localhost", port), token, meeting_type)


@contextmanager
def _uvicorn() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The product behind uvicorn, in a process of its own, on the database of this one; with its pool."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.benchmarks.timed_app:application", "--port", str(port)]
    env = {name: value for name, value in os.environ.items() if name != "MOTAS_NO_POOL"}
    quiet = ["--lifespan", "off", "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen([*command, *quiet], env=env, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            line = http.client.HTTPConnection("localhost", port, timeout=5)
            line.request("GET", "/measured")
            line.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("uvicorn does not answer")


def _request(municipality: Municipality, meeting_type: UUID) -> Callable[[], object]:
    """The same request through Django alone, in this process."""
    from django.test import Client

    client = Client(headers={"Authorization": f"Bearer {_token(municipality)}", "Host": "localhost"})
    query = {"meeting_type": str(meeting_type), "form": "video"}
    return lambda: client.get("/api/v1/slots", query)


def _profile(request: Callable[[], object], times: int = 50) -> str:
    """Where the time goes: the functions that take most of it themselves."""
    request()
    profile, out = cProfile.Profile(), io.StringIO()
    with profile:
        for _ in range(times):
            request()
    pstats.Stats(profile, stream=out).strip_dirs().sort_stats("tottime").print_stats(15)
    return out.getvalue()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
