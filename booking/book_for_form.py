"""What the page for booking on somebody's behalf takes in. Everything typed is kept when the page comes back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.book_for import Who
from booking.forms import KeyField
from booking.models import AskedHow, NeedKind
from booking.services import Contact, WantedNeed
from identity import numbers

HOW = (
    (AskedHow.PHONE.value, _("I telefon")),
    (AskedHow.VISIT.value, _("På besök")),
    (AskedHow.LETTER.value, _("I brev")),
)
NEEDS = (
    (NeedKind.PAUSES.value, _("Pauser under mötet")),
    (NeedKind.TEXT.value, _("Skriva till varandra")),
    (NeedKind.EASY_READ.value, _("Lättläst text")),
    (NeedKind.ROOM.value, _("Låna ett rum hos oss")),
)
SIGN = "swl"
_LONGEST_NAME = 80
_START = re.compile(r"(\d{1,9})(?:@([0-9a-f-]{36}))?")


@dataclass(frozen=True)
class ChosenStart:
    """A start as the list sends it; `calendar`: the own one, None for whoever is free."""

    tick: int
    calendar: UUID | None


class ChosenStartField(forms.CharField):
    """`5892012@uuid` or `5892012`."""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """The start, or None for nothing."""
        text = super().to_python(value)
        if not text:
            return None
        found = _START.fullmatch(text)
        try:
            return ChosenStart(int(found[1]), UUID(found[2]) if found[2] else None) if found else self._faulty()
        except ValueError:
            self._faulty()

    def _faulty(self) -> None:
        raise ValidationError(_("Välj en av tiderna på sidan."), code="invalid")


class BookForForm(forms.Form):
    """The whole page: time, whom it is for, how they asked, how they are told, and what they need."""

    tid = ChosenStartField(error_messages={"required": _("Välj en tid.")})
    mote = forms.UUIDField(label=_("Någon du redan ska träffa"), required=False)
    number = forms.CharField(label=_("Personnummer"), required=False, max_length=20)
    external_id = forms.CharField(label=_("Eller id i verksamhetssystemet"), required=False, max_length=64)
    name = forms.CharField(label=_("Namn, om personen är ny hos oss"), required=False, max_length=120)
    asked_how = forms.ChoiceField(choices=HOW, error_messages={"required": _("Välj hur personen har sagt ja.")})
    to = forms.EmailField(
        label=_("E-post för bekräftelse, om personen vill ha en"),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Skriv en hel e-postadress, till exempel namn@example.se.")},
    )
    needs = forms.MultipleChoiceField(choices=NEEDS, required=False)
    companions = forms.CharField(label=_("Vem följer med?"), required=False, max_length=320)
    read_aloud = forms.BooleanField(required=False)
    key = KeyField()

    def clean_number(self) -> str:
        """Twelve digits, or empty."""
        written = str(self.cleaned_data["number"])
        if not written.strip():
            return ""
        try:
            return numbers.parse(written, today=timezone.localdate()).digits
        except numbers.NumberError:
            raise ValidationError(_("Skriv personnumret med tolv siffror, ÅÅÅÅMMDD-NNNN.")) from None

    def clean(self) -> dict[str, Any]:
        """Somebody must be meant, in one of the four ways."""
        given = super().clean() or self.cleaned_data
        named = any(given.get(field) for field in ("mote", "number", "external_id", "name"))
        if not named and "number" not in self.errors and "mote" not in self.errors:
            self.add_error("number", _("Skriv vem tiden är till: personnummer, id eller namn."))
        return given

    def clean_companions(self) -> tuple[str, ...]:
        """Names, parted by commas, each of at most 80 characters."""
        names = tuple(name.strip() for name in str(self.cleaned_data["companions"]).split(",") if name.strip())
        if any(len(name) > _LONGEST_NAME for name in names):
            raise ValidationError(_("Skriv kortare namn, med komma mellan dem."))
        return names

    def who(self) -> Who:
        """Whom it is for."""
        data = self.cleaned_data
        return Who(data["mote"], data["number"], data["external_id"].strip(), data["name"].strip())

    def contact(self) -> Contact:
        """By e-mail where an address is given."""
        to = self.cleaned_data["to"]
        return Contact("email", to) if to else Contact("none")

    def wanted_needs(self, language: str) -> tuple[WantedNeed, ...]:
        """What was ticked, and an interpreter of the language that the times were searched for."""
        ticked = [WantedNeed(kind) for kind in self.cleaned_data["needs"]]
        return (*_interpreter(language), *ticked)


def _interpreter(language: str) -> Iterable[WantedNeed]:
    if language:
        yield WantedNeed(NeedKind.SIGN.value if language == SIGN else NeedKind.INTERPRETER.value, language)
