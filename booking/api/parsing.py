"""What comes in: JSON of a bounded size, every name once, and fields that take nothing but what they are for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any, Final
from uuid import UUID

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from booking.api.errors import TooLarge
from booking.timeline import TICK_SECONDS, Tick, ceil_tick
from booking.wording import local

MOST_OCTETS: Final = 64 * 1024
# RFC 3339, section 5.6. In an address a "+" that was not encoded arrives as a space.
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+ -]\d\d:\d\d)",
    re.ASCII,
)


class BoundedJSON(BaseParser):
    """JSON (RFC 8259) of at most 64 KiB; a name that stands twice in one object is refused."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:  # noqa: ANN401 - whatever was sent
        """What was sent. Raises `TooLarge`, `ParseError`."""
        octets = stream.read(MOST_OCTETS + 1)
        if len(octets) > MOST_OCTETS:
            raise TooLarge
        try:
            return json.loads(octets.decode(), object_pairs_hook=_once, parse_constant=_never)
        except (ValueError, RecursionError):
            raise ParseError from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _never(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def refused(**fields: str) -> serializers.ValidationError:
    """The error of some fields, each with its code; `from_` is the field `from`."""
    return serializers.ValidationError(
        {name.rstrip("_"): [serializers.ErrorDetail(code, code)] for name, code in fields.items()}
    )


class Asked(serializers.Serializer[Any]):
    """What is asked. A name that is unknown, or in an address stands twice, is refused before anything is read."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """With those whose name Python does not allow in a class: `from_` is `from`."""
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 - DRF's own signature
        """The values, each read by its field."""
        if isinstance(data, Mapping):
            wrong = {name: "unknown" for name in data if name not in self.fields}
            if isinstance(data, QueryDict):
                wrong |= {name: "repeated" for name, all_of in data.lists() if name in self.fields and len(all_of) > 1}
                # As a plain mapping: DRF takes an empty value of a form for one that was not given.
                data = data.dict()
            if wrong:
                raise serializers.ValidationError(
                    {name: [serializers.ErrorDetail(code, code)] for name, code in wrong.items()}
                )
        return super().to_internal_value(data)


def many(shape: type[Asked], **more: Any) -> Any:  # noqa: ANN401 - a field, whose type the stubs cannot say
    """A list of these, with `max_length`."""
    return serializers.ListSerializer(child=shape(), **more)


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(serializers.Field[datetime, Any, str, Any]):
    """A moment as RFC 3339 with an offset; aware in Python."""

    default_error_messages = {"invalid": "Not RFC 3339 with an offset."}

    def to_internal_value(self, data: Any) -> datetime:  # noqa: ANN401 - whatever was sent
        """The moment; code `invalid` for anything else, a time without offset included."""
        if isinstance(data, str) and _RFC3339.fullmatch(data):
            try:
                return datetime.fromisoformat(data.upper().replace(" ", "+"))
            except ValueError:
                pass
        self.fail("invalid")

    def to_representation(self, value: datetime) -> str:
        """Swedish wall time with its offset."""
        return moment(value)


@extend_schema_field(OpenApiTypes.DATETIME)
class StartField(serializers.Field[Tick, Any, str, Any]):
    """A start, RFC 3339 with an offset, at whole 5 minutes, from 1970 to 2100; a tick in Python."""

    default_error_messages = {"not_whole_5_minutes": "Not at whole 5 minutes.", "out_of_bounds": "Out of bounds."}

    def to_internal_value(self, data: Any) -> Tick:  # noqa: ANN401 - whatever was sent
        """The tick; codes `invalid`, `not_whole_5_minutes`, `out_of_bounds`."""
        try:
            seconds = MomentField().to_internal_value(data).timestamp()
        except serializers.ValidationError as error:
            raise serializers.ValidationError(error.detail) from None
        except (OverflowError, ValueError):
            self.fail("out_of_bounds")
        if seconds % TICK_SECONDS:
            self.fail("not_whole_5_minutes")
        if not 0 <= seconds < _YEAR_2100:
            self.fail("out_of_bounds")
        return int(seconds) // TICK_SECONDS


_YEAR_2100 = 4_102_444_800


class IdField(serializers.UUIDField):
    """A UUID as text."""

    def to_internal_value(self, data: Any) -> UUID:  # noqa: ANN401 - whatever was sent
        """As DRF's, but a number is none."""
        if not isinstance(data, str):
            self.fail("invalid", value="")
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """Text as text: no number, no truth value, no NUL, no half of a character; with a bound always."""

    def __init__(self, *, max_length: int, **more: Any) -> None:
        super().__init__(max_length=max_length, **more)

    def to_internal_value(self, data: Any) -> str:  # noqa: ANN401 - whatever was sent
        """As DRF's, for text only."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeField(serializers.IntegerField):
    """A whole number, in bounds; in JSON as a number."""

    def __init__(self, *, min_value: int, max_value: int, **more: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **more)

    def to_internal_value(self, data: Any) -> int:  # noqa: ANN401 - whatever was sent
        """As DRF's, but neither a truth value nor a fraction is one."""
        if isinstance(data, bool | float):
            self.fail("invalid")
        return super().to_internal_value(data)


def moment(value: datetime) -> str:
    """RFC 3339 in Swedish wall time, to the second."""
    return local(value).isoformat(timespec="seconds")


def tick_of(value: datetime | None) -> Tick | None:
    """The first tick at or after a moment."""
    return None if value is None else ceil_tick(value)
