"""What the API tells of a meeting: it stands here because only meetings know who came."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from booking.api.base import ApiView
from booking.api.booking_shapes import STATES
from booking.api.parsing import moment
from booking.api.problem_shapes import problems
from booking.api.slot_shapes import FORMS
from booking.models import PartyRole
from meetings import facts as known


class PresentAnswered(serializers.Serializer[Any]):
    """Somebody who was there, without a name."""

    role = serializers.ChoiceField(choices=PartyRole.values)
    identified = serializers.CharField(allow_blank=True, help_text="How they had been identified; empty: not known.")


class FactsAnswered(serializers.Serializer[Any]):
    """Facts for the case journal."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    form = serializers.ChoiceField(choices=FORMS)
    start = serializers.DateTimeField(help_text="As booked.")
    end = serializers.DateTimeField(help_text="As booked.")
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    present = PresentAnswered(many=True)
    interruptions = serializers.IntegerField()


class Facts(ApiView):
    """What is known of a booking's meeting."""

    scope_needed = "bookings:read"

    @extend_schema(
        operation_id="booking_facts",
        summary="Facts of a meeting, for the case journal",
        tags=["bookings"],
        responses={200: OpenApiResponse(FactsAnswered, "The facts."), **problems()},
    )
    def get(self, request: Request, booking: UUID) -> Response:
        """Times, form, roles present, how they were identified, interruptions. The read is written in the log."""
        self.query_nothing()
        found = known.facts(actor=self.actor(), booking=booking)
        return Response(_shown(found))


def _shown(found: known.Facts) -> dict[str, Any]:
    row = found.booking
    return {
        "id": str(row.id),
        "state": row.state,
        "form": row.form,
        "start": moment(row.starts_at),
        "end": moment(row.ends_at),
        "started_at": _moment(found.started_at),
        "ended_at": _moment(found.ended_at),
        "present": [{"role": one.role, "identified": one.identified} for one in found.present],
        "interruptions": found.interruptions,
    }


def _moment(at: datetime | None) -> str | None:
    return moment(at) if at else None
