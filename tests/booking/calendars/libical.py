"""Debian's libical as a second reader: its restriction tables know what every kind of calendar object must hold."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _library() -> Any:  # noqa: ANN401 - a C library
    library = ctypes.CDLL("libical.so.3")
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    library.icalrestriction_check.argtypes = [ctypes.c_void_p]
    library.icalcomponent_count_errors.argtypes = [ctypes.c_void_p]
    library.icalcomponent_free.argtypes = [ctypes.c_void_p]
    return library


def errors(octets: bytes) -> int:
    """How many errors libical finds: in the syntax, and against the restrictions of the object's METHOD."""
    library = _library()
    component = library.icalparser_parse_string(octets)
    if not component:
        return 1
    try:
        syntax = int(library.icalcomponent_count_errors(component))
        allowed = int(library.icalrestriction_check(component))
        return max(syntax, int(library.icalcomponent_count_errors(component)), 0 if allowed else 1)
    finally:
        library.icalcomponent_free(component)
