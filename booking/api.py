"""The REST API, `/api/v1/`: for the municipality's own systems, server to server."""

from __future__ import annotations

from typing import cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from booking import availability, serializers
from identity import limits, pages
from identity.models import ApiToken

_PROBLEMS = {
    (status, "application/problem+json"): OpenApiResponse(serializers.ProblemAnswered, description)
    for status, description in (
        (400, "A parameter is missing, unknown, repeated or unreadable."),
        (401, "No token, or one that is not valid at this host."),
        (403, "The token lacks the scope."),
        (404, "No such meeting type, or none that the token reaches."),
        (406, "Another media type than JSON was asked for."),
        (422, "The meeting type does not have this form."),
        (429, "Too many searches; Retry-After says how many seconds to wait."),
        (500, "An error of ours."),
        (503, "The database is busy; Retry-After says how many seconds to wait."),
    )
}


class SearchesPerMinute(BaseThrottle):
    """As many searches as the token says, counted in the database; 0 is no limit."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """True, or `Limited` is raised. Comes after the scope is checked, so there is a token."""
        token = token_of(request)
        if token.searches_per_minute:
            limits.take(f"search {token.id}", per_minute=token.searches_per_minute, burst=token.searches_per_minute)
        return True


class Slots(APIView):
    """The first free times of a meeting type."""

    scope_needed = "slots:read"
    throttle_classes = [SearchesPerMinute]

    @extend_schema(
        operation_id="slots",
        summary="Free times",
        tags=["slots"],
        parameters=[serializers.SlotsAsked],
        responses={200: OpenApiResponse(serializers.SlotsAnswered, "Free times."), **_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """The first free times of a meeting type, earliest first; a time once, however many calendars are free."""
        asked = serializers.SlotsAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        token, municipality = token_of(request), pages.municipality_of(request._request)
        found = availability.free_times(
            municipality=municipality.id, token=token, query=asked.query(), now=timezone.now()
        )
        return Response(serializers.slots(found, calendars="calendars:read" in token.scopes))


def token_of(request: Request) -> ApiToken:
    """The token that the request showed: permissions let nobody in without one."""
    return cast(ApiToken, request.auth)
