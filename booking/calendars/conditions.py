"""When a GET is answered with 304 (RFC 9110, sections 13.1.2 and 13.2.2), and when packed. Pure."""

from __future__ import annotations

import re

_TAG = re.compile(r'\s*(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)')


def matches(if_none_match: str, etag: str) -> bool:
    """Whether the header names `etag` (strong, with quotes): lists and `*`, compared weakly."""
    if if_none_match.strip() == "*":
        return True
    return etag in _TAG.findall(if_none_match)


def wants_gzip(accept_encoding: str) -> bool:
    """Whether gzip is asked for by name and not refused by `q=0`."""
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        if coding == "gzip":
            return not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", parameter) for parameter in parameters)
    return False
