"""The way out: one look-up, only public addresses, and one deadline over everything."""

import socket
import ssl
import threading
import time
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import httpcore
import httpx

from identity.outward.addresses import HTTPS_PORT, is_public
from identity.outward.errors import AddressRefused, Unreachable

ADDRESSES_TRIED = 4

# Host, port and seconds left -> IP addresses. Raises OSError.
Resolve = Callable[[str, int, float], list[str]]


def system_resolver(host: str, port: int, seconds: float) -> list[str]:
    """Ask the system's name service; it knows no time-out, so it is asked from a thread that may be left behind."""
    found: list[str] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failed.append(OSError(str(error)))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError
    if failed:
        raise failed[0]
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Network:
    """How others are reached. The defaults are production's.

    `allowed` are IP addresses and ports that may be asked although they are not public, or not port 443: for tests with
    a server of their own, which also hand in `tls`. `inside` are hosts and ports that the operator has named: they may
    have addresses that are not public. Limits are seconds, and octets before and after inflating.
    """

    resolve: Resolve = system_resolver
    allowed: frozenset[tuple[str, int]] = frozenset()
    inside: frozenset[tuple[str, int]] = frozenset()
    tls: ssl.SSLContext | None = None
    connect_seconds: float = 10.0
    total_seconds: float = 20.0
    received: int = 15_000_000
    inflated: int = 60_000_000

    def ports(self) -> frozenset[int]:
        """The ports that may be asked, if the address may."""
        return frozenset({HTTPS_PORT, *(port for _, port in self.allowed | self.inside)})

    def may_be_asked(self, host: str, address: str, port: int) -> bool:
        """Whether a host that resolved to this address may be connected to."""
        if (host, port) in self.inside or (address, port) in self.allowed:
            return True
        # A port that stands open for one host only is no port for another.
        known = port == HTTPS_PORT or port in {port for _, port in self.allowed}
        return known and is_public(address)

    def context(self) -> ssl.SSLContext:
        """Certificates are always verified; the environment has no say in how."""
        return self.tls or httpx.create_ssl_context(trust_env=False)


class GuardedBackend(httpcore.NetworkBackend):
    """Connects by name, to addresses that it has checked itself: between check and connect nobody is asked again."""

    def __init__(self, network: Network, deadline: float) -> None:
        self._network = network
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, refuse unless every address may be asked, connect to the first that answers."""
        patience = self._network.connect_seconds
        last: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in self._addresses(host, port)[:ADDRESSES_TRIED]:
            try:
                left = min(patience, remaining(self._deadline))
                return TimedStream(self._plain.connect_tcp(address, port, left), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectError

    def _addresses(self, host: str, port: int) -> list[str]:
        seconds = min(self._network.connect_seconds, remaining(self._deadline))
        try:
            addresses = self._network.resolve(host.strip("[]"), port, seconds)
        except TimeoutError:
            raise Unreachable("timeout") from None
        except OSError:
            raise Unreachable("unknown_host") from None
        if not addresses:
            raise Unreachable("unknown_host")
        if not all(self._network.may_be_asked(host.strip("[]"), address, port) for address in addresses):
            raise AddressRefused("not_public")
        return addresses


class TimedStream(httpcore.NetworkStream):
    """A connection whose every read and write has only what is left until one deadline: slow answers end too."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read once."""
        return self._stream.read(max_bytes, remaining(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all."""
        self._stream.write(buffer, remaining(self._deadline))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Begin TLS; the certificate must be the name's, not the address's."""
        left = remaining(self._deadline)
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> typing.Any:  # noqa: ANN401 - httpcore's own shape
        """What the connection knows about itself."""
        return self._stream.get_extra_info(info)


def remaining(deadline: float) -> float:
    """Seconds left. Raises httpcore's time-out when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
