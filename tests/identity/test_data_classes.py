"""Every stored field has a class, and the class is kept: sealed where it says so, in the extract where it says so."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from identity import data_classes, extract
from identity.data_classes import HANDLING, RETENTION, DataClass
from identity.fields import EncryptedField
from tests.sources import PACKAGES


def ours() -> dict[str, type[models.Model]]:
    """Our models by their label."""
    return {model._meta.label: model for model in apps.get_models() if model._meta.app_label in PACKAGES}


def unclassed(label: str, model: type[models.Model]) -> set[str]:
    """Fields without a class, and classes without a field."""
    fields = {field.name for field in model._meta.concrete_fields}
    return fields ^ set(data_classes.of_model(label))


def unsealed(label: str, model: type[models.Model]) -> list[str]:
    """Fields whose class is sealed but that are not, and stand in no list of exceptions."""
    wanted = {name for name, found in data_classes.of_model(label).items() if HANDLING[found].sealed}
    sealed = {field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedField)}
    return sorted(f"{label}.{name}" for name in wanted - sealed if f"{label}.{name}" not in data_classes.plain())


def not_shown(label: str) -> set[str]:
    """Fields that the extract owes but no source shows or leaves out, and the other way about."""
    source = extract.sources().get(label)
    shown = set(source.words) | set(source.left_out) if source else set()
    return shown ^ set(data_classes.extracted(label))


def test_every_model_and_every_field_of_it_has_a_class_and_no_other() -> None:
    assert set(data_classes.models()) == set(ours())
    assert {label: found for label, model in ours().items() if (found := unclassed(label, model))} == {}


def test_what_is_sealed_by_its_class_is_sealed() -> None:
    assert [place for label, model in ours().items() for place in unsealed(label, model)] == []


def test_every_exception_is_one() -> None:
    for place, reason in data_classes.plain().items():
        label, _, name = place.rpartition(".")
        assert HANDLING[data_classes.of_model(label)[name]].sealed
        assert not isinstance(ours()[label]._meta.get_field(name), EncryptedField)
        assert reason


def test_every_sealed_field_is_of_a_class_that_is_masked_in_logs() -> None:
    for label, model in ours().items():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedField):
                assert HANDLING[data_classes.of_model(label)[field.name]].masked, f"{label}.{field.name}"


def test_every_field_that_belongs_in_the_extract_is_shown_or_left_out_with_a_reason() -> None:
    assert {label: found for label in ours() if (found := not_shown(label))} == {}
    assert all(reason for source in extract.sources().values() for reason in source.left_out.values())


def test_a_new_field_without_a_class_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = dict(data_classes.of_model("identity.Unit"))
    del fields["phone"]
    monkeypatch.setitem(data_classes._registered, "identity.Unit", fields)
    assert unclassed("identity.Unit", ours()["identity.Unit"]) == {"phone"}


def test_a_plain_field_of_a_sealed_class_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {**data_classes.of_model("identity.Unit"), "name": DataClass.CONTACT}
    monkeypatch.setitem(data_classes._registered, "identity.Unit", fields)
    assert unsealed("identity.Unit", ours()["identity.Unit"]) == ["identity.Unit.name"]


def test_a_new_field_of_a_person_that_is_not_in_the_extract_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {**data_classes.of_model("identity.Person"), "erased_at": DataClass.BOOKING}
    monkeypatch.setitem(data_classes._registered, "identity.Person", fields)
    assert not_shown("identity.Person") == {"erased_at"}


def test_every_class_is_handled_and_kept_for_a_time_that_exists() -> None:
    assert set(HANDLING) == set(DataClass)
    codes = {kept.code for kept in RETENTION}
    assert len(codes) == len(RETENTION)
    assert {handling.kept for handling in HANDLING.values()} - {""} == codes
    assert all(len(code) <= 24 for code in codes)


def test_names_of_fields_that_are_masked_in_logs() -> None:
    assert data_classes.masked("number")
    assert data_classes.masked("claimed_name")
    assert not data_classes.masked("local_start")
