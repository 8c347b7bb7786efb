"""`manage.py demo_meeting`: links that lead straight into a meeting, in a trial and nowhere else."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)


def printed(*arguments: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("demo_meeting", *arguments, stdout=out)
    return out.getvalue()


def test_its_links_sign_in_and_lead_to_the_meeting(town: Town, settings: Settings) -> None:
    links = json.loads(printed("--participants", "3", "--json"))
    assert len(links["guests"]) == 2
    assert "/prova/in/bo/?next=/moten/" in links["guests"][0]
    for link, hook in ((links["host"], b"data-host"), (links["guests"][0], b'data-phase="lobby"')):
        browser = Client(SERVER_NAME="localhost")
        address = link.removeprefix(f"http://localhost:{settings.PORT}")
        page = browser.get(address, secure=True, follow=True)
        assert page.status_code == 200
        assert hook in page.content


def test_without_json_it_prints_a_line_for_each(town: Town) -> None:
    assert printed().splitlines()[0].startswith("Mötesledare: http://localhost:")
    assert len(printed("--participants", "5").splitlines()) == 5


@pytest.mark.parametrize("number", ["1", "9"])
def test_a_number_that_is_no_meeting_is_refused(number: str, town: Town) -> None:
    with pytest.raises(CommandError):
        printed("--participants", number)


def test_outside_a_trial_there_is_no_such_thing(town: Town, settings: Settings) -> None:
    settings.TRIAL = False
    with pytest.raises(CommandError):
        printed()


def test_without_a_municipality_it_says_what_to_do_first(db: None) -> None:
    with pytest.raises(CommandError, match="make run"):
        printed()
