"""Do two spellings name the same person? Pure.

An e-ID gives the registered name, staff typed another spelling of it: extra given names, hyphens, accents and case
may differ. The last name and one given name must be the same.
"""

from __future__ import annotations

import unicodedata


def same_name(one: str, other: str) -> bool:
    """True when nothing contradicts: an empty name contradicts nothing."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return True
    if first[-1] != second[-1]:
        return set(first) == set(second)  # written the other way round: "Ek, Bo"
    return len(first) == 1 or len(second) == 1 or bool(set(first[:-1]) & set(second[:-1]))


def last_name(name: str) -> str:
    """The last name, so that two spellings of it are equal; empty for a name without letters."""
    return _words(name)[-1] if _words(name) else ""


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c if c.isalpha() else " " for c in plain if not unicodedata.combining(c))
    return letters.split()
