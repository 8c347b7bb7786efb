"""All the fuzzers: `make fuzz`, or one of them, with ARGS="forms --cases 500", "sockets --seed 7" or "frames 1000"."""

from __future__ import annotations

import subprocess
import sys

_ALL = {
    "forms": "tests.programs.fuzz_forms",
    "api": "tests.programs.fuzz_api",
    "sockets": "tests.programs.fuzz_sockets",
    "frames": "tests.benchmarks.fuzz_protocol",
}


def main(arguments: list[str]) -> int:
    """Run the named one with the rest of the arguments, or each in a process of its own; the worst exit code."""
    chosen = [arguments.pop(0)] if arguments and arguments[0] in _ALL else list(_ALL)
    if len(chosen) > 1 and arguments:
        print(f"Say which of {', '.join(_ALL)}.", file=sys.stderr)
        return 2
    return max(
        subprocess.run([sys.executable, "-m", _ALL[name], *arguments], check=False).returncode for name in chosen
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
