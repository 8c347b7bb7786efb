"""What every page does first: open the scope, load the actor, ask for sign-in where it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from identity import access_log, actors, scope
from identity.actors import Actor
from identity.errors import NotAllowed, ReserveNeeded, SignInNeeded
from identity.models import Municipality
from identity.sessions import idle_of

FOR_STAFF = "for_staff"  # in the session, once: a signed-in person asked for a page of the staff
_DONE = "done"  # in the session: which page says that something was done


def municipality_of(request: HttpRequest) -> Municipality:
    """The municipality of the request's host, set by the first middleware."""
    found: Municipality = request.municipality  # type: ignore[attr-defined]  # set by municipality_by_host
    return found


@contextmanager
def reading(request: HttpRequest) -> Iterator[Actor]:
    """A transaction to read in, and who reads. Close it before rendering."""
    try:
        with scope.transaction(municipality_of(request).id):
            yield actors.load(request)
    except NotAllowed as error:
        access_log.record_refusal(error)
        raise


@contextmanager
def signed_in(request: HttpRequest, *, unfinished: bool = False) -> Iterator[Actor]:
    """As `reading`; raises `SignInNeeded` unless somebody is signed in.

    Who signed in by their only key is led to get a second way in (`ReserveNeeded`), but by a page for `unfinished`.
    """
    with reading(request) as actor:
        if not actor.signed_in:
            raise SignInNeeded
        if request.session.get("unfinished") and not unfinished:
            raise ReserveNeeded
        yield actor


@contextmanager
def staff(request: HttpRequest) -> Iterator[Actor]:
    """As `reading`; raises `SignInNeeded` unless a staff member is signed in."""
    with reading(request) as actor:
        if not actor.is_staff:
            if actor.signed_in:
                request.session[FOR_STAFF] = True
            raise ReserveNeeded if actor.signed_in and request.session.get("unfinished") else SignInNeeded
        yield actor


def done(request: HttpRequest, address: str, what: str) -> HttpResponse:
    """Lead to the page at `address`, which says once that `what` was done."""
    request.session[_DONE] = [address, what]
    return HttpResponseRedirect(f"{address}?klart={what}")


def just_done(request: HttpRequest) -> str:
    """What was done just before this page, once; "" for the same address asked for by a link, or again."""
    what = request.GET.get("klart", "")
    if not what or request.session.get(_DONE) != [request.path, what]:
        return ""
    del request.session[_DONE]
    return what


def actor_of(request: HttpRequest) -> Actor:
    """The actor, read in a transaction of its own: for views that then call one use case."""
    with reading(request) as actor:
        return actor


def context(request: HttpRequest) -> dict[str, Any]:
    """What every template knows: the municipality, and which menu to show. Reads no tenant row."""
    session = getattr(request, "session", None)
    known = bool(session and session.get("person"))
    return {
        "municipality": getattr(request, "municipality", None),
        "signed_in": known,
        "is_staff": bool(known and session and session.get("staff")),
        "idle": int(idle_of(session).total_seconds()) if known and session else 0,
        "one_booking": bool(known and session and session.get("booking")),
        "roles": session.get("roles", []) if known and session else [],
        "trial": actors.trial_allowed(),
    }
