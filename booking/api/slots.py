"""Meeting types and free times."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from booking import availability
from booking.api import slot_shapes as shapes
from booking.api.base import ApiView
from booking.api.problem_shapes import problems
from booking.timeline import Tick, ceil_tick
from identity import pages


class MeetingTypes(ApiView):
    """What can be booked."""

    scope_needed = "slots:read"

    @extend_schema(
        operation_id="meeting_types",
        summary="What can be booked",
        tags=["slots"],
        parameters=[shapes.MeetingTypesAsked],
        responses={200: OpenApiResponse(shapes.MeetingTypesAnswered, "Meeting types by name."), **problems()},
    )
    def get(self, request: Request) -> Response:
        """The meeting types that the token's units offer residents, by name."""
        said = self.query(shapes.MeetingTypesAsked).validated_data
        rows = availability.meeting_types(actor=self.actor(), unit=said.get("unit"), form=said.get("form"))
        return Response({"results": [shapes.meeting_type(row) for row in rows], "next": None})


class Slots(ApiView):
    """The first free times of a meeting type."""

    scope_needed = "slots:read"

    @extend_schema(
        operation_id="slots",
        summary="Free times",
        tags=["slots"],
        parameters=[shapes.SlotsAsked],
        responses={
            200: OpenApiResponse(shapes.SlotsAnswered, "Free times."),
            **problems(_422="The meeting type does not have this form."),
        },
    )
    def get(self, request: Request) -> Response:
        """The first free times of a meeting type, earliest first; a time once, however many calendars are free."""
        query = self.query(shapes.SlotsAsked).query()
        found = availability.free_times(actor=self.actor(), query=query, now=timezone.now())
        return Response(shapes.slots(found, calendars=self.shows_calendars()))


class Days(ApiView):
    """Free times by local date."""

    scope_needed = "slots:read"

    @extend_schema(
        operation_id="slots_days",
        summary="Free times by date",
        tags=["slots"],
        parameters=[shapes.DaysAsked],
        responses={
            200: OpenApiResponse(shapes.DaysAnswered, "Dates with free times."),
            **problems(_422="The meeting type does not have this form."),
        },
    )
    def get(self, request: Request) -> Response:
        """Every free start of up to 62 local dates; a date without any is left out."""
        asked = self.query(shapes.DaysAsked)
        said = asked.validated_data
        zone = ZoneInfo(pages.municipality_of(request._request).zone)
        query = asked.search(1, _midnight(said["from"], zone), _midnight(said["until"] + timedelta(days=1), zone))
        found = availability.free_days(actor=self.actor(), query=query, now=timezone.now())
        return Response(shapes.days(found.days))


def _midnight(day: date, zone: ZoneInfo) -> Tick:
    return ceil_tick(datetime.combine(day, time(), zone))
