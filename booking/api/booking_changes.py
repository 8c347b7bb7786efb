"""What can become of a booking: moved, cancelled, handed over, or nobody came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from booking import bookings_of_systems as reading
from booking.api import booking_shapes as shapes
from booking.api.base import idempotency_key
from booking.api.booking_asked import CancelAsked, HandOverAsked, MoveAsked, NoShowAsked
from booking.api.bookings import BookingView
from booking.api.errors import AlreadyStarted
from booking.api.problem_shapes import problems
from booking.errors import TooLate
from booking.models import Booking
from booking.services import cancel, hand_over, mark_no_show, move

View = TypeVar("View", bound=Callable[..., Response])


def _described(
    operation: str, summary: str, body: type[Serializer[Any]], *, conflict: str, refused: str
) -> Callable[[View], View]:
    described: Callable[[View], View] = extend_schema(
        operation_id=operation,
        summary=summary,
        tags=["bookings"],
        parameters=[idempotency_key()],
        request=body,
        responses={
            200: OpenApiResponse(shapes.BookingAnswered, "The booking."),
            **problems(body=True, _409=conflict, _422=refused),
        },
    )
    return described


class Move(BookingView):
    """To another time."""

    scope_needed = "bookings:write"
    scope_to_change = ""

    @_described(
        "move_booking",
        "Move a booking",
        MoveAsked,
        conflict="slot_taken, with `alternatives`; stale, wrong_state, in_progress.",
        refused="too_late, too_soon, beyond_horizon, not_offered, key_reused.",
    )
    def post(self, request: Request, booking: UUID) -> Response:
        """To another start, and to another officer if one is named. The booking keeps its id."""
        said, actor = self.body(MoveAsked).validated_data, self.actor()
        return self.changed(
            lambda key: move(
                actor=actor,
                booking=booking,
                start=said["start"],
                sequence=said["sequence"],
                key=key,
                agreed=False,
                calendar=said.get("calendar"),
            ),
            self.shown,
            status=200,
        )


class Cancel(BookingView):
    """Nothing comes of it."""

    scope_needed = "bookings:write"
    scope_to_change = ""

    @_described(
        "cancel_booking",
        "Cancel a booking",
        CancelAsked,
        conflict="already_started, wrong_state, in_progress.",
        refused="key_reused.",
    )
    def post(self, request: Request, booking: UUID) -> Response:
        """By the resident, until the start and without a reason, or by an officer, with one. Twice is as once."""
        said, actor = self.body(CancelAsked).validated_data, self.actor()

        def change(key: str) -> Booking:
            by_resident, reason = said["by"] == "resident", said.get("reason", "")
            try:
                return cancel(actor=actor, booking=booking, key=key, reason=reason, by_resident=by_resident)
            except TooLate:
                raise AlreadyStarted from None

        return self.changed(change, self.shown, status=200)


class HandOver(BookingView):
    """To a colleague."""

    scope_needed = "bookings:write"
    scope_to_change = ""

    @_described(
        "hand_over_booking",
        "Hand a booking over to a colleague",
        HandOverAsked,
        conflict="slot_taken, stale, wrong_state, in_progress.",
        refused="not_offered, key_reused.",
    )
    def post(self, request: Request, booking: UUID) -> Response:
        """The time stays. Without `sequence` the booking is handed over as it is now."""
        said, actor = self.body(HandOverAsked).validated_data, self.actor()

        def change(key: str) -> Booking:
            sequence = said.get("sequence")
            if sequence is None:
                sequence = reading.sequence_of(actor=actor, booking=booking)
            return hand_over(actor=actor, booking=booking, calendar=said["calendar"], sequence=sequence, key=key)

        return self.changed(change, self.shown, status=200)


class NoShow(BookingView):
    """Nobody came."""

    scope_needed = "bookings:write"
    scope_to_change = ""

    @_described(
        "no_show",
        "The resident did not come",
        NoShowAsked,
        conflict="wrong_state, in_progress.",
        refused="too_soon before 10 minutes after the start; key_reused.",
    )
    def post(self, request: Request, booking: UUID) -> Response:
        """From 10 minutes after the start. The rest of the time is free at once; nobody is punished."""
        said, actor = self.body(NoShowAsked).validated_data, self.actor()
        return self.changed(
            lambda key: mark_no_show(actor=actor, booking=booking, key=key, call=said["call"]), self.shown, status=200
        )
