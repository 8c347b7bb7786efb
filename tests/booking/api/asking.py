"""A system that asks the API: each answer is held against the document that vendors read."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.test import Client

from booking.timeline import Tick, instant
from identity.api_tokens import SCOPES
from tests.booking.documented import matches
from tests.tokens import token
from tests.town import Town


@dataclass(frozen=True)
class System:
    """Another system of the municipality, with its token."""

    key: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:  # noqa: ANN401 - the answer
        """One request below `/api/v1`, held against the document."""
        sent = {"Authorization": f"Bearer {self.key}"} | {
            name.replace("_", "-"): said for name, said in headers.items()
        }
        octets = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/json" if octets else ""
        answer: Any = Client().generic(method, f"/api/v1{path}", octets, kind, headers=sent, secure=True)
        if answer.content:
            matches(answer)
        return answer

    def get(self, path: str, **query: Any) -> Any:  # noqa: ANN401 - the answer
        """Read; `from_` is the parameter `from`."""
        from urllib.parse import urlencode

        said = urlencode({name.rstrip("_"): value for name, value in query.items()})
        return self.ask("GET", path + ("?" + said if said else ""))

    def post(self, path: str, body: Any = None, key: str = "") -> Any:  # noqa: ANN401 - the answer
        """Change, under a new key if none is given."""
        return self.ask("POST", path, body, Idempotency_Key=key or new_key())


def new_key() -> str:
    """An idempotency key."""
    return secrets.token_hex(12)


def system(town: Town, *scopes: str, **more: Any) -> System:
    """A system with these scopes, all if none is named, without limits unless `more` says so."""
    free = {"searches_per_minute": 0, "changes_per_minute": 0, "live_holds": 0}
    return System(token(town.municipality, *(scopes or SCOPES), **free | more))


def at(tick: Tick) -> str:
    """A tick as the API writes it."""
    return instant(tick).isoformat()


def tick(text: str) -> Tick:
    """A moment of an answer as a tick."""
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp()) // 300


def wanted(town: Town, start: Tick | None = None, **more: Any) -> dict[str, Any]:
    """The body of a booking for Bo, at the first free time from three days on."""
    chosen = start if start is not None else town.first_free(days=3)[0]
    body = {"meeting_type": str(town.types["fardtjanst"]), "form": "video", "start": at(chosen)}
    return body | {"parties": [{"role": "resident", "person": str(town.persons["bo"])}]} | more


def code(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - the answer
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


def pointed(answer: Any) -> set[tuple[str, str]]:  # noqa: ANN401 - the answer
    """What a 400 points at."""
    assert answer.status_code == 400, answer.content
    return {(one["pointer"], one["code"]) for one in answer.json().get("errors", ())}


def missing() -> UUID:
    """An id of nothing."""
    return UUID(int=4)
