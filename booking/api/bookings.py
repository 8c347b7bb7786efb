"""Bookings: made, listed, read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from booking import bookings_of_systems as reading
from booking.api import booking_shapes as shapes
from booking.api import cursor
from booking.api.base import ApiView, idempotency_key
from booking.api.booking_asked import BookAsked, BookingsAsked
from booking.api.parsing import tick_of
from booking.api.problem_shapes import problems
from booking.booking_of_systems import Filled, book_held, book_now
from booking.bookings_of_systems import Listed
from booking.models import AskedHow, Booking
from booking.services import Wanted
from identity.actors import Actor
from identity.persons_of_systems import known, known_or_new

_BOOKING = OpenApiResponse(shapes.BookingAnswered, "The booking.")
_BOOK_FOR = "booking.book_for"


class BookingView(ApiView):
    """A view that answers with bookings."""

    scope_needed = "bookings:read"
    scope_to_change = "bookings:write"

    def shown(self, booking: Booking) -> dict[str, Any]:
        """A booking that was just changed."""
        seen = reading.changed(actor=self.actor(), booking=booking)
        return shapes.booking(seen, calendars=self.shows_calendars())


class Bookings(BookingView):
    """Many bookings, or a new one."""

    @extend_schema(
        operation_id="bookings",
        summary="Bookings",
        tags=["bookings"],
        parameters=[BookingsAsked],
        responses={200: OpenApiResponse(shapes.BookingsAnswered, "A page of bookings."), **problems()},
    )
    def get(self, request: Request) -> Response:
        """Bookings by start and id. What is only held is no booking. Every read is written in the access log."""
        said = self.query(BookingsAsked).validated_data
        page = reading.listed(actor=self.actor(), wanted=self._wanted(said))
        calendars = self.shows_calendars()
        results = [shapes.booking(seen, calendars=calendars) for seen in page.rows]
        return Response({"results": results, "next": cursor.written(page.last, *self._context(said))})

    def _wanted(self, said: dict[str, Any]) -> Listed:
        return Listed(
            limit=said["limit"],
            from_tick=tick_of(said.get("from")),
            until_tick=tick_of(said.get("until")),
            unit=said.get("unit"),
            state=said.get("state", ""),
            person=said.get("person"),
            external_id=said.get("external_id", ""),
            after=cursor.read(said["cursor"], *self._context(said)) if "cursor" in said else None,
        )

    def _context(self, said: dict[str, Any]) -> tuple[object, ...]:
        names = ("from", "until", "unit", "state", "person", "external_id")
        return ("bookings", self.token.id, *(said.get(name) for name in names))

    @extend_schema(
        operation_id="book",
        summary="Book a time",
        tags=["bookings"],
        parameters=[idempotency_key()],
        request=BookAsked,
        responses={
            201: _BOOKING,
            **problems(
                body=True,
                _409="slot_taken, with `alternatives`; hold_expired, stale, in_progress.",
                _422="too_soon, beyond_horizon, not_offered, key_reused.",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """Book what is held, or a free time at once; of several free officers the one with the least booked time."""
        asked = self.body(BookAsked)
        whom = asked.acts_for()
        actor = self.actor(known(actor=self.actor(), named=whom, action=_BOOK_FOR) if whom else None)
        return self.changed(lambda key: _book(actor, asked, key), self.shown, status=201)


class One(BookingView):
    """One booking."""

    @extend_schema(
        operation_id="booking",
        summary="A booking",
        tags=["bookings"],
        responses={200: _BOOKING, **problems()},
    )
    def get(self, request: Request, booking: UUID) -> Response:
        """One booking. The read is written in the access log."""
        self.query_nothing()
        seen = reading.one(actor=self.actor(), booking=booking)
        return Response(shapes.booking(seen, calendars=self.shows_calendars()))


def _book(actor: Actor, asked: BookAsked, key: str) -> Booking:
    said = asked.validated_data
    filled = Filled(asked.told(), asked.wanted_needs(), asked.companions(), said.get("information_version"))
    if "hold" in said:
        return book_held(actor=actor, hold=said["hold"], filled=filled, key=key)
    wanted = Wanted(
        meeting_type=said["meeting_type"],
        form=said["form"],
        start=said["start"],
        calendar=said.get("calendar"),
        resident=known_or_new(actor=actor, named=asked.resident(), action=_BOOK_FOR),
        duration=said.get("duration"),
        roles=asked.wanted_roles(),
        asked_how=AskedHow.SYSTEM.value,
    )
    return book_now(actor=actor, wanted=wanted, filled=filled, key=key)
