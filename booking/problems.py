"""Errors of the API as RFC 9457 problem documents, and the page that explains each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from rest_framework import exceptions
from rest_framework.response import Response

from booking.api import slot_shapes
from booking.api.errors import ApiError
from booking.api.problem_shapes import MEDIA_TYPE
from booking.errors import BookingError, Busy, SlotTaken
from booking.opening_faults import OpeningFault, RulesClash
from booking.problem_texts import by_slug, problem_of
from identity.errors import Limited, NotAllowed
from identity.middleware import answer_error

_LONGEST_NAME = 100
_OF_DRF: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NotAuthenticated, "not_authenticated"),
    (exceptions.AuthenticationFailed, "bad_token"),
    (exceptions.PermissionDenied, "scope_missing"),
    (exceptions.ValidationError, "invalid"),
    (exceptions.ParseError, "not_readable"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.NotAcceptable, "not_acceptable"),
    (exceptions.UnsupportedMediaType, "unsupported_media_type"),
    (exceptions.Throttled, "slow_down"),
    (exceptions.NotFound, "not_found"),
    (Http404, "not_found"),
    (NotAllowed, "not_found"),
    (SuspiciousOperation, "invalid"),
    (OperationalError, "busy"),
    (InterfaceError, "busy"),
)


@dataclass
class _Refusal:
    """What an error becomes: its code, further members of the document, and headers."""

    code: str
    more: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """The problem document of any error. What is unknown is logged by type and place, never by its text."""
    request: HttpRequest = context["request"]._request
    refusal = _refusal(error)
    if refusal.code == "internal_error":
        answer_error(request, error)
    with translation.override(translation.get_language_from_request(request)):
        document = _document(refusal.code) | refusal.more
        headers = refusal.headers | {"Content-Language": translation.get_language() or "sv"}
    return Response(document, status=document["status"], headers=headers, content_type=MEDIA_TYPE)


def plain(request: HttpRequest, code: str) -> HttpResponse:
    """The same document where no view of the API was reached: an unknown address, an error outside it."""
    with translation.override(translation.get_language_from_request(request)):
        document = _document(code)
    octets = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(octets, status=document["status"], content_type=MEDIA_TYPE)


def page(request: HttpRequest, code: str) -> HttpResponse:
    """What a problem means, in plain words: where its `type` leads."""
    problem = by_slug(code)
    if problem is None:
        raise Http404
    return render(request, "booking/problem.html", {"problem": problem})


def _document(code: str) -> dict[str, Any]:
    problem = problem_of(code)
    return {
        "type": f"/problems/{problem.slug}",
        "title": str(problem.title),
        "status": problem.status,
        "code": code,
        "detail": str(problem.detail),
    }


def _refusal(error: Exception) -> _Refusal:
    match error:
        case SlotTaken():
            return _Refusal(error.code, {"alternatives": [slot_shapes.slot(free) for free in error.alternatives]})
        case Busy():
            return _Refusal(error.code, headers={"Retry-After": str(error.retry_after_seconds)})
        case OpeningFault():
            return _Refusal(
                "invalid", {"errors": [{"pointer": f"#/{error.field}" if error.field else "#", "code": error.code}]}
            )
        case RulesClash():
            return _Refusal("invalid", {"errors": [{"pointer": "#/rules", "code": error.code}]})
        case BookingError() | ApiError():
            return _Refusal(error.code)
        case Limited():
            return _Refusal("slow_down", headers={"Retry-After": str(error.seconds)})
        case exceptions.ValidationError():
            return _Refusal("invalid", {"errors": list(_fields("#", error.get_codes()))})
    code = next((code for kind, code in _OF_DRF if isinstance(error, kind)), "internal_error")
    return _Refusal(code, headers=_asked_for(error))


def _asked_for(error: Exception) -> dict[str, str]:
    """Headers that go with an error: how to sign in (RFC 9110, 11.6.1), when to try again."""
    if isinstance(error, OperationalError | InterfaceError):
        return {"Retry-After": str(Busy.retry_after_seconds)}
    wanted = getattr(error, "auth_header", None)
    return {"WWW-Authenticate": wanted} if wanted else {}


def _fields(pointer: str, codes: Any) -> Iterator[dict[str, str]]:  # noqa: ANN401 - DRF nests lists and mappings
    """Each refused field: a JSON Pointer (RFC 6901) as a fragment, and a stable code."""
    if isinstance(codes, dict):
        for name, inner in codes.items():
            if name == "non_field_errors":  # DRF's name for the whole
                yield from _fields(pointer, inner)
                continue
            yield from _fields(f"{pointer}/{_token(str(name))}", inner)
    elif isinstance(codes, list):
        for inner in codes:
            yield from _fields(pointer, inner)
    else:
        yield {"pointer": pointer, "code": str(codes)}


def _token(name: str) -> str:
    """A name as part of a pointer: bounded, and half characters, which no answer can hold, as question marks."""
    whole = name[:_LONGEST_NAME].encode("utf-8", "replace").decode()
    return whole.replace("~", "~0").replace("/", "~1")
