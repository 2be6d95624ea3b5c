"""`/insight …`: what the line asks for."""

from typing import Final

from bot.bridges.categories import spoken_names
from bot.errors import UserError
from bot.gestures import Answer, Gesture, Reply
from bot.i18n import N_
from bot.insights import lists, saving, syntax
from bot.insights.lists import Wanted
from bot.messages import insights as messages
from bot.messages.help import help_message
from bot.search.sending import send_export
from bot.services import Services
from bot.workspace.access import Viewer, require_colleague, viewer

# Characters; a button that offers to save the line instead carries it, and Slack allows 2,000 there.
LONGEST_LOOKUP: Final = 1900


def answer_insight(services: Services, gesture: Gesture, line: str) -> Answer:
    """Store, list, search, help, or open the form."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
    require_colleague(reader)
    line = line.strip()
    command = syntax.parse(line, _category_names(reader, gesture))
    match command:
        case syntax.Search() | syntax.About() | syntax.Export() if len(line) > LONGEST_LOOKUP:
            return store_text(services, gesture, line)  # nobody looks for so much: it is an insight
        case syntax.OpenForm():
            return saving.open_form(services, gesture)
        case syntax.Store():
            return saving.store_typed(services, gesture, command.text, command.category, command.customer)
        case syntax.ListRecent():
            return lists.show_list(services, gesture, Wanted("mine" if command.mine else "list"))
        case syntax.Search() | syntax.Export() | syntax.About():
            return _look_up(services, gesture, command, line)
        case syntax.Help():
            bridge = reader.near[0] if reader.near else None
            return Reply(help_message(reader.texts, bridge))
        case syntax.Incomplete():
            raise UserError(N_("There is no text left to store. Write what you heard after the category."))


def _look_up(
    services: Services, gesture: Gesture, command: syntax.Search | syntax.Export | syntax.About, line: str
) -> Answer:
    """Search, export, or what is known of a name; what is refused may have been meant as an insight."""
    match command:
        case syntax.Search(query=""):
            raise UserError(N_("What shall I look for? Type it behind, as in `/insight search discount`."))
        case syntax.About(name=""):
            raise UserError(N_("Whom or what do you mean? Type it behind, as in `/insight about Acme`."))
    try:
        if isinstance(command, syntax.About):
            return lists.show_list(services, gesture, Wanted("about", line))
        if isinstance(command, syntax.Export):
            return send_export(services, gesture, line)
        return lists.show_list(services, gesture, Wanted("search", line))
    except UserError as problem:
        with services.db.reading() as connection:
            _ = viewer(connection, services.team_id, gesture.user_id).texts
        return Reply(messages.offer_to_save(_, line, _.say(problem.message), line))


def store_text(services: Services, gesture: Gesture, text: str) -> Answer:
    """*Save as insight instead*: store the whole line, as it was typed."""
    return saving.store_typed(services, gesture, text, None, None)


def _category_names(reader: Viewer, gesture: Gesture) -> list[syntax.CategoryName]:
    """How the categories are called in the bridges that this may go to."""
    possible = saving.bridges_for(reader, gesture.channel_id) if reader.bridges else []
    return [
        syntax.CategoryName(category.key, spoken_names(category), category.emoji)
        for bridge in possible
        for category in bridge.active_categories
    ]
