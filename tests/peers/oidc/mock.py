"""A provider that is not ours, oidc-provider-mock, over TLS: `python -m tests.peers.oidc.mock PEM` prints its port.

It is a process of its own, since what it stands on warns of its own ageing. `PEM`: certificate and key in one file.
"""

from __future__ import annotations

import sys

from oidc_provider_mock import app
from werkzeug.serving import make_server


def main(pem: str) -> None:
    """Serve on a free port until killed."""
    server = make_server("127.0.0.1", 0, app(), threaded=True, ssl_context=(pem, pem))
    print(server.server_port, flush=True)  # noqa: T201 - what it is started for
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
