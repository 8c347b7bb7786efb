"""/inloggningar/: one's own sign-ins, for residents and staff alike."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from identity import open_sessions, pages
from identity.account_presenters import session_lines, told_line
from identity.actors import Actor
from identity.sign_in import sign_out


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in and what was told; a POST ends one, ends all others, or puts the news aside."""
    if request.method == "POST":
        with pages.signed_in(request, unfinished=True) as actor:
            open_sessions.may_see(actor)
        return sign_out(request) if _done(request, actor) else redirect("identity:sessions")
    with pages.signed_in(request, unfinished=True) as actor:
        told = open_sessions.told(actor)
        context = {
            "sessions": session_lines(open_sessions.listed(actor)),
            "told": [told_line(alert) for alert in told],
            "represented": any(alert.kind.startswith("representation") for alert in told),
            "has_keys": actor.provider == "passkey",
        }
    return render(request, "identity/sessions.html", context)


def _done(request: HttpRequest, actor: Actor) -> bool:
    """Do what the button says; True when this very sign-in ended."""
    do = request.POST.get("do", "")
    if do == "end":
        return open_sessions.end(actor=actor, marks=request.POST.getlist("session")[:100])
    if do == "end_others":
        open_sessions.end_others(actor=actor)
    elif do == "read":
        open_sessions.put_aside(actor=actor)
    return False
