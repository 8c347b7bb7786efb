"""What is installed is pinned by hash, and no file says where from."""

import json
import re

import pytest

from tests.sources import ROOT

LOCKS = ["runtime", "dev"]
OURS = [ROOT / "requirements" / f"{name}{suffix}" for name in LOCKS for suffix in (".in", ".txt")]


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_version_and_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text().replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert entries
    assert not [line for line in entries if not re.match(r"[a-z0-9.-]+==\S+( +--hash=sha256:[0-9a-f]{64})+ *$", line)]


@pytest.mark.parametrize("name", LOCKS)
def test_every_asked_package_is_locked(name: str) -> None:
    asked = re.findall(r"^([a-z][a-z0-9-]*)", (ROOT / "requirements" / f"{name}.in").read_text(), re.MULTILINE)
    locked = re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE)
    assert not set(asked) - set(locked)


def test_both_locks_agree_on_what_they_share() -> None:
    runtime, dev = (
        dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))
        for name in LOCKS
    )
    assert {name: dev[name] for name in dev if name in runtime} == {n: v for n, v in runtime.items() if n in dev}


def test_no_lock_or_package_file_holds_an_address() -> None:
    places = [*OURS, ROOT / "pyproject.toml", ROOT / "frontend" / "package.json", ROOT / "frontend" / ".npmrc"]
    options = re.compile(r"(--(extra-)?index-url|--find-links|--trusted-host|registry\s*=|\w+://)")
    assert not [path.name for path in places if path.exists() and options.search(path.read_text())]


def test_the_npm_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    installed = {name: entry for name, entry in lock["packages"].items() if name}
    assert installed
    assert not [name for name, entry in installed.items() if "resolved" in entry]
    assert not [name for name, entry in installed.items() if "integrity" not in entry]
