"""`/frontline …`: what each word behind it does, in English and Russian; help for all else."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from bot.activities.command import answer_activity
from bot.activities.reports_command import answer_activities
from bot.bridges.lists import answer_lists
from bot.bridges.setup import open_setup
from bot.digests.answer import answer_digest
from bot.erasure.answer import answer_erase
from bot.erasure.own_data import send_own_data
from bot.gestures import Answer, Gesture, Reply
from bot.inbox import say_for
from bot.meetings.command import answer_meeting
from bot.meetings.items import list_items
from bot.meetings.topics import add_words
from bot.messages.bridges import LANGUAGE_NAMES
from bot.messages.help import help_message, language_help, language_set, unknown_command
from bot.questions.asking import open_ask
from bot.questions.closing import list_questions
from bot.quiet.settings import answer_notices
from bot.reports.answer import answer_report
from bot.services import Services
from bot.themes.people import answer_theme
from bot.workspace.access import Viewer, require_own, viewer
from storage import inbox, workspace
from storage.bridges import Bridge

AUTOMATIC: Final = "auto"
# Does what the rest of the line asks for.
Subcommand = Callable[[Services, Gesture, str], Answer]

SETUP: Final = frozenset({"setup", "set-up", "settings", "настройка", "настройки", "настроить"})
LISTS: Final = frozenset({"lists", "list", "names", "списки", "список", "имена", "названия"})
DIGEST: Final = frozenset({"digest", "дайджест"})
ACTIVITY: Final = frozenset({"activity", "активность", "мероприятие"})
ACTIVITIES: Final = frozenset({"activities", "активности", "мероприятия"})
LANGUAGE: Final = frozenset({"language", "lang", "язык"})
REPORT: Final = frozenset({"report", "отчёт", "отчет"})
NOTICES: Final = frozenset({"notices", "notifications", "уведомления"})
MEETING: Final = frozenset({"meeting", "meetings", "встреча", "встречи"})
TOPIC: Final = frozenset({"topic", "тема"})
ACTIONS: Final = frozenset({"actions", "action", "поручения", "поручение"})
THEME: Final = frozenset({"theme", "themes", "темы"})
ASK: Final = frozenset({"ask", "question", "спросить", "вопрос"})
QUESTIONS: Final = frozenset({"questions", "вопросы"})
ERASE: Final = frozenset({"erase", "forget", "стереть", "забыть"})
MY_DATA: Final = frozenset({"mydata", "my-data", "данные", "моиданные", "мои-данные"})
HELP: Final = frozenset({"", "help", "?", "помощь", "справка"})
LANGUAGE_WORDS: Final = {
    "en": "en",
    "english": "en",
    "английский": "en",
    "ru": "ru",
    "russian": "ru",
    "русский": "ru",
    "auto": AUTOMATIC,
    "авто": AUTOMATIC,
}


def answer_frontline(services: Services, gesture: Gesture, line: str) -> Answer:
    """What the line behind `/frontline` asks for; an unknown one gets help, not silence."""
    first, _space, rest = " ".join(line.split()).partition(" ")
    word = first.casefold()
    if word in SETUP and not rest:
        return open_setup(services, gesture)
    for words, subcommand in SUBCOMMANDS:
        if word in words:
            return subcommand(services, gesture, rest)
    with services.db.reading() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
    require_own(who)
    bridge = bridge_at_hand(who, gesture.channel_id)
    if word in HELP and not rest:
        return Reply(help_message(who.texts, bridge))
    return Reply(unknown_command(who.texts, bridge, line.strip()))


def bridge_at_hand(who: Viewer, channel_id: str | None) -> Bridge | None:
    """The bridge of the channel; else the one that the person is near, if it is only one."""
    for bridge in who.bridges:
        if channel_id in {*bridge.sales_channel_ids, bridge.marketing_channel_id}:
            return bridge
    return who.near[0] if len(who.near) == 1 else None


def choose_language(services: Services, gesture: Gesture, word: str) -> Answer:
    """Set the language in which Frontline talks to the person, or say which it is."""
    wanted = LANGUAGE_WORDS.get(word.strip().casefold())
    with services.db.writing() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
        require_own(who)
        if wanted is None:
            return Reply(language_help(who.texts, LANGUAGE_NAMES[who.language]))
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            _save_language(services, connection, gesture, wanted)
        who = viewer(connection, services.team_id, gesture.user_id)
        name = LANGUAGE_NAMES[who.language]
        return Reply(language_set(who.texts, name, automatic=wanted == AUTOMATIC))


def _save_language(services: Services, connection: Connection, gesture: Gesture, wanted: str) -> None:
    team_id, user_id = services.team_id, gesture.user_id
    workspace.save_language(connection, team_id, user_id, None if wanted == AUTOMATIC else wanted)
    if workspace.with_home(connection, team_id, [user_id]):
        say_for(services, connection, gesture.key).home(user_id)


# Beside setup and help: the words by which each is called, in all languages.
SUBCOMMANDS: Final[tuple[tuple[frozenset[str], Subcommand], ...]] = (
    (DIGEST, answer_digest),
    (ACTIVITY, answer_activity),
    (ACTIVITIES, answer_activities),
    (LANGUAGE, choose_language),
    (ASK, open_ask),
    (QUESTIONS, list_questions),
    (THEME, answer_theme),
    (NOTICES, answer_notices),
    (MEETING, answer_meeting),
    (TOPIC, add_words),
    (ACTIONS, list_items),
    (REPORT, answer_report),
    (LISTS, answer_lists),
    (ERASE, answer_erase),
    (MY_DATA, send_own_data),
)
