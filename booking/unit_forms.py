"""Forms of what concerns a whole unit or municipality: closures, short days, what a calendar is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking import red_days, wording
from booking.models import Calendar
from booking.officer_forms import ClockField, as_clock
from booking.officer_trying import TriedForm
from booking.opening_forms import day_field, edge
from booking.opening_wanted import WantedClosure, WantedSettings
from booking.opening_year import eve_name
from booking.patterns import MINUTES_PER_DAY

ALL = "all"
_HOURS = range(10 * 60, 17 * 60 + 1, 30)


class ClosureForm(TriedForm):
    """When a unit is closed, or the whole municipality; no time means whole days."""

    FIELDS: ClassVar[dict[str, str]] = {"from_at": "first_day", "to_at": "last_day"}
    FIRST: ClassVar[str] = "first_day"

    unit = forms.ChoiceField(label=_("Vad ska stängas?"), error_messages={"required": _("Välj vad som ska stängas.")})
    first_day = day_field(_("Första dag"), required=True)
    begins = ClockField(label=_("Från"), required=False)
    last_day = day_field(_("Sista dag"))
    ends = ClockField(label=_("Till"), required=False)

    def __init__(self, *args: Any, units: Mapping[UUID, str], whole: bool, **kwargs: Any) -> None:
        """`units`: those that the asker closes; `whole`: they close the municipality too."""
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        everything = [(ALL, gettext("Hela kommunen"))] if whole else []
        field.choices = [(str(unit), name) for unit, name in units.items()] + everything

    def clean(self) -> dict[str, Any]:
        """The last day is the first one if it is left out."""
        data = super().clean() or {}
        first = data.get("first_day")
        last = data["last_day"] = data.get("last_day") or first
        if first and last and last < first:
            self.add_error("last_day", _("Sista dagen ligger före den första. Välj en senare dag."))
        elif first and first == last and (data.get("begins") or 0) >= _to(data):
            self.add_error("ends", _("Tiden slutar före den börjar. Välj en senare sluttid."))
        return data

    def wanted(self, zone: tzinfo) -> WantedClosure:
        """What a valid form asks for."""
        data = self.cleaned_data
        unit = None if data["unit"] == ALL else UUID(data["unit"])
        begins = edge(data["first_day"], data["begins"] or 0, zone, last=False)
        return WantedClosure(begins, edge(data["last_day"], _to(data), zone, last=True), unit)


def _to(data: dict[str, Any]) -> int:
    ends: int | None = data.get("ends")
    return MINUTES_PER_DAY if ends is None else ends


class ShortDaysForm(TriedForm):
    """When the municipality closes on each eve."""

    FIRST: ClassVar[str] = "twelfth_night"

    def __init__(self, *args: Any, decided: Mapping[str, int], **kwargs: Any) -> None:
        """`decided`: what the municipality has said, in minutes after midnight."""
        super().__init__(*args, **kwargs)
        self.before = dict(red_days.DEFAULTS) | dict(decided)
        for eve, closes_at in self.before.items():
            self.fields[eve] = forms.TypedChoiceField(
                label=wording.capital(eve_name(eve)), choices=_closing_times(closes_at), coerce=int, initial=closes_at
            )

    def eves(self) -> list[forms.BoundField]:
        """The fields in the order of the year."""
        return [self[eve] for eve in self.before]

    def changed(self) -> dict[str, int]:
        """What a valid form asks for: the eves that are otherwise than before."""
        return {eve: self.cleaned_data[eve] for eve, old in self.before.items() if self.cleaned_data[eve] != old}


def _closing_times(stored: int) -> list[tuple[int, str]]:
    minutes = sorted({*_HOURS, stored} - {red_days.CLOSED, red_days.AS_USUAL})
    times = [(m, gettext("stänger kl. %(time)s") % {"time": as_clock(m)}) for m in minutes]
    return [(red_days.AS_USUAL, gettext("öppet som vanligt")), *times, (red_days.CLOSED, gettext("stängt hela dagen"))]


def _minutes(label: Any) -> forms.IntegerField:  # noqa: ANN401 - a lazy text
    return forms.IntegerField(label=label, required=False, error_messages={"invalid": _("Skriv ett helt tal.")})


class SettingsForm(TriedForm):
    """What a calendar is. Minutes; languages by their codes, with commas or spaces between."""

    FIRST: ClassVar[str] = "share"

    name = forms.CharField(label=_("Rummets namn"), required=False, max_length=60)
    share = forms.IntegerField(
        label=_("Andel av heltid, i procent"),
        error_messages={"required": _("Skriv en andel mellan 5 och 100 procent."), "invalid": _("Skriv ett helt tal.")},
    )
    languages = forms.CharField(label=_("Språk"), required=False, max_length=200)
    lead_minutes = _minutes(_("Minsta framförhållning, i minuter"))
    buffer_before = _minutes(_("Tid före varje möte, i minuter"))
    buffer_after = _minutes(_("Tid efter varje möte, i minuter"))

    def wanted(self) -> WantedSettings:
        """What a valid form asks for."""
        data = self.cleaned_data
        return WantedSettings(
            name=data["name"],
            share=data["share"],
            languages=tuple(data["languages"].replace(",", " ").split()),
            lead_minutes=data["lead_minutes"] or 0,
            buffer_before=data["buffer_before"] or 0,
            buffer_after=data["buffer_after"] or 0,
        )


def of_calendar(row: Calendar) -> dict[str, Any]:
    """A stored calendar as the form's first values."""
    names: Iterable[str] = ("name", "share", "lead_minutes", "buffer_before", "buffer_after")
    return {name: getattr(row, name) for name in names} | {"languages": ", ".join(row.languages)}
