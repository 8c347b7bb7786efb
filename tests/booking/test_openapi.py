"""The committed OpenAPI document is true, and the page about the API runs."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from booking.problem_texts import PROBLEMS
from identity.api_tokens import SCOPES
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


EXAMPLES = re.compile(r"<!-- example: (\w+) -->\n```python\n(.*?)\n```", re.DOTALL)


@pytest.mark.django_db(transaction=True)
def test_the_examples_of_the_page_run_against_a_real_server(
    town: Town, live_server: LiveServer, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = EXAMPLES.findall((ROOT / "docs" / "api.md").read_text())
    names: dict[str, Any] = {"base": live_server.url, "token": token(town.municipality, *SCOPES, changes_per_minute=0)}
    said = {}
    for name, example in examples:
        exec(example, names)  # noqa: S102 - our own page
        said[name] = capsys.readouterr().out
    assert len(re.findall(r"^\S+T\S+ to \S+T\S+ video$", said["slots"], re.MULTILINE)) == 3
    assert said["book"] == "201 confirmed\n"
    assert said["again"] == "one booking: True 201 201\n"
    assert re.fullmatch(r"kept until \S+ extensions left 9\n201 True\n", said["hold"])
    assert said["changes"] == "200 True 1\n200 cancelled_by_resident\n"
    assert said["list"] == "2 bookings\n"
    assert said["wish"] == "201 waiting\n204\n"
    assert "outside_opening" in said["calendars"]
    assert re.search(r"gained 0 lost 0 outside 0\n200 [1-9]\d*\n204\n", said["rules"])
    assert set(said) == {name for name, _ in examples}


def test_the_page_tells_every_parameter_of_a_search_and_every_code() -> None:
    page = (ROOT / "docs" / "api.md").read_text()
    operation = document()["paths"]["/api/v1/slots"]["get"]
    assert all(f"| `{parameter['name']}` |" in page for parameter in operation["parameters"])
    pages_only = {"series_taken", "unknown_kind", "no_rule_named", "not_on_that_date", "exception_twice", "unknown_eve"}
    pages_only |= {"limit_out_of_bounds", "limit_twice", "unknown_meeting_type", "share_out_of_bounds"}
    pages_only |= {"lead_out_of_bounds", "buffer_out_of_bounds", "bad_language", "bad_name"}
    assert {code for code in PROBLEMS if f"`{code}`" not in page} == pages_only
    assert {scope for scope in SCOPES - {"webhooks:manage"} if f"| `{scope}` |" not in page} == set()


def test_every_word_of_a_refusal_in_the_document_is_a_code() -> None:
    described = (ROOT / "docs" / "openapi.yaml").read_text()
    told = set(
        re.findall(r"\b[a-z]+_(?:taken|expired|limit|soon|late|horizon|offered|reused|progress|state)\b", described)
    )
    assert told - {"wish_limit"} <= PROBLEMS.keys()
