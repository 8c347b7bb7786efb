"""Two persons become one: everything of the other becomes the one's, as one act, or nothing of it.

Only a coordinator's decision leads here. What cannot be joined without thinking (an account at work, two things of
which there may be one) is refused, not guessed. The access log keeps the ids that were true when it was written,
and the person remembers them (`Person.joined`): an extract asks by these too.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import IntegrityError, models, transaction

from identity import sessions
from identity.errors import IdentityError
from identity.fields import TenantForeignKey, TenantOneToOneField
from identity.models import Opening, Person, StaffAccount


class CannotJoin(IdentityError):
    """`staff`: one of them works here; `clash`: both have something of which a person has one."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def join(*, kept: Person, other: Person) -> None:
    """Give all that is `other`'s to `kept`, and delete `other`, who is signed out. Needs an open scope.

    The name and number of `kept` stand; shelter is the caller's. Raises `CannotJoin`.
    """
    if StaffAccount.objects.filter(person__in=[kept, other]).exists():
        raise CannotJoin("staff")
    try:
        with transaction.atomic():
            for model, field in links():
                model.objects.filter(**{field: other.pk}).update(**{field: kept.pk})  # type: ignore[attr-defined]
            Opening.objects.filter(object_kind="person", object=other.id).update(object=kept.id)
    except IntegrityError:
        raise CannotJoin("clash") from None
    kept.joined = [*kept.joined, other.id, *other.joined]
    kept.save(update_fields=["joined"])
    sessions.revoke_of(kept.municipality.id, other.id)
    other.delete()


def links() -> Iterator[tuple[type[models.Model], str]]:
    """Every column in the house that names a person: model and field."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey | TenantOneToOneField) and field.related_model is Person:
                yield model, field.attname
