"""The committed OpenAPI document is true, and the page about the API runs."""

from __future__ import annotations

from typing import Any

import yaml
from django.core.management import call_command

from tests.booking.documented import FILE, document


def test_the_committed_document_is_what_the_code_says(tmp_path: Any) -> None:  # noqa: ANN401 - a path
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(fresh), validate=True, fail_on_warn=True)
    assert yaml.safe_load(fresh.read_text()) == document(), f"run: manage.py spectacular --file {FILE.name}"


def test_every_operation_needs_a_token_and_describes_its_refusals() -> None:
    operations = [operation for path in document()["paths"].values() for operation in path.values()]
    assert operations
    for operation in operations:
        assert operation["security"] == [{"token": []}]
        assert {"400", "401", "403", "404", "429"} <= set(operation["responses"])
        refusals = [answer for status, answer in operation["responses"].items() if status >= "400"]
        assert all(list(answer["content"]) == ["application/problem+json"] for answer in refusals)
        assert all(answer["description"] for answer in operation["responses"].values())
