"""`POST /holds`, `POST /bookings`: held and booked by a system, once, for persons it may reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock
from uuid import UUID

import pytest

from booking.models import Booking, IdempotencyKey, Need, Occupancy, StepShown
from identity import scope
from identity.actors import Actor
from identity.models import Person
from tests.booking.api.asking import System, at, code, missing, new_key, pointed, system, tick, wanted
from tests.town import Town

pytestmark = pytest.mark.django_db
REPLAYED = "Idempotent-Replayed"


@pytest.fixture
def cases(town: Town) -> System:
    """A case system that may everything."""
    return system(town)


def a_hold(town: Town, start: int | None = None, **more: Any) -> dict[str, Any]:
    """The body of a hold for Bo."""
    body = wanted(town, start)
    del body["parties"]
    return body | {"person": str(town.persons["bo"])} | more


def test_a_free_time_is_booked_at_once(town: Town, cases: System) -> None:
    body = wanted(town, contact={"way": "email", "to": "bo@exempelkommun.example"})
    answer = cases.post("/bookings", body)
    shown = answer.json()
    assert (answer.status_code, shown["state"], shown["sequence"]) == (201, "confirmed", 0)
    assert tick(shown["start"]) == tick(body["start"])
    assert {"role": "resident", "person": str(town.persons["bo"])} in shown["parties"]
    with scope.transaction(town.municipality.id):
        row = Booking.objects.get(id=shown["id"])
        assert (row.asked_how, row.booked_by_id, row.contact_way) == ("system", None, "email")
    assert cases.get(f"/bookings/{shown['id']}").json() == shown


def test_a_hold_is_held_extended_booked_and_gone(town: Town, cases: System) -> None:
    held = cases.post("/holds", a_hold(town))
    shown = held.json()
    assert (held.status_code, shown["extensions_left"]) == (201, 10)
    longer = cases.post(f"/holds/{shown['id']}/extend").json()
    assert (longer["id"], longer["extensions_left"]) == (shown["id"], 9)
    assert longer["expires_at"] >= shown["expires_at"]
    booked = cases.post("/bookings", {"hold": shown["id"], "contact": {"way": "none"}})
    assert (booked.status_code, booked.json()["id"], booked.json()["start"]) == (201, shown["id"], shown["start"])
    assert cases.ask("DELETE", f"/holds/{shown['id']}").status_code == 204
    assert cases.get(f"/bookings/{shown['id']}").json()["state"] == "confirmed"


def test_a_hold_that_is_let_go_is_free_and_letting_go_again_is_the_same(town: Town, cases: System) -> None:
    body = a_hold(town)
    held = cases.post("/holds", body).json()
    assert [cases.ask("DELETE", f"/holds/{held['id']}").status_code for _ in range(2)] == [204, 204]
    with scope.transaction(town.municipality.id):
        assert not Occupancy.objects.filter(booking=held["id"], live=True).exists()
    assert cases.ask("DELETE", f"/holds/{missing()}").status_code == 204


def test_a_system_touches_no_hold_that_a_resident_has(
    town: Town, cases: System, as_actor: Callable[[str], Actor]
) -> None:
    held = town.held(as_actor("bo"))
    nothing = cases.post(f"/holds/{missing()}/extend")
    assert cases.post(f"/holds/{held.id}/extend").content == nothing.content
    assert cases.ask("DELETE", f"/holds/{held.id}").status_code == 204
    assert code(cases.post("/bookings", {"hold": str(held.id)})) == (404, "not_found")
    with scope.transaction(town.municipality.id):
        assert Occupancy.objects.filter(booking=held.id, live=True).exists()


def test_a_token_holds_as_many_times_as_it_says(town: Town) -> None:
    two = system(town, "holds:write", live_holds=2)
    starts = town.first_free(n=3, days=3)
    held = [two.post("/holds", a_hold(town, start)) for start in starts]
    assert [one.status_code for one in held] == [201, 201, 429]
    assert code(held[2]) == (429, "hold_limit")
    two.ask("DELETE", f"/holds/{held[0].json()['id']}")
    assert two.post("/holds", a_hold(town, starts[2])).status_code == 201
    assert system(town, "holds:write", live_holds=1).post("/holds", a_hold(town, starts[0])).status_code == 201


def test_the_same_key_has_one_effect_and_says_so(town: Town, cases: System) -> None:
    for path, body in (("/holds", a_hold(town, town.first_free(n=2, days=3)[1])), ("/bookings", wanted(town))):
        key = new_key()
        first, again = cases.post(path, body, key), cases.post(path, body, key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json()["id"] == again.json()["id"]
        assert (REPLAYED in first, again[REPLAYED]) == (False, "true")
        other = cases.post(path, body | {"calendar": str(missing())}, key)
        assert code(other) == (422, "key_reused")
    with scope.transaction(town.municipality.id):
        assert Booking.objects.count() == 2
        assert {row.status for row in IdempotencyKey.objects.all()} == {201}


def test_a_key_belongs_to_its_token_and_to_its_address(town: Town, cases: System) -> None:
    key, starts = new_key(), town.first_free(n=2, days=3)
    one = cases.post("/bookings", wanted(town, starts[0]), key).json()
    other = system(town).post("/bookings", wanted(town, starts[1]), key).json()
    assert one["id"] != other["id"]
    assert code(cases.post(f"/bookings/{one['id']}/cancel", {"by": "resident"}, key)) == (422, "key_reused")


def test_what_is_rendered_again_is_what_is_there_now(town: Town, cases: System) -> None:
    key = new_key()
    booked = cases.post("/bookings", wanted(town), key).json()
    cases.post(f"/bookings/{booked['id']}/cancel", {"by": "resident"})
    again = cases.post("/bookings", wanted(town, tick(booked["start"])), key)
    assert (again.status_code, again.json()["state"]) == (201, "cancelled_by_resident")


def test_a_taken_time_comes_with_the_nearest_free_ones(town: Town, cases: System) -> None:
    body = wanted(town)
    while (answer := cases.post("/bookings", body)).status_code == 201:
        pass
    assert code(answer) == (409, "slot_taken")
    near = answer.json()["alternatives"]
    assert 1 <= len(near) <= 3
    assert cases.post("/bookings", body | {"start": near[0]["start"]}).status_code == 201
    assert code(cases.post("/holds", a_hold(town, tick(body["start"])))) == (409, "slot_taken")


def test_a_time_too_near_too_far_or_not_offered_is_a_422(town: Town, cases: System) -> None:
    soon, far = town.first_free()[0] - 10_000 * 288, town.first_free()[0] + 300 * 288
    for path, body in (("/bookings", wanted(town)), ("/holds", a_hold(town))):
        assert code(cases.post(path, body | {"start": at(max(soon, 1))})) == (422, "too_soon")
        assert code(cases.post(path, body | {"start": at(far)})) == (422, "beyond_horizon")
        without_home = {"meeting_type": str(town.types["ekonomi"]), "form": "home"}
        assert code(cases.post(path, body | without_home)) == (422, "not_offered")


def test_an_unknown_external_id_makes_the_person_once(town: Town, cases: System) -> None:
    starts = town.first_free(n=2, days=3)
    party = {"role": "resident", "external_id": "case-77", "name": "Kim Nyström", "language": "en"}
    made = [cases.post("/bookings", wanted(town, start, parties=[party])).json() for start in starts]
    with scope.transaction(town.municipality.id):
        person = Person.objects.get(external_id="case-77")
        assert (person.name, person.language) == ("Kim Nyström", "en")
        assert {row.resident_id for row in Booking.objects.filter(id__in=[one["id"] for one in made])} == {person.id}
    assert len(cases.get("/bookings", external_id="case-77").json()["results"]) == 2


def test_who_cannot_be_reached_is_answered_as_nobody(town: Town, cases: System) -> None:
    nobody = cases.post("/bookings", wanted(town, parties=[{"role": "resident", "person": str(missing())}]))
    assert code(nobody) == (404, "not_found")
    with scope.transaction(town.municipality.id):
        bo = Person.objects.get(id=town.persons["bo"])
    for flag in ("marked", "registered", "safe_contact"):
        with scope.transaction(town.municipality.id):
            Person.objects.filter(id=bo.id).update(
                **dict.fromkeys(("marked", "registered", "safe_contact"), False) | {flag: True}
            )
        for who in ({"person": str(bo.id)}, {"external_id": bo.external_id}):
            parties = [{"role": "resident"} | who]
            assert cases.post("/bookings", wanted(town, parties=parties)).content == nobody.content
            body = {name: value for name, value in a_hold(town).items() if name != "person"} | who
            assert cases.post("/holds", body).content == nobody.content


def test_whom_the_system_acts_for_is_written_down(town: Town, cases: System, monkeypatch: pytest.MonkeyPatch) -> None:
    from identity.models import AccessEntry

    written: list[AccessEntry] = []
    monkeypatch.setattr(AccessEntry, "save", lambda self, **_: written.append(self))
    cases.post("/bookings", wanted(town, on_behalf_of={"person": str(town.persons["yusuf"])}))
    made = next(one for one in written if one.action == "booking.confirm")
    assert (made.role, made.reason) == ("api", f"for {town.persons['yusuf']}")
    refused = cases.post("/bookings", wanted(town, on_behalf_of={"person": str(missing())}))
    assert code(refused) == (404, "not_found")


def test_the_information_that_was_shown_is_noted_by_its_version(town: Town, cases: System) -> None:
    starts = town.first_free(n=3, days=3)
    old = cases.post("/bookings", wanted(town, starts[0], information_version=999))
    assert code(old) == (409, "stale")
    now = cases.post("/bookings", wanted(town, starts[0], information_version=1))
    assert now.status_code == 201
    held = cases.post("/holds", a_hold(town, starts[1])).json()
    assert code(cases.post("/bookings", {"hold": held["id"], "information_version": 999})) == (409, "stale")
    key, body = new_key(), {"hold": held["id"], "information_version": 1}
    assert cases.post("/bookings", body, key).status_code == 201
    assert cases.post("/bookings", body, key)[REPLAYED] == "true"
    with scope.transaction(town.municipality.id):
        assert StepShown.objects.filter(booking=held["id"], marked_at__isnull=False).count() == 1


def test_needs_and_companions_are_kept(town: Town, cases: System) -> None:
    parties = [{"role": "resident", "person": str(town.persons["bo"])}, {"role": "companion", "name": "Siv Ek"}]
    answer = cases.post("/bookings", wanted(town, parties=parties, needs=[{"kind": "pauses"}]))
    assert answer.status_code == 201
    assert sorted(one["role"] for one in answer.json()["parties"]) == ["companion", "officer", "resident"]
    assert "Siv" not in answer.content.decode()
    with scope.transaction(town.municipality.id):
        assert Need.objects.get(booking=answer.json()["id"]).kind == "pauses"


BAD: list[tuple[dict[str, Any], str]] = [
    ({"start": "2026-12-01T09:03:00+01:00"}, "#/start"),
    ({"start": "2026-12-01T09:00:00"}, "#/start"),
    ({"start": 5}, "#/start"),
    ({"start": "9999-12-31T23:59:59-14:00"}, "#/start"),
    ({"meeting_type": 5}, "#/meeting_type"),
    ({"form": ["video"]}, "#/form"),
    ({"parties": []}, "#/parties"),
    ({"parties": [{"role": "resident"}]}, "#/parties/0/person"),
    ({"parties": [{"role": "resident", "external_id": "\x00"}]}, "#/parties/0/external_id"),
    ({"parties": [{"role": "resident", "external_id": chr(0xD800)}]}, "#/parties/0/external_id"),
    ({"parties": [{"role": "officer", "person": str(UUID(int=1))}]}, "#/parties/0/role"),
    ({"parties": [{"role": "companion", "name": 5}]}, "#/parties/0/name"),
    ({"parties": "x"}, "#/parties"),
    ({"parties": [{"role": "companion", "name": "x"}] * 7}, "#/parties"),
    ({"needs": [{"kind": "gold"}]}, "#/needs/0/kind"),
    ({"contact": {"way": "email"}}, "#/contact/to"),
    ({"contact": {"way": "email", "to": "x"}}, "#/contact/to"),
    ({"contact": {"way": "none", "to": "a@b.example"}}, "#/contact/to"),
    ({"contact": {"way": "sms", "to": "+46"}}, "#/contact/way"),
    ({"duration": 7}, "#/duration"),
    ({"duration": True}, "#/duration"),
    ({"duration": 1e308}, "#/duration"),
    ({"roles": [{"role": "king"}]}, "#/roles/0/role"),
    ({"information_version": 10**30}, "#/information_version"),
    ({"hold": str(UUID(int=1))}, "#/start"),
    ({"on_behalf_of": {}}, "#/on_behalf_of/person"),
    ({"x": 1}, "#/x"),
]


@pytest.mark.parametrize(("more", "pointer"), BAD, ids=[f"{n}-{pointer}" for n, (_, pointer) in enumerate(BAD)])
def test_what_cannot_be_read_is_pointed_at(town: Town, cases: System, more: dict[str, Any], pointer: str) -> None:
    assert pointer in {one for one, _ in pointed(cases.post("/bookings", wanted(town) | more))}


@pytest.mark.parametrize(
    "octets", [b"{", b"null", b"[]", b'{"a":1,"a":1}', b"[" * 30_000, b"NaN", b"\xff", b"1" * 5000]
)
def test_a_body_that_is_no_object_is_a_400(town: Town, cases: System, octets: bytes) -> None:
    assert cases.post("/bookings", octets).status_code == 400


def test_a_body_is_at_most_64_kib(town: Town, cases: System) -> None:
    assert code(cases.post("/bookings", b" " * 65_537)) == (413, "too_large")
    assert cases.post("/bookings", b" " * 60_000).status_code == 400


def test_two_at_once_with_one_key_have_one_answer(town: Town, cases: System) -> None:
    from booking.errors import InProgress

    with mock.patch("booking.idempotency.replayed", side_effect=InProgress):
        assert code(cases.post("/bookings", wanted(town))) == (409, "in_progress")


def test_changes_are_counted_and_told_when_to_come_back(town: Town) -> None:
    slow = system(town, changes_per_minute=1)
    assert slow.post("/bookings", wanted(town)).status_code == 201
    refused = slow.post("/bookings", wanted(town))
    assert (code(refused), refused["Retry-After"]) == ((429, "slow_down"), "60")
    assert slow.get("/bookings").status_code == 200
