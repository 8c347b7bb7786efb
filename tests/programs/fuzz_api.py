"""Ask every operation of the API what its document allows, and what it does not: `make fuzz ARGS="api --cases 5000"`.

Requests are made from `docs/openapi.yaml` and carried out for real. Every answer must be one that the document has for
that operation; exit code 1 for any that is not, and for any unhandled error.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from tests.own_server import served, set_up
from tests.programs.fuzz_forms import Outcome, judge, listening

if TYPE_CHECKING:
    from tests.programs.api_cases import Cases, Request

_LIMITED = 429


@dataclass
class ApiOutcome(Outcome):
    """Also how often each operation was answered with each status."""

    by_operation: Counter[str] = field(default_factory=Counter)


def run(cases: Cases, token: str, *, number: int, seed: int, empty_limits: Any = None) -> ApiOutcome:  # noqa: ANN401 - a function without arguments
    """Send that many requests."""
    outcome, began = ApiOutcome(), time.perf_counter()
    with listening() as heard:
        for case in range(number):
            if empty_limits is not None and case % 20 == 0:
                empty_limits()
            source = Random(f"{seed} {case}")
            request = cases.make(source)
            _one(cases, request, token, outcome, heard, f"case {case}")
    outcome.seconds = time.perf_counter() - began
    return outcome


def _one(
    cases: Cases, request: Request, token: str, outcome: ApiOutcome, heard: tuple[list[str], list[str]], case: str
) -> None:
    for lines in heard:
        lines.clear()
    name = f"{request.operation.method} {request.operation.path}"
    said = f"{case}: {name} {request.path} {request.query} {request.body!r:.300} ({', '.join(request.how)})"
    answer = _sent(request, token)
    outcome.cases += 1
    outcome.statuses[answer.status_code] += 1
    outcome.addresses[name] += 1
    outcome.by_operation[f"{name} {answer.status_code}"] += 1
    outcome.how.update(request.how or ["as it should be"])
    judge(outcome, answer.status_code, said, heard)
    for what in _undocumented(request, answer):
        outcome.note(what, said)
    if 200 <= answer.status_code < 300 and answer.content:
        cases.learn(request.operation, answer.json())


def _sent(request: Request, token: str) -> Any:  # noqa: ANN401 - the test client's answer
    from urllib.parse import urlencode

    from django.test import Client

    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {token}"} | request.headers
    path = request.path + ("?" + urlencode(request.query) if request.query else "")
    body = request.body if request.body is not None else b""
    kind = request.content_type if body else ""
    return client.generic(
        request.operation.method.upper(), path, body, kind, secure=True, headers=headers, SERVER_NAME="localhost"
    )


def _undocumented(request: Request, answer: Any) -> list[str]:  # noqa: ANN401 - as above
    """In what an answer is not one of the document's; what was asked of another address is left out."""
    from tests.booking import documented

    if "path" in request.how:
        return []
    where = f"{request.operation.method} {request.operation.path} {answer.status_code}"
    described = documented.document()["paths"][request.operation.path][request.operation.method]["responses"]
    if str(answer.status_code) not in described:
        return [f"undocumented: {where}"]
    if not answer.content:
        return []
    try:
        documented.matches_as(request.operation.path, request.operation.method, answer)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return [f"not as documented: {where}: {type(error).__name__}"]
    return []


def prepared(municipality: Any) -> tuple[Cases, str]:  # noqa: ANN401 - Django is loaded late
    """Cases that know the municipality's rows, and a token that may everything, without limits."""
    from booking.models import Calendar, MeetingType
    from identity import scope
    from identity.api_tokens import SCOPES
    from identity.models import Person, Unit
    from tests.booking import documented
    from tests.programs.api_cases import Cases
    from tests.tokens import token

    with scope.transaction(municipality.id):
        calendars = [str(one) for one in Calendar.objects.values_list("uuid", flat=True)]
        known = {
            "meeting_type": [str(one) for one in MeetingType.objects.values_list("id", flat=True)],
            "unit": [str(one) for one in Unit.objects.values_list("id", flat=True)],
            "calendar": calendars,
            "person": [str(one) for one in Person.objects.values_list("id", flat=True)],
            "external_id": [one for one in Person.objects.values_list("external_id", flat=True) if one] + ["case-1"],
            "cursor": ["x"],
        }
    shown = token(municipality, *SCOPES, searches_per_minute=0, changes_per_minute=0, live_holds=0)
    return Cases(documented.document(), known), shown


def main(arguments: list[str] | None = None) -> int:
    """Run and print; the process's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    set_up()
    with served() as (_, home):
        from config import trial
        from identity.models import LimitBucket

        trial.fill(home)
        cases, shown = prepared(home)
        outcome = run(
            cases, shown, number=chosen.cases, seed=chosen.seed, empty_limits=LimitBucket.objects.all().delete
        )
    print(f"api: {outcome.cases} cases with seed {chosen.seed} in {outcome.seconds:.0f} s")
    print(f"operations: {len(outcome.addresses)} of {len(cases.operations)}")
    print("statuses: " + ", ".join(f"{status} {times}" for status, times in sorted(outcome.statuses.items())))
    print("how: " + ", ".join(f"{how} {times}" for how, times in sorted(outcome.how.items())))
    print(f"unhandled errors and undocumented answers: {sum(outcome.unhandled.values())}")
    for what, times in outcome.unhandled.most_common(40):
        print(f"  {times} x {what}\n      {outcome.examples[what]}")
    return 0 if outcome.sound else 1


if __name__ == "__main__":
    sys.exit(main())
