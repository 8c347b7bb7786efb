"""Reports of what a page's policy stopped (CSP 3, section 5): counted, and written down by directive and route.

Browsers send the whole address of the page, which may name a booking: it is turned into the route's name and dropped,
as is everything else in the report. Whatever is sent, the answer is the same empty one.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from identity import limits
from identity.errors import Limited
from identity.network import address_of, neighbourhood

log = logging.getLogger("motas.csp")
_MOST_OCTETS: Final = 8192
_MOST_REPORTS: Final = 5
_DIRECTIVES: Final = frozenset(
    {
        "default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem",
        "style-src-attr", "img-src", "media-src", "connect-src", "worker-src", "font-src", "form-action",
        "frame-ancestors", "frame-src", "child-src", "manifest-src", "base-uri", "object-src", "trusted-types",
        "require-trusted-types-for",
    }
)  # fmt: skip


@csrf_exempt  # a browser sends reports by itself, without a form's token; nothing is changed by one
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Take a report in either of the two forms that browsers have; never an error, whatever is sent."""
    if _counted(request):
        for directive, route in _found(request):
            log.warning("policy: %s stopped something at %s", directive, route)
    return HttpResponse(status=204)


def _counted(request: HttpRequest) -> bool:
    """Whether this one is looked at: so many a minute from one network, and in all; none if they cannot be counted."""
    try:
        limits.take(f"csp:network:{neighbourhood(address_of(request))}", per_minute=10, burst=20)
        limits.take("csp:in all", per_minute=60, burst=120)
    except (Limited, DatabaseError):
        return False
    return True


def _found(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Directive and route of each violation in the request's body; none for what is no report."""
    try:
        octets = request.read(_MOST_OCTETS + 1)
        sent: Any = json.loads(octets) if len(octets) <= _MOST_OCTETS else None
    except (OSError, ValueError, RecursionError):
        return
    reports = sent if isinstance(sent, list) else [sent]
    for report in reports[:_MOST_REPORTS]:
        inner = report.get("csp-report", report.get("body")) if isinstance(report, dict) else None
        if isinstance(inner, dict):
            named = inner.get("effective-directive", inner.get("effectiveDirective", inner.get("violated-directive")))
            words = str(named).split()
            directive = words[0] if words and words[0] in _DIRECTIVES else "something"
            yield directive, _route(str(inner.get("document-uri", inner.get("documentURL", ""))))


def _route(address: str) -> str:
    """The name of the route of an address of ours, `-` for any other."""
    try:
        return resolve(urlsplit(address).path).view_name or "-"
    except (Resolver404, ValueError):
        return "-"
