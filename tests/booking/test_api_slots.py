"""`GET /api/v1/slots`: who may ask, what may be asked, and what is answered."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.models import Calendar, MeetingType
from identity import scope
from identity.models import Municipality
from tests.booking.documented import matches
from tests.tokens import token
from tests.town import Town

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/slots"


@pytest.fixture
def key(town: Town) -> str:
    """A token that may read free times, without a limit."""
    return token(town.municipality, "slots:read", searches_per_minute=0)


def ask(key: str | None, **query: Any) -> Any:  # noqa: ANN401 - the test client's answer
    """One request; the answer is held against the document that vendors read."""
    headers = {"Authorization": f"Bearer {key}"} if key is not None else {}
    answer = Client().get(ADDRESS, query, headers=headers)
    matches(answer)
    return answer


def wanted(town: Town, **more: Any) -> dict[str, Any]:
    """A question that has an answer."""
    return {"meeting_type": str(town.types["fardtjanst"]), "form": "video"} | more


def refused(answer: Any) -> set[tuple[str, str]]:  # noqa: ANN401 - the test client's answer
    """The refused parameters of a 400, each with its code."""
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    return {(error["pointer"], error["code"]) for error in answer.json()["errors"]}


def test_the_first_ten_times_come_in_order_at_whole_five_minutes(town: Town, key: str) -> None:
    found = ask(key, **wanted(town)).json()
    starts = [datetime.fromisoformat(slot["start"]) for slot in found["slots"]]
    assert len(starts) == 10
    assert starts == sorted(set(starts))
    assert all(start.timestamp() % 300 == 0 and start.utcoffset() is not None for start in starts)
    assert {slot["form"] for slot in found["slots"]} == {"video"}
    lengths = {datetime.fromisoformat(s["end"]) - datetime.fromisoformat(s["start"]) for s in found["slots"]}
    assert lengths == {timedelta(minutes=45)}


def test_the_same_times_as_the_pages_offer(town: Town, key: str) -> None:
    found = ask(key, **wanted(town, n=3)).json()["slots"]
    assert [datetime.fromisoformat(slot["start"]).timestamp() // 300 for slot in found] == town.first_free(n=3)


def test_asking_on_from_searched_until_gives_every_time_once(town: Town, key: str) -> None:
    whole = ask(key, **wanted(town, n=9)).json()["slots"]
    first = ask(key, **wanted(town, n=4)).json()
    second = ask(key, **wanted(town, n=5), **{"from": first["searched_until"]}).json()
    assert first["slots"] + second["slots"] == whole


def test_a_search_that_ends_early_says_that_it_saw_everything_until_the_end(town: Town, key: str) -> None:
    last = datetime.fromisoformat(ask(key, **wanted(town)).json()["slots"][-1]["start"])
    found = ask(key, **wanted(town, n=50, until=last.isoformat())).json()
    assert len(found["slots"]) == 9
    assert datetime.fromisoformat(found["searched_until"]) == last


def test_from_and_until_hold_for_the_start(town: Town, key: str) -> None:
    slots = ask(key, **wanted(town)).json()["slots"]
    start = datetime.fromisoformat(slots[2]["start"])
    inside = wanted(town, until=(start + timedelta(minutes=1)).isoformat(), **{"from": start.isoformat()})
    assert ask(key, **inside).json()["slots"] == [slots[2]]
    later = wanted(town, n=1, **{"from": (start + timedelta(minutes=1)).isoformat()})
    assert ask(key, **later).json()["slots"] == [slots[3]]


def test_a_plus_that_was_not_encoded_is_still_an_offset(town: Town, key: str) -> None:
    start = ask(key, **wanted(town)).json()["slots"][5]["start"]
    assert "+" in start
    assert ask(key, **wanted(town, n=1, **{"from": start.replace("+", " ")})).json()["slots"][0]["start"] == start


@pytest.mark.parametrize("far", ["9999-12-31T23:59:59Z", "2200-01-01T00:00:00+14:00"])
def test_nothing_is_free_beyond_the_horizon(town: Town, key: str, far: str) -> None:
    assert ask(key, **wanted(town, **{"from": far})).json()["slots"] == []
    assert ask(key, **wanted(town, until=far, n=1)).json()["slots"]


@pytest.mark.parametrize("past", ["0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z", "2020-01-01T00:00:00Z"])
def test_the_past_is_never_free(town: Town, key: str, past: str) -> None:
    assert ask(key, **wanted(town, until=past)).json()["slots"] == []
    assert ask(key, **wanted(town, **{"from": past})).json()["slots"] == ask(key, **wanted(town)).json()["slots"]


def test_calendars_are_told_only_with_their_own_scope(town: Town, key: str) -> None:
    assert not any("calendars" in slot for slot in ask(key, **wanted(town)).json()["slots"])
    both = token(town.municipality, "slots:read", "calendars:read")
    found = ask(both, **wanted(town)).json()["slots"]
    with scope.transaction(town.municipality.id):
        pool = Calendar.objects.filter(offers__meeting_type=town.types["fardtjanst"])
        known = {str(found_uuid) for found_uuid in pool.values_list("uuid", flat=True)}
    assert len(known) == 3
    assert set(found[0]["calendars"]) == known


def test_one_calendar_alone_can_be_asked_for(town: Town) -> None:
    both = token(town.municipality, "slots:read", "calendars:read")
    one = ask(both, **wanted(town)).json()["slots"][0]["calendars"][0]
    assert {tuple(slot["calendars"]) for slot in ask(both, **wanted(town, calendar=one)).json()["slots"]} == {(one,)}
    assert ask(both, **wanted(town, calendar=uuid.uuid4())).json()["slots"] == []


def test_a_form_that_is_not_offered_is_a_problem_of_its_own(town: Town, key: str) -> None:
    answer = ask(key, meeting_type=str(town.types["ekonomi"]), form="home")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_offered")
    assert answer.json()["type"] == "/problems/not-offered"


def test_a_missing_a_foreign_and_an_unreached_meeting_type_are_the_same_bytes(
    town: Town, key: str, neighbour: Municipality
) -> None:
    from config import trial

    trial.fill(neighbour)
    with scope.transaction(neighbour.id):
        foreign = MeetingType.objects.values_list("id", flat=True)[0]
    missing = ask(key, **wanted(town) | {"meeting_type": uuid.uuid4()})
    other = ask(key, **wanted(town) | {"meeting_type": foreign})
    narrow = token(town.municipality, "slots:read", units=[uuid.uuid4()])
    unreached = ask(narrow, **wanted(town))
    assert missing.status_code == other.status_code == unreached.status_code == 404
    assert missing.content == other.content == unreached.content


def test_a_token_of_some_units_reaches_their_meeting_types(town: Town) -> None:
    with scope.transaction(town.municipality.id):
        unit = MeetingType.objects.get(id=town.types["fardtjanst"]).service.unit_id
    narrow = token(town.municipality, "slots:read", units=[unit])
    assert ask(narrow, **wanted(town)).json()["slots"]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("n", "0", "min_value"),
        ("n", "51", "max_value"),
        ("n", "ten", "invalid"),
        ("form", "letter", "invalid_choice"),
        ("form", "", "invalid_choice"),
        ("meeting_type", "1", "invalid"),
        ("calendar", "anna", "invalid"),
        ("from", "2026-12-01", "invalid"),
        ("from", "2026-12-01T09:00:00", "invalid"),
        ("from", "2026-13-01T09:00:00Z", "invalid"),
        ("from", "2026-12-01T09:00:00+25:00", "invalid"),
        ("from", "2026-12-01T09:00Z", "invalid"),
        ("until", "20261201T090000Z", "invalid"),
        ("until", "1764576000", "invalid"),
        ("until", "", "invalid"),
        ("person", "bo", "unknown"),
        ("offset", "1", "unknown"),
        ("a/b~c", "1", "unknown"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_code(town: Town, key: str, name: str, value: str, code: str) -> None:
    pointer = "#/" + name.replace("~", "~0").replace("/", "~1")
    assert (pointer, code) in refused(ask(key, **wanted(town) | {name: value}))


def test_what_is_missing_and_what_stands_twice_is_named(town: Town, key: str) -> None:
    assert refused(ask(key)) == {("#/meeting_type", "required"), ("#/form", "required")}
    assert refused(ask(key, **wanted(town, n=["1", "2"]))) == {("#/n", "repeated")}


def test_a_span_that_ends_before_it_begins_is_refused(town: Town, key: str) -> None:
    day = "2026-12-01T09:00:00Z"
    assert refused(ask(key, **wanted(town, until=day, **{"from": day}))) == {("#/until", "not_after_from")}


def test_without_a_token_nothing_is_said(town: Town) -> None:
    answer = ask(None, **wanted(town))
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("shown", ["nonsense", "ex.motas_nonsense", "gr.motas_nonsense", "ex.", ".", "é" * 300])
def test_a_wrong_token_is_wrong_in_one_way_only(town: Town, shown: str) -> None:
    answer = ask(shown, **wanted(town))
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")
    assert answer.content == ask("other", **wanted(town)).content


def test_a_token_of_another_municipality_is_no_token_here(town: Town, neighbour: Municipality) -> None:
    theirs = token(neighbour, "slots:read")
    answer = ask(theirs, **wanted(town))
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")
    # Renamed to begin as ours, it is still not stored here.
    assert ask(theirs.replace("gr.", "ex.", 1), **wanted(town)).content == answer.content


def test_a_token_has_an_end(town: Town) -> None:
    old = token(town.municipality, "slots:read", expires_at=timezone.now() - timedelta(seconds=1))
    assert ask(old, **wanted(town)).status_code == 401


def test_another_scope_does_not_open_this_door(town: Town) -> None:
    other = token(town.municipality, "calendars:read", "bookings:read", "holds:write")
    answer = ask(other, **wanted(town))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_too_many_searches_are_told_when_to_come_back(town: Town) -> None:
    slow = token(town.municipality, "slots:read", searches_per_minute=2)
    assert [ask(slow, **wanted(town)).status_code for _ in range(3)] == [200, 200, 429]
    answer = ask(slow, **wanted(town))
    assert (answer.json()["code"], answer["Retry-After"]) == ("slow_down", "30")
    assert ask(token(town.municipality, "slots:read"), **wanted(town)).status_code == 200


def test_no_limit_is_no_limit(town: Town, key: str) -> None:
    assert {ask(key, **wanted(town, n=1)).status_code for _ in range(130)} == {200}


def test_only_reading_is_possible(town: Town, key: str) -> None:
    answer = Client().post(ADDRESS, wanted(town), headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_only_json_is_spoken(town: Town, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/csv"}
    answer = Client().get(ADDRESS, wanted(town), headers=headers)
    matches(answer)
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


def test_an_unknown_address_of_the_api_is_a_problem_too(town: Town) -> None:
    answer = Client().get("/api/v1/nothing")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"


def test_words_come_in_the_language_that_is_asked_for(town: Town, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
    english = Client().get(ADDRESS, headers=headers)
    swedish = Client().get(ADDRESS, headers={"Authorization": f"Bearer {key}"})
    assert (english["Content-Language"], swedish["Content-Language"]) == ("en", "sv")
    assert swedish.json()["title"] == "Frågan är fel ställd"
    assert english.json()["title"] == "The request is not valid"
    assert english.json()["code"] == swedish.json()["code"]


names = st.sampled_from(["meeting_type", "form", "from", "until", "n", "calendar", "x"])
moments = st.datetimes().map(lambda moment: moment.isoformat() + "Z") | st.sampled_from(
    ["2026-12-01T09:00:00+01:00", "2026-12-01t09:00:00.999999999z", "9999-12-31T23:59:60Z"]
)
values = st.one_of(
    st.text(max_size=30),
    st.uuids().map(str),
    st.integers().map(str),
    moments,
    st.sampled_from(["video", "phone", "visit", "home", "0", "50", "٥", "1e3", "NaN", "null", "\x00"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(query=st.dictionaries(names, values | st.lists(values, max_size=3), max_size=7), mostly_right=st.booleans())
def test_whatever_is_asked_the_answer_is_documented(
    town: Town, key: str, query: dict[str, Any], *, mostly_right: bool
) -> None:
    asked = wanted(town) | query if mostly_right else query
    assert ask(key, **asked).status_code in (200, 400, 404, 422)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(since=moments, until=moments, n=st.integers(1, 50))
def test_any_span_is_answered_within_its_bounds(town: Town, key: str, since: str, until: str, n: int) -> None:
    answer = ask(key, **wanted(town, until=until, n=n, **{"from": since}))
    if answer.status_code == 400:
        assert refused(answer) <= {("#/until", "not_after_from"), ("#/from", "invalid"), ("#/until", "invalid")}
        return
    starts = [datetime.fromisoformat(slot["start"]) for slot in answer.json()["slots"]]
    first, last = datetime.fromisoformat(since.upper()), datetime.fromisoformat(until.upper())
    assert len(starts) <= n
    assert all(first <= start < last for start in starts)
