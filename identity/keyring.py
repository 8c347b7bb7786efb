"""Secrets of the installation: read from files, made once for a trial, never in the database.

A folder holds one file per secret: `django` (session signing), `field` (field encryption, a JSON list
`[{"id": 1, "secret": base64}]`, newest last), `index` (blind index), `turn`. Pure: no Django.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
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
            secret = base64.b64encode(secrets.token_bytes(32)).decode()
            text = json.dumps([{"id": 1, "secret": secret}]) if name == "field" else secret
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(text)


@dataclass(frozen=True)
class Key:
    """One field key: `number` stands in front of every ciphertext it made; `secret` is 32 bytes."""

    number: int
    secret: bytes


def field_keys(folder: Path) -> tuple[Key, ...]:
    """All field keys, the writing one last. Raises `MissingSecret`."""
    text = read_secret(folder / "field")
    if not text:
        raise MissingSecret(f"The field key {folder / 'field'} is missing.")
    return tuple(Key(int(row["id"]), base64.b64decode(row["secret"])) for row in json.loads(text))


def index_keys(folder: Path) -> tuple[Key, ...]:
    """All keys of the blind index, the writing one last. A file with one plain secret is key 1. `MissingSecret`."""
    text = read_secret(folder / "index")
    if not text:
        raise MissingSecret(f"The index key {folder / 'index'} is missing.")
    if not text.startswith("["):
        return (Key(1, text.encode()),)
    return tuple(Key(int(row["id"]), base64.b64decode(row["secret"])) for row in json.loads(text))


def secret(folder: Path, name: str) -> bytes:
    """The bytes of one secret. Raises `MissingSecret`."""
    text = read_secret(folder / name)
    if not text:
        raise MissingSecret(f"The secret {folder / name} is missing.")
    return text.encode()
