"""Invented people in a running trial, for programs: `VAR=... python -m tests.programs.people 500` prints their ids.

One line each: the id, the number (test series) and the name.
"""

from __future__ import annotations

import os
import sys


def main(arguments: list[str] | None = None) -> int:
    """Make them and print."""
    wanted = int((arguments or sys.argv[1:])[0])
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["MOTAS_NO_POOL"] = "1"
    import django

    django.setup()
    from identity import finding, scope
    from identity.models import Municipality, Person
    from tests.numbers_of_tests import series

    with scope.transaction(Municipality.objects.get().id, durable=True):
        for place, digits in enumerate(series(wanted)):
            person = Person(name=f"Invånare {place}", email=f"i{place}@exempelkommun.example", phone="070-1740605")
            finding.set_number(person, digits)
            person.save(force_insert=True)
            print(person.id, digits, person.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
