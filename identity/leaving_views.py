"""Leaving quickly, the page that says nothing, and asking for safe contact."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from identity import pages, policies, protection
from identity.policies import Facts

_ASKED = "safe_contact_asked"  # in the session, until the page has said it once


@csrf_exempt  # a token that ran out must not show a page here; all that anybody can force is that they are signed out
def leave(request: HttpRequest) -> HttpResponse:
    """/lamna/: end the sign-in, empty what the browser keeps, and be somewhere else. It asks nothing and never fails.

    Asked for by a link it only leads away: nobody signs another out by an address.
    """
    response = HttpResponse(status=303, headers={"Location": _elsewhere(request), "Cache-Control": "no-store"})
    if request.method != "POST":
        return response
    try:
        request.session.flush()
    except DatabaseError:  # who must leave, leaves: without its cookie the browser is signed out all the same
        response.delete_cookie(settings.SESSION_COOKIE_NAME)
    response.delete_cookie(settings.CSRF_COOKIE_NAME)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def nothing(request: HttpRequest) -> HttpResponse:
    """/tom/: a page without a word of where it came from.

    In the browser's language: the one that the reader chose ended with the sign-in.
    """
    with translation.override(request.session.get("language") or translation.get_language_from_request(request)):
        return render(request, "identity/nothing.html")


def safe_contact(request: HttpRequest) -> HttpResponse:
    """/mina-tider/kontakt/: what it means, and a button; once, after the button, that it applies.

    The page never shows whether it was asked for before, and the address says no more than the title: another may sit
    at the same browser later.
    """
    with pages.signed_in(request) as actor:
        policies.require(actor, "person.ask_safe_contact", Facts(actor.municipality_id, person=actor.person_id))
    if request.method != "POST":
        return render(request, "identity/safe_contact.html", {"done": request.session.pop(_ASKED, False)})
    protection.ask_for_safe_contact(actor=actor)
    request.session[_ASKED] = True
    return redirect("identity:safe_contact")


def _elsewhere(request: HttpRequest) -> str:
    return pages.municipality_of(request).exit_address or reverse("identity:nothing")
