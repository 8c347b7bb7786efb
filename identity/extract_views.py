"""The pages of a person's extract: one's own, and the one that a coordinator takes out for somebody who asked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from identity import extract, extract_presenters, pages
from identity.extract import Extract

_NAME = "mina-uppgifter.json"


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """/dina-uppgifter/utdrag/: everything about oneself, to read or to print."""
    return _page(request, _own(request), reverse("identity:extract_file"), own=True)


@require_safe
def own_file(request: HttpRequest) -> HttpResponse:
    """/dina-uppgifter/utdrag.json: the same as a file."""
    return _file(_own(request))


@require_safe
def of_person(request: HttpRequest, person: UUID) -> HttpResponse:
    """/personer/<uuid>/utdrag/: for somebody who asked at the counter or by letter."""
    found = _of(request, person)
    back = reverse("identity:person", args=[person])
    return _page(request, found, reverse("identity:extract_file_of", args=[person]), own=False, back=back)


@require_safe
def file_of_person(request: HttpRequest, person: UUID) -> HttpResponse:
    """/personer/<uuid>/utdrag.json: the same as a file."""
    return _file(_of(request, person))


def _own(request: HttpRequest) -> Extract:
    with pages.signed_in(request) as actor:
        found = actor
    return extract.own(actor=found)


def _of(request: HttpRequest, person: UUID) -> Extract:
    with pages.staff(request) as actor:
        found = actor
    return extract.of_person(actor=found, person=person)


def _page(request: HttpRequest, found: Extract, file: str, *, own: bool, back: str = "") -> HttpResponse:
    context = {"page": extract_presenters.page(found), "file": file, "own": own, "back": back}
    return render(request, "identity/extract.html", context)


def _file(found: Extract) -> HttpResponse:
    answer = JsonResponse(extract_presenters.document(found), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{_NAME}"'
    return answer
