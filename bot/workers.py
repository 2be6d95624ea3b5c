"""Which worker an event of the inbox goes to, which job a schedule runs, which builder a post wants."""

from collections.abc import Mapping

from bot.digests.post import post_digest
from bot.home.tab import build_home, home_opened
from bot.inbox import Worker
from bot.insights.flagging import flag_set, flag_taken_back
from bot.insights.messages_to_us import message_to_us, save_message
from bot.insights.source import build_redaction, message_changed, message_deleted, message_saved
from bot.outbox import Builder
from bot.schedules import Job
from bot.workspace import moods

WORKERS: Mapping[str, Worker] = {
    "reaction_added": flag_set,
    "reaction_removed": flag_taken_back,
    "message_changed": message_changed,
    "message_deleted": message_deleted,
    "message_saved": message_saved,
    "direct_message": message_to_us,
    "mention": message_to_us,
    "save_message": save_message,
    "home_opened": home_opened,
    **moods.WORKERS,
}
JOBS: Mapping[str, Job] = {"digest": post_digest}
BUILDERS: Mapping[str, Builder] = {"home": build_home, "redact": build_redaction}
