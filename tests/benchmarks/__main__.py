"""Runs every `bench_*` module of this folder in turn; names on the command line choose some of them.

A benchmark is a module with a `main() -> None` that prints its own figures. One that fails does not
stop the others; the exit code then is 1.
"""

import importlib
import pkgutil
import sys
import traceback
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
    try:
        importlib.import_module(f"{benchmarks.__name__}.{PREFIX}{name}").main()
    except Exception:  # noqa: BLE001 - the other benchmarks are still worth running
        traceback.print_exc()
        return False
    return True


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
