"""The service on a port: HTTPS with mutual TLS, the calls of version 6.0, and the switches."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from tests.peers.bankid.certificates import Authorities
from tests.peers.bankid.manners import MANNERS, Reply
from tests.peers.bankid.orders import Service

BASE = "/rp/v6.0/"


class Peer(ThreadingHTTPServer):
    """The running service. `manner`: how it answers `at` (a call's name, or all): as it should, or a switch."""

    daemon_threads = True

    def __init__(self, port: int, context: ssl.SSLContext, service: Service | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.service = service or Service()
        self.manner, self.at = "", ""
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.held = threading.Event()
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        """What `BANKID_URL` is set to."""
        return f"https://localhost:{self.server_port}{BASE}"

    def behave(self, manner: str = "", at: str = "collect") -> None:
        """Answer a call in this manner from now on; without one, as it should."""
        self.manner, self.at = manner, at

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever breaks off a handshake or an answer is no fault of the service."""

    def calls(self, name: str) -> list[dict[str, Any]]:
        """The bodies that a call was made with."""
        return [body for called, body in self.asked if called == name]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    @property
    def peer(self) -> Peer:
        """The service that it belongs to."""
        return cast(Peer, self.server)

    def do_POST(self) -> None:
        """Answer one call, in the manner that is switched on."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        call = self.path.removeprefix(BASE)
        self.peer.asked.append((call, body))
        reply = self._right(call, body)
        if self.peer.manner and self.peer.at in ("", call):
            reply = MANNERS[self.peer.manner](self.peer, reply)
        self._send(reply)

    def _right(self, call: str, body: dict[str, Any]) -> Reply:
        service = self.peer.service
        if call == "auth":
            order = service.start(body, phone=False)
            tokens = {"qrStartToken": order.qr_token, "qrStartSecret": order.qr_secret}
            return Reply(200, {"orderRef": order.ref, "autoStartToken": order.autostart, **tokens})
        if call == "phone/auth":
            return Reply(200, {"orderRef": service.start(body, phone=True).ref})
        if call == "collect" and (answer := service.collect(body["orderRef"])) is not None:
            return Reply(200, answer)
        if call == "cancel" and service.cancel(body["orderRef"]):
            return Reply(200, {})
        return Reply(400, {"errorCode": "invalidParameters", "details": "No such order"})

    def _send(self, reply: Reply) -> None:
        content = reply.raw if reply.raw is not None else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def bankid_server(authorities: Authorities, port: int = 0) -> Iterator[Peer]:
    """Serve until the block is left."""
    peer = Peer(port, authorities.context())
    thread = threading.Thread(target=peer.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield peer
    finally:
        peer.held.set()
        peer.shutdown()
        peer.server_close()
        thread.join()
