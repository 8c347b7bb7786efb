"""People are found by keyed indexes, never by what is sealed: by personal number, by subject, by external id."""

from __future__ import annotations

from django.conf import settings

from identity import encryption, keyring, scope
from identity.models import Person


def indexes(value: str) -> list[bytes]:
    """The index of a value under every index key, the newest first: number of the key (2 bytes) and HMAC (32)."""
    municipality = scope.current()
    return [
        key.number.to_bytes(2, "big") + encryption.blind_index(value, municipality, key.secret)
        for key in reversed(keyring.index_keys(settings.KEYS_DIR))
    ]


def index(value: str) -> bytes:
    """What is stored: the index under the newest key."""
    return indexes(value)[0]


def by_number(digits: str) -> Person | None:
    """The person with this personal number (twelve digits). Needs an open scope.

    A new key that came between reading the keys and asking may have moved the row: then it is asked once more.
    """
    asked = indexes(digits)
    found = Person.objects.filter(number_index__in=asked).first()
    if found is None and (anew := indexes(digits)) != asked:
        found = Person.objects.filter(number_index__in=anew).first()
    return found


def set_number(person: Person, digits: str) -> None:
    """Give a person a number; save `number` and `number_index` afterwards."""
    person.number, person.number_index = digits, index(digits) if digits else None
