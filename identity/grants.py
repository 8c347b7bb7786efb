"""Rights in the database: one table, role x table. Applied after every migration, as the owner.

There are no default privileges: a table that is missing here can be used by nobody but its owner,
and a test lists the rights that the database really has.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

WEB = "motas_web"
_ALL = "SELECT, INSERT, UPDATE, DELETE"

RIGHTS: dict[str, dict[str, str]] = {
    WEB: {
        "identity_region": "SELECT",
        "identity_municipality": "SELECT",
        "identity_unit": _ALL,
        "identity_person": _ALL,
        "identity_membership": _ALL,
        "identity_session": _ALL,
        "identity_apitoken": _ALL,
        "identity_accessentry": "INSERT",
        "identity_limitbucket": _ALL,
        "django_migrations": "SELECT",
    }
}


def register(table_rights: dict[str, str], role: str = WEB) -> None:
    """Add the rights of another package's tables; called once when that package starts."""
    RIGHTS.setdefault(role, {}).update(table_rights)


def apply(using: str = "default", **_: Any) -> None:
    """Make the database's rights equal to the table. Does nothing when the web role runs it."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] in RIGHTS:
            return
        existing = set(connection.introspection.table_names(cursor))
        for role, tables in RIGHTS.items():
            cursor.execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
            cursor.execute(f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{role}"')
            cursor.execute(f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
            for table, rights in tables.items():
                if table in existing:
                    cursor.execute(f'GRANT {rights} ON "{table}" TO "{role}"')
