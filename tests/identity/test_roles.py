"""What each role of the database may do, tried in plain SQL: nothing but the walls and the rights stand in the way."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from identity import sealing
from identity.grants import LOG_READER, LOG_WRITER, WEB, WORKER, rights_of_roles
from identity.models import Municipality
from tests.identity.log_entries import append
from tests.identity.plain_rows import insertion
from tests.identity.test_walls import TENANT

Super = Callable[[], psycopg.Connection[Any]]
ROLES = (WEB, WORKER, LOG_WRITER, LOG_READER)
LOG = "identity_accessentry"
TABLES = sorted(model._meta.db_table for model in TENANT)
_RIGHTS = """
SELECT pg_get_userbyid(acl.grantee), c.relname, acl.privilege_type, NULL
FROM pg_class c, aclexplode(c.relacl) acl
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
AND acl.grantee <> c.relowner
UNION ALL
SELECT pg_get_userbyid(acl.grantee), c.relname, acl.privilege_type, a.attname
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) acl
WHERE c.relnamespace = 'public'::regnamespace AND acl.grantee <> c.relowner
"""


@contextmanager
def as_role(role: str, municipality: int | None = None) -> Iterator[psycopg.Connection[Any]]:
    """A connection of a role, with a municipality named or none."""
    database = settings.DATABASES["default"]
    with psycopg.connect(host=database["HOST"], dbname=database["NAME"], user=role, autocommit=True) as connection:
        if municipality is not None:
            connection.execute("SELECT set_config('app.municipality', %s, false)", [str(municipality)])
        yield connection


def rights() -> set[tuple[str, str, str, str | None]]:
    """Role, table, right and column (None: the whole table), as the code grants them."""
    granted = set()
    for role, tables in rights_of_roles().items():
        for table, text in tables.items():
            for right, columns in re.findall(r"([A-Z]+)(?: \(([^)]*)\))?", text):
                granted |= {(role, table, right, column) for column in columns.split(", ")} if columns else set()
                granted |= set() if columns else {(role, table, right, None)}
    return granted


def may(role: str, table: str, right: str) -> bool:
    """True when the role has the right on the whole table."""
    return (role, table, right, None) in rights()


def test_the_rights_in_the_database_are_those_of_the_code_for_every_role_and_column(db: None, superuser: Super) -> None:
    with superuser() as database:
        real = set(database.execute(_RIGHTS).fetchall())
    assert real == rights()
    assert {role for role, *_ in real} == set(ROLES)
    assert {(*_, column) for role, table, *_, column in real if (role, table) == (WEB, LOG)} == {("INSERT", None)}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_owns_nothing_passes_no_wall_and_becomes_no_other(db: None, superuser: Super, role: str) -> None:
    with superuser() as database:
        facts = database.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication, "
            "EXISTS (SELECT FROM pg_class WHERE relowner = r.oid), "
            "EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) FROM pg_roles r WHERE rolname = %s",
            [role],
        ).fetchone()
    assert facts == (False,) * 7
    with as_role(role) as own, pytest.raises(InsufficientPrivilege):
        own.execute("SET ROLE motas_owner")
    with as_role(role) as own, pytest.raises(InsufficientPrivilege):
        own.execute("CREATE TABLE public.aside (id int)")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "aside", ["CREATE TEMPORARY TABLE aside (id int)", "SELECT lo_create(0)", "SELECT lo_creat(-1)"]
)
def test_a_role_keeps_nothing_outside_the_walls(db: None, role: str, aside: str) -> None:
    with as_role(role) as own, pytest.raises(InsufficientPrivilege):
        own.execute(aside.encode())


class Walls:
    """The checks of one role against every table that has a municipality."""

    def __init__(self, role: str, here: int, there: int) -> None:
        self.role, self.here, self.there, self.checks = role, here, there, 0

    def check(self, *, table: str) -> None:
        """All checks of one table."""
        with as_role(self.role) as nowhere, as_role(self.role, self.here) as inside:
            self._reads(nowhere, inside, table)
            self._writes(inside, table)

    def _reads(self, nowhere: psycopg.Connection[Any], inside: psycopg.Connection[Any], table: str) -> None:
        count = sql.SQL("SELECT municipality_id, count(*) FROM {} WHERE municipality_id IS NOT NULL GROUP BY 1")
        asked = count.format(sql.Identifier(table))
        if may(self.role, table, "SELECT"):
            assert nowhere.execute(asked).fetchall() == [], f"{table} without a scope"
            assert inside.execute(asked).fetchall() == [(self.here, 1)], f"{table} inside a scope"
        else:
            self._refused(nowhere, asked, "permission denied")
            self._refused(inside, asked, "permission denied")
        self.checks += 2

    def _writes(self, inside: psycopg.Connection[Any], table: str) -> None:
        with as_role("postgres") as catalogue:
            into_another = insertion(catalogue, table, self.there)
        move = sql.SQL("UPDATE {} SET municipality_id = {}").format(sql.Identifier(table), self.there)
        empty = sql.SQL("DELETE FROM {} WHERE municipality_id = {}").format(sql.Identifier(table), self.there)
        for right, statement in (("INSERT", into_another), ("UPDATE", move)):
            words = "row-level security" if may(self.role, table, right) else "permission denied"
            self._refused(inside, statement, words)
        if may(self.role, table, "DELETE"):
            assert inside.execute(empty).rowcount == 0, f"{table}: rows of another"
        else:
            self._refused(inside, empty, "permission denied")
        self._refused(inside, sql.SQL("TRUNCATE {}").format(sql.Identifier(table)), "permission denied")
        self.checks += 4

    def _refused(self, database: psycopg.Connection[Any], statement: sql.Composed, words: str) -> None:
        with pytest.raises(InsufficientPrivilege, match=words):
            database.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ROLES)
def test_no_role_reaches_another_municipality_in_any_table(
    municipality: Municipality, neighbour: Municipality, superuser: Super, role: str
) -> None:
    with superuser() as database:
        database.execute("SET session_replication_role = replica")
        for table in TABLES:
            for one in (municipality, neighbour):
                database.execute(insertion(database, table, one.id))
    walls = Walls(role, municipality.id, neighbour.id)
    for table in TABLES:
        walls.check(table=table)
    assert len(TABLES) > 35
    assert walls.checks == 6 * len(TABLES)
    sys.stdout.write(f"{walls.checks} checks as {role} in {len(TABLES)} tables\n")


_NEW = "INSERT INTO identity_accessentry (municipality_id, id, at, role, action, kind, objects_seen, allowed, reason"
_ROW = "VALUES (current_setting('app.municipality')::int, gen_random_uuid(), now(), 'system', 'x', 'x', '{}', true, ''"
REFUSED_OF_ALL = [
    "UPDATE identity_accessentry SET allowed = true",
    "UPDATE identity_accessentry SET number = 2, hash = sha256(''), at = now()",
    "DELETE FROM identity_accessentry",
    "TRUNCATE identity_accessentry",
    "ALTER TABLE identity_accessentry DISABLE TRIGGER seal_once",
    "ALTER TABLE identity_accessentry NO FORCE ROW LEVEL SECURITY",
    "DROP TRIGGER seal_once ON identity_accessentry",
    "CREATE OR REPLACE FUNCTION identity_seal_once() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SET session_replication_role = replica",
]
REFUSED = {
    WEB: [
        "SELECT count(*) FROM identity_accessentry",
        "SELECT * FROM identity_unsealed()",
        "UPDATE identity_accessentry SET number = 2, hash = sha256('')",
        f"{_NEW}) {_ROW}) RETURNING id",
        f"{_NEW}, number) {_ROW}, 2)",
        f"{_NEW}, hash) {_ROW}, sha256(''))",
    ],
    LOG_WRITER: [
        f"{_NEW}) {_ROW})",
        "UPDATE identity_accessentry SET number = 2, hash = sha256('') WHERE number = 1",
        "UPDATE identity_accessentry SET number = NULL, hash = NULL",
        "UPDATE identity_accessentry SET hash = sha256('') WHERE number IS NULL",
        "UPDATE identity_accessentry SET number = 2 WHERE number IS NULL",
    ],
    LOG_READER: [
        f"{_NEW}) {_ROW})",
        "UPDATE identity_accessentry SET number = 2, hash = sha256('')",
        "SELECT id FROM identity_accessentry FOR UPDATE",
    ],
}
REFUSED[WORKER] = REFUSED[WEB]


@pytest.mark.django_db(transaction=True, databases=["default", "log_writer"])
@pytest.mark.parametrize(
    ("role", "statement"), [(role, text) for role in ROLES for text in (*REFUSED_OF_ALL, *REFUSED[role])]
)
def test_nobody_does_more_to_the_access_log_than_their_role(
    municipality: Municipality, superuser: Super, role: str, statement: str
) -> None:
    append(municipality)
    sealing.seal(municipality.id)
    append(municipality)
    everything = "SELECT e::text FROM identity_accessentry e ORDER BY number"
    with superuser() as database:
        before = database.execute(everything).fetchall()
        with as_role(role, municipality.id) as own, pytest.raises(InsufficientPrivilege):
            own.execute(statement.encode())
        assert database.execute(everything).fetchall() == before


@pytest.mark.django_db(transaction=True)
def test_each_role_does_to_the_access_log_what_it_is_there_for(municipality: Municipality) -> None:
    """What the refusals above would look like if nothing worked at all."""
    with as_role(WEB, municipality.id) as own:
        assert own.execute(f"{_NEW}) {_ROW})".encode()).rowcount == 1
    with as_role(LOG_WRITER, municipality.id) as own:
        seal = "UPDATE identity_accessentry SET number = 1, hash = sha256('') WHERE number IS NULL"
        assert own.execute(seal.encode()).rowcount == 1
    with as_role(LOG_READER, municipality.id) as own:
        assert own.execute(b"SELECT number FROM identity_accessentry").fetchall() == [(1,)]
