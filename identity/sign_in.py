"""Signing in and out: the session is renewed, and holds who, by what, how surely, and when."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from identity import access_log, actors, known_devices, network, scope
from identity.device_words import device_words
from identity.models import Person
from identity.sessions import forget_sign_in


def sign_in(
    request: HttpRequest,
    *,
    municipality: int,
    person: Person,
    provider: str,
    level: str,
    booking: UUID | None = None,
) -> None:
    """Sign `person` in. What was chosen before stays; the session key is new (session fixation).

    `booking`: the one booking that a vouched sign-in opens.
    """
    forget_sign_in(request.session)
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


def home(request: HttpRequest) -> str:
    """Where somebody who has just signed in begins: staff with their day, residents with their times."""
    return reverse("booking:today" if request.session.get("staff") else "booking:mine")


def safe_next(request: HttpRequest, wanted: str, otherwise: str) -> str:
    """`wanted` if it is a path of this site, else `otherwise`."""
    fine = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=False
    )
    return wanted if fine else otherwise


def home_of(request: HttpRequest) -> str:
    """Where somebody who has signed in goes on: the day of the staff, the times of a resident."""
    return reverse("booking:today") if request.session.get("staff") else reverse("booking:mine")
