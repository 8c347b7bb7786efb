"""Coming in by key: invitation, first key, the second way in, and all the answers that prove nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from identity import own_keys, scope
from identity.models import Alert, IdentityProvider, Municipality, Passkey, Session, SignInAttempt, StaffAccount
from tests.identity.keys import Worker, browser, invited, settled, with_key
from tests.peers.passkey import ED, Authenticator, Wrong, b64
from tests.town import Town


def keys_of(town: Town, worker: Worker) -> list[Passkey]:
    """The keys of somebody."""
    with scope.transaction(town.municipality.id):
        return own_keys.ways_of(worker.person).keys


def test_an_invitation_a_key_and_a_second_one_lead_to_the_day(town: Town) -> None:
    nils = invited(town)
    assert nils.spend()["Location"] == "/logga-in/ny-nyckel/"
    assert nils.register()["Location"] == "/logga-in/nyckel/?klar"
    assert not nils.signed_in()
    assert nils.sign_in()["Location"] == "/idag/"
    assert nils.client.get("/idag/", secure=True)["Location"] == "/logga-in/reserv/"
    assert nils.register("/logga-in/reserv/")["Location"] == "/idag/"
    assert nils.client.get("/oppettider/", secure=True).status_code == 200
    assert len(keys_of(town, nils)) == 2


@pytest.mark.parametrize("page", ["/idag/", "/oppettider/", "/kalender/", "/mina-tider/", "/installningar/personal/"])
def test_with_one_key_every_page_leads_to_a_second_way_in(town: Town, page: str) -> None:
    nils = with_key(town, role="administrator")
    nils.sign_in()
    assert nils.client.get(page, secure=True)["Location"] == "/logga-in/reserv/"
    assert nils.client.get("/logga-in/reserv/", secure=True).status_code == 200


def test_who_lacks_a_second_way_in_can_still_sign_out(town: Town) -> None:
    nils = with_key(town)
    nils.sign_in()
    assert "Logga ut" in nils.client.get("/logga-in/reserv/", secure=True).content.decode()
    assert nils.client.post("/logga-ut/", secure=True).status_code == 302
    assert not nils.signed_in()


def test_a_printed_code_is_a_second_way_in_and_is_shown_once(town: Town) -> None:
    nils = with_key(town)
    nils.sign_in()
    shown = nils.client.post("/inloggningar/reservkod/", secure=True).content.decode()
    assert "code-long" in shown
    assert nils.client.get("/idag/", secure=True).status_code != 302
    assert "code-long" not in nils.client.get("/inloggningar/reservkod/", secure=True).content.decode()


@pytest.mark.parametrize("person", ["anna", "bo"])
def test_who_signs_in_otherwise_has_no_keys_here(town: Town, browser_as: Callable[..., object], person: str) -> None:
    worker = Worker(town.persons[person], client=browser_as(person))  # type: ignore[arg-type]
    asked = worker.client.post("/logga-in/ny-nyckel/fraga/", secure=True)
    assert asked.status_code == (404 if person == "anna" else 302)
    assert keys_of(town, worker) == []


def test_what_is_asked_names_this_host_and_demands_that_the_person_is_verified(town: Town) -> None:
    nils = invited(town)
    nils.spend()
    asked = nils.ask("/logga-in/ny-nyckel/fraga/")
    assert asked["rp"]["id"] == "localhost"
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert {one["alg"] for one in asked["pubKeyCredParams"]} == {-7, -8, -257}
    wanted = nils.ask()
    assert (wanted["rpId"], wanted["userVerification"], wanted.get("allowCredentials")) == (
        "localhost",
        "required",
        None,
    )


# What is wrong with the answer of a key that is Nils's own.
WRONG = {
    "another origin": Wrong(origin="https://evil.example"),
    "an origin below this host": Wrong(origin="https://a.localhost"),
    "the origin without TLS": Wrong(origin="http://localhost"),
    "the origin with a port": Wrong(origin="https://localhost:8443"),
    "an opaque origin": Wrong(origin="null"),
    "asked for in a frame": Wrong(cross_origin=True),
    "another relying party": Wrong(rp_id="evil.example"),
    "the type of a registration": Wrong(type="webauthn.create"),
    "no type": Wrong(type="x"),
    "a challenge that nobody gave out": Wrong(challenge=b64(b"c" * 32)),
    "an empty challenge": Wrong(challenge=""),
    "a challenge that is no text": Wrong(challenge="\x00\udfff"),
    "nobody present": Wrong(no_presence=True),
    "nobody verified": Wrong(no_verification=True),
    "a count that went back": Wrong(count=0),
    "a count that stood still": Wrong(count=1),
    "an unknown key": Wrong(credential_id=b"x" * 32),
    "an empty key": Wrong(credential_id=b"\x00"),
    "another person's handle": Wrong(user_handle=b"y" * 16),
    "a signature changed": Wrong(flipped=True),
    "no signature": Wrong(signature=b""),
    "a signature of zeros": Wrong(signature=bytes(64)),
    "device data cut off": Wrong(data_cut=5),
    "device data with more behind": Wrong(data_more=b"\x00"),
    "extensions nested without end": Wrong(data_flags=ED, data_more=b"\x81" * 3000),
    "extensions that are not there": Wrong(data_flags=ED),
}
SENT = {
    "no JSON": "{",
    "a list": "[]",
    "a number": "7",
    "nothing inside": "{}",
    "null": '{"response": null, "rawId": null}',
    "numbers for octets": '{"rawId": 7, "response": {"clientDataJSON": 7}}',
    "no base64": '{"rawId": "å", "response": {"clientDataJSON": "å"}}',
    "client data that is none": json.dumps({"rawId": "AA", "response": {"clientDataJSON": b64(b"\xff\xfe")}}),
    "far too long": '{"rawId": "' + "A" * 30_000 + '"}',
    "deep": "[" * 9_000,
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_answer_signs_nobody_in(town: Town, what: str) -> None:
    nils = with_key(town)
    answer = nils.sign_in(WRONG[what])
    assert refused(answer.content.decode()) == REFUSED
    assert (answer.status_code, nils.signed_in()) == (403, False)
    assert nils.sign_in().status_code == 302


@pytest.mark.parametrize("what", SENT)
def test_what_is_no_answer_signs_nobody_in(town: Town, what: str) -> None:
    nils = with_key(town)
    nils.ask()
    answer = nils.answer(SENT[what])
    assert refused(answer.content.decode()) == REFUSED
    assert (answer.status_code, nils.signed_in()) == (403, False)


@pytest.mark.parametrize(("wanted", "kept"), [("/inloggningar/", True), ("//evil.example/", False)])
def test_a_refused_key_leads_on_to_the_page_that_was_asked_for(town: Town, wanted: str, kept: bool) -> None:
    answer = with_key(town).answer("{}", next=wanted)
    assert answer.status_code == 403
    assert ('href="/logga-in/?next=%2Finloggningar%2F">Försök igen<' in answer.content.decode()) is kept
    assert "evil" not in answer.content.decode()


REFUSED = ["Inloggningen gick inte igenom", "Försök igen. Om det inte går, ring oss."]


def refused(page: str) -> list[str]:
    """Title and sentence of a refusal: they must not tell one fault from another."""
    main = page.partition("<main")[2]
    return [
        main.partition("<h1>")[2].partition("</h1>")[0].strip(),
        main.partition('<p class="lead">')[2].partition("</p>")[0].strip(),
    ]


def test_an_answer_works_once(town: Town) -> None:
    nils = with_key(town)
    answer = nils.device.get(nils.ask(), nils.origin)
    assert nils.answer(answer).status_code == 302
    again = Worker(nils.person)
    assert again.answer(answer).status_code == 403
    assert nils.answer(answer).status_code == 403
    assert not again.signed_in()


def test_an_answer_counts_in_the_browser_that_was_asked_only(town: Town) -> None:
    nils, thief = with_key(town), Worker(town.persons["bo"])
    answer = nils.device.get(nils.ask(), nils.origin)
    thief.ask()
    assert thief.answer(answer).status_code == 403
    assert not Session.objects.filter(person_uuid=nils.person).exists()
    assert nils.answer(answer).status_code == 302


def test_an_answer_comes_within_five_minutes_or_not_at_all(town: Town) -> None:
    nils = with_key(town)
    answer = nils.device.get(nils.ask(), nils.origin)
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1), tick=False):
        assert nils.answer(answer).status_code == 403
    assert not nils.signed_in()


def test_the_question_of_a_registration_is_none_of_a_sign_in(town: Town) -> None:
    nils = invited(town)
    nils.spend()
    nils.register()
    again = invited(town, "Olga Ny")
    again.client, again.device = browser(), nils.device
    again.spend()
    answer = nils.device.get(again.ask("/logga-in/ny-nyckel/fraga/"), nils.origin)
    assert again.answer(answer).status_code == 403


def test_a_key_signs_its_own_person_in_whoever_sends_its_name(town: Town) -> None:
    nils, olga = with_key(town), with_key(town, "Olga Ny")
    taken = next(iter(nils.device.keys))
    answer = olga.device.get(olga.ask(), olga.origin, Wrong(credential_id=taken))
    assert olga.answer(answer).status_code == 403


def test_a_key_that_does_not_count_works_again_and_again(town: Town) -> None:
    nils = invited(town)
    nils.device = Authenticator(counts=False)
    nils.spend()
    nils.register()
    assert nils.sign_in().status_code == 302
    assert nils.sign_in().status_code == 302


def test_a_copied_key_is_refused_and_told_to_its_owner_and_the_staff(town: Town) -> None:
    nils = settled(town)
    nils.sign_in()
    assert nils.sign_in(Wrong(count=2)).status_code == 403
    with scope.transaction(town.municipality.id):
        told = Alert.objects.filter(kind="key_copied").values_list("recipient", flat=True)
        assert set(told) == {nils.person, None}
    assert nils.sign_in(Wrong(count=1000)).status_code == 302


def test_a_key_of_another_municipality_is_nobody_here(town: Town, neighbour: Municipality) -> None:
    with scope.transaction(neighbour.id):
        IdentityProvider.objects.create(code="passkey", name="Nyckel", kind="passkey", for_staff=True)
    nils = with_key(town)
    there = Worker(nils.person, client=browser("granne.example"), device=nils.device)
    wrong = Wrong(rp_id="granne.example")
    assert there.sign_in(wrong).status_code == 403
    assert not Session.objects.filter(person_uuid=nils.person).exists()


def test_a_closed_account_is_told_so_and_stays_out(town: Town) -> None:
    nils = settled(town)
    with scope.transaction(town.municipality.id):
        StaffAccount.objects.filter(person=nils.person).update(closed_at=timezone.now())
    answer = nils.sign_in()
    assert "Kontot används inte längre" in answer.content.decode()
    assert answer.status_code == 403


# What is wrong with a key that somebody invited wants to register.
UNFIT = {
    "another origin": Wrong(origin="https://evil.example"),
    "asked for in a frame": Wrong(cross_origin=True),
    "another relying party": Wrong(rp_id="evil.example"),
    "the type of a sign-in": Wrong(type="webauthn.get"),
    "a challenge that nobody gave out": Wrong(challenge=b64(b"c" * 32)),
    "nobody present": Wrong(no_presence=True),
    "nobody verified": Wrong(no_verification=True),
    "an unknown algorithm": Wrong(cose={1: 2, 3: -9999, -1: 1, -2: bytes(32), -3: bytes(32)}),
    "an algorithm that was not asked for": Wrong(cose={1: 2, 3: -35, -1: 2, -2: bytes(48), -3: bytes(48)}),
    "a point that is on no curve": Wrong(cose={1: 2, 3: -7, -1: 1, -2: b"\x01" * 32, -3: b"\x02" * 32}),
    "another curve": Wrong(cose={1: 2, 3: -7, -1: 3, -2: bytes(32), -3: bytes(32)}),
    "a key without its parts": Wrong(cose={1: 2, 3: -7}),
    "no kind of key": Wrong(cose={1: 2}),
    "RSA of 512 bits": Wrong(cose={1: 3, 3: -257, -1: b"\xff" * 64, -2: b"\x01\x00\x01"}),
    "RSA of 32,000 bits": Wrong(cose={1: 3, 3: -257, -1: b"\xff" * 4000, -2: b"\x01\x00\x01"}),
    "a name of one octet": Wrong(credential_id=b"x"),
    "a name of 1,100 octets": Wrong(credential_id=b"x" * 1100),
    "device data cut off": Wrong(data_cut=20),
    "device data with more behind": Wrong(data_more=b"\x00"),
}


@pytest.mark.parametrize("what", UNFIT)
def test_a_key_that_is_unfit_is_not_registered(town: Town, what: str) -> None:
    nils = invited(town)
    nils.spend()
    assert nils.register(wrong=UNFIT[what]).status_code == 403
    assert keys_of(town, nils) == []
    assert nils.register().status_code == 302


def test_a_key_is_registered_once(town: Town) -> None:
    nils, olga = with_key(town), invited(town, "Olga Ny")
    olga.spend()
    assert olga.register(wrong=Wrong(credential_id=next(iter(nils.device.keys)))).status_code == 403


def test_a_registration_belongs_to_who_was_asked(town: Town) -> None:
    nils, olga = invited(town), invited(town, "Olga Ny")
    nils.spend()
    olga.spend()
    made = nils.device.create(nils.ask("/logga-in/ny-nyckel/fraga/"), nils.origin)
    assert olga.client.post("/logga-in/ny-nyckel/", {"answer": made}, secure=True).status_code == 403
    assert (keys_of(town, nils), keys_of(town, olga)) == ([], [])


def test_a_challenge_is_kept_as_its_hash_only(town: Town) -> None:
    nils = with_key(town)
    challenge = nils.ask()["challenge"]
    with scope.transaction(town.municipality.id):
        row = SignInAttempt.objects.get(kind="key_in")
        assert challenge.encode() not in bytes(row.lookup)
        assert row.kept == "{}"
