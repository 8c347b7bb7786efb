"""One's own keys and the printed code: never less than two ways in, and changed by somebody who just signed in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from identity import own_keys, scope
from identity.models import Alert, Passkey, RecoveryCode
from tests.identity.keys import Worker, browser, settled, with_key
from tests.town import Town

KEYS = "/inloggningar/nycklar/"
CODE = "/inloggningar/reservkod/"
CAME = ("invitation_used", "key_added")  # what everybody is told who came in by an invitation


def ids_of(town: Town, worker: Worker) -> list[str]:
    """The keys of somebody, oldest first."""
    with scope.transaction(town.municipality.id):
        return [str(key.id) for key in own_keys.ways_of(worker.person).keys]


def told(town: Town, worker: Worker) -> list[str]:
    """What somebody was told, oldest first."""
    with scope.transaction(town.municipality.id):
        rows = Alert.objects.filter(recipient=worker.person).exclude(kind="new_device").order_by("at")
        return list(rows.values_list("kind", flat=True))


def printed(worker: Worker) -> str:
    """A new printed code."""
    page = worker.client.post(CODE, secure=True).content.decode()
    found = re.search(r'code-long"[^>]*>([^<]+)<', page)
    assert found is not None
    return found[1]


def test_a_third_key_can_go_and_the_last_two_stay(town: Town) -> None:
    nils = settled(town)
    nils.register(KEYS, name="Mobilen")
    first, second, third = ids_of(town, nils)
    assert nils.client.post(KEYS, {"do": "remove", "key": first}, secure=True).status_code == 302
    refused = nils.client.post(KEYS, {"do": "remove", "key": second}, secure=True)
    assert (refused.status_code, "Skaffa en till först" in refused.content.decode()) == (422, True)
    assert ids_of(town, nils) == [second, third]
    assert told(town, nils) == [*CAME, "key_added", "key_removed"]


def test_with_a_printed_code_one_key_is_enough_but_the_only_one_stays(town: Town) -> None:
    nils = settled(town)
    printed(nils)
    first, second = ids_of(town, nils)
    assert nils.client.post(KEYS, {"do": "remove", "key": first}, secure=True).status_code == 302
    assert nils.client.post(KEYS, {"do": "remove", "key": second}, secure=True).status_code == 422


def test_a_key_is_called_what_its_owner_likes(town: Town) -> None:
    nils = settled(town)
    key = ids_of(town, nils)[0]
    assert nils.client.post(KEYS, {"do": "name", "key": key, "name": "<b>Jobbdatorn"}, secure=True).status_code == 302
    assert "&lt;b&gt;Jobbdatorn" in nils.client.get(KEYS, secure=True).content.decode()


@pytest.mark.parametrize("do", ["remove", "name"])
def test_somebody_elses_key_is_not_there(town: Town, do: str) -> None:
    nils, olga = settled(town), settled(town, "Olga Ny")
    printed(olga)
    key = ids_of(town, nils)[0]
    assert olga.client.post(KEYS, {"do": do, "key": key, "name": "Min"}, secure=True).status_code == 404
    assert key in ids_of(town, nils)


def test_removing_a_key_signs_out_everywhere_else(town: Town) -> None:
    nils = settled(town)
    elsewhere = Worker(nils.person, client=browser(), device=nils.device)
    elsewhere.sign_in()
    printed(nils)
    nils.client.post(KEYS, {"do": "remove", "key": ids_of(town, nils)[0]}, secure=True)
    assert (nils.signed_in(), elsewhere.signed_in()) == (True, False)


@pytest.mark.parametrize("act", ["remove", "name", "add", "code"])
def test_a_change_asks_for_a_sign_in_of_the_last_fifteen_minutes(town: Town, act: str) -> None:
    nils = settled(town)
    key = ids_of(town, nils)[0]
    path = CODE if act == "code" else KEYS
    with time_machine.travel(timezone.now() + timedelta(minutes=14), tick=False):
        assert nils.client.get(KEYS, secure=True).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1), tick=False):
        page = nils.client.get(KEYS, secure=True)
        assert "Logga in igen" in page.content.decode()
        answer = nils.client.post(path, {"do": act, "key": key, "name": "x"}, secure=True)
        asked = nils.client.post("/logga-in/ny-nyckel/fraga/", secure=True)
    assert answer["Location"].startswith("/logga-in/?next=")
    assert asked["Location"] == f"/logga-in/?next={KEYS}"


def test_the_printed_code_makes_one_new_key_in_place_of_all_others_and_does_nothing_else(town: Town) -> None:
    nils = settled(town)
    code = printed(nils)
    found = Worker(nils.person)
    assert found.spend("reservkod", code).status_code == 302
    assert not found.signed_in()
    assert found.client.get("/idag/", secure=True)["Location"].startswith("/logga-in/?")
    assert found.register().status_code == 302
    assert told(town, nils) == [*CAME, "code_made", "key_added"]
    assert len(ids_of(town, nils)) == 1
    assert not nils.signed_in()
    assert nils.sign_in().status_code == 403
    assert found.sign_in().status_code == 302
    assert found.client.get("/idag/", secure=True)["Location"] == "/logga-in/reserv/"
    assert Worker(nils.person).spend("reservkod", code).status_code == 422


def test_who_came_by_the_printed_code_has_half_an_hour(town: Town) -> None:
    nils = settled(town)
    found = Worker(nils.person)
    found.spend("reservkod", printed(nils))
    with time_machine.travel(timezone.now() + timedelta(minutes=30, seconds=1), tick=False):
        assert found.client.post("/logga-in/ny-nyckel/fraga/", secure=True).status_code == 403


def test_a_new_printed_code_ends_the_old_one(town: Town) -> None:
    nils = settled(town)
    old, new = printed(nils), printed(nils)
    assert Worker(nils.person).spend("reservkod", old).status_code == 422
    assert Worker(nils.person).spend("reservkod", new).status_code == 302


def test_an_invitation_is_no_printed_code_and_the_other_way_round(town: Town) -> None:
    nils = settled(town)
    code = printed(nils)
    assert Worker(nils.person).spend("inbjudan", code).status_code == 422


def test_a_code_that_was_spent_leads_nowhere_in_another_browser(town: Town) -> None:
    nils = with_key(town)
    assert Worker(nils.person).client.get("/logga-in/ny-nyckel/", secure=True).status_code == 403


def test_ten_keys_are_enough(town: Town) -> None:
    nils = settled(town)
    for _ in range(own_keys.MOST - 2):
        assert nils.register(KEYS).status_code == 302
    assert nils.register(KEYS).status_code == 422
    with scope.transaction(town.municipality.id):
        assert Passkey.objects.filter(person=nils.person).count() == own_keys.MOST


def test_what_is_kept_of_the_printed_code_is_its_hash(town: Town) -> None:
    nils = settled(town)
    code = printed(nils).replace("-", "")
    with scope.transaction(town.municipality.id):
        row = RecoveryCode.objects.get(person=nils.person)
    assert code.encode() not in bytes(row.code_hash)
    assert len(bytes(row.code_hash)) == 32


@pytest.mark.parametrize(
    ("page", "allowed"),
    [("/logga-in/nyckel/", True), ("/logga-in/reserv/", True), (KEYS, True), ("/inloggningar/", False), ("/", False)],
)
def test_keys_are_allowed_on_their_own_pages_only(town: Town, page: str, *, allowed: bool) -> None:
    nils = settled(town)
    policy = nils.client.get(page, secure=True)["Permissions-Policy"]
    for feature in ("publickey-credentials-get", "publickey-credentials-create"):
        assert f"{feature}=({'self' if allowed else ''})" in policy
