"""The first steps of every request: one log line, headers, the municipality by its host, the language."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from traceback import extract_tb
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from identity import device_permissions
from identity.endpoints import BY_ADDRESS
from identity.errors import Limited, NotAllowed, ReserveNeeded, SignInNeeded, SignInRefused
from identity.models import Municipality
from identity.refusals import refusal
from identity.sessions import AGAIN
from identity.sign_in import safe_next, ways_in

log = logging.getLogger("motas.web")
Answer = Callable[[HttpRequest], HttpResponse]
# What Django itself answers with 400 or 404: what was sent could not be read, and nothing of ours is broken.
_OF_THE_SENDER = (Http404, BadRequest, SuspiciousOperation, MultiPartParserError)
_UTF8 = "utf-8"
_HEALTH = "/healthz"


def access_line(get_response: Answer) -> Answer:
    """Log method, route name, status and time: never the path, which may hold a secret."""

    def respond(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        route = request.resolver_match.view_name if request.resolver_match else "-"
        spent = (time.perf_counter() - began) * 1000
        if not request.path.startswith(settings.STATIC_URL):
            log.info("%s %s %s %.0f ms", request.method, route, response.status_code, spent)
        return response

    return respond


def page_headers(get_response: Answer) -> Answer:
    """Headers of section "Pages": nothing cached when signed in, devices only where a meeting is."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        if request.path.startswith(settings.STATIC_URL):
            return response
        if response.status_code == 405 and not response.content and not request.path.startswith("/api/"):
            response = _with_words(request, response)
        response.setdefault("Permissions-Policy", device_permissions.policy(request.path, response))
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("X-Robots-Tag", "noindex")
        response.setdefault("Reporting-Endpoints", f'csp="{settings.CSP_REPORTS}"')
        sockets = [f"wss://{request.get_host()}"]
        response._csp_update = {  # type: ignore[attr-defined]
            "connect-src": sockets + [f"ws://{request.get_host()}"] * settings.TRIAL,
            "form-action": _leads_away(request),
        }
        return response

    return respond


def _leads_away(request: HttpRequest) -> list[str]:
    """Where the quick exit's form ends up, when that is another site: else a browser would stop it half-way."""
    municipality: Municipality | None = getattr(request, "municipality", None)
    address = urlsplit(municipality.exit_address) if municipality else None
    return [f"{address.scheme}://{address.netloc}"] if address and address.netloc else []


def _with_words(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """A page for an address that was asked for in the wrong way; nobody meets an empty one."""
    page = render(request, "405.html", status=405)
    page["Allow"] = refused["Allow"]
    return page


def municipality_by_host(get_response: Answer) -> Answer:
    """Find the municipality of the host name (cached 60 s); 421 to an unknown one (RFC 9110, 15.5.20)."""

    def respond(request: HttpRequest) -> HttpResponse:
        if _of_no_municipality(request) and not _would_be_led(request):
            return get_response(request)
        if (request.encoding or _UTF8).lower() != _UTF8:  # some are no writing of texts, and nothing could be read
            raise BadRequest("a charset that no form has")
        municipality = by_host(request.get_host())
        if municipality is None:
            return render(request, "421.html", status=421)
        request.municipality = municipality  # type: ignore[attr-defined]
        return get_response(request)

    respond.process_exception = answer_error  # type: ignore[attr-defined]
    return respond


def _of_no_municipality(request: HttpRequest) -> bool:
    """What is asked by the machine, and files: the same at every host."""
    return request.path == _HEALTH or request.path.startswith(settings.STATIC_URL)


def _would_be_led(request: HttpRequest) -> bool:
    """What is answered by the same address over TLS: the host in it must be one of ours, for a file too."""
    return settings.SECURE_SSL_REDIRECT and request.path != _HEALTH and not request.is_secure()


def by_host(host: str) -> Municipality | None:
    """The municipality that is known by this host (port ignored), or None."""
    name = host.rsplit(":", 1)[0].lower()
    key = f"host-{name}"
    found: Municipality | None = cache.get(key)
    if found is None:
        found = Municipality.objects.filter(hosts__contains=[name]).first()
        if found is not None:
            cache.set(key, found, 60)
    return found


def reader_language(get_response: Answer) -> Answer:
    """The language that the reader chose, else Swedish; kept in the session."""

    def respond(request: HttpRequest) -> HttpResponse:
        session = getattr(request, "session", None)
        chosen = session.get("language") if session is not None and not _of_no_municipality(request) else None
        with translation.override(chosen or settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.setdefault("Content-Language", translation.get_language() or "sv")
        return response

    return respond


def listed_ways_in(get_response: Answer) -> Answer:
    """Deny by default: an address without a row in `identity.endpoints` is nothing; with one it takes its methods."""

    def respond(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def before_view(request: HttpRequest, view: Answer, args: object, kwargs: object) -> HttpResponse | None:
        match = request.resolver_match
        row = BY_ADDRESS.get(match.view_name or "") if match else None
        if row is None:
            log.error("no row in identity/endpoints.py: %s", match.view_name if match else "-")
            return render(request, "404.html", status=404)
        if row.kind == "api" or request.method in row.methods:
            return None
        page = render(request, "405.html", status=405)
        page["Allow"] = ", ".join(row.methods)
        return page

    respond.process_view = before_view  # type: ignore[attr-defined]
    return respond


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Who was signed in, or comes with a session that ran out, is to be asked by a provider, not sent on by it."""
    if request.session.get("person"):
        request.session[AGAIN] = True
    ran_out = settings.SESSION_COOKIE_NAME in request.COOKIES and not request.session.session_key
    wanted = {"next": request.path} | ({"igen": "1"} if ran_out else {})
    return HttpResponseRedirect(f"{reverse('identity:sign_in')}?{urlencode(wanted)}")


def _refused(request: HttpRequest, error: SignInRefused) -> HttpResponse:
    """What to do next, on the way to the same page."""
    here = request.path if error.code == "level" and request.path != reverse("identity:refused") else ""
    wanted = error.next_path or here
    context = {"refusal": refusal(error.code), "address": ways_in(safe_next(request, wanted, ""))}
    return render(request, "identity/refused.html", context, status=403)


def answer_error(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Errors of identity as pages; everything unknown is logged without its text, then Django's 500."""
    if isinstance(error, SignInNeeded):
        return _to_sign_in(request)
    if isinstance(error, ReserveNeeded):
        return HttpResponseRedirect(reverse("identity:reserve"))
    if isinstance(error, SignInRefused):
        return _refused(request, error)
    if isinstance(error, NotAllowed):
        return render(request, "404.html", status=404)
    if isinstance(error, Limited):
        response = render(request, "429.html", {"seconds": error.seconds}, status=429)
        response["Retry-After"] = str(error.seconds)
        return response
    if not isinstance(error, _OF_THE_SENDER):
        places = " < ".join(
            f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}"
            for frame in reversed(extract_tb(error.__traceback__)[-6:])
        )
        log.error("unhandled %s at %s", type(error).__name__, places)
    return None
