"""A calendar server over TLS on loopback, with the manners, good and bad, that are met in the world."""

import gzip
import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "kalender.exempel.example"
BODY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
ETAG, MODIFIED = '"v1"', "Mon, 02 Nov 2026 08:00:00 GMT"
MEGABYTE = b"\0" * 1_000_000


@dataclass
class Peer:
    """A running server: its port, a context that trusts it, the paths it was asked for and the headers it saw."""

    port: int
    trust: ssl.SSLContext
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def url(self, path: str, host: str = NAME) -> str:
        """An address of the server."""
        return f"https://{host}:{self.port}{path}"


def certificate(folder: Path, name: str = NAME) -> Path:
    """A self-signed certificate and its key, valid now, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(private + made.public_bytes(pem))
    return path


@contextmanager
def calendar_server(folder: Path) -> Iterator[Peer]:
    """Serve on a free port of 127.0.0.1 until the block is left."""
    pem = certificate(folder)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(pem)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer = Peer(server.server_address[1], ssl.create_default_context(cafile=str(pem)))
    server.daemon_threads = True
    server.socket = own.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Handler.peers[peer.port] = peer
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        del Handler.peers[peer.port]


class Handler(BaseHTTPRequestHandler):
    """Answers by path; a method per manner."""

    peers: dict[int, Peer] = {}

    def do_GET(self) -> None:
        """Answer as the path says; a client that has gone is no error."""
        peer = self.peers[int(self.connection.getsockname()[1])]
        peer.asked.append(self.path)
        peer.headers.append(dict(self.headers.items()))
        try:
            if self.path in peer.redirects:
                self._send(302, b"", Location=peer.redirects[self.path])
            else:
                getattr(self, "manner_" + self.path.strip("/").replace("-", "_"), self.manner_missing)()
        except (ConnectionError, ssl.SSLError, TimeoutError):
            self.close_connection = True

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, text in ({"Content_Length": str(len(body))} | headers).items():
            if text:
                self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(body)

    def manner_plain(self) -> None:
        """A calendar with validators, or 304."""
        if self.headers.get("If-None-Match") == ETAG or self.headers.get("If-Modified-Since") == MODIFIED:
            self._send(304, b"", ETag=ETAG)
        else:
            self._send(200, BODY, ETag=ETAG, Last_Modified=MODIFIED)

    def manner_unasked(self) -> None:
        """304 to everybody."""
        self._send(304, b"")

    def manner_gzip(self) -> None:
        """Compressed, in two members."""
        self._send(200, gzip.compress(BODY) + gzip.compress(BODY), Content_Encoding="gzip")

    def manner_cut_gzip(self) -> None:
        """Compressed, with its end missing."""
        self._send(200, gzip.compress(BODY)[:-12], Content_Encoding="gzip")

    def manner_brotli(self) -> None:
        """Compressed in a way that nobody asked for."""
        self._send(200, BODY, Content_Encoding="br")

    def manner_bomb(self) -> None:
        """A few kilobytes that become a hundred megabytes."""
        self._send(200, gzip.compress(MEGABYTE * 100), Content_Encoding="gzip")

    def manner_announced(self) -> None:
        """A body whose length is too great to begin with."""
        self._send(200, b"", Content_Length="99999999999")

    def manner_endless(self) -> None:
        """A body that never ends."""
        self._send(200, b"", Content_Length="", Connection="close")
        while True:
            self.wfile.write(MEGABYTE)

    def manner_slow(self) -> None:
        """A body that comes an octet at a time, for ever."""
        self._send(200, b"", Content_Length="", Connection="close")
        while True:
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def manner_slow_headers(self) -> None:
        """Headers that come one at a time, for ever."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-Slow: x\r\n")
            self.wfile.flush()
            time.sleep(0.05)

    def manner_busy(self) -> None:
        """Too many requests."""
        self._send(429, b"", Retry_After="120")

    def manner_broken(self) -> None:
        """A fault of the server."""
        self._send(503, b"", Retry_After="Wed, 21 Oct 2026 07:28:00 GMT")

    def manner_forbidden(self) -> None:
        """Not for us."""
        self._send(403, b"")

    def manner_odd_validators(self) -> None:
        """Validators that may not be kept."""
        self._send(200, BODY, ETag="x" * 5_000, Last_Modified="m\u00e5ndag")

    def manner_missing(self) -> None:
        """Nothing here."""
        self._send(404, b"")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
