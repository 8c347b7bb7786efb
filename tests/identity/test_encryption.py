"""Sealing, blind index, and the key files."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity import encryption, keyring
from identity.encryption import CannotOpen
from identity.keyring import Key

OLD, NEW = Key(1, b"o" * 32), Key(2, b"n" * 32)
HERE = encryption.place("identity_person", "name", 1, "row")


@given(st.text())
def test_what_was_sealed_opens_to_the_same_text(text: str) -> None:
    assert encryption.open_sealed(encryption.seal(text, HERE, [OLD]), HERE, [OLD]) == text


@given(st.text(min_size=1), st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_octet_does_not_open(text: str, where: int, change: int) -> None:
    sealed = bytearray(encryption.seal(text, HERE, [OLD]))
    sealed[where % len(sealed)] ^= change
    with pytest.raises(CannotOpen):
        encryption.open_sealed(bytes(sealed), HERE, [OLD])


@pytest.mark.parametrize("other", [("t", "name", 1, "row"), ("identity_person", "name", 2, "row")])
def test_a_sealed_value_does_not_open_in_another_place(other: tuple[str, str, int, str]) -> None:
    sealed = encryption.seal("Bo Ek", HERE, [OLD])
    with pytest.raises(CannotOpen):
        encryption.open_sealed(sealed, encryption.place(*other), [OLD])


def test_the_newest_key_writes_and_all_keys_read() -> None:
    before = encryption.seal("Bo Ek", HERE, [OLD])
    after = encryption.seal("Bo Ek", HERE, [OLD, NEW])
    assert [encryption.open_sealed(sealed, HERE, [OLD, NEW]) for sealed in (before, after)] == ["Bo Ek"] * 2
    with pytest.raises(CannotOpen):
        encryption.open_sealed(after, HERE, [OLD])


def test_the_same_text_is_never_sealed_to_the_same_octets() -> None:
    assert len({encryption.seal("Bo Ek", HERE, [OLD]) for _ in range(50)}) == 50


def test_the_blind_index_differs_between_municipalities_and_keys() -> None:
    answers = {encryption.blind_index("201701012393", m, s) for m in (1, 2) for s in (b"a", b"b")}
    assert len(answers) == 4
    assert encryption.blind_index("201701012393", 1, b"a") == encryption.blind_index("201701012393", 1, b"a")


def test_trial_secrets_are_made_once_and_are_nobody_elses(tmp_path: Path) -> None:
    keyring.make_trial_secrets(tmp_path / "keys")
    first = {name: keyring.read_secret(tmp_path / "keys" / name) for name in keyring.NAMES}
    keyring.make_trial_secrets(tmp_path / "keys")
    assert first == {name: keyring.read_secret(tmp_path / "keys" / name) for name in keyring.NAMES}
    assert len(set(first.values())) == len(keyring.NAMES)
    for name in keyring.NAMES:
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o600


def test_a_missing_secret_names_its_file_and_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(keyring.MissingSecret, match="field"):
        keyring.field_keys(tmp_path)
    with pytest.raises(keyring.MissingSecret, match="index"):
        keyring.secret(tmp_path, "index")
