"""Key files: read anew as soon as they change, replaced whole, and closed to others."""

from __future__ import annotations

import base64
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from identity import encryption, key_files, keyring
from identity.keyring import MissingSecret

NOW = datetime(2025, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder with fresh secrets."""
    folder = tmp_path / "keys"
    keyring.make_trial_secrets(folder)
    return folder


def test_an_added_key_writes_at_once_and_the_old_one_still_reads(keys: Path) -> None:
    before = encryption.seal("Bo Ek", b"here", keyring.field_keys(keys))
    assert key_files.add(keys, "field", NOW) == 2
    after = encryption.seal("Bo Ek", b"here", keyring.field_keys(keys))
    assert (before[:2], after[:2]) == (b"\0\1", b"\0\2")
    assert [encryption.open_sealed(sealed, b"here", keyring.field_keys(keys)) for sealed in (before, after)] == [
        "Bo Ek"
    ] * 2


def test_a_plain_index_secret_becomes_the_first_of_a_list(keys: Path) -> None:
    plain = keyring.index_keys(keys)
    key_files.add(keys, "index", NOW)
    assert keyring.index_keys(keys)[0] == plain[0]
    assert [key.number for key in keyring.index_keys(keys)] == [1, 2]


def test_a_file_is_read_only_when_it_was_replaced(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = keyring.field_keys(keys)
    read: list[Path] = []

    def reading(path: Path) -> str:
        read.append(path)
        return path.read_text()

    monkeypatch.setattr(keyring, "read_secret", reading)
    assert [keyring.field_keys(keys) for _ in range(50)] == [first] * 50
    assert read == []
    key_files.add(keys, "field", NOW)
    assert [len(keyring.field_keys(keys)) for _ in range(50)] == [2] * 50
    assert len(read) == 1


def test_a_key_that_begins_later_reads_now_and_writes_then(keys: Path) -> None:
    with time_machine.travel(NOW, tick=False):
        key_files.add(keys, "field", NOW + timedelta(minutes=10))
        assert [key.number for key in keyring.field_keys(keys)] == [2, 1]
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        assert [key.number for key in keyring.field_keys(keys)] == [1, 2]


def test_the_replaced_file_belongs_to_whom_it_belonged_and_is_closed_to_others(keys: Path) -> None:
    before = (keys / "field").stat()
    key_files.add(keys, "field", NOW)
    after = (keys / "field").stat()
    assert stat.S_IMODE(after.st_mode) == 0o600
    assert (before.st_uid, before.st_gid) == (after.st_uid, after.st_gid)
    (keys / "field").chmod(0o644)
    key_files.add(keys, "field", NOW)
    assert stat.S_IMODE((keys / "field").stat().st_mode) == 0o640
    assert sorted(path.name for path in keys.iterdir()) == sorted([*keyring.NAMES, ".lock"])


def test_keys_that_are_added_at_the_same_time_are_all_there(keys: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: key_files.add(keys, "field", NOW), range(24)))
    assert sorted(numbers) == list(range(2, 26))
    assert len({key.secret for key in keyring.field_keys(keys)}) == 25


def test_a_key_is_taken_away_but_never_the_last_one(keys: Path) -> None:
    key_files.add(keys, "field", NOW)
    key_files.take_away(keys, "field", {1, 2})
    assert [key.number for key in keyring.field_keys(keys)] == [2]


def test_a_failed_write_leaves_the_old_file(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = (keys / "field").read_text()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        key_files.add(keys, "field", NOW)
    assert (keys / "field").read_text() == before
    assert not list(keys.glob(".field.*"))


def test_a_file_that_could_not_be_read_once_is_read_the_next_time(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(keyring, "read_secret", lambda path: "")
        with pytest.raises(MissingSecret):
            keyring.field_keys(keys)
    assert len(keyring.field_keys(keys)) == 1


def test_keys_are_not_made_where_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(MissingSecret):
        key_files.add(tmp_path, "field", NOW)


def test_the_file_holds_number_secret_and_beginning(keys: Path) -> None:
    key_files.add(keys, "field", NOW)
    rows = json.loads((keys / "field").read_text())
    assert [sorted(row) for row in rows] == [["id", "secret"], ["from", "id", "secret"]]
    assert len(base64.b64decode(rows[1]["secret"])) == 32
