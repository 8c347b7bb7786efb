"""Signing in by a provider that somebody else has written: oidc-provider-mock, over TLS."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import trustme
from pytest_django import Settings

from identity import scope
from identity.models import IdentityProvider, Municipality, Person
from identity.providers.oidc_claims import PERSONAL_NUMBER
from tests.identity.oidc_journeys import LOA3, NUMBER, browser, come_back, path_of, sent_to
from tests.sources import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(tmp_path: Path, settings: Settings) -> Iterator[httpx.Client]:
    """The running provider, and a browser that trusts it and stands at it."""
    authority = trustme.CA()
    pem, bundle = tmp_path / "server.pem", tmp_path / "authority.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
    authority.cert_pem.write_to_path(str(bundle))
    command = [sys.executable, "-m", "tests.peers.oidc.mock", str(pem)]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT) as process,
    ):
        assert process.stdout is not None
        issuer = f"https://127.0.0.1:{int(process.stdout.readline())}"
        settings.OIDC_INSIDE_HOSTS, settings.OIDC_CA_FILE = [urlsplit(issuer).netloc], str(bundle)
        trust = httpx.create_ssl_context(trust_env=False)
        trust.load_verify_locations(cafile=str(bundle))
        with httpx.Client(base_url=issuer, verify=trust, trust_env=False) as client:
            yield client
        process.terminate()


def test_a_provider_that_is_not_ours_signs_a_resident_in(municipality: Municipality, stranger: httpx.Client) -> None:
    with scope.transaction(municipality.id):
        issuer = str(stranger.base_url).rstrip("/")
        fields = {"issuer": issuer, "client_id": "motas", "client_secret": "hemligt", "acr_loa3": [LOA3]}
        IdentityProvider.objects.create(kind="oidc", code="annan", name="Annan", for_residents=True, **fields)
    said = {"acr": LOA3, "given_name": "Ture", "family_name": "Prov", PERSONAL_NUMBER: NUMBER}
    assert stranger.put("/users/ture", json=said).status_code == 204
    client = browser()
    back = stranger.post(sent_to(client, "annan"), data={"sub": "ture"})
    assert back.status_code == 302, back.text
    answer = client.get(path_of(back.headers["Location"]), secure=True)
    assert answer.status_code == 302
    with scope.transaction(municipality.id):
        person = Person.objects.get(id=client.session["person"])
        assert (person.name, person.number) == ("Ture Prov", NUMBER)
    assert client.session["level"] == "LOA3"


def test_who_turns_back_there_is_told_so(municipality: Municipality, stranger: httpx.Client) -> None:
    with scope.transaction(municipality.id):
        issuer = str(stranger.base_url).rstrip("/")
        fields = {"issuer": issuer, "client_id": "motas", "client_secret": "hemligt", "acr_loa3": [LOA3]}
        IdentityProvider.objects.create(kind="oidc", code="annan", name="Annan", for_residents=True, **fields)
    client = browser()
    back = stranger.post(sent_to(client, "annan"), data={"action": "deny"})
    location = back.headers["Location"]
    answer = come_back(client, path_of(location))
    assert answer.status_code == 403
    assert "person" not in client.session
