"""How long things are kept: proposals until the board has decided, entered by an administrator who sees nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from identity import retention, scope
from identity.actors import Actor
from identity.data_classes import RETENTION
from identity.errors import NotAllowed
from identity.models import RetentionRule
from identity.retention import Decision
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[str], Actor]
Browser = Callable[[str], Client]
PAGE = "/installningar/gallring/"
BANNER = "Ingenting gallras förrän nämndens beslut om gallring är ifyllt."
GOOD = {"code": "booking", "days": "90", "reference": "SN 2026/12", "decided_on": "2025-03-01"}


def decide_all(actor: Actor) -> None:
    """The board has decided on every class."""
    for kept in RETENTION:
        decision = Decision(kept.code, kept.days, "SN 2026/12", date(2025, 3, 1))
        retention.decide(actor=actor, decision=decision)


def undecided(town: Town) -> list[str]:
    """What the board has not decided."""
    with scope.transaction(town.municipality.id):
        return retention.undecided()


def test_what_is_shipped_is_a_proposal_and_no_decision(town: Town, as_actor: As) -> None:
    plans = retention.see(actor=as_actor("dan"))
    assert {plan.proposed.code: plan.days for plan in plans}["log"] == 1825
    assert undecided(town) == [kept.code for kept in RETENTION if kept.decided]
    with scope.transaction(town.municipality.id):
        assert RetentionRule.objects.count() == 0


def test_a_decision_is_entered_and_changed_and_is_one_row(town: Town, as_actor: As) -> None:
    for days in (90, 60):
        retention.decide(actor=as_actor("dan"), decision=Decision("booking", days, "SN 2026/12", date(2025, 3, 1)))
    assert "booking" not in undecided(town)
    with scope.transaction(town.municipality.id):
        assert retention.days_of("booking") == 60
        assert RetentionRule.objects.count() == 1


def test_days_without_a_decision_are_no_decision(town: Town, as_actor: As) -> None:
    retention.decide(actor=as_actor("dan"), decision=Decision("booking", 60, "", None))
    assert "booking" in undecided(town)


@pytest.mark.parametrize("who", ["bo", "anna"])
def test_nobody_but_an_administrator_sees_or_changes_it(who: str, town: Town, as_actor: As) -> None:
    with pytest.raises(NotAllowed):
        retention.see(actor=as_actor(who))
    with pytest.raises(NotAllowed):
        retention.decide(actor=as_actor(who), decision=Decision("booking", 1, "x", date(2025, 3, 1)))
    assert "booking" in undecided(town)


def test_the_page_takes_a_decision_and_says_so(town: Town, browser_as: Browser) -> None:
    browser = browser_as("dan")
    before = browser.get(PAGE, secure=True).content.decode()
    assert before.count("Beslut saknas. Inget av det gallras.") == len(undecided(town))
    answer = browser.post(PAGE, GOOD, secure=True)
    assert answer.status_code == 302
    after = browser.get(answer["Location"], secure=True).content.decode()
    assert "Beslut SN 2026/12, 2025-03-01." in after
    assert "Sparat." in after


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"days": "0"}, "Minst en dag."),
        ({"days": "nittio"}, "Skriv dagarna med siffror."),
        ({"reference": ""}, "Skriv beslutets diarienummer."),
        ({"decided_on": ""}, "Skriv när beslutet togs."),
        ({"decided_on": "1 mars"}, "Skriv datumet så här: 2026-11-23."),
        ({"decided_on": str(timezone.localdate() + timedelta(days=2))}, "Datumet har inte varit än."),
        ({"reference": "x" * 61}, "Högst 60 tecken."),
    ],
)
def test_a_faulty_form_says_what_and_keeps_what_was_typed(
    changed: dict[str, str], words: str, town: Town, browser_as: Browser
) -> None:
    sent = GOOD | changed
    answer = browser_as("dan").post(PAGE, sent, secure=True)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count(words) == 2  # in the summary and at the field
    assert f'value="{sent["reference"]}"' in text
    assert "booking" in undecided(town)


def test_a_form_that_is_sent_back_as_it_was_shown_changes_nothing(
    town: Town, as_actor: As, browser_as: Browser
) -> None:
    decide_all(as_actor("dan"))
    browser = browser_as("dan")
    page = browser.get(PAGE, secure=True).content.decode()
    form = re.search(r'<form [^>]*id="booking".*?</form>', page, re.DOTALL)
    assert form
    shown = dict(re.findall(r'name="(\w+)"\s+(?:type="\w+"\s+)?value="([^"]*)"', form.group()))
    assert shown.keys() >= {"code", "days", "reference", "decided_on"}
    assert browser.post(PAGE, shown, secure=True).status_code == 302
    assert undecided(town) == []


def test_an_unknown_class_changes_nothing(town: Town, browser_as: Browser) -> None:
    assert browser_as("dan").post(PAGE, GOOD | {"code": "allt"}, secure=True).status_code == 422
    with scope.transaction(town.municipality.id):
        assert RetentionRule.objects.count() == 0


def test_administrators_read_that_nothing_is_purged_until_all_is_decided(
    town: Town, as_actor: As, browser_as: Browser
) -> None:
    dan = browser_as("dan")
    for page in (PAGE, "/installningar/personal/"):
        assert BANNER in dan.get(page, secure=True).content.decode()
    assert BANNER not in browser_as("anna").get("/idag/", secure=True).content.decode()
    assert BANNER not in browser_as("").get("/installningar/gallring/", secure=True).content.decode()
    decide_all(as_actor("dan"))
    assert BANNER not in dan.get(PAGE, secure=True).content.decode()
