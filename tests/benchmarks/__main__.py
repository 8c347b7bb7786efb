"""Runs every `bench_*` module of this folder in turn; names on the command line choose some of them.

A benchmark is a module with a `main() -> None` that prints its own figures. Each runs in a process of its own, because
each starts its own database and settings. One that fails does not stop the others; the exit code then is 1.
"""

import pkgutil
import subprocess
import sys
from collections.abc import Iterable

from tests import benchmarks

PREFIX = "bench_"


def names() -> list[str]:
    """Every benchmark's name, without its prefix, in alphabetical order."""
    found = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return sorted(name.removeprefix(PREFIX) for name in found if name.startswith(PREFIX))


def run(name: str) -> bool:
    """Print one benchmark under its heading; False if it failed."""
    print(f"\n== {name.replace('_', ' ')} ==", flush=True)
    work = f"from {benchmarks.__name__} import {PREFIX}{name}; {PREFIX}{name}.main()"
    return subprocess.run([sys.executable, "-c", work], check=False).returncode == 0


def main(chosen: Iterable[str]) -> int:
    """Run the chosen benchmarks, or all; the process's exit code."""
    known = names()
    wanted = list(chosen) or known
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(known)}", file=sys.stderr)
        return 2
    results = [run(name) for name in wanted]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
