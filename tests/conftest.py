"""Fixtures of the whole house: a real PostgreSQL per test process, the walls, and a small town."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client, TransactionTestCase

from config import embedded, trial
from config.owner import as_owner
from identity import actors, keyring, scope
from identity.actors import Actor
from identity.models import Municipality, Person
from tests import prepared
from tests.town import Town, build

# Pages asked for by the test client name their files plainly; hashed names have their own test and the browsers'.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)

_KEPT = ("django_migrations", "booking_steptext")
# Files with few tests that take long. They begin first, so that no process is left alone with one at the end.
_LONG = (
    *("test_matrix_of_staff.py", "test_matrix.py", "test_planted.py", "test_rotation_under_load.py", "test_fuzz.py"),
    *("test_axe.py", "test_meeting_faults.py", "test_logs.py", "test_oidc.py", "test_headers.py"),
)
_server: list[embedded.Server] = []


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Random order within files and between them, but for the long ones."""
    items.sort(key=lambda item: item.path.name not in _LONG)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:  # noqa: ANN401
    """Start the embedded server on a copy of what is migrated already, shipped texts included; stop it at the end."""
    prepared.migrated(settings.VAR)
    keyring.make_trial_secrets(settings.KEYS_DIR)
    settings.SECRET_KEY = keyring.read_secret(settings.KEYS_DIR / "django")
    server = embedded.Server(settings.VAR)
    server.start()
    _server.append(server)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    server.stop()


def _empty_tables(self: TransactionTestCase) -> None:
    """After a test without a surrounding transaction: empty every table but the shipped texts."""
    connections["default"].close()
    cache.clear()
    with psycopg.connect(**_server[0].superuser("motas"), autocommit=True) as database:
        database.execute("SET session_replication_role = replica")
        rows = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in rows:
            if table not in _KEPT:
                database.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names from the catalogue
        database.execute("DELETE FROM booking_steptext WHERE municipality_id IS NOT NULL")


setattr(TransactionTestCase, "_fixture_teardown", _empty_tables)  # noqa: B010 - private, hence not in the stubs


@pytest.fixture(autouse=True)
def _no_memory_between_tests() -> Iterator[None]:
    """The cache of hosts outlives a rolled-back municipality."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def superuser() -> Callable[[], psycopg.Connection[Any]]:
    """Connections as the database's superuser: for looking at what the walls hide."""
    return lambda: psycopg.connect(**_server[0].superuser("motas"), autocommit=True)


@pytest.fixture
def municipality(request: pytest.FixtureRequest) -> Municipality:
    """An empty municipality at testserver and localhost."""
    _database_of(request)
    return _as_superuser_made("exempelkommun", "ex", "Exempelkommun", ["testserver", "localhost"])


@pytest.fixture
def neighbour(request: pytest.FixtureRequest) -> Municipality:
    """Another municipality, at its own host: Greta works there."""
    _database_of(request)
    return _as_superuser_made("grannkommun", "gr", "Grannkommun", ["granne.example"])


@pytest.fixture
def municipality_at(request: pytest.FixtureRequest) -> Callable[[str], Municipality]:
    """Makes further empty municipalities, `name`, each at the host `<name>.example`."""
    _database_of(request)
    return lambda name: _as_superuser_made(name, f"{name[0]}{name[-1]}", name.capitalize(), [f"{name}.example"])


def _database_of(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("django_db")
    whole = marker is not None and marker.kwargs.get("transaction")
    request.getfixturevalue("transactional_db" if whole else "db")


def _as_superuser_made(slug: str, short_id: str, name: str, hosts: list[str]) -> Municipality:
    """The web role may not write municipalities: borrow the owner's rights inside the test's transaction."""
    connection = connections["default"]
    if connection.in_atomic_block:
        with psycopg.connect(**_server[0].superuser("motas"), autocommit=True) as database:
            database.execute("GRANT INSERT ON identity_municipality TO motas_web")
        try:
            return trial.municipality(hosts, slug, short_id, name)
        finally:
            with psycopg.connect(**_server[0].superuser("motas"), autocommit=True) as database:
                database.execute("REVOKE INSERT ON identity_municipality FROM motas_web")
    with as_owner():
        return trial.municipality(hosts, slug, short_id, name)


@pytest.fixture
def town(municipality: Municipality) -> Town:
    """The invented municipality, filled: services, units, the cast, opening rules on workdays."""
    return build(municipality)


@pytest.fixture
def as_actor(town: Town) -> Callable[[str], Actor]:
    """The actor that one of the cast is, freshly signed in at LOA3."""

    def actor(key: str) -> Actor:
        from django.utils import timezone

        with scope.transaction(town.municipality.id):
            person = Person.objects.get(cast_name=key)
            return actors.of_person(person, provider="trial", level="LOA3", session_key=f"s-{key}", at=timezone.now())

    return actor


@pytest.fixture
def browser_as(town: Town) -> Callable[[str], Client]:
    """A test client in which one of the cast has signed in, over https as cookies demand."""

    def browser(key: str = "") -> Client:
        client = Client()
        client.defaults["wsgi.url_scheme"] = "https"
        client.defaults["SERVER_NAME"] = "localhost"
        if key:
            assert client.get(f"/prova/in/{key}/", secure=True).status_code == 302
        return client

    return browser


@pytest.fixture
def folder_of_tests() -> Path:
    """Where the tests stand."""
    return Path(__file__).parent


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cells and cases were asked: a matrix that shrinks is to be seen."""
    for report in [one for kind in ("passed", "failed") for one in terminalreporter.getreports(kind)]:
        for name, asked in getattr(report, "user_properties", ()):
            if name == "asked":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {asked}")
