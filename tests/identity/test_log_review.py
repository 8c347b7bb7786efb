"""Every pick is judged by somebody else than who acted, then the review is signed and stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.utils import timezone

from identity import alert_desk, log_review, scope
from identity.actors import Actor
from identity.errors import NotAllowed, ReviewRefused, SignInNeeded
from identity.log_review import AUTHORISED, INVESTIGATE
from identity.models import Alert, LogPick, LogReview
from tests.identity.log_review_month import ALIASES, quiet_month, review_of
from tests.identity.staffing import give, unit_of
from tests.town import Town

Super = Callable[[], psycopg.Connection[Any]]
AsActor = Callable[[str], Actor]
pytestmark = pytest.mark.django_db(transaction=True, databases=ALIASES)


@pytest.fixture
def manager(town: Town) -> Actor:
    """Yusuf leads the unit where Anna works."""
    return give(town, "yusuf", "unit_manager", unit_of(town, "anna"))


@pytest.fixture
def review(town: Town, manager: Actor) -> LogReview:
    """Anna's unit: three looks by Anna, one by Yusuf."""
    quiet_month(town, 3)
    quiet_month(town, 1, "yusuf")
    return review_of(town)


def picks(town: Town, review: LogReview, of: str = "") -> list[UUID]:
    """The picks of a review, of one actor or all."""
    with scope.transaction(town.municipality.id):
        rows = LogPick.objects.filter(review=review).order_by("at")
        return [row.id for row in rows if not of or row.actor == town.persons[of]]


def judge_all(town: Town, review: LogReview, actor: Actor, of: str) -> None:
    """Everything of somebody is fine."""
    log_review.judge(actor=actor, review=review.id, verdicts=dict.fromkeys(picks(town, review, of), AUTHORISED))


def entries(superuser: Super, action: str) -> list[list[UUID]]:
    """Objects of the entries with this action."""
    with superuser() as database:
        asked = "SELECT objects_seen FROM identity_accessentry WHERE action = %s ORDER BY at"
        return [row[0] for row in database.execute(asked, [action]).fetchall()]


def test_reading_judging_and_signing_are_entries_themselves(
    town: Town, manager: Actor, review: LogReview, superuser: Super
) -> None:
    maria = give(town, "maria", "auditor", unit_of(town, "anna"))
    with scope.transaction(town.municipality.id):
        log_review.open_review(manager, review.id)
        log_review.reviews_of(manager)
    judge_all(town, review, manager, "anna")
    judge_all(town, review, maria, "yusuf")
    signed = log_review.sign(actor=manager, review=review.id)
    assert (signed.signed_by_id, signed.signed_at is not None) == (town.persons["yusuf"], True)
    assert entries(superuser, "log.see") == [[review.id]]
    assert review.id in entries(superuser, "log.list")[0]
    assert [set(objects) for objects in entries(superuser, "log.judge")] == [
        set(picks(town, review, "anna")),
        set(picks(town, review, "yusuf")),
    ]
    assert entries(superuser, "log.sign") == [[review.id]]


def test_nobody_judges_their_own_acts_and_so_cannot_sign_alone(town: Town, manager: Actor, review: LogReview) -> None:
    judge_all(town, review, manager, "anna")
    with pytest.raises(NotAllowed):
        judge_all(town, review, manager, "yusuf")
    with pytest.raises(ReviewRefused, match="unjudged"):
        log_review.sign(actor=manager, review=review.id)
    with scope.transaction(town.municipality.id):
        assert LogReview.objects.get(id=review.id).signed_at is None


def test_one_own_act_among_others_saves_none_of_them(town: Town, manager: Actor, review: LogReview) -> None:
    with pytest.raises(NotAllowed):
        log_review.judge(actor=manager, review=review.id, verdicts=dict.fromkeys(picks(town, review), AUTHORISED))
    with scope.transaction(town.municipality.id):
        assert not LogPick.objects.exclude(verdict="").exists()


@pytest.mark.parametrize("role", ["officer", "coordinator", "administrator"])
def test_other_roles_of_the_unit_neither_read_nor_judge_nor_sign(town: Town, review: LogReview, role: str) -> None:
    other = give(town, "lena", role, unit_of(town, "anna"))
    with pytest.raises(NotAllowed), scope.transaction(town.municipality.id):
        log_review.open_review(other, review.id)
    with pytest.raises(NotAllowed):
        judge_all(town, review, other, "anna")
    with pytest.raises(NotAllowed):
        log_review.sign(actor=other, review=review.id)


def test_a_manager_of_another_unit_meets_nothing_of_a_unit_that_is_led(town: Town, review: LogReview) -> None:
    other = give(town, "cia", "unit_manager", unit_of(town, "cia"))
    with pytest.raises(NotAllowed):
        log_review.sign(actor=other, review=review.id)
    with scope.transaction(town.municipality.id):
        seen = {row.unit_id for row in log_review.reviews_of(other)}
        assert seen == {unit_of(town, "cia"), unit_of(town, "lena")}, "nobody leads Lena's unit"


def test_a_pick_of_another_review_cannot_be_judged_through_one_s_own(
    town: Town, manager: Actor, review: LogReview
) -> None:
    with pytest.raises(NotAllowed):
        log_review.judge(actor=manager, review=review.id, verdicts={uuid4(): AUTHORISED})


def test_signing_takes_a_sign_in_of_the_last_fifteen_minutes(town: Town, manager: Actor, review: LogReview) -> None:
    late = replace(manager, signed_in_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(SignInNeeded):
        log_review.sign(actor=late, review=review.id)


def test_a_month_without_anything_is_signed_all_the_same(town: Town) -> None:
    cia = give(town, "cia", "unit_manager", unit_of(town, "cia"))
    review = review_of(town, "cia")
    assert picks(town, review) == []
    assert log_review.sign(actor=cia, review=review.id).signed_at is not None


def test_what_was_signed_does_not_change(town: Town, review: LogReview) -> None:
    auditor = give(town, "lena", "auditor", unit_of(town, "anna"))
    for key in ("anna", "yusuf"):
        judge_all(town, review, auditor, key)
    log_review.sign(actor=auditor, review=review.id)
    with pytest.raises(ReviewRefused, match="signed"):
        log_review.judge(actor=auditor, review=review.id, verdicts={picks(town, review)[0]: INVESTIGATE})
    with pytest.raises(ReviewRefused, match="signed"):
        log_review.sign(actor=auditor, review=review.id)


def test_what_must_be_looked_into_is_told_once_to_the_unit_and_can_be_judged_anew(
    town: Town, manager: Actor, review: LogReview
) -> None:
    pick = picks(town, review, "anna")[0]
    for verdict in (INVESTIGATE, INVESTIGATE, AUTHORISED):
        log_review.judge(actor=manager, review=review.id, verdicts={pick: verdict})
    with scope.transaction(town.municipality.id):
        assert Alert.objects.get(kind="review_investigate").about == review.id
        assert LogPick.objects.get(id=pick).verdict == AUTHORISED


def test_a_verdict_outside_the_list_is_a_fault(town: Town, manager: Actor, review: LogReview) -> None:
    with pytest.raises(ValueError, match="unknown verdict"):
        log_review.judge(actor=manager, review=review.id, verdicts={picks(town, review)[0]: "fine"})


def test_of_a_unit_that_nobody_leads_any_manager_judges_and_signs(town: Town, as_actor: AsActor) -> None:
    quiet_month(town, 2, "cia")
    review, mats = review_of(town, "cia"), as_actor("mats")
    with scope.transaction(town.municipality.id):
        assert review.id in [row.id for row in log_review.reviews_of(mats)]
        assert log_review.open_review(mats, review.id).review.id == review.id
        assert review.id in alert_desk.listed(mats, timezone.now()).reviews
    judge_all(town, review, mats, "cia")
    assert log_review.sign(actor=mats, review=review.id).signed_at is not None


@pytest.mark.parametrize("role", ["coordinator", "auditor", "administrator"])
def test_nobody_but_managers_steps_in_for_another_unit(town: Town, role: str) -> None:
    review = review_of(town, "cia")
    other = give(town, "lena", role, unit_of(town, "lena"))
    with pytest.raises(NotAllowed):
        log_review.sign(actor=other, review=review.id)


def test_what_the_only_manager_did_is_judged_by_one_of_another_unit_who_is_told(town: Town) -> None:
    only = give(town, "cia", "unit_manager", unit_of(town, "cia"))
    elsewhere = give(town, "lena", "unit_manager", unit_of(town, "lena"))
    quiet_month(town, 1, "cia")
    review = review_of(town, "cia")
    with scope.transaction(town.municipality.id):
        told = Alert.objects.filter(kind="review_made", about=review.id, recipient=town.persons["lena"])
        assert told.count() == 1
    with pytest.raises(NotAllowed):
        judge_all(town, review, only, "cia")
    judge_all(town, review, elsewhere, "cia")
    assert log_review.sign(actor=only, review=review.id).signed_at is not None


def test_whoever_must_be_looked_into_is_not_the_one_who_is_told(town: Town, as_actor: AsActor) -> None:
    quiet_month(town, 1, "mats")
    review = review_of(town)
    log_review.judge(actor=as_actor("alva"), review=review.id, verdicts={picks(town, review)[0]: INVESTIGATE})
    cia = give(town, "cia", "unit_manager", unit_of(town, "cia"))
    log_review.judge(actor=as_actor("alva"), review=review.id, verdicts={picks(town, review)[0]: AUTHORISED})
    log_review.judge(actor=as_actor("alva"), review=review.id, verdicts={picks(town, review)[0]: INVESTIGATE})
    with scope.transaction(town.municipality.id):
        told = list(Alert.objects.filter(kind="review_investigate").order_by("at"))
        assert [alert.recipient_id for alert in told] == [town.persons["karin"], town.persons["cia"]]
        shown = alert_desk.listed(as_actor("mats"), timezone.now()).alerts
        assert "review_investigate" not in {alert.kind for alert in shown}
        assert review.id in alert_desk.listed(cia, timezone.now()).reviews
