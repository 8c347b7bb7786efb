"""Each month every unit gets its review: what staff did about others, drawn by chance and by rules, without names."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import time_machine
from django.core.management import CommandError, call_command

from booking.models import Booking
from identity import jobs, log_review, review_making, scope
from identity.actors import Actor
from identity.models import (
    Alert,
    IdentityConflict,
    IdentityProvider,
    LogPick,
    LogReview,
    Membership,
    Person,
    Representation,
    Unit,
)
from identity.review_making import previous_month
from identity.review_presenters import line
from tests.identity.log_review_month import A_TUESDAY, ALIASES, MONTH, act, quiet_month, review_of, why
from tests.identity.staffing import unit_of
from tests.town import Town

Super = Callable[[], psycopg.Connection[Any]]
AsActor = Callable[[str], Actor]
pytestmark = pytest.mark.django_db(transaction=True, databases=ALIASES)


def officer_of(town: Town, booking: UUID) -> str:
    """The key of the officer in whose calendar a booking stands."""
    from booking.models import Booking

    with scope.transaction(town.municipality.id):
        found = Booking.objects.select_related("calendar").get(id=booking)
        return next(key for key, person in town.persons.items() if person == found.calendar.person_id)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 1), date(2026, 10, 1)),
        (date(2027, 1, 31), date(2026, 12, 1)),
        (date(2028, 3, 1), date(2028, 2, 1)),
    ],
)
def test_the_month_before(today: date, expected: date) -> None:
    assert previous_month(today) == expected


def test_every_unit_gets_one_with_a_sample_and_a_month_to_do_it(town: Town) -> None:
    entries = quiet_month(town, 25)
    with time_machine.travel(datetime(2026, 11, 1, 1, tzinfo=UTC)):
        assert review_making.make_reviews(municipality=town.municipality, month=MONTH) == 3
        assert review_making.make_reviews(municipality=town.municipality, month=MONTH) == 0
    review = review_of(town)
    assert (review.total, review.due) == (25, date(2026, 12, 1))
    drawn = why(town, review)
    assert len(drawn) == 20
    assert set(drawn) <= set(entries)
    with scope.transaction(town.municipality.id):
        assert LogReview.objects.count() == 3
        assert Alert.objects.filter(kind="review_made", about=review.id, unit=review.unit_id).count() == 1
        assert not LogPick.objects.exclude(review=review).exists()


def test_the_month_is_the_local_one(town: Town) -> None:
    """October of Sweden begins on 30 September at 22 UTC and ends, in winter time, on 31 October at 23 UTC."""
    edges = [(9, 30, 21, 59), (9, 30, 22, 0), (10, 31, 22, 59), (10, 31, 23, 0)]
    made = [act(town, "anna", at=datetime(2026, *edge, tzinfo=UTC)) for edge in edges]
    assert set(why(town, review_of(town))) == set(made[1:3])


def test_what_concerns_only_oneself_or_nobody_is_not_judged(town: Town) -> None:
    anna = town.persons["anna"]
    act(town, "anna", anna, action="signed_in", kind="person")
    act(town, "anna", action="calendar.edit", kind="calendar")
    act(town, "bo", anna, kind="person", role="resident")
    kept = act(town, "anna", anna, action="person.see", kind="person", allowed=False)
    assert set(why(town, review_of(town))) == {kept}


def test_each_risk_is_found_from_the_rows_that_are_there(town: Town, as_actor: AsActor) -> None:
    booking = town.booked(as_actor("bo")).id
    officer = officer_of(town, booking)
    usual = act(town, officer, booking)
    other_unit = act(town, "cia", booking)
    person = act(town, officer, town.persons["hans"], action="person.see", kind="person")
    colleague = act(town, officer, town.persons["lena"], action="person.see", kind="person")
    protected = act(town, officer, town.persons["eva"], action="person.see", kind="person")
    opened = act(town, officer, booking, action="protected_opened", reason="prepare")
    night = act(town, officer, booking, at=A_TUESDAY.replace(hour=18))
    drawn = why(town, review_of(town, officer))
    assert drawn[usual] == ["sample"]
    assert drawn[person] == ["no_booking"]
    assert drawn[colleague] == ["colleague", "no_booking"]
    assert drawn[protected] == ["protected", "no_booking"]
    assert drawn[opened] == ["protected"]
    assert drawn[night] == ["night"]
    assert drawn[other_unit] == ["other_unit", "no_booking"]
    assert why(town, review_of(town, "cia"))[other_unit] == ["other_unit", "no_booking"]


def test_what_administrators_change_is_judged_although_it_concerns_no_resident(town: Town) -> None:
    changed = act(town, "dan", uuid4(), action="provider.enable", kind="identity provider")
    confirmed = act(town, "mats", town.persons["cia"], action="proposal.confirm", kind="staff account")
    drawn = why(town, review_of(town))
    assert drawn[changed] == ["administration"]
    assert "administration" in drawn[confirmed]


def represented(town: Town, by: str, made_by: str = "karin", revoked_at: datetime | None = None) -> None:
    """Bo is acted for by one of the cast."""
    with scope.transaction(town.municipality.id):
        Representation.objects.create(
            principal_id=town.persons["bo"],
            representative_id=town.persons[by],
            kind="proxy",
            scopes=["book", "attend"],
            made_at=A_TUESDAY,
            made_by_id=town.persons[made_by],
            revoked_at=revoked_at,
        )


def test_writing_down_a_representative_is_always_judged(town: Town) -> None:
    entry = act(town, "anna", town.persons["bo"], action="representation.record", kind="person")
    assert "representative" in why(town, review_of(town))[entry]


def test_who_works_here_and_reads_as_a_representative_is_judged_where_it_belongs(town: Town, as_actor: AsActor) -> None:
    booking = town.booked(as_actor("bo")).id
    officer = officer_of(town, booking)
    represented(town, "cia")
    entry = act(town, "cia", booking, action="booking.see", role="resident")
    about_others = act(town, "cia", town.persons["hans"], action="person.list", kind="person", role="resident")
    assert why(town, review_of(town, officer))[entry] == ["representative"]
    with scope.transaction(town.municipality.id):
        assert not LogPick.objects.filter(entry=about_others).exists()


def test_a_representative_from_outside_is_drawn_by_chance_and_called_that(town: Town, as_actor: AsActor) -> None:
    booking = town.booked(as_actor("bo")).id
    officer = officer_of(town, booking)
    represented(town, "hans")
    entry = act(town, "hans", booking, action="booking.see", role="resident")
    review = review_of(town, officer)
    assert why(town, review)[entry] == ["sample"]
    with scope.transaction(town.municipality.id):
        desk = log_review.open_review(as_actor("mats"), review.id)
    assert [line(pick, desk).who for pick in desk.picks] == ["En företrädare"]


@pytest.mark.parametrize("ended", [False, True])
def test_whom_the_resident_named_or_who_had_stopped_is_nobody_s_to_judge(
    town: Town, as_actor: AsActor, ended: bool
) -> None:
    booking = town.booked(as_actor("bo")).id
    before = datetime(2026, 9, 1, tzinfo=UTC) if ended else None
    represented(town, "hans", made_by="karin" if ended else "bo", revoked_at=before)
    act(town, "hans", booking, action="booking.see", role="resident")
    assert not why(town, review_of(town, officer_of(town, booking)))


@pytest.mark.parametrize("action", ["conflict.see", "conflict.changed"])
def test_what_is_done_about_a_contradiction_is_always_judged(town: Town, action: str) -> None:
    with scope.transaction(town.municipality.id):
        provider = IdentityProvider.objects.create(kind="oidc", code="eleg", name="E-legitimation")
        conflict = IdentityConflict.objects.create(
            provider=provider, person_id=town.persons["hans"], what="name", subject_index=b"1", at=A_TUESDAY
        ).id
    entry = act(town, "karin", conflict, town.persons["hans"], action=action, kind="identity conflict")
    assert "conflict" in why(town, review_of(town, "karin"))[entry]


def test_who_works_in_two_units_is_judged_where_the_thing_belongs(town: Town, as_actor: AsActor) -> None:
    booking = town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        theirs = Booking.objects.select_related("calendar").get(id=booking.id).calendar.unit_id
        other = next(unit for unit in sorted(Unit.objects.values_list("id", flat=True)) if unit != theirs)
        for unit in (theirs, other):
            Membership.objects.get_or_create(person_id=town.persons["cia"], unit_id=unit, role="officer")
    entries = [
        act(town, "cia", booking.id, unit=other),
        act(town, "cia", town.persons["bo"], action="person.see", kind="person", unit=other),
    ]
    review_making.make_reviews(municipality=town.municipality, month=MONTH)
    with scope.transaction(town.municipality.id):
        found = {review.unit_id: {pick.entry for pick in review.picks.all()} for review in LogReview.objects.all()}
    assert found[theirs] >= set(entries)
    assert not found[other] & set(entries)


def test_a_meeting_concerns_whom_its_booking_concerns(town: Town, as_actor: AsActor) -> None:
    from meetings.models import Meeting

    booking = town.booked(as_actor("bo")).id
    with scope.transaction(town.municipality.id):
        meeting = Meeting.objects.get(booking=booking).id
    entry = act(town, "cia", meeting, action="meeting.see", kind="meeting")
    assert why(town, review_of(town, "cia"))[entry] == ["other_unit", "no_booking"]


def test_the_same_last_name_is_found_and_no_name_is_stored(town: Town, superuser: Super) -> None:
    with scope.transaction(town.municipality.id):
        Person.objects.create(name="Märta Lindqvist", cast_name="marta")
        marta = Person.objects.get(cast_name="marta").id
    entry = act(town, "anna", marta, action="person.see", kind="person")
    assert "own_name" in why(town, review_of(town))[entry]
    with superuser() as database:
        rows = database.execute("SELECT row_to_json(p) FROM identity_logpick p").fetchall()
        rows += database.execute("SELECT row_to_json(r) FROM identity_logreview r").fetchall()
    assert "indqvist" not in json.dumps(rows)


def test_who_works_nowhere_any_more_is_still_judged(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        Person.objects.get(id=town.persons["anna"]).memberships.all().delete()
    entry = act(town, "anna", town.persons["hans"], action="person.see", kind="person", role="coordinator")
    review_making.make_reviews(municipality=town.municipality, month=MONTH)
    with scope.transaction(town.municipality.id):
        assert [pick.entry for pick in LogPick.objects.all()] == [entry]


def test_the_sample_is_the_same_whenever_it_is_drawn_and_another_for_another_month(town: Town) -> None:
    quiet_month(town, 60)
    first = set(why(town, review_of(town)))
    with scope.transaction(town.municipality.id):
        LogReview.objects.all().delete()
    assert set(why(town, review_of(town))) == first
    unit = unit_of(town, "anna")
    with scope.transaction(town.municipality.id):
        assert review_making._key(unit, MONTH) != review_making._key(unit, date(2026, 9, 1))
        assert review_making._key(unit, MONTH) != review_making._key(unit_of(town, "cia"), MONTH)


def test_the_drawing_is_an_entry_itself(town: Town, superuser: Super) -> None:
    review = review_of(town)
    with superuser() as database:
        asked = "SELECT role, objects_seen FROM identity_accessentry WHERE action = 'log.draw'"
        ((role, objects),) = database.execute(asked).fetchall()
    assert role == "system"
    assert review.id in objects


def test_a_review_that_is_late_is_told_once_to_the_manager(town: Town) -> None:
    review = review_of(town)
    late = review.due + timedelta(days=1)
    assert review_making.escalate(municipality=town.municipality.id, today=review.due) == 0
    assert review_making.escalate(municipality=town.municipality.id, today=late) == 3
    assert review_making.escalate(municipality=town.municipality.id, today=late) == 0
    with scope.transaction(town.municipality.id):
        assert LogReview.objects.get(id=review.id).escalated_at is not None
        assert Alert.objects.get(kind="review_overdue", about=review.id).unit_id == review.unit_id


def test_a_signed_review_is_never_late(town: Town) -> None:
    review = review_of(town)
    with scope.transaction(town.municipality.id):
        LogReview.objects.update(signed_at=A_TUESDAY, signed_by=town.persons["anna"])
    assert review_making.escalate(municipality=town.municipality.id, today=review.due + timedelta(days=9)) == 0


def test_the_job_makes_the_last_month_s_reviews_and_tells_of_late_ones(town: Town) -> None:
    with time_machine.travel(datetime(2026, 11, 1, 1, tzinfo=UTC)):
        jobs.review_log()
        jobs.review_log()
    with time_machine.travel(datetime(2026, 12, 2, 1, tzinfo=UTC)):
        jobs.review_log()
    with scope.transaction(town.municipality.id):
        assert sorted(LogReview.objects.values_list("month", flat=True)) == [MONTH] * 3 + [date(2026, 11, 1)] * 3
        assert Alert.objects.filter(kind="review_overdue").count() == 3


def test_an_operator_makes_those_of_a_month_by_hand(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_log_review", "--month", "2026-08")
    assert capsys.readouterr().out == "exempelkommun 2026-08: 3 made\n"
    for wrong in ("2999-01", "october", "2026-13"):
        with pytest.raises(CommandError):
            call_command("make_log_review", "--month", wrong)


def test_a_neighbour_s_log_is_never_in_it(town: Town, neighbour: Any) -> None:  # noqa: ANN401 - a fixture's row
    quiet_month(town, 3)
    assert review_making.make_reviews(municipality=neighbour, month=MONTH) == 0
    with scope.transaction(neighbour.id):
        assert not LogPick.objects.exists()
