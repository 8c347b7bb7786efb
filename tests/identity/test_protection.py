"""Three flags that shelter alike: one sets, two lift, named readers read; each act is an entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError
from django.utils import timezone

from identity import alert_desk, break_glass, openings, protection, scope
from identity.actors import Actor
from identity.errors import NotAllowed, SignInNeeded
from identity.models import Alert, NamedReader, Opening, Person, Role, StaffAccount
from identity.models.people import FLAGS, protected
from tests.identity.protecting import break_glass_for, named, person_of
from tests.identity.staffing import give, unit_of
from tests.town import Town

pytestmark = pytest.mark.django_db
AsActor = Callable[[str], Actor]
Superuser = Callable[[], psycopg.Connection[Any]]


@pytest.fixture
def karin(as_actor: AsActor) -> Actor:
    """The coordinator."""
    return as_actor("karin")


@pytest.fixture
def mats(as_actor: AsActor) -> Actor:
    """The unit's manager."""
    return as_actor("mats")


def alerts(town: Town) -> list[str]:
    """The kinds of all alerts."""
    with scope.transaction(town.municipality.id):
        return sorted(Alert.objects.values_list("kind", flat=True))


@pytest.mark.parametrize("flag", FLAGS)
def test_each_flag_shelters_alone_and_is_stored_apart(town: Town, karin: Actor, flag: str) -> None:
    protection.set_flag(actor=karin, person=town.persons["bo"], flag=flag)
    bo = person_of(town, "bo")
    assert bo.protected
    assert [name for name in FLAGS if getattr(bo, name)] == [flag]
    with scope.transaction(town.municipality.id):
        sheltered = set(Person.objects.filter(protected()).values_list("cast_name", flat=True))
    assert sheltered == {"bo", "eva"}


def test_setting_a_flag_twice_is_setting_it_once(town: Town, karin: Actor) -> None:
    town_bo = town.persons["bo"]
    for _ in range(2):
        protection.set_flag(actor=karin, person=town_bo, flag="marked")
    assert person_of(town, "bo").marked


@pytest.mark.parametrize("key", ["anna", "dan", "bo", "eva", "farid", "alva"])
def test_nobody_but_coordinators_and_managers_sets_a_flag(town: Town, as_actor: AsActor, key: str) -> None:
    with pytest.raises(NotAllowed):
        protection.set_flag(actor=as_actor(key), person=town.persons["hans"], flag="marked")
    assert not person_of(town, "hans").protected


def test_another_municipalitys_coordinator_finds_nobody(town: Town, neighbour: Any, karin: Actor) -> None:  # noqa: ANN401
    with pytest.raises(NotAllowed):
        protection.set_flag(
            actor=replace(karin, municipality_id=neighbour.id), person=town.persons["bo"], flag="marked"
        )


def test_an_unknown_flag_is_none(town: Town, karin: Actor) -> None:
    with pytest.raises(ValueError, match="flag"):
        protection.set_flag(actor=karin, person=town.persons["bo"], flag="name")


def test_a_resident_asks_for_safe_contact_without_a_reason_and_the_coordinators_are_told(
    town: Town, as_actor: AsActor
) -> None:
    for _ in range(2):
        protection.ask_for_safe_contact(actor=as_actor("bo"))
    bo = person_of(town, "bo")
    assert (bo.marked, bo.registered, bo.safe_contact) == (False, False, True)
    with scope.transaction(town.municipality.id):
        (alert,) = Alert.objects.filter(kind="safe_contact_asked")
    assert (alert.unit_id, alert.recipient_id, alert.about) == (None, None, bo.id)


def lift(town: Town, first: Actor, second: Actor, key: str = "eva", flag: str = "marked") -> None:
    """One asks, the other agrees; neither reads who it is."""
    protection.ask_to_remove_flag(actor=first, person=town.persons[key], flag=flag)
    protection.confirm_removal(actor=second, person=town.persons[key], flag=flag)


def test_two_persons_lift_a_flag(town: Town, karin: Actor, mats: Actor) -> None:
    lift(town, karin, mats)
    assert not person_of(town, "eva").protected
    with scope.transaction(town.municipality.id):
        (request,) = Opening.objects.filter(kind=protection.UNPROTECT)
        assert (request.opener_id, request.approver_id) == (karin.person_id, mats.person_id)
        assert not request.live(timezone.now())


def test_the_first_person_never_is_the_second(town: Town, karin: Actor) -> None:
    with pytest.raises(NotAllowed):
        lift(town, karin, karin)
    assert person_of(town, "eva").marked


def test_nobody_agrees_to_what_nobody_asked(town: Town, karin: Actor, mats: Actor) -> None:
    with pytest.raises(NotAllowed):
        protection.confirm_removal(actor=mats, person=town.persons["eva"], flag="marked")
    protection.ask_to_remove_flag(actor=karin, person=town.persons["eva"], flag="safe_contact")
    with pytest.raises(NotAllowed):
        protection.confirm_removal(actor=mats, person=town.persons["eva"], flag="safe_contact")


def test_agreeing_to_one_flag_leaves_the_others(town: Town, karin: Actor, mats: Actor) -> None:
    protection.set_flag(actor=karin, person=town.persons["eva"], flag="safe_contact")
    lift(town, karin, mats)
    eva = person_of(town, "eva")
    assert (eva.marked, eva.safe_contact, eva.protected) == (False, True, True)


def test_nobody_lifts_what_shelters_themselves(town: Town, as_actor: AsActor, karin: Actor) -> None:
    unit = unit_of(town, "anna")
    with scope.transaction(town.municipality.id):
        StaffAccount.objects.create(person_id=town.persons["eva"], name="Eva Lund", opened_at=timezone.now())
    eva = give(town, "eva", Role.COORDINATOR, unit)
    with pytest.raises(NotAllowed):
        protection.ask_to_remove_flag(actor=eva, person=town.persons["eva"], flag="marked")
    protection.ask_to_remove_flag(actor=karin, person=town.persons["eva"], flag="marked")
    with pytest.raises(NotAllowed):
        protection.confirm_removal(actor=eva, person=town.persons["eva"], flag="marked")


@pytest.mark.parametrize("ended_by", ["kept", "set again", "a week"])
def test_a_request_ends(town: Town, karin: Actor, mats: Actor, ended_by: str) -> None:
    eva = town.persons["eva"]
    protection.ask_to_remove_flag(actor=karin, person=eva, flag="marked")
    if ended_by == "kept":
        protection.keep_flag(actor=mats, person=eva, flag="marked")
    elif ended_by == "set again":
        protection.set_flag(actor=karin, person=eva, flag="marked")
    else:
        with scope.transaction(town.municipality.id):
            Opening.objects.filter(kind=protection.UNPROTECT).update(asked_at=timezone.now() - timedelta(days=8))
    with pytest.raises(NotAllowed):
        protection.confirm_removal(actor=mats, person=eva, flag="marked")
    assert person_of(town, "eva").marked


def test_asking_twice_is_asking_once(town: Town, karin: Actor) -> None:
    for _ in range(2):
        protection.ask_to_remove_flag(actor=karin, person=town.persons["eva"], flag="marked")
    assert alerts(town).count("flag_lift_asked") == 1


def test_named_readers_are_named_and_unnamed_and_one_is_the_deputy(town: Town, karin: Actor) -> None:
    eva = town.persons["eva"]
    assert named(town, "eva") == {town.persons["anna"], town.persons["maria"]}
    protection.name_reader(actor=karin, person=eva, reader=town.persons["yusuf"], deputy=True)
    assert named(town, "eva") == {town.persons["anna"], town.persons["yusuf"]}
    protection.unname_reader(actor=karin, person=eva, reader=town.persons["anna"])
    assert named(town, "eva") == {town.persons["yusuf"]}


def test_the_database_itself_allows_one_deputy_only(town: Town) -> None:
    with pytest.raises(IntegrityError), scope.transaction(town.municipality.id):
        NamedReader.objects.filter(person=town.persons["eva"]).update(deputy=True)


@pytest.mark.parametrize("key", ["bo", "dan", "farid", "eva", "alva"])
def test_only_staff_who_meet_or_coordinate_can_be_named(town: Town, karin: Actor, key: str) -> None:
    with pytest.raises(NotAllowed):
        protection.name_reader(actor=karin, person=town.persons["eva"], reader=town.persons[key])
    assert len(named(town, "eva")) == 2


@pytest.mark.parametrize("key", ["anna", "lena", "mats"])
def test_naming_is_for_another_coordinator_who_looks_after_the_person(
    town: Town, karin: Actor, as_actor: AsActor, key: str
) -> None:
    """The officer may not, a coordinator of a unit that never meets her may not, and nobody names themselves."""
    town.booked(as_actor("eva"))
    actor = give(town, "lena", Role.COORDINATOR, unit_of(town, "lena")) if key == "lena" else as_actor(key)
    reader = town.persons["mats" if key == "mats" else "cia"]
    with pytest.raises(NotAllowed):
        protection.name_reader(actor=actor, person=town.persons["eva"], reader=reader)
    assert len(named(town, "eva")) == 2
    protection.name_reader(actor=karin, person=town.persons["eva"], reader=reader)
    assert len(named(town, "eva")) == 3


def test_a_naming_is_told_to_others_than_who_did_it(town: Town, karin: Actor, mats: Actor) -> None:
    protection.name_reader(actor=karin, person=town.persons["eva"], reader=town.persons["cia"])
    with scope.transaction(town.municipality.id):
        told = Alert.objects.get(kind="reader_chosen")
        assert told in alert_desk.listed(mats, timezone.now()).alerts
        assert told not in alert_desk.listed(karin, timezone.now()).alerts


def test_naming_and_breaking_glass_need_a_sign_in_of_the_last_fifteen_minutes(
    town: Town, karin: Actor, mats: Actor
) -> None:
    late, eva = timezone.now() - timedelta(minutes=16), town.persons["eva"]
    with pytest.raises(SignInNeeded):
        protection.name_reader(actor=replace(karin, signed_in_at=late), person=eva, reader=town.persons["cia"])
    with pytest.raises(SignInNeeded):
        break_glass_for(town, replace(karin, signed_in_at=late), mats, "eva")
    with pytest.raises(SignInNeeded):
        break_glass.ask_about(actor=replace(karin, signed_in_at=late), external_id="x", reason="acute")
    with pytest.raises(SignInNeeded):
        break_glass_for(town, karin, replace(mats, signed_in_at=late), "eva")
    assert len(named(town, "eva")) == 2


def test_what_stood_open_closes_when_the_naming_is_taken_back(town: Town, karin: Actor, as_actor: AsActor) -> None:
    booking = town.booked(as_actor("eva"))
    maria = as_actor("maria")
    with scope.transaction(town.municipality.id):
        facts = openings.openable("booking").facts(booking.id)
    assert facts is not None
    openings.open_protected(
        actor=maria, object_kind="booking", object=booking.id, unit=facts.unit, facts=facts, reason="call"
    )
    protection.unname_reader(actor=karin, person=town.persons["eva"], reader=town.persons["maria"])
    with scope.transaction(town.municipality.id):
        assert openings.opened_by(booking.id, timezone.now()) == frozenset()


@pytest.mark.django_db(transaction=True)
def test_every_act_about_protection_is_an_entry_and_a_refused_one_too(
    town: Town, karin: Actor, mats: Actor, as_actor: AsActor, superuser: Superuser
) -> None:
    protection.set_flag(actor=karin, person=town.persons["bo"], flag="marked")
    lift(town, karin, mats, "bo")
    with pytest.raises(NotAllowed):
        protection.set_flag(actor=as_actor("anna"), person=town.persons["bo"], flag="marked")
    with superuser() as database:
        rows = database.execute(
            "SELECT action, reason, allowed FROM identity_accessentry WHERE %s = ANY(objects_seen) ORDER BY at",
            [town.persons["bo"]],
        ).fetchall()
    assert rows == [
        ("flag_set", "marked", True),
        ("flag_lift_asked", "marked", True),
        ("flag_lifted", "marked", True),
        ("person.protect", "not_found", False),
    ]


def test_asking_to_lift_and_lifting_take_a_sign_in_of_the_last_fifteen_minutes(
    town: Town, karin: Actor, mats: Actor
) -> None:
    late, eva = timezone.now() - timedelta(minutes=16), town.persons["eva"]
    with pytest.raises(SignInNeeded):
        protection.ask_to_remove_flag(actor=replace(karin, signed_in_at=late), person=eva, flag="marked")
    protection.ask_to_remove_flag(actor=karin, person=eva, flag="marked")
    for stale in (replace(mats, signed_in_at=late), replace(mats, unproven=True)):
        with pytest.raises(SignInNeeded):
            protection.confirm_removal(actor=stale, person=eva, flag="marked")
    assert person_of(town, "eva").marked
    protection.confirm_removal(actor=mats, person=eva, flag="marked")
    assert not person_of(town, "eva").marked
