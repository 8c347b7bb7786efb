"""Secrets of the installation: read from files, made once for a trial, never in the database.

A folder holds one file per secret: `django` (session signing), `field` (field encryption, a JSON list
`[{"id": 1, "from": instant, "secret": base64}]`, newest last), `index` (blind index, the same list or one plain
secret), `ticket`. `identity.key_files` adds keys and takes them away. Pure: no Django.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NAMES = ("django", "field", "index", "ticket")


class MissingSecret(RuntimeError):
    """A secret is needed and its file is not there; the text names the file, never a value."""


def read_secret(path: Path) -> str:
    """Text of a secret's file, or an empty string when there is none (settings must import without)."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def make_trial_secrets(folder: Path) -> None:
    """Make each missing secret of `folder` (0700), every file 0600. Existing ones are kept."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in NAMES:
        path = folder / name
        if not path.exists():
            secret = base64.b64encode(secrets.token_bytes(64 if name == "django" else 32)).decode()
            text = json.dumps([{"id": 1, "secret": secret}]) if name == "field" else secret
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(text)


@dataclass(frozen=True)
class Key:
    """One field key: `number` stands in front of every ciphertext it made; `secret` is 32 bytes.

    `begins`: from when it writes. Until then it only reads, so that every machine can have it before anybody uses it.
    """

    number: int
    secret: bytes
    begins: datetime | None = None


def field_keys(folder: Path) -> tuple[Key, ...]:
    """All field keys, the writing one last. Raises `MissingSecret`."""
    return _keys(f"{folder}/field", "field key")


def index_keys(folder: Path) -> tuple[Key, ...]:
    """All keys of the blind index, the writing one last. A file with one plain secret is key 1. `MissingSecret`."""
    return _keys(f"{folder}/index", "index key")


_Stamp = tuple[int, int, int]
_read: dict[str, tuple[_Stamp, tuple[Key, ...]]] = {}


def _keys(path: str, what: str) -> tuple[Key, ...]:
    """The keys of one file. It is read anew only when it was replaced, and then at once."""
    try:
        facts = os.stat(path)  # thousands of times a second: without the objects of pathlib
    except OSError:
        raise MissingSecret(f"The {what} {path} is missing.") from None
    stamp = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
    known = _read.get(path)
    if known is None or known[0] != stamp:
        known = (stamp, parsed(read_secret(Path(path))))
        if not known[1]:  # unreadable just now, or empty: not remembered
            raise MissingSecret(f"The {what} {path} is missing.")
        _read[path] = known
    return in_order(known[1])


def parsed(text: str) -> tuple[Key, ...]:
    """The keys that a file's text holds, as they stand there; none for an empty one."""
    if not text:
        return ()
    if not text.startswith("["):
        return (Key(1, text.encode()),)
    return tuple(_key(row) for row in json.loads(text))


def _key(row: dict[str, str]) -> Key:
    begins = datetime.fromisoformat(row["from"]) if "from" in row else None
    return Key(int(row["id"]), base64.b64decode(row["secret"]), begins)


def in_order(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """The same keys, those that do not write yet first: the last one writes."""
    if all(key.begins is None for key in keys):
        return keys
    now = datetime.now(UTC)
    return tuple(sorted(keys, key=lambda key: key.begins is None or key.begins <= now))


def secret(folder: Path, name: str) -> bytes:
    """The bytes of one secret. Raises `MissingSecret`."""
    text = read_secret(folder / name)
    if not text:
        raise MissingSecret(f"The secret {folder / name} is missing.")
    return text.encode()
