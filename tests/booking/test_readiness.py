"""Confirmed or ready: what a booking waits for, and who comes along."""

from __future__ import annotations

import pytest
from django.utils import timezone

from booking.errors import LimitReached, WrongState
from booking.models import MeetingType, Party
from booking.services import (
    add_companion,
    answer_party,
    book_directly,
    hand_over,
    override_ready,
    read_aloud,
    remove_party,
)
from booking.services.readiness import settle_due
from identity import scope
from identity.errors import NotAllowed
from tests.booking.desk import TOLD, Desk, key


def settled(desk: Desk) -> int:
    return settle_due(municipality=desk.town.municipality.id, now=timezone.now())


def test_what_waits_for_nothing_is_ready_within_a_minute(desk: Desk) -> None:
    booked = desk.booked()
    assert (booked.state, settled(desk), desk.stored(booked).state) == ("confirmed", 1, "ready")
    assert settled(desk) == 0


def test_what_was_not_read_waits_until_it_is_read_aloud(desk: Desk) -> None:
    made = book_directly(actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"))
    assert settled(desk) == 0
    with pytest.raises(NotAllowed):
        read_aloud(actor=desk.cast("bo"), booking=made.id)
    assert read_aloud(actor=desk.officer(made), booking=made.id).state == "ready"


def test_who_comes_along_needs_both_answers(desk: Desk) -> None:
    booked = desk.booked()
    settled(desk)
    officer = desk.officer(booked)
    party = add_companion(actor=desk.cast("bo"), booking=booked.id, name="Siv Ek")
    assert (party.resident_said, party.officer_said) == ("yes", "")
    assert (desk.stored(booked).state, settled(desk)) == ("confirmed", 0)
    assert desk.tasks(booked) == [("approve_party", officer.person_id)]
    with pytest.raises(WrongState):
        answer_party(actor=officer, party=party.id, yes=False)
    answer_party(actor=officer, party=party.id, yes=True)
    assert (desk.stored(booked).state, desk.tasks(booked)) == ("ready", [])
    with pytest.raises(NotAllowed):
        answer_party(actor=desk.cast("eva"), party=party.id, yes=True)


def test_a_no_keeps_somebody_out_and_hinders_nothing(desk: Desk) -> None:
    booked = desk.booked()
    party = add_companion(actor=desk.cast("bo"), booking=booked.id, name="Siv Ek")
    told = answer_party(actor=desk.officer(booked), party=party.id, yes=False, reason="child")
    assert (told.officer_said, told.reason) == ("no", "child")
    assert desk.stored(booked).state == "ready"


def test_who_is_taken_back_is_no_party_any_more(desk: Desk) -> None:
    booked = desk.booked()
    party = add_companion(actor=desk.officer(booked), booking=booked.id, name="Siv Ek")
    assert (party.resident_said, party.officer_said) == ("", "yes")
    remove_party(actor=desk.cast("bo"), party=party.id)
    with scope.transaction(desk.town.municipality.id):
        assert not Party.objects.filter(role="companion").exists()
    with pytest.raises(NotAllowed):
        remove_party(actor=desk.cast("bo"), party=party.id)
    with scope.transaction(desk.town.municipality.id):
        officer = Party.objects.get(booking=booked, role="officer")
    with pytest.raises(WrongState):
        remove_party(actor=desk.cast("bo"), party=officer.id)


def test_there_are_no_more_than_the_type_allows(desk: Desk) -> None:
    booked = desk.booked()
    with scope.transaction(desk.town.municipality.id):
        MeetingType.objects.filter(id=booked.meeting_type_id).update(max_parties=3)
    add_companion(actor=desk.cast("bo"), booking=booked.id, name="Siv Ek")
    with pytest.raises(LimitReached) as refused:
        add_companion(actor=desk.cast("bo"), booking=booked.id, name="Ulf Ek")
    assert refused.value.code == "party_limit"
    with pytest.raises(LimitReached):
        book_directly(
            actor=desk.cast("anna"),
            wanted=desk.wanted(),
            contact=TOLD,
            key=key("b"),
            companions=("Siv Ek", "Ulf Ek"),
        )


def test_an_officer_goes_ahead_with_a_reason(desk: Desk) -> None:
    made = book_directly(actor=desk.cast("anna"), wanted=desk.wanted(), contact=TOLD, key=key("b"))
    with pytest.raises(WrongState):
        override_ready(actor=desk.officer(made), booking=made.id, reason="")
    assert override_ready(actor=desk.officer(made), booking=made.id, reason="urgent").state == "ready"


def test_a_new_officer_must_be_ready_anew(desk: Desk) -> None:
    booked = desk.booked()
    settled(desk)
    other = desk.colleagues(booked)[0]
    handed = hand_over(actor=desk.officer(booked), booking=booked.id, calendar=other, sequence=0, key=key("h"))
    assert handed.state == "confirmed"
    assert settled(desk) == 1
