"""Shapes of calendars, of what opens them, and of why a time is not free."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from rest_framework import serializers

from booking.api.parsing import Asked, IdField, MomentField, StartField, TextField, WholeField, many, moment, refused
from booking.api.slot_shapes import FORMS
from booking.calendars_of_systems import SeenCalendar
from booking.models import Absence, Calendar, CalendarKind, OpeningRule
from booking.opening_preview import Preview
from booking.opening_state import Drawn
from booking.opening_wanted import ABSENCE_CODES, WantedAbsence, WantedRule, cycle_of
from booking.timeline import instant

MOST_LISTED, USUAL_LISTED, MOST_RULES = 200, 50, 100
KINDS: Final = [kind.value for kind in CalendarKind]
_MINUTE = "Minutes after midnight in the calendar's zone, a multiple of 5."


class CalendarsAsked(Asked):
    """The query of `GET /calendars`."""

    unit = IdField(required=False)
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    limit = WholeField(min_value=1, max_value=MOST_LISTED, default=USUAL_LISTED)
    cursor = TextField(max_length=100, required=False, help_text="`next` of the page before.")


class CalendarAnswered(serializers.Serializer[Any]):
    """A calendar."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    unit = serializers.UUIDField()
    name = serializers.CharField(help_text="The officer's at work, or the room's.")
    languages = serializers.ListField(child=serializers.CharField(), help_text="BCP 47.")
    meeting_types = serializers.ListField(child=serializers.UUIDField(), help_text="What it can be booked for.")
    rules_version = serializers.IntegerField()


class CalendarsAnswered(serializers.Serializer[Any]):
    """A page of calendars, by id."""

    results = CalendarAnswered(many=True)
    next = serializers.CharField(allow_null=True)


class ExplainAsked(Asked):
    """The query of `GET /calendars/{id}/explain`."""

    meeting_type = IdField()
    form = serializers.ChoiceField(choices=FORMS)
    start = StartField(help_text="A start, at whole 5 minutes.")


class ReasonAnswered(serializers.Serializer[Any]):
    """One reason. `booking`: whose id the token may see; `another`: there is one that it may not."""

    why = serializers.CharField(help_text="outside_opening, off_grid, booked, buffer_of, held_until, absence, ...")
    booking = serializers.UUIDField(required=False)
    another = serializers.BooleanField(required=False)
    until = serializers.DateTimeField(required=False, help_text="When a hold runs out.")


class ReasonsAnswered(serializers.Serializer[Any]):
    """Every reason; none exactly when the time is free."""

    reasons = ReasonAnswered(many=True)


class RuleAsked(Asked):
    """A piece of open time that recurs. At most one of `every` above 1, `week_parity` and `nth`."""

    weekdays = serializers.ListField(
        child=WholeField(min_value=1, max_value=7), min_length=1, max_length=7, help_text="ISO, 1 is Monday."
    )
    from_minute = WholeField(min_value=0, max_value=1440, help_text=_MINUTE)
    to_minute = WholeField(min_value=0, max_value=1440, help_text=_MINUTE)
    forms = serializers.ListField(child=serializers.ChoiceField(choices=FORMS), min_length=1, max_length=4)
    step = WholeField(min_value=5, max_value=120, help_text="Minutes between starts, a multiple of 5.")
    anchor = serializers.ChoiceField(choices=["opening", "clock"], default="opening")
    valid_from = serializers.DateField(required=False, allow_null=True, input_formats=["%Y-%m-%d"])
    valid_to = serializers.DateField(required=False, allow_null=True, input_formats=["%Y-%m-%d"])
    on_red_days = serializers.BooleanField(default=False)
    every = WholeField(min_value=1, max_value=8, default=1, help_text="Each n-th week from `first_monday`.")
    first_monday = serializers.DateField(required=False, allow_null=True, input_formats=["%Y-%m-%d"])
    week_parity = serializers.ChoiceField(choices=["", "odd", "even"], default="", help_text="ISO week numbers.")
    nth = WholeField(min_value=-1, max_value=5, default=0, help_text="Weekday of the month; -1 the last, 0 any.")


class RulesAsked(Asked):
    """The body of `PUT /calendars/{id}/rules`: all rules, in place of those that there are."""

    rules = many(RuleAsked, max_length=MOST_RULES)
    rules_version = WholeField(min_value=0, max_value=2_147_483_647, help_text="Of the calendar as you saw it.")
    orphans = serializers.ChoiceField(
        choices=["keep", "tasks"], default="keep", help_text="Of bookings outside: keep, or a task to move each."
    )


class PreviewAsked(Asked):
    """The body of `POST /calendars/{id}/rules/preview`."""

    rules = many(RuleAsked, max_length=MOST_RULES)


class AbsenceAsked(Asked):
    """The body of `POST /calendars/{id}/absences`. With a `weekday` it recurs between the two moments."""

    from_ = MomentField()
    to = MomentField()
    code = serializers.ChoiceField(choices=list(ABSENCE_CODES))
    weekday = WholeField(min_value=1, max_value=7, required=False)
    from_minute = WholeField(min_value=0, max_value=1440, default=0, help_text=_MINUTE)
    to_minute = WholeField(min_value=0, max_value=1440, default=1440, help_text=_MINUTE)
    rules_version = WholeField(min_value=0, max_value=2_147_483_647, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """In order."""
        if attrs["to"] <= attrs["from"]:
            raise refused(to="not_after_from")
        return attrs

    def wanted(self) -> WantedAbsence:
        """As the use case takes it."""
        said = self.validated_data
        return WantedAbsence(
            said["from"], said["to"], said["code"], said.get("weekday"), said["from_minute"], said["to_minute"]
        )


class RuleAnswered(serializers.Serializer[Any]):
    """One rule, of one weekday."""

    id = serializers.UUIDField()
    weekdays = serializers.ListField(child=serializers.IntegerField())
    from_minute = serializers.IntegerField()
    to_minute = serializers.IntegerField()
    forms = serializers.ListField(child=serializers.ChoiceField(choices=FORMS))
    step = serializers.IntegerField()
    anchor = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    on_red_days = serializers.BooleanField()
    every = serializers.IntegerField()
    first_monday = serializers.DateField(allow_null=True)
    week_parity = serializers.CharField(allow_blank=True)
    nth = serializers.IntegerField()


class AbsenceAnswered(serializers.Serializer[Any]):
    """A time that is closed."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    weekday = serializers.IntegerField(allow_null=True)
    from_minute = serializers.IntegerField()
    to_minute = serializers.IntegerField()
    to = serializers.DateTimeField()

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name that Python allows in a class."""
        return super().get_fields() | {"from": serializers.DateTimeField()}


class OpeningAnswered(serializers.Serializer[Any]):
    """What opens and closes a calendar."""

    rules = RuleAnswered(many=True)
    absences = AbsenceAnswered(many=True)
    rules_version = serializers.IntegerField()


class OrphanAnswered(serializers.Serializer[Any]):
    """A coming booking that would lie outside open time."""

    booking = serializers.UUIDField()
    start = serializers.DateTimeField()


class WeekAnswered(serializers.Serializer[Any]):
    """The free minutes of an ISO week."""

    monday = serializers.DateField()
    before = serializers.IntegerField()
    after = serializers.IntegerField()


class PreviewAnswered(serializers.Serializer[Any]):
    """What the rules would do, over the horizon of what the calendar offers."""

    gained = serializers.ListField(child=serializers.DateTimeField(), help_text="Starts that would come.")
    lost = serializers.ListField(child=serializers.DateTimeField(), help_text="Starts that would go.")
    orphans = OrphanAnswered(many=True)
    weeks = WeekAnswered(many=True)
    rules_version = serializers.IntegerField()


def calendar(seen: SeenCalendar) -> dict[str, Any]:
    """One calendar."""
    row = seen.calendar
    return {
        "id": str(row.uuid),
        "kind": row.kind,
        "unit": str(row.unit_id),
        "name": seen.name,
        "languages": row.languages,
        "meeting_types": [str(one) for one in seen.meeting_types],
        "rules_version": row.rules_version,
    }


def opening(row: Calendar, drawn: Drawn) -> dict[str, Any]:
    """What opens and closes a calendar; what is over is left out."""
    return {
        "rules": [_rule(one) for one in drawn.rules],
        "absences": [absence(one) for one in drawn.absences],
        "rules_version": row.rules_version,
    }


def absence(row: Absence) -> dict[str, Any]:
    """One absence."""
    return {
        "id": str(row.id),
        "from": moment(row.from_at),
        "to": moment(row.to_at),
        "code": row.code,
        "weekday": row.weekday,
        "from_minute": row.from_minute,
        "to_minute": row.to_minute,
    }


def preview(found: Preview) -> dict[str, Any]:
    """What a change would do."""
    after = dict(found.free_after)
    return {
        "gained": [moment(instant(tick)) for tick in found.gained],
        "lost": [moment(instant(tick)) for tick in found.lost],
        "orphans": [{"booking": str(one.id), "start": moment(instant(one.span[0]))} for one in found.orphans],
        "weeks": [
            {"monday": monday.isoformat(), "before": minutes, "after": after.get(monday, 0)}
            for monday, minutes in found.free_before
        ],
        "rules_version": found.rules_version,
    }


def wanted_rule(said: dict[str, Any]) -> WantedRule:
    """A validated rule as the use case takes it. Raises `OpeningFault`."""
    return WantedRule(
        weekdays=tuple(said["weekdays"]),
        from_minute=said["from_minute"],
        to_minute=said["to_minute"],
        forms=tuple(said["forms"]),
        step=said["step"],
        valid_from=said.get("valid_from"),
        valid_to=said.get("valid_to"),
        cycle=cycle_of(said["every"], said.get("first_monday"), said["week_parity"], said["nth"]),
        anchor=said["anchor"],
        on_red_days=said["on_red_days"],
    )


def _rule(row: OpeningRule) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "weekdays": [row.weekday],
        "from_minute": row.from_minute,
        "to_minute": row.to_minute,
        "forms": row.forms,
        "step": row.step,
        "anchor": row.anchor,
        "valid_from": _day(row.valid_from),
        "valid_to": _day(row.valid_to),
        "on_red_days": row.on_red_days,
        "every": row.every,
        "first_monday": _day(row.first_monday),
        "week_parity": row.week_parity,
        "nth": row.nth,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
