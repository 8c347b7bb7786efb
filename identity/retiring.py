"""Taking away keys that nothing needs any more. Counts and numbers of keys are reported, never values."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, F
from django.db.models.functions import Left

from identity import key_files, keyring, scope
from identity.models import Municipality, Person, Session, TenantModel
from identity.rotation import RENEWED_AT_SIGN_IN, KeyOf, sealed_fields, sealed_models

# Longer than any request or job lives: whoever still held the old keys in hand has written by then.
GRACE = timedelta(minutes=15)
_INDEXED: tuple[tuple[type[TenantModel], str], ...] = (
    (Person, "number_index"),
    *((model, "subject_index") for model in RENEWED_AT_SIGN_IN),
)


def use() -> dict[str, Counter[int]]:
    """How many stored values each key made, by number of the key, for the files `field` and `index`."""
    found: dict[str, Counter[int]] = {"field": Counter(), "index": Counter()}
    heads = Session.objects.annotate(head=Left("session_data", 4)).values_list("head").annotate(n=Count("pk"))
    for head, n in heads:
        found["field"][_number_of(bytes.fromhex(head))] += n
    for municipality in Municipality.objects.values_list("id", flat=True):
        with scope.transaction(municipality, durable=True):
            for model in sealed_models():
                for sealed in sealed_fields(model):
                    found["field"] += _count(model, sealed.name)
            for model, name in _INDEXED:
                found["index"] += _count(model, name)
    return found


def _count(model: type[TenantModel], name: str) -> Counter[int]:
    rows = model.objects.annotate(sealed_by=KeyOf(F(name))).values_list("sealed_by").annotate(n=Count("pk"))
    return Counter({_number_of(bytes(sealed_by)): n for sealed_by, n in rows.order_by() if sealed_by})


def _number_of(head: bytes) -> int:
    return int.from_bytes(head, "big")


def retire(*, now: datetime) -> dict[str, list[int]]:
    """Take away what is neither used nor about to be; the numbers of the keys that are gone, by file.

    Nothing is taken away until the writing key has written for `GRACE`.
    """
    used = use()
    gone: dict[str, list[int]] = {}
    for name, keys, counted in (
        ("field", keyring.field_keys(settings.KEYS_DIR), used["field"]),
        ("index", keyring.index_keys(settings.KEYS_DIR), used["index"]),
    ):
        writing = keys[-1]
        if writing.begins is None or now - writing.begins < GRACE:
            gone[name] = []
            continue
        older = [key.number for key in keys[:-1] if key.begins is None or key.begins < writing.begins]
        gone[name] = [number for number in older if not counted[number]]
        key_files.take_away(settings.KEYS_DIR, name, gone[name])
    return gone
