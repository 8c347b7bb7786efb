"""Shapes of holds and bookings: what is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from rest_framework import serializers

from booking.api.parsing import moment
from booking.api.slot_shapes import FORMS
from booking.bookings_of_systems import Seen
from booking.models import PartyRole
from booking.states import State

STATES: Final = [state.value for state in State if state is not State.HELD]
ROLES: Final = [role.value for role in PartyRole]
_ONLY_WITH = "With the scope calendars:read only; the officer's first."


class HoldAnswered(serializers.Serializer[Any]):
    """A time that is kept for a while."""

    id = serializers.UUIDField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    form = serializers.ChoiceField(choices=FORMS)
    unit = serializers.UUIDField()
    meeting_type = serializers.UUIDField()
    expires_at = serializers.DateTimeField(help_text="Until then nobody else gets the time.")
    extensions_left = serializers.IntegerField(help_text="How often it can be extended still.")
    calendars = serializers.ListField(child=serializers.UUIDField(), required=False, help_text=_ONLY_WITH)


class PartyAnswered(serializers.Serializer[Any]):
    """Who takes part, as what."""

    role = serializers.ChoiceField(choices=ROLES)
    person = serializers.UUIDField()


class BookingAnswered(serializers.Serializer[Any]):
    """A booking."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    form = serializers.ChoiceField(choices=FORMS)
    unit = serializers.UUIDField()
    meeting_type = serializers.UUIDField()
    sequence = serializers.IntegerField(help_text="Rises with every change of time or officer.")
    parties = PartyAnswered(many=True)
    calendars = serializers.ListField(child=serializers.UUIDField(), required=False, help_text=_ONLY_WITH)


class BookingsAnswered(serializers.Serializer[Any]):
    """A page of bookings, by start and id."""

    results = BookingAnswered(many=True)
    next = serializers.CharField(allow_null=True, help_text="The cursor of the next page; null at the end.")


def _common(seen: Seen, *, calendars: bool) -> dict[str, Any]:
    booking = seen.booking
    shown = {
        "id": str(booking.id),
        "start": moment(booking.starts_at),
        "end": moment(booking.ends_at),
        "form": booking.form,
        "unit": str(booking.calendar.unit_id),
        "meeting_type": str(booking.meeting_type_id),
    }
    return shown | ({"calendars": [str(one) for one in seen.calendars]} if calendars else {})


def booking(seen: Seen, *, calendars: bool) -> dict[str, Any]:
    """One booking; `calendars`: say also whose time it is."""
    parties = [{"role": role, "person": str(person)} for role, person in seen.parties]
    more = {"state": seen.booking.state, "sequence": seen.booking.sequence, "parties": parties}
    return _common(seen, calendars=calendars) | more


def hold(seen: Seen, expires_at: datetime, extensions_left: int, *, calendars: bool) -> dict[str, Any]:
    """One hold."""
    more = {"expires_at": moment(expires_at), "extensions_left": extensions_left}
    return _common(seen, calendars=calendars) | more
