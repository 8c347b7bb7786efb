"""/installningar/gallring/: how long things are kept, by an administrator; the banner while a decision is missing."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from identity import pages, retention, retention_presenters, scope
from identity.account_forms import errors_of
from identity.retention_forms import DecisionForm

_SETTINGS = "/installningar/"
_SAVED = "retention_saved"  # in the session, once: the class that was just decided


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Every class with its form; a POST enters one decision."""
    with pages.staff(request) as found:
        actor = found
    tried = DecisionForm(request.POST) if request.method == "POST" else None
    plans = retention.see(actor=actor)
    if tried is not None and tried.is_valid():
        decided = retention.decide(actor=actor, decision=tried.decision())
        request.session[_SAVED] = decided.data_class
        return redirect(f"{reverse('identity:retention')}#{decided.data_class}")
    errors = errors_of(tried) if tried is not None else []
    context = {"lines": retention_presenters.lines(plans, tried), "errors": errors}
    context["done"] = request.session.pop(_SAVED, "")
    return render(request, "identity/retention.html", context, status=422 if errors else 200)


def banner(request: HttpRequest) -> dict[str, Any]:
    """For templates: whether administrators' pages say that nothing is purged yet. A page must not fail by it."""
    session, municipality = getattr(request, "session", None), getattr(request, "municipality", None)
    if municipality is None or not session or not request.path.startswith(_SETTINGS):
        return {}
    try:
        with scope.transaction(municipality.id):
            return {"retention_undecided": "administrator" in session.get("roles", []) and bool(retention.undecided())}
    except DatabaseError:
        return {}
