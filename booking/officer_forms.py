"""Forms of the officer's pages: opening rules, absences, incoming calendars, the feed's grade."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking import wording
from booking.models import Form, OpeningRule
from booking.opening_services import WantedRule
from booking.patterns import MINUTES_PER_DAY
from booking.timeline import TICK_MINUTES, instant
from booking.uploads import MOST_OCTETS
from booking.walltime import ticks_of

STEPS = range(5, 125, 5)
WEEKDAYS = (
    (1, _("måndag")),
    (2, _("tisdag")),
    (3, _("onsdag")),
    (4, _("torsdag")),
    (5, _("fredag")),
    (6, _("lördag")),
    (7, _("söndag")),
)
FORMS = (
    (Form.VIDEO.value, _("Videomöte")),
    (Form.PHONE.value, _("Telefon")),
    (Form.VISIT.value, _("Besök")),
    (Form.HOME.value, _("Hembesök")),
)
ABSENCES = (("leave", _("Ledig")), ("sick", _("Sjuk")), ("course", _("Kurs eller möte")), ("other", _("Annat")))
GRADES = {
    "busy": (_("Bara upptagen"), _("Varje möte visas som Upptagen.")),
    "neutral": (_("Bokat möte och en kod"), _("Till exempel Bokat möte 4F2A. Inga namn.")),
    "service": (_("Bokat möte, en kod och tjänsten"), _("Tjänstens namn syns. Inga namn på personer.")),
}
_CLOCK = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?")
_DATES = ["%Y-%m-%d"]


def as_clock(minute: int) -> str:
    """Minutes after midnight as people write them: 510 -> `8.30`; 1440 is `24.00`."""
    return wording.wall_time(*divmod(minute, 60))


class ClockField(forms.CharField):
    """A wall time, `8.30`, `08:30` or `8`, as minutes after midnight, 0-1440, on whole 5 minutes."""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """The minutes, or None for nothing."""
        text = super().to_python(value)
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        hour, past = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
        minute = hour * 60 + past
        if past > 59 or minute > MINUTES_PER_DAY:
            raise ValidationError(_("Skriv tiden så här: 8.30."), code="clock")
        if minute % TICK_MINUTES:
            raise ValidationError(_("Välj en tid på hela fem minuter, till exempel 8.35."), code="grid")
        return minute


def _steps() -> list[tuple[int, str]]:
    """How often a meeting can start, in the reader's language: asked for by each page."""
    return [(step, gettext("var %(n)s:e minut") % {"n": step}) for step in STEPS]


class VersionField(forms.IntegerField):
    """The `rules_version` that a page showed. What is none is one that never was, and told as an older one is."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """The number, None for nothing, -1 for what is no number."""
        try:
            return super().to_python(value)
        except ValidationError:
            return -1


class RuleForm(forms.Form):
    """A weekly piece of open time; several days make several rules."""

    days = forms.TypedMultipleChoiceField(
        label=_("Dagar"), choices=WEEKDAYS, coerce=int, error_messages={"required": _("Välj minst en dag.")}
    )
    begins = ClockField(label=_("Från"), error_messages={"required": _("Skriv när tiden börjar.")})
    ends = ClockField(label=_("Till"), error_messages={"required": _("Skriv när tiden slutar.")})
    held = forms.MultipleChoiceField(
        label=_("Hur ni kan ses"), choices=FORMS, error_messages={"required": _("Välj minst ett sätt att ses.")}
    )
    step = forms.TypedChoiceField(
        label=_("Ett möte kan börja"),
        choices=_steps,
        coerce=int,
        initial=15,
        error_messages={"required": _("Välj hur ofta ett möte kan börja.")},
    )
    valid_from = forms.DateField(
        label=_("Första dag"),
        required=False,
        input_formats=_DATES,
        error_messages={"invalid": _("Skriv första dagen så här: 2026-12-01.")},
    )
    valid_to = forms.DateField(
        label=_("Sista dag"),
        required=False,
        input_formats=_DATES,
        error_messages={"invalid": _("Skriv sista dagen så här: 2026-12-18.")},
    )
    version = VersionField()
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning, for times and dates."""
        data = super().clean() or {}
        begins, ends = data.get("begins"), data.get("ends")
        if begins is not None and ends is not None and ends <= begins:
            self.add_error("ends", _("Tiden slutar före den börjar. Välj en senare sluttid."))
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("Sista dagen ligger före den första. Välj en senare dag."))
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
        )


def of_rule(rule: OpeningRule) -> dict[str, Any]:
    """A stored rule as the form's first values."""
    return {
        "days": [rule.weekday],
        "begins": as_clock(rule.from_minute),
        "ends": as_clock(rule.to_minute),
        "held": rule.forms,
        "step": rule.step,
        "valid_from": rule.valid_from.isoformat() if rule.valid_from else "",
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else "",
    }


class DeleteForm(forms.Form):
    """A rule is taken away from the opening that the page showed."""

    version = VersionField()


class AbsenceForm(forms.Form):
    """A time when nothing can be booked: whole days, or from one hour to another."""

    prefix = "absence"

    first_day = forms.DateField(
        label=_("Första dag"),
        input_formats=_DATES,
        error_messages={
            "required": _("Välj första dagen."),
            "invalid": _("Skriv första dagen så här: 2026-12-01."),
        },
    )
    begins = ClockField(label=_("Från"), required=False)
    last_day = forms.DateField(
        label=_("Sista dag"),
        required=False,
        input_formats=_DATES,
        error_messages={"invalid": _("Skriv sista dagen så här: 2026-12-18.")},
    )
    ends = ClockField(label=_("Till"), required=False)
    code = forms.ChoiceField(label=_("Varför"), choices=ABSENCES, initial="leave")
    version = VersionField()
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The last day is the first one if it is left out; the end comes after the beginning."""
        data = super().clean() or {}
        first = data.get("first_day")
        last = data["last_day"] = data.get("last_day") or first
        if self.errors or first is None or last is None:
            return data
        if last < first:
            self.add_error("last_day", _("Sista dagen ligger före den första. Välj en senare dag."))
        elif first == last and (data.get("begins") or 0) >= self._last_minute():
            self.add_error("ends", _("Tiden slutar före den börjar. Välj en senare sluttid."))
        return data

    def _last_minute(self) -> int:
        ends: int | None = self.cleaned_data.get("ends")
        return MINUTES_PER_DAY if ends is None else ends

    def span(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """A valid form's first and last moment, aware UTC, half-open; no time means the whole day."""
        begins, ends = self.cleaned_data["begins"] or 0, self._last_minute()
        return (
            _edge(self.cleaned_data["first_day"], begins, zone, last=False),
            _edge(self.cleaned_data["last_day"], ends, zone, last=True),
        )


def _edge(day: date, minute: int, zone: tzinfo, *, last: bool) -> datetime:
    """A wall time as an instant, by the one function from wall time to ticks; a time that occurs twice is the outer."""
    if last and minute:
        return instant(ticks_of(day, 0, minute, zone)[1])
    if minute == MINUTES_PER_DAY:
        return instant(ticks_of(day, 0, minute, zone)[1])
    return instant(ticks_of(day, minute, MINUTES_PER_DAY, zone)[0])


class AddressForm(forms.Form):
    """The address of a calendar that makes the officer busy. It is a secret and stands in no error."""

    address = forms.CharField(
        label=_("Kalenderns adress"),
        max_length=2000,
        error_messages={
            "required": _("Klistra in kalenderns adress."),
            "max_length": _("Adressen är för lång. Kopiera den en gång till."),
        },
    )


class FileForm(forms.Form):
    """A calendar file, at most 15,000,000 octets. It is read once and not kept."""

    file = forms.FileField(
        label=_("Kalenderfil"),
        error_messages={
            "required": _("Välj en fil som slutar på .ics."),
            "empty": _("Filen är tom. Spara kalendern till en ny fil."),
            "invalid": _("Välj en fil som slutar på .ics."),
        },
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """As much as may be fetched from an address."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is None or file.size > MOST_OCTETS:
            raise ValidationError(
                _("Filen är större än 15 MB. Spara en kortare tid, till exempel ett år."), code="size"
            )
        return file


class GradeForm(forms.Form):
    """How much the officer's subscription says, among what the municipality allows."""

    grade = forms.ChoiceField(
        label=_("Vad ska synas i kalendern?"), error_messages={"required": _("Välj vad som ska synas.")}
    )

    def __init__(self, *args: Any, allowed: Collection[str], **kwargs: Any) -> None:
        """`allowed`: the municipality's grades."""
        super().__init__(*args, **kwargs)
        self.offered = [(grade, *GRADES[grade]) for grade in GRADES if grade in allowed]
        field = self.fields["grade"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(grade, name) for grade, name, _text in self.offered]
