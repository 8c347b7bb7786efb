"""Staff by the municipality's own provider: invited, joined at the first sign-in, and never by a residents' way in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from identity import scope
from identity.models import ExternalIdentity, IdentityConflict, Person
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
