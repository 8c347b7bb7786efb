"""One calendar's rules and absences: the list, the form with what it would do, taking away."""

from __future__ import annotations

from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from booking import opening_services, opening_state, own_calendar
from booking.forms import errors_of, posted
from booking.methods import only_post
from booking.officer_desk import Desk, at_desk, done_words
from booking.officer_trying import Tried, attempt
from booking.opening_effects import effect_words
from booking.opening_forms import AbsenceForm, DeleteForm, RuleForm, of_rule
from booking.opening_presenters import opening_page, rule_line, template_values
from identity import pages
from identity.errors import NotAllowed


@at_desk
def opening(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/oppettider/: the rules, dates and absences; a POST adds a rule."""
    if request.method != "POST":
        return _opening(request, desk)
    tried = _try_rule(request, desk)
    return desk.done("booking:opening", "regel") if tried.saved else _opening(request, desk, rule=tried)


@at_desk
def edit_rule(request: HttpRequest, desk: Desk, rule: UUID) -> HttpResponse:
    """/oppettider/<uuid>/: one rule in the form; a POST changes it."""
    with pages.staff(request):
        row = desk.calendar.rules.filter(id=rule).first()
    if row is None:
        raise NotAllowed("rule")
    tried = _try_rule(request, desk, rule) if request.method == "POST" else Tried(RuleForm(initial=of_rule(row)))
    if tried.saved:
        return desk.done("booking:opening", "regel")
    context = {"line": rule_line(row), "version": desk.calendar.rules_version, "desk": desk} | tried.shown()
    return render(request, "booking/officer_rule.html", context, status=tried.status)


@at_desk
def delete_rule(request: HttpRequest, desk: Desk, rule: UUID) -> HttpResponse:
    """/oppettider/<uuid>/ta-bort/: what taking a rule away would do; a POST does it."""
    named = desk.named | {"rule": rule}
    tried = attempt_removal(
        request,
        partial(opening_services.preview_rule, wanted=None, **named),
        partial(opening_services.delete_rule, **named),
    )
    if tried.saved:
        return desk.done("booking:opening", "regel-bort")
    with pages.staff(request):
        line = rule_line(desk.calendar.rules.get(id=rule))
    context = {"line": line, "version": desk.calendar.rules_version, "desk": desk} | tried.shown()
    return render(request, "booking/officer_rule_delete.html", context, status=tried.status)


@only_post("booking:opening")
@at_desk
def add_absence(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/oppettider/franvaro/: close the calendar for a time, or for what recurs."""
    form = AbsenceForm(request.POST)
    named = desk.named
    zone = ZoneInfo(desk.calendar.zone)
    tried = attempt(
        request,
        form,
        lambda: opening_services.preview_absence(wanted=form.wanted(zone), **named),
        lambda: opening_services.add_absence(wanted=form.wanted(zone), **named, **form.asked),
    )
    return desk.done("booking:opening", "franvaro") if tried.saved else _opening(request, desk, absence=tried)


@only_post("booking:opening")
@at_desk
def remove_absence(request: HttpRequest, desk: Desk, absence: UUID) -> HttpResponse:
    """/oppettider/franvaro/<uuid>/ta-bort/: open the time again."""
    opening_services.remove_absence(actor=desk.actor, calendar=desk.calendar.uuid, absence=absence)
    return desk.done("booking:opening", "franvaro-bort")


def attempt_removal(request: HttpRequest, preview: partial[opening_services.Preview], remove: partial[None]) -> Tried:
    """The page before something is taken away, and the taking away itself."""
    form = DeleteForm(posted(request))
    if not form.is_bound:
        return Tried(form, effect_words(preview()))
    return attempt(request, form, preview, lambda: remove(**form.asked))


def _opening(
    request: HttpRequest, desk: Desk, *, rule: Tried | None = None, absence: Tried | None = None
) -> HttpResponse:
    today = timezone.localdate()
    with pages.staff(request) as actor:
        calendar = own_calendar.editable(actor, desk.calendar.uuid)
        page = opening_page(calendar, opening_state.read(calendar), today)
    first = rule or Tried(RuleForm(initial=template_values(request.GET.get("mall", ""), today)))
    second = absence or Tried(AbsenceForm(initial={"code": "leave"}))
    context = {"page": page, "version": page.version, "done": done_words(request), "desk": desk} | first.shown()
    context |= {"absence": second.form, "absence_effect": second.effect}
    context["errors"] = errors_of(first.form) + errors_of(second.form)
    return render(request, "booking/officer_opening.html", context, status=422 if context["errors"] else 200)


def _try_rule(request: HttpRequest, desk: Desk, rule: UUID | None = None) -> Tried:
    form = RuleForm(request.POST)
    named = desk.named | {"rule": rule}
    return attempt(
        request,
        form,
        lambda: opening_services.preview_rule(wanted=form.wanted(), **named),
        lambda: opening_services.save_rule(wanted=form.wanted(), **named, **form.asked),
    )
