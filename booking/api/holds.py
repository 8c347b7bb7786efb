"""Holds: a time that is kept for ten minutes while the rest is found out."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from booking.api import booking_shapes as shapes
from booking.api.base import ApiView, idempotency_key
from booking.api.booking_asked import HoldAsked
from booking.api.parsing import Asked
from booking.api.problem_shapes import problems
from booking.api.roles_asked import roles_of
from booking.bookings_of_systems import held
from booking.errors import WrongState
from booking.models import AskedHow, Booking
from booking.services import Wanted, extend_hold, hold, release
from identity.errors import NotAllowed
from identity.persons_of_systems import known_or_new

_HELD = OpenApiResponse(shapes.HoldAnswered, "The hold.")
_TAKEN = "slot_taken, with `alternatives`; in_progress."
_NOT = "too_soon, beyond_horizon, not_offered, key_reused."


class _HoldView(ApiView):
    scope_needed = "holds:write"

    def shown(self, booking: Booking) -> dict[str, object]:
        """The hold as it is now."""
        found = held(actor=self.actor(), booking=booking)
        return shapes.hold(found.seen, found.expires_at, found.extensions_left, calendars=self.shows_calendars())


class Holds(_HoldView):
    """Hold a time."""

    @extend_schema(
        operation_id="hold",
        summary="Hold a time for ten minutes",
        tags=["holds"],
        parameters=[idempotency_key()],
        request=HoldAsked,
        responses={201: _HELD, **problems(body=True, _409=_TAKEN, _422=_NOT)},
    )
    def post(self, request: Request) -> Response:
        """Hold a time for a person. Of several free officers the one with the least booked time is chosen."""
        asked, actor = self.body(HoldAsked), self.actor()
        said = asked.validated_data

        def change(key: str) -> Booking:
            wanted = Wanted(
                meeting_type=said["meeting_type"],
                form=said["form"],
                start=said["start"],
                calendar=said.get("calendar"),
                resident=known_or_new(actor=actor, named=asked.named(), action="booking.book_for"),
                duration=said.get("duration"),
                roles=roles_of(said.get("roles", ())),
                asked_how=AskedHow.SYSTEM.value,
            )
            return hold(actor=actor, wanted=wanted, key=key)

        return self.changed(change, self.shown, status=201)


class Extend(_HoldView):
    """Keep a held time longer."""

    @extend_schema(
        operation_id="extend_hold",
        summary="Keep a held time longer",
        tags=["holds"],
        parameters=[idempotency_key()],
        request=None,
        responses={200: _HELD, **problems(body=True, _409="hold_expired, extension_limit.", _422="key_reused.")},
    )
    def post(self, request: Request, hold: UUID) -> Response:
        """Ten minutes from now, at most ten times."""
        self.body(Asked)
        actor = self.actor()
        return self.changed(lambda key: extend_hold(actor=actor, booking=hold, key=key), self.shown, status=200)


class Hold(_HoldView):
    """Let a held time go."""

    @extend_schema(
        operation_id="release_hold",
        summary="Let a held time go",
        tags=["holds"],
        request=None,
        responses={204: OpenApiResponse(description="Nobody holds it any more."), **problems()},
    )
    def delete(self, request: Request, hold: UUID) -> Response:
        """The same answer when it is gone already, or never was: nothing is told of another's."""
        self.query_nothing()
        with suppress(NotAllowed, WrongState):
            release(actor=self.actor(), booking=hold)
        return Response(status=204)
