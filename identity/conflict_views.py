"""/identiteter/: identity conflicts, for coordinators. A reason is asked at every opening."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from identity import conflicts, pages
from identity.actors import Actor
from identity.conflict_presenters import faults, line, page
from identity.conflicts import CannotDecide
from identity.joining import CannotJoin
from identity.reason_form import ReasonForm, reason_page


@require_http_methods(["GET", "HEAD"])
def everything(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and what is stopped."""
    lines = [line(row) for row in conflicts.listed(actor=_coordinator(request))]
    waiting, stopped = ([one for one in lines if one.stopped is state] for state in (False, True))
    return render(request, "identity/conflicts.html", {"waiting": waiting, "stopped": stopped})


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, conflict: UUID) -> HttpResponse:
    """Asked for: why do you open it? Sent with a reason: what contradicts what."""
    actor = _coordinator(request)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            return _opened(request, actor, conflict, form.cleaned_data["reason"], "")
        except CannotDecide as error:
            form.add_error("reason", faults(error.code))
    conflicts.listed(actor=actor)
    context = reason_page(form, code="", action="", back="") | {"conflict": conflict}
    return render(request, "identity/conflict_reason.html", context, status=422 if form.errors else 200)


@require_POST
def decide(request: HttpRequest, conflict: UUID) -> HttpResponse:
    """Decide; what could not be decided is shown again, with why."""
    actor, decision = _coordinator(request), request.POST.get("decision", "")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return redirect("identity:conflict", conflict)
    try:
        conflicts.decide(actor=actor, conflict=conflict, decision=decision)
    except (CannotDecide, CannotJoin) as error:
        return _opened(request, actor, conflict, form.cleaned_data["reason"], faults(error.code))
    except ValueError:
        return _opened(request, actor, conflict, form.cleaned_data["reason"], faults("choose"))
    return redirect("identity:conflicts")


@require_POST
def lift(request: HttpRequest, conflict: UUID) -> HttpResponse:
    """Let a stopped way in be tried again."""
    with suppress(CannotDecide):  # somebody else did: the list says so
        conflicts.lift(actor=_coordinator(request), conflict=conflict)
    return redirect("identity:conflicts")


def _opened(request: HttpRequest, actor: Actor, conflict: UUID, reason: str, fault: str) -> HttpResponse:
    opened = page(conflicts.open_one(actor=actor, conflict=conflict, reason=reason))
    context = {"page": opened, "reason": reason, "errors": [("id_decision_0", fault)] if fault else []}
    return render(request, "identity/conflict.html", context, status=422 if fault else 200)


def _coordinator(request: HttpRequest) -> Actor:
    with pages.staff(request) as actor:
        return actor
