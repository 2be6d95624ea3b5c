"""The page as people use it, in front of the real server and an app that uses Slack's own libraries."""

import re
from datetime import timedelta

from playwright.sync_api import FilePayload, Locator, Page, expect

from playground.model import Channel
from playground.server import Playground
from tests.playground_page.conftest import Open
from tests.playground_page.gallery import MESSAGE, Gallery


def at(page: Page | Locator, name: str) -> Locator:
    return page.get_by_test_id(name)


def write(page: Page, text: str) -> None:
    at(page, "composer-input").first.fill(text)
    at(page, "composer-input").first.press("Enter")


def message(page: Page, text: str) -> Locator:
    return at(page, "message").filter(has_text=text).first


def beside(sales: Channel, name: str) -> str:
    """The name of what was made together with this test's channel."""
    return f"{name}-{sales.name.rpartition('-')[2]}"


def open_form(page: Page) -> Locator:
    write(page, "/form")
    expect(at(page, "modal")).to_be_visible()
    return at(page, "modal")


def test_write_edit_delete(page: Page, gallery: Gallery) -> None:
    write(page, "Acme gives *25%* off <b>")
    expect(message(page, "Acme gives 25% off <b>")).to_be_visible()
    row = at(page, "message").first
    expect(row.locator("strong")).to_have_text("25%")
    row.hover()
    at(row, "toolbar-more").click()
    at(page, "menu-edit").click()
    expect(at(row, "message-text-edit")).to_have_value("Acme gives *25%* off <b>")
    at(row, "message-text-edit").fill("Acme gives 30% off")
    at(row, "message-text-edit").press("Enter")
    expect(at(row, "message-text")).to_contain_text("Acme gives 30% off")
    expect(at(row, "edited")).to_be_visible()
    row.hover()
    at(row, "toolbar-more").click()
    at(page, "menu-delete").click()
    at(page, "confirm-ok").click()
    expect(at(page, "message")).to_have_count(0)


def test_flag_by_one_press_and_by_the_picker(
    page: Page, playground: Playground, gallery: Gallery, sales: Channel
) -> None:
    said = playground.person("ben").post(sales.id, "They want the certificate in German")
    row = message(page, "certificate")
    row.hover()
    at(row, "quick-flag").click()
    expect(at(row, "reaction-bulb")).to_have_attribute("aria-pressed", "true")
    at(row, "toolbar-react").click()
    at(page, "emoji-rage").click()
    expect(at(row, "reaction-rage")).to_contain_text("1")
    playground.person("ben").react(said, "bulb")
    expect(at(row, "reaction-bulb")).to_contain_text("2")
    at(row, "reaction-bulb").click()
    expect(at(row, "reaction-bulb")).to_contain_text("1")
    expect(at(row, "reaction-bulb")).to_have_attribute("aria-pressed", "false")


def test_threads(page: Page, playground: Playground, gallery: Gallery, sales: Channel) -> None:
    said = playground.person("ben").post(sales.id, "Who knows Hartmann?")
    row = message(page, "Hartmann?")
    row.hover()
    at(row, "toolbar-reply").click()
    thread = at(page, "thread-panel")
    at(thread, "composer-input").fill("I do")
    at(thread, "composer-input").press("Enter")
    expect(at(thread, "message")).to_have_count(2)
    playground.person("ben").reply(said, "Tell me more")
    expect(at(thread, "message")).to_have_count(3)
    expect(at(row, "thread-summary")).to_contain_text("2 replies")
    expect(at(page, "message-list").get_by_text("Tell me more")).to_have_count(0)
    at(thread, "composer-input").fill("/form")
    at(thread, "composer-input").press("Enter")
    expect(at(page, "notice")).to_contain_text("do not work in threads")
    at(thread, "thread-close").click()
    expect(thread).to_be_hidden()


def test_commands_are_completed_and_answered_to_the_person_alone(open_page: Open, gallery: Gallery) -> None:
    page, other = open_page(), open_page()
    at(other, "person-ben").click()
    field = at(page, "composer-input").first
    field.press_sequentially("/no")
    expect(at(page, "completion-/note")).to_contain_text("Says it to you alone")
    field.press("Enter")
    expect(at(at(page, "main"), "command-hint")).to_be_visible()
    field.press_sequentially("careful")
    field.press("Enter")
    note = message(page, "Noted: careful")
    expect(at(note, "ephemeral")).to_be_visible()
    write(other, "after it")
    expect(message(other, "after it")).to_be_visible()
    expect(at(other, "message")).to_have_count(1)
    at(note, "dismiss").click()
    expect(message(page, "Noted: careful")).to_have_count(0)
    write(page, "/nonsense")
    expect(at(page, "notice")).to_contain_text("/nonsense")
    expect(field).to_have_value("/nonsense")


def test_a_form_is_checked_filled_in_and_sent(page: Page, playground: Playground, gallery: Gallery) -> None:
    modal = open_form(page)
    text = at(at(modal, "field-text"), "action-v")
    expect(text).to_be_focused()
    at(modal, "modal-submit").click()
    expect(at(at(modal, "field-text"), "field-error")).to_contain_text("required")
    at(at(modal, "field-amount"), "action-v").fill("many")
    text.fill("wrong")
    at(modal, "modal-submit").click()
    expect(at(at(modal, "field-amount"), "field-error")).to_contain_text("number")
    at(at(modal, "field-amount"), "action-v").fill("1200")
    at(modal, "modal-submit").click()
    expect(at(at(modal, "field-text"), "field-error")).to_contain_text("Say it otherwise.")
    expect(text).to_have_value("wrong")
    text.fill("They switch to Acme")
    at(at(modal, "field-category"), "action-v").click()
    at(page, "option-rumour").click()
    at(at(modal, "field-customer"), "action-v").click()
    at(page, "select-search").fill("ba")
    at(page, "option-bahn").click()
    at(at(modal, "field-people"), "action-v").click()
    at(page, f"option-{playground.person('ben').id}").click()
    page.keyboard.press("Escape")
    at(at(modal, "field-day"), "action-v").fill("2026-12-24")
    at(at(modal, "field-urgency"), "option-urgent").check()
    at(at(modal, "field-more"), "option-call").check()
    at(modal, "modal-submit").click()
    expect(modal).to_be_hidden()
    values = {block: actions["v"] for block, actions in gallery.submitted[0].items()}
    assert values["text"] == {"type": "plain_text_input", "value": "They switch to Acme"}
    assert values["category"]["selected_option"]["value"] == "rumour"
    assert values["customer"]["selected_option"]["value"] == "bahn"
    assert values["people"] == {"type": "multi_users_select", "selected_users": [playground.person("ben").id]}
    assert values["amount"]["value"] == "1200" and values["day"]["selected_date"] == "2026-12-24"
    assert values["urgency"]["selected_option"]["value"] == "urgent"
    assert [one["value"] for one in values["more"]["selected_options"]] == ["call"]


def test_forms_stack_and_keep_what_was_typed(page: Page, gallery: Gallery) -> None:
    modal = open_form(page)
    at(at(modal, "field-text"), "action-v").fill("half a sentence")
    at(modal, "action-refresh").click()
    expect(at(modal, "modal-title")).to_have_text("Refreshed")
    expect(at(at(modal, "field-text"), "action-v")).to_have_value("half a sentence")
    at(modal, "action-push").click()
    expect(at(modal, "modal-title")).to_have_text("Second")
    page.keyboard.press("Escape")
    expect(at(modal, "modal-title")).to_have_text("Refreshed")
    expect(at(at(modal, "field-text"), "action-v")).to_have_value("half a sentence")
    at(modal, "modal-cancel").click()
    expect(modal).to_be_hidden()


def test_shortcuts(page: Page, playground: Playground, gallery: Gallery, sales: Channel) -> None:
    said = playground.person("ben").post(sales.id, "Worth keeping")
    row = message(page, "Worth keeping")
    row.hover()
    at(row, "toolbar-more").click()
    at(page, "shortcut-save").click()
    at(page, "modal-close").click()
    expect(at(page, "modal")).to_be_hidden()
    at(page, "composer-shortcuts").click()
    at(page, "global-shortcut-new").click()
    expect(at(page, "modal")).to_be_visible()
    assert [one["type"] for one in gallery.shortcuts] == ["message_action", "shortcut"]
    assert gallery.shortcuts[0]["message"]["ts"] == said.ts


def test_blocks_in_a_message_act(
    page: Page, playground: Playground, gallery: Gallery, sales: Channel
) -> None:
    gallery.client.chat_postMessage(channel=sales.id, text="digest", blocks=MESSAGE)
    row = message(page, "The front line")
    expect(at(row, "app-badge")).to_be_visible()
    expect(at(row, "chart").locator("svg")).to_have_attribute("aria-label", re.compile("Competitor 6"))
    table = at(row, "data-table")
    expect(table.locator("tbody tr")).to_have_count(2)
    at(table, "data-table-sort-1").click()
    at(table, "data-table-sort-1").click()
    expect(table.locator("tbody tr").first).to_contain_text("Film")
    at(table, "page-next").click()
    expect(table.locator("tbody tr")).to_have_text(["Webinar35"])
    at(row, "action-drop").click()
    at(page, "confirm-cancel").click()
    with page.expect_response("**/page/act"):
        at(row, "action-take").click()
    at(row, "action-menu").click()
    with page.expect_response("**/page/act"):
        at(page, "option-two").click()
    acted = [body["actions"][0] for body in gallery.actions]
    assert [one["action_id"] for one in acted] == ["take", "menu"]
    assert acted[0]["value"] == "142" and acted[1]["selected_option"]["value"] == "two"


def test_home_tab(page: Page, gallery: Gallery) -> None:
    at(page, "app-gallery").click()
    expect(at(page, "home")).to_contain_text("My insights")
    at(at(page, "home"), "action-form").click()
    expect(at(page, "modal-title")).to_have_text("New insight")
    at(page, "modal-close").click()
    at(page, "app-tab-messages").click()
    expect(at(page, "composer-input").first).to_be_visible()


def test_files_are_shared(page: Page, gallery: Gallery) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
    picture = FilePayload(name="offer.svg", mimeType="image/svg+xml", buffer=drawing)
    at(page, "composer-file").first.set_input_files([picture])
    write(page, "Their offer")
    row = message(page, "Their offer")
    expect(at(row, "file").locator("img")).to_have_attribute("alt", "offer.svg")


def test_people_see_what_is_theirs(page: Page, gallery: Gallery, sales: Channel) -> None:
    expect(at(page, beside(sales, "channel-inner"))).to_have_count(0)
    at(page, beside(sales, "channel-general")).click()
    expect(at(page, "composer").first).to_be_hidden()
    at(page, "join").click()
    field = at(page, "composer-input").first
    expect(field).to_be_visible()
    assert (field.bounding_box() or {"height": 0.0})["height"] > 30
    write(page, "Hello")
    expect(message(page, "Hello")).to_be_visible()
    at(page, "person-ben").click()
    expect(at(page, "current-person")).to_contain_text("Ben Kurz")
    expect(at(page, beside(sales, "channel-inner"))).to_be_visible()
    expect(at(page, "channel-title")).to_have_text(beside(sales, "general"))
    write(page, "Welcome")
    expect(message(page, "Welcome")).to_contain_text("Ben Kurz")


def test_permalinks_open_in_place(
    page: Page, playground: Playground, gallery: Gallery, sales: Channel
) -> None:
    ben = playground.person("ben")
    root = ben.post(sales.id, "The one that counts")
    reply = ben.reply(root, "A reply that counts")
    link = playground.workspace.permalink(reply)
    ben.post(beside(sales, "general"), "elsewhere")
    at(page, beside(sales, "channel-general")).click()
    gallery.client.chat_postMessage(channel=sales.id, text=f"See <{link}|there>")
    at(page, f"channel-{sales.name}").click()
    page.get_by_role("link", name="there").click()
    expect(at(at(page, "thread-panel"), "message").filter(has_text="A reply that counts")).to_be_visible()
    at(page, "thread-close").click()
    anna = playground.person("anna").id
    page.goto(f"{playground.url}#{anna}/{root.channel}/p{root.ts.replace('.', '')}")
    page.reload()
    expect(message(page, "The one that counts")).to_be_focused()


def test_the_clock_moves(page: Page, playground: Playground, gallery: Gallery) -> None:
    before = playground.clock.now()
    at(page, "clock-day").click()
    expect(at(page, "clock-moving")).to_be_hidden()
    assert playground.clock.now() - before >= timedelta(days=1)
    at(page, "clock-next").click()
    expect(at(page, "notice")).to_contain_text("Nothing is due")


def test_the_tour_leads_and_is_ticked_off(page: Page, gallery: Gallery, sales: Channel) -> None:
    page.get_by_role("button", name="/form").click()
    expect(at(page, "current-person")).to_contain_text("Ben Kurz")
    expect(at(page, "composer-input").first).to_have_value("/form")
    at(page, beside(sales, "tour-tick-step")).click()
    page.reload()
    expect(at(page, beside(sales, "tour-tick-step"))).to_have_attribute("aria-pressed", "true")
    at(page, "tour-toggle").click()
    expect(at(page, "tour")).to_be_hidden()


def test_the_page_recovers_from_a_lost_line(
    page: Page, playground: Playground, gallery: Gallery, sales: Channel
) -> None:
    page.evaluate("import('/static/api.js').then((api) => api.dropLine())")
    expect(at(page, "connection-lost")).to_be_visible()
    playground.person("ben").post(sales.id, "said meanwhile")
    expect(message(page, "said meanwhile")).to_be_visible()
    expect(at(page, "connection-lost")).to_be_hidden()
    playground.person("ben").post(sales.id, "said afterwards")
    expect(message(page, "said afterwards")).to_be_visible()


def test_a_phone_shows_all_of_it_in_drawers(
    open_page: Open, playground: Playground, gallery: Gallery, sales: Channel
) -> None:
    playground.person("ben").post(sales.id, "x" * 300 + " and a long line without an end")
    page = open_page(width=390, dark=True)
    expect(at(page, "sidebar")).to_be_hidden()
    at(page, "sidebar-toggle").click()
    at(page, "app-gallery").click()
    expect(at(page, "home")).to_contain_text("My insights")
    expect(at(page, "sidebar")).to_be_hidden()
    at(page, "sidebar-toggle").click()
    at(page, f"channel-{sales.name}").click()
    expect(message(page, "xxx")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_controls_have_names(page: Page, playground: Playground, gallery: Gallery, sales: Channel) -> None:
    gallery.client.chat_postMessage(channel=sales.id, text="digest", blocks=MESSAGE)
    expect(message(page, "The front line")).to_be_visible()
    open_form(page)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, textarea, select, [role=button]')]
          .filter((one) => !one.hidden && one.type !== 'file')
          .filter((one) => !(one.getAttribute('aria-label') || one.getAttribute('aria-labelledby')
            || one.textContent.trim() || one.closest('label')))
          .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


def test_a_list_that_fills_after_it_opened_stays_on_the_page(page: Page, gallery: Gallery) -> None:
    page.set_viewport_size({"width": 1000, "height": 480})
    people = at(open_form(page), "field-people")
    people.evaluate("field => field.scrollIntoView({block: 'end'})")
    people.get_by_role("button").last.click()
    shown = page.locator(".select-popover")
    expect(shown.get_by_role("option").first).to_be_visible()
    box = shown.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 480
