"""The page of alerts. Thin: parse, call, present."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from identity import alert_desk, break_glass, pages, policies
from identity.alert_presenters import lines
from identity.policies import Facts


def alerts(request: HttpRequest) -> HttpResponse:
    """/varningar/: what the reader must know, the newest first."""
    now = timezone.now()
    with pages.staff(request) as actor:
        shown = lines(alert_desk.listed(actor, now))
        context = {
            "new": [line for line in shown if not line.seen],
            "old": [line for line in shown if line.seen],
            "waiting": len(break_glass.waiting(actor, now)),
            "may_ask": policies.may(actor, "glass.ask", Facts(actor.municipality_id)),
        }
    return render(request, "identity/alerts.html", context)


def mark_seen(request: HttpRequest, alert: UUID) -> HttpResponse:
    """/varningar/<uuid>/: a POST marks one as seen; asked for in another way it leads to the list."""
    if request.method == "POST":
        with pages.staff(request) as actor:
            pass  # who acts is read in a transaction of its own
        alert_desk.mark_seen(actor=actor, alert=alert)
    return redirect("identity:alerts")
