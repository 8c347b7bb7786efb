"""Calendars, and why a time is not free on one."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from booking import asking, calendars_of_systems
from booking.api import calendar_shapes as shapes
from booking.api import cursor
from booking.api.base import ApiView, reading
from booking.api.parsing import moment
from booking.api.problem_shapes import problems
from booking.search import Query


class Calendars(ApiView):
    """Whose time can be booked."""

    scope_needed = "calendars:read"

    @extend_schema(
        operation_id="calendars",
        summary="Calendars",
        tags=["calendars"],
        parameters=[shapes.CalendarsAsked],
        responses={200: OpenApiResponse(shapes.CalendarsAnswered, "A page of calendars."), **problems()},
    )
    def get(self, request: Request) -> Response:
        """The active calendars of the token's units, by id."""
        said = self.query(shapes.CalendarsAsked).validated_data
        context = ("calendars", self.token.id, said.get("unit"), said.get("kind"))
        after = cursor.read(said["cursor"], *context)[1] if "cursor" in said else None
        rows, last = calendars_of_systems.listed(
            actor=self.actor(), unit=said.get("unit"), kind=said.get("kind", ""), limit=said["limit"], after=after
        )
        return Response({"results": [shapes.calendar(row) for row in rows], "next": cursor.written(last, *context)})


class Explain(ApiView):
    """Why a time is not free."""

    scope_needed = "calendars:read"

    @extend_schema(
        operation_id="explain",
        summary="Why a time is not free",
        tags=["calendars"],
        parameters=[shapes.ExplainAsked],
        responses={200: OpenApiResponse(shapes.ReasonsAnswered, "Every reason; none when it is free."), **problems()},
    )
    def get(self, request: Request, calendar: UUID) -> Response:
        """Every reason why the calendar does not have the start; none exactly when a search offers it."""
        said, actor = self.query(shapes.ExplainAsked).validated_data, self.actor()
        query = Query(said["meeting_type"], said["form"], n=1)
        with reading(actor):
            told = asking.explain(actor=actor, calendar=calendar, start=said["start"], query=query, now=timezone.now())
        return Response({"reasons": [_reason(one) for one in told]})


def _reason(told: asking.ReasonTold) -> dict[str, object]:
    shown: dict[str, object] = {"why": str(told.why)}
    if told.booking is not None:
        shown["booking"] = str(told.booking)
    if told.another:
        shown["another"] = True
    if told.until is not None:
        shown["until"] = moment(told.until)
    return shown
