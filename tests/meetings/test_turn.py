"""TURN credentials say nothing of anybody, and are what the TURN server works out for itself."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from meetings import turn

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
URLS = ("turn:turn.example.se:3478?transport=udp", "turns:turn.example.se:443?transport=tcp")
moments = st.datetimes(datetime(2026, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by hypothesis' own rule


@given(moments, st.binary(min_size=1, max_size=64))
def test_the_server_can_check_the_credential_by_the_shared_secret_alone(now: datetime, secret: bytes) -> None:
    server = turn.minted(now=now, secret=secret, urls=URLS).servers[0]
    expected = hmac.new(secret, server.username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(server.credential) == expected
    assert int(server.username.split(":")[0]) == int((now + turn.LIFETIME).timestamp())


def test_two_credentials_of_the_same_second_have_nothing_in_common_but_the_time() -> None:
    names = {turn.minted(now=NOW, secret=b"s", urls=URLS).servers[0].username for _ in range(50)}
    assert len(names) == 50
    assert all(len(name.split(":")[1]) == 16 for name in names)


def test_at_most_four_addresses_are_given() -> None:
    assert len(turn.minted(now=NOW, secret=b"s", urls=URLS * 3).servers[0].urls) == 4


def test_without_a_turn_server_nobody_is_sent_to_one(settings: Settings) -> None:
    settings.TURN_URLS = []
    assert turn.credentials(NOW).servers == ()


def test_the_secret_is_read_from_its_file(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "turn").write_text("shared\n")
    settings.TURN_URLS, settings.TURN_SECRET_FILE = list(URLS), str(tmp_path / "turn")
    server = turn.credentials(NOW).servers[0]
    expected = hmac.new(b"shared", server.username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(server.credential) == expected
