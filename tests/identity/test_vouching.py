"""An officer who has seen an ID: a number out, a code back, one booking open; and everything that must not work."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from identity import scope, vouching
from identity.actors import Actor
from identity.errors import NotAllowed, VouchRefused
from identity.models import Membership, SignInAttempt, StaffAccount
from tests.town import Town

AsActor = Callable[[str], Actor]
BrowserAs = Callable[[str], Client]
PAGE = "/logga-in/kod/"


def number_shown(browser: Client) -> str:
    browser.post(PAGE, secure=True)
    page = browser.get(PAGE, secure=True).content.decode()
    found = re.search(r'class="code-shown">(\d{3} \d{3})<', page)
    assert found
    return found[1]


def typed(browser: Client, code: str) -> HttpResponse:
    answer: HttpResponse = browser.post(PAGE, {"code": code}, secure=True)  # type: ignore[assignment]
    return answer


def signed_in(browser: Client) -> bool:
    return browser.session.get("person") is not None


@pytest.fixture
def booking(town: Town, as_actor: AsActor) -> UUID:
    return town.booked(as_actor("bo")).id


def officer_of(town: Town, booking: UUID) -> str:
    from booking.models import Booking

    with scope.transaction(town.municipality.id):
        person = Booking.objects.get(id=booking).calendar.person
    return person.cast_name if person else ""


def vouched(town: Town, as_actor: AsActor, booking: UUID, number: str) -> str:
    officer = as_actor(officer_of(town, booking))
    return vouching.vouch(actor=officer, booking=booking, number=number, seen="desk")


def test_the_code_opens_that_booking_and_nothing_else(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID
) -> None:
    other = town.booked(as_actor("bo"), town.first_free("hemma", days=4)[0], unit="hemma").id
    browser = browser_as("")
    code = vouched(town, as_actor, booking, number_shown(browser))
    assert typed(browser, f"{code[:3]} {code[3:]}").status_code == 302
    session = browser.session
    assert (session["level"], session["provider"], session["booking"]) == ("vouched", "vouched", str(booking))
    assert browser.get(f"/mina-tider/{booking}/andra/", secure=True).status_code == 200
    assert browser.get(f"/mina-tider/{other}/andra/", secure=True).status_code == 404
    page = browser.get("/mina-tider/", secure=True).content.decode()
    assert str(booking) in page
    assert str(other) not in page


def test_whoever_was_vouched_for_books_nothing_and_names_nobody(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID
) -> None:
    browser = browser_as("")
    typed(browser, vouched(town, as_actor, booking, number_shown(browser)))
    assert browser.get("/mina-tider/foretradare/", secure=True).status_code == 404
    sent = {"number": "19811228-9874"}
    assert browser.post("/mina-tider/foretradare/", sent, secure=True).status_code == 404


def test_whoever_was_vouched_for_opens_no_page_about_themselves_and_still_signs_out(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID
) -> None:
    elsewhere, browser = browser_as("bo"), browser_as("")
    typed(browser, vouched(town, as_actor, booking, number_shown(browser)))
    for closed in ("/inloggningar/", "/mina-tider/kontakt/", "/mina-tider/foretradare/"):
        assert browser.get(closed, secure=True).status_code == 404, closed
        assert f'href="{closed}"' not in browser.get("/mina-tider/", secure=True).content.decode()
        assert f'href="{closed}"' in elsewhere.get("/mina-tider/", secure=True).content.decode()
    for do in ("end_others", "read", ""):
        assert browser.post("/inloggningar/", {"do": do}, secure=True).status_code == 404
    assert browser.post("/mina-tider/kontakt/", secure=True).status_code == 404
    assert elsewhere.get("/inloggningar/", secure=True).status_code == 200
    assert browser.post("/logga-ut/", secure=True).status_code == 302
    assert browser.get("/mina-tider/", secure=True)["Location"].startswith("/logga-in/")


def test_the_number_stays_while_it_is_good(browser_as: BrowserAs) -> None:
    browser = browser_as("")
    assert number_shown(browser) == number_shown(browser)
    assert number_shown(browser_as("")) != number_shown(browser)


def ended(town: Town, how: str) -> None:
    """The try that there is, is over."""
    with scope.transaction(town.municipality.id):
        if how == "expired":
            SignInAttempt.objects.update(expires_at=timezone.now())
        else:
            SignInAttempt.objects.update(state=how)


@pytest.mark.parametrize("how", ["expired", "failed", "done"])
def test_a_number_comes_again_once_its_try_is_over(
    town: Town, browser_as: BrowserAs, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(vouching, "_random", lambda: "123456")
    assert number_shown(browser_as("")) == "123 456"
    ended(town, how)
    assert number_shown(browser_as("")) == "123 456"
    with scope.transaction(town.municipality.id):
        assert SignInAttempt.objects.filter(state="open").count() == 1


def test_two_browsers_never_show_one_number_at_once(
    town: Town, browser_as: BrowserAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter(["123456", "123456", "123457"])
    monkeypatch.setattr(vouching, "_random", lambda: next(numbers))
    assert [number_shown(browser_as("")) for _ in range(2)] == ["123 456", "123 457"]


def wrong_code(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_five_wrong_codes_end_it_also_for_the_right_one(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID
) -> None:
    browser = browser_as("")
    code = vouched(town, as_actor, booking, number_shown(browser))
    answers = [typed(browser, wrong_code(code)).status_code for _ in range(vouching.TRIES)]
    assert answers == [422] * (vouching.TRIES - 1) + [403]
    typed(browser, code)
    assert not signed_in(browser)


def test_a_code_works_once(town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID) -> None:
    browser = browser_as("")
    code = vouched(town, as_actor, booking, number_shown(browser))
    assert typed(browser, code).status_code == 302
    browser.post("/logga-ut/", secure=True)
    assert typed(browser, code).status_code == 403


def test_a_code_runs_out(town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID) -> None:
    browser = browser_as("")
    code = vouched(town, as_actor, booking, number_shown(browser))
    with time_machine.travel(timezone.now() + vouching.LIVES, tick=False):
        assert typed(browser, code).status_code == 403
    assert not signed_in(browser)


def test_a_code_works_only_where_the_number_was_shown(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID
) -> None:
    asker, thief = browser_as(""), browser_as("")
    code = vouched(town, as_actor, booking, number_shown(asker))
    number_shown(thief)
    assert typed(thief, code).status_code == 422
    assert not signed_in(thief)
    assert typed(asker, code).status_code == 302


def test_a_try_that_is_carried_to_another_browser_is_refused(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID
) -> None:
    asker, thief = browser_as(""), browser_as("")
    code = vouched(town, as_actor, booking, number_shown(asker))
    number_shown(thief)
    session = thief.session
    session["vouch"] = asker.session["vouch"]
    session.save()
    assert typed(thief, code).status_code == 403
    assert not signed_in(thief)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "0" * 500, "12 34 56"])
def test_what_is_no_code_is_said_at_the_field(browser_as: BrowserAs, code: str) -> None:
    browser = browser_as("")
    number_shown(browser)
    assert typed(browser, code).status_code == 422
    assert not signed_in(browser)


def test_no_code_before_an_officer_has_vouched(browser_as: BrowserAs) -> None:
    browser = browser_as("")
    number_shown(browser)
    for code in ("000000", "None", "      "):
        assert typed(browser, code).status_code == 422
    assert not signed_in(browser)


@pytest.mark.parametrize("who", ["cia", "dan", "bo", "hans", "farid"])
def test_only_the_bookings_officer_vouches(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID, who: str
) -> None:
    with pytest.raises(NotAllowed):
        vouching.vouch(actor=as_actor(who), booking=booking, number=number_shown(browser_as("")), seen="desk")


def test_a_colleague_of_the_same_unit_does_not_vouch(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID
) -> None:
    other = next(key for key in ("anna", "yusuf", "maria") if key != officer_of(town, booking))
    with pytest.raises(NotAllowed):
        vouching.vouch(actor=as_actor(other), booking=booking, number=number_shown(browser_as("")), seen="desk")


def test_an_officer_who_lost_the_role_has_vouched_for_nothing(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID
) -> None:
    browser = browser_as("")
    code = vouched(town, as_actor, booking, number_shown(browser))
    with scope.transaction(town.municipality.id):
        Membership.objects.filter(person__cast_name=officer_of(town, booking)).delete()
    assert typed(browser, code).status_code == 422
    assert not signed_in(browser)


def test_a_closed_account_has_vouched_for_nothing(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID
) -> None:
    browser = browser_as("")
    code = vouched(town, as_actor, booking, number_shown(browser))
    with scope.transaction(town.municipality.id):
        account = StaffAccount.objects.filter(person__cast_name=officer_of(town, booking))
        account.update(closed_at=timezone.now())
    assert typed(browser, code).status_code == 422
    assert not signed_in(browser)


@pytest.mark.parametrize("number", ["", "000000", "ABCDEF", "1234567"])
def test_a_number_that_nobody_shows_is_refused(town: Town, as_actor: AsActor, booking: UUID, number: str) -> None:
    with pytest.raises(VouchRefused, match="number"):
        vouched(town, as_actor, booking, number)


def test_a_number_is_answered_once(town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID) -> None:
    number = number_shown(browser_as(""))
    vouched(town, as_actor, booking, number)
    with pytest.raises(VouchRefused, match="number"):
        vouched(town, as_actor, booking, number)


def test_a_missing_booking_is_as_a_foreign_one(town: Town, as_actor: AsActor, browser_as: BrowserAs) -> None:
    with pytest.raises(NotAllowed):
        vouching.vouch(actor=as_actor("anna"), booking=uuid4(), number=number_shown(browser_as("")), seen="desk")


def test_nobody_is_let_in_to_what_is_over(town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID) -> None:
    from booking.models import Booking

    number = number_shown(browser_as(""))
    with scope.transaction(town.municipality.id):
        Booking.objects.filter(id=booking).update(state="cancelled_by_resident")
    with pytest.raises(VouchRefused, match="over"):
        vouched(town, as_actor, booking, number)


def test_the_code_and_number_stand_in_no_row_as_they_are(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID
) -> None:
    from django.db import connection

    browser = browser_as("")
    number = number_shown(browser).replace(" ", "")
    code = vouched(town, as_actor, booking, number)
    with scope.transaction(town.municipality.id), connection.cursor() as cursor:
        cursor.execute("SELECT signinattempt::text FROM identity_signinattempt AS signinattempt")
        text = " ".join(row[0] for row in cursor.fetchall())
    assert number not in text
    assert code not in text


def test_the_officers_page_gives_the_code(town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID) -> None:
    resident, officer = browser_as(""), browser_as(officer_of(town, booking))
    address = f"/bokningar/{booking}/intyga/"
    assert officer.post(address, {"seen": "desk", "number": "1"}, secure=True).status_code == 422
    answer = officer.post(address, {"seen": "camera", "number": number_shown(resident)}, secure=True)
    found = re.search(r'class="code-shown">(\d{3} \d{3})<', answer.content.decode())
    assert found
    assert typed(resident, found[1]).status_code == 302


def test_a_type_that_an_officers_word_is_not_enough_for_stays_shut(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, booking: UUID
) -> None:
    from booking.models import MeetingType

    browser = browser_as("")
    code = vouched(town, as_actor, booking, number_shown(browser))
    with scope.transaction(town.municipality.id):
        MeetingType.objects.update(vouched_enough=False)
    typed(browser, code)
    assert browser.get(f"/mina-tider/{booking}/andra/", secure=True).status_code == 404


def test_tries_are_gone_after_a_day(town: Town, browser_as: BrowserAs) -> None:
    from identity import attempts

    number_shown(browser_as(""))
    with scope.transaction(town.municipality.id):
        assert attempts.purge(timezone.now()) == 0
        assert attempts.purge(timezone.now() + timedelta(days=1, minutes=1)) == 1
        assert not SignInAttempt.objects.exists()


def test_looking_at_the_page_starts_nothing(town: Town, browser_as: BrowserAs) -> None:
    page = browser_as("").get(PAGE, secure=True).content.decode()
    assert "Visa mitt nummer" in page
    with scope.transaction(town.municipality.id):
        assert not SignInAttempt.objects.exists()
