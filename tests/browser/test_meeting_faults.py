"""What goes wrong around a meeting, and what its page then does: cameras, hosts and networks that come and go."""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.chromium import Chromium
from tests.browser.frames import demo_meeting, end_for_all, goes_in, is_in, meet, sees
from tests.browser.visits import NewPage, swedish
from tests.trial import Trial

# Before any script of the page: its captures can be held back, refused and counted.
HOLD_CAPTURES = """() => {
  const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  Object.assign(window, { captured: [], held: [], holding: false, refusing: "" });
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (window.holding) await new Promise((resolve) => window.held.push(resolve));
    if (window.refusing) throw new DOMException("", window.refusing);
    const stream = await capture(wanted);
    window.captured.push(...stream.getTracks());
    return stream;
  };
}"""
# The browser has answered when its tracks are there; what the page does with them follows in the same turn.
_LET_GO = """async () => {
  const before = window.captured.length;
  const held = window.held.splice(0);
  window.holding = false;
  for (const answer of held) answer();
  while (window.captured.length === before) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 100));
  return held.length;
}"""
_LIVE = """() => window.captured.filter((track) => track.readyState === "live").map((track) => track.kind)"""
_HIDE = """() => Object.defineProperty(document, "hidden", { configurable: true, get: () => true })"""
_CAMERA = '[data-switch="camera"]'


def person(page: Page) -> Chromium:
    """Somebody whose camera the test holds in its hand."""
    page.add_init_script(f"({HOLD_CAPTURES})()")
    return Chromium(page)


def asks(guest: Chromium, selector: str) -> None:
    """Press what makes the browser ask for a camera, and leave its question open."""
    guest.tell("() => { window.holding = true; }")
    guest.press(selector)
    guest.page.wait_for_function("() => window.held.length > 0")


def shown(page: Page, selector: str) -> Locator:
    """What the selector names, of that which is to be seen."""
    return page.locator(selector).filter(visible=True)


def test_a_camera_allowed_after_leaving_the_lobby_does_not_run(trial: Trial, new_page: NewPage) -> None:
    guest = person(new_page())
    guest.open(demo_meeting(trial.env)["guests"][0])
    asks(guest, "[data-enter]")
    expect(guest.page.get_by_role("button", name="Lämna väntrummet")).to_be_visible()
    guest.press("[data-leave-now]")
    is_in(guest, "out")
    assert guest.tell(_LET_GO) == 1
    assert guest.tell(_LIVE) == []
    expect(guest.page.locator("#live")).to_have_text("Du har lämnat mötet.")


def test_a_camera_allowed_during_a_pause_does_not_run_until_it_is_turned_on(trial: Trial, new_page: NewPage) -> None:
    host, guest = person(new_page()), person(new_page())
    meet(host, guest, demo_meeting(trial.env))
    guest.press(_CAMERA)
    asks(guest, _CAMERA)
    host.press("[data-pause]")
    is_in(guest, "paused")
    assert guest.tell(_LET_GO) == 1
    assert guest.tell(_LIVE) == []
    host.press("[data-unpause]")
    is_in(guest, "connected")
    expect(shown(guest.page, _CAMERA)).to_have_attribute("aria-checked", "false")
    guest.press(_CAMERA)
    expect(shown(guest.page, _CAMERA)).to_have_attribute("aria-checked", "true")
    sees(host)


def test_a_camera_allowed_after_the_end_does_not_run(trial: Trial, new_page: NewPage) -> None:
    host, guest = person(new_page()), person(new_page())
    meet(host, guest, demo_meeting(trial.env))
    guest.press(_CAMERA)
    asks(guest, _CAMERA)
    end_for_all(host, guest)
    assert guest.tell(_LET_GO) == 1
    assert guest.tell(_LIVE) == host.tell(_LIVE) == []


def test_a_camera_that_fails_in_the_meeting_is_said_there_and_another_can_be_chosen(
    trial: Trial, new_page: NewPage
) -> None:
    host, guest = person(new_page()), person(new_page())
    meet(host, guest, demo_meeting(trial.env))
    guest.press(_CAMERA)
    guest.tell("() => { window.refusing = 'NotReadableError'; }")
    guest.press(_CAMERA)
    trouble = shown(guest.page, "[data-device-problem]")
    expect(trouble).to_contain_text("Ett annat program använder kameran.")
    expect(trouble.locator("a[href^='tel:']")).to_be_visible()
    expect(guest.page.locator("#live")).to_contain_text("Ett annat program använder kameran.")
    guest.tell("() => { window.refusing = ''; }")
    guest.press(_CAMERA)
    expect(trouble).to_have_count(0)
    for each in (host, guest):
        each.press("[data-view=meeting] summary")
        chosen = shown(each.page, "select[data-choose=camera]")
        chosen.select_option(index=chosen.locator("option").count() - 1)
    sees(host)
    sees(guest)


def test_a_muted_microphone_is_told_as_one_that_works(trial: Trial, new_page: NewPage) -> None:
    host, guest = person(new_page()), person(new_page())
    links = demo_meeting(trial.env)
    guest.open(links["guests"][0])
    guest.press("[data-enter]")
    expect(shown(guest.page, '[data-switch="audio"]')).to_have_attribute("aria-checked", "true")
    guest.press('[data-switch="audio"]')
    goes_in(host, links["host"])
    expect(host.page.locator("[data-equipment]")).to_have_text("Mikrofonen fungerar.")


def test_the_readers_place_and_the_title_follow_into_the_meeting(trial: Trial, new_page: NewPage) -> None:
    host, guest = person(new_page()), person(new_page())
    links = demo_meeting(trial.env)
    goes_in(host, links["host"])
    expect(shown(host.page, "[data-view=meeting] h1")).to_be_focused()
    goes_in(guest, links["guests"][0])
    expect(shown(guest.page, "[data-view=lobby] h1")).to_be_focused()
    guest.tell(_HIDE)
    host.press("[data-admit]")
    sees(guest)
    assert guest.page.title().startswith("(Nu) Möte")
    expect(shown(guest.page, "[data-view=meeting] h1")).to_be_focused()
    guest.page.locator("[data-pause]").focus()
    host.press("[data-pause]")
    is_in(guest, "paused")
    expect(guest.page.locator("[data-pause]")).to_be_focused()


def test_a_host_who_leaves_comes_back_and_lets_all_in_again(trial: Trial, new_page: NewPage) -> None:
    host, guest = person(new_page()), person(new_page())
    meet(host, guest, demo_meeting(trial.env))
    host.press("[data-end-for-all]")
    host.press("dialog[open] [data-leave-now]")
    is_in(host, "out")
    is_in(guest, "lobby")
    host.press("[data-enter-again]")
    host.press("[data-admit-all]")
    sees(guest)
    sees(host)
    expect(host.page.locator("[data-admit-all]")).to_be_hidden()


def test_what_the_host_was_refused_stands_until_something_goes_well(trial: Trial, new_page: NewPage) -> None:
    host, guest = person(new_page()), person(new_page())
    links = demo_meeting(trial.env)
    goes_in(host, links["host"])
    goes_in(guest, links["guests"][0])
    host.press("[data-lock]")
    expect(host.page.locator("[data-lock]")).to_have_attribute("aria-checked", "true")
    host.press("[data-admit]")
    expect(host.page.locator("[data-host-problem]")).to_contain_text("Mötet är låst.")
    host.press("[data-lock]")
    expect(host.page.locator("[data-host-problem]")).to_be_hidden()


def test_who_is_refused_at_the_door_reads_why(trial: Trial, new_page: NewPage, chromium: Browser) -> None:
    host = person(new_page())
    context = swedish(chromium, width=1280, base_url=trial.address)  # Not watched: a refusal is what it asks for.
    guest = person(context.new_page())
    meet(host, guest, demo_meeting(trial.env))
    guest.press("[data-leave]")
    guest.press("dialog[open] [data-leave-now]")
    is_in(guest, "out")
    host.press("[data-end-for-all]")
    host.press("[data-confirm]")
    is_in(host, "ended")
    guest.press("[data-enter-again]")
    expect(guest.page.get_by_role("heading", level=1)).to_have_text("Mötet är slut")
    context.close()


def test_guests_whose_host_is_lost_pause_and_read_why(trial: Trial, new_page: NewPage) -> None:
    host, guest = person(new_page()), person(new_page())
    meet(host, guest, demo_meeting(trial.env))
    host.page.close()
    is_in(guest, "paused")
    expect(shown(guest.page, "[data-cover]")).to_contain_text("Handläggaren tappade kontakten")
    expect(shown(guest.page, "[data-cover] a[href^='tel:']")).to_be_visible()
    assert guest.tell(_LIVE) == []
    guest.press(_CAMERA)
    expect(shown(guest.page, _CAMERA)).to_have_attribute("aria-checked", "false")
