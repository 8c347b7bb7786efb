"""What the two small modules of the booking pages add; every page works without them."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Response, Route, expect

from tests.browser import resident
from tests.browser.visits import NewPage


def test_a_page_that_comes_back_is_read_from_its_faults(new_page: NewPage) -> None:
    page = new_page()
    resident.chooses_service(page)
    resident.press(page, "Fortsätt")
    expect(page.locator(".error-summary")).to_be_focused()


def test_the_browser_itself_says_that_a_page_may_use_nothing_of_the_device(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/")
    known, allowed = page.evaluate("[document.featurePolicy.features(), document.featurePolicy.allowedFeatures()]")
    assert {"camera", "geolocation", "payment"} <= set(known)
    assert [feature for feature in allowed if not feature.startswith("ch-")] == []


def test_files_are_for_our_own_pages_only(new_page: NewPage) -> None:
    page = new_page()
    seen: list[Response] = []
    page.on("response", lambda response: seen.append(response) if "/static/" in response.url else None)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    headers = [response.all_headers() for response in seen]
    assert len(headers) > 3
    assert {one.get("cross-origin-resource-policy") for one in headers} == {"same-origin"}
    assert {one.get("access-control-allow-origin") for one in headers} == {None}


def test_two_minutes_before_a_hold_ends_the_page_says_so_and_not_before(new_page: NewPage) -> None:
    page = new_page()
    page.clock.install()
    resident.chooses_service(page)
    resident.chooses_form(page)
    resident.next_week(page)
    resident.a_time(page).click()
    resident.signs_in(page)
    expect(page.locator("[data-module=hold-warning][data-module-state=on]")).to_have_count(1)
    page.clock.run_for(7 * 60 * 1000)
    expect(page.locator("#live")).to_be_empty()
    page.clock.run_for(60 * 1000)
    expect(page.locator("#live")).to_have_text(
        "Vi håller tiden i 2 minuter till. Behöver du mer tid? Tryck på Mer tid."
    )


def test_a_button_that_is_pressed_twice_sends_its_form_once(new_page: NewPage) -> None:
    page = new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    resident.chooses_service(page)
    page.locator("input[name=form][value=phone]").check()
    page.get_by_role("button", name="Fortsätt").dblclick()
    resident.heading(page, "Välj en tid")
    assert sent == ["POST"]


def test_a_page_warns_before_its_sign_in_ends_and_leads_back_after_it(new_page: NewPage) -> None:
    page = new_page()
    page.clock.install()
    answers: list[dict[str, Any] | None] = [
        {"left": 100, "more": True, "words": "Du loggas ut kl. 14.32."},
        {"left": 150, "more": True, "words": ""},
        None,  # signed out in another tab
    ]
    sent: list[str] = []

    def answer(route: Route) -> None:
        sent.append("more" if 'name="do"' in (route.request.post_data or "") else "look")
        said = answers[len(sent) - 1]
        route.fulfill(json=said) if said else route.fulfill(status=403)

    page.route("**/logga-in/kvar/", answer)
    page.goto("/prova/in/hans/?next=/mina-tider/")
    stay = page.locator("[data-module=stay][data-module-state=on]")
    expect(stay).to_have_count(1)
    page.clock.run_for(28 * 60 * 1000)
    expect(stay.get_by_role("status")).to_have_text("Du loggas ut kl. 14.32.")
    stay.get_by_role("button", name="Fortsätt vara inloggad").click()
    expect(stay.get_by_role("status")).to_be_empty()
    expect(stay.get_by_role("button")).to_have_count(0)
    page.clock.run_for(31 * 1000)
    expect(stay.get_by_role("status")).to_contain_text("Din inloggning är slut.")
    expect(stay.get_by_role("link", name="Logga in")).to_have_attribute(
        "href", "/logga-in/?igen=1&next=%2Fmina-tider%2F"
    )
    assert sent == ["look", "more", "look"]
