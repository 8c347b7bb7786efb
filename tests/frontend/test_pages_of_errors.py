"""Pages for when something is wrong: they say so, keep the telephone at hand, and need nothing to be right."""

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client

from identity.models import Municipality


@pytest.mark.parametrize("name", ["403", "404", "405", "421", "429", "500", "503"])
def test_a_page_of_an_error_needs_no_municipality(name: str) -> None:
    page = render_to_string(f"{name}.html", {"seconds": 3})
    assert page.count("<h1>") == 1
    assert "tel:" not in page


@pytest.mark.parametrize("name", ["403", "404", "405", "429", "500", "503"])
def test_a_page_of_an_error_keeps_the_telephone_at_hand(name: str) -> None:
    here = Municipality(name="Exempelkommun", phone="08-465 004 20", phone_hours="vardagar 8–16")
    page = render_to_string(f"{name}.html", {"seconds": 3, "municipality": here})
    assert "– Exempelkommun</title>" in page
    assert 'href="tel:+46846500420"' in page


@pytest.mark.django_db
def test_a_form_that_lost_its_token_says_how_to_go_on(municipality: Municipality) -> None:
    browser = Client(enforce_csrf_checks=True)
    response = browser.post("/boka/tid/", {"tid": "x"}, secure=True)
    assert response.status_code == 403
    assert "Skicka formuläret igen" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/tillganglighet/", "/dina-uppgifter/"])
def test_the_pages_of_text_are_linked_from_every_foot(municipality: Municipality, address: str) -> None:
    browser = Client()
    assert f'href="{address}"' in browser.get("/", secure=True).content.decode()
    page = browser.get(address, secure=True).content.decode()
    assert "– Exempelkommun</title>" in page
    assert page.count("<h1>") == 1


@pytest.mark.django_db
def test_a_page_that_is_not_there_leads_staff_to_their_day(browser_as: Callable[[str], Client]) -> None:
    hers, his = (browser_as(key).get("/finns-inte/", secure=True).content.decode() for key in ("anna", "bo"))
    assert 'class="btn" href="/idag/"' in hers
    assert "Till startsidan" not in hers
    assert "Till startsidan" in his


@pytest.mark.django_db
def test_who_is_signed_in_reads_that_a_page_is_for_staff(browser_as: Callable[[str], Client]) -> None:
    words = "Du är inloggad, men sidan är för personal."
    bo, nobody = browser_as("bo"), browser_as("")
    assert words in bo.get("/idag/", secure=True, follow=True).content.decode()
    assert words not in bo.get("/logga-in/", secure=True).content.decode()
    assert words not in nobody.get("/idag/", secure=True, follow=True).content.decode()
