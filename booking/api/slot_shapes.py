"""Shapes of free times and meeting types: what is asked, checked to the letter, and what is answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from rest_framework import serializers

from booking.api.parsing import Asked, IdField, MomentField, TextField, WholeField, moment, refused, tick_of
from booking.api.roles_asked import RolesField
from booking.models import Form, MeetingType
from booking.pool import RoleWanted
from booking.search import Found, Query
from booking.slots import Slot
from booking.timeline import Tick, instant

MOST_SLOTS, USUAL_SLOTS, MOST_DAYS = 50, 10, 62
FORMS: Final = [form.value for form in Form]


class TimesAsked(Asked):
    """What every search names."""

    meeting_type = IdField(help_text="Id of the meeting type.")
    form = serializers.ChoiceField(choices=FORMS, help_text="How the meeting is held.")
    calendar = IdField(required=False, help_text="Only times of this calendar.")
    language = TextField(max_length=8, required=False, help_text="With an interpreter of ours who has it: BCP 47.")
    duration = WholeField(min_value=5, max_value=720, required=False, help_text="Minutes; default the type's.")
    roles = RolesField(required=False, help_text="Who else is needed: room, or officer:<calendar>, with commas.")

    def validate_duration(self, minutes: int) -> int:
        """A multiple of 5."""
        if minutes % 5:
            raise serializers.ValidationError("duration", "not_whole_5_minutes")
        return minutes

    def search(self, n: int, from_tick: Tick | None, until_tick: Tick | None) -> Query:
        """What to search for."""
        said = self.validated_data
        interpreter = (RoleWanted("interpreter", language=said["language"]),) if "language" in said else ()
        return Query(
            meeting_type=said["meeting_type"],
            form=said["form"],
            n=n,
            from_tick=from_tick,
            until_tick=until_tick,
            calendar=said.get("calendar"),
            duration=said.get("duration"),
            roles=(*said.get("roles", ()), *interpreter),
        )


class SlotsAsked(TimesAsked):
    """The query of `GET /slots`. Every name is known, and stands once."""

    from_ = MomentField(required=False, help_text="Starts at or after this moment. Default: now.")
    until = MomentField(required=False, help_text="Starts before this moment. Default: as far ahead as is booked.")
    n = WholeField(min_value=1, max_value=MOST_SLOTS, default=USUAL_SLOTS, help_text="At most so many times.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The span is not reversed."""
        if "from" in attrs and "until" in attrs and attrs["until"] <= attrs["from"]:
            raise refused(until="not_after_from")
        return attrs

    def query(self) -> Query:
        """What to search for. Starts are whole 5 minutes, so both ends are rounded up."""
        said = self.validated_data
        return self.search(said["n"], tick_of(said.get("from")), tick_of(said.get("until")))


class SlotAnswered(serializers.Serializer[Any]):
    """One free time."""

    start = serializers.DateTimeField(help_text="A whole 5 minutes.")
    end = serializers.DateTimeField(help_text="The meeting's end, without buffers.")
    form = serializers.ChoiceField(choices=[form.value for form in Form])
    calendars = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="Free calendars; with the scope calendars:read only."
    )


class SlotsAnswered(serializers.Serializer[Any]):
    """Free times, earliest first."""

    slots = SlotAnswered(many=True)
    searched_until = serializers.DateTimeField(
        help_text="Every free time that starts before this moment is in the answer. Ask on with it as `from`."
    )


def slot(free: Slot) -> dict[str, Any]:
    """One free time, without whose it is."""
    return {"start": moment(free.start), "end": moment(free.end), "form": free.form}


def slots(found: Found, *, calendars: bool) -> dict[str, Any]:
    """The answer of a search; `calendars`: say also which calendars are free."""
    shown = [slot(free) for free in found.slots()]
    if calendars:
        for entry, offer in zip(shown, found.offers, strict=True):
            entry["calendars"] = [str(found.uuids[calendar]) for calendar in offer.calendars]
    return {"slots": shown, "searched_until": moment(_complete_until(found))}


def _complete_until(found: Found) -> datetime:
    """Up to where the answer leaves nothing out: the end of the search, or just after the last of `n` times."""
    if len(found.offers) < found.query.n:
        return found.searched_until
    return instant(found.offers[-1].tick + 1)


class DaysAsked(TimesAsked):
    """The query of `GET /slots/days`: local dates, both included."""

    from_ = serializers.DateField(help_text="First local date.", input_formats=["%Y-%m-%d"])
    until = serializers.DateField(help_text="Last local date, at most 62 days in all.", input_formats=["%Y-%m-%d"])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """In order, and not too many."""
        if attrs["until"] < attrs["from"]:
            raise refused(until="not_after_from")
        if (attrs["until"] - attrs["from"]).days >= MOST_DAYS:
            raise refused(until="too_many_days")
        return attrs


class DayAnswered(serializers.Serializer[Any]):
    """The free starts of one local date."""

    date = serializers.DateField()
    starts = serializers.ListField(child=serializers.DateTimeField(), help_text="Ascending.")


class DaysAnswered(serializers.Serializer[Any]):
    """Every date that was asked for and has free times."""

    days = DayAnswered(many=True)


class MeetingTypesAsked(Asked):
    """The query of `GET /meeting-types`."""

    unit = IdField(required=False, help_text="Only of this unit.")
    form = serializers.ChoiceField(choices=FORMS, required=False, help_text="Only those that have this form.")


class LeadAnswered(serializers.Serializer[Any]):
    """How long before its start a time can be booked: whichever of the two is not 0."""

    minutes = serializers.IntegerField()
    working_days = serializers.IntegerField()


class MeetingTypeAnswered(serializers.Serializer[Any]):
    """What can be booked. `duration` is minutes, `horizon` days."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    unit = serializers.UUIDField()
    forms = serializers.ListField(child=serializers.ChoiceField(choices=FORMS))
    duration = serializers.IntegerField()
    lead = LeadAnswered()
    horizon = serializers.IntegerField()


class MeetingTypesAnswered(serializers.Serializer[Any]):
    """All of them: there is never a next page."""

    results = MeetingTypeAnswered(many=True)
    next = serializers.CharField(allow_null=True)


def meeting_type(row: MeetingType) -> dict[str, Any]:
    """One meeting type. Its service is read."""
    return {
        "id": str(row.id),
        "name": row.name,
        "unit": str(row.service.unit_id),
        "forms": row.forms,
        "duration": row.duration,
        "lead": {"minutes": 0 if row.lead_working_days else row.lead_minutes, "working_days": row.lead_working_days},
        "horizon": row.horizon_days,
    }


def days(found: tuple[tuple[date, tuple[Tick, ...]], ...]) -> dict[str, Any]:
    """Free starts by local date; a date without any is left out."""
    shown = [{"date": day.isoformat(), "starts": [moment(instant(tick)) for tick in ticks]} for day, ticks in found]
    return {"days": [day for day in shown if day["starts"]]}
