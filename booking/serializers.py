"""Shapes of the API: what is asked, checked to the letter, and what is answered."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from booking.models import Form
from booking.search import Found, Query
from booking.slots import Slot
from booking.timeline import ceil_tick, instant
from booking.wording import local

MOST_SLOTS, USUAL_SLOTS = 50, 10
# RFC 3339, section 5.6. In an address a "+" that was not encoded arrives as a space.
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+ -]\d\d:\d\d)",
    re.ASCII,
)


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(serializers.Field[datetime, str, str, Any]):
    """A moment as RFC 3339 with an offset; aware in Python."""

    default_error_messages = {"invalid": "Not RFC 3339 with an offset."}

    def to_internal_value(self, data: str) -> datetime:
        """The moment; code `invalid` for anything else, a time without offset included."""
        if _RFC3339.fullmatch(data):
            try:
                return datetime.fromisoformat(data.upper().replace(" ", "+"))
            except ValueError:
                pass
        self.fail("invalid")

    def to_representation(self, value: datetime) -> str:
        """Swedish wall time with its offset."""
        return moment(value)


class SlotsAsked(serializers.Serializer[Any]):
    """The query of `GET /slots`. Every name is known, and stands once."""

    meeting_type = serializers.UUIDField(help_text="Id of the meeting type.")
    form = serializers.ChoiceField(choices=[form.value for form in Form], help_text="How the meeting is held.")
    until = MomentField(required=False, help_text="Starts before this moment. Default: as far ahead as is booked.")
    n = serializers.IntegerField(
        min_value=1, max_value=MOST_SLOTS, default=USUAL_SLOTS, help_text="At most so many times."
    )
    calendar = serializers.UUIDField(required=False, help_text="Only times of this calendar.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is no name that Python allows in a class."""
        fields = super().get_fields()
        fields["from"] = MomentField(required=False, help_text="Starts at or after this moment. Default: now.")
        return fields

    def to_internal_value(self, data: QueryDict) -> Any:  # noqa: ANN401 - DRF's own signature
        """Refuse names that are unknown, or that stand twice, before anything is read."""
        refused = {name: "unknown" for name in data if name not in self.fields}
        refused |= {name: "repeated" for name, values in data.lists() if name in self.fields and len(values) > 1}
        if refused:
            raise serializers.ValidationError(
                {name: [serializers.ErrorDetail(code, code)] for name, code in refused.items()}
            )
        # As a plain mapping: DRF takes an empty value of a form for one that was not given.
        return super().to_internal_value(data.dict())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The span is not reversed."""
        if "from" in attrs and "until" in attrs and attrs["until"] <= attrs["from"]:
            raise serializers.ValidationError({"until": [serializers.ErrorDetail("until", "not_after_from")]})
        return attrs

    def query(self) -> Query:
        """What to search for. Starts are whole 5 minutes, so both ends are rounded up."""
        said = self.validated_data
        since, until = said.get("from"), said.get("until")
        return Query(
            meeting_type=said["meeting_type"],
            form=said["form"],
            n=said["n"],
            from_tick=None if since is None else ceil_tick(since),
            until_tick=None if until is None else ceil_tick(until),
            calendar=said.get("calendar"),
        )


class SlotAnswered(serializers.Serializer[Any]):
    """One free time."""

    start = serializers.DateTimeField(help_text="A whole 5 minutes.")
    end = serializers.DateTimeField(help_text="The meeting's end, without buffers.")
    form = serializers.ChoiceField(choices=[form.value for form in Form])
    calendars = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="Free calendars; with the scope calendars:read only."
    )


class SlotsAnswered(serializers.Serializer[Any]):
    """Free times, earliest first."""

    slots = SlotAnswered(many=True)
    searched_until = serializers.DateTimeField(
        help_text="Every free time that starts before this moment is in the answer. Ask on with it as `from`."
    )


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


def moment(value: datetime) -> str:
    """RFC 3339 in Swedish wall time, to the second."""
    return local(value).isoformat(timespec="seconds")


def slot(free: Slot) -> dict[str, Any]:
    """One free time, without whose it is."""
    return {"start": moment(free.start), "end": moment(free.end), "form": free.form}


def slots(found: Found, *, calendars: bool) -> dict[str, Any]:
    """The answer of a search; `calendars`: say also which calendars are free."""
    shown = [slot(free) for free in found.slots()]
    if calendars:
        for entry, offer in zip(shown, found.offers, strict=True):
            entry["calendars"] = [str(found.uuids[calendar]) for calendar in offer.calendars]
    return {"slots": shown, "searched_until": moment(_complete_until(found))}


def _complete_until(found: Found) -> datetime:
    """Up to where the answer leaves nothing out: the end of the search, or just after the last of `n` times."""
    if len(found.offers) < found.query.n:
        return found.searched_until
    return instant(found.offers[-1].tick + 1)
