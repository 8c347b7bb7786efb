"""Getting a calendar from a real server over TLS: what is taken, what is refused, that nobody inside is ever asked."""

import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from booking.calendars.busy.errors import FetchFailed, FetchRefused
from booking.calendars.busy.fetch import fetch
from identity.outward.network import Network, system_resolver
from tests.peers.calendar_server import BODY, ETAG, MODIFIED, NAME, Peer, calendar_server

SECRET = "hemlig-nyckel"


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    with calendar_server(tmp_path) as running:
        yield running


@pytest.fixture
def network(peer: Peer) -> Network:
    """The way to the server and nowhere else."""
    return Network(
        resolve=lambda host, port, seconds: ["127.0.0.1"],
        allowed=frozenset({("127.0.0.1", peer.port)}),
        tls=peer.trust,
        total_seconds=5.0,
    )


class Trap:
    """A port on loopback that counts who connects."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listening.getsockname()[1])
        self.connects = 0
        self.thread = threading.Thread(target=self._count, daemon=True)
        self.thread.start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.connects += 1
            connection.close()

    def close(self) -> None:
        """Stop listening."""
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join()


@pytest.fixture
def trap() -> Iterator[Trap]:
    found = Trap()
    yield found
    found.close()
    assert found.connects == 0


def test_a_calendar_comes_with_its_validators(peer: Peer, network: Network) -> None:
    found = fetch(peer.url("/plain").replace("https", "webcal"), network=network)
    assert (found.status, found.octets, found.etag, found.last_modified) == ("body", BODY, ETAG, MODIFIED)
    assert peer.headers[0]["Host"] == f"{NAME}:{peer.port}"


@pytest.mark.parametrize("scheme", ["webcal", "WEBCALS", " webcal"])
def test_a_calendar_address_is_asked_by_https(peer: Peer, network: Network, scheme: str) -> None:
    assert fetch(peer.url("/plain").replace("https", scheme), network=network).octets == BODY
    with pytest.raises(FetchRefused) as caught:
        fetch(f"{scheme}://BOKA.Exempel.Example./a.ics", own_hosts=["boka.exempel.example"], network=network)
    assert caught.value.code == "own_host"


@pytest.mark.parametrize("validators", [{"etag": ETAG}, {"last_modified": MODIFIED}])
def test_an_unchanged_calendar_is_not_sent_again(peer: Peer, network: Network, validators: dict[str, str]) -> None:
    found = fetch(peer.url("/plain"), network=network, **validators)
    assert (found.status, found.octets, found.etag) == ("unchanged", b"", ETAG)
    assert found.last_modified == validators.get("last_modified", "")


def test_compressed_members_are_joined(peer: Peer, network: Network) -> None:
    assert fetch(peer.url("/gzip"), network=network).octets == BODY * 2


def test_odd_validators_are_neither_kept_nor_sent(peer: Peer, network: Network) -> None:
    found = fetch(peer.url("/odd-validators"), etag="x\r\nX-Evil: 1", last_modified="å", network=network)
    assert (found.etag, found.last_modified) == ("", "")
    assert not peer.headers[0].keys() & {"If-None-Match", "If-Modified-Since", "X-Evil"}


@pytest.mark.parametrize(
    ("path", "code", "retry_after"),
    [
        ("/missing", "not_found", None),
        ("/forbidden", "forbidden", None),
        ("/busy", "too_many", 120),
        ("/broken", "server_error", None),
        ("/unasked", "status", None),
        ("/cut-gzip", "encoding", None),
        ("/brotli", "encoding", None),
        ("/bomb", "too_large", None),
        ("/announced", "too_large", None),
        ("/endless", "too_large", None),
        ("/slow", "timeout", None),
        ("/slow-headers", "timeout", None),
    ],
)
def test_an_answer_that_is_no_calendar_fails_with_a_code(
    peer: Peer, network: Network, path: str, code: str, retry_after: int | None
) -> None:
    patience = 0.5 if "slow" in path else 5.0
    with pytest.raises(FetchFailed) as caught:
        fetch(
            peer.url(f"{path}?{SECRET}" if path == "/missing" else path),
            network=replace(network, total_seconds=patience),
        )
    assert (caught.value.code, caught.value.retry_after) == (code, retry_after)


def test_redirects_are_followed_three_times(peer: Peer, network: Network) -> None:
    peer.redirects |= {"/1": "/2", "/2": peer.url("/3"), "/3": "/plain", "/0": "/1"}
    assert fetch(peer.url("/1"), network=network).octets == BODY
    with pytest.raises(FetchFailed) as caught:
        fetch(peer.url("/0"), network=network)
    assert caught.value.code == "redirects"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("http://kalender.exempel.example/", "scheme"),
        ("https://127.0.0.1:{trap}/", "port"),
        ("https://127.0.0.1/", "not_public"),
        ("https://169.254.169.254/latest/meta-data/", "not_public"),
        ("https://[::1]/", "not_public"),
        ("https://[::ffff:7f00:1]/", "not_public"),
        ("https://0x7f000001/", "not_public"),
        ("https://inside.exempel.example/", "not_public"),
        ("https://anna@kalender.exempel.example/", "credentials"),
        ("//boka.exempel.example/", "own_host"),
    ],
)
def test_a_redirect_to_the_inside_is_refused(peer: Peer, network: Network, trap: Trap, target: str, code: str) -> None:
    def resolve(host: str, port: int, seconds: float) -> list[str]:
        return (
            ["127.0.0.1"]
            if host == NAME
            else system_resolver(host, port, seconds)
            if host[0] in "0123456789:"
            else ["10.0.0.1"]
        )

    peer.redirects["/out"] = target.format(trap=trap.port)
    with pytest.raises(FetchRefused) as caught:
        fetch(peer.url("/out"), own_hosts=["boka.exempel.example"], network=replace(network, resolve=resolve))
    assert caught.value.code == code
    assert peer.asked == ["/out"]


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "localhost", "localhost.", "0.0.0", "0"),
        *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "①②⑦.⓪.⓪.①"),
    ],
)
def test_no_spelling_of_loopback_is_ever_connected_to(trap: Trap, host: str) -> None:
    # The port is allowed for another address only, so that nothing but the address keeps us out.
    network = Network(allowed=frozenset({("192.0.2.1", trap.port)}), total_seconds=5.0)
    with pytest.raises((FetchRefused, FetchFailed)) as caught:
        fetch(f"https://{host}:{trap.port}/{SECRET}", network=network)
    assert caught.value.code in {"not_public", "address", "unknown_host"}
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("answers", [["193.10.0.1", "127.0.0.1"], ["10.0.0.1", "193.10.0.1"], ["::1"], ["fe80::1%1"]])
def test_one_address_inside_among_several_is_enough_to_refuse(trap: Trap, answers: list[str]) -> None:
    with pytest.raises(FetchRefused):
        fetch("https://exempel.example/", network=Network(resolve=lambda host, port, seconds: answers))


def test_a_name_is_looked_up_once_and_the_checked_address_is_the_one_connected_to(peer: Peer, network: Network) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int, seconds: float) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    assert fetch(peer.url("/plain"), network=replace(network, resolve=resolve)).octets == BODY
    assert asked == [NAME]


def test_an_address_that_does_not_answer_gives_way_to_the_next(peer: Peer, network: Network) -> None:
    both = replace(
        network,
        resolve=lambda host, port, seconds: ["127.0.0.2", "127.0.0.1"],
        allowed=network.allowed | {("127.0.0.2", peer.port)},
    )
    assert fetch(peer.url("/plain"), network=both).octets == BODY


def test_a_certificate_for_another_name_or_of_an_unknown_issuer_ends_it(peer: Peer, network: Network) -> None:
    for address, way in (
        (peer.url("/plain", "other.exempel.example"), network),
        (peer.url("/plain"), replace(network, tls=None)),
    ):
        with pytest.raises(FetchFailed) as caught:
            fetch(address, network=way)
        assert caught.value.code == "connection"
    assert peer.asked == []


@pytest.mark.parametrize(
    ("failure", "code"), [(OSError(), "unknown_host"), (TimeoutError(), "timeout"), (None, "unknown_host")]
)
def test_a_name_that_is_not_known_fails(failure: OSError | None, code: str) -> None:
    def resolve(host: str, port: int, seconds: float) -> list[str]:
        if failure:
            raise failure
        return []

    with pytest.raises(FetchFailed) as caught:
        fetch("https://exempel.example/", network=Network(resolve=resolve))
    assert caught.value.code == code


def test_a_name_service_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: answer.wait(10) and [])
    with pytest.raises(TimeoutError):
        system_resolver("exempel.example", 443, 0.05)
    answer.set()


def test_the_secret_address_stands_in_no_log_and_no_error(
    peer: Peer, network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for path in (f"/plain?{SECRET}", f"/missing?{SECRET}"):
            with pytest.raises(FetchFailed) as caught:
                fetch(peer.url(path), network=network)
            assert SECRET not in str(caught.value)
    assert SECRET not in caplog.text
