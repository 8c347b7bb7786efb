"""Row-level security and pair foreign keys as one migration operation.

    operations = [..., Wall("booking", "occupancy")]

For every named model: `UNIQUE (municipality_id, id)`, ENABLE and FORCE row-level security, the policy,
and one foreign key `(municipality_id, x_id)` for each `TenantForeignKey`. Models with shipped rows
(`municipality_id` NULL) get a second policy that lets everybody read those.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.models import Model

from identity.fields import TenantForeignKey, TenantOneToOneField

_OWN = "municipality_id = nullif(current_setting('app.municipality', true), '')::int"


def _pair_keys(model: type[Model]) -> Iterator[TenantForeignKey | TenantOneToOneField]:
    return (f for f in model._meta.local_fields if isinstance(f, TenantForeignKey | TenantOneToOneField))


def pair(model: type[Model], *, shipped_rows: bool = False) -> str:
    """The SQL of the unique pair that other tables' keys point at."""
    table, unique = model._meta.db_table, "UNIQUE NULLS NOT DISTINCT" if shipped_rows else "UNIQUE"
    return f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_own" {unique} (municipality_id, "{model._meta.pk.column}")'


def statements(model: type[Model], *, shipped_rows: bool = False) -> list[str]:
    """The SQL that builds the wall of one table, in order, after every table has its `pair`."""
    table = model._meta.db_table
    sql = []
    for field in _pair_keys(model):
        target = field.related_model._meta
        sql.append(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{field.column}_pair" '
            f'FOREIGN KEY (municipality_id, "{field.column}") '
            f'REFERENCES "{target.db_table}" (municipality_id, "{target.pk.column}") DEFERRABLE INITIALLY DEFERRED'
        )
    sql += [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY own ON "{table}" USING ({_OWN}) WITH CHECK ({_OWN})',
    ]
    if shipped_rows:
        sql.append(f'CREATE POLICY shipped ON "{table}" FOR SELECT USING (municipality_id IS NULL)')
    return sql


class Wall(Operation):
    """Build the wall of tenant tables; put it after the tables' own operations."""

    reversible = True

    def __init__(self, *models: str, shipped_rows: bool = False) -> None:
        """`models`: names in this app; `shipped_rows`: rows without a municipality may be read by all."""
        self.models, self.shipped_rows = models, shipped_rows

    def state_forwards(self, app_label: str, state: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Nothing that the models know of."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ANN401
        """Build the walls."""
        models = [to_state.apps.get_model(app_label, name) for name in self.models]
        for model in models:
            schema_editor.execute(pair(model, shipped_rows=self.shipped_rows))
        for model in models:
            for sql in statements(model, shipped_rows=self.shipped_rows):
                schema_editor.execute(sql)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ANN401
        """Take the walls down again, last one first."""
        for name in reversed(self.models):
            table = from_state.apps.get_model(app_label, name)._meta.db_table
            schema_editor.execute(f'DROP POLICY own ON "{table}"')
            schema_editor.execute(f'DROP POLICY IF EXISTS shipped ON "{table}"')
            schema_editor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
            schema_editor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')

    def describe(self) -> str:
        """One line for the migration's output."""
        return "Build the walls of " + ", ".join(self.models)
