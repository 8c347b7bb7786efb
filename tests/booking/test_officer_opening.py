"""The opening page: rules and absences by plain forms, errors in words, and the effect before saving."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from booking import opening_services
from booking.errors import Busy
from booking.models import Absence, Booking, OpeningRule
from booking.officer_forms import ClockField, as_clock
from booking.opening_forms import AbsenceForm, RuleForm
from booking.states import State
from booking.wording import local
from identity import scope
from identity.actors import Actor
from tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[str], Actor]
BrowserAs = Callable[[str], Client]
ZONE = ZoneInfo("Europe/Stockholm")
SUNDAY = {"days": ["7"], "begins": "10.00", "ends": "12:00", "held": ["video"], "step": "30"}


def rules(town: Town, weekday: int = 7) -> list[OpeningRule]:
    """Anna's rules of a weekday."""
    with scope.transaction(town.municipality.id):
        return list(OpeningRule.objects.filter(calendar_id=town.calendars["anna"], weekday=weekday))


def absences(town: Town) -> list[Absence]:
    """Anna's absences."""
    with scope.transaction(town.municipality.id):
        return list(Absence.objects.filter(calendar_id=town.calendars["anna"]))


def annas(town: Town, as_actor: As) -> Booking:
    """A booking on Anna's calendar, whoever of her colleagues got the ones before it."""
    while True:
        made = town.booked(as_actor("bo"))
        if made.calendar_id == town.calendars["anna"]:
            return made


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def bare(page: bytes) -> bytes:
    """A page without what differs at every request: the form's token, and the address that was asked for."""
    return re.sub(rb'csrfmiddlewaretoken" value="\w+"|[0-9a-f]{8}-[0-9a-f-]{27}', b"", page)


def test_the_page_lists_the_rules_and_the_absences(browser_as: BrowserAs, town: Town) -> None:
    page = browser_as("anna").get("/oppettider/", secure=True).content.decode()
    assert page.count("8.00–12.00") >= 5
    assert "Videomöte, telefon och besök" in page
    assert "Ingen frånvaro är inlagd." in page
    assert "08-465 004 20" in page


def test_a_rule_is_added_and_the_page_says_so(browser_as: BrowserAs, town: Town) -> None:
    response = browser_as("anna").post("/oppettider/", SUNDAY, secure=True, follow=True)
    assert response.redirect_chain == [("/oppettider/?klart=regel", 302)]
    assert "Öppettiden är sparad." in response.content.decode()
    assert [(r.from_minute, r.to_minute, r.forms, r.step) for r in rules(town)] == [(600, 720, ["video"], 30)]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"days": []}, "id_days", "Välj minst en dag."),
        ({"begins": ""}, "id_begins", "Skriv när tiden börjar."),
        ({"begins": "tio"}, "id_begins", "Skriv tiden så här: 8.30."),
        ({"begins": "10.03"}, "id_begins", "Välj en tid på hela fem minuter, till exempel 8.35."),
        ({"ends": "09.30"}, "id_ends", "Tiden slutar före den börjar. Välj en senare sluttid."),
        ({"held": []}, "id_held", "Välj minst ett sätt att ses."),
        ({"valid_from": "snart"}, "id_valid_from", "Skriv dagen så här: 2026-12-01."),
        (
            {"valid_from": "2026-12-18", "valid_to": "2026-12-01"},
            "id_valid_to",
            "Sista dagen ligger före den första. Välj en senare dag.",
        ),
        ({"days": ["1"]}, "id_begins", "Tiden krockar med en annan regel: måndag 8.00–12.00."),
    ],
)
def test_a_faulty_rule_comes_back_with_links_and_kept_values(
    browser_as: BrowserAs, town: Town, changes: dict[str, object], field: str, sentence: str
) -> None:
    response = browser_as("anna").post("/oppettider/", SUNDAY | changes, secure=True)
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Fel: Öppettider" in page
    assert re.search(rf'<a href="#{field}">{re.escape(sentence)}', page)
    assert f'id="{field}"' in page
    assert 'value="12:00"' in page or "ends" in changes
    assert not rules(town)


def test_what_would_change_is_shown_without_saving(browser_as: BrowserAs, town: Town) -> None:
    response = browser_as("anna").post("/oppettider/", SUNDAY | {"preview": "1"}, secure=True)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Inga bokade möten hamnar utanför öppettiden" in page
    assert 'value="10.00"' in page
    assert not rules(town)


def test_a_change_with_booked_meetings_outside_is_saved_only_after_they_were_shown(
    browser_as: BrowserAs, town: Town, as_actor: As
) -> None:
    made, anna = annas(town, as_actor), browser_as("anna")
    weekday = local(made.starts_at).isoweekday()
    rule = next(r for r in rules(town, weekday) if r.from_minute <= local(made.starts_at).hour * 60 < r.to_minute)
    address = f"/oppettider/{rule.id}/"
    assert 'value="8.00"' in anna.get(address, secure=True).content.decode() or rule.from_minute != 480
    early = SUNDAY | {"days": [str(weekday)], "begins": "6.00", "ends": "6.30", "held": ["video", "phone", "visit"]}

    first = anna.post(address, early, secure=True)
    page = first.content.decode()
    assert first.status_code == 200
    assert "1 bokat möte ligger utanför öppettiden om du sparar" in page
    assert "Ingen bokning avbokas." in page
    assert "Inget är sparat än." in page
    assert as_clock(local(made.starts_at).hour * 60 + local(made.starts_at).minute) in page
    assert rule.from_minute in {r.from_minute for r in rules(town, weekday)}

    second = anna.post(address, early | {"shown": hidden(page, "shown")}, secure=True)
    assert second.status_code == 302
    assert 360 in {r.from_minute for r in rules(town, weekday)}
    with scope.transaction(town.municipality.id):
        assert Booking.objects.get(id=made.id).state == State.CONFIRMED


def test_a_rule_made_from_an_older_page_is_not_saved(browser_as: BrowserAs, town: Town) -> None:
    anna = browser_as("anna")
    version = hidden(anna.get("/oppettider/", secure=True).content.decode(), "version")
    assert anna.post("/oppettider/", SUNDAY | {"version": version}, secure=True).status_code == 302
    response = anna.post("/oppettider/", SUNDAY | {"days": ["6"], "version": version}, secure=True)
    assert response.status_code == 422
    assert "Öppettiderna ändrades medan du skrev." in response.content.decode()
    assert not rules(town, 6)


def test_a_rule_is_deleted_after_a_page_that_says_what_it_does(browser_as: BrowserAs, town: Town) -> None:
    anna, rule = browser_as("anna"), rules(town, 1)[0]
    address = f"/oppettider/{rule.id}/ta-bort/"
    assert "Inga bokade möten hamnar utanför" in anna.get(address, secure=True).content.decode()
    assert rule in rules(town, 1)
    assert anna.post(address, secure=True)["Location"] == "/oppettider/?klart=regel-bort"
    assert rule not in rules(town, 1)


def test_a_rule_is_not_deleted_from_an_opening_that_changed_since_the_page(browser_as: BrowserAs, town: Town) -> None:
    anna, rule = browser_as("anna"), rules(town, 1)[0]
    address = f"/oppettider/{rule.id}/ta-bort/"
    version = hidden(anna.get(address, secure=True).content.decode(), "version")
    anna.post("/oppettider/", SUNDAY, secure=True)
    response = anna.post(address, {"version": version}, secure=True)
    page = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#id_version">Öppettiderna ändrades medan du skrev.' in page
    assert page.count('id="id_version"') == 1
    assert rule in rules(town, 1)
    assert anna.post(address, {"version": hidden(page, "version")}, secure=True).status_code == 302
    assert rule not in rules(town, 1)


@pytest.mark.parametrize("version", ["x", "1" * 30, "-1"])
def test_a_forged_version_deletes_nothing(browser_as: BrowserAs, town: Town, version: str) -> None:
    anna, rule = browser_as("anna"), rules(town, 1)[0]
    response = anna.post(f"/oppettider/{rule.id}/ta-bort/", {"version": version}, secure=True)
    assert response.status_code == 422
    assert rule in rules(town, 1)


def test_an_absence_sent_twice_is_one(browser_as: BrowserAs, town: Town) -> None:
    anna, day = browser_as("anna"), (datetime.now(UTC) + timedelta(days=30)).date()
    version = hidden(anna.get("/oppettider/", secure=True).content.decode(), "absence-version")
    given = {"absence-first_day": day.isoformat(), "absence-code": "course", "absence-version": version}
    answers = [anna.post("/oppettider/franvaro/", given, secure=True)["Location"] for _ in range(2)]
    assert answers == ["/oppettider/?klart=franvaro"] * 2
    assert len(absences(town)) == 1


def test_an_absence_made_from_an_older_page_is_not_saved_and_nothing_typed_is_lost(
    browser_as: BrowserAs, town: Town
) -> None:
    anna, day = browser_as("anna"), (datetime.now(UTC) + timedelta(days=30)).date()
    version = hidden(anna.get("/oppettider/", secure=True).content.decode(), "absence-version")
    anna.post("/oppettider/", SUNDAY, secure=True)
    given = {"absence-first_day": day.isoformat(), "absence-begins": "13.00", "absence-code": "sick"}
    response = anna.post("/oppettider/franvaro/", given | {"absence-version": version}, secure=True)
    page = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#id_absence-first_day">Öppettiderna ändrades medan du skrev.' in page
    assert f'value="{day.isoformat()}"' in page
    assert 'value="13.00"' in page
    assert not absences(town)
    again = given | {"absence-version": hidden(page, "absence-version")}
    assert anna.post("/oppettider/franvaro/", again, secure=True).status_code == 302


def test_an_absence_that_is_sent_while_somebody_books_comes_back_with_what_was_typed(
    browser_as: BrowserAs, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**_: object) -> None:
        raise Busy

    monkeypatch.setattr(opening_services, "add_absence", busy)
    given = {"absence-first_day": "2030-12-10", "absence-begins": "13.00", "absence-code": "sick"}
    response = browser_as("anna").post("/oppettider/franvaro/", given, secure=True)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Många bokar just nu. Vänta några sekunder och spara igen." in page
    assert 'value="2030-12-10"' in page
    assert 'value="13.00"' in page
    assert 'value="sick" selected' in page


def test_an_absence_is_added_and_removed(browser_as: BrowserAs, town: Town) -> None:
    anna, day = browser_as("anna"), (datetime.now(UTC) + timedelta(days=30)).date()
    given = {"absence-first_day": day.isoformat(), "absence-code": "course"}
    assert anna.post("/oppettider/franvaro/", given, secure=True)["Location"] == "/oppettider/?klart=franvaro"
    (absence,) = absences(town)
    assert local(absence.from_at).date() == day
    assert local(absence.to_at).date() == day + timedelta(days=1)
    page = anna.get("/oppettider/", secure=True).content.decode()
    assert "Kurs eller möte" in page
    anna.post(f"/oppettider/franvaro/{absence.id}/ta-bort/", secure=True)
    assert not absences(town)


def test_an_absence_over_a_booked_meeting_is_saved_only_after_it_was_shown(
    browser_as: BrowserAs, town: Town, as_actor: As
) -> None:
    made, anna = annas(town, as_actor), browser_as("anna")
    given = {"absence-first_day": local(made.starts_at).date().isoformat(), "absence-code": "sick"}
    page = anna.post("/oppettider/franvaro/", given, secure=True).content.decode()
    assert "1 bokat möte ligger utanför öppettiden om du sparar" in page
    assert not absences(town)
    given["absence-shown"] = hidden(page, "absence-shown")
    assert anna.post("/oppettider/franvaro/", given, secure=True).status_code == 302
    assert len(absences(town)) == 1


def test_a_faulty_absence_comes_back_with_a_link(browser_as: BrowserAs, town: Town) -> None:
    given = {"absence-first_day": "2026-12-10", "absence-last_day": "2026-12-09", "absence-code": "leave"}
    response = browser_as("anna").post("/oppettider/franvaro/", given, secure=True)
    assert response.status_code == 422
    assert '<a href="#id_absence-last_day">' in response.content.decode()
    assert not absences(town)


def test_another_officer_s_rule_is_the_same_404_as_none(browser_as: BrowserAs, town: Town) -> None:
    cia, rule = browser_as("cia"), rules(town, 1)[0]
    for path in ("/oppettider/{}/", "/oppettider/{}/ta-bort/"):
        foreign = cia.get(path.format(rule.id), secure=True)
        nothing = cia.get(path.format("00000000-0000-4000-8000-000000000000"), secure=True)
        assert (foreign.status_code, nothing.status_code) == (404, 404)
        assert bare(foreign.content) == bare(nothing.content)
        assert cia.post(path.format(rule.id), SUNDAY, secure=True).status_code == 404
    assert rule in rules(town, 1)


def test_an_address_for_forms_leads_back_when_it_is_only_opened(browser_as: BrowserAs, town: Town) -> None:
    response = browser_as("anna").get("/oppettider/franvaro/", secure=True)
    assert response.status_code == 302
    assert response["Location"].startswith("/oppettider/")


@pytest.mark.parametrize(("text", "minute"), [("8", 480), ("8.30", 510), ("08:30", 510), ("24.00", 1440), ("0.00", 0)])
def test_a_time_may_be_written_as_people_write_it(text: str, minute: int) -> None:
    assert ClockField().clean(text) == minute


@pytest.mark.parametrize("text", ["24.05", "25", "8.60", "8,30", "-1", "8.3", "830", "8.30.00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    form = RuleForm(SUNDAY | {"begins": text})
    assert not form.is_valid()
    assert form["begins"].errors


@pytest.mark.parametrize(
    ("given", "first", "last"),
    [
        ({"first_day": "2026-03-29"}, "2026-03-28T23:00", "2026-03-29T22:00"),
        ({"first_day": "2026-10-25"}, "2026-10-24T22:00", "2026-10-25T23:00"),
        ({"first_day": "2026-12-01", "begins": "13", "ends": "15.30"}, "2026-12-01T12:00", "2026-12-01T14:30"),
        ({"first_day": "2026-12-01", "last_day": "2026-12-04", "ends": "0.00"}, "2026-11-30T23:00", "2026-12-03T23:00"),
    ],
)
def test_an_absence_is_in_swedish_wall_time(given: dict[str, str], first: str, last: str) -> None:
    form = AbsenceForm({f"absence-{name}": value for name, value in given.items()} | {"absence-code": "leave"})
    assert form.is_valid(), form.errors
    assert form.span(ZONE) == tuple(datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (first, last))


def test_an_absence_of_no_length_is_refused() -> None:
    given = {"absence-first_day": "2026-12-01", "absence-begins": "9", "absence-ends": "9", "absence-code": "leave"}
    assert not AbsenceForm(given).is_valid()
