"""A published calendar: a real https server with a certificate of its own, and switches for misbehaviour."""

from __future__ import annotations

import ipaddress
import ssl
import threading
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

from identity.outward.network import Network

HOST = "kalender.example"


@dataclass
class PublishedCalendar:
    """What the server answers. `asked` collects the conditions of each request."""

    address: str
    network: Network
    octets: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextmanager
def published(folder: Path) -> Iterator[PublishedCalendar]:
    """Serve on a free port until the block ends; `folder` takes the certificate."""
    certificate = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    port = server.server_address[1]
    trusting = ssl.create_default_context(cafile=str(certificate))
    network = Network(
        resolve=lambda host, _port, _seconds: ["127.0.0.1" if host == HOST else "10.0.0.1"],
        allowed=frozenset({("127.0.0.1", port)}),
        tls=trusting,
    )
    calendar = PublishedCalendar(f"https://{HOST}:{port}/hemlig/kalender.ics", network)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"calendar": calendar})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield calendar
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    calendar: PublishedCalendar

    def do_GET(self) -> None:
        """Answer as the switches say; 304 when the condition holds."""
        calendar = self.calendar
        condition = self.headers.get("If-None-Match", "")
        calendar.asked.append(condition)
        unchanged = bool(condition) and condition == calendar.headers.get("ETag")
        body = b"" if unchanged else calendar.octets
        self.send_response(304 if unchanged else calendar.status)
        for name, value in calendar.headers.items():
            self.send_header(name, value)
        if not unchanged:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the address is a secret."""


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    names = [x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path
