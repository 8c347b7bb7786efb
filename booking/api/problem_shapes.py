"""The shape of a refusal, RFC 9457, and which ones an operation describes."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from booking.api.slot_shapes import SlotAnswered

MEDIA_TYPE: Final = "application/problem+json"


class FieldRefused(serializers.Serializer[Any]):
    """A part of the request that was refused."""

    pointer = serializers.CharField(help_text="JSON Pointer to the field or parameter.")
    code = serializers.CharField()


class ProblemAnswered(serializers.Serializer[Any]):
    """RFC 9457. `alternatives` stand with `slot_taken` only."""

    type = serializers.CharField(help_text="Address of a page in plain words.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable; what a program should look at.")
    detail = serializers.CharField(help_text="For people, in the language of Accept-Language.")
    errors = FieldRefused(many=True, required=False)  # type: ignore[assignment]  # RFC 9457 names it, DRF had it first
    alternatives = SlotAnswered(many=True, required=False)


_ALWAYS: Final = {
    400: "A field is missing, unknown, repeated or unreadable.",
    401: "No token, or one that is not valid at this host.",
    403: "The token lacks the scope.",
    404: "No such thing, or none that the token reaches.",
    406: "Another media type than JSON was asked for.",
    429: "Too many; Retry-After says how many seconds to wait.",
    500: "An error of ours.",
    503: "The database is busy; Retry-After says how many seconds to wait.",
}
_WITH_BODY: Final = {413: "More than 64 KiB were sent.", 415: "Something else than JSON was sent."}


def problems(*, body: bool = False, **more: str) -> dict[tuple[int, str], OpenApiResponse]:
    """The refusals of an operation: those of every one, and `more`, such as `_409="..."`."""
    told = _ALWAYS | (_WITH_BODY if body else {}) | {int(status[1:]): words for status, words in more.items()}
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemAnswered, description)
        for status, description in sorted(told.items())
    }
