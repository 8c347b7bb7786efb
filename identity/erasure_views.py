"""/personer/<uuid>/radera/: two managers erase a person. Thin: parse, call, present."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from identity import erasure, erasure_presenters, pages, persons
from identity.errors import ErasureRefused

_ACTS = {"ask": erasure.ask, "confirm": erasure.erase, "keep": erasure.withdraw}


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, person: UUID) -> HttpResponse:
    """What would go, and why it cannot, or who has asked; a POST asks, agrees or leaves it."""
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do in _ACTS:
        return _done(request, person, do)
    return _page(request, person)


def _done(request: HttpRequest, person: UUID, do: str) -> HttpResponse:
    with pages.staff(request) as found:
        actor = found
    try:
        _ACTS[do](actor=actor, person=person)
    except ErasureRefused as error:
        return _page(request, person, refused=error.code)
    if do == "confirm":
        return render(request, "identity/erased.html")
    return redirect("identity:erase", person)


def _page(request: HttpRequest, person: UUID, refused: str = "") -> HttpResponse:
    with pages.staff(request) as actor:
        seen = persons.see(actor, person)
        standing = erasure.standing(actor, person) if seen and not seen.closed else None
    if seen is None or standing is None:
        return redirect("identity:person", person)
    page = erasure_presenters.page(seen.person, standing, actor.person_id, seen.meetings)
    return render(request, "identity/erase.html", {"page": page}, status=422 if refused else 200)
