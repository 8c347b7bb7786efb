"""/installningar/forslag/: what administrators ask for and a second person confirms. Thin: parse, call, present."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from identity import pages, proposals
from identity.proposal_presenters import line


@require_http_methods(["GET", "HEAD"])
def everything(request: HttpRequest) -> HttpResponse:
    """What the reader may decide, and what they asked for themselves."""
    with pages.staff(request) as actor:
        pass  # who acts is read in a transaction of its own
    lines = [line(one) for one in proposals.waiting(actor=actor)]
    asked = [line(one) for one in proposals.asked(actor=actor)]
    return render(request, "identity/proposals.html", {"lines": lines, "asked": asked})


@require_POST
def decide(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Confirm or refuse one; any other word decides nothing."""
    do = request.POST.get("do", "")
    with pages.staff(request) as actor:
        pass  # who acts is read in a transaction of its own
    if do in ("confirm", "refuse"):
        proposals.decide(actor=actor, proposal=proposal, confirmed=do == "confirm")
    return redirect("identity:proposals")
