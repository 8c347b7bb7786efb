"""Search a backup without its keys for planted people: `make planted`, with ARGS="--people 1000".

Invented residents are planted by real use cases and pages: sign-ins, sessions, bookings, messages, representatives,
contradictions, log lines. Then the data folder of PostgreSQL as it lies on the disk, a dump of every row, the log
lines and Redis' files are searched, byte by byte, in every spelling and writing. The same search must find a control
that is planted in clear in each of these places. Exit code 1 for anything else that is found, or a control that is not.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests import numbers_of_tests
from tests.own_server import served, set_up, superuser
from tests.programs import searching
from tests.programs.searching import Planted
from tests.trial import free_port

if TYPE_CHECKING:
    from config.embedded import Server

CONTROL = numbers_of_tests.PUBLISHED[0]
_PATIENCE = 10


@dataclass(frozen=True)
class Outcome:
    """`there`: planted people that are kept, by those who have the keys; `found`: what the search found, by file."""

    people: int
    there: int
    booked: int
    octets: int
    found: dict[str, set[str]]
    control: dict[str, set[str]]
    seconds: float

    @property
    def sound(self) -> bool:
        """Everybody is there, nobody is found, and the control is found in every place."""
        places = {name.partition("/")[0] for name in self.control}
        return self.there == self.people and not self.found and places >= {"data", "dump", "logs", "redis"}


def run(people: int) -> Outcome:
    """Plant, copy, search."""
    with tempfile.TemporaryDirectory(prefix="motas-planted-") as folder:
        backup = Path(folder) / "backup"
        backup.mkdir()
        with _redis(Path(folder) / "redis"), served() as (server, municipality):
            there, booked = _planted(municipality, people, backup / "logs")
            _copy(server, backup)
            _copy_redis(Path(folder) / "redis", backup)
        began = time.perf_counter()
        found = searching.found_in(backup, _wanted(people))
        control = searching.found_in(backup, Planted.of([CONTROL], []))
        octets = sum(path.stat().st_size for path in backup.rglob("*") if path.is_file())
        return Outcome(people, there, booked, octets, found, control, time.perf_counter() - began)


def _wanted(people: int) -> Planted:
    from tests.programs.planting import MARK, PHONES

    numbers = numbers_of_tests.series(people)
    phones = f"46{PHONES}"  # six digits alone stand in hexadecimal texts by chance
    return Planted.of(numbers, [MARK, MARK.lower(), phones])


def _planted(municipality: object, people: int, lines: Path) -> tuple[int, int]:
    """How many are there, and how many have a booking; and the control, in clear, in every place."""
    from django.conf import settings

    from identity import scope
    from identity.models import Municipality, Unit
    from tests.programs import planting
    from tests.town import build

    assert isinstance(municipality, Municipality)
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    lines.mkdir()
    town = build(municipality)
    with planting.logged(lines / "motas.log"):
        booked = planting.plant(town, people)
        planting.knock()
    with scope.transaction(municipality.id, durable=True):
        Unit.objects.create(name=f"Kontroll {CONTROL[:8]}-{CONTROL[8:]}", phone="08-465 004 29")
    with (lines / "motas.log").open("a") as log:
        log.write(f"in clear {CONTROL[2:8]}+{CONTROL[8:]}\n")
    return planting.kept_and_found(municipality, people), booked


def _copy(server: Server, backup: Path) -> None:
    """Pages as they lie on the disk, write-ahead log too, and every row as text."""
    with superuser(server) as database:
        database.execute("CHECKPOINT")
        tables = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        with (backup / "dump").open("w") as dump:
            for (table,) in tables:
                for (row,) in database.execute(f'SELECT t::text FROM "{table}" t'):  # noqa: S608 - from the catalogue
                    dump.write(f"{table} {row}\n")
    shutil.copytree(server.data, backup / "data", ignore=shutil.ignore_patterns("postmaster.*"))
    for log in server.var.glob("*.log"):
        shutil.copy(log, backup / "logs" / log.name)


@contextmanager
def _redis(folder: Path) -> Iterator[None]:
    """A Redis of one's own, with its file on, named before Django reads its settings."""
    import redis

    folder.mkdir()
    port = free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--appendonly", "yes"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    import tests.environment  # noqa: F401 - empties the variable that is set here

    os.environ["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    client = redis.Redis(port=port)
    try:
        _until_well(client)
        set_up()
        yield
    finally:
        client.close()
        process.terminate()
        process.wait(_PATIENCE)


def _until_well(client: object) -> None:
    import redis

    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            client.ping()  # type: ignore[attr-defined]
        except redis.RedisError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("Redis did not start")


def _copy_redis(folder: Path, backup: Path) -> None:
    import redis
    from django.conf import settings

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert client.llen("celery") or client.keys("*"), "nothing stands in Redis"
        client.set("control", f"{CONTROL[:8]} {CONTROL[8:]}")
        client.save()
        time.sleep(1.1)  # the file is written to the disk every second
    shutil.copytree(folder, backup / "redis")


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=1000)
    outcome = run(parser.parse_args(arguments).people)
    print(f"{outcome.there} of {outcome.people} planted people are kept, {outcome.booked} with a booking")
    print(f"{outcome.octets / 1e6:.0f} MB searched in {outcome.seconds:.1f} s; found in {len(outcome.found)} files")
    for name, what in outcome.found.items():
        print(f"  {name}: {', '.join(sorted(what))}")
    print(f"the control was found in {', '.join(sorted({name.partition('/')[0] for name in outcome.control}))}")
    return 0 if outcome.sound else 1


if __name__ == "__main__":
    sys.exit(main())
