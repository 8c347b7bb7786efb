"""An officer asks somebody on the phone to show who they are: the right one, the wrong one, and every no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from django.test import Client

from booking.models import Booking
from identity import finding, scope
from identity.actors import Actor
from identity.errors import NotAllowed, PhoneRefused
from identity.models import IdentityProvider, Person
from identity.providers import bankid_phone
from identity.providers.bankid_phone import Answered
from tests.identity.bankid_desk import Desk, signed_in
from tests.numbers_of_tests import series
from tests.peers.bankid.manners import BAD_COLLECTS
from tests.peers.bankid.orders import Citizen

pytestmark = pytest.mark.django_db
BO = Citizen(series(5)[4], "Bo", "Ek")
SOMEBODY = Citizen(series(6)[5], "Siv", "Ask")


@dataclass
class Call:
    """A booking of Bo's, and its officer on the phone with somebody."""

    desk: Desk
    booking: UUID
    key: str
    officer: Actor

    def start(self, initiator: str = "RP") -> UUID:
        """Ask."""
        return bankid_phone.start_by_phone(actor=self.officer, booking=self.booking, initiator=initiator)

    def ask(self, attempt: UUID, after: float = 2.1) -> Answered:
        """How it stands, a moment later."""
        self.desk.clock.shift(after)
        return bankid_phone.ask_by_phone(actor=self.officer, booking=self.booking, attempt=attempt)


@pytest.fixture
def call(desk: Desk, as_actor: Callable[[str], Actor]) -> Call:
    """Bo has booked, has a number, and is on the phone."""
    desk.provider()
    made = desk.town.booked(as_actor("bo"))
    with scope.transaction(desk.town.municipality.id):
        bo = Person.objects.get(cast_name="bo")
        finding.set_number(bo, BO.number)
        bo.save(update_fields=["number", "number_index"])
        officer = Booking.objects.select_related("calendar__person").get(id=made.id).calendar.person
    assert officer is not None
    return Call(desk, made.id, officer.cast_name, as_actor(officer.cast_name))


def test_the_right_person_is_confirmed(call: Call) -> None:
    attempt = call.start()
    assert call.ask(attempt) == Answered("waiting", "confirm_call")
    order = call.desk.peer.service.answer_phone(BO)
    assert order.visible == "Du pratar i telefon med Exempelkommun och visar vem du är."
    assert call.ask(attempt) == Answered("waiting", "code")
    order.complete()
    assert call.ask(attempt) == Answered("confirmed")
    assert call.ask(attempt) == Answered("confirmed")
    assert signed_in() == 0


def test_bankid_is_told_the_number_and_who_called_and_nothing_else_of_the_person(call: Call) -> None:
    call.start("user")
    (body,) = call.desk.peer.calls("phone/auth")
    assert (body["personalNumber"], body["callInitiator"]) == (BO.number, "user")
    assert "Ek" not in str(body)
    assert not call.desk.peer.calls("auth")


def test_somebody_else_is_the_wrong_person(call: Call) -> None:
    attempt = call.start()
    call.desk.last.open(SOMEBODY)
    call.desk.last.complete()
    assert call.ask(attempt) == Answered("wrong_person")


@pytest.mark.parametrize("manner", BAD_COLLECTS)
def test_an_odd_answer_confirms_nobody(call: Call, manner: str) -> None:
    call.start()
    attempt = call.start()
    call.desk.last.open(BO)
    call.desk.last.complete()
    call.desk.peer.behave(manner)
    assert call.ask(attempt).state == "failed"
    call.desk.peer.behave()
    assert call.ask(attempt).state == "failed"


@pytest.mark.parametrize(
    ("hint", "code"), [("userDeclinedCall", "declined_call"), ("userCancel", "you_cancelled"), ("new", "down")]
)
def test_a_no_is_told(call: Call, hint: str, code: str) -> None:
    attempt = call.start()
    call.desk.last.fail(hint)
    assert call.ask(attempt) == Answered("failed", code)


def test_it_is_tried_at_most_three_times_in_a_call(call: Call) -> None:
    for _ in range(3):
        call.start()
    with pytest.raises(PhoneRefused) as refused:
        call.start()
    assert refused.value.code == "tries"
    assert len(call.desk.peer.calls("phone/auth")) == 3
    call.desk.clock.shift(31 * 60)
    call.start()


def test_a_try_that_bankid_did_not_take_counts(call: Call) -> None:
    call.desk.peer.behave("already in progress", at="phone/auth")
    codes = []
    for _ in range(4):
        with pytest.raises(PhoneRefused) as refused:
            call.start()
        codes.append(refused.value.code)
    assert codes == ["busy", "busy", "busy", "tries"]


def test_bankid_away_is_waited_out_and_then_told(call: Call) -> None:
    attempt = call.start()
    call.desk.peer.behave("maintenance")
    assert [call.ask(attempt).state for _ in range(3)] == ["waiting", "waiting", "failed"]


def test_bankid_is_asked_at_most_every_two_seconds(call: Call) -> None:
    attempt = call.start()
    for _ in range(9):
        call.ask(attempt, after=0.5)
    assert len(call.desk.peer.calls("collect")) == 2


def test_an_answer_that_never_comes_is_over_after_five_minutes(call: Call) -> None:
    attempt = call.start()
    assert call.ask(attempt, after=301) == Answered("failed", "expired")


def test_somebody_without_a_number_cannot_be_asked(call: Call) -> None:
    with scope.transaction(call.desk.town.municipality.id):
        Person.objects.filter(cast_name="bo").update(number="", number_index=None)
    with pytest.raises(PhoneRefused) as refused:
        call.start()
    assert refused.value.code == "number"


@pytest.mark.parametrize("who", ["bo", "cia", "dan", "eva"])
def test_nobody_but_the_bookings_officer_may_ask(call: Call, as_actor: Callable[[str], Actor], who: str) -> None:
    attempt = call.start()
    other = as_actor(who)
    with pytest.raises(NotAllowed):
        bankid_phone.start_by_phone(actor=other, booking=call.booking, initiator="RP")
    with pytest.raises(NotAllowed):
        bankid_phone.ask_by_phone(actor=other, booking=call.booking, attempt=attempt)


def test_of_a_protected_person_only_after_a_reason(call: Call) -> None:
    with scope.transaction(call.desk.town.municipality.id):
        Person.objects.filter(cast_name="bo").update(safe_contact=True)
    with pytest.raises(NotAllowed):
        call.start()


def test_an_attempt_belongs_to_its_booking(call: Call, as_actor: Callable[[str], Actor]) -> None:
    attempt = call.start()
    later = call.desk.town.first_free(days=6)[0]
    other = call.desk.town.booked(as_actor("hans"), later)
    with pytest.raises(NotAllowed):
        bankid_phone.ask_by_phone(actor=call.officer, booking=other.id, attempt=attempt)


@pytest.fixture
def officers_browser(call: Call, browser_as: Callable[[str], Client]) -> Client:
    """The officer at the page."""
    return browser_as(call.key)


def test_the_page_asks_and_tells(call: Call, officers_browser: Client) -> None:
    page = f"/bokningar/{call.booking}/bankid-i-telefon/"
    assert "Jag ringde upp" in officers_browser.get(page, secure=True).content.decode()
    assert officers_browser.post(page, {"initiator": "RP"}, secure=True).headers["Location"] == page
    assert "Be personen öppna BankID-appen" in officers_browser.get(page, secure=True).content.decode()
    call.desk.peer.service.answer_phone(BO).complete()
    call.desk.clock.shift(3)
    assert officers_browser.post(page + "fraga/", secure=True).json()["go"] == page
    assert "Det är rätt person." in officers_browser.get(page, secure=True).content.decode()


def test_the_page_works_by_its_button_alone(call: Call, officers_browser: Client) -> None:
    page = f"/bokningar/{call.booking}/bankid-i-telefon/"
    officers_browser.post(page, {"initiator": "user"}, secure=True)
    call.desk.last.open(SOMEBODY)
    call.desk.last.complete()
    call.desk.clock.shift(3)
    assert officers_browser.post(page + "fraga/", {"by_hand": "1"}, secure=True).headers["Location"] == page
    assert "Fel person. Prata inte om ärendet." in officers_browser.get(page, secure=True).content.decode()


def test_the_page_says_when_nobody_can_be_asked(call: Call, officers_browser: Client) -> None:
    page = f"/bokningar/{call.booking}/bankid-i-telefon/"
    call.desk.peer.behave("maintenance", at="phone/auth")
    answer = officers_browser.post(page, {"initiator": "RP"}, secure=True)
    assert answer.status_code == 409
    assert "BankID svarar inte just nu" in answer.content.decode()


def test_where_nobody_can_be_asked_there_is_no_button(call: Call, officers_browser: Client) -> None:
    with scope.transaction(call.desk.town.municipality.id):
        IdentityProvider.objects.update(enabled=False)
    page = officers_browser.get(f"/bokningar/{call.booking}/bankid-i-telefon/", secure=True).content.decode()
    assert "Ta reda på vem det är på ett annat sätt." in page
    assert "Jag ringde upp" not in page


def test_a_stranger_meets_the_page_of_nothing(call: Call, browser_as: Callable[[str], Client]) -> None:
    page = f"/bokningar/{call.booking}/bankid-i-telefon/"
    assert browser_as("cia").get(page, secure=True).status_code == 404
    assert browser_as("cia").post(page, {"initiator": "RP"}, secure=True).status_code == 404
    assert browser_as("bo").get(page, secure=True).status_code == 302
    assert not call.desk.peer.calls("phone/auth")


@pytest.mark.django_db(transaction=True)
def test_what_came_of_it_is_in_the_access_log(
    call: Call, superuser: Callable[[], psycopg.Connection[tuple[str, str]]]
) -> None:
    attempt = call.start()
    call.desk.peer.service.answer_phone(BO).complete()
    call.ask(attempt)
    with superuser() as database:
        rows = database.execute(
            "SELECT action, reason FROM identity_accessentry WHERE action LIKE '%by_phone' ORDER BY at"
        ).fetchall()
    assert rows == [("booking.identify_by_phone", "started"), ("identified_by_phone", "confirmed")]
