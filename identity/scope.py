"""The walls between municipalities: which one is active, and the only way to its tables.

`transaction(municipality)` opens a transaction and tells PostgreSQL, as its first statement and for
this transaction only, whose rows may be seen; row-level security does the rest. Managers of tenant
tables raise `NoScope` outside it, also when a lazy queryset is evaluated too late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, TypeVar

from django.db import connections, models
from django.db import transaction as database_transaction

from identity.errors import NoScope

_active: ContextVar[int | None] = ContextVar("motas_municipality", default=None)
NO_LIMITS: Mapping[str, str] = MappingProxyType({})
M = TypeVar("M", bound=models.Model, covariant=True)


def current() -> int:
    """The active municipality's id. Raises `NoScope`."""
    municipality = _active.get()
    if municipality is None:
        raise NoScope("a tenant table was used outside identity.scope.transaction()")
    return municipality


@contextmanager
def transaction(
    municipality: int, *, durable: bool = False, using: str = "default", limits: Mapping[str, str] = NO_LIMITS
) -> Iterator[None]:
    """One transaction in one municipality. `durable`: it may not stand inside another one.

    Inside another scope only the same municipality may be named again. `using`: another role's connection
    (`log_reader`, `log_writer`), which is told the municipality for itself. `limits`: settings of this transaction
    (`lock_timeout`), told in the same first statement.
    """
    outer = _active.get()
    if outer is not None and outer != municipality:
        raise NoScope("a scope cannot change inside a transaction")
    told = outer is None or using != "default"
    with database_transaction.atomic(durable=durable, using=using):
        if told:
            _tell_database(str(municipality), using, limits)
        token = _active.set(municipality)
        try:
            yield
        finally:
            _active.reset(token)
    if told and connections[using].in_atomic_block:
        # Only a test's outer transaction reaches this: leave no scope behind for its next "request".
        _tell_database("", using)


def _tell_database(municipality: str, using: str, limits: Mapping[str, str] = NO_LIMITS) -> None:
    more = ", set_config(%s, %s, true)" * len(limits)
    values = [municipality, *(word for limit in limits.items() for word in limit)]
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT set_config('app.municipality', %s, true){more}", values)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that refuses to be evaluated without a scope."""

    def _fetch_all(self) -> None:
        current()
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        """As Django's, in a scope."""
        current()
        return super().iterator(chunk_size)

    def count(self) -> int:
        """As Django's, in a scope."""
        current()
        return super().count()

    def exists(self) -> bool:
        """As Django's, in a scope."""
        current()
        return super().exists()

    def update(self, **kwargs: Any) -> int:
        """As Django's, in a scope."""
        current()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """As Django's, in a scope."""
        current()
        return super().delete()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As Django's, in a scope."""
        current()
        return super().aggregate(*args, **kwargs)


class ScopedManager(models.Manager[M]):
    """`objects` of every tenant table: raises `NoScope` unless a municipality is active."""

    def get_queryset(self) -> ScopedQuerySet[M]:
        """Rows of the active municipality."""
        current()
        return ScopedQuerySet(self.model, using=self._db)
