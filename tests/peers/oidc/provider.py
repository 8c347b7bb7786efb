"""The provider: metadata, keys, authorization and tokens over TLS on loopback, and what it is made to do wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import trustme
from joserfc.jwk import RSAKey

from tests.peers.oidc.tokens import Key, encoded, half_hash, signed

CLIENT, SECRET = "motas", "hemlighet-for-prov"
GONE = object()  # a claim or a field that is left out
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Switches:
    """What to do otherwise than right; empty means right. `claims`: of the next tokens, `GONE` leaves one out."""

    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    sign_with: Key | None = None
    token_is: str | None = None
    documents: dict[str, Answer] = field(default_factory=dict)
    careless: bool = False  # takes any verifier and any code again


@dataclass
class OidcPeer:
    """A running provider: who signs in next, the switches, and all that it was asked."""

    issuer: str
    key: Key
    bundle: Path
    user: dict[str, Any] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)
    asked: list[dict[str, str]] = field(default_factory=list)
    exchanged: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    last_token: str = ""

    def reset(self) -> None:
        """As if it had just begun."""
        self.user, self.switches, self.codes = {}, Switches(), {}
        for seen in (self.asked, self.exchanged, self.paths):
            seen.clear()

    def come_back(self, address: str, **changes: Any) -> str:
        """What the browser is sent back to, when it asks this address and the person signs in."""
        asked = dict(parse_qsl(urlsplit(address).query))
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer} | self.switches.answer | changes
        kept = {name: value for name, value in answer.items() if value is not GONE}
        return f"{asked['redirect_uri']}?{urlencode(kept)}"

    def document(self, path: str) -> Answer:
        """What a GET is answered with."""
        self.paths.append(path)
        if path in self.switches.documents:
            return self.switches.documents[path]
        if path == "/.well-known/openid-configuration":
            return _json(200, _changed(self._metadata(), self.switches.metadata))
        if path == "/jwks":
            return _json(200, {"keys": [self.key.as_dict(private=False)]})
        return 404, {}, b""

    def token(self, form: dict[str, str], authorization: str) -> Answer:
        """What the token endpoint answers; every rule of the code flow is kept, unless it is careless."""
        self.paths.append("/token")
        self.exchanged.append(form | {"authorization": authorization})
        if "/token" in self.switches.documents:
            return self.switches.documents["/token"]
        asked = self.codes.get(form.get("code", ""))
        if asked is None or not (self.switches.careless or self._proven(asked, form, authorization)):
            return _json(400, {"error": "invalid_grant"})
        if not self.switches.careless:
            del self.codes[form["code"]]
        access = secrets.token_urlsafe(16)
        self.last_token = self.switches.token_is or self.signed(self.claims_for(asked, access))
        return _json(200, {"access_token": access, "token_type": "Bearer", "id_token": self.last_token})

    def claims_for(self, asked: dict[str, str], access: str) -> dict[str, Any]:
        """The claims of an ID token, with the switches' changes."""
        now = int(time.time())
        right = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "auth_time": now}
        right |= {"nonce": asked["nonce"], "at_hash": half_hash(access)}
        return _changed(right | self.user, self.switches.claims)

    def signed(self, claims: dict[str, Any]) -> str:
        """A token of these claims, signed as the switches say."""
        header = _changed({"alg": "RS256", "kid": self.key.kid}, self.switches.header)
        return signed(claims, self.switches.sign_with or self.key, header)

    def _proven(self, asked: dict[str, str], form: dict[str, str], authorization: str) -> bool:
        challenge = encoded(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        known = authorization == basic or (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        return known and challenge == asked["code_challenge"] and form.get("redirect_uri") == asked["redirect_uri"]

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
        }


def _json(status: int, content: object) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(content).encode()


def _changed(right: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (right | changes).items() if value is not GONE}


class _Handler(BaseHTTPRequestHandler):
    peer: OidcPeer

    def do_GET(self) -> None:
        """A document, or the sign-in itself, which always goes well."""
        path = urlsplit(self.path).path
        if path == "/authorize":
            self._send(302, {"Location": self.peer.come_back(self.path)}, b"")
        else:
            self._send(*self.peer.document(path))

    def do_POST(self) -> None:
        """Tokens for a code."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        self._send(*self.peer.token(dict(parse_qsl(body)), self.headers.get("Authorization", "")))

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        try:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except (ConnectionError, ssl.SSLError):  # who asked has read enough
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def tls_server(folder: Path, handler: Callable[[str], type[BaseHTTPRequestHandler]]) -> Iterator[tuple[str, Path]]:
    """A TLS server on a free port of 127.0.0.1: its address, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    bundle = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    address = f"https://127.0.0.1:{server.server_address[1]}"
    server.RequestHandlerClass = handler(address)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield address, bundle
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def oidc_peer(folder: Path) -> Iterator[OidcPeer]:
    """Serve until the block is left; `folder` takes the authority's certificate."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[OidcPeer] = []

    def handler(issuer: str) -> type[BaseHTTPRequestHandler]:
        key = RSAKey.generate_key(2048, parameters={"kid": "ett", "use": "sig"})
        made.append(OidcPeer(issuer, key, folder / "authority.pem"))
        return type("Handler", (_Handler,), {"peer": made[0]})

    with tls_server(folder, handler):
        yield made[0]
