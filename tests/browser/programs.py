"""The browsers that Debian has, and how they are started for tests."""

from __future__ import annotations

import shutil
from pathlib import Path

NODE_MODULES = Path(__file__).parents[2] / "frontend" / "node_modules"

# A camera and a microphone that are computed, and that nobody has to allow.
CHROMIUM_FLAGS = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


def needed(program: str) -> str:
    """The path of an installed program. Never a skip: without the browsers this house is not tested."""
    found = shutil.which(program)
    assert found, f"{program} is not installed. Run scripts/debian-packages: it installs what the tests need."
    return found


def node_module(path: str) -> Path:
    """A file of the JavaScript tools."""
    found = NODE_MODULES / path
    assert found.exists(), f"{path} is not installed. Run `make dev`: it installs the JavaScript tools by their lock."
    return found
