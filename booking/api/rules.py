"""When a calendar is open: its rules, what others would do, and absences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ErrorDetail, ValidationError

from booking import calendars_of_systems, idempotency, wording
from booking.api import calendar_shapes as shapes
from booking.api.base import ApiView, idempotency_key
from booking.api.problem_shapes import problems
from booking.models import Absence
from booking.opening_faults import OpeningFault
from booking.opening_services import add_absence, preview_rules, remove_absence, replace_rules
from booking.opening_wanted import WantedRule

_OPENING = OpenApiResponse(shapes.OpeningAnswered, "What opens and closes it.")


class _OpeningView(ApiView):
    scope_needed = "calendars:read"
    scope_to_change = "calendars:write"

    def opening(self, calendar: UUID) -> Response:
        """What opens and closes the calendar now."""
        row, drawn = calendars_of_systems.opening(actor=self.actor(), calendar=calendar)
        return Response(shapes.opening(row, drawn))


class Rules(_OpeningView):
    """A calendar's rules."""

    @extend_schema(
        operation_id="rules", summary="What opens a calendar", tags=["rules"], responses={200: _OPENING, **problems()}
    )
    def get(self, request: Request, calendar: UUID) -> Response:
        """The rules, one for each weekday, and the absences that are not over."""
        self.query_nothing()
        return self.opening(calendar)

    @extend_schema(
        operation_id="replace_rules",
        summary="Put rules in place of all there are",
        tags=["rules"],
        request=shapes.RulesAsked,
        responses={200: _OPENING, **problems(body=True, _409="stale: the rules have changed meanwhile.")},
    )
    def put(self, request: Request, calendar: UUID) -> Response:
        """A rule that is there already keeps its id. No booking is cancelled."""
        said = self.body(shapes.RulesAsked).validated_data
        replace_rules(
            actor=self.actor(),
            calendar=calendar,
            wanted=_wanted(said["rules"]),
            version=said["rules_version"],
            orphans=said["orphans"],
        )
        return self.opening(calendar)


class Preview(_OpeningView):
    """What other rules would do."""

    scope_to_change = "calendars:write"
    counts_as = "search"

    @extend_schema(
        operation_id="preview_rules",
        summary="What other rules would do",
        tags=["rules"],
        request=shapes.PreviewAsked,
        responses={200: OpenApiResponse(shapes.PreviewAnswered, "What would change."), **problems(body=True)},
    )
    def post(self, request: Request, calendar: UUID) -> Response:
        """Starts gained and lost, bookings that would lie outside, free minutes by week. Changes nothing."""
        said = self.body(shapes.PreviewAsked).validated_data
        found = preview_rules(actor=self.actor(), calendar=calendar, wanted=_wanted(said["rules"]))
        return Response(shapes.preview(found))


class Absences(_OpeningView):
    """When a calendar is closed."""

    scope_needed = "calendars:write"
    scope_to_change = ""

    @extend_schema(
        operation_id="add_absence",
        summary="Close a calendar for a time",
        tags=["rules"],
        parameters=[idempotency_key()],
        request=shapes.AbsenceAsked,
        responses={
            201: OpenApiResponse(shapes.AbsenceAnswered, "The absence."),
            **problems(body=True, _409="stale, in_progress.", _422="key_reused."),
        },
    )
    def post(self, request: Request, calendar: UUID) -> Response:
        """Nobody's booking is cancelled. One that is there already is the answer."""
        asked, actor = self.body(shapes.AbsenceAsked), self.actor()
        version = asked.validated_data.get("rules_version")

        def change(key: str) -> Absence:
            before = calendars_of_systems.absence_of_key(actor=actor, calendar=calendar, key=key)
            if before is not None:
                return before
            made = add_absence(actor=actor, calendar=calendar, wanted=asked.wanted(), version=version)
            idempotency.note(actor=actor, key=key, result=made.id)
            return made

        return self.changed(change, shapes.absence, status=201)


class OneAbsence(_OpeningView):
    """One absence."""

    scope_needed = "calendars:write"
    scope_to_change = ""

    @extend_schema(
        operation_id="remove_absence",
        summary="Open the time of an absence again",
        tags=["rules"],
        request=None,
        responses={204: OpenApiResponse(description="It is gone."), **problems()},
    )
    def delete(self, request: Request, calendar: UUID, absence: UUID) -> Response:
        """404 when it is gone already."""
        self.query_nothing()
        remove_absence(actor=self.actor(), calendar=calendar, absence=absence)
        return Response(status=204)


def _wanted(rules: Iterable[dict[str, Any]]) -> tuple[WantedRule, ...]:
    """Validated rules as the use case takes them; a fault is told with the number of its rule."""
    made = []
    for number, said in enumerate(rules):
        try:
            one = shapes.wanted_rule(said)
            one.check(wording.local_date(timezone.now()))
        except OpeningFault as fault:
            field = {fault.field or "non_field_errors": [ErrorDetail(fault.code, fault.code)]}
            raise ValidationError({"rules": {str(number): field}}) from None
        made.append(one)
    return tuple(made)
