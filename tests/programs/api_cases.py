"""Requests to the API, made from its own document: valid ones, and ones with a thing or two changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

MOST_KNOWN: Final = 60
_HALF: Final = chr(0xD800)  # half of a character; written out it could not be kept in a file
_STRANGE_TEXT: Final = (
    "", " ", "\x00", "a\x00b", _HALF, "å" * 70, "x" * 5000, "'; DROP TABLE booking_booking;--", "../../etc/passwd",
    "null", "NaN", "٥", "1e999", "{{7*7}}", "\r\nSet-Cookie: a=b", "\u202e", "🙂" * 40, "%00", "-1", "0x10",
    "2026-02-30T09:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-12-01T09:03:00+01:00",
    "00000000-0000-0000-0000-000000000000", "2026-12-01T09:00:00",
)  # fmt: skip
_STRANGE: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 10**30, -(10**30), 2**31, 2**63, 0.5, 1e308, [], {}, [[]], [None], {"a": 1}, ["x"] * 9,
    *_STRANGE_TEXT,
)  # fmt: skip
_BODIES: Final = (
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b'{"a": 1, "a": 2}', b"NaN", b"[" * 30_000,
    b'{"start": "\\ud800"}', b'{"a": ' * 5_000, b" " * 70_000, b"1" * 5_000, b'{"sequence": 1e400}',
)  # fmt: skip
_TYPES: Final = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json; charset=x",
)
_KEYS: Final = ("", "short", "x" * 15, "x" * 65, "å" * 20, "a" * 16, "same-key-again-and-again")


@dataclass
class Operation:
    """One operation of the document."""

    method: str
    path: str
    parameters: list[dict[str, Any]]
    body: dict[str, Any] | None


@dataclass
class Request:
    """What is sent. `how`: what was changed in it."""

    operation: Operation
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes | None
    content_type: str = "application/json"
    how: list[str] = field(default_factory=list)


class Cases:
    """Makes requests; learns ids from what is answered, so that later ones meet what is there."""

    def __init__(self, document: dict[str, Any], known: dict[str, list[str]]) -> None:
        self.document = document
        self.known = known
        self.operations = [
            Operation(method, path, said.get("parameters", []), self._body_of(said))
            for path, methods in sorted(document["paths"].items())
            for method, said in sorted(methods.items())
        ]

    def make(self, source: Random) -> Request:
        """A request: one in three as it should be, the others with one to three things changed."""
        operation = source.choice(self.operations)
        request = self._valid(operation, source)
        for _ in range(source.choice((0, 1, 1, 2, 3)) if source.random() > 0.2 else 0):
            source.choice(
                (self._spoil_body, self._spoil_body, self._spoil_query, self._spoil_path, self._spoil_headers)
            )(request, source)
        return request

    def learn(self, operation: Operation, answer: Any) -> None:  # noqa: ANN401 - JSON
        """Keep the ids and cursors of an answer."""
        if not isinstance(answer, dict):
            return
        kind = {"/api/v1/holds": "hold", "/api/v1/bookings": "booking"}.get(operation.path)
        for name in ("absence", "wish"):
            kind = name if f"/{name}" in operation.path and operation.method == "post" else kind
        if kind and isinstance(answer.get("id"), str):
            self._keep(kind, answer["id"])
        for one in answer.get("results", ()) if operation.path.endswith("bookings") else ():
            self._keep("booking", one["id"])
        if isinstance(answer.get("next"), str):
            self._keep("cursor", answer["next"])
        for one in answer.get("slots", ()):
            self._keep("start", one["start"])

    def _keep(self, kind: str, value: str) -> None:
        kept = self.known.setdefault(kind, [])
        kept.append(value)
        del kept[:-MOST_KNOWN]

    def _body_of(self, said: dict[str, Any]) -> dict[str, Any] | None:
        content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
        schema: dict[str, Any] | None = content.get("schema")
        return schema

    def _valid(self, operation: Operation, source: Random) -> Request:
        path, query, headers = operation.path, list[tuple[str, str]](), dict[str, str]()
        for one in operation.parameters:
            value = self._value(one["name"], one["schema"], source)
            if one["in"] == "path":
                path = path.replace("{" + one["name"] + "}", str(value))
            elif one["in"] == "header":
                headers[one["name"]] = f"key-{source.randrange(10**12):016}"
            elif one.get("required") or source.random() < 0.4:
                query.append((one["name"], str(value)))
        body = None
        if operation.body is not None:
            body = json.dumps(self._value("", operation.body, source)).encode()
        return Request(operation, path, query, headers, body)

    def _value(self, name: str, schema: dict[str, Any], source: Random, depth: int = 0) -> Any:  # noqa: ANN401
        """A value that the schema allows; of what names something, mostly one that is there."""
        schema = self._resolved(schema)
        if "enum" in schema:
            return source.choice(schema["enum"])
        if name in self.known and self.known[name] and source.random() < 0.95:
            return source.choice(self.known[name])
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, source, depth)
        if kind == "array":
            least = schema.get("minItems", 0)
            return [
                self._value(name, schema["items"], source, depth + 1) for _ in range(max(least, source.randrange(3)))
            ]
        if kind == "integer":
            return source.randint(schema.get("minimum", 0), min(schema.get("maximum", 100), 2**31)) // 5 * 5
        if kind == "boolean":
            return source.random() < 0.5
        return self._text(schema, source)

    def _text(self, schema: dict[str, Any], source: Random) -> str:
        match schema.get("format"):
            case "uuid":
                return f"{source.getrandbits(128):032x}"
            case "date":
                return f"2026-12-{source.randint(1, 31):02}"
            case "date-time":
                day, hour, minute = source.randint(1, 31), source.randint(7, 17), source.randrange(0, 60, 5)
                return f"2026-12-{day:02}T{hour:02}:{minute:02}:00+01:00"
            case "email":
                return "bo@exempelkommun.example"
        return source.choice(("ar", "swl", "Kim", "case-1", f"case-{source.randrange(10**6)}"))

    def _object(self, schema: dict[str, Any], source: Random, depth: int) -> dict[str, Any]:
        needed = set(schema.get("required", ()))
        return {
            name: self._value(name, one, source, depth + 1)
            for name, one in schema.get("properties", {}).items()
            if name in needed or source.random() < 0.45
        }

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            return self._resolved(self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        if len(schema.get("allOf", ())) == 1:
            return self._resolved(schema["allOf"][0])
        if "oneOf" in schema:
            return self._resolved(schema["oneOf"][0])
        return schema

    def _spoil_body(self, request: Request, source: Random) -> None:
        if request.body is None or source.random() < 0.1:
            request.body = source.choice(_BODIES)
            request.how.append("whole body")
            return
        try:
            said = json.loads(request.body)
        except (ValueError, RecursionError):
            return
        if not isinstance(said, dict):
            return
        inner = said
        while source.random() < 0.4 and (deeper := [one for one in inner.values() if isinstance(one, dict)]):
            inner = source.choice(deeper)
        name = source.choice([*inner, "unknown", _HALF])
        if source.random() < 0.25:
            inner.pop(name, None)
            request.how.append("left out")
        else:
            inner[name] = source.choice(_STRANGE)
            request.how.append("strange value")
        request.body = json.dumps(said).encode()

    def _spoil_query(self, request: Request, source: Random) -> None:
        names = [one["name"] for one in request.operation.parameters if one["in"] == "query"]
        name = source.choice([*names, "unknown"])
        request.query.append((name, source.choice(_STRANGE_TEXT).replace(_HALF, "?")))
        if source.random() < 0.7:
            request.query = [one for one in request.query[:-1] if one[0] != name] + request.query[-1:]
        request.how.append("query")

    def _spoil_path(self, request: Request, source: Random) -> None:
        parts = request.path.split("/")
        number = source.randrange(3, len(parts))
        parts[number] = source.choice(
            (
                f"{source.getrandbits(128):032x}",
                "x",
                "%00",
                "..",
                "00000000-0000-0000-0000-000000000000",
                "%ED%A0%80",
                "1" * 300,
            )
        )
        request.path = "/".join(parts)
        request.how.append("path")

    def _spoil_headers(self, request: Request, source: Random) -> None:
        what = source.choice(("key", "type", "accept", "token", "language"))
        if what == "key":
            request.headers["Idempotency-Key"] = source.choice(_KEYS)
        elif what == "type":
            request.content_type = source.choice(_TYPES)
        elif what == "accept":
            request.headers["Accept"] = source.choice(("text/html", "*/*", "application/json", "x", "\u00e5"))
        elif what == "token":
            request.headers["Authorization"] = source.choice(
                ("", "Bearer", "Bearer ex.x", "Basic x", "Bearer " + "x" * 400)
            )
        else:
            request.headers["Accept-Language"] = source.choice(("en", "sv", "xx-yy", "*", "en;q=9", "\u00e5"))
        request.how.append(f"header {what}")
