"""Who may act for whom: named, shown, ended; and what each kind opens."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from booking import appointments
from identity import representing, scope
from identity.actors import Actor
from identity.errors import NotAllowed, RepresentationRefused
from identity.models import AccessEntry, Alert, Person, Representation, RepresentationKind
from identity.representing import EVIDENCE, SCOPES, Mandate
from tests.identity.representatives import NUMBER, give_number, recorded
from tests.numbers_of_tests import series
from tests.town import Town

AsActor = Callable[[str], Actor]
Super = Callable[[], Any]
BrowserAs = Callable[[str], Client]
DAY = date(2026, 11, 22)


@given(
    kind=st.sampled_from(RepresentationKind.values),
    scopes=st.lists(st.sampled_from(SCOPES), unique=True),
    proven=st.booleans(),
    ended=st.booleans(),
    days=st.none() | st.integers(-3, 3),
)
def test_what_a_representation_opens(kind: str, scopes: list[str], proven: bool, ended: bool, days: int | None) -> None:
    row = Representation(municipality_id=1, kind=kind, scopes=scopes, seen_at=timezone.now() if proven else None)
    row.revoked_at = timezone.now() if ended else None
    row.valid_to = None if days is None else DAY + timedelta(days=days)
    opened = row.allows(DAY)
    assert opened <= set(scopes)
    if ended or (days is not None and days < 0):
        assert not opened
    elif kind == "helper" or not proven:
        assert opened == set(scopes) & {"book"}
    else:
        assert opened == set(scopes)


def test_a_named_helper_may_book_and_nothing_more(town: Town, as_actor: AsActor) -> None:
    give_number(town, "hans")
    representing.name_helper(actor=as_actor("bo"), number=NUMBER, called="Min granne")
    with scope.transaction(town.municipality.id):
        assert representing.opened_to(town.persons["bo"]) == ((town.persons["hans"], frozenset({"book"})),)
        assert [person.id for person in representing.represented_by(as_actor("hans"), "book")] == [town.persons["bo"]]
        assert not representing.represented_by(as_actor("hans"), "attend")


def test_naming_an_unknown_number_answers_as_a_known_one(town: Town, as_actor: AsActor) -> None:
    row = representing.name_helper(actor=as_actor("bo"), number=NUMBER, called="Min granne")
    with scope.transaction(town.municipality.id):
        helper = Person.objects.get(id=row.representative_id)
        assert helper.name == ""
        assert helper.number == NUMBER.replace("-", "")


@pytest.mark.parametrize(("number", "code"), [("12", "number"), (NUMBER, "self")])
def test_a_helper_that_cannot_be(town: Town, as_actor: AsActor, number: str, code: str) -> None:
    give_number(town, "bo")
    with pytest.raises(RepresentationRefused) as refused:
        representing.name_helper(actor=as_actor("bo"), number=number, called="Min granne")
    assert refused.value.code == code


def test_the_same_helper_is_named_once_and_at_most_ten(town: Town, as_actor: AsActor) -> None:
    representing.name_helper(actor=as_actor("bo"), number=NUMBER, called="Min granne")
    with pytest.raises(RepresentationRefused, match="known"):
        representing.name_helper(actor=as_actor("bo"), number=NUMBER, called="Min granne")


def test_unproven_opens_booking_only_until_the_paper_was_seen(town: Town, as_actor: AsActor) -> None:
    recorded(town, as_actor("karin"), evidence="")
    with scope.transaction(town.municipality.id):
        assert representing.opened_to(town.persons["bo"])[0][1] == {"book"}
    seen = recorded(town, as_actor("karin"))
    with scope.transaction(town.municipality.id):
        assert representing.opened_to(town.persons["bo"])[0][1] == set(SCOPES)
        assert Representation.objects.count() == 1
    assert seen.seen_by_id == town.persons["karin"]
    assert seen.seen_at is not None


@pytest.mark.parametrize("kind", RepresentationKind.values)
def test_evidence_that_does_not_show_the_kind_is_refused(town: Town, as_actor: AsActor, kind: str) -> None:
    wrong = ({"word", "mandate", "court", "register", "future_mandate"} - set(EVIDENCE[kind])).pop()
    with pytest.raises(RepresentationRefused, match="evidence"):
        recorded(town, as_actor("karin"), kind=kind, evidence=wrong)


@pytest.mark.parametrize("kind", ["helper", "proxy"])
@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize("days", [None, -1, 0])
@pytest.mark.parametrize("needed", SCOPES)
def test_sql_says_the_same_as_the_row(town: Town, kind: str, proven: bool, days: int | None, needed: str) -> None:
    with scope.transaction(town.municipality.id):
        row = Representation.objects.create(
            principal_id=town.persons["bo"],
            representative_id=town.persons["hans"],
            kind=kind,
            scopes=["book", "attend"],
            seen_at=timezone.now() if proven else None,
            valid_to=None if days is None else representing.today() + timedelta(days=days),
            made_at=timezone.now(),
        )
        said = representing.opening(needed, principal_id=town.persons["bo"]).exists()
        assert said == (needed in row.allows(representing.today()))


def test_a_helper_is_never_given_more_than_booking(town: Town, as_actor: AsActor) -> None:
    mandate = Mandate(town.persons["bo"], NUMBER, "Ombudet", "helper", ("book", "attend"))
    with pytest.raises(RepresentationRefused, match="scope"):
        representing.record(actor=as_actor("karin"), mandate=mandate)


def test_a_day_that_has_been_is_refused(town: Town, as_actor: AsActor) -> None:
    with pytest.raises(RepresentationRefused, match="past"):
        recorded(town, as_actor("karin"), valid_to=timezone.localdate() - timedelta(days=1))


@pytest.mark.parametrize("who", ["bo", "hans", "dan", "farid"])
def test_only_staff_who_meet_people_write_representations_down(town: Town, as_actor: AsActor, who: str) -> None:
    with pytest.raises(NotAllowed):
        recorded(town, as_actor(who))


def test_a_protected_persons_needs_an_opening_first(town: Town, as_actor: AsActor) -> None:
    mandate = Mandate(town.persons["eva"], NUMBER, "Ombudet", "proxy", SCOPES, "mandate")
    with pytest.raises(NotAllowed):
        representing.record(actor=as_actor("karin"), mandate=mandate)


def test_an_officer_writes_down_only_for_whom_their_unit_meets(town: Town, as_actor: AsActor) -> None:
    with pytest.raises(NotAllowed):
        recorded(town, as_actor("anna"))
    town.booked(as_actor("bo"))
    assert recorded(town, as_actor("anna")).proven
    for other in ("lena", "cia"):
        with pytest.raises(NotAllowed):
            recorded(town, as_actor(other))


@pytest.mark.parametrize("who", ["bo", "hans"])
def test_either_side_ends_it_in_one_step_and_again_is_the_same(town: Town, as_actor: AsActor, who: str) -> None:
    give_number(town, "hans")
    row = recorded(town, as_actor("karin"))
    for _ in range(2):
        representing.withdraw(actor=as_actor(who), representation=row.id)
    with scope.transaction(town.municipality.id):
        assert representing.opened_to(town.persons["bo"]) == ()
        assert Alert.objects.filter(kind="representation_withdrawn").count() == 1


@pytest.mark.parametrize("who", ["eva", "anna", "dan"])
def test_nobody_else_ends_it(town: Town, as_actor: AsActor, who: str) -> None:
    give_number(town, "hans")
    row = recorded(town, as_actor("karin"))
    with pytest.raises(NotAllowed):
        representing.withdraw(actor=as_actor(who), representation=row.id)


def test_the_page_names_and_takes_away(town: Town, browser_as: BrowserAs) -> None:
    bo = browser_as("bo")
    answer = bo.post("/mina-tider/foretradare/", {"number": NUMBER, "called": "Min granne"}, secure=True)
    assert answer.status_code == 302
    page = bo.get("/mina-tider/foretradare/", secure=True).content.decode()
    assert "Min granne" in page
    assert NUMBER not in page
    with scope.transaction(town.municipality.id):
        row = Representation.objects.get()
    assert bo.post(f"/mina-tider/foretradare/{row.id}/", secure=True).status_code == 302
    assert "Ingen hjälper dig" in bo.get("/mina-tider/foretradare/", secure=True).content.decode()


def test_a_faulty_number_stays_in_the_form_with_a_sentence(town: Town, browser_as: BrowserAs) -> None:
    answer = browser_as("bo").post("/mina-tider/foretradare/", {"number": "1981", "called": "Min granne"}, secure=True)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "tolv siffror" in page
    assert 'value="1981"' in page


def test_staff_writes_down_on_the_persons_page(town: Town, browser_as: BrowserAs) -> None:
    address = f"/personer/{town.persons['bo']}/foretradare/"
    sent = {"number": NUMBER, "called": "Ombudet", "kind": "proxy", "evidence": "mandate", "valid_to": ""}
    anna = browser_as("karin")
    assert anna.post(address, sent, secure=True).status_code == 302
    page = anna.get(address, secure=True).content.decode()
    assert "Ombud" in page
    assert "Ej styrkt" not in page
    assert browser_as("bo").get(address, secure=True).status_code in (302, 404)


def test_a_helper_sees_when_and_never_what(town: Town, as_actor: AsActor, browser_as: BrowserAs) -> None:
    give_number(town, "hans")
    town.booked(as_actor("bo"))
    hans = browser_as("hans")
    assert "Tider för någon du hjälper" not in hans.get("/mina-tider/", secure=True).content.decode()
    representing.name_helper(actor=as_actor("bo"), number=NUMBER, called="Min granne")
    page = hans.get("/mina-tider/", secure=True).content.decode()
    assert "Tider för någon du hjälper" in page
    assert "Lindqvist" not in page
    assert "Demir" not in page
    assert "Niemi" not in page
    assert "ansökan" not in page
    assert "Videomöte" in page


def test_a_helper_books_and_cancels_for_the_resident(town: Town, as_actor: AsActor, browser_as: BrowserAs) -> None:
    give_number(town, "hans")
    representing.name_helper(actor=as_actor("bo"), number=NUMBER, called="Min granne")
    hans = browser_as("hans")
    start = town.first_free(days=3)[0]
    hans.post("/boka/k4t7/", {"form": "phone"}, secure=True)
    hans.post("/boka/tid/", {"kod": "k4t7", "form": "phone", "tid": _iso(start), "key": "k" * 20}, secure=True)
    page = hans.get("/boka/behov/", secure=True, follow=True)
    assert page.redirect_chain[-1][0] == "/boka/vem/"
    assert hans.post("/boka/vem/", {"whom": "nobody"}, secure=True).status_code == 422
    answer = hans.post("/boka/vem/", {"whom": str(town.persons["bo"])}, secure=True)
    assert answer.status_code == 302
    assert hans.get("/boka/behov/", secure=True).status_code == 200
    from booking.models import Booking

    with scope.transaction(town.municipality.id):
        held = Booking.objects.get()
        assert held.resident_id == town.persons["bo"]
        assert [party.person_id for party in held.parties.all()] == [town.persons["bo"]]


def test_a_proven_proxy_who_books_takes_part(town: Town, as_actor: AsActor) -> None:
    from booking.models import Party
    from booking.services import Contact, Wanted, book, hold

    give_number(town, "hans")
    recorded(town, as_actor("karin"))
    hans, start = as_actor("hans"), town.first_free(days=3)[0]
    wanted = Wanted(town.types["fardtjanst"], "video", start, resident=town.persons["bo"])
    held = hold(actor=hans, wanted=wanted)
    shown = town.read(hans, held)
    made = book(actor=hans, booking=held.id, contact=Contact("none"), shown=shown.id, key="key-of-hans-1234")
    with scope.transaction(town.municipality.id):
        roles = {party.role: party.person_id for party in Party.objects.filter(booking=made)}
    assert roles["resident"] == town.persons["bo"]
    assert roles["representative"] == town.persons["hans"]


def test_nobody_books_for_a_stranger(town: Town, as_actor: AsActor) -> None:
    from booking.services import Wanted, hold

    wanted = Wanted(town.types["fardtjanst"], "video", town.first_free(days=3)[0], resident=town.persons["bo"])
    with pytest.raises(NotAllowed):
        hold(actor=as_actor("hans"), wanted=wanted)


@pytest.mark.django_db(transaction=True)
def test_naming_and_withdrawing_are_written_down(town: Town, as_actor: AsActor, superuser: Super) -> None:
    row = representing.name_helper(actor=as_actor("bo"), number=NUMBER, called="Min granne")
    representing.withdraw(actor=as_actor("bo"), representation=row.id)
    assert AccessEntry._meta.db_table == "identity_accessentry"
    with superuser() as database:
        rows = database.execute("SELECT action FROM identity_accessentry ORDER BY at").fetchall()
    assert [action for (action,) in rows][-2:] == ["representation.name", "representation.withdraw"]


def _iso(tick: int) -> str:
    from booking.timeline import instant

    return instant(tick).isoformat()


@pytest.mark.parametrize("known", ["", "hans", "eva"])
def test_the_list_says_nothing_of_what_we_know(town: Town, browser_as: BrowserAs, known: str) -> None:
    if known:
        give_number(town, known)
    bo = browser_as("bo")
    bo.post("/mina-tider/foretradare/", {"number": NUMBER, "called": "Min granne"}, secure=True)
    page = bo.get("/mina-tider/foretradare/", secure=True).content.decode()
    assert page.count("Min granne") == 2
    for told in ("Hans", "Eva", "Berg", "Lund", "visas inte", "loggat in"):
        assert told not in page


@pytest.mark.parametrize(
    ("scopes", "days"), [(("book", "attend", "speak"), 10), (("book",), 20), (("book",), None), (("book", "attend"), 5)]
)
def test_what_is_widened_or_prolonged_unseen_is_unproven_again(
    town: Town, as_actor: AsActor, scopes: tuple[str, ...], days: int | None
) -> None:
    until = timezone.localdate() + timedelta(days=10)
    narrow = Mandate(town.persons["bo"], NUMBER, "Ombudet", "proxy", ("book",), "mandate", until)
    assert representing.record(actor=as_actor("karin"), mandate=narrow).proven
    later = None if days is None else timezone.localdate() + timedelta(days=days)
    wide = Mandate(town.persons["bo"], NUMBER, "Ombudet", "proxy", scopes, "", later)
    changed = representing.record(actor=as_actor("karin"), mandate=wide)
    assert not changed.proven
    assert changed.seen_by_id is None
    with scope.transaction(town.municipality.id):
        assert representing.opened_to(town.persons["bo"])[0][1] == {"book"}
        assert Alert.objects.filter(kind="representation_recorded", recipient_id=town.persons["bo"]).count() == 2


def test_what_is_narrowed_stays_proven(town: Town, as_actor: AsActor) -> None:
    recorded(town, as_actor("karin"))
    less = Mandate(town.persons["bo"], NUMBER, "Ombudet", "proxy", ("book",))
    assert representing.record(actor=as_actor("karin"), mandate=less).proven


@pytest.mark.parametrize("level", ["none", "LOA2"])
def test_a_weak_sign_in_names_no_helper_and_sees_no_stronger_times(
    town: Town, as_actor: AsActor, browser_as: BrowserAs, level: str
) -> None:
    give_number(town, "hans")
    town.booked(as_actor("bo"))
    representing.name_helper(actor=as_actor("bo"), number=NUMBER, called="Min granne")
    weak = replace(as_actor("hans"), level=level)
    with pytest.raises(NotAllowed):
        representing.name_helper(actor=weak, number="19701063-2391", called="Någon")
    with scope.transaction(town.municipality.id):
        assert not appointments.for_others(weak)
        assert len(appointments.for_others(as_actor("hans"))) == 1
        assert appointments.some_are_hidden(replace(as_actor("bo"), level=level), now=timezone.now())
        assert not appointments.some_are_hidden(as_actor("bo"), now=timezone.now())


def test_ten_helpers_a_month_the_withdrawn_included(town: Town, as_actor: AsActor) -> None:
    bo = as_actor("bo")
    for number in series(10):
        made = representing.name_helper(actor=bo, number=number, called="Någon")
        representing.withdraw(actor=bo, representation=made.id)
    with pytest.raises(RepresentationRefused, match="many"):
        representing.name_helper(actor=bo, number=NUMBER, called="Någon")


@pytest.mark.django_db(transaction=True)
def test_the_same_helper_named_many_times_at_once_is_one_and_no_error(town: Town, as_actor: AsActor) -> None:
    bo = as_actor("bo")

    def name(_: int) -> str:
        try:
            representing.name_helper(actor=bo, number=NUMBER, called="Någon")
        except RepresentationRefused as refused:
            return refused.code
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(name, range(6)))
    assert answers == ["known"] * 5 + ["made"]
