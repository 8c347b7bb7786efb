"""One question to the site and everything that can be told of its answer: status, bytes, rows written, statements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client

# What every answer may write: that it was asked, and how often.
QUIET = {"identity_accessentry", "identity_session", "identity_limitbucket", "booking_stepshown"}
_CHANGES = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
_SECRETS = re.compile(rb'(name="(?:csrfmiddlewaretoken|(?:absence-)?key)") value="[^"]*"')
_SAVEPOINT = re.compile(r'"s\d+_x\d+"')
_BY_HOST = '"identity_municipality"."hosts" @>'
SIGN_IN = "/logga-in/"


@dataclass(frozen=True)
class Answer:
    """What came back, and what it did."""

    status: int
    place: str
    body: bytes
    headers: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, int], ...]
    statements: tuple[str, ...]

    @property
    def changed(self) -> set[str]:
        """The tables that were written to, but for those that every answer may write to."""
        return {table for table, _ in self.rows} - QUIET

    @property
    def outcome(self) -> str:
        """The answer in one word, as the expected table has them."""
        if self.status in (302, 303):
            return "sign in" if self.place.partition("?")[0] == SIGN_IN else "done" if self.changed else "led on"
        words = {
            200: "shown",
            304: "shown",
            400: "told",
            401: "no token",
            403: "refused",
            404: "nothing",
            405: "no way",
        }
        words |= {204: "taken", 409: "told", 422: "told", 429: "slower", 421: "no host"}
        return words.get(self.status, str(self.status)) if not self.changed else "done"

    def same_as(self, other: Answer) -> list[str]:
        """In what two answers differ that must be one."""
        parts = ("status", "place", "body", "headers", "rows", "statements")
        return [part for part in parts if getattr(self, part) != getattr(other, part)]


def normal(body: bytes, *ids: object) -> bytes:
    """The bytes without what is new in every page (form tokens, keys) and without the ids that were asked for."""
    body = _SECRETS.sub(rb"\1", body)
    for one in filter(None, map(str, ids)):
        body = body.replace(one.encode(), b"THING")
    return body


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back. Use cases that must stand alone (durable) may run in it."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django's own tests mark theirs
    with block:
        yield
        transaction.set_rollback(True)


def _changes() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES)
        return dict(cursor.fetchall())


def ask(
    session: str,
    method: str,
    address: str,
    data: Mapping[str, Any] | None = None,
    *,
    host: str = "testserver",
    things: Sequence[object] = (),
    headers: Mapping[str, str] | None = None,
    json: str = "",
) -> Answer:
    """Ask once, over https, with this session; then take back what it did."""
    client = Client(headers=dict(headers or {}))
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: ANN401 - Django's own
        if _BY_HOST not in sql:  # asked once a minute, whoever asks
            statements.append(_SAVEPOINT.sub("S", sql))
        return execute(sql, params, many, context)

    more = {"content_type": "application/json"} if json else {}
    send = getattr(client, method.lower())
    with undone():
        before = _changes()
        with connection.execute_wrapper(note):
            answer = send(address, json or dict(data or {}), secure=True, SERVER_NAME=host, **more)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        after = _changes()
    rows = {table: number - before.get(table, 0) for table, number in after.items()}
    left_out = {"Content-Length", "ETag", "Location", "Set-Cookie"}
    return Answer(
        answer.status_code,
        normal(answer.get("Location", "").encode(), *things).decode(),
        normal(body, *things),
        tuple(sorted((k, v) for k, v in answer.headers.items() if k not in left_out)),
        tuple(sorted((table, number) for table, number in rows.items() if number)),
        tuple(statements),
    )
