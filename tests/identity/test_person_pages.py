"""Finding one person and their page: by number only, every look an entry, and a protected one is nothing to others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.services import Contact
from identity import finding, protection, scope
from identity.actors import Actor
from identity.models import Alert, Person
from tests.identity.protecting import named, person_of
from tests.identity.staffing import give, unit_of
from tests.numbers_of_tests import series
from tests.town import Town

pytestmark = pytest.mark.django_db
AsActor = Callable[[str], Actor]
BrowserAs = Callable[..., Client]
Superuser = Callable[[], psycopg.Connection[Any]]
NOBODY = "Det finns ingen person här som du kan öppna med det du skrev."


@pytest.fixture
def numbers(town: Town) -> dict[str, str]:
    """Bo and Eva have numbers; the third is nobody's."""
    found = dict(zip(("bo", "eva", "nobody"), series(3), strict=True))
    with scope.transaction(town.municipality.id):
        for key in ("bo", "eva"):
            person = Person.objects.get(cast_name=key)
            finding.set_number(person, found[key])
            person.external_id = f"case-{key}"
            person.save(update_fields=["number", "number_index", "external_id"])
    return found


def found(browser: Client, **data: str) -> Any:  # noqa: ANN401 - the test client's response has no public type
    """The answer to a look-up."""
    return browser.post("/personer/", data, secure=True)


def page(browser: Client, town: Town, key: str) -> str:
    """The page of one of the cast."""
    return str(browser.get(f"/personer/{town.persons[key]}/", secure=True).content.decode())


def post(browser: Client, town: Town, key: str, rest: str, **data: str) -> Any:  # noqa: ANN401 - as above
    """Send a form of that page; redirects are followed."""
    return browser.post(f"/personer/{town.persons[key]}/{rest}", data, secure=True, follow=True)


def without_token(response: Any) -> str:  # noqa: ANN401 - as above
    """An answer's page, its form token apart."""
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())


@pytest.mark.parametrize("key", ["anna", "karin", "mats"])
def test_a_person_is_found_by_number_in_any_spelling_or_by_external_id(
    town: Town, numbers: dict[str, str], browser_as: BrowserAs, as_actor: AsActor, key: str
) -> None:
    town.booked(as_actor("bo"))
    bo = numbers["bo"]
    for data in ({"number": bo}, {"number": f"{bo[:8]}-{bo[8:]}"}, {"external_id": "case-bo"}):
        answer = found(browser_as(key), **data)
        assert (answer.status_code, answer["Location"]) == (302, f"/personer/{town.persons['bo']}/")


def test_no_name_finds_anybody_and_no_address_carries_a_number(
    town: Town, numbers: dict[str, str], browser_as: BrowserAs
) -> None:
    karin = browser_as("karin")
    assert found(karin, number="Bo Ek").status_code == 422
    assert NOBODY in found(karin, external_id="Bo Ek").content.decode()
    assert NOBODY not in karin.get("/personer/", {"number": numbers["bo"]}, secure=True).content.decode()
    assert found(karin).status_code == 422


def test_nobody_and_a_protected_person_are_one_answer_to_who_may_not_open_her(
    town: Town, numbers: dict[str, str], browser_as: BrowserAs
) -> None:
    browser, answers, asked = browser_as("yusuf"), [], []
    browser.get("/personer/", secure=True)
    for number in (numbers["eva"], numbers["nobody"]):
        with CaptureQueriesContext(connection) as seen:
            answer = found(browser, number=number)
        answers.append(without_token(answer).replace(number, ""))
        asked.append([re.sub(r"'[^']*'|\d+", "?", s["sql"])[:90] for s in seen.captured_queries])
    assert NOBODY in answers[0]
    assert answers[0] == answers[1]
    assert asked[0] == asked[1]


@pytest.mark.parametrize("met", [False, True])
@pytest.mark.parametrize("key", ["lena", "cia"])
def test_whoever_works_in_a_unit_that_never_meets_the_person_finds_nobody(
    town: Town, numbers: dict[str, str], browser_as: BrowserAs, as_actor: AsActor, key: str, met: bool
) -> None:
    if met:
        town.booked(as_actor("bo"))
    browser = browser_as(key)
    browser.get("/personer/", secure=True)
    answers = [without_token(found(browser, number=numbers[who])).replace(numbers[who], "") for who in ("bo", "nobody")]
    assert NOBODY in answers[0]
    assert answers[0] == answers[1]
    for rest in ("", "foretradare/", "utdrag/"):
        assert browser.get(f"/personer/{town.persons['bo']}/{rest}", secure=True).status_code == 404


def test_a_coordinator_of_another_unit_changes_nothing(town: Town, browser_as: BrowserAs, as_actor: AsActor) -> None:
    town.booked(as_actor("bo"))
    give(town, "lena", "coordinator", unit_of(town, "lena"))
    lena = browser_as("lena")
    assert post(lena, town, "bo", "skydd/", flag="marked", do="set").status_code == 404
    assert post(lena, town, "bo", "lasare/", reader=str(town.persons["cia"])).status_code == 404
    assert lena.get(f"/personer/{town.persons['bo']}/", secure=True).status_code == 404
    assert not person_of(town, "bo").protected


@pytest.mark.parametrize("key", ["anna", "maria"])
def test_who_may_open_her_finds_her_and_is_asked_why(
    town: Town, numbers: dict[str, str], browser_as: BrowserAs, key: str
) -> None:
    browser = browser_as(key)
    assert found(browser, number=numbers["eva"]).status_code == 302
    closed = page(browser, town, "eva")
    assert "Varför öppnar du?" in closed
    assert "Eva" not in closed.split("<main")[1]
    opened = post(browser, town, "eva", "oppna/", reason="call").content.decode()
    assert "Eva Lund" in opened
    assert "Skydd</h2>" not in opened


@pytest.mark.parametrize("key", ["karin", "mats"])
def test_who_looks_after_her_sees_how_she_is_sheltered_and_not_who_she_is(
    town: Town, numbers: dict[str, str], browser_as: BrowserAs, key: str
) -> None:
    browser = browser_as(key)
    assert found(browser, number=numbers["eva"]).status_code == 302
    seen = page(browser, town, "eva")
    assert "Skydd</h2>" in seen
    assert f"Skyddad person, kod {town.persons['eva'].hex[:4].upper()}</bdi>" in seen
    assert 'href="/nodoppning/"' in seen
    for hers in ("Eva", "Lund", "Utdrag", "foretradare"):
        assert hers not in seen.split("<main")[1]
    assert post(browser, town, "eva", "oppna/", reason="call").status_code == 404
    assert browser.get(f"/personer/{town.persons['eva']}/utdrag/", secure=True).status_code == 404
    reader = "mats" if key == "karin" else "karin"
    assert f'value="{town.persons[key]}"' not in seen, "nobody names themselves"
    assert post(browser, town, "eva", "lasare/", reader=str(town.persons[key])).status_code == 422
    assert "namngiven" in post(browser, town, "eva", "lasare/", reader=str(town.persons[reader])).content.decode()
    assert town.persons[reader] in named(town, "eva")


def test_a_coordinator_who_is_named_by_another_opens_with_a_reason(town: Town, browser_as: BrowserAs) -> None:
    post(browser_as("karin"), town, "eva", "lasare/", reader=str(town.persons["mats"]))
    mats = browser_as("mats")
    assert "oppna/" in page(mats, town, "eva")
    assert "Varför öppnar du?" in mats.get(f"/personer/{town.persons['eva']}/oppna/", secure=True).content.decode()
    opened = post(mats, town, "eva", "oppna/", reason="call").content.decode()
    assert "Eva Lund" in opened
    assert "Utdrag" in opened


@pytest.mark.parametrize("key", ["bo", "dan", "alva", "farid"])
def test_others_have_no_such_page(town: Town, numbers: dict[str, str], browser_as: BrowserAs, key: str) -> None:
    browser = browser_as(key)
    for answer in (
        browser.get("/personer/", secure=True),
        found(browser, number=numbers["bo"]),
        browser.get(f"/personer/{town.persons['bo']}/", secure=True),
        browser.post(f"/personer/{town.persons['bo']}/skydd/", {"flag": "marked", "do": "set"}, secure=True),
    ):
        assert answer.status_code == 404 if key in ("dan", "alva") else answer.status_code == 302
        if answer.status_code == 302:
            assert answer["Location"].startswith("/logga-in/")
    assert not person_of(town, "bo").protected


def test_an_officer_sees_who_it_is_and_nothing_of_protection(
    town: Town, numbers: dict[str, str], browser_as: BrowserAs, as_actor: AsActor
) -> None:
    town.booked(as_actor("bo"))
    seen = page(browser_as("anna"), town, "bo")
    assert "Bo Ek" in seen
    assert "••••••••-••••" in seen
    assert "Personnumret visas inte" in seen
    assert numbers["bo"][:8] not in seen
    assert "Sekretessmarkering" not in seen
    answer = browser_as("anna").post(
        f"/personer/{town.persons['bo']}/skydd/", {"flag": "marked", "do": "set"}, secure=True
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("key", ["cia", "yusuf", "dan"])
def test_a_missing_person_and_her_are_the_same_page(town: Town, browser_as: BrowserAs, key: str) -> None:
    browser = browser_as(key)
    pages = [browser.get(f"/personer/{id}/", secure=True) for id in (town.persons["eva"], uuid4())]
    assert [answer.status_code for answer in pages] == [404, 404]
    assert len({answer.content.decode().split("<main")[1].split("</main>")[0] for answer in pages}) == 1


def test_the_whole_way_on_the_pages_set_ask_confirm_and_name(town: Town, browser_as: BrowserAs) -> None:
    karin, mats = browser_as("karin"), browser_as("mats")
    assert "Skyddet gäller nu." in post(karin, town, "bo", "skydd/", flag="registered", do="set").content.decode()
    assert person_of(town, "bo").registered
    named_one = post(karin, town, "bo", "lasare/", reader=str(town.persons["cia"]), deputy="on").content.decode()
    assert "Cia Holm" in named_one
    assert "Ersättare" in named_one
    struck = post(karin, town, "bo", f"lasare/{town.persons['cia']}/").content.decode()
    assert "Ingen är namngiven." in struck
    assert named(town, "bo") == frozenset()
    asked = post(karin, town, "bo", "skydd/", flag="registered", do="ask").content.decode()
    assert "En annan person bestämmer." in asked
    assert "Håller du med" not in asked
    assert post(karin, town, "bo", "skydd/", flag="registered", do="confirm").status_code == 404
    assert "Skyddet är borttaget." in post(mats, town, "bo", "skydd/", flag="registered", do="confirm").content.decode()
    assert not person_of(town, "bo").protected


def test_who_sets_a_flag_that_nobody_may_read_behind_is_asked_to_name_somebody(
    town: Town, browser_as: BrowserAs
) -> None:
    karin = browser_as("karin")
    set_now = post(karin, town, "bo", "skydd/", flag="registered", do="set").content.decode()
    assert "Ingen är namngiven än. Namnge minst en läsare" in set_now
    assert set_now.index("Ingen är namngiven än.") < set_now.index('id="id_reader"') < set_now.index('id="skydd"')
    assert set_now.count('id="id_reader"') == 1
    later = page(karin, town, "bo")
    assert later.index('id="skydd"') < later.index('id="id_reader"')
    post(karin, town, "bo", "lasare/", reader=str(town.persons["cia"]))
    again = post(karin, town, "bo", "skydd/", flag="marked", do="set").content.decode()
    assert "Ingen är namngiven än." not in again
    assert "Skyddet gäller nu. Det som väntade" in again


def test_the_page_claims_no_protection_that_is_not_there(town: Town, browser_as: BrowserAs) -> None:
    shown = browser_as("karin").get(f"/personer/{town.persons['bo']}/?klart=satt", secure=True).content.decode()
    assert "Skyddet gäller nu" not in shown


def test_a_reader_must_be_chosen_and_be_staff(town: Town, browser_as: BrowserAs) -> None:
    karin = browser_as("karin")
    for wrong in ("", str(town.persons["bo"]), "x"):
        answer = post(karin, town, "hans", "lasare/", reader=wrong)
        assert answer.status_code == 422
        assert "Välj vem som ska namnges." in answer.content.decode()


def test_the_three_flags_stand_apart_on_the_page(town: Town, browser_as: BrowserAs, as_actor: AsActor) -> None:
    protection.set_flag(actor=as_actor("karin"), person=town.persons["bo"], flag="safe_contact")
    opened = page(browser_as("karin"), town, "bo")
    standing = re.findall(r'<h3>([^<]+?) <span class="tag[^"]*">([^<]+)</span>', opened)
    assert standing == [
        ("Sekretessmarkering", "Inte satt"),
        ("Skyddad folkbokföring", "Inte satt"),
        ("Trygg kontakt", "Är satt"),
    ]


def test_the_page_leads_to_the_coming_meetings_that_the_reader_comes_in_at(
    town: Town, browser_as: BrowserAs, as_actor: AsActor
) -> None:
    booked = town.booked(as_actor("bo"))
    officer = next(key for key, calendar in town.calendars.items() if calendar == booked.calendar_id)
    colleague = next(key for key in ("anna", "yusuf", "maria") if key != officer)
    led, other = page(browser_as(officer), town, "bo"), page(browser_as(colleague), town, "bo")
    assert f'href="/bokningar/{booked.id}/"' in led
    assert "Inga möten som du får se." not in led
    assert str(booked.id) not in other
    assert "Inga möten som du får se." in other


def test_a_readers_opened_page_leads_to_the_booking_which_asks_why_again(
    town: Town, browser_as: BrowserAs, as_actor: AsActor
) -> None:
    booked = town.booked(as_actor("eva"), contact=Contact("none"))
    reader = browser_as("cia")
    protection.name_reader(actor=as_actor("karin"), person=town.persons["eva"], reader=town.persons["cia"])
    assert str(booked.id) not in page(reader, town, "eva")
    opened = post(reader, town, "eva", "oppna/", reason="call").content.decode()
    assert f'href="/bokningar/{booked.id}/"' in opened
    asked = reader.get(f"/bokningar/{booked.id}/", secure=True).content.decode()
    assert "Varför öppnar du?" in asked


def test_an_opening_of_a_person_is_told_to_the_unit_that_meets_them_next(
    town: Town, browser_as: BrowserAs, as_actor: AsActor
) -> None:
    protection.name_reader(actor=as_actor("karin"), person=town.persons["hans"], reader=town.persons["cia"])
    booked = town.booked(as_actor("hans"), unit="hemma")
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=town.persons["hans"]).update(marked=True)
    post(browser_as("cia"), town, "hans", "oppna/", reason="call")
    with scope.transaction(town.municipality.id):
        assert Alert.objects.get(kind="protected_opened").unit.name == "Stöd hemma"
    assert booked.state == "confirmed"


@pytest.mark.django_db(transaction=True)
def test_every_look_is_an_entry_also_one_in_vain_and_they_are_limited(
    town: Town, numbers: dict[str, str], browser_as: BrowserAs, as_actor: AsActor, superuser: Superuser
) -> None:
    town.booked(as_actor("bo"))
    yusuf = browser_as("yusuf")
    for key in ("bo", "eva", "nobody"):
        found(yusuf, number=numbers[key])
    with superuser() as database:
        rows = database.execute(
            "SELECT allowed, objects_seen FROM identity_accessentry WHERE action = 'person.find' ORDER BY at"
        ).fetchall()
    assert [row[0] for row in rows] == [True, False, False]
    assert [row[1] == [town.persons[key]] for row, key in zip(rows, ("bo", "eva"), strict=False)] == [True, True]
    answers = [found(yusuf, number=numbers["nobody"]).status_code for _ in range(40)]
    assert 429 in answers


def test_a_resident_asks_for_safe_contact_on_a_page_that_never_tells_whether_it_was_done(
    town: Town, browser_as: BrowserAs
) -> None:
    bo = browser_as("bo")
    before = without_token(bo.get("/mina-tider/kontakt/", secure=True))
    assert "<title>Dina kontaktvägar – Exempelkommun</title>" in before
    done = bo.post("/mina-tider/kontakt/", secure=True, follow=True)
    assert done.redirect_chain == [("/mina-tider/kontakt/", 302)]
    said = done.content.decode()
    assert "Trygg kontakt gäller från och med nu. Du behöver inte göra något mer." in said
    assert "Ja, jag vill ha trygg kontakt" not in said
    assert ">Till Mina tider<" in said
    assert person_of(town, "bo").safe_contact
    assert without_token(bo.get("/mina-tider/kontakt/", secure=True)) == before
    assert 'href="/mina-tider/kontakt/"' in bo.get("/mina-tider/", secure=True).content.decode()


@pytest.mark.parametrize("claim", ["satt", "borta", "namngiven"])
def test_no_link_makes_a_persons_page_say_what_was_not_done(
    town: Town, browser_as: BrowserAs, as_actor: AsActor, claim: str
) -> None:
    town.booked(as_actor("bo"))
    karin = browser_as("karin")
    address = f"/personer/{town.persons['bo']}/"
    said = '<div class="note note-ok" role="status">'
    assert said not in karin.get(f"{address}?klart={claim}", secure=True).content.decode()
    done = post(karin, town, "bo", "lasare/", reader=str(town.persons["mats"]))
    assert done.redirect_chain == [(f"{address}?klart=namngiven", 302)]
    assert said in done.content.decode()
    assert said not in karin.get(f"{address}?klart=namngiven", secure=True).content.decode()


@pytest.mark.parametrize("added", ["?klart=ja", "?klart=1&done=1", "?safe_contact_asked=1"])
def test_no_address_makes_the_page_say_that_safe_contact_applies(town: Town, browser_as: BrowserAs, added: str) -> None:
    bo = browser_as("bo")
    page = without_token(bo.get(f"/mina-tider/kontakt/{added}", secure=True))
    assert "gäller från och med nu" not in page
    assert "Ja, jag vill ha trygg kontakt" in page
    assert not person_of(town, "bo").safe_contact


def test_the_address_says_no_more_than_the_title(town: Town) -> None:
    assert "trygg" not in reverse("identity:safe_contact")


def test_asking_needs_a_sign_in(browser_as: BrowserAs) -> None:
    for method in ("get", "post"):
        answer = getattr(browser_as(""), method)("/mina-tider/kontakt/", secure=True)
        assert answer["Location"].startswith("/logga-in/")
