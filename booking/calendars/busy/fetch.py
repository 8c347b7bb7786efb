"""`fetch`: a guarded, conditional GET of somebody's published calendar. The address is a secret: it stands in no error.

The way out itself, and which addresses may be asked, is `identity.outward`.
"""

import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import httpcore
import httpx

from booking.calendars.busy.errors import FetchFailed, FetchRefused
from identity.outward import bodies
from identity.outward.addresses import checked
from identity.outward.asking import Headers, request
from identity.outward.errors import AddressRefused, Unreachable
from identity.outward.network import Network

WEBCAL = re.compile(r"^webcals?://", re.IGNORECASE)
REDIRECTS = {301, 302, 303, 307, 308}
REDIRECTS_LIMIT = 3
VALIDATOR_LIMIT = 1_024
CODES = {401: "forbidden", 403: "forbidden", 404: "not_found", 410: "not_found", 429: "too_many"}


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
    conditions = _headers(etag, last_modified)
    for _ in range(REDIRECTS_LIMIT + 1):
        found = _ask(WEBCAL.sub("https://", address.strip()), own_hosts, conditions, network, deadline)
        if isinstance(found, Fetched):
            return found
        address = found
    raise FetchFailed("redirects")


def _ask(
    address: str, own_hosts: Collection[str], conditions: Headers, network: Network, deadline: float
) -> Fetched | str:
    """One request: what came, or the address that it was redirected to."""
    try:
        url = checked(address, own_hosts, network.ports())
        return request(
            url, lambda response: _answer(url, response, conditions, network), network, deadline, headers=conditions
        )
    except AddressRefused as error:
        raise FetchRefused(error.code) from None
    except Unreachable as error:
        raise FetchFailed(error.code) from None


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
    octets = bodies.read(response.iter_stream(), headers, network)
    return Fetched("body", octets, etag, last_modified)


def _joined(url: httpx.URL, location: str) -> str:
    """Where a redirect leads, not yet checked."""
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, ValueError):
        raise FetchFailed("redirects") from None
