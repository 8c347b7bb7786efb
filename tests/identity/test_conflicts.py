"""What a provider says against what we hold: shown with a reason, decided by a coordinator, merged by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from booking.models import Booking
from identity import break_glass, conflicts, finding, recognising, scope
from identity.actors import Actor
from identity.conflicts import CannotDecide
from identity.errors import NotAllowed, SignInNeeded, SignInRefused
from identity.joining import CannotJoin, links
from identity.models import Alert, ExternalIdentity, IdentityConflict, IdentityProvider, Opening, Person, Session
from identity.recognising import Claims
from tests.numbers_of_tests import series
from tests.town import Town

AsActor = Callable[[str], Actor]
Browser = Callable[..., Client]
NUMBER, OTHER_NUMBER = series(2)
pytestmark = pytest.mark.django_db


@pytest.fixture
def eleg(town: Town) -> IdentityProvider:
    with scope.transaction(town.municipality.id):
        return IdentityProvider.objects.create(kind="oidc", code="eleg", name="E-legitimation", for_residents=True)


def came(town: Town, provider: IdentityProvider, subject: str, name: str, number: str, level: str = "LOA3") -> Person:
    """Somebody signs in."""
    claims = Claims(subject=subject, level=level, name=name, number=number)
    return recognising.recognise(municipality=town.municipality.id, provider=provider, claims=claims)


def stopped(town: Town, provider: IdentityProvider, subject: str, name: str, number: str, level: str = "LOA3") -> UUID:
    """Somebody is stopped at a contradiction: the conflict's id."""
    with pytest.raises(SignInRefused) as caught:
        came(town, provider, subject, name, number, level)
    assert caught.value.code == "contradiction"
    with scope.transaction(town.municipality.id):
        row = IdentityConflict.objects.get(decided="")
        assert Alert.objects.filter(kind="identity_conflict", about=row.id).exists()
        return row.id


def held(town: Town, person: UUID) -> tuple[str, str]:
    """Name and number that we hold."""
    with scope.transaction(town.municipality.id):
        row = Person.objects.get(id=person)
        return row.name, row.number


def test_another_name_is_taken_over_when_a_coordinator_says_so(
    town: Town, eleg: IdentityProvider, as_actor: AsActor
) -> None:
    person = came(town, eleg, "1", "Ture Prov", NUMBER)
    conflict = stopped(town, eleg, "1", "Ture Nyman", NUMBER)
    opened = conflicts.open_one(actor=as_actor("karin"), conflict=conflict, reason="call")
    assert (opened.what, opened.held.name, opened.claimed.name, opened.other) == (
        "name",
        "Ture Prov",
        "Ture Nyman",
        None,
    )
    conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="changed")
    assert held(town, person.id) == ("Ture Nyman", NUMBER)
    assert came(town, eleg, "1", "Ture Nyman", NUMBER).id == person.id


def test_another_number_is_taken_over_and_found_by(town: Town, eleg: IdentityProvider, as_actor: AsActor) -> None:
    person = came(town, eleg, "1", "Ture Prov", NUMBER)
    conflict = stopped(town, eleg, "1", "Ture Prov", OTHER_NUMBER)
    conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="changed")
    assert held(town, person.id)[1] == OTHER_NUMBER
    with scope.transaction(town.municipality.id):
        found = finding.by_number(OTHER_NUMBER)
        assert found is not None
        assert (found.id, finding.by_number(NUMBER)) == (person.id, None)


def test_a_number_that_somebody_got_meanwhile_is_not_taken(
    town: Town, eleg: IdentityProvider, as_actor: AsActor
) -> None:
    person = came(town, eleg, "1", "Ture Prov", NUMBER)
    conflict = stopped(town, eleg, "1", "Ture Prov", OTHER_NUMBER)
    came(town, eleg, "2", "Moa Prov", OTHER_NUMBER)
    with pytest.raises(CannotDecide) as caught:
        conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="changed")
    assert caught.value.code == "number"
    assert held(town, person.id)[1] == NUMBER


def test_a_number_known_from_a_less_sure_way_in_is_linked_by_hand(
    town: Town, eleg: IdentityProvider, as_actor: AsActor
) -> None:
    person = came(town, eleg, "1", "Ture Prov", NUMBER)
    conflict = stopped(town, eleg, "2", "Ture Prov", NUMBER, "LOA2")
    conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="changed")
    assert came(town, eleg, "2", "Ture Prov", NUMBER, "LOA2").id == person.id


@pytest.mark.parametrize(("later", "joins"), [("LOA2", False), ("LOA3", True)])
def test_a_number_first_seen_at_a_lower_level_joins_another_provider_only_once_it_was_raised(
    town: Town, eleg: IdentityProvider, later: str, joins: bool
) -> None:
    with scope.transaction(town.municipality.id):
        bank = IdentityProvider.objects.create(kind="bankid", code="bankid", name="BankID", for_residents=True)
    first = came(town, eleg, "1", "Ture Prov", NUMBER, "LOA2")
    came(town, eleg, "1", "Ture Prov", NUMBER, later)
    came(town, eleg, "1", "Ture Prov", NUMBER, "LOA2")
    if joins:
        assert came(town, bank, NUMBER, "Ture Prov", NUMBER).id == first.id
    else:
        stopped(town, bank, NUMBER, "Ture Prov", NUMBER)
        with scope.transaction(town.municipality.id):
            assert IdentityConflict.objects.get().what == "level"


def test_a_subject_linked_by_a_coordinator_has_the_level_of_its_next_sign_in(
    town: Town, eleg: IdentityProvider, as_actor: AsActor
) -> None:
    came(town, eleg, "1", "Ture Prov", NUMBER)
    conflict = stopped(town, eleg, "2", "Ture Prov", NUMBER, "LOA2")
    conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="changed")
    stopped(town, eleg, "3", "Ture Prov", NUMBER)
    came(town, eleg, "2", "Ture Prov", NUMBER)
    with scope.transaction(town.municipality.id):
        assert set(ExternalIdentity.objects.values_list("level", flat=True)) == {"LOA3"}


def test_what_we_hold_can_stand_and_a_new_try_is_a_new_conflict(
    town: Town, eleg: IdentityProvider, as_actor: AsActor
) -> None:
    person = came(town, eleg, "1", "Ture Prov", NUMBER)
    conflict = stopped(town, eleg, "1", "Moa Annan", NUMBER)
    conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="kept")
    assert held(town, person.id) == ("Ture Prov", NUMBER)
    assert stopped(town, eleg, "1", "Moa Annan", NUMBER) != conflict
    with scope.transaction(town.municipality.id):
        decided = IdentityConflict.objects.get(id=conflict)
        assert (decided.claimed_name, decided.claimed_number, decided.decided) == ("", "", "kept")


def test_a_refused_way_in_is_stopped_until_it_is_lifted(town: Town, eleg: IdentityProvider, as_actor: AsActor) -> None:
    came(town, eleg, "1", "Ture Prov", NUMBER)
    conflict = stopped(town, eleg, "1", "Moa Annan", NUMBER)
    conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="refused")
    with pytest.raises(SignInRefused) as caught:
        came(town, eleg, "1", "Ture Prov", NUMBER)
    assert caught.value.code == "blocked"
    assert [row.decided for row in conflicts.listed(actor=as_actor("karin"))] == ["refused"]
    conflicts.lift(actor=as_actor("karin"), conflict=conflict)
    assert came(town, eleg, "1", "Ture Prov", NUMBER).name == "Ture Prov"


def two(town: Town, eleg: IdentityProvider, as_actor: AsActor) -> tuple[Person, Person, UUID]:
    """Somebody without a number who booked, somebody with one, and the sign-in that says they are the same."""
    other = came(town, eleg, "1", "Ture Prov", "")
    kept = came(town, eleg, "2", "Ture Prov", NUMBER)
    booked = town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        Booking.objects.filter(id=booked.id).update(resident=other)
        Session.objects.create(
            session_key="e" * 64, municipality=town.municipality, person_uuid=other.id, expire_date=timezone.now()
        )
    return other, kept, stopped(town, eleg, "1", "Ture Prov", NUMBER)


def test_two_persons_become_one_with_everything(town: Town, eleg: IdentityProvider, as_actor: AsActor) -> None:
    other, kept, conflict = two(town, eleg, as_actor)
    opened = conflicts.open_one(actor=as_actor("karin"), conflict=conflict, reason="call")
    assert opened.other is not None
    conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="changed")
    assert came(town, eleg, "1", "Ture Prov", NUMBER).id == kept.id
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get(resident=kept).resident_id == kept.id
        assert not Person.objects.filter(id=other.id).exists()
        assert ExternalIdentity.objects.filter(person=kept).count() == 2
        for model, field in links():
            assert not model.objects.filter(**{field: other.id}).exists(), model  # type: ignore[attr-defined]
    assert not Session.objects.filter(person_uuid=other.id).exists()


def opened_by_two(town: Town, as_actor: AsActor, conflict: UUID) -> None:
    """Karin opens what is about somebody protected; it takes another coordinator's or manager's yes."""
    with pytest.raises(CannotDecide) as caught:
        conflicts.open_one(actor=as_actor("karin"), conflict=conflict, reason="call")
    assert caught.value.code == "second"
    with scope.transaction(town.municipality.id):
        request = Opening.objects.get(kind="break_glass", decided_at=None)
    break_glass.approve(actor=as_actor("mats"), opening=request.id)
    conflicts.open_one(actor=as_actor("karin"), conflict=conflict, reason="call")


@pytest.mark.parametrize("whose", ["other", "kept"])
def test_a_join_never_takes_shelter_away(town: Town, eleg: IdentityProvider, as_actor: AsActor, whose: str) -> None:
    other, kept, conflict = two(town, eleg, as_actor)
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=(other if whose == "other" else kept).id).update(marked=True)
    with pytest.raises(NotAllowed):
        conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="changed")
    opened_by_two(town, as_actor, conflict)
    conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="changed")
    with scope.transaction(town.municipality.id):
        assert Person.objects.get(id=kept.id).marked
        assert Booking.objects.get(resident=kept).contact_way == "none", "what was on its way does not leave"


def test_somebody_who_works_here_is_not_joined(town: Town, eleg: IdentityProvider, as_actor: AsActor) -> None:
    with scope.transaction(town.municipality.id):
        anna = Person.objects.get(id=town.persons["anna"])
        recognising.link(eleg, anna, "1", timezone.now())
    kept = came(town, eleg, "2", "Anna Lindqvist", NUMBER)
    conflict = stopped(town, eleg, "1", "Anna Lindqvist", NUMBER)
    with pytest.raises(CannotJoin) as caught:
        conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="changed")
    assert caught.value.code == "staff"
    assert held(town, kept.id) == ("Anna Lindqvist", NUMBER)


def test_a_protected_person_is_opened_with_a_reason_an_alert_and_a_fresh_sign_in(
    town: Town, eleg: IdentityProvider, as_actor: AsActor
) -> None:
    person = came(town, eleg, "1", "Ture Prov", NUMBER)
    with scope.transaction(town.municipality.id):
        Person.objects.filter(id=person.id).update(registered=True)
    conflict = stopped(town, eleg, "1", "Ture Nyman", NUMBER)
    old = replace(as_actor("karin"), signed_in_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(SignInNeeded):
        conflicts.open_one(actor=old, conflict=conflict, reason="call")
    opened_by_two(town, as_actor, conflict)
    with scope.transaction(town.municipality.id):
        opening = Opening.objects.get(object=person.id)
        assert (opening.kind, opening.reason, opening.opener_id) == ("break_glass", "call", town.persons["karin"])
        assert Alert.objects.filter(kind="glass_asked", about=opening.id).exists()
    with pytest.raises(NotAllowed):
        conflicts.decide(actor=as_actor("mats"), conflict=conflict, decision="changed")


@pytest.mark.parametrize("who", ["anna", "dan", "bo", "alva"])
def test_nobody_but_coordinators_sees_or_decides(
    town: Town, eleg: IdentityProvider, as_actor: AsActor, who: str
) -> None:
    came(town, eleg, "1", "Ture Prov", NUMBER)
    conflict = stopped(town, eleg, "1", "Moa Annan", NUMBER)
    for act in (
        lambda: conflicts.listed(actor=as_actor(who)),
        lambda: conflicts.open_one(actor=as_actor(who), conflict=conflict, reason="call"),
        lambda: conflicts.decide(actor=as_actor(who), conflict=conflict, decision="changed"),
        lambda: conflicts.lift(actor=as_actor(who), conflict=conflict),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_nobody_decides_about_themselves(town: Town, eleg: IdentityProvider, as_actor: AsActor) -> None:
    with scope.transaction(town.municipality.id):
        recognising.link(eleg, Person.objects.get(id=town.persons["karin"]), "1", timezone.now())
    conflict = stopped(town, eleg, "1", "Karin Nyman", "")
    assert conflicts.open_one(actor=as_actor("karin"), conflict=conflict, reason="call").own
    with pytest.raises(NotAllowed):
        conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="changed")
    conflicts.decide(actor=as_actor("mats"), conflict=conflict, decision="changed")


def test_one_decision_is_enough(town: Town, eleg: IdentityProvider, as_actor: AsActor) -> None:
    came(town, eleg, "1", "Ture Prov", NUMBER)
    conflict = stopped(town, eleg, "1", "Moa Annan", NUMBER)
    conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="refused")
    with pytest.raises(CannotDecide):
        conflicts.decide(actor=as_actor("mats"), conflict=conflict, decision="changed")


def test_the_pages_lead_from_the_list_by_a_reason_to_a_decision(
    town: Town, eleg: IdentityProvider, browser_as: Browser
) -> None:
    person = came(town, eleg, "1", "Ture Prov", NUMBER)
    conflict = stopped(town, eleg, "1", "Ture Nyman", NUMBER)
    karin = browser_as("karin")
    shown = karin.get("/identiteter/", secure=True).content.decode()
    assert f"/identiteter/{conflict}/" in shown
    ask = karin.get(f"/identiteter/{conflict}/", secure=True).content.decode()
    assert "Varför öppnar du?" in ask
    for page in (shown, ask):
        assert "Ture" not in page
        assert NUMBER[:8] not in page
    assert karin.post(f"/identiteter/{conflict}/", secure=True).status_code == 422
    opened = karin.post(f"/identiteter/{conflict}/", {"reason": "call"}, secure=True).content.decode()
    assert all(word in opened for word in ("Ture Prov", "Ture Nyman", f"{NUMBER[:8]}-{NUMBER[8:]}"))
    again = karin.post(f"/identiteter/{conflict}/beslut/", {"reason": "call"}, secure=True)
    assert again.status_code == 422
    assert "Välj vad som ska gälla." in again.content.decode()
    done = karin.post(f"/identiteter/{conflict}/beslut/", {"reason": "call", "decision": "changed"}, secure=True)
    assert done["Location"] == "/identiteter/"
    assert held(town, person.id)[0] == "Ture Nyman"
    gone = karin.post(f"/identiteter/{conflict}/", {"reason": "call"}, secure=True)
    assert gone.status_code == 200
    assert (
        "Någon annan har redan bestämt"
        in karin.post(
            f"/identiteter/{conflict}/beslut/", {"reason": "call", "decision": "kept"}, secure=True
        ).content.decode()
    )


@pytest.mark.parametrize("who", ["anna", "bo", ""])
def test_the_pages_are_nothing_to_others(town: Town, eleg: IdentityProvider, browser_as: Browser, who: str) -> None:
    came(town, eleg, "1", "Ture Prov", NUMBER)
    conflict = stopped(town, eleg, "1", "Ture Nyman", NUMBER)
    browser = browser_as(who)
    expected = 404 if who == "anna" else 302
    for path in ("/identiteter/", f"/identiteter/{conflict}/"):
        assert browser.get(path, secure=True).status_code == expected
    for path in (f"/identiteter/{conflict}/", f"/identiteter/{conflict}/beslut/", f"/identiteter/{conflict}/slapp/"):
        answer = browser.post(path, {"reason": "call", "decision": "changed"}, secure=True)
        assert answer.status_code == expected


@pytest.mark.django_db(transaction=True)
def test_opening_and_deciding_are_entries_about_everybody_concerned(
    town: Town, eleg: IdentityProvider, as_actor: AsActor, superuser: Callable[[], psycopg.Connection[Any]]
) -> None:
    other, kept, conflict = two(town, eleg, as_actor)
    conflicts.open_one(actor=as_actor("karin"), conflict=conflict, reason="call")
    conflicts.decide(actor=as_actor("karin"), conflict=conflict, decision="changed")
    with superuser() as database:
        rows = database.execute(
            "SELECT action, reason, objects_seen FROM identity_accessentry WHERE kind = 'identity conflict' ORDER BY at"
        ).fetchall()
    assert [(row[0], row[1]) for row in rows] == [("conflict.see", "call"), ("conflict.changed", "")]
    for row in rows:
        assert set(row[2]) == {conflict, other.id, kept.id}
