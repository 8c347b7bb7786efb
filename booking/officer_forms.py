"""Forms of the officer's pages: what several share, incoming calendars, the feed's grade."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from booking import wording
from booking.models import Form
from booking.patterns import MINUTES_PER_DAY
from booking.timeline import TICK_MINUTES
from booking.uploads import MOST_OCTETS

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
