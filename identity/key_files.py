"""Changes to the key files: one process at a time, whole or not at all, and never readable by others. Pure: no Django.

A file is replaced by renaming a finished one over it, so a reader meets the old keys or the new ones, nothing between.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from identity.keyring import Key, MissingSecret, parsed, read_secret

_OURS = 0o640  # the group may read where the operator says so; nobody else ever


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else changes keys meanwhile."""
    descriptor = os.open(folder / ".lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def add(folder: Path, name: str, begins: datetime) -> int:
    """Add a new key to the file `name` (field or index); its number. Raises `MissingSecret`, `OSError`."""

    def with_one_more(keys: tuple[Key, ...]) -> tuple[Key, ...]:
        return (*keys, Key(max(key.number for key in keys) + 1, secrets.token_bytes(32), begins))

    return max(key.number for key in _change(folder, name, with_one_more))


def take_away(folder: Path, name: str, numbers: Collection[int]) -> None:
    """Take keys out of the file `name`. The last one of the file stays, whatever is asked."""

    def without(keys: tuple[Key, ...]) -> tuple[Key, ...]:
        return (*(key for key in keys[:-1] if key.number not in numbers), keys[-1])

    _change(folder, name, without)


def _change(folder: Path, name: str, change: Callable[[tuple[Key, ...]], tuple[Key, ...]]) -> tuple[Key, ...]:
    with _alone(folder):
        keys = parsed(read_secret(folder / name))
        if not keys:
            raise MissingSecret(f"The key file {folder / name} is missing.")
        changed = change(keys)
        _replace(folder / name, json.dumps([_row(key) for key in changed]))
        return changed


def _row(key: Key) -> dict[str, str | int]:
    row: dict[str, str | int] = {"id": key.number, "secret": base64.b64encode(key.secret).decode()}
    return row | ({"from": key.begins.isoformat()} if key.begins else {})


def _replace(path: Path, text: str) -> None:
    """Write beside it, to the disk, then rename. Owner and group stay; a kill leaves the old file or the new one."""
    before = path.stat()
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fchown(descriptor, before.st_uid if os.geteuid() == 0 else -1, before.st_gid)
            os.fchmod(descriptor, before.st_mode & _OURS)
            os.fsync(descriptor)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
