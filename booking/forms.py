"""What residents' pages take in: checked, with a sentence for each fault. Values are kept when a page comes back."""

import re
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from booking.suitability import Answers
from booking.timeline import Tick, tick_of

YES_NO = (("yes", _("Ja")), ("no", _("Nej")))
_YEARS = range(2000, 2100)
_WEEK = re.compile(r"(\d{4})-(\d{1,2})")


def new_key() -> str:
    """An idempotency key for a form that is about to be shown."""
    return uuid.uuid4().hex


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when it is empty; None when the page is only asked for."""
    return request.POST if request.method == "POST" else None


def errors_of(form: forms.Form) -> list[tuple[str, str]]:
    """The error summary: id of the field and its first fault, in the order of the page."""
    return [(form[name].auto_id, str(faults[0])) for name, faults in form.errors.items() if name in form.fields]


class KeyField(forms.RegexField):
    """The idempotency key that the form was shown with. Pages give the id of its error to the button."""

    def __init__(self) -> None:
        words = _("Något saknades när sidan skickades. Tryck på knappen en gång till.")
        messages = {"required": words, "invalid": words}
        super().__init__(r"\A[A-Za-z0-9_-]{16,64}\Z", widget=forms.HiddenInput, error_messages=messages)


class StartField(forms.Field):
    """A start as RFC 3339 with offset, at whole 5 minutes -> its tick."""

    default_error_messages = {"required": _("Välj en tid."), "invalid": _("Välj en av tiderna på sidan.")}

    def to_python(self, value: object) -> Tick | None:
        """The tick; a faulty value is a fault of the form, never of the server."""
        if not value:
            return None
        try:
            start = datetime.fromisoformat(str(value))
            if start.year in _YEARS:
                return tick_of(start)
            raise ValueError
        except (ValueError, OverflowError):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class MeetingForm(forms.Form):
    """How to meet and, for video, whether that suits. Only the first is required; the answers are not stored."""

    form = forms.ChoiceField(
        error_messages={
            "required": _("Välj hur du vill träffa oss."),
            "invalid_choice": _("Välj ett av sätten på sidan."),
        }
    )
    alone = forms.ChoiceField(choices=YES_NO, required=False)
    equipment = forms.ChoiceField(choices=YES_NO, required=False)
    help = forms.ChoiceField(choices=YES_NO, required=False)
    urgent = forms.ChoiceField(choices=YES_NO, required=False)
    anyway = forms.BooleanField(required=False)

    def __init__(self, *args: Any, offered: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["form"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(form, form) for form in offered]
        for name in ("alone", "equipment", "help", "urgent"):
            self.fields[name].error_messages["invalid_choice"] = _("Välj ja eller nej.")

    def answers(self) -> Answers:
        """The answers about video; without any for another form."""
        given = self.cleaned_data
        if given["form"] != "video":
            return Answers()
        return Answers(given["alone"], given["equipment"], given["help"], given["urgent"])


class TimesFilter(forms.Form):
    """Which free times to show. A faulty value is as none: the address may have been shortened or typed."""

    vecka = forms.CharField(required=False)
    dag = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    del_ = forms.ChoiceField(required=False, choices=(("fm", ""), ("em", "")))
    vem = forms.UUIDField(required=False)

    def add_prefix(self, field_name: str) -> str:
        """`del` is a word of Python, but not of addresses."""
        return field_name.rstrip("_")

    def monday(self) -> date | None:
        """The Monday of the week asked for, ISO 8601."""
        match = _WEEK.fullmatch(self.cleaned("vecka") or "")
        try:
            return date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
        except ValueError:
            return None

    def cleaned(self, name: str) -> Any:  # noqa: ANN401 - a field's own type
        """The value of a field, or None when it is faulty or missing."""
        self.full_clean()
        return self.cleaned_data.get(name)


class SlotForm(forms.Form):
    """The chosen start of a meeting type and form; `vem`: on one officer's calendar, if only theirs were shown."""

    kod = forms.SlugField(max_length=12)
    form = forms.SlugField(max_length=5)
    tid = StartField()
    vem = forms.UUIDField(required=False)
    key = KeyField()

    def cleaned(self) -> dict[str, Any]:
        """The fields that are sound; what is faulty is left out."""
        self.full_clean()
        return self.cleaned_data


class ContactForm(forms.Form):
    """How to be told. An address is needed only for e-mail."""

    way = forms.ChoiceField(
        choices=(("email", _("E-post")), ("none", _("Ingen bekräftelse"))),
        error_messages={
            "required": _("Välj hur vi ska höra av oss."),
            "invalid_choice": _("Välj ett av sätten på sidan."),
        },
    )
    to = forms.EmailField(
        label=_("E-postadress"),
        required=False,
        max_length=254,
        error_messages={
            "invalid": _("Skriv en hel e-postadress, till exempel namn@example.se."),
            "max_length": _("E-postadressen är för lång."),
        },
    )

    def clean(self) -> dict[str, Any]:
        """E-mail needs an address; no message needs none, and then none is kept."""
        given = super().clean() or self.cleaned_data
        if given.get("way") == "email" and not given.get("to") and "to" not in self.errors:
            self.add_error("to", forms.ValidationError(_("Skriv din e-postadress.")))
        if given.get("way") == "none":
            given["to"] = ""
            self.errors.pop("to", None)
        return given


class ReadForm(forms.Form):
    """`Jag har läst`: not a consent, and never filled in beforehand. `shown`: the words that the page showed."""

    read = forms.BooleanField(error_messages={"required": _("Kryssa i rutan när du har läst.")})
    shown = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Words that are missing are told at the box: the field that names them is not on the page."""
        given = super().clean() or self.cleaned_data
        self.errors.pop("shown", None)
        if not given.get("shown") and "read" not in self.errors:
            self.other_words()
        return given

    def other_words(self) -> None:
        """The tick was for other words than those shown for this booking."""
        self.add_error("read", _("Läs texten en gång till, och kryssa sedan i rutan."))


class WhomForm(forms.Form):
    """Whom the time is for: one of those whom the person may book for."""

    whom = forms.TypedChoiceField(
        coerce=uuid.UUID,
        error_messages={
            "required": _("Välj vem tiden gäller."),
            "invalid_choice": _("Välj en av personerna på sidan."),
        },
    )

    def __init__(self, *args: Any, persons: Iterable[uuid.UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["whom"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(str(person), "") for person in persons]


class HeldForm(forms.Form):
    """What to do with a time that somebody holds."""

    booking = forms.UUIDField()
    do = forms.ChoiceField(choices=(("book", ""), ("release", "")))


class KeyForm(forms.Form):
    """A form that is only a button: book, cancel."""

    key = KeyField()


class MoveForm(forms.Form):
    """A new start for a booking, and the version of it that the page showed."""

    tid = StartField()
    sequence = forms.IntegerField(min_value=0)
    key = KeyField()
