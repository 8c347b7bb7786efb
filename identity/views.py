"""Signing in, signing out, the reader's language, and the page for a form that came too late."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from identity import actors, pages, scope
from identity.errors import SignInRefused
from identity.models import Person
from identity.sign_in import REFUSED, home, must_show_anew, ran_out, safe_next, sign_in
from identity.sign_in import sign_out as end_sign_in
from identity.ways import LEVEL_NEEDED, ways


@require_safe
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """The ways to sign in. In a trial: the cast, and a plain word that it is a trial."""
    wanted = safe_next(request, request.GET.get("next", ""), "")
    with scope.transaction(pages.municipality_of(request).id):
        offered = ways(next_path=wanted, level_needed=request.session.get(LEVEL_NEEDED, ""))
    context = {
        "cast": _cast(),
        "next": wanted,
        "ways": offered,
        "again": must_show_anew(request),
        "ended": ran_out(request),
        "for_staff": bool(request.session.pop(pages.FOR_STAFF, False) and request.session.get("person")),
    }
    return render(request, "identity/sign_in.html", context)


def _cast() -> tuple[object, ...]:
    """Whom a trial offers to be; nobody elsewhere."""
    if not actors.trial_allowed():
        return ()
    from identity.providers import trial

    return trial.cast()


@require_GET
def trial_sign_in(request: HttpRequest, cast_name: str) -> HttpResponse:
    """Be one of the cast. The route exists in trial and test only."""
    municipality = pages.municipality_of(request)
    with scope.transaction(municipality.id):
        person = Person.objects.filter(cast_name=cast_name).first()
    if person is None:
        raise Http404
    sign_in(request, municipality=municipality.id, person=person, provider="trial", level="LOA3")
    return HttpResponseRedirect(safe_next(request, request.GET.get("next", ""), home(request)))


@require_safe
def refused(request: HttpRequest) -> HttpResponse:
    """/logga-in/avvisad/: what came of this browser's last try at a provider; without one the ways to sign in."""
    said = request.session.get(REFUSED)
    if request.session.get("person"):  # signed in since
        return HttpResponseRedirect(home(request))
    if said is None:
        return HttpResponseRedirect(reverse("identity:sign_in"))
    raise SignInRefused(said["code"], said["next"])


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and clear what the browser kept."""
    return end_sign_in(request)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language and go back to the page."""
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        request.session["language"] = chosen
    return HttpResponseRedirect(safe_next(request, request.POST.get("next", ""), reverse("start")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: say so, and how to go on."""
    return render(request, "403.html", status=403)
