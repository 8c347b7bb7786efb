"""Answers of the API held against `docs/openapi.yaml`, the document that vendors read."""

from __future__ import annotations

import re
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
    if inner.get("nullable"):  # OpenAPI 3.0 says it so, JSON Schema by one more type
        inner["type"] = [inner["type"], "null"]
    return inner | {"additionalProperties": False} if inner.get("type") == "object" else inner


@cache
def _validator(path: str, method: str, status: str, media_type: str) -> Draft202012Validator:
    described = document()["paths"][path][method]["responses"][status]["content"][media_type]["schema"]
    whole = closed(described) | {"components": closed(document()["components"])}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def matches(answer: Any) -> None:  # noqa: ANN401 - the test client's answer
    """Fail unless status, media type and body of an answer are as documented."""
    asked = answer.request
    matches_as(_template(asked["PATH_INFO"]), asked["REQUEST_METHOD"].lower(), answer)


def matches_as(path: str, method: str, answer: Any) -> None:  # noqa: ANN401 - the test client's answer
    """As `matches`, of the operation that is named."""
    _validator(path, method, str(answer.status_code), answer["Content-Type"]).validate(answer.json())


def _template(path: str) -> str:
    """The document's path of an address: ids stand there by their names."""
    for known in document()["paths"]:
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", known), path):
            return str(known)
    return path
