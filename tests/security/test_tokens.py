"""The API's tokens: every scope, an end date, units and municipalities, on every search, for what is there or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from booking.models import MeetingType
from identity import scope
from identity.api_tokens import SCOPES
from tests.security.answers import Answer, ask
from tests.security.world import MISSING, World
from tests.tokens import token

Record = Callable[[str, object], None]
# Whose token -> what the view answers for a type at home, in another unit, in another municipality, and for none.
EXPECTED: dict[str, tuple[int, int, int, int]] = {
    "none": (401, 401, 401, 401),
    "invented": (401, 401, 401, 401),
    "not even one": (401, 401, 401, 401),
    "ended": (401, 401, 401, 401),
    "of another municipality": (401, 401, 401, 401),
    "of the home unit": (200, 404, 404, 404),
    "of another unit": (404, 200, 404, 404),
    "of no unit there is": (404, 404, 404, 404),
    "slots:read": (200, 200, 404, 404),
    **dict.fromkeys(sorted(SCOPES - {"slots:read"}), (403, 403, 403, 403)),
}


def _tokens(world: World) -> dict[str, str]:
    home, people = world.home, world.people
    unit, other = people["officer"].unit, people["officer_elsewhere"].unit
    return {
        "none": "",
        "invented": "Bearer ex.motas_" + "A" * 43,
        "not even one": "Basic YTpi\u00e5",
        "ended": "Bearer " + token(home, "slots:read", expires_at=timezone.now() - timedelta(minutes=1)),
        "of another municipality": "Bearer " + token(world.municipalities[1], *SCOPES),
        "of the home unit": "Bearer " + token(home, "slots:read", units=[unit]),
        "of another unit": "Bearer " + token(home, "slots:read", units=[other]),
        "of no unit there is": "Bearer " + token(home, "slots:read", units=[MISSING]),
        **{name: "Bearer " + token(home, name) for name in SCOPES},
    }


def _types(world: World) -> list[str]:
    found = []
    for code, municipality in (("t00", world.home), ("t01", world.home), ("t10", world.municipalities[1])):
        with scope.transaction(municipality.id):
            found.append(str(MeetingType.objects.get(code=code).id))
    return [*found, str(MISSING)]


# The searches: each names a meeting type. What has an id in its address has a matrix of its own.
SEARCHES = {"api:slots": "", "api:slots_days": "&from=2026-12-01&until=2026-12-02"}


def _asked(name: str, header: str, meeting_type: str) -> Answer:
    query = f"{reverse(name)}?meeting_type={meeting_type}&form=video{SEARCHES[name]}"
    headers = {"Authorization": header} if header else {}
    return ask("", "GET", query, headers=headers, things=[meeting_type])


def test_every_token_on_every_view_is_as_written(world: World, record_property: Record) -> None:
    wrong, cells = [], 0
    for name in SEARCHES:
        _asked(name, "", str(MISSING))
        for whose, header in _tokens(world).items():
            answers = [_asked(name, header, one) for one in _types(world)]
            cells += len(answers)
            if tuple(answer.status for answer in answers) != EXPECTED[whose]:
                wrong.append(f"{name} with {whose}: {[answer.status for answer in answers]}, not {EXPECTED[whose]}")
            nothing = answers[-1]
            for place, answer in zip(("home", "elsewhere", "abroad"), answers, strict=False):
                if answer.status == nothing.status and (differs := answer.same_as(nothing)):
                    wrong.append(f"{name} with {whose} {place}: differs from missing in {differs}")
    record_property("asked", f"{cells} cells of tokens")
    assert wrong == []
