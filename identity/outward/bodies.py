"""Bodies of answers: inflated, and counted while they come, so that neither a huge nor a small one that grows harms."""

import zlib
from collections.abc import Iterable

import httpx

from identity.outward.errors import Unreachable
from identity.outward.network import Network

GZIP_WINDOW = 16 + zlib.MAX_WBITS
PIECE = 1_048_576


def read(pieces: Iterable[bytes], headers: httpx.Headers, network: Network) -> bytes:
    """The body, inflated; both sizes are counted while it comes. Raises Unreachable: encoding, too_large."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "", "gzip", "x-gzip"}:
        raise Unreachable("encoding")
    if (length := headers.get("content-length", "")).isdecimal() and int(length[:20]) > network.received:
        raise Unreachable("too_large")
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
            raise Unreachable("too_large")
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
        raise Unreachable("encoding") from None
    if not inflater.eof:
        raise Unreachable("encoding")
