"""The officer's pages: the day, and the opening rules with absences. Thin: parse, call, present."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from booking import left_behind, officer_day, opening_services, own_calendar
from booking.errors import BookingError
from booking.forms import errors_of, posted
from booking.methods import only_post, to_read
from booking.officer_desk import Desk, at_desk, done, done_words
from booking.officer_forms import AbsenceForm, DeleteForm, RuleForm, of_rule
from booking.officer_presenters import day_page
from booking.opening_presenters import EffectWords, effect_words, opening_page, refused_words, rule_line
from booking.opening_services import WantedAbsence
from identity import alert_desk, pages
from identity.errors import NotAllowed


@dataclass(frozen=True)
class _Tried:
    """What came of a form: errors in it, an effect to be read first, or `saved`."""

    form: RuleForm | AbsenceForm
    effect: EffectWords | None = None
    saved: bool = False


@to_read
def today(request: HttpRequest) -> HttpResponse:
    """/idag/: the next meeting, today's meetings, the days that come."""
    now = timezone.now()
    with pages.staff(request) as actor:
        rows, free = officer_day.bookings(actor, now=now), officer_day.free_today(actor, now=now)
        page = day_page(rows, free, now=now, stale=officer_day.stale_calendars(actor))
        told = {"unseen": alert_desk.unseen(actor), "left": left_behind.count(actor, now=now)}
    return render(request, "booking/officer_day.html", {"page": page} | told)


@at_desk
def opening(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/oppettider/: the rules and absences; a POST adds a rule."""
    if request.method != "POST":
        return _opening(request, desk)
    tried = _try_rule(request, desk)
    return done("booking:opening", "regel") if tried.saved else _opening(request, desk, rule=tried)


@at_desk
def edit_rule(request: HttpRequest, desk: Desk, rule: UUID) -> HttpResponse:
    """/oppettider/<uuid>/: one rule in the form; a POST changes it."""
    with pages.staff(request):
        row = desk.calendar.rules.filter(id=rule).first()
    if row is None:
        raise NotAllowed("rule")
    tried = _try_rule(request, desk, rule) if request.method == "POST" else _Tried(RuleForm(initial=of_rule(row)))
    if tried.saved:
        return done("booking:opening", "regel")
    context = {"line": rule_line(row), "version": desk.calendar.rules_version} | _shown(tried)
    return render(request, "booking/officer_rule.html", context, status=422 if context["errors"] else 200)


@at_desk
def delete_rule(request: HttpRequest, desk: Desk, rule: UUID) -> HttpResponse:
    """/oppettider/<uuid>/ta-bort/: what taking a rule away would do; a POST does it."""
    form, calendar = DeleteForm(posted(request)), desk.calendar.uuid
    if form.is_bound and _try_delete(desk, form, rule):
        return done("booking:opening", "regel-bort")
    effect = effect_words(
        opening_services.preview_rule(actor=desk.actor, calendar=calendar, wanted=None, rule=rule).orphans
    )
    with pages.staff(request):
        line = rule_line(desk.calendar.rules.get(id=rule))
    context = {"line": line, "effect": effect, "version": desk.calendar.rules_version, "errors": errors_of(form)}
    return render(request, "booking/officer_rule_delete.html", context, status=422 if form.errors else 200)


@only_post("booking:opening")
@at_desk
def add_absence(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/oppettider/franvaro/: close the calendar for a time."""
    tried = _try_absence(request, desk)
    return done("booking:opening", "franvaro") if tried.saved else _opening(request, desk, absence=tried)


@only_post("booking:opening")
@at_desk
def remove_absence(request: HttpRequest, desk: Desk, absence: UUID) -> HttpResponse:
    """/oppettider/franvaro/<uuid>/ta-bort/: open the time again."""
    opening_services.remove_absence(actor=desk.actor, calendar=desk.calendar.uuid, absence=absence)
    return done("booking:opening", "franvaro-bort")


def _opening(
    request: HttpRequest, desk: Desk, *, rule: _Tried | None = None, absence: _Tried | None = None
) -> HttpResponse:
    now = timezone.now()
    with pages.staff(request) as actor:
        calendar = own_calendar.editable(actor, desk.calendar.uuid)
        page = opening_page(calendar, calendar.rules.all(), calendar.absences.filter(to_at__gt=now).order_by("from_at"))
    first = rule or _Tried(RuleForm(initial={"step": 15}))
    second = absence or _Tried(AbsenceForm(initial={"code": "leave"}))
    context = {"page": page, "version": page.version, "done": done_words(request)} | _shown(first)
    context |= {"absence": second.form, "absence_effect": second.effect}
    context["errors"] = errors_of(first.form) + errors_of(second.form)
    return render(request, "booking/officer_opening.html", context, status=422 if context["errors"] else 200)


def _shown(tried: _Tried) -> dict[str, object]:
    return {"form": tried.form, "effect": tried.effect, "errors": errors_of(tried.form)}


def _try_rule(request: HttpRequest, desk: Desk, rule: UUID | None = None) -> _Tried:
    """Save the rule, unless the form has errors or an effect that was not shown yet."""
    form = RuleForm(request.POST)
    if not form.is_valid():
        return _Tried(form)
    wanted, calendar, effect = form.wanted(), desk.calendar.uuid, None
    try:
        found = opening_services.preview_rule(actor=desk.actor, calendar=calendar, wanted=wanted, rule=rule)
        effect = effect_words(found.orphans)
        if _unseen(request, effect, form):
            return _Tried(form, effect)
        version = form.cleaned_data["version"]
        opening_services.save_rule(actor=desk.actor, calendar=calendar, wanted=wanted, rule=rule, version=version)
    except BookingError as error:
        form.add_error("begins", refused_words(error))
    return _Tried(form, effect, saved=form.is_valid())


def _try_delete(desk: Desk, form: DeleteForm, rule: UUID) -> bool:
    """Take the rule away, unless the opening changed since the page was shown."""
    form.full_clean()
    version = form.cleaned_data["version"]
    try:
        opening_services.delete_rule(actor=desk.actor, calendar=desk.calendar.uuid, rule=rule, version=version)
    except BookingError as error:
        form.add_error("version", refused_words(error))
    return form.is_valid()


def _try_absence(request: HttpRequest, desk: Desk) -> _Tried:
    """Save the absence, unless the form has errors or an effect that was not shown yet."""
    form = AbsenceForm(request.POST)
    if not form.is_valid():
        return _Tried(form)
    wanted = WantedAbsence(*form.span(ZoneInfo(desk.calendar.zone)), form.cleaned_data["code"])
    actor, calendar = desk.actor, desk.calendar.uuid
    effect = effect_words(opening_services.preview_absence(actor=actor, calendar=calendar, wanted=wanted).orphans)
    if _unseen(request, effect, form):
        return _Tried(form, effect)
    version = form.cleaned_data["version"]
    try:
        opening_services.add_absence(actor=actor, calendar=calendar, wanted=wanted, version=version)
    except BookingError as error:
        form.add_error("first_day", refused_words(error))
    return _Tried(form, effect, saved=form.is_valid())


def _unseen(request: HttpRequest, effect: EffectWords, form: RuleForm | AbsenceForm) -> bool:
    """True when the officer asked to see the effect, or would save one with meetings that were not shown."""
    return "preview" in request.POST or (bool(effect.mark) and effect.mark != form.cleaned_data["shown"])
