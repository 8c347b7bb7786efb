"""Nobody walks round the walls: tenant tables have scoped managers, and SQL by hand is listed."""

import ast

from django.apps import apps
from django.db.models import Model

from identity.scope import ScopedManager
from tests.sources import PACKAGES, dotted, name_of, product_modules, tree

# Outside the walls on purpose: it is read before anybody knows whose it is.
OUTSIDE = {"Session"}

# Modules that speak SQL themselves, and so must think of the walls themselves.
SQL_BY_HAND = {
    "booking/asking.py",
    "booking/deciding.py",
    "booking/heartbeat.py",
    "booking/idempotency.py",
    "booking/opening_preview.py",
    "booking/opening_state.py",
    "booking/plans.py",
    "booking/pool.py",
    "booking/services/claims.py",
    "booking/services/fairness.py",
    "booking/services/load.py",
    "booking/taken.py",
    "config/embedded.py",
    "config/health.py",
    "config/management/commands/make_load.py",
    "config/production.py",
    "identity/grants.py",
    "identity/limits.py",
    "identity/prepared.py",
    "identity/rotation.py",
    "identity/scope.py",
    "identity/sealing.py",
    "identity/token_asking.py",
}
WAYS_ROUND = {"_base_manager", "_default_manager", "_raw_delete", "unscoped"}


def tenant_models() -> list[type[Model]]:
    """Models whose rows belong to a municipality."""
    ours = [model for model in apps.get_models() if model._meta.app_label in PACKAGES]
    with_column = [m for m in ours if any(field.name == "municipality" for field in m._meta.local_fields)]
    return [model for model in with_column if model.__name__ not in OUTSIDE]


def test_every_tenant_table_has_the_managers_that_refuse_without_a_scope() -> None:
    assert tenant_models()
    managers = [m for model in tenant_models() for m in (*model._meta.managers, model._base_manager)]
    assert not [str(manager) for manager in managers if not isinstance(manager, ScopedManager)]


def test_sql_by_hand_stands_only_where_it_is_listed() -> None:
    speaking = {
        name_of(path)
        for path in product_modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (
            dotted(node.func)[-1:] in (["cursor"], ["raw"], ["extra"], ["RawSQL"])
            or dotted(node.func)[:1] in (["psycopg"], ["prepared"])
        )
    }
    assert speaking == SQL_BY_HAND


def test_nobody_takes_a_way_round_the_scoped_managers() -> None:
    round_it = {
        f"{name_of(path)}:{node.lineno}"
        for path in product_modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in WAYS_ROUND
    }
    assert not round_it
