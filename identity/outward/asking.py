"""`ask`: one request to a checked address, with no redirect followed. The address stands in no error and no log.

Works on httpcore, the engine of httpx, since httpx itself writes every address to its log.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

import httpcore
import httpx

from identity.outward import bodies
from identity.outward.addresses import HTTPS_PORT, checked
from identity.outward.errors import Unreachable
from identity.outward.network import GuardedBackend, Network

T = TypeVar("T")
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: status, headers, and the body, uncompressed."""

    status: int
    headers: httpx.Headers
    octets: bytes


def ask(
    address: str,
    *,
    network: Network,
    method: str = "GET",
    headers: Headers | None = None,
    body: bytes | None = None,
    own_hosts: Collection[str] = (),
) -> Answer:
    """Ask once; a redirect is an answer like any other. Raises AddressRefused and Unreachable, see errors.py."""
    deadline = time.monotonic() + network.total_seconds
    url = checked(address, own_hosts, network.ports())
    return request(url, _whole(network), network, deadline, method=method, headers=headers or [], body=body)


def request(
    url: httpx.URL,
    read: Callable[[httpcore.Response], T],
    network: Network,
    deadline: float,
    *,
    method: str = "GET",
    headers: Headers,
    body: bytes | None = None,
) -> T:
    """Ask an address that was `checked`, and let `read` make something of the answer while it comes.

    `deadline`: of `time.monotonic()`, over all of it. Raises AddressRefused and Unreachable.
    """
    target = httpcore.URL(scheme=b"https", host=url.raw_host, port=url.port or HTTPS_PORT, target=url.raw_path)
    sent = [(b"Host", url.netloc), *headers]
    if body is not None:
        sent.append((b"Content-Length", str(len(body)).encode()))
    backend = GuardedBackend(network, deadline)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=network.context(), network_backend=backend) as pool,
            pool.stream(method, target, headers=sent, content=body) as response,
        ):
            return read(response)
    except httpcore.TimeoutException:
        raise Unreachable("timeout") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol):
        raise Unreachable("connection") from None


def _whole(network: Network) -> Callable[[httpcore.Response], Answer]:
    def read(response: httpcore.Response) -> Answer:
        headers = httpx.Headers(response.headers)
        return Answer(response.status, headers, bodies.read(response.iter_stream(), headers, network))

    return read
