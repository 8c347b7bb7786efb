"""Opaque, signed marks of where a page ended: they hold for the same token, the same question, and nowhere else."""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from uuid import UUID

from django.utils.crypto import salted_hmac

from booking.api.parsing import refused
from booking.timeline import Tick

Place = tuple[Tick, UUID]
_PLACE = struct.Struct(">i16s")
_SIGNED = 16


def written(place: Place | None, *context: object) -> str | None:
    """The cursor after this place, None at the end. `context`: what else must be the same when it comes back."""
    if place is None:
        return None
    body = _PLACE.pack(place[0], place[1].bytes)
    return base64.urlsafe_b64encode(body + _signature(body, context)).rstrip(b"=").decode()


def read(text: str, *context: object) -> Place:
    """The place in a cursor. Raises `ValidationError` when it was changed, or belongs to another question."""
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body, signature = octets[: _PLACE.size], octets[_PLACE.size :]
        tick, id_ = _PLACE.unpack(body)
    except (binascii.Error, struct.error, ValueError):
        raise refused(cursor="invalid") from None
    if not hmac.compare_digest(signature, _signature(body, context)):
        raise refused(cursor="invalid")
    return tick, UUID(bytes=id_)


def _signature(body: bytes, context: tuple[object, ...]) -> bytes:
    told = body + "\n".join(map(str, context)).encode()
    return salted_hmac("booking.api.cursor", told, algorithm="sha256").digest()[:_SIGNED]
