"""`fetch`: a guarded, conditional GET of somebody's published calendar. The address is a secret: it stands in no error.

Works on httpcore, the engine of httpx, since httpx itself writes every address to its log.
"""

import time
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import httpcore
import httpx

from booking.calendars.busy.addresses import HTTPS_PORT, checked
from booking.calendars.busy.errors import FetchFailed
from booking.calendars.busy.network import GuardedBackend, Network

REDIRECTS = {301, 302, 303, 307, 308}
REDIRECTS_LIMIT = 3
VALIDATOR_LIMIT = 1_024
CODES = {401: "forbidden", 403: "forbidden", 404: "not_found", 410: "not_found", 429: "too_many"}
GZIP_WINDOW = 16 + zlib.MAX_WBITS
PIECE = 1_048_576

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: a body (uncompressed), or the news that it is unchanged; with the validators for the next time."""

    status: Literal["unchanged", "body"]
    octets: bytes
    etag: str
    last_modified: str


def fetch(
    address: str,
    *,
    etag: str = "",
    last_modified: str = "",
    own_hosts: Collection[str] = (),
    network: Network = Network(),  # noqa: B008 - frozen
) -> Fetched:
    """Get a calendar by https (webcal becomes https), if it has changed since the validators given.

    At most three redirects, each checked like the address itself; `own_hosts` are never asked. Raises FetchRefused and
    FetchFailed, see errors.py.
    """
    deadline = time.monotonic() + network.total_seconds
    ports = {HTTPS_PORT, *(port for _, port in network.allowed)}
    conditions = _headers(etag, last_modified)
    for _ in range(REDIRECTS_LIMIT + 1):
        found = _ask(checked(address, own_hosts, ports), conditions, network, deadline)
        if isinstance(found, Fetched):
            return found
        address = found
    raise FetchFailed("redirects")


def _ask(url: httpx.URL, conditions: Headers, network: Network, deadline: float) -> Fetched | str:
    """One request: what came, or the address that it was redirected to."""
    target = httpcore.URL(scheme=b"https", host=url.raw_host, port=url.port or HTTPS_PORT, target=url.raw_path)
    backend = GuardedBackend(network, deadline)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=network.context(), network_backend=backend) as pool,
            pool.stream("GET", target, headers=[(b"Host", url.netloc), *conditions]) as response,
        ):
            return _answer(url, response, conditions, network)
    except httpcore.TimeoutException:
        raise FetchFailed("timeout") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol):
        raise FetchFailed("connection") from None


def _headers(etag: str, last_modified: str) -> Headers:
    headers = [
        (b"User-Agent", b"Motas"),
        (b"Accept", b"text/calendar, */*;q=0.5"),
        (b"Accept-Encoding", b"gzip, identity"),
    ]
    if _validator(etag):
        headers.append((b"If-None-Match", etag.encode()))
    if _validator(last_modified):
        headers.append((b"If-Modified-Since", last_modified.encode()))
    return headers


def _validator(text: str) -> str:
    """A validator that may be kept and sent back; "" for one that is too long or has odd characters."""
    return text if len(text) <= VALIDATOR_LIMIT and text.isascii() and text.isprintable() else ""


def _answer(url: httpx.URL, response: httpcore.Response, conditions: Headers, network: Network) -> Fetched | str:
    headers = httpx.Headers(response.headers)
    if response.status in REDIRECTS and "location" in headers:
        return _joined(url, headers["location"])
    etag, last_modified = _validator(headers.get("etag", "")), _validator(headers.get("last-modified", ""))
    if response.status == 304:
        sent = dict(conditions)
        if not sent.keys() & {b"If-None-Match", b"If-Modified-Since"}:
            raise FetchFailed("status")
        return Fetched(
            "unchanged",
            b"",
            etag or sent.get(b"If-None-Match", b"").decode(),
            last_modified or sent.get(b"If-Modified-Since", b"").decode(),
        )
    if response.status != 200:
        code = CODES.get(response.status, "server_error" if response.status >= 500 else "status")
        after = headers.get("retry-after", "")
        raise FetchFailed(code, retry_after=int(after) if after.isdecimal() and len(after) < 7 else None)
    octets = _body(response.iter_stream(), headers, network)
    return Fetched("body", octets, etag, last_modified)


def _joined(url: httpx.URL, location: str) -> str:
    """Where a redirect leads, not yet checked."""
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, ValueError):
        raise FetchFailed("redirects") from None


def _body(pieces: Iterable[bytes], headers: httpx.Headers, network: Network) -> bytes:
    """The body, inflated; both sizes are counted while it comes."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "", "gzip", "x-gzip"}:
        raise FetchFailed("encoding")
    if (length := headers.get("content-length", "")).isdecimal() and int(length[:20]) > network.received:
        raise FetchFailed("too_large")
    received = _counted(pieces, network.received)
    if "gzip" in encoding:
        received = _counted(_inflated(received), network.inflated)
    return b"".join(received)


def _counted(pieces: Iterable[bytes], limit: int) -> Iterable[bytes]:
    """The same pieces, until there are too many octets."""
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise FetchFailed("too_large")
        yield piece


def _inflated(pieces: Iterable[bytes]) -> Iterable[bytes]:
    """Pieces of gzip, inflated a megabyte at a time, so that a small piece cannot become a huge one."""
    inflater = zlib.decompressobj(GZIP_WINDOW)
    try:
        for piece in pieces:
            while piece:
                if inflater.eof:  # RFC 1952: a file may be several members, one after the other
                    inflater = zlib.decompressobj(GZIP_WINDOW)
                yield inflater.decompress(piece, PIECE)
                piece = inflater.unconsumed_tail or inflater.unused_data
    except zlib.error:
        raise FetchFailed("encoding") from None
    if not inflater.eof:
        raise FetchFailed("encoding")
