"""Model fields of the walls: foreign keys that include the municipality, and sealed text."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.core.checks import CheckMessage
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from identity import encryption, keyring


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A foreign key between tenant rows. Its constraint is the pair (municipality, id), made by `walls`.

    Key checks pass row-level security, so a key on the id alone would accept another municipality's row.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Django's ForeignKey, without its single-column constraint."""
        kwargs["db_constraint"] = False
        super().__init__(*args, **kwargs)


class TenantOneToOneField(models.OneToOneField[Any, Any]):
    """As `TenantForeignKey`, one to one. Django gives the column a UNIQUE of its own, which looks past the walls.

    So its model has a `UniqueConstraint` of municipality and column, and its migration drops Django's (as 0010 does).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Django's OneToOneField, without its single-column constraint."""
        kwargs["db_constraint"] = False
        super().__init__(*args, **kwargs)


class _Sealed(bytes):
    """A value as it came from the database, not opened yet."""


class _Opening(DeferredAttribute):
    """Opens a sealed value when it is first read, because only the instance knows its row.

    It has a setter so that it stands before the instance's own dictionary.
    """

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:  # noqa: ANN401 - descriptor
        if instance is None:
            return self
        name = self.field.attname
        value = instance.__dict__[name] if name in instance.__dict__ else super().__get__(instance, cls)
        if isinstance(value, _Sealed):
            keys = keyring.field_keys(settings.KEYS_DIR)
            value = encryption.open_sealed(bytes(value), self._field().place_of(instance), keys)
            instance.__dict__[name] = value
        return value

    def _field(self) -> EncryptedField:
        return cast("EncryptedField", self.field)

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.BinaryField):  # type: ignore[type-arg]  # takes none when it runs
    """Text that is sealed in the database (AES-256-GCM, bound to table, column, municipality and row).

    In Python a `str`; the empty string is stored as no bytes. It cannot be filtered or bulk-updated
    by value: find rows by a blind index instead.
    """

    descriptor_class = _Opening

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Blank by default: an unknown value is the empty string, never NULL."""
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        kwargs["editable"] = True
        super().__init__(*args, **kwargs)

    def get_default(self) -> str:
        """The empty text."""
        return ""

    def _check_str_default_value(self) -> list[CheckMessage]:
        """The default is text on purpose: it is sealed on its way to the database."""
        return []

    def place_of(self, instance: models.Model) -> bytes:
        """Where this column of this row stands, as associated data."""
        municipality = getattr(instance, "municipality_id", None)
        return encryption.place(self.model._meta.db_table, str(self.column), municipality, instance.pk)

    def from_db_value(self, value: Any, *_: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Mark what came from the database; it is opened on first use."""
        return _Sealed(bytes(value)) if value else ""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Text is text already."""
        return value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ANN401 - Django's own signature
        """The sealed bytes of this instance's value."""
        text = getattr(model_instance, self.attname)
        if not text:
            return b""
        return encryption.seal(text, self.place_of(model_instance), keyring.field_keys(settings.KEYS_DIR))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ANN401
        """Refuse anything that `pre_save` did not seal."""
        if isinstance(value, str) and value:
            raise TypeError(f"{self.name} is sealed: save the instance, or find it by its blind index")
        return super().get_db_prep_value(value or b"", connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        """Sealed values do not leave by serialisation."""
        raise TypeError(f"{self.name} is not serialised")
