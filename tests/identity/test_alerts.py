"""Alerts reach whom they were told to and nobody else, until somebody has seen them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from identity import alert_desk, alert_presenters, alerts, break_glass, protection, scope
from identity.actors import Actor
from identity.errors import NotAllowed
from identity.models import Alert, LogReview, Opening
from tests.identity.staffing import give, plain, unit_of
from tests.town import Town

AsActor = Callable[[str], Actor]
Browser = Callable[..., Client]


def told(town: Town, kind: str = "review_made", **to: UUID) -> UUID:
    """An alert."""
    with scope.transaction(town.municipality.id):
        return alerts.tell(kind, **to).id


def unseen(town: Town, actor: Actor) -> int:
    """How many wait for the actor."""
    with scope.transaction(town.municipality.id):
        return alert_desk.unseen(actor)


@pytest.mark.django_db
def test_a_unit_s_alert_reaches_its_managers_only(town: Town, as_actor: AsActor) -> None:
    unit = unit_of(town, "anna")
    manager = give(town, "yusuf", "unit_manager", unit)
    other = give(town, "cia", "unit_manager", unit_of(town, "cia"))
    coordinator = give(town, "maria", "coordinator", unit)
    told(town, unit=unit)
    assert [unseen(town, who) for who in (manager, other, coordinator, as_actor("anna"), as_actor("dan"))] == [
        1,
        0,
        0,
        0,
        0,
    ]


@pytest.mark.django_db
def test_nobody_is_told_of_their_own_act_nor_sees_it_away(town: Town, as_actor: AsActor) -> None:
    """Of a manager's own act other managers are told; without any, every coordinator and manager but who did it."""
    unit, mats, karin = unit_of(town, "mats"), as_actor("mats"), as_actor("karin")
    alert = told(town, "protected_opened", unit=unit, actor=town.persons["mats"])
    elsewhere = give(town, "cia", "unit_manager", unit_of(town, "cia"))
    for_all = told(town, "identity_conflict", actor=town.persons["mats"])
    assert [unseen(town, who) for who in (mats, karin, elsewhere, as_actor("anna"))] == [0, 2, 2, 0]
    for one in (alert, for_all):
        with pytest.raises(NotAllowed):
            alert_desk.mark_seen(actor=mats, alert=one)
    alert_desk.mark_seen(actor=karin, alert=for_all)
    second = give(town, "yusuf", "unit_manager", unit)
    assert [unseen(town, who) for who in (mats, karin, elsewhere, second)] == [0, 0, 0, 1]
    with pytest.raises(NotAllowed):
        alert_desk.mark_seen(actor=karin, alert=alert)
    alert_desk.mark_seen(actor=second, alert=alert)
    told(town, "new_device", recipient=town.persons["mats"], actor=town.persons["mats"])
    assert unseen(town, mats) == 1, "what was told to oneself may have been done by somebody else"


@pytest.mark.django_db
def test_a_person_s_alert_reaches_that_person_only(town: Town, as_actor: AsActor) -> None:
    told(town, recipient=town.persons["anna"])
    manager = give(town, "yusuf", "unit_manager", unit_of(town, "anna"))
    assert [unseen(town, who) for who in (as_actor("anna"), manager, as_actor("bo"))] == [1, 0, 0]


@pytest.mark.django_db
def test_what_is_told_to_nobody_by_name_reaches_every_coordinator(town: Town, as_actor: AsActor) -> None:
    told(town, "identity_conflict")
    coordinator = give(town, "cia", "coordinator", unit_of(town, "cia"))
    assert [unseen(town, who) for who in (coordinator, as_actor("anna"), as_actor("dan"))] == [1, 0, 0]


@pytest.mark.django_db
def test_who_was_not_told_cannot_mark_it_as_seen(town: Town, as_actor: AsActor) -> None:
    alert = told(town, unit=unit_of(town, "anna"))
    for stranger in (
        as_actor("anna"),
        as_actor("dan"),
        as_actor("bo"),
        give(town, "maria", "coordinator", unit_of(town, "anna")),
    ):
        with pytest.raises(NotAllowed):
            alert_desk.mark_seen(actor=stranger, alert=alert)
    with pytest.raises(NotAllowed):
        alert_desk.mark_seen(actor=as_actor("anna"), alert=uuid4())


@pytest.mark.django_db
def test_marked_by_one_it_is_seen_by_all_and_the_first_one_stands(town: Town) -> None:
    unit = unit_of(town, "anna")
    first, second = give(town, "yusuf", "unit_manager", unit), give(town, "maria", "unit_manager", unit)
    alert = told(town, unit=unit)
    alert_desk.mark_seen(actor=first, alert=alert)
    alert_desk.mark_seen(actor=second, alert=alert)
    assert unseen(town, second) == 0
    with scope.transaction(town.municipality.id):
        assert Alert.objects.get(id=alert).seen_by_id == town.persons["yusuf"]


@pytest.mark.django_db
def test_what_was_seen_leaves_the_page_after_a_month_and_what_was_not_stays(town: Town, as_actor: AsActor) -> None:
    seen, not_seen = (told(town, recipient=town.persons["anna"]) for _ in range(2))
    alert_desk.mark_seen(actor=as_actor("anna"), alert=seen)
    for days, expected in ((29, {seen, not_seen}), (31, {not_seen})):
        with scope.transaction(town.municipality.id):
            desk = alert_desk.listed(as_actor("anna"), timezone.now() + timedelta(days=days))
        assert {alert.id for alert in desk.alerts} == expected


@pytest.mark.django_db
def test_the_page_says_what_happened_and_marks_it_without_scripts(town: Town, browser_as: Browser) -> None:
    give(town, "yusuf", "unit_manager", unit_of(town, "anna"))
    alert = told(town, "protected_opened", unit=unit_of(town, "anna"), actor=town.persons["anna"])
    browser = browser_as("yusuf")
    page = browser.get("/varningar/", secure=True).content.decode()
    assert "Skyddade uppgifter har öppnats" in page
    assert "Anna Lindqvist" in page
    answer = browser.post(f"/varningar/{alert}/", secure=True)
    assert (answer.status_code, answer["Location"]) == (302, "/varningar/")
    after = browser.get("/varningar/", secure=True).content.decode()
    assert "Inget nytt" in after
    assert "Skyddade uppgifter har öppnats" in after
    assert browser.get(f"/varningar/{alert}/", secure=True)["Location"] == "/varningar/"


@pytest.mark.django_db
def test_a_stranger_s_mark_is_the_same_404_as_for_nothing(town: Town, browser_as: Browser) -> None:
    alert = told(town, unit=unit_of(town, "anna"))
    stranger = browser_as("cia")
    foreign = stranger.post(f"/varningar/{alert}/", secure=True)
    missing = stranger.post(f"/varningar/{uuid4()}/", secure=True)
    assert (foreign.status_code, plain(foreign.content)) == (404, plain(missing.content))


@pytest.mark.django_db
def test_residents_are_asked_to_sign_in_as_staff(town: Town, browser_as: Browser) -> None:
    for address in ("/varningar/", "/nodoppning/", "/nodoppning/vantar/"):
        assert browser_as("bo").get(address, secure=True)["Location"].startswith("/logga-in/")


@pytest.mark.parametrize("kind", ["glass_asked", "review_made", "something_new"])
def test_every_kind_has_a_title(kind: str) -> None:
    assert alert_presenters.title_of(kind)


@pytest.mark.django_db
def test_a_page_can_say_where_its_alerts_lead(town: Town, as_actor: AsActor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(alert_presenters._links, "something_new", lambda about: (f"/{about}/", "Gå dit"))
    about = uuid4()
    told(town, "something_new", recipient=town.persons["anna"], about=about)
    with scope.transaction(town.municipality.id):
        (line,) = alert_presenters.lines(alert_desk.listed(as_actor("anna"), timezone.now()))
    assert (line.address, line.way_on) == (f"/{about}/", "Gå dit")


@pytest.mark.django_db
def test_an_alert_leads_only_where_its_reader_comes_in(town: Town, as_actor: AsActor) -> None:
    """Of a unit without a manager others are told; its review opens to the managers among them."""
    for key in ("mats", "cia"):
        with scope.transaction(town.municipality.id):
            review = LogReview.objects.create(
                unit_id=unit_of(town, key), month=date(2026, 10, 1), made_at=timezone.now(), due=date(2026, 12, 1)
            )
        told(town, "review_made", unit=review.unit_id, about=review.id)
    told(town, "proposal_made", about=uuid4())
    led = {}
    for key in ("mats", "karin"):
        with scope.transaction(town.municipality.id):
            page = list(alert_presenters.lines(alert_desk.listed(as_actor(key), timezone.now())))
        led[key] = sorted((bool(line.address), any("ingen chef" in more for more in line.more)) for line in page)
    assert led == {"mats": [(True, False), (True, False), (True, True)], "karin": [(False, False), (False, True)]}


@pytest.mark.django_db
def test_an_alert_about_somebody_leads_only_who_looks_after_them(town: Town, as_actor: AsActor) -> None:
    """Cia's unit has no manager: another unit's is told, to whom its people are closed."""
    told(town, "flag_set", unit=unit_of(town, "cia"), about=town.persons["bo"])
    coordinator = give(town, "cia", "coordinator", unit_of(town, "cia"))
    led = {}
    for key, actor in (("mats", as_actor("mats")), ("cia", coordinator)):
        with scope.transaction(town.municipality.id):
            (line,) = alert_presenters.lines(alert_desk.listed(actor, timezone.now()))
        led[key] = line.address
    assert led == {"mats": "", "cia": f"/personer/{town.persons['bo']}/"}


@pytest.mark.django_db
def test_the_day_page_says_how_many_wait_and_nothing_when_none_does(town: Town, browser_as: Browser) -> None:
    browser = browser_as("anna")
    assert "du inte har sett" not in browser.get("/idag/", secure=True).content.decode()
    told(town, recipient=town.persons["anna"])
    assert "1 varning som du inte har sett" in browser.get("/idag/", secure=True).content.decode()


def shown(town: Town, actor: Actor) -> list[alert_presenters.AlertLine]:
    """What the page says to the actor."""
    with scope.transaction(town.municipality.id):
        return list(alert_presenters.lines(alert_desk.listed(actor, timezone.now())))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "words", "new"),
    [
        ("mats", "Någon har bestämt.", False),
        ("karin", "Någon har bestämt.", True),
        ("", "Ingen svarade inom ett dygn.", True),
    ],
)
def test_what_was_decided_waits_no_more_and_stays_new_only_to_who_did_not_decide(
    town: Town, as_actor: AsActor, who: str, words: str, new: bool
) -> None:
    opening = break_glass.ask(
        actor=as_actor("cia"), object_kind="booking", object=uuid4(), unit=unit_of(town, "mats"), reason="acute"
    )
    (before,) = shown(town, as_actor("mats"))
    assert before.address == "/nodoppning/vantar/"
    if who:
        break_glass.refuse(actor=as_actor(who), opening=opening.id)
    else:
        with scope.transaction(town.municipality.id):
            Opening.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    (after,) = shown(town, as_actor("mats"))
    assert (after.address, words in after.more, after.seen) == ("", True, not new)


@pytest.mark.django_db
def test_a_resident_s_own_wish_is_told_once_and_names_nobody(town: Town, as_actor: AsActor) -> None:
    town.booked(as_actor("bo"))
    protection.ask_for_safe_contact(actor=as_actor("bo"))
    assert [line.title for line in shown(town, as_actor("mats"))] == ["Någon har bett om trygg kontakt"]
    bo = town.persons["bo"]
    told(town, "flag_set", unit=unit_of(town, "mats"), actor=bo, about=bo)
    words = " ".join(more for line in shown(town, as_actor("mats")) for more in line.more)
    assert "Av: personen själv." in words
    assert "okänd" not in words
