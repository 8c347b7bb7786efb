"""What the pages of the waiting list and of tasks take in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booking.forms import KeyField
from booking.models import Form
from booking.services import Contact
from booking.services.waiting import NOTICES, WantedWish
from booking.waiting_desk import Asked
from booking.wishing import PARTS

_PHONE = _("Skriv ett telefonnummer, till exempel 070-174 06 05.")
_DAY = {"invalid": _("Skriv en dag, till exempel 2026-12-24.")}
FIELDS = ("form", "weekdays", "parts", "earliest", "latest", "notice", "way", "email", "phone", "same", "whom")


class WishForm(forms.Form):
    """What somebody waits for. Nothing ticked among weekdays or parts of the day means any."""

    whom = forms.ChoiceField(required=False, error_messages={"invalid_choice": _("Välj en av personerna på sidan.")})
    form = forms.ChoiceField(
        choices=Form.choices,
        error_messages={
            "required": _("Välj hur du vill träffa oss."),
            "invalid_choice": _("Välj ett av sätten på sidan."),
        },
    )
    weekdays = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        choices=[(str(day), "") for day in range(1, 8)],
        error_messages={"invalid_choice": _("Välj bland dagarna på sidan.")},
    )
    parts = forms.MultipleChoiceField(
        required=False,
        choices=[(part, "") for part in PARTS],
        error_messages={"invalid_choice": _("Välj förmiddag eller eftermiddag.")},
    )
    earliest = forms.DateField(label=_("Från och med"), required=False, error_messages=_DAY)
    latest = forms.DateField(label=_("Till och med"), required=False, error_messages=_DAY)
    notice = forms.TypedChoiceField(
        label=_("Hur långt innan behöver du veta?"),
        coerce=int,
        choices=[(str(minutes), "") for minutes in NOTICES],
        error_messages={"required": _("Välj hur långt innan."), "invalid_choice": _("Välj hur långt innan.")},
    )
    same = forms.BooleanField(required=False)
    way = forms.ChoiceField(
        choices=(("email", ""), ("phone", "")),
        error_messages={
            "required": _("Välj hur vi ska höra av oss."),
            "invalid_choice": _("Välj ett av sätten på sidan."),
        },
    )
    email = forms.EmailField(
        label=_("E-postadress"),
        required=False,
        max_length=254,
        error_messages={
            "invalid": _("Skriv en hel e-postadress, till exempel namn@example.se."),
            "max_length": _("E-postadressen är för lång."),
        },
    )
    phone = forms.RegexField(
        r"\A\+?[0-9 ()-]{5,25}\Z", label=_("Telefonnummer"), required=False, error_messages={"invalid": _PHONE}
    )
    key = KeyField()

    def __init__(
        self, *args: Any, offered: Iterable[str], persons: Iterable[uuid.UUID], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        for name, values in (("form", offered), ("whom", ["", *map(str, persons)])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
            field.choices = [(value, value) for value in values]

    def clean(self) -> dict[str, Any]:
        """The way that was chosen needs its address; the other one's faults are none."""
        given = super().clean() or self.cleaned_data
        chosen = given.get("way")
        for name in ("email", "phone"):
            if name != chosen:
                self.errors.pop(name, None)
            elif not given.get(name) and name not in self.errors:
                self.add_error(name, _("Skriv din e-postadress.") if name == "email" else _PHONE)
        return given

    def clean_latest(self) -> date | None:
        """The last day is to come, and not before the first."""
        first, last = self.cleaned_data.get("earliest"), self.cleaned_data["latest"]
        if last and last < self._today:
            raise forms.ValidationError(_("Den dagen har varit. Välj en senare dag."))
        if first and last and last < first:
            raise forms.ValidationError(_("Den sista dagen är före den första."))
        day: date | None = last
        return day

    def contact(self) -> Contact:
        """How to be asked."""
        way = self.cleaned_data["way"]
        return Contact(way, self.cleaned_data[way])

    def wanted(self, asked: Asked) -> WantedWish:
        """The wish that was filled in."""
        given, old = self.cleaned_data, asked.old
        whom = uuid.UUID(given["whom"]) if given["whom"] else None
        return WantedWish(
            meeting_type=asked.offer.id,
            form=given["form"],
            contact=self.contact(),
            weekdays=tuple(given["weekdays"]),
            parts=tuple(given["parts"]),
            earliest=given["earliest"],
            latest=given["latest"],
            notice_minutes=given["notice"],
            calendar=old.calendar.uuid if old and given["same"] else None,
            booking=old.id if old else None,
            resident=old.resident_id if old else whom,
        )

    def marked(self, name: str) -> list[str]:
        """What is ticked or chosen in a field, as text."""
        value = self[name].value()
        return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value or "")]


class DoForm(forms.Form):
    """A page of several buttons: which was pressed. `shown`: the text that stood above them."""

    do = forms.ChoiceField()
    shown = forms.UUIDField(required=False, widget=forms.HiddenInput)
    key = KeyField()

    def __init__(self, *args: Any, known: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["do"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(one, one) for one in known]
