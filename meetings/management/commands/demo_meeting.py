"""`manage.py demo_meeting --participants 2 --json`: a meeting that starts now, in a trial."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from identity.models import Municipality
from meetings.demo import Demo, meeting_now


class Command(BaseCommand):
    """Make a meeting that starts now and print the links by which host and guests come in."""

    help = "Trial only: make a video meeting that starts now, and print the links of its host and guests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--participants", type=int, default=2, help="How many people, the host included: 2 to 8.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TRIAL:
            raise CommandError("There are invented people in a trial only.")
        municipality = Municipality.objects.order_by("id").first()
        if municipality is None:
            raise CommandError("The trial has no municipality yet: start `make run` first.")
        try:
            links = _links(meeting_now(municipality, participants=options["participants"]))
        except ValueError as error:
            raise CommandError(f"{error}.") from None
        self.stdout.write(json.dumps(links) if options["json"] else _text(links))


def _links(demo: Demo) -> dict[str, Any]:
    """No secret stands in them: in a trial anybody may be anybody of the cast."""
    host = _link(demo.host, reverse("meetings:officer", args=[demo.meeting]))
    page = reverse("meetings:meeting", args=[demo.meeting])
    return {"host": host, "guests": [_link(name, page) for name in demo.guests]}


def _link(cast_name: str, page: str) -> str:
    sign_in = reverse("trial_sign_in", args=[cast_name])
    return f"http://localhost:{settings.PORT}{sign_in}?next={page}"


def _text(links: dict[str, Any]) -> str:
    return "\n".join([f"Mötesledare: {links['host']}", *(f"Gäst: {link}" for link in links["guests"])])
