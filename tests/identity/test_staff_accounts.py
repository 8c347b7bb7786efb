"""Who works here: opened, invited, given roles and closed by an administrator, never on oneself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from identity import encryption, printed_codes, scope, sessions, staff_accounts
from identity.actors import Actor
from identity.errors import NotAllowed, StaffRefused
from identity.models import (
    IdentityProvider,
    Membership,
    Municipality,
    Passkey,
    Person,
    RecoveryCode,
    Session,
    StaffAccount,
    StaffInvitation,
    Unit,
)
from tests.identity.keys import Worker, administrator, browser, confirm, invited, settled
from tests.identity.staffing import give, unit_of
from tests.town import Town

Browser = Callable[..., Client]
HERE = "/installningar/personal/"
SHOWN = re.compile(r'code-long"[^>]*>([^<]+)<')


def code_on(page: Any) -> str:  # noqa: ANN401 - the test client's answer
    """The code that a page shows."""
    found = SHOWN.search(page.content.decode())
    assert found is not None
    return found[1]


def actions(superuser: Callable[[], Any]) -> list[str]:
    """The actions about accounts in the access log."""
    with superuser() as database:
        return [
            row[0] for row in database.execute("SELECT action FROM identity_accessentry WHERE action LIKE 'staff.%'")
        ]


def test_an_administrator_invites_somebody_who_then_gets_in(town: Town, browser_as: Browser) -> None:
    dan, unit = browser_as("dan"), unit_of(town, "anna")
    given = {"name": "Nils Ny", "unit": unit, "role": "officer"}
    code = code_on(dan.post(HERE, given, secure=True))
    with scope.transaction(town.municipality.id):
        account = StaffAccount.objects.get(name="Nils Ny")
    nils = Worker(account.person_id, code)
    assert nils.spend(code=code.lower().replace("-", " ")).status_code == 302
    assert nils.register().status_code == 302
    assert nils.sign_in().status_code == 302
    assert code not in dan.get(HERE, secure=True).content.decode()


@pytest.mark.parametrize("who", ["anna", "bo", ""])
def test_nobody_else_administers(town: Town, browser_as: Browser, who: str) -> None:
    client, person = browser_as(who), town.persons["cia"]
    expected = 404 if who == "anna" else 302
    assert client.get(HERE, secure=True).status_code == expected
    assert client.get(f"{HERE}{person}/", secure=True).status_code == expected
    for path in (HERE, f"{HERE}{person}/", f"{HERE}{person}/inbjudan/"):
        assert client.post(path, {"do": "close"}, secure=True).status_code == expected
    with scope.transaction(town.municipality.id):
        assert not StaffInvitation.objects.exists()
        assert not StaffAccount.objects.filter(closed_at__isnull=False).exists()


@pytest.mark.parametrize("field", ["name", "unit", "role"])
def test_a_faulty_form_comes_back_with_what_was_typed(town: Town, browser_as: Browser, field: str) -> None:
    given = {"name": "Nils Ny", "unit": str(unit_of(town, "anna")), "role": "officer"} | {field: "x" * 90}
    answer = browser_as("dan").post(HERE, given, secure=True)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in page
    assert given["name"] in page


def test_an_invitation_works_once_and_for_a_week(town: Town) -> None:
    nils, late = invited(town), invited(town, "Olga Ny")
    assert nils.spend().status_code == 302
    assert Worker(nils.person, nils.code).spend().status_code == 422
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1), tick=False):
        assert late.spend().status_code == 422


def test_a_new_code_ends_the_old_one(town: Town, browser_as: Browser) -> None:
    nils, dan = invited(town), browser_as("dan")
    page = f"{HERE}{nils.person}/"
    assert dan.post(f"{page}inbjudan/", secure=True).status_code == 302
    assert "Väntar på en andra person" in dan.get(page, secure=True).content.decode()
    confirm(town)
    code = code_on(dan.post(f"{page}inbjudan/", secure=True))
    assert nils.spend().status_code == 422
    assert nils.spend(code=code).status_code == 302


def test_a_code_says_nothing_at_another_municipality(town: Town, neighbour: Municipality) -> None:
    nils = invited(town)
    there = Worker(nils.person, nils.code, client=browser("granne.example"))
    assert there.spend().status_code == 422
    assert nils.spend().status_code == 302


@pytest.mark.parametrize("typed", ["", "x", "A" * 28, "A" * 100, "0" * 28, "\x00" * 28, "ÅÄÖ" * 9 + "Å", "A" * 101])
def test_a_wrong_code_is_refused_and_is_never_a_fault_of_the_server(town: Town, typed: str) -> None:
    for page in ("inbjudan", "reservkod"):
        assert browser().post(f"/logga-in/{page}/", {"code": typed}, secure=True).status_code == 422


@pytest.mark.parametrize("page", ["inbjudan", "reservkod"])
def test_a_wrong_code_comes_back_with_what_was_typed_and_one_sentence_for_every_fault(town: Town, page: str) -> None:
    nils = invited(town)
    nils.spend()
    seen = []
    for typed in (nils.code, printed_codes.make(), "ABCD"):
        answer = browser().post(f"/logga-in/{page}/", {"code": typed}, secure=True).content.decode()
        assert f'value="{typed}"' in answer
        seen.append(re.findall("Koden går inte att använda[^<]*", answer))
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 2, "above the form and at the field"


def test_what_is_stored_of_a_code_does_not_tell_it(town: Town, superuser: Callable[[], Any]) -> None:
    nils = invited(town)
    with scope.transaction(town.municipality.id):
        row = StaffInvitation.objects.get()
    assert bytes(row.code_hash) == printed_codes.digest(nils.code, town.municipality.short_id)
    assert len(set(nils.code) & set(printed_codes.SIGNS)) > 5
    assert 5 * printed_codes.LENGTH >= 128


def test_a_lost_key_is_replaced_by_a_new_invitation_and_everything_else_ends(town: Town) -> None:
    nils = settled(town)
    dan = administrator(town)
    assert staff_accounts.invite(actor=dan, municipality=town.municipality, person=nils.person) == ""
    confirm(town)
    code = staff_accounts.invite(actor=dan, municipality=town.municipality, person=nils.person)
    again = Worker(nils.person, code)
    again.spend()
    again.register()
    with scope.transaction(town.municipality.id):
        assert Passkey.objects.filter(person=nils.person).count() == 1
    assert not nils.signed_in()
    assert nils.sign_in().status_code == 403
    assert again.sign_in().status_code == 302


@pytest.mark.django_db(transaction=True)
def test_roles_are_given_and_taken_and_every_step_is_written_down(
    town: Town, browser_as: Browser, superuser: Callable[[], Any]
) -> None:
    dan, anna, unit = browser_as("dan"), town.persons["anna"], unit_of(town, "cia")
    page = f"{HERE}{anna}/"
    assert dan.post(page, {"do": "give", "unit": unit, "role": "coordinator"}, secure=True).status_code == 302
    confirm(town)
    twice = dan.post(page, {"do": "give", "unit": unit, "role": "coordinator"}, secure=True)
    assert "redan den rollen" in twice.content.decode()
    with scope.transaction(town.municipality.id):
        held = Membership.objects.get(person=anna, role="coordinator")
    assert dan.post(page, {"do": "take", "role": held.id}, secure=True).status_code == 302
    assert dan.post(page, {"do": "close", "sure": "yes"}, secure=True).status_code == 302
    assert dan.post(page, {"do": "reopen"}, secure=True).status_code == 302
    told = set(actions(superuser))
    assert told >= {"staff.see", "staff.ask_role", "staff.take_role", "staff.close_account", "staff.ask_reopen"}


@pytest.mark.parametrize("do", ["give", "take", "close", "reopen"])
def test_nobody_changes_their_own_account(town: Town, browser_as: Browser, do: str) -> None:
    dan, own = browser_as("dan"), town.persons["dan"]
    with scope.transaction(town.municipality.id):
        held = Membership.objects.get(person=own)
    values = {"do": do, "role": "officer" if do == "give" else held.id, "unit": held.unit_id}
    answer = dan.post(f"{HERE}{own}/", values, secure=True)
    assert answer.status_code == 422
    assert "ditt eget konto" in answer.content.decode()
    with pytest.raises(StaffRefused):
        staff_accounts.invite(actor=administrator(town), municipality=town.municipality, person=own)


def test_a_role_of_another_person_is_not_taken_by_its_number(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        held = Membership.objects.get(person=town.persons["cia"])
    with pytest.raises(NotAllowed):
        staff_accounts.take_role(actor=administrator(town), person=town.persons["anna"], membership=held.id)


def test_a_closed_account_is_out_at_once_and_cannot_be_invited(town: Town) -> None:
    nils = settled(town)
    staff_accounts.close_account(actor=administrator(town), person=nils.person)
    assert not nils.signed_in()
    assert nils.client.get("/idag/", secure=True).status_code == 302
    with pytest.raises(StaffRefused) as refused:
        staff_accounts.invite(actor=administrator(town), municipality=town.municipality, person=nils.person)
    assert refused.value.code == "closed"


def test_an_account_is_closed_after_a_question_and_gets_no_more_roles(town: Town, browser_as: Browser) -> None:
    nils, dan = settled(town), browser_as("dan")
    page = f"{HERE}{nils.person}/"
    asked = dan.post(page, {"do": "close"}, secure=True).content.decode()
    assert "har inga bokade möten" in asked
    assert nils.signed_in()
    closed = dan.post(page, {"do": "close", "sure": "yes"}, secure=True, follow=True).content.decode()
    assert "Kontot är stängt." in closed
    assert "Ge en roll till" not in closed
    assert "Kontot är stängt." not in dan.get(page, secure=True).content.decode()
    given = {"do": "give", "unit": unit_of(town, "cia"), "role": "auditor"}
    assert "Kontot är stängt." in dan.post(page, given, secure=True).content.decode()


def test_the_last_administrator_stays(town: Town) -> None:
    second = give(town, "anna", "administrator", unit_of(town, "anna"))
    staff_accounts.close_account(actor=second, person=town.persons["dan"])
    with scope.transaction(town.municipality.id):
        held = Membership.objects.get(person=town.persons["anna"], role="administrator")
    system = Actor(town.municipality.id, system=True)
    acts: tuple[Callable[[], None], ...] = (
        lambda: staff_accounts.close_account(actor=system, person=town.persons["anna"]),
        lambda: staff_accounts.take_role(actor=system, person=town.persons["anna"], membership=held.id),
    )
    for act in acts:
        with pytest.raises(StaffRefused) as refused:
            act()
        assert refused.value.code == "last_administrator"


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_close_each_other_leave_one(town: Town) -> None:
    second, first, both, outcome = (
        give(town, "anna", "administrator", unit_of(town, "anna")),
        administrator(town),
        [],
        [],
    )
    ready = Barrier(2)
    for actor, person in ((first, town.persons["anna"]), (second, town.persons["dan"])):

        def close(actor: Actor = actor, person: Any = person) -> None:  # noqa: ANN401 - an id
            ready.wait()
            try:
                staff_accounts.close_account(actor=actor, person=person)
                outcome.append("closed")
            except StaffRefused as error:
                outcome.append(error.code)
            finally:
                connection.close()

        both.append(Thread(target=close))
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(outcome) == ["closed", "last_administrator"]


def test_the_first_administrator_comes_in_by_a_command(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        unit = Unit.objects.get(id=unit_of(town, "anna")).name
    said = StringIO()
    names = {"municipality": "exempelkommun", "unit": unit, "role": "administrator", "name": "Frida Först"}
    call_command("invite_staff", stdout=said, **names)
    with scope.transaction(town.municipality.id):
        account = StaffAccount.objects.get(name="Frida Först")
    assert Worker(account.person_id, said.getvalue().strip()).spend().status_code == 302


def test_the_sign_in_page_leads_to_keys_from_the_first_invitation_on(town: Town) -> None:
    assert "/logga-in/nyckel/" not in browser().get("/logga-in/", secure=True).content.decode()
    nils = invited(town)
    assert "/logga-in/nyckel/" in browser().get("/logga-in/", secure=True).content.decode()
    for way_on in ("/logga-in/inbjudan/", "/logga-in/reservkod/"):
        assert way_on in nils.client.get("/logga-in/nyckel/", secure=True).content.decode()


def test_where_keys_are_switched_off_nobody_comes_in_by_one_until_the_operator_opens_an_account(town: Town) -> None:
    nils, olga = settled(town), invited(town, "Olga Ny")
    answer = nils.device.get(nils.ask(), nils.origin)
    with scope.transaction(town.municipality.id):
        IdentityProvider.objects.filter(kind="passkey").update(enabled=False)
    assert nils.answer(answer).status_code == 403
    assert nils.client.post("/logga-in/nyckel/fraga/", secure=True).status_code == 403
    olga.spend()
    assert olga.client.post("/logga-in/ny-nyckel/fraga/", secure=True).status_code == 403
    assert 'data-do="create"' not in olga.client.get("/logga-in/ny-nyckel/", secure=True).content.decode()
    invited(town, "Pia Ny")
    assert nils.client.post("/logga-in/nyckel/fraga/", secure=True).status_code == 403
    names = {"municipality": "exempelkommun", "unit": "Färdtjänst", "role": "administrator", "name": "Frida Först"}
    call_command("invite_staff", stdout=StringIO(), **names)
    assert nils.sign_in().status_code == 302


@pytest.mark.parametrize("wrong", [{"municipality": "nowhere"}, {"unit": "Ingen"}, {"name": " "}, {"name": "x" * 81}])
def test_the_command_refuses_what_is_not_there(town: Town, wrong: dict[str, str]) -> None:
    names = {"municipality": "exempelkommun", "unit": "Färdtjänst", "role": "officer", "name": "Nils"} | wrong
    with pytest.raises(CommandError):
        call_command("invite_staff", **names)
    with scope.transaction(town.municipality.id):
        assert not StaffInvitation.objects.exists()


def test_a_new_municipality_has_no_account_that_can_sign_in(municipality: Municipality) -> None:
    """Nothing comes with the product: not in the migrations, not with the shipped texts."""
    with scope.transaction(municipality.id):
        ways_in = (StaffAccount, Person, Membership, Passkey, RecoveryCode, StaffInvitation)
        assert [model.__name__ for model in ways_in if model.objects.exists()] == []
    assert not Session.objects.filter(person_uuid__isnull=False).exists()


def test_an_administrators_pages_open_nothing_sealed_but_the_session(
    town: Town, browser_as: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    nils, dan = invited(town), browser_as("dan")
    opened: list[bytes] = []
    real = encryption.open_sealed

    def watched(sealed: bytes, where: bytes, keys: Any) -> str:  # noqa: ANN401 - the keys
        opened.append(where)
        return real(sealed, where, keys)

    monkeypatch.setattr(encryption, "open_sealed", watched)
    given = {"name": "Olga Ny", "unit": unit_of(town, "anna"), "role": "officer"}
    page = f"{HERE}{nils.person}/"
    for answer in (
        dan.get(HERE, secure=True),
        dan.post(HERE, given, secure=True),
        dan.get(page, secure=True),
        dan.post(page, {"do": "give", "unit": unit_of(town, "cia"), "role": "auditor"}, secure=True),
        dan.post(f"{page}inbjudan/", secure=True),
        dan.post(page, {"do": "close", "sure": "yes"}, secure=True),
    ):
        assert answer.status_code in (200, 302)
    place = sessions.place(sessions.row_key(dan.session.session_key))
    assert set(opened) == {place}
    with scope.transaction(town.municipality.id):
        assert Person.objects.get(id=nils.person).name  # the wire trips
    assert len(set(opened)) == 2
