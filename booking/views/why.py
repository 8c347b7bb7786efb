"""Why is the time not free? For who works in the calendar's unit. Thin: parse, call, present."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import asking, own_calendar
from booking.asking import ReasonTold
from booking.forms import errors_of
from booking.methods import to_read
from booking.models import Calendar, MeetingType
from booking.officer_forms import FORMS, ClockField
from booking.presenters.week import name_of
from booking.presenters.why import reasons
from booking.search import Query
from booking.walltime import ticks_of
from identity import pages
from identity.actors import Actor

_FAR = timedelta(days=400)


class WhyForm(forms.Form):
    """A start, and the meeting that would begin there."""

    dag = forms.DateField(label=_("Dag"), input_formats=["%Y-%m-%d"])
    tid = ClockField(label=_("Tid"))
    typ = forms.TypedChoiceField(label=_("Möte"), coerce=UUID)
    form = forms.ChoiceField(choices=FORMS, label=_("Hur"))

    def __init__(self, *args: Any, types: Iterable[MeetingType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["typ"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(str(one.id), one.name) for one in types]

    def clean_dag(self) -> date:
        """A day within a year or so."""
        day: date = self.cleaned_data["dag"]
        if abs(day - timezone.localdate()) > _FAR:
            raise ValidationError(_("Välj en dag inom ett år."))
        return day


@to_read
def why(request: HttpRequest, calendar: UUID) -> HttpResponse:
    """/vecka/<uuid>/varfor/: `?dag=&tid=&typ=&form=`."""
    with pages.staff(request) as actor:
        row = own_calendar.editable(actor, calendar, "calendar.explain")
        types = list(MeetingType.objects.filter(offers__calendar=row, published=True).select_related("service"))
        given = request.GET if "tid" in request.GET else None
        form = WhyForm(given, types=types, initial={"dag": request.GET.get("dag", "")})
        told = _told(actor, row, form) if form.is_bound and form.is_valid() else None
        context = {"form": form, "types": types, "name": name_of(row), "forms": FORMS}
    context |= {"reasons": None if told is None else reasons(told), "errors": errors_of(form)}
    return render(request, "booking/officer_why.html", context, status=422 if form.errors else 200)


def _told(actor: Actor, calendar: Calendar, form: WhyForm) -> tuple[ReasonTold, ...]:
    asked = form.cleaned_data
    minute = min(asked["tid"], 24 * 60 - 5)
    start = ticks_of(asked["dag"], minute, minute + 5, ZoneInfo(calendar.zone))[0]
    query = Query(asked["typ"], asked["form"], by_staff=True)
    return asking.explain(actor=actor, calendar=calendar.uuid, start=start, query=query, now=timezone.now())
