"""Hostile texts in every row that people read: `VAR=... python -m tests.programs.hostile` fills a trial with them.

Each breaks out of another place in a page: text, an attribute, a script, a comment, a template, an address.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import cycle

POLYGLOTS = (
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    '" autofocus onfocus=alert(1) x="',
    "javascript:alert(1)//",
    "{{ 1337 * 7 }}{% load i18n %}${alert(1)}",
    "</textarea><iframe srcdoc='<script>alert(1)</script>'>",
    "\u2028<details open ontoggle=alert(1)>",
    "%3Cscript%3Ealert(1)%3C/script%3E&lt;b&gt;",
)
# Text columns that people write and others read, by model; a column's own length cuts the text.
COLUMNS: dict[str, tuple[str, ...]] = {
    "identity.Unit": ("name", "visit_place"),
    "identity.Person": ("name", "email"),
    "identity.StaffAccount": ("name",),
    "identity.IdentityProvider": ("name",),
    "identity.Passkey": ("name",),
    "booking.Service": ("name", "description"),
    "booking.MeetingType": ("name",),
}


def texts() -> Iterator[str]:
    """One after the other, for ever."""
    return cycle(POLYGLOTS)


def plant() -> int:
    """Put a hostile text into every such column of the open scope's municipality; how many."""
    from django.apps import apps

    from booking.models import MeetingType

    planted, hostile = 0, texts()
    for label, columns in COLUMNS.items():
        for row in apps.get_model(label)._default_manager.all():
            for column in columns:
                most = row._meta.get_field(column).max_length or 200
                setattr(row, column, next(hostile)[:most])
                planted += 1
            row.save(update_fields=list(columns))
    for kind in MeetingType.objects.all():
        kind.bring = kind.agenda = list(POLYGLOTS)
        kind.save(update_fields=["bring", "agenda"])
    return planted


def main() -> int:
    """Plant them in the municipality of the trial."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["MOTAS_NO_POOL"] = "1"
    import django

    django.setup()
    from identity import scope
    from identity.models import Municipality

    with scope.transaction(Municipality.objects.get().id, durable=True):
        print(plant())
    return 0


if __name__ == "__main__":
    sys.exit(main())
