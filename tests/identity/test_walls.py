"""The walls between municipalities, tried as the web role against the real database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import UniqueConstraint
from django.utils import timezone

from booking.models import Calendar, MeetingType, Occupancy, Service
from identity import scope
from identity.actors import Actor
from identity.errors import NoScope
from identity.fields import EncryptedField, TenantForeignKey, TenantOneToOneField
from identity.models import AccessEntry, Municipality, Person, StaffAccount, Unit
from tests.town import Town

TENANT = [m for m in apps.get_models() if hasattr(m, "municipality_id") and m._meta.db_table != "identity_session"]
Super = Callable[[], psycopg.Connection[Any]]


def test_a_manager_outside_a_scope_raises(town: Town) -> None:
    with pytest.raises(NoScope):
        Person.objects.all()


def test_a_lazy_queryset_evaluated_too_late_raises(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        lazy = Person.objects.filter(cast_name="bo")
    for late in (lambda: list(lazy), lazy.count, lazy.exists, lazy.first, lambda: lazy.update(language="en")):
        with pytest.raises(NoScope):
            late()


def test_a_foreign_key_followed_too_late_raises(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        service = Service.objects.all()[0]
    with pytest.raises(NoScope):
        _ = service.unit


def test_rows_of_another_municipality_are_not_there(town: Town, neighbour: Municipality) -> None:
    with scope.transaction(neighbour.id):
        assert Person.objects.count() == 0
        assert not Person.objects.filter(id=town.persons["bo"]).exists()
        Unit.objects.create(name="Granne", phone="0")
    with scope.transaction(town.municipality.id):
        assert not Unit.objects.filter(name="Granne").exists()


def test_the_database_itself_shows_nothing_without_a_scope(town: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.municipality', '', true)")
        for model in TENANT:
            if model is AccessEntry:
                continue
            shipped = " WHERE municipality_id IS NOT NULL" if model.__name__ == "StepText" else ""
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"{shipped}')  # noqa: S608 - our own tables
            assert cursor.fetchone()[0] == 0, model


def test_writing_into_another_municipality_fails(town: Town, neighbour: Municipality) -> None:
    with (
        scope.transaction(town.municipality.id),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Unit.objects.create(name="Fel", phone="0", municipality=neighbour)


@pytest.mark.django_db(transaction=True)
def test_a_key_cannot_point_into_another_municipality(town: Town, neighbour: Municipality) -> None:
    with scope.transaction(town.municipality.id):
        foreign = Unit.objects.all()[0]
    with pytest.raises(IntegrityError), scope.transaction(neighbour.id):
        Service.objects.create(unit_id=foreign.id, name="Fel", description="Fel")


def test_every_tenant_table_has_policy_force_and_pair_keys(superuser: Super, db: None) -> None:
    with superuser() as database:
        secured = dict(
            database.execute("SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class").fetchall()
        )
        names = {row[0] for row in database.execute("SELECT conname FROM pg_constraint").fetchall()}
        policies = {row[0] for row in database.execute("SELECT tablename FROM pg_policies").fetchall()}
    assert len(TENANT) > 20
    for model in TENANT:
        table = model._meta.db_table
        assert secured[table], f"{table} has no forced row-level security"
        assert table in policies
        assert f"{table}_own" in names
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey | TenantOneToOneField):
                assert f"{table}_{field.column}_pair" in names


def test_every_key_between_tenant_rows_is_a_pair_key(db: None) -> None:
    for model in TENANT:
        for field in model._meta.local_fields:
            target = field.remote_field.model if field.remote_field else None
            if target in TENANT and target.__name__ != "StepText":
                assert isinstance(field, TenantForeignKey | TenantOneToOneField), f"{model.__name__}.{field.name}"


def test_unique_constraints_include_the_municipality(db: None) -> None:
    for model in TENANT:
        assert not any(f.unique and not f.primary_key for f in model._meta.local_fields if not f.is_relation), model
        for constraint in model._meta.constraints:
            if isinstance(constraint, UniqueConstraint):
                assert constraint.fields[0] == "municipality", constraint.name


_ONE_SIDED = """
SELECT c.relname, i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE (i.indisunique OR i.indisexclusion) AND NOT i.indisprimary AND c.relname = ANY(%s) AND NOT EXISTS (
  SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY(i.indkey) AND a.attname = 'municipality_id')
"""


def test_no_unique_index_in_the_database_looks_past_the_walls(superuser: Super, db: None) -> None:
    with superuser() as database:
        kinds = database.execute("SELECT count(*) FROM pg_index WHERE indisexclusion").fetchone()
        assert kinds
        assert kinds[0] >= 1  # constraints that exclude are looked at too
        found = database.execute(_ONE_SIDED, [[model._meta.db_table for model in TENANT]]).fetchall()
    assert found == []


@pytest.mark.django_db(transaction=True)
def test_the_person_of_another_municipality_is_not_told_of_by_a_refusal(town: Town, neighbour: Municipality) -> None:
    """With and without an account over there, the answer is the one about the pair."""
    answers = set()
    for person in (town.persons["anna"], town.persons["bo"]):
        with pytest.raises(IntegrityError) as refused, scope.transaction(neighbour.id):
            StaffAccount.objects.create(person_id=person, name="Fel", opened_at=timezone.now())
        answers.add(str(refused.value).split("DETAIL")[0])
    assert len(answers) == 1
    assert "person_id_pair" in answers.pop()


@pytest.mark.django_db(transaction=True)
def test_the_times_of_another_municipality_are_not_told_of_by_a_refusal(
    town: Town, neighbour: Municipality, as_actor: Callable[[str], Actor]
) -> None:
    """Where somebody meets over there and where nobody does, the answer is the one about the pair."""
    booked = town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        taken = Occupancy.objects.get(booking=booked)
        assert taken.live
    answers = set()
    for later in (0, 100_000):
        span = {name: getattr(taken, name) + later for name in ("from_tick", "to_tick", "block_from", "block_to")}
        with pytest.raises(IntegrityError) as refused, scope.transaction(neighbour.id):
            Occupancy.objects.create(
                calendar_id=taken.calendar_id,
                booking_id=uuid4(),
                meeting_type_id=taken.meeting_type_id,
                state="booked",
                **span,
            )
        answers.add(str(refused.value).split("DETAIL")[0])
    assert len(answers) == 1
    assert "_pair" in answers.pop()


def test_the_web_role_owns_nothing_and_passes_no_wall(superuser: Super, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "motas_web"
    with superuser() as database:
        role = database.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'motas_web'"
        ).fetchone()
        owned = database.execute("SELECT count(*) FROM pg_tables WHERE tableowner = 'motas_web'").fetchone()
    assert role == (False, False, False, False)
    assert owned == (0,)


def test_a_scope_cannot_change_inside_a_transaction(town: Town, neighbour: Municipality) -> None:
    with scope.transaction(town.municipality.id), pytest.raises(NoScope), scope.transaction(neighbour.id):
        pass


def test_the_same_scope_may_be_named_again(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        with scope.transaction(town.municipality.id):
            assert Calendar.objects.count() > 0
        assert MeetingType.objects.count() > 0


def test_names_and_addresses_are_sealed_in_the_table(town: Town, superuser: Super) -> None:
    sealed = {
        (model._meta.db_table, field.name)
        for model in TENANT
        for field in model._meta.local_fields
        if isinstance(field, EncryptedField)
    }
    assert {
        ("identity_person", "name"),
        ("identity_person", "email"),
        ("booking_booking", "contact_to"),
        ("booking_busyfeed", "address"),
        ("notifications_message", "address"),
    } <= sealed
    with connection.cursor() as cursor, scope.transaction(town.municipality.id):
        cursor.execute("SELECT name, email FROM identity_person WHERE cast_name = 'bo'")
        for value in cursor.fetchone():
            assert b"Bo" not in bytes(value)
            assert b"example" not in bytes(value)


def test_a_sealed_name_moved_to_another_row_does_not_open(town: Town) -> None:
    from identity.encryption import CannotOpen

    with scope.transaction(town.municipality.id):
        assert Person.objects.get(cast_name="bo").name == "Bo Ek"
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE identity_person SET name = (SELECT name FROM identity_person WHERE cast_name = 'eva') "
                "WHERE cast_name = 'bo'"
            )
        with pytest.raises(CannotOpen):
            _ = Person.objects.get(cast_name="bo").name
