"""The quick exit asks nothing, never fails and leaves nothing behind; titles say nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from config import trial
from identity.models import Session
from identity.sessions import row_key
from tests.town import Town

pytestmark = pytest.mark.django_db
BrowserAs = Callable[..., Client]
Superuser = Callable[[], psycopg.Connection[Any]]
TEMPLATES = Path(settings.BASE_DIR) / "frontend" / "templates"


@pytest.mark.parametrize("path", ["/", "/logga-in/", "/mina-tider/", "/dina-uppgifter/", "/tillganglighet/"])
def test_every_page_of_a_resident_has_the_button(browser_as: BrowserAs, path: str) -> None:
    for key in ("", "bo"):
        page = browser_as(key).get(path, secure=True, follow=True).content.decode()
        assert 'action="/lamna/"' in page
        assert "Lämna sidan snabbt" in page


def test_staff_have_none(browser_as: BrowserAs) -> None:
    assert "/lamna/" not in browser_as("anna").get("/idag/", secure=True).content.decode()


def test_leaving_ends_the_sign_in_and_empties_what_the_browser_keeps(browser_as: BrowserAs) -> None:
    bo = browser_as("bo")
    key = bo.session.session_key
    answer = bo.post("/lamna/", secure=True)
    assert (answer.status_code, answer["Location"]) == (303, "/tom/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer["Cache-Control"] == "no-store"
    assert not answer.content
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert answer.cookies[name].value == ""
        assert answer.cookies[name]["secure"]
    assert not Session.objects.filter(session_key=row_key(key)).exists()
    assert bo.get("/mina-tider/", secure=True).status_code == 302


def test_it_needs_no_token_no_session_and_no_body(town: Town) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.defaults.update({"wsgi.url_scheme": "https", "SERVER_NAME": "localhost"})
    for _ in range(2):
        assert browser.post("/lamna/", {"junk": "x" * 5000}, secure=True).status_code == 303
    browser.cookies[settings.SESSION_COOKIE_NAME] = "gone" * 8
    assert browser.post("/lamna/", secure=True).status_code == 303


def test_a_link_leads_away_but_signs_nobody_out(browser_as: BrowserAs) -> None:
    bo = browser_as("bo")
    assert bo.get("/lamna/", secure=True).status_code == 303
    assert bo.get("/mina-tider/", secure=True).status_code == 200


def test_a_database_that_fails_keeps_nobody(browser_as: BrowserAs, monkeypatch: pytest.MonkeyPatch) -> None:
    bo = browser_as("bo")

    def fails(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("identity.sessions.SessionStore.flush", fails)
    answer = bo.post("/lamna/", secure=True)
    assert answer.status_code == 303
    assert answer.cookies[settings.SESSION_COOKIE_NAME].value == ""


@pytest.mark.django_db(transaction=True)
def test_it_leads_where_the_municipality_says_and_the_policy_lets_it(
    town: Town, browser_as: BrowserAs, superuser: Superuser
) -> None:
    with superuser() as database:
        database.execute("UPDATE identity_municipality SET exit_address = 'https://vader.example/idag?x=1'")
    bo = browser_as("bo")
    page = bo.get("/mina-tider/", secure=True)
    assert 'data-exit="https://vader.example/idag?x=1"' in page.content.decode()
    assert "form-action 'self' https://vader.example" in page["Content-Security-Policy"]
    assert bo.post("/lamna/", secure=True)["Location"] == "https://vader.example/idag?x=1"


def test_the_page_that_says_nothing_says_nothing(browser_as: BrowserAs) -> None:
    page = browser_as("bo").get("/tom/", secure=True).content.decode()
    words = re.sub(r"<[^>]+>", " ", page).split()
    assert words == ["Ny", "flik", "Ny", "flik"]
    assert "Exempelkommun" not in page


@pytest.mark.parametrize(("asked", "language"), [("sv-SE,sv", "sv"), ("en-GB,en;q=0.8", "en"), ("xx", "sv")])
def test_the_page_that_says_nothing_is_in_the_browsers_language(
    browser_as: BrowserAs, asked: str, language: str
) -> None:
    page = browser_as("").get("/tom/", headers={"accept-language": asked}, secure=True).content.decode()
    assert f'<html lang="{language}">' in page


def test_signing_out_empties_what_the_browser_keeps(browser_as: BrowserAs) -> None:
    assert browser_as("bo").post("/logga-ut/", secure=True)["Clear-Site-Data"] == '"cache", "storage"'


def titles() -> dict[str, str]:
    """What every template says in its title block, or in a title of its own."""
    found = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text()
        block = re.search(r"{% block title %}(.*?){% endblock title %}", text, re.S) or re.search(
            r"<title>(.*?)</title>", text, re.S
        )
        if block:
            found[path.relative_to(TEMPLATES).as_posix()] = block[1]
    return found


def test_no_title_names_a_service_a_unit_a_person_or_what_shelters_them() -> None:
    said = {word.lower() for purpose in trial.PURPOSES for word in (purpose.service, purpose.name)}
    said |= {"socialtjänst", "färdtjänst", "handläggare", "sekretess", "trygg kontakt", "skyddade personuppgifter"}
    said |= {member.name.lower() for member in trial.CAST}
    assert len(titles()) > 30
    assert not [(name, title) for name, title in titles().items() if any(word in title.lower() for word in said)]


def test_no_title_is_made_of_data() -> None:
    allowed = {"errors", "municipality.name", "page.waiting", "n", "refusal.title", "problem.title", "subject"}
    # The number of a week, and what became of a question: one of four sentences.
    allowed |= {"number", "question.title"}
    used = {
        (name, variable)
        for name, title in titles().items()
        for variable in re.findall(r"{{\s*([\w.]+)", title)
        if name != "base.html"
    }
    assert not {(name, variable) for name, variable in used if variable not in allowed}
