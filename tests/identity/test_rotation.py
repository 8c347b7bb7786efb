"""Keys are renewed: every sealed value and index follows, nothing is overwritten, nothing stops."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone

from identity import encryption, finding, key_files, keyring, retiring, rotation, scope
from identity.models import ExternalIdentity, IdentityProvider, Person, Session
from identity.recognising import Claims, recognise
from identity.sessions import SessionStore
from tests.numbers_of_tests import series
from tests.sources import PACKAGES
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
Super = Callable[[], psycopg.Connection[Any]]


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path) -> Iterator[None]:
    """Keys that no other test sees."""
    keyring.make_trial_secrets(tmp_path / "keys")
    before, settings.KEYS_DIR = settings.KEYS_DIR, tmp_path / "keys"
    yield
    settings.KEYS_DIR = before


def new_keys() -> None:
    """A new field key and a new index key that write from now."""
    for name in ("field", "index"):
        key_files.add(settings.KEYS_DIR, name, timezone.now())


def made(town: Town, n: int = 5) -> list[Person]:
    """People with a number, a name and a phone."""
    people = []
    with scope.transaction(town.municipality.id):
        for place, digits in enumerate(series(n)):
            person = Person(name=f"Invånare {place}", phone="070-1740605")
            finding.set_number(person, digits)
            person.save()
            people.append(person)
    return people


def heads(superuser: Super, column: str, table: str = "identity_person") -> set[int]:
    """The numbers of the keys that made a column's values."""
    with superuser() as database:
        rows = database.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} <> ''").fetchall()  # noqa: S608
    return {int.from_bytes(bytes(row[0])[:2], "big") for row in rows}


def test_every_sealed_value_and_index_is_renewed_and_says_the_same(town: Town, superuser: Super) -> None:
    people = made(town)
    new_keys()
    tally = rotation.renew(batch=2)["identity_person"]
    assert tally.renewed >= 5
    assert not tally.left_alone
    assert heads(superuser, "name") == heads(superuser, "number") == heads(superuser, "number_index") == {2}
    with scope.transaction(town.municipality.id):
        again = {person.id: person for person in Person.objects.all()}
        for place, person in enumerate(people):
            found = again[person.id]
            assert (found.name, found.number, found.phone) == (f"Invånare {place}", series(5)[place], "070-1740605")
            assert finding.by_number(series(5)[place]) == found


def test_renewing_again_changes_nothing(town: Town) -> None:
    made(town)
    new_keys()
    rotation.renew()
    assert {tally.renewed for tally in rotation.renew().values()} == {0}


def test_a_session_is_still_signed_in_afterwards(town: Town, superuser: Super) -> None:
    store = SessionStore()
    store.update({"municipality": town.municipality.id, "person": str(town.persons["bo"])})
    store.save()
    new_keys()
    assert rotation.renew()["identity_session"].renewed == 1
    assert Session.objects.get().session_data.startswith("0002")
    assert SessionStore(store.session_key)["person"] == str(town.persons["bo"])


def test_a_row_that_is_being_renewed_is_not_changed_by_anybody_meanwhile(
    town: Town, superuser: Super, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = made(town, 1)[0]
    new_keys()
    real = encryption.open_sealed
    told: list[int] = []

    def meanwhile(*args: Any) -> str:
        if not told:
            told.append(1)
            with superuser() as database:
                database.execute("SET lock_timeout = '100ms'")
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    database.execute("UPDATE identity_person SET name = '' WHERE id = %s", [person.id])
        return str(real(*args))

    monkeypatch.setattr(encryption, "open_sealed", meanwhile)
    rotation.renew()
    assert told


def test_a_value_that_is_no_longer_there_is_left_as_it_is(town: Town) -> None:
    person = made(town, 1)[0]
    new_keys()
    place = next(place for place in rotation.places() if place.table == "identity_person")
    with place.opened():
        row = place.old().values("pk", *place.columns).get(pk=person.pk)
        Person.objects.filter(pk=person.pk).update(phone=b"")
        tally = rotation.Tally()
        assert rotation._renew_row(place, tally, row) == 0
        assert Person.objects.get(pk=person.pk).phone == ""


def test_a_row_that_somebody_holds_is_passed_over_and_renewed_later(
    town: Town, superuser: Super, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = made(town, 3)[1]
    new_keys()
    holder = superuser()
    holder.autocommit = False
    holder.execute("SELECT 1 FROM identity_person WHERE id = %s FOR UPDATE", [person.id])
    passes: list[set[int]] = []

    def let_go(_: float) -> None:
        passes.append(heads(superuser, "number"))
        holder.rollback()

    monkeypatch.setattr("time.sleep", let_go)
    rotation.renew()
    holder.close()
    assert passes == [{1, 2}]
    assert heads(superuser, "number") == {2}


def test_a_row_that_is_held_for_ever_is_reported(town: Town, superuser: Super, monkeypatch: pytest.MonkeyPatch) -> None:
    person = made(town, 1)[0]
    new_keys()
    monkeypatch.setattr(rotation, "PASSES", 2)
    monkeypatch.setattr(rotation, "_REST", 0)
    with superuser() as holder, holder.transaction():
        holder.execute("SELECT 1 FROM identity_person WHERE id = %s FOR UPDATE", [person.id])
        with pytest.raises(CommandError, match="identity_person: rows are left"):
            call_command("rotate_keys", stdout=StringIO())


def test_a_killed_run_is_finished_by_the_next_one(town: Town, superuser: Super) -> None:
    made(town, 6)
    new_keys()
    place = next(place for place in rotation.places() if place.table == "identity_person")
    with place.opened():
        rotation._batch(place, rotation.Tally(), 3, None)
    assert heads(superuser, "name") == {1, 2}
    with scope.transaction(town.municipality.id):
        everybody = Person.objects.count()
    assert rotation.renew()["identity_person"].renewed == everybody - 3
    assert heads(superuser, "name") == {2}


def test_what_cannot_be_opened_is_counted_and_its_key_stays(town: Town, superuser: Super) -> None:
    person = made(town, 2)[0]
    with superuser() as database:
        database.execute("UPDATE identity_person SET name = '\\x0001' || name WHERE id = %s", [person.id])
    new_keys()
    with pytest.raises(CommandError, match="could not be renewed"):
        call_command("rotate_keys", stdout=(out := StringIO()))
    assert "1 cannot be opened" in out.getvalue()
    assert heads(superuser, "name") == {1, 2}


def test_two_rows_that_would_become_one_are_counted_and_left(town: Town) -> None:
    first = made(town, 1)[0]
    new_keys()
    with scope.transaction(town.municipality.id):  # the same newcomer, who came in with the new key at the same moment
        second = Person(name="Invånare 0")
        finding.set_number(second, series(1)[0])
        second.save()
    tally = rotation.renew()["identity_person"]
    assert tally.doubled == {first.pk}
    assert not tally.unreadable


def test_a_subject_is_indexed_anew_when_its_person_signs_in(town: Town, superuser: Super) -> None:
    with scope.transaction(town.municipality.id):
        provider = IdentityProvider.objects.create(kind="oidc", code="eid", name="Legitimation")
    claims = Claims("subject-1", "LOA3", name="Bo Ek", number=series(1)[0])
    person = recognise(municipality=town.municipality.id, provider=provider, claims=claims)
    new_keys()
    rotation.renew()
    table = "identity_externalidentity"
    assert heads(superuser, "subject_index", table) == {1}
    assert recognise(municipality=town.municipality.id, provider=provider, claims=claims) == person
    assert heads(superuser, "subject_index", table) == {2}
    with scope.transaction(town.municipality.id):
        assert ExternalIdentity.objects.count() == 1


def test_keys_that_nothing_uses_are_taken_away_after_a_while_and_others_stay(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        provider = IdentityProvider.objects.create(kind="oidc", code="eid", name="Legitimation")
    recognise(municipality=town.municipality.id, provider=provider, claims=Claims("s", "LOA3", name="Bo Ek"))
    new_keys()
    soon, later = timezone.now(), timezone.now() + retiring.GRACE
    assert retiring.retire(now=later) == {"field": [], "index": []}
    rotation.renew()
    assert retiring.retire(now=soon) == {"field": [], "index": []}
    assert retiring.retire(now=later) == {"field": [1], "index": []}
    assert [key.number for key in keyring.field_keys(settings.KEYS_DIR)] == [2]
    assert [key.number for key in keyring.index_keys(settings.KEYS_DIR)] == [1, 2]
    assert retiring.use()["index"][1] == 1


def test_a_key_that_waits_for_its_hour_is_not_taken_away(town: Town) -> None:
    new_keys()
    rotation.renew()
    key_files.add(settings.KEYS_DIR, "field", timezone.now() + timedelta(days=1))
    retiring.retire(now=timezone.now() + retiring.GRACE)
    assert [key.number for key in keyring.field_keys(settings.KEYS_DIR)] == [3, 2]


def test_the_command_says_counts_and_no_values(town: Town) -> None:
    made(town)
    call_command("rotate_keys", "--new", "--retire", "--batch", "3", stdout=(out := StringIO()))
    said = out.getvalue()
    assert "field: key 2 writes from" in said
    assert re.search(r"^identity_person: \d{2} renewed$", said, re.MULTILINE)
    assert "field: no key taken away" in said
    assert not [digits for digits in series(5) if digits in said]
    assert "Invånare" not in said


def test_keys_for_several_machines_are_made_first_and_used_later(town: Town, superuser: Super) -> None:
    call_command("rotate_keys", "--new", "--in", "10", stdout=(out := StringIO()))
    assert "renewed" not in out.getvalue()
    made(town, 1)
    assert heads(superuser, "number") == {1}


def test_every_index_of_ours_is_one_that_is_renewed() -> None:
    ours = [model for model in apps.get_models() if model._meta.app_label in PACKAGES]
    indexes = {
        (model, field.name)
        for model in ours
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.BinaryField) and field.name.endswith("_index")
    }
    known = {(model, index) for model, index, _ in rotation.RENEWED_FROM_SEALED}
    assert indexes == known | {(model, "subject_index") for model in rotation.RENEWED_AT_SIGN_IN}
