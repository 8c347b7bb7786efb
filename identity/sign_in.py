"""Signing in and out: the session is renewed, and holds who, by what, how surely, and when."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from identity import access_log, actors, known_devices, network, scope
from identity.device_words import device_words
from identity.endpoints import BY_ADDRESS
from identity.models import Person
from identity.sessions import AGAIN, forget_sign_in

REFUSED = "refused"  # in the session: what came of the last try, for a page whose address says nothing of it
SIGNED_OUT = "utloggad"
_LONGEST = 300  # what a started sign-in has room for
_PLAIN = re.compile(r"/(?:[A-Za-z0-9._-]+/)*[A-Za-z0-9._-]*(?:\?[A-Za-z0-9._~%=&+:,-]*)?")


def sign_in(
    request: HttpRequest,
    *,
    municipality: int,
    person: Person,
    provider: str,
    level: str,
    booking: UUID | None = None,
    proven: bool = True,
) -> None:
    """Sign `person` in. What was chosen before stays; the session key is new (session fixation).

    `booking`: the one booking that a vouched sign-in opens. `proven`: the person was surely asked who they are, now.
    """
    forget_sign_in(request.session)
    request.session.pop(AGAIN, None)
    now = timezone.now()
    request.session.update(
        {
            "municipality": municipality,
            "person": str(person.id),
            "provider": provider,
            "level": level,
            "signed_in_at": now.isoformat(),
            "device": device_words(request.headers.get("User-Agent", "")),
        }
        | ({"booking": str(booking)} if booking else {})
        | ({} if proven else {"unproven": True})
    )
    with scope.transaction(municipality):
        allowed = actors.for_staff(provider)
        actor = actors.of_person(person, provider=provider, level=level, session_key="", at=now, staff=allowed)
        request.session["staff_allowed"] = allowed
        request.session["staff"] = actor.is_staff
        request.session["roles"] = sorted({role for role, _ in actor.roles})
        address = network.address_of(request) if actor.is_staff else ""
        request.session["address"] = address
        known_devices.note(person.id, request.session["device"], network.neighbourhood(address))
        actor = replace(actor, network=address)
        access_log.record(actor=actor, action="signed_in", kind="person", objects=[person.id])
    request.session.save()


def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, clear what the browser kept, and say so on the first page."""
    request.session.flush()
    response = HttpResponseRedirect(f"{reverse('start')}?{SIGNED_OUT}")
    response.delete_cookie(settings.CSRF_COOKIE_NAME)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def was_signed_out(request: HttpRequest) -> bool:
    """Whether the first page says that one is signed out: asked for by the address, and true only of who is."""
    return SIGNED_OUT in request.GET and not request.session.get("person")


def must_show_anew(request: HttpRequest) -> bool:
    """Whether this browser's sign-in ran out, or lives: then a provider is to ask who it is, not to send on."""
    session = request.session
    return bool("igen" in request.GET or "igen" in request.POST or session.get(AGAIN) or session.get("person"))


def ran_out(request: HttpRequest) -> bool:
    """Whether this browser's sign-in ended by itself: never said to who is signed in."""
    return bool("igen" in request.GET or request.session.get(AGAIN)) and not request.session.get("person")


def home(request: HttpRequest) -> str:
    """Where somebody who has just signed in begins: staff with their day, residents with their times."""
    return reverse("booking:today" if request.session.get("staff") else "booking:mine")


def safe_next(request: HttpRequest, wanted: str, otherwise: str) -> str:
    """`wanted` if it is the address of a listed page that can be asked for here, else `otherwise`."""
    return wanted if _is_page(request, wanted) else otherwise


def ways_in(wanted: str) -> str:
    """The address of the ways to sign in, for somebody who is going to `wanted`, an address from `safe_next`."""
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return reverse("identity:sign_in") + query


def _is_page(request: HttpRequest, address: str) -> bool:
    """By allow-list, and read strictly: browsers forgive much in addresses, and each differently."""
    if len(address) > _LONGEST or not _PLAIN.fullmatch(address):
        return False
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=False):
        return False
    try:
        row = BY_ADDRESS.get(resolve(address.partition("?")[0]).view_name)
    except Resolver404:
        return False
    return row is not None and row.kind == "page" and row.action != "trial" and "GET" in row.methods


def home_of(request: HttpRequest) -> str:
    """Where somebody who has signed in goes on: the day of the staff, the times of a resident."""
    return reverse("booking:today") if request.session.get("staff") else reverse("booking:mine")
