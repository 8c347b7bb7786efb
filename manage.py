#!/usr/bin/env python3
"""Entry point for every management command of Mötas."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] != ["serve"]:
        # A command asks one thing at a time: a pool would only wait where a connection fails at once.
        os.environ.setdefault("MOTAS_NO_POOL", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
