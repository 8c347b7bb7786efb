"""Answers of the API held against `docs/openapi.yaml`, the document that vendors read."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from tests.sources import ROOT

FILE = ROOT / "docs" / "openapi.yaml"


@cache
def document() -> dict[str, Any]:
    """The committed document."""
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return loaded


def closed(schema: Any) -> Any:  # noqa: ANN401 - any part of a document
    """The same schema, in which an object has no member that is not documented."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(part) for name, part in schema.items()}
    return inner | {"additionalProperties": False} if inner.get("type") == "object" else inner


@cache
def _validator(path: str, method: str, status: str, media_type: str) -> Draft202012Validator:
    described = document()["paths"][path][method]["responses"][status]["content"][media_type]["schema"]
    whole = closed(described) | {"components": closed(document()["components"])}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def matches(answer: Any) -> None:  # noqa: ANN401 - the test client's answer
    """Fail unless status, media type and body of an answer are as documented."""
    asked = answer.request
    media_type = answer["Content-Type"]
    method = asked["REQUEST_METHOD"].lower()
    _validator(asked["PATH_INFO"], method, str(answer.status_code), media_type).validate(answer.json())
