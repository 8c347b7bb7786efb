"""Anchors of the access log: each chain's length and last hash, kept where the database's owner cannot change them.

The chain shows a change to whoever knows its end. Whoever owns the database could make the whole chain anew; so every
ten minutes its head is told to a second place, as one line per municipality:

    motas-anchor <short id> <number> <hash, 64 hex digits> <time, ISO 8601>

The places are the settings `LOG_ANCHOR_FILE`, `LOG_ANCHOR_SYSLOG` and `LOG_ANCHOR_MAIL`; each that is named is told.
A line names nobody. Lines are found again inside other text, as a syslog server or a mail puts it around them.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import smtplib
import socket
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models.functions import Now

from identity import scope
from identity.models import AccessEntry, LimitBucket, Municipality
from identity.sealing import ALIAS

log = logging.getLogger("motas.access_log")
_LINE = re.compile(r"motas-anchor (?P<municipality>\S+) (?P<number>[0-9]{1,18}) (?P<hash>[0-9a-f]{64}) (?P<at>\S+)")
_SYSLOG_PORT = 514
_SYSLOG_PRIORITY = 13 * 8 + 5  # facility "log audit", severity "notice" (RFC 5424, section 6.2.1)
_SYSLOG_PATIENCE = 10
_KEPT = hashlib.sha256(b"anchors kept").digest()
_WELL, _FAILED = 0, 1
_STALE = timedelta(minutes=30)


class Anchor(NamedTuple):
    """The head of one municipality's chain at one time. `municipality`: its short id."""

    municipality: str
    number: int
    hash: bytes
    at: str

    def __str__(self) -> str:
        return f"motas-anchor {self.municipality} {self.number} {self.hash.hex()} {self.at}"


def heads(now: datetime) -> list[Anchor]:
    """The head of every chain that has begun."""
    found = [(row.short_id, _head(row.id)) for row in Municipality.objects.order_by("id")]
    at = now.isoformat(timespec="seconds")
    return [Anchor(short_id, *head, at) for short_id, head in found if head]


def _head(municipality: int) -> tuple[int, bytes] | None:
    with scope.transaction(municipality, using=ALIAS):
        rows = AccessEntry.objects.using(ALIAS).filter(number__isnull=False).order_by("-number")
        number, last = rows.values_list("number", "hash").first() or (None, None)
    return (number, bytes(last or b"")) if number is not None else None


def keep(told: Iterable[Anchor]) -> bool:
    """Tell these anchors to every place that is configured. One that fails is logged, and does not stop the others.

    False when one failed; UDP tells nobody whether it arrived.
    """
    lines, kept = [str(anchor) for anchor in told], True
    for name, tell in (("file", to_file), ("syslog", to_syslog), ("mail", to_mail)):
        place = str(getattr(settings, f"LOG_ANCHOR_{name.upper()}"))
        try:
            if place and lines:
                tell(lines, place)
        except (OSError, smtplib.SMTPException) as error:
            kept = False
            log.error("the anchors did not reach their place, %s: %s", name, type(error).__name__)

    return kept


def note(*, kept: bool) -> None:
    """Write down that the anchors were kept now, or that a place failed. A limiter row: it names nobody."""
    if kept:
        LimitBucket.objects.update_or_create(key=_KEPT, defaults={"tokens": _WELL, "updated_at": Now()})
    else:
        LimitBucket.objects.filter(key=_KEPT).update(tokens=_FAILED)


def kept_in_time() -> bool:
    """True when every place was told within the last half hour, and the last try did not fail."""
    since = Now() - _STALE
    return LimitBucket.objects.filter(key=_KEPT, tokens=_WELL, updated_at__gt=since).exists()


def to_file(lines: list[str], place: str) -> None:
    """Append to a file, which is never read or written over here; a storage that only grows may hold it."""
    descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(descriptor)


def to_syslog(lines: list[str], place: str) -> None:
    """One message per line (RFC 5424), over UDP to `host` or `host:port`, or to the datagram socket at a path."""
    family, address = (socket.AF_UNIX, place) if place.startswith("/") else _address(place)
    with socket.socket(family, socket.SOCK_DGRAM) as outside:
        outside.settimeout(_SYSLOG_PATIENCE)
        for line in lines:
            outside.sendto(f"<{_SYSLOG_PRIORITY}>1 {line.split()[-1]} - motas - - - {line}".encode(), address)


def to_mail(lines: list[str], place: str) -> None:
    """One mail with every line, from the address to itself, by the mail server of the settings."""
    headers = {"Message-ID": f"<{uuid4()}@motas.invalid>", "Auto-Submitted": "auto-generated"}
    EmailMessage("motas-anchor", "\n".join(lines), place, [place], headers=headers).send()


def read(text: Iterable[str]) -> Iterator[Anchor]:
    """Every anchor in these lines, whatever stands round them."""
    for line in text:
        for found in _LINE.finditer(line):
            number, told = int(found["number"]), bytes.fromhex(found["hash"])
            yield Anchor(found["municipality"], number, told, found["at"])


def _address(place: str) -> tuple[socket.AddressFamily, Any]:
    """Where `host` or `host:port` is. Raises `OSError`."""
    parts = urlsplit(f"//{place}")
    family, *_, address = socket.getaddrinfo(parts.hostname, parts.port or _SYSLOG_PORT, type=socket.SOCK_DGRAM)[0]
    return family, address
