"""What staff writes down about representatives is shown to the resident and told to who leads the unit."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from identity import finding, representing, scope
from identity.actors import Actor
from identity.errors import NotAllowed, RepresentationRefused
from identity.models import Alert, Person, Representation
from tests.identity.representatives import NUMBER, give_number, recorded
from tests.town import Town

AsActor = Callable[[str], Actor]
BrowserAs = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def test_nobody_of_the_staff_writes_down_themselves(town: Town, as_actor: AsActor) -> None:
    give_number(town, "karin")
    with pytest.raises(RepresentationRefused) as refused:
        recorded(town, as_actor("karin"))
    assert refused.value.code == "own"
    with scope.transaction(town.municipality.id):
        assert not Representation.objects.exists()


def test_who_leads_the_unit_is_told_of_what_staff_wrote_down(town: Town, as_actor: AsActor) -> None:
    booking = town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        unit = booking.calendar.unit_id
    recorded(town, as_actor("karin"))
    with scope.transaction(town.municipality.id):
        (alert,) = Alert.objects.filter(kind="representation_written")
        assert (alert.unit_id, alert.actor_id, alert.about) == (unit, town.persons["karin"], town.persons["bo"])


def test_the_resident_reads_it_on_mina_tider_until_they_say_so(
    town: Town, as_actor: AsActor, browser_as: BrowserAs
) -> None:
    bo = browser_as("bo")
    assert "Någon får handla åt dig" not in bo.get("/mina-tider/", secure=True).content.decode()
    row = recorded(town, as_actor("karin"))
    page = bo.get("/mina-tider/", secure=True).content.decode()
    assert "Någon får handla åt dig" in page
    assert "Ombudet" in page
    assert f'action="/mina-tider/foretradare/{row.id}/"' in page
    told = bo.get("/inloggningar/", secure=True).content.decode()
    assert "En företrädare är inskriven för dig" in told
    assert 'href="/mina-tider/foretradare/"' in told
    answer = bo.post("/mina-tider/foretradare/", {"do": "read"}, secure=True)
    assert (answer.status_code, answer["Location"]) == (302, "/mina-tider/")
    assert "Någon får handla åt dig" not in bo.get("/mina-tider/", secure=True).content.decode()


def test_one_press_on_mina_tider_ends_it_and_the_news(town: Town, as_actor: AsActor, browser_as: BrowserAs) -> None:
    row = recorded(town, as_actor("karin"))
    bo = browser_as("bo")
    bo.post(f"/mina-tider/foretradare/{row.id}/", secure=True)
    assert "Någon får handla åt dig" not in bo.get("/mina-tider/", secure=True).content.decode()
    with scope.transaction(town.municipality.id):
        assert not representing.opened_to(town.persons["bo"])
        assert not Alert.objects.filter(kind="representation_recorded", seen_at=None).exists()


def test_staff_ends_one_when_the_person_asks_and_the_person_is_told(
    town: Town, as_actor: AsActor, browser_as: BrowserAs
) -> None:
    row = recorded(town, as_actor("karin"))
    karin = browser_as("karin")
    address = f"/personer/{town.persons['bo']}/foretradare/"
    page = karin.get(address, secure=True).content.decode()
    assert "För <bdi>Bo Ek</bdi>" in page
    assert f'href="/personer/{town.persons["bo"]}/"' in page
    assert "Avsluta: personen har bett om det" in page
    for _ in range(2):
        answer = karin.post(f"{address}{row.id}/avsluta/", secure=True)
        assert (answer.status_code, answer["Location"]) == (302, address)
    with scope.transaction(town.municipality.id):
        assert not representing.opened_to(town.persons["bo"])
        assert Alert.objects.filter(kind="representation_withdrawn", recipient_id=town.persons["bo"]).count() == 1


def test_one_of_somebody_else_is_not_ended_under_another_name(town: Town, as_actor: AsActor) -> None:
    row = recorded(town, as_actor("karin"))
    with pytest.raises(NotAllowed):
        representing.end_as_asked(actor=as_actor("karin"), principal=town.persons["eva"], representation=row.id)
    with pytest.raises(NotAllowed):
        representing.end_as_asked(actor=as_actor("hans"), principal=town.persons["bo"], representation=row.id)


def test_a_known_number_and_an_unknown_one_ask_the_database_the_same(town: Town, as_actor: AsActor) -> None:
    give_number(town, "hans")
    asked = []
    for number in (NUMBER, "19701063-2391"):
        with CaptureQueriesContext(connection) as queries:
            representing.name_helper(actor=as_actor("bo"), number=number, called="Min granne")
        asked.append([re.sub(r"'[^']*'|\d+|::\w+", "?", query["sql"])[:60] for query in queries.captured_queries])
    assert asked[0] == asked[1]
    with scope.transaction(town.municipality.id):
        assert Person.objects.filter(number_index__in=finding.indexes(NUMBER.replace("-", ""))).count() == 1
