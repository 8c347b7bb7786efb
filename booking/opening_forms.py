"""Forms of one calendar's opening: rules, dates that differ, absences, limits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.models import CalendarLimit, MeetingType, OpeningRule
from booking.officer_forms import ABSENCES, FORMS, STEPS, WEEKDAYS, ClockField, as_clock
from booking.officer_trying import TriedForm
from booking.opening_state import cycle_of_row
from booking.opening_wanted import WantedAbsence, WantedException, WantedLimit, WantedRule, cycle_of
from booking.opening_words import MONTHS, WEEKS, repeat_of
from booking.patterns import MINUTES_PER_DAY, WEEKLY, Cycle
from booking.timeline import instant
from booking.walltime import ticks_of

_REVERSED = _("Sista dagen ligger före den första. Välj en senare dag.")
_ENDS_BEFORE = _("Tiden slutar före den börjar. Välj en senare sluttid.")
_ANCHORS = (("opening", _("öppettidens början")), ("clock", _("hel timme")))


def day_field(label: Any, *, required: bool = False) -> forms.DateField:  # noqa: ANN401 - a text, or a lazy one
    """A date as `2026-12-01`."""
    words = {"required": _("Välj en dag."), "invalid": _("Skriv dagen så här: 2026-12-01.")}
    return forms.DateField(label=label, required=required, input_formats=["%Y-%m-%d"], error_messages=words)


def _steps() -> list[tuple[int, str]]:
    """How often a meeting can start, in the reader's language: asked for by each page."""
    return [(step, gettext("var %(n)s:e minut") % {"n": step}) for step in STEPS]


def step_field() -> forms.TypedChoiceField:
    """How often a meeting can start."""
    return forms.TypedChoiceField(
        label=_("Ett möte kan börja"),
        choices=_steps,
        coerce=int,
        initial=15,
        error_messages={"required": _("Välj hur ofta ett möte kan börja.")},
    )


def held_field(*, required: bool = True) -> forms.MultipleChoiceField:
    """In which ways people can meet."""
    words = {"required": _("Välj minst ett sätt att ses.")}
    return forms.MultipleChoiceField(label=_("Hur ni kan ses"), choices=FORMS, required=required, error_messages=words)


def repeat_field(*, once: bool = False) -> forms.ChoiceField:
    """How often, in the groups that people think in."""
    groups: list[Any] = [("", _("ingen upprepning"))] if once else []
    groups += [(_("Veckor"), WEEKS), (_("Månader"), MONTHS)]
    return forms.ChoiceField(label=_("Upprepa"), choices=groups, required=False, initial="" if once else "week")


def cycle_from(repeat: str, counted_from: date | None) -> Cycle:
    """The cycle of a form's value; every n-th week counts from the week of a date."""
    kind, _dash, number = repeat.partition("-")
    if kind == "every":
        monday = counted_from - timedelta(days=counted_from.weekday()) if counted_from else None
        return cycle_of(int(number), monday)
    if kind == "nth":
        return cycle_of(nth=int(number))
    return cycle_of(week_parity=repeat) if repeat in ("odd", "even") else WEEKLY


class RuleForm(TriedForm):
    """A piece of open time that recurs; several days make several rules."""

    FIELDS: ClassVar[dict[str, str]] = {
        "weekdays": "days",
        "from_minute": "begins",
        "to_minute": "ends",
        "forms": "held",
        "first_monday": "counted_from",
        "every": "repeat",
    }
    FIRST: ClassVar[str] = "begins"

    days = forms.TypedMultipleChoiceField(
        label=_("Dagar"), choices=WEEKDAYS, coerce=int, error_messages={"required": _("Välj minst en dag.")}
    )
    begins = ClockField(label=_("Från"), error_messages={"required": _("Skriv när tiden börjar.")})
    ends = ClockField(label=_("Till"), error_messages={"required": _("Skriv när tiden slutar.")})
    repeat = repeat_field()
    counted_from = day_field(_("Räkna från veckan med den här dagen"))
    held = held_field()
    step = step_field()
    anchor = forms.ChoiceField(label=_("Starttider räknas från"), choices=_ANCHORS, required=False, initial="opening")
    valid_from = day_field(_("Första dag"))
    valid_to = day_field(_("Sista dag"))
    on_red_days = forms.BooleanField(label=_("Öppet även på röda dagar och korta dagar"), required=False)

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning, for times and dates; every n-th week counts from some week."""
        data = super().clean() or {}
        begins, ends = data.get("begins"), data.get("ends")
        if begins is not None and ends is not None and ends <= begins:
            self.add_error("ends", _ENDS_BEFORE)
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _REVERSED)
        if str(data.get("repeat")).startswith("every-") and not (data.get("counted_from") or first):
            self.add_error("counted_from", _("Välj en dag i den första veckan som ska räknas."))
        return data

    def wanted(self) -> WantedRule:
        """What a valid form asks for."""
        data = self.cleaned_data
        return WantedRule(
            weekdays=tuple(data["days"]),
            from_minute=data["begins"],
            to_minute=data["ends"],
            forms=tuple(data["held"]),
            step=data["step"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            cycle=cycle_from(data["repeat"], data["counted_from"] or data["valid_from"]),
            anchor=data["anchor"] or "opening",
            on_red_days=data["on_red_days"],
        )


def of_rule(rule: OpeningRule) -> dict[str, Any]:
    """A stored rule as the form's first values."""
    return {
        "days": [rule.weekday],
        "begins": as_clock(rule.from_minute),
        "ends": as_clock(rule.to_minute),
        "held": rule.forms,
        "step": rule.step,
        "anchor": rule.anchor,
        "repeat": repeat_of(cycle_of_row(rule)),
        "counted_from": _iso(rule.first_monday),
        "valid_from": _iso(rule.valid_from),
        "valid_to": _iso(rule.valid_to),
        "on_red_days": rule.on_red_days,
    }


class DeleteForm(TriedForm):
    """Something is taken away from the opening that the page showed."""

    FIRST: ClassVar[str] = "version"


class AbsenceForm(TriedForm):
    """A time when nothing can be booked: whole days, from one hour to another, or what recurs on a weekday."""

    prefix = "absence"
    FIELDS: ClassVar[dict[str, str]] = {
        "from_at": "first_day",
        "to_at": "last_day",
        "from_minute": "begins",
        "to_minute": "ends",
        "first_monday": "first_day",
        "every": "repeat",
    }
    FIRST: ClassVar[str] = "first_day"

    first_day = day_field(_("Första dag"), required=True)
    begins = ClockField(label=_("Från"), required=False)
    last_day = day_field(_("Sista dag"))
    ends = ClockField(label=_("Till"), required=False)
    repeat = repeat_field(once=True)
    code = forms.ChoiceField(label=_("Varför"), choices=ABSENCES, initial="leave")

    def clean(self) -> dict[str, Any]:
        """The last day is the first one if it is left out; the end comes after the beginning."""
        data = super().clean() or {}
        first, recurs = data.get("first_day"), bool(data.get("repeat"))
        if recurs and first and not data.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("Välj den sista dagen som frånvaron upprepas."))
        last = data["last_day"] = data.get("last_day") or first
        if self.errors or first is None or last is None:
            return data
        if last < first:
            self.add_error("last_day", _REVERSED)
        elif (first == last or recurs) and (data.get("begins") or 0) >= self._last_minute():
            self.add_error("ends", _ENDS_BEFORE)
        return data

    def _last_minute(self) -> int:
        ends: int | None = self.cleaned_data.get("ends")
        return MINUTES_PER_DAY if ends is None else ends

    def span(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """A valid form's first and last moment, aware UTC, half-open; no time means the whole day."""
        data, recurs = self.cleaned_data, bool(self.cleaned_data["repeat"])
        begins, ends = (0, MINUTES_PER_DAY) if recurs else (data["begins"] or 0, self._last_minute())
        return edge(data["first_day"], begins, zone, last=False), edge(data["last_day"], ends, zone, last=True)

    def wanted(self, zone: tzinfo) -> WantedAbsence:
        """What a valid form asks for. What recurs, does so on the first day's weekday."""
        data, span = self.cleaned_data, self.span(zone)
        if not data["repeat"]:
            return WantedAbsence(*span, data["code"])
        cycle, weekday = cycle_from(data["repeat"], data["first_day"]), data["first_day"].isoweekday()
        return WantedAbsence(*span, data["code"], weekday, data["begins"] or 0, self._last_minute(), cycle)


class ExceptionForm(TriedForm):
    """What is otherwise on one date. `what`: closed, extra, or skip or change with the rule's id."""

    FIELDS: ClassVar[dict[str, str]] = {
        "from_minute": "begins",
        "to_minute": "ends",
        "forms": "held",
        "kind": "what",
        "rule": "what",
        "day": "what",
    }
    FIRST: ClassVar[str] = "what"

    what = forms.ChoiceField(
        label=_("Vad ska hända den dagen?"), error_messages={"required": _("Välj vad som ska hända den dagen.")}
    )
    begins = ClockField(label=_("Från"), required=False)
    ends = ClockField(label=_("Till"), required=False)
    held = held_field(required=False)
    step = step_field()

    def __init__(self, *args: Any, day: date, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """`choices`: what can be done on that date, with the rules that fall on it."""
        super().__init__(*args, **kwargs)
        self.day = day
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        """Extra and changed time say when; what is closed may leave it out and is closed all day."""
        data = super().clean() or {}
        kind = str(data.get("what", "")).partition(":")[0]
        if kind in ("extra", "change"):
            for name, words in (("begins", _("Skriv när tiden börjar.")), ("ends", _("Skriv när tiden slutar."))):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, words)
        if kind == "extra" and not data.get("held"):
            self.add_error("held", _("Välj minst ett sätt att ses."))
        return data

    def wanted(self) -> WantedException:
        """What a valid form asks for."""
        data = self.cleaned_data
        kind, _colon, rule = data["what"].partition(":")
        timed = kind != "skip"
        return WantedException(
            day=self.day,
            kind=kind,
            rule=UUID(rule) if rule else None,
            from_minute=(data["begins"] or 0) if timed else 0,
            to_minute=MINUTES_PER_DAY if not timed or data["ends"] is None else data["ends"],
            forms=tuple(data["held"]) if timed else (),
            step=data["step"],
        )


class LimitsForm(TriedForm):
    """The most that a calendar takes: three numbers overall, and three of each meeting type. Empty is any number."""

    FIRST: ClassVar[str] = "all-per_day"
    _NAMES: ClassVar[tuple[str, ...]] = ("per_day", "per_week", "minutes_per_day")

    def __init__(self, *args: Any, types: Iterable[MeetingType], **kwargs: Any) -> None:
        """`types`: what the calendar offers."""
        super().__init__(*args, **kwargs)
        self.rows: list[tuple[str, UUID | None]] = [(gettext("Alla möten tillsammans"), None)]
        self.rows += [(row.name, row.id) for row in types]
        labels = {
            "per_day": _("Möten på en dag"),
            "per_week": _("Möten på en vecka"),
            "minutes_per_day": _("Bokade minuter på en dag"),
        }
        words = {"invalid": _("Skriv ett helt tal, till exempel 6. Lämna tomt om det inte finns någon gräns.")}
        for _name, row in self.rows:
            for name, label in labels.items():
                self.fields[f"{row or 'all'}-{name}"] = forms.IntegerField(
                    label=label, required=False, error_messages=words
                )

    def clean(self) -> dict[str, Any]:
        """Each number in its bounds, told at its own field."""
        data = super().clean() or {}
        most = {"per_day": 288, "per_week": 2016, "minutes_per_day": MINUTES_PER_DAY}
        for name, value in data.items():
            bound = most.get(name.rpartition("-")[2])
            if bound is not None and value is not None and not 0 <= value <= bound:
                self.add_error(name, gettext("Skriv ett tal från 0 till %(n)s.") % {"n": bound})
        return data

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields as the page shows them: a heading and its three numbers."""
        return [(title, [self[f"{row or 'all'}-{name}"] for name in self._NAMES]) for title, row in self.rows]

    def wanted(self) -> tuple[WantedLimit, ...]:
        """What a valid form asks for."""
        data = self.cleaned_data
        return tuple(WantedLimit(row, *(data[f"{row or 'all'}-{n}"] for n in self._NAMES)) for _t, row in self.rows)


def of_limits(limits: Iterable[CalendarLimit]) -> dict[str, int | None]:
    """Stored limits as the form's first values."""
    return {
        f"{row.meeting_type_id or 'all'}-{name}": getattr(row, name)
        for row in limits
        for name in ("per_day", "per_week", "minutes_per_day")
    }


def edge(day: date, minute: int, zone: tzinfo, *, last: bool) -> datetime:
    """A wall time as an instant, by the one function from wall time to ticks; a time that occurs twice is the outer."""
    if minute == MINUTES_PER_DAY or (last and minute):
        return instant(ticks_of(day, 0, minute, zone)[1])
    return instant(ticks_of(day, minute, MINUTES_PER_DAY, zone)[0])


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
