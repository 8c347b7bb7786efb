"""The address that calendar programs subscribe to. No sign-in, no cookie: the secret in it is all."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from booking.calendars import conditions, feed
from booking.calendars.bodies import Body
from booking.calendars.clients import program_of
from booking.models import CalendarFeed
from identity import access_log, actors, limits, scope, secrets_of
from identity.errors import Limited
from identity.models import Municipality
from identity.network import address_of
from identity.pages import municipality_of

_NOBODYS = bytes(32)  # no secret has this hash, so a foreign one costs the same statements as an unknown one
# Many: the calendar programs of a whole country ask from a few addresses, with revoked secrets among the live ones.
_WRONG = limits.Guesses("feed", per_minute=60, burst=120)
_HEADERS = {
    "Cache-Control": "private, max-age=300",
    "Vary": "Accept-Encoding",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@require_safe
def show(request: HttpRequest, secret: str) -> HttpResponse:
    """The feed, 304 if nothing changed, 404 unless the secret is a live one of this host, 429 beyond 60 an hour."""
    municipality, now = municipality_of(request), timezone.now()
    try:
        _WRONG.check(address_of(request))
        with scope.transaction(municipality.id):
            found = feed.find(secrets_of.digest(secret, municipality) or _NOBODYS)
            answer = _nothing() if found is None else _answer(request, found, municipality, now)
        if found is None:
            _WRONG.count(address_of(request))
    except Limited as error:
        answer = _slower(error.seconds)
    request.session.accessed = False  # no cookie has a say here, so no cache need look at one
    return answer


def _answer(request: HttpRequest, found: CalendarFeed, municipality: Municipality, now: datetime) -> HttpResponse:
    limits.take(f"feed {found.id}", per_minute=1, burst=60)
    what = feed.plan(found, municipality, now)
    packed = _packs(request)
    etag = what.etag[:-1] + '-gzip"' if packed else what.etag
    modified = int(what.modified_at(now).timestamp())
    about = {"ETag": etag, "Last-Modified": http_date(modified)}
    _note_use(request, found, now)
    if _is_known(request, etag, modified):
        return _with_headers(HttpResponse(status=304), about)
    return _with_headers(_body(feed.body(what), packed=packed), about)


def _is_known(request: HttpRequest, etag: str, modified: int) -> bool:
    """Whether the program has these octets: by tag, and only without one by date (RFC 9110, section 13.2.2)."""
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        return conditions.matches(tags, etag)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and modified <= since


def _packs(request: HttpRequest) -> bool:
    """Packed only on request; a setting turns it off where a calendar program cannot read it."""
    asked = conditions.wants_gzip(request.headers.get("Accept-Encoding", ""))
    packed = asked and settings.FEED_GZIP
    if not packed:
        request.META["HTTP_ACCEPT_ENCODING"] = "identity"  # else the middleware would pack it after us
    return packed


def _body(made: Body, *, packed: bool) -> HttpResponse:
    octets = made.packed if packed else made.plain
    response = HttpResponse(octets, content_type="text/calendar; charset=utf-8")
    response["Content-Length"] = str(len(octets))
    if packed:
        response["Content-Encoding"] = "gzip"
    return response


def _with_headers(response: HttpResponse, about: dict[str, str]) -> HttpResponse:
    if response.status_code == 304:
        del response["Content-Type"]
    for name, value in {**_HEADERS, **about}.items():
        response[name] = value
    return response


def _note_use(request: HttpRequest, found: CalendarFeed, now: datetime) -> None:
    """Once an hour: the sync page says when a program has stopped asking."""
    if found.last_fetched_at is None or now - found.last_fetched_at >= timedelta(hours=1):
        CalendarFeed.objects.filter(id=found.id).update(
            last_fetched_at=now, client=program_of(request.headers.get("User-Agent", ""))
        )
        actor = actors.system(scope.current())
        access_log.record(actor=actor, action="feed.read", kind="feed", objects=[found.id])


def _slower(seconds: int) -> HttpResponse:
    response = _plain(gettext("Vänta en stund."), 429)
    response["Retry-After"] = str(seconds)
    return response


def _nothing() -> HttpResponse:
    return _plain(gettext("Finns inte."), 404)


def _plain(text: str, status: int) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
