"""An invented BankID beside a trial: `python -m tests.peers.bankid --port 8199 --keys var/keys`.

Prints what to start the trial with. On its own page (the next port) stand the open orders, each with buttons for what a
person may do in the app. Everybody there is invented.
"""

from __future__ import annotations

import argparse
import html
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from tests.numbers_of_tests import series
from tests.peers.bankid.certificates import Authorities
from tests.peers.bankid.orders import Citizen, Order
from tests.peers.bankid.server import Peer, bankid_server

PEOPLE = [Citizen(number, given, "Alm") for number, given in zip(series(2), ("Nils", "Elsa"), strict=True)]


class Board(BaseHTTPRequestHandler):
    """The page with the apps' buttons."""

    peer: Peer

    def do_GET(self) -> None:
        """The orders that wait."""
        service = self.peer.service
        waiting = [o for o in service.orders.values() if o.status == "pending" and o.ref not in service.cancelled]
        rows = "".join(self._row(order) for order in waiting)
        page = f"<!DOCTYPE html><meta charset=utf-8><title>BankID</title><h1>BankID</h1>{rows or '<p>-'}"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def do_POST(self) -> None:
        """One button."""
        given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        order = self.peer.service.orders[given["order"][0]]
        act = given["act"][0]
        back = ""
        if act.isdigit():
            if order.opened_by is None:
                order.open(PEOPLE[int(act)])
            back = order.complete()
        else:
            order.fail(act)
        self.send_response(303)
        self.send_header("Location", back or "/")
        self.end_headers()

    def _row(self, order: Order) -> str:
        acts = {str(place): citizen.given for place, citizen in enumerate(PEOPLE)}
        acts |= {"userCancel": "Cancel", "certificateErr": "Blocked BankID"}
        buttons = "".join(f"<button name=act value={act}>{html.escape(text)}</button> " for act, text in acts.items())
        hidden = f"<input type=hidden name=order value={order.ref}>"
        return f"<form method=post><p>{html.escape(order.visible)}</p>{hidden}{buttons}</form>"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="An invented BankID beside a trial")
    parser.add_argument("--port", type=int, default=8199)
    parser.add_argument("--keys", type=Path, required=True, help="the trial's KEYS_DIR: its certificates are put there")
    given = parser.parse_args()
    authorities = Authorities.made()
    authorities.write(given.keys)
    with bankid_server(authorities, given.port) as peer:
        Board.peer = peer
        board = ThreadingHTTPServer(("127.0.0.1", given.port + 1), Board)
        sys.stdout.write(f"BANKID_URL={peer.url} make run\nhttp://localhost:{given.port + 1}/\n")
        sys.stdout.flush()
        thread = threading.Thread(target=board.serve_forever, daemon=True)
        thread.start()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            board.shutdown()


if __name__ == "__main__":
    main()
