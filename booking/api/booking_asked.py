"""What is asked of holds and bookings, checked to the letter."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from booking.api.booking_shapes import STATES
from booking.api.parsing import Asked, IdField, MomentField, StartField, TextField, WholeField, many, refused
from booking.api.roles_asked import RoleAsked, roles_of
from booking.api.slot_shapes import FORMS
from booking.models import NeedKind
from booking.pool import RoleWanted
from booking.services import Contact, WantedNeed
from identity.persons_of_systems import Named

LONGEST, MOST_LISTED, USUAL_LISTED = 720, 200, 50
LANGUAGES: Final = ["sv", "en"]
NAMED: Final = ["resident", "companion"]
NEEDS: Final = [kind.value for kind in NeedKind]
NO_CONTACT: Final = Contact("none")


def external_id(**more: Any) -> TextField:
    """What the asking system calls a person."""
    return TextField(max_length=64, help_text="What your system calls the person.", **more)


class WhomAsked(Asked):
    """A person of ours, or what another system calls one: exactly one of the two."""

    person = IdField(required=False, help_text="Id of a person of ours.")
    external_id = external_id(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Named once, in one way."""
        if ("person" in attrs) == ("external_id" in attrs):
            raise refused(person="person_or_external_id")
        return attrs


class TimeAsked(Asked):
    """A time."""

    meeting_type = IdField()
    form = serializers.ChoiceField(choices=FORMS)
    start = StartField(help_text="RFC 3339 with an offset, at whole 5 minutes.")
    calendar = IdField(required=False, help_text="This officer's time; else the officer is chosen.")
    duration = WholeField(min_value=5, max_value=LONGEST, required=False, help_text="Minutes; default the type's.")
    roles = many(RoleAsked, required=False, max_length=5)

    def validate_duration(self, minutes: int) -> int:
        """A multiple of 5."""
        if minutes % 5:
            raise serializers.ValidationError("duration", "not_whole_5_minutes")
        return minutes


class HoldAsked(TimeAsked, WhomAsked):
    """The body of `POST /holds`."""

    def named(self) -> Named:
        """Whom it is for."""
        return Named(self.validated_data.get("person"), self.validated_data.get("external_id", ""))


class PartyAsked(Asked):
    """Who takes part: the resident, by id or external id, or a companion by name."""

    role = serializers.ChoiceField(choices=NAMED)
    person = IdField(required=False)
    external_id = external_id(required=False)
    name = TextField(max_length=120, required=False, help_text="Of a companion, or of somebody new to us.")
    language = serializers.ChoiceField(choices=LANGUAGES, required=False, help_text="In which we write to them.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A resident is named by one id, a companion by name alone."""
        ids = [name for name in ("person", "external_id") if name in attrs]
        if attrs["role"] == "resident" and len(ids) != 1:
            raise refused(person="person_or_external_id")
        if attrs["role"] == "companion" and (ids or "name" not in attrs):
            raise refused(name="companion_by_name")
        return attrs


class NeedAsked(Asked):
    """An adaptation."""

    kind = serializers.ChoiceField(choices=NEEDS)
    language = TextField(max_length=8, required=False, help_text="BCP 47, of an interpreter: ar, swl.")


class ContactAsked(Asked):
    """How the resident is told."""

    way = serializers.ChoiceField(choices=["email", "none"])
    to = serializers.EmailField(max_length=254, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An address where one is needed, and none where not."""
        if (attrs["way"] == "email") != ("to" in attrs):
            raise refused(to="required" if attrs["way"] == "email" else "not_allowed")
        return attrs


class BookAsked(Asked):
    """The body of `POST /bookings`: a `hold`, or a time and the resident among `parties`."""

    hold = IdField(required=False)
    meeting_type = IdField(required=False)
    form = serializers.ChoiceField(choices=FORMS, required=False)
    start = StartField(required=False)
    calendar = IdField(required=False)
    duration = WholeField(min_value=5, max_value=LONGEST, required=False)
    roles = many(RoleAsked, required=False, max_length=5)
    parties = many(PartyAsked, required=False, max_length=6)
    needs = many(NeedAsked, required=False, max_length=8)
    contact = ContactAsked(required=False)
    on_behalf_of = WhomAsked(required=False, help_text="For whom your system acts; written down.")
    information_version = WholeField(
        min_value=1, max_value=1_000_000, required=False, help_text="Of the information that the resident was shown."
    )

    _TIME = ("meeting_type", "form", "start", "calendar", "duration", "roles")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way or the other."""
        if attrs.get("duration", 5) % 5:
            raise refused(duration="not_whole_5_minutes")
        residents = [one for one in attrs.get("parties", ()) if one["role"] == "resident"]
        if "hold" in attrs:
            wrong = dict.fromkeys((name for name in self._TIME if name in attrs), "not_with_hold")
            wrong |= {"parties": "resident_not_with_hold"} if residents else {}
        else:
            wrong = dict.fromkeys((name for name in self._TIME[:3] if name not in attrs), "required")
            wrong |= {"parties": "one_resident"} if len(residents) != 1 else {}
        if wrong:
            raise refused(**wrong)
        return attrs

    def resident(self) -> Named:
        """Whom it is for, when no hold says it."""
        said = next(one for one in self.validated_data["parties"] if one["role"] == "resident")
        return Named(said.get("person"), said.get("external_id", ""), said.get("name", ""), said.get("language", "sv"))

    def companions(self) -> tuple[str, ...]:
        """Names of those who come along."""
        return tuple(one["name"] for one in self.validated_data.get("parties", ()) if one["role"] == "companion")

    def told(self) -> Contact:
        """How the resident is told."""
        said = self.validated_data.get("contact")
        return Contact(said["way"], said.get("to", "")) if said else NO_CONTACT

    def wanted_needs(self) -> tuple[WantedNeed, ...]:
        """The adaptations."""
        return tuple(WantedNeed(one["kind"], one.get("language", "")) for one in self.validated_data.get("needs", ()))

    def wanted_roles(self) -> tuple[RoleWanted, ...]:
        """Who else is to be there."""
        return roles_of(self.validated_data.get("roles", ()))

    def acts_for(self) -> Named | None:
        """For whom the system says that it acts."""
        said = self.validated_data.get("on_behalf_of")
        return Named(said.get("person"), said.get("external_id", "")) if said else None


class BookingsAsked(Asked):
    """The query of `GET /bookings`."""

    from_ = MomentField(required=False, help_text="Starts at or after this moment.")
    until = MomentField(required=False, help_text="Starts before this moment.")
    unit = IdField(required=False)
    state = serializers.ChoiceField(choices=STATES, required=False)
    person = IdField(required=False, help_text="The resident, by our id.")
    external_id = external_id(required=False)
    limit = WholeField(min_value=1, max_value=MOST_LISTED, default=USUAL_LISTED)
    cursor = TextField(max_length=100, required=False, help_text="`next` of the page before.")


class MoveAsked(Asked):
    """The body of `POST /bookings/{id}/move`."""

    start = StartField()
    calendar = IdField(required=False)
    sequence = WholeField(min_value=0, max_value=2_147_483_647, help_text="Of the booking as you saw it.")


class CancelAsked(Asked):
    """The body of `POST /bookings/{id}/cancel`. The resident gives no reason; an officer does, as a code."""

    by = serializers.ChoiceField(choices=["resident", "officer"])
    reason = serializers.ChoiceField(choices=["ill", "clash", "asked", "other"], required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """With an officer's reason, and without a resident's."""
        if (attrs["by"] == "officer") != ("reason" in attrs):
            raise refused(reason="required" if attrs["by"] == "officer" else "not_allowed")
        return attrs


class HandOverAsked(Asked):
    """The body of `POST /bookings/{id}/hand-over`."""

    calendar = IdField(help_text="The colleague's.")
    sequence = WholeField(min_value=0, max_value=2_147_483_647, required=False)


class NoShowAsked(Asked):
    """The body of `POST /bookings/{id}/no-show`: nothing is needed."""

    call = serializers.ChoiceField(
        choices=["tried", "no_number"], default="tried", help_text="The resident was rung in vain, or has no number."
    )
