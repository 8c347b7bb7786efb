"""The register extract: everything about the one who asks, nothing about others, and who has looked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.test import Client
from django.utils import timezone

from identity import access_log, extract, extract_presenters, finding, scope
from identity.actors import Actor
from identity.errors import NotAllowed, SignInNeeded
from identity.fields import EncryptedField
from identity.joining import join
from identity.models import Membership, Person, Session
from tests.numbers_of_tests import PUBLISHED
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "log_reader", "log_writer"])
Super = Callable[[], psycopg.Connection[Any]]
As = Callable[[str], Actor]
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
# Of a cycle's fields only one may be said at a time: these stay empty, and their names are shown all the same.
NOT_TOGETHER = frozenset({"booking.Absence.first_monday", "booking.Absence.week_parity"})
_MINUTES = count()  # later fields are later: "from" stands before "to"


def coordinator(town: Town, as_actor: As) -> Actor:
    """Anna, who coordinates her unit as well."""
    with scope.transaction(town.municipality.id):
        unit = Membership.objects.get(person_id=town.persons["anna"], role="officer").unit
        Membership.objects.create(person_id=town.persons["anna"], unit=unit, role="coordinator")
    return as_actor("anna")


def filled(town: Town, as_actor: As) -> dict[str, set[str]]:
    """Bo with a row in every table of the extract and a value in every field; the fields by table."""
    town.booked(as_actor("bo"))
    with scope.transaction(town.municipality.id):
        bo = Person.objects.get(id=town.persons["bo"])
        finding.set_number(bo, PUBLISHED[0])
        bo.save()
        for label, source in extract.sources().items():
            model: Any = apps.get_model(label)
            for path in source.paths[:1]:
                row = model.objects.filter(**{path: bo.pk}).first() or _new(model, path, bo, town)
                _fill(row, tuple(source.words), bo)
    return {label: set(source.words) for label, source in extract.sources().items()}


def _new(model: Any, path: str, bo: Person, town: Town) -> models.Model:  # noqa: ANN401 - any of our models
    """A row that leads to Bo by `path`; what it needs is made on the way."""
    first, _, rest = path.partition("__")
    field = model._meta.get_field(first)
    row: models.Model = model()
    row.pk = row.pk or ("ab" * 32 if model is Session else row.pk)
    if isinstance(field, models.ForeignKey) and field.related_model is not Person:
        target: Any = field.related_model
        setattr(row, first, target.objects.filter(**{rest: bo.pk}).first() or _new(target, rest, bo, town))
    else:
        setattr(row, field.attname, bo.pk)
    _fill(row, tuple(f.name for f in model._meta.concrete_fields), bo)
    return row


def _fill(row: models.Model, names: tuple[str, ...], bo: Person) -> None:
    for name in names:
        field: Any = row._meta.get_field(name)
        empty = getattr(row, field.attname, None) in (None, "", [], b"")
        if empty and not field.primary_key and f"{row._meta.label}.{name}" not in NOT_TOGETHER:
            setattr(row, field.attname, _something(field, bo))
    row.save()


def _something(field: Any, bo: Person) -> object:  # noqa: ANN401 - any field of Django's
    """A value that the field takes."""
    if isinstance(field, models.ForeignKey):
        target: Any = field.related_model
        found = target.objects.exclude(pk=bo.pk).first() or _made(target)
        return found.pk
    if isinstance(field, models.UUIDField):
        return bo.pk
    if isinstance(field, EncryptedField | models.CharField | models.TextField):
        return field.choices[0][0] if field.choices else "ord"
    if isinstance(field, models.DateTimeField):
        return NOW + timedelta(minutes=next(_MINUTES))
    if isinstance(field, models.DateField):
        return NOW.date()
    if isinstance(field, ArrayField):
        return ["book"] if field.base_field.get_internal_type() == "CharField" else []
    if isinstance(field, models.BinaryField):
        return bo.pk.bytes * 2
    if isinstance(field, models.BooleanField):
        return True
    return 1


def _made(model: Any) -> Any:  # noqa: ANN401 - any of our models
    row = model()
    for field in model._meta.concrete_fields:
        if not field.null and not field.has_default() and not field.primary_key and field.name != "municipality":
            setattr(row, field.attname, "ord" if isinstance(field, models.CharField) else 1)
    row.kind = "oidc"
    row.save()
    return row


def test_every_field_of_a_fully_filled_person_is_in_the_extract(town: Town, as_actor: As) -> None:
    wanted = filled(town, as_actor)
    found = extract.own(actor=as_actor("bo"))
    shown = {section.model: section for section in found.sections}
    assert shown.keys() == wanted.keys()
    for label, names in wanted.items():
        assert {name for row in shown[label].rows for name in row} == names
        for name in (name for name in names if f"{label}.{name}" not in NOT_TOGETHER):
            values = [row[name] for row in shown[label].rows]
            assert any(value not in (None, "") for value in values), f"{label}.{name}"


def test_the_page_and_the_file_say_the_same(town: Town, as_actor: As) -> None:
    filled(town, as_actor)
    found = extract.own(actor=as_actor("bo"))
    document: Any = json.loads(json.dumps(extract_presenters.document(found)))
    page = extract_presenters.page(found)
    assert [len(section["rows"]) for section in document["sections"]] == [
        len(section.rows) for section in page.sections
    ]
    person = next(section for section in document["sections"] if section["table"] == "identity.Person")["rows"][0]
    assert (person["name"], person["number"]) == ("Bo Ek", PUBLISHED[0])
    assert ("Namn", "Bo Ek") in page.sections[0].rows[0]
    booking = next(section for section in document["sections"] if section["table"] == "booking.Booking")["rows"][0]
    assert booking["contact_to"] == "bo@exempelkommun.example"
    assert datetime.fromisoformat(booking["from_tick"]).tzinfo is not None


def test_the_page_is_for_reading(town: Town, as_actor: As, browser_as: Callable[[str], Client]) -> None:
    filled(town, as_actor)
    with scope.transaction(town.municipality.id):
        message: Any = apps.get_model("notifications.Message").objects.filter(recipient=town.persons["bo"]).first()
        message.invitation = "BEGIN:VCALENDAR"
        message.save(update_fields=["invitation"])
        apps.get_model("notifications.Delivery").objects.update(outcome="sent")
        apps.get_model("meetings.Participant").objects.update(denials=0, ident="eid")
    text = browser_as("bo").get("/dina-uppgifter/utdrag/", secure=True).content.decode()
    assert "VCALENDAR" not in text
    told = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", text))
    assert told["Kalenderinbjudan"] == "finns i filen"
    assert told["Hur det gick"] == "Skickat"
    assert told["Text"] == "Läs det här före mötet"
    assert told["Hur det kontrollerades vem du är"] == "e-legitimation"
    assert "Gånger nekad" not in told
    assert re.fullmatch(r"\w+dag \d+ \w+ 2026 kl\. \d+\.\d\d", told["Börjar"])
    assert "Möten som har hållits" not in text
    assert re.search(r'class="back" href="/dina-uppgifter/"', text)
    assert "VCALENDAR" in browser_as("bo").get("/dina-uppgifter/utdrag.json", secure=True).content.decode()


def test_nobody_else_is_named(town: Town, as_actor: As, browser_as: Callable[[str], Client]) -> None:
    town.booked(as_actor("bo"))
    town.booked(as_actor("hans"))
    text = browser_as("bo").get("/dina-uppgifter/utdrag/", secure=True).content.decode()
    text += browser_as("bo").get("/dina-uppgifter/utdrag.json", secure=True).content.decode()
    assert "Bo Ek" in text
    assert [name for name in ("Anna", "Lindqvist", "Hans", "Yusuf", "Maria") if name in text] == []
    assert "hans@" not in text


def test_who_has_looked_is_told_by_role_and_unit(town: Town, as_actor: As) -> None:
    anna = coordinator(town, as_actor)
    booked = town.booked(as_actor("bo"))
    extract.of_person(actor=anna, person=town.persons["bo"])
    page = extract_presenters.page(extract.own(actor=as_actor("bo")))
    told = {(seen.who, seen.what) for day in page.log for seen in day.lines}
    assert ("Du", "Bokade en tid") in told
    assert ("Handläggare, Färdtjänst", "Tog fram ett utdrag") in told
    assert str(booked.id) not in str(page.log)


def test_who_looked_at_somebody_who_was_joined_to_the_person_is_told_too(town: Town, as_actor: As) -> None:
    with scope.transaction(town.municipality.id):
        other, first = Person.objects.create(name="Bo Ek"), Person.objects.create(name="Bo Ek")
        for one in (other, first):
            access_log.record(actor=as_actor("anna"), action="person.see", kind="person", objects=[one.id])
        itself = Actor(town.municipality.id, person_id=other.id)
        access_log.record(actor=itself, action="booking.list", kind="booking", objects=[other.id])
        join(kept=other, other=first)
        join(kept=Person.objects.get(id=town.persons["bo"]), other=Person.objects.get(id=other.id))
    seen = [(one.who, one.action) for one in extract.own(actor=as_actor("bo")).log]
    assert seen.count(("officer", "person.see")) == 2
    assert ("self", "booking.list") in seen


def test_making_it_is_an_entry(town: Town, as_actor: As, superuser: Super) -> None:
    extract.own(actor=as_actor("bo"))
    with superuser() as database:
        rows = database.execute(
            "SELECT actor, objects_seen FROM identity_accessentry WHERE action = 'person.extract'"
        ).fetchall()
    assert rows == [(town.persons["bo"], [town.persons["bo"]])]


def test_one_must_have_signed_in_lately_and_surely(town: Town, as_actor: As) -> None:
    bo = as_actor("bo")
    with time_machine.travel(timezone.now() + timedelta(minutes=31)), pytest.raises(SignInNeeded):
        extract.own(actor=bo)
    for weaker in ({"level": "LOA2"}, {"only_booking": town.persons["bo"]}):
        with pytest.raises(NotAllowed):
            extract.own(actor=Actor(**{**bo.__dict__, **weaker}))


@pytest.mark.parametrize("who", ["bo", "cia", "dan", ""])
def test_nobody_but_a_coordinator_takes_out_anothers(who: str, town: Town, browser_as: Callable[[str], Client]) -> None:
    for kind in ("utdrag/", "utdrag.json"):
        answer = browser_as(who).get(f"/personer/{town.persons['hans']}/{kind}", secure=True)
        missing = browser_as(who).get(f"/personer/{UUID(int=1)}/{kind}", secure=True)
        assert answer.status_code == missing.status_code != 200
        assert b"Hans" not in answer.content


def test_a_coordinators_is_a_page_and_a_file(town: Town, as_actor: As, browser_as: Callable[[str], Client]) -> None:
    coordinator(town, as_actor)
    browser = browser_as("anna")
    page = browser.get(f"/personer/{town.persons['hans']}/utdrag/", secure=True)
    assert page.status_code == 200
    assert "Hans Berg" in page.content.decode()
    file = browser.get(f"/personer/{town.persons['hans']}/utdrag.json", secure=True)
    assert file["Content-Type"] == "application/json"
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Cache-Control"] == "no-store"


def test_a_protected_persons_needs_an_opening_first(town: Town, as_actor: As) -> None:
    with pytest.raises(NotAllowed):
        extract.of_person(actor=coordinator(town, as_actor), person=town.persons["eva"])
    assert extract.own(actor=as_actor("eva")).person == town.persons["eva"]


def test_one_who_is_both_is_asked_for_a_fresh_sign_in_of_their_own(town: Town, as_actor: As) -> None:
    anna = coordinator(town, as_actor)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)), pytest.raises(SignInNeeded):
        extract.of_person(actor=anna, person=town.persons["anna"])


def test_what_was_done_many_times_a_day_is_one_line() -> None:
    from identity.extract import Seen
    from identity.extract_presenters import _days

    begin = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)
    often = [Seen(begin + timedelta(minutes=n), "officer", "Färdtjänst", "booking.see", True) for n in range(30)]
    rarely = [Seen(begin + timedelta(days=1, hours=n), "officer", "Färdtjänst", "booking.see", True) for n in (0, 2)]
    first, second = _days([*often, *rarely])
    assert [line.when for line in first.lines] == ["30 gånger, kl. 9.05–9.34"]
    assert [line.when for line in second.lines] == ["kl. 9.05, 11.05"]
