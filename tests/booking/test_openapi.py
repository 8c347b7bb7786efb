"""The committed OpenAPI document is true, and the page about the API runs."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from booking.problem_texts import PROBLEMS
from tests.booking.documented import FILE, document
from tests.sources import ROOT
from tests.tokens import token
from tests.town import Town


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


@pytest.mark.django_db(transaction=True)
def test_the_example_of_the_page_runs_against_a_real_server(
    town: Town, live_server: LiveServer, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "api.md").read_text()
    example = page.split("<!-- example: slots -->\n```python\n")[1].split("\n```")[0]
    names = {"base": live_server.url, "meeting_type": town.types["fardtjanst"]}
    exec(example, names | {"token": token(town.municipality, "slots:read")})  # noqa: S102 - our own page
    assert len(re.findall(r"^\S+T\S+ to \S+T\S+ video$", capsys.readouterr().out, re.MULTILINE)) == 3


def test_the_page_tells_every_parameter_and_every_code_of_an_operation() -> None:
    page = (ROOT / "docs" / "api.md").read_text()
    operation = document()["paths"]["/api/v1/slots"]["get"]
    assert all(f"| `{parameter['name']}` |" in page for parameter in operation["parameters"])
    statuses = {int(status) for status in operation["responses"]} - {200}
    told = {problem.code for problem in PROBLEMS.values() if f"`{problem.code}`" in page}
    assert statuses <= {PROBLEMS[code].status for code in told}
    assert {"invalid", "bad_token", "scope_missing", "not_found", "not_offered", "slow_down", "busy"} <= told
