"""Staff by the municipality's own provider: invited, joined at the first sign-in, and never by a residents' way in."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from identity import actors, openings, scope
from identity.errors import SignInNeeded
from identity.models import ExternalIdentity, IdentityConflict, IdentityProvider, Person
from identity.staff_invitations import invited, spend_invitation
from tests.identity.oidc_journeys import (
    RESIDENT,
    STAFF,
    browser,
    known,
    provider,
    signed_in,
    staff_provider,
    there_and_back,
)
from tests.peers.oidc.provider import OidcPeer
from tests.town import Town

pytestmark = pytest.mark.django_db


def showing_an_invitation(town: Town, who: str = "anna") -> Client:
    """A browser that has just shown an invitation."""
    with scope.transaction(town.municipality.id):
        code = invited(town.municipality, Person.objects.get(id=town.persons[who]), by=None)
    person = spend_invitation(municipality=town.municipality, code=code)
    client = browser()
    client.get("/logga-in/", secure=True)
    session = client.session
    session["invited"] = str(person.id)
    session.save()
    client.cookies["__Host-motas"] = str(session.session_key)
    return client


def test_the_first_sign_in_after_an_invitation_joins_subject_and_person(town: Town, peer: OidcPeer) -> None:
    staff_provider(town.municipality, peer)
    peer.user = dict(STAFF)
    client = showing_an_invitation(town)
    assert there_and_back(client, peer, "kommun")["Location"] == "/idag/"
    assert client.session["person"] == str(town.persons["anna"])
    assert "invited" not in client.session
    later = browser()
    assert there_and_back(later, peer, "kommun")["Location"] == "/idag/"
    assert later.session["person"] == str(town.persons["anna"])


def test_an_invitation_to_somebody_else_by_name_is_shown_to_a_coordinator(town: Town, peer: OidcPeer) -> None:
    staff_provider(town.municipality, peer)
    peer.user = STAFF | {"name": "Cia Holm"}
    assert there_and_back(showing_an_invitation(town), peer, "kommun").status_code == 403
    assert signed_in() == 0
    with scope.transaction(town.municipality.id):
        assert IdentityConflict.objects.get().person_id == town.persons["anna"]
        assert not ExternalIdentity.objects.exists()


def test_an_invitation_that_was_shown_long_ago_joins_nobody(town: Town, peer: OidcPeer) -> None:
    staff_provider(town.municipality, peer)
    peer.user = dict(STAFF)
    with time_machine.travel(timezone.now() - timedelta(minutes=40), tick=False):
        client = showing_an_invitation(town)
    assert there_and_back(client, peer, "kommun").status_code == 403
    with scope.transaction(town.municipality.id):
        assert not ExternalIdentity.objects.exists()


def test_a_name_in_the_session_without_an_invitation_joins_nobody(town: Town, peer: OidcPeer) -> None:
    staff_provider(town.municipality, peer)
    peer.user = dict(STAFF)
    client = browser()
    client.get("/logga-in/", secure=True)
    session = client.session
    session["invited"] = str(town.persons["anna"])
    session.save()
    client.cookies["__Host-motas"] = str(session.session_key)
    assert there_and_back(client, peer, "kommun").status_code == 403
    assert signed_in() == 0


def test_an_invitation_does_not_help_a_subject_that_is_somebody_elses(town: Town, peer: OidcPeer) -> None:
    made = staff_provider(town.municipality, peer)
    known(town.municipality, made, town.persons["cia"], STAFF["sub"])
    peer.user = STAFF | {"name": "Cia Holm"}
    client = showing_an_invitation(town)
    assert there_and_back(client, peer, "kommun").status_code == 302
    assert client.session["person"] == str(town.persons["cia"]), "who the provider says, not who was invited"


def test_a_residents_way_in_gives_nobody_a_role(town: Town, peer: OidcPeer) -> None:
    made = provider(town.municipality, peer)
    known(town.municipality, made, town.persons["anna"], RESIDENT["sub"])
    peer.user = RESIDENT | {"given_name": "Anna", "family_name": "Lindqvist"}
    client = browser()
    assert there_and_back(client, peer)["Location"] == "/mina-tider/"
    assert client.session["staff"] is False
    assert client.get("/idag/", secure=True)["Location"].startswith("/logga-in/")


def in_by_provider(town: Town, peer: OidcPeer) -> Client:
    """Anna, sent on by a provider where she had signed in an hour ago."""
    made = staff_provider(town.municipality, peer)
    known(town.municipality, made, town.persons["anna"], STAFF["sub"])
    peer.user = STAFF | {"auth_time": timezone.now().timestamp() - 3600}
    client = browser()
    assert there_and_back(client, peer, "kommun").status_code == 302
    return client


def test_who_is_sent_on_without_being_asked_must_show_who_they_are_for_what_is_grave(
    town: Town, peer: OidcPeer
) -> None:
    client = in_by_provider(town, peer)
    request = SimpleNamespace(session=client.session, META={"REMOTE_ADDR": "192.0.2.7"}, headers={})
    with scope.transaction(town.municipality.id):
        actor = actors.load(request)  # type: ignore[arg-type]  # all that is read of a request
    with pytest.raises(SignInNeeded):
        openings.require_fresh(actor, timezone.now())
    peer.user = dict(STAFF)
    assert there_and_back(client, peer, "kommun", igen="1").status_code == 302
    assert "unproven" not in client.session


@pytest.mark.parametrize("minutes", [16, 11 * 60])
def test_who_was_idle_or_signed_in_too_long_is_asked_anew_by_the_provider(
    town: Town, peer: OidcPeer, minutes: int
) -> None:
    client = in_by_provider(town, peer)
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        sent = client.get("/idag/", secure=True)["Location"]
        page = client.get(sent, secure=True).content.decode()
    assert "/logga-in/oidc/kommun/?igen=1&amp;next=/idag/" in page


def test_who_was_idle_is_asked_anew_also_by_a_link_that_does_not_say_so(town: Town, peer: OidcPeer) -> None:
    client = in_by_provider(town, peer)
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        client.get("/idag/", secure=True)
    assert there_and_back(client, peer, "kommun").status_code == 403, "an hour old is not now"
    assert (peer.asked[-1]["prompt"], peer.asked[-1]["max_age"]) == ("login", "0")
    peer.user = dict(STAFF)
    assert there_and_back(client, peer, "kommun").status_code == 302
    assert "again" not in client.session


def test_a_provider_that_is_switched_off_or_no_longer_for_staff_ends_what_it_opened(town: Town, peer: OidcPeer) -> None:
    client = in_by_provider(town, peer)
    assert client.get("/idag/", secure=True).status_code == 200
    with scope.transaction(town.municipality.id):
        IdentityProvider.objects.filter(code="kommun").update(for_staff=False)
    assert client.get("/idag/", secure=True).status_code == 302
    with scope.transaction(town.municipality.id):
        IdentityProvider.objects.filter(code="kommun").update(for_staff=True, enabled=False)
    assert client.get("/inloggningar/", secure=True).status_code == 302
    assert "person" not in client.session
