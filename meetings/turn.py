"""Short-lived TURN credentials (draft-uberti-behave-turn-rest-00; coturn calls it "TURN REST API").

The user name is an expiry time and random characters, never a person's or a meeting's id, because the TURN server
logs it. The credential is its HMAC under a secret that only our servers and the TURN server know.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from identity import keyring
from meetings.protocol import Ice, IceServer

LIFETIME: Final = timedelta(minutes=10)
_RANDOM_BYTES: Final = 10  # 16 characters of base32


def minted(*, now: datetime, secret: bytes, urls: tuple[str, ...]) -> Ice:
    """Fresh credentials for `urls` (at most four), good for opening allocations until `expires`."""
    expires = now + LIFETIME
    username = f"{int(expires.timestamp())}:{base64.b32encode(secrets.token_bytes(_RANDOM_BYTES)).decode().lower()}"
    digest = hmac.new(secret, username.encode(), hashlib.sha1).digest()
    server = IceServer(urls=urls[:4], username=username, credential=base64.b64encode(digest).decode())
    return Ice(servers=(server,), expires=expires)


def credentials(now: datetime) -> Ice:
    """What an admitted participant gets. Without a TURN server, as in a trial on one machine, no server at all."""
    urls = tuple(settings.TURN_URLS)
    if not urls:
        return Ice(servers=(), expires=now + LIFETIME)
    path = Path(settings.TURN_SECRET_FILE)
    return minted(now=now, secret=keyring.secret(path.parent, path.name), urls=urls)
