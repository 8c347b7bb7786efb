"""The waiting list: a place in it, and giving it up."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from booking.api.base import ApiView, idempotency_key
from booking.api.booking_asked import NO_CONTACT, ContactAsked, WhomAsked
from booking.api.parsing import IdField, WholeField, moment, refused
from booking.api.problem_shapes import problems
from booking.api.slot_shapes import FORMS
from booking.availability import check_reached
from booking.models import Wish, WishState
from booking.services import Contact
from booking.services.waiting import WantedWish, join_waiting_list, leave_waiting_list
from booking.wishing import PARTS
from identity.errors import NotAllowed
from identity.persons_of_systems import Named, known_or_new

_PARTS = list(PARTS)
STATES = [state.value for state in WishState]
_LONGEST_NOTICE = 86_400


class WishAsked(WhomAsked):
    """The body of `POST /wishes`."""

    meeting_type = IdField()
    form = serializers.ChoiceField(choices=FORMS)
    calendar = IdField(required=False, help_text="Only this officer's times.")
    booking = IdField(required=False, help_text="The old time, which moves when a new one is accepted.")
    weekdays = serializers.ListField(
        child=WholeField(min_value=1, max_value=7), required=False, max_length=7, help_text="ISO; none: any."
    )
    parts = serializers.ListField(
        child=serializers.ChoiceField(choices=_PARTS), required=False, max_length=2, help_text="Of the day; none: any."
    )
    earliest = serializers.DateField(required=False, input_formats=["%Y-%m-%d"])
    latest = serializers.DateField(required=False, input_formats=["%Y-%m-%d"])
    notice_minutes = WholeField(
        min_value=0, max_value=_LONGEST_NOTICE, default=1440, help_text="Before the start, at least."
    )
    contact = ContactAsked(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Dates in order."""
        if "earliest" in attrs and "latest" in attrs and attrs["latest"] < attrs["earliest"]:
            raise refused(latest="before_earliest")
        return super().validate(attrs)

    def named(self) -> Named:
        """Whom it is for."""
        return Named(self.validated_data.get("person"), self.validated_data.get("external_id", ""))

    def wanted(self, resident: UUID) -> WantedWish:
        """As the use case takes it."""
        said = self.validated_data
        contact = said.get("contact")
        return WantedWish(
            meeting_type=said["meeting_type"],
            form=said["form"],
            contact=Contact(contact["way"], contact.get("to", "")) if contact else NO_CONTACT,
            weekdays=tuple(said.get("weekdays", ())),
            parts=tuple(said.get("parts", ())),
            earliest=said.get("earliest"),
            latest=said.get("latest"),
            notice_minutes=said["notice_minutes"],
            calendar=said.get("calendar"),
            booking=said.get("booking"),
            resident=resident,
        )


class WishAnswered(serializers.Serializer[Any]):
    """A place in the waiting list."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    meeting_type = serializers.UUIDField()
    form = serializers.ChoiceField(choices=FORMS)
    person = serializers.UUIDField()
    made_at = serializers.DateTimeField()


class Wishes(ApiView):
    """A new place."""

    scope_needed = "bookings:write"

    @extend_schema(
        operation_id="join_waiting_list",
        summary="Wait for a time",
        tags=["wishes"],
        parameters=[idempotency_key()],
        request=WishAsked,
        responses={
            201: OpenApiResponse(WishAnswered, "The place."),
            **problems(body=True, _409="in_progress.", _422="not_offered, too_late, wish_limit, key_reused."),
        },
    )
    def post(self, request: Request) -> Response:
        """Those who wait are asked one at a time, the oldest wish first."""
        asked, actor = self.body(WishAsked), self.actor()

        check_reached(actor=actor, meeting_type=asked.validated_data["meeting_type"])

        def change(key: str) -> Wish:
            resident = known_or_new(actor=actor, named=asked.named(), action="wish.join_for")
            return join_waiting_list(actor=actor, wanted=asked.wanted(resident), key=key)

        return self.changed(change, _shown, status=201)


class OneWish(ApiView):
    """One place."""

    scope_needed = "bookings:write"

    @extend_schema(
        operation_id="leave_waiting_list",
        summary="Wait no more",
        tags=["wishes"],
        request=None,
        responses={204: OpenApiResponse(description="Nobody waits by it any more."), **problems()},
    )
    def delete(self, request: Request, wish: UUID) -> Response:
        """The same answer when it is given up already, or never was."""
        self.query_nothing()
        with suppress(NotAllowed):
            leave_waiting_list(actor=self.actor(), wish=wish)
        return Response(status=204)


def _shown(wish: Wish) -> dict[str, Any]:
    return {
        "id": str(wish.id),
        "state": wish.state,
        "meeting_type": str(wish.meeting_type_id),
        "form": wish.form,
        "person": str(wish.resident_id),
        "made_at": moment(wish.made_at),
    }
