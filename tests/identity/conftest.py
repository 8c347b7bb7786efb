"""Fixtures of identity: a running OpenID provider and a BankID service of our own, which the settings let us reach."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from tests.identity.bankid_desk import Desk, opened_desk
from tests.identity.oidc_journeys import RESIDENT
from tests.peers.oidc.provider import OidcPeer, oidc_peer
from tests.town import Town


@pytest.fixture(scope="session")
def running_peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcPeer]:
    """One server for all tests."""
    with oidc_peer(tmp_path_factory.mktemp("oidc")) as running:
        yield running


@pytest.fixture
def peer(running_peer: OidcPeer, settings: Settings) -> OidcPeer:
    """The provider, as if it had just begun: a resident will sign in, and nothing is wrong."""
    running_peer.reset()
    running_peer.user = dict(RESIDENT)
    settings.OIDC_INSIDE_HOSTS = [urlsplit(running_peer.issuer).netloc]
    settings.OIDC_CA_FILE = str(running_peer.bundle)
    return running_peer


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """A BankID service that works as it should, until a test says otherwise."""
    with opened_desk(town) as opened:
        yield opened
