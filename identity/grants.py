"""Rights in the database: one table, role x table. Applied after every migration, as the owner.

There are no default privileges: a table that is missing here can be used by nobody but its owner,
and a test lists the rights that the database really has.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

WEB, WORKER = "motas_web", "motas_worker"
LOG_WRITER, LOG_READER = "motas_log_writer", "motas_log_reader"
_ALL = "SELECT, INSERT, UPDATE, DELETE"
_TENANT_TABLES = (
    "unit", "person", "membership", "staffaccount", "namedreader", "representation", "identityprovider",
    "externalidentity", "identityconflict", "signinattempt", "passkey", "recoverycode", "staffinvitation",
    "apitoken", "proposal", "opening", "alert", "logreview", "logpick", "retentionrule",
)  # fmt: skip

RIGHTS: dict[str, dict[str, str]] = {
    WEB: {
        "identity_region": "SELECT",
        "identity_municipality": "SELECT",
        **{f"identity_{table}": _ALL for table in _TENANT_TABLES},
        "identity_session": _ALL,
        "identity_accessentry": "INSERT",
        "identity_limitbucket": _ALL,
        "django_migrations": "SELECT",
    },
    # Seals access entries: two columns, once (a trigger), and nothing else.
    LOG_WRITER: {"identity_municipality": "SELECT", "identity_accessentry": "SELECT, UPDATE (number, hash)"},
    LOG_READER: {"identity_municipality": "SELECT", "identity_accessentry": "SELECT"},
}


def register(table_rights: dict[str, str], role: str = WEB) -> None:
    """Add the rights of another package's tables; called once when that package starts."""
    RIGHTS.setdefault(role, {}).update(table_rights)


def rights_of_roles() -> dict[str, dict[str, str]]:
    """Every role's rights. The worker's are the web's: jobs call the same use cases."""
    return RIGHTS | {WORKER: RIGHTS[WEB]}


def apply(using: str = "default", **_: Any) -> None:
    """Make the database's rights equal to the table. Does nothing when the web role runs it."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] in rights_of_roles():
            return
        existing = set(connection.introspection.table_names(cursor))
        _revoke_temporary(cursor)
        for role, tables in rights_of_roles().items():
            cursor.execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
            cursor.execute(f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{role}"')
            cursor.execute(f'REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM "{role}"')  # identity columns need none
            for table, rights in tables.items():
                if table in existing:
                    cursor.execute(f'GRANT {rights} ON "{table}" TO "{role}"')


def _revoke_temporary(cursor: Any) -> None:  # noqa: ANN401 - a wrapped cursor
    """Nobody but the owner makes temporary tables: they are outside the walls. Only a database's owner can say so."""
    cursor.execute(
        "SELECT current_database() FROM pg_database "
        "WHERE datname = current_database() AND pg_has_role(current_user, datdba, 'USAGE')"
    )
    if row := cursor.fetchone():
        cursor.execute(f'REVOKE TEMPORARY ON DATABASE "{row[0]}" FROM PUBLIC')
