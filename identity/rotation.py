"""Renewing what old keys made, while everybody works: in small batches, over and over until nothing old is left.

A row is renewed only if it still says what was read (compare and set), locked rows are passed over and come next time,
and nobody is waited for. A killed run left whole rows, old or new, and both can be read: the next run goes on.
Counts are reported, never values.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.db.models import F, Func, Q, QuerySet

from identity import encryption, finding, keyring, scope, sessions
from identity.fields import EncryptedField
from identity.models import ExternalIdentity, IdentityConflict, Municipality, Person, Session, TenantModel

PASSES, _REST = 60, 0.5  # a row that somebody holds this long is reported instead
# What was indexed is not kept, so these are renewed when their person next signs in (`recognising`).
RENEWED_AT_SIGN_IN: tuple[type[TenantModel], ...] = (ExternalIdentity, IdentityConflict)
RENEWED_FROM_SEALED = ((Person, "number_index", "number"),)


class NotDone(RuntimeError):
    """Rows are left that somebody holds; run it again."""


class KeyOf(Func):
    """Which key made a stored value: the first two octets."""

    template = "substring(%(expressions)s from 1 for 2)"
    output_field = models.BinaryField()


@dataclass(frozen=True)
class Place:
    """Rows of one table in one municipality (or of all, for sessions). `old`: those that an older key made."""

    table: str
    columns: tuple[str, ...]
    opened: Callable[[], AbstractContextManager[None]]
    old: Callable[[], QuerySet[Any]]
    anew: Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Tally:
    """How many rows were renewed; which could not be read; which would equal another row."""

    renewed: int = 0
    unreadable: set[object] = field(default_factory=set)
    doubled: set[object] = field(default_factory=set)

    @property
    def left_alone(self) -> set[object]:
        """Keys of the rows that no run can renew."""
        return self.unreadable | self.doubled


def renew(*, batch: int = 200) -> dict[str, Tally]:
    """Renew every old row of every table; what was done, by table. Raises `NotDone` after many passes."""
    done: dict[str, Tally] = {}
    for place in places():
        _finish(place, done.setdefault(place.table, Tally()), batch)
    return done


def places() -> Iterator[Place]:
    """Everything that keys protect: sessions, then each sealed table of each municipality."""
    yield _sessions()
    for municipality in Municipality.objects.order_by("id").values_list("id", flat=True):
        for model in sealed_models():
            yield _sealed(model, municipality)


def sealed_models() -> list[type[TenantModel]]:
    """Models with a sealed field; each is of the tenant tables."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel) and sealed_fields(model)]


def sealed_fields(model: type[models.Model]) -> list[EncryptedField]:
    """The sealed fields of a model."""
    return [found for found in model._meta.local_concrete_fields if isinstance(found, EncryptedField)]


def _finish(place: Place, tally: Tally, batch: int) -> None:
    for _ in range(PASSES):
        _pass(place, tally, batch)
        with place.opened():
            if not place.old().exclude(pk__in=tally.left_alone).exists():
                return
        time.sleep(_REST)
    raise NotDone(place.table)


def _pass(place: Place, tally: Tally, batch: int) -> None:
    last: object = None
    while True:
        try:
            with place.opened():
                last = _batch(place, tally, batch, last)
        except OperationalError:
            return  # somebody holds what is needed: the batch is undone, and comes in the next pass
        if last is None:
            return


def _batch(place: Place, tally: Tally, size: int, after: object) -> object:
    """Renew up to `size` rows; the key of the last one, or None at the end."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '300ms'")  # shorter than the search for deadlocks: we yield first
    rows = place.old().exclude(pk__in=tally.left_alone).order_by("pk")
    rows = rows if after is None else rows.filter(pk__gt=after)
    found = list(rows.select_for_update(no_key=True, skip_locked=True).values("pk", *place.columns)[:size])
    tally.renewed += sum(_renew_row(place, tally, row) for row in found)
    return found[-1]["pk"] if found else None


def _renew_row(place: Place, tally: Tally, row: dict[str, Any]) -> int:
    """1 when the row still said what was read, and is renewed."""
    try:
        values = place.anew(row)
        with transaction.atomic():
            return place.old().filter(**row).update(**values)
    except ValueError:  # also CannotOpen: an unknown key, or changed bytes
        tally.unreadable.add(row["pk"])
    except IntegrityError:
        tally.doubled.add(row["pk"])
    return 0


def _sealed(model: type[TenantModel], municipality: int) -> Place:
    fields = sealed_fields(model)
    indexed = [(index, source) for owner, index, source in RENEWED_FROM_SEALED if owner is model]
    table = model._meta.db_table

    def anew(row: dict[str, Any]) -> dict[str, Any]:
        keys, values = keyring.field_keys(settings.KEYS_DIR), {}
        for found in fields:
            if row[found.name]:
                where = encryption.place(table, str(found.column), municipality, row["pk"])
                text = encryption.open_sealed(bytes(row[found.name]), where, keys)
                values[found.name] = encryption.seal(text, where, keys)
                values |= {index: finding.index(text) for index, source in indexed if source == found.name}
        return values

    return Place(
        table=table,
        columns=(*(found.name for found in fields), *(index for index, _ in indexed)),
        opened=lambda: scope.transaction(municipality, durable=True),
        old=lambda: _old(model.objects.all(), [found.name for found in fields], indexed),
        anew=anew,
    )


def _old(rows: QuerySet[Any], fields: list[str], indexed: list[tuple[str, str]]) -> QuerySet[Any]:
    old = Q(pk__in=[])
    for name in fields:
        rows = rows.annotate(**{f"{name}_key": KeyOf(F(name))})
        old |= ~Q(**{name: b""}) & ~Q(**{f"{name}_key": newest("field")})
    for name, source in indexed:
        rows = rows.annotate(**{f"{name}_key": KeyOf(F(name))})
        old |= Q(**{f"{name}__isnull": False}) & ~Q(**{source: b""}) & ~Q(**{f"{name}_key": newest("index")})
    return rows.filter(old)


def newest(name: str) -> bytes:
    """The two octets in front of what the writing key of the file `name` (field or index) makes."""
    keys = keyring.field_keys if name == "field" else keyring.index_keys
    return keys(settings.KEYS_DIR)[-1].number.to_bytes(2, "big")


def _sessions() -> Place:
    return Place(
        table=Session._meta.db_table,
        columns=("session_data",),
        opened=transaction.atomic,
        old=lambda: Session.objects.exclude(session_data__startswith=newest("field").hex()),
        anew=lambda row: {"session_data": sessions.resealed(row["pk"], row["session_data"])},
    )
