"""What the workers run: for each kind of event, schedule, timer, built post and thread, its use case."""

from collections.abc import Mapping

from bot import threads
from bot.activities.asking import TIMER as ACTIVITY_ASKS
from bot.activities.asking import ask_sales
from bot.activities.ledger import build_ledger
from bot.activities.report_schedule import KIND as ACTIVITY_REPORT
from bot.activities.reporting import LEDGER, post_report
from bot.digests.post import post_digest
from bot.digests.schedule import DIGEST, SALES_REPORT
from bot.erasure.lifetime import TIMER as LIFETIME
from bot.erasure.lifetime import ring_lifetime
from bot.erasure.own_data import BUILDER as OWN_DATA
from bot.erasure.own_data import build_own_data
from bot.erasure.posts import build_blank, build_scrubbed
from bot.erasure.run import ERASING, ring_erasing
from bot.home.tab import build_home, home_opened
from bot.inbox import Worker
from bot.insights.flagging import flag_set, flag_taken_back
from bot.insights.messages_to_us import message_to_us, save_message
from bot.insights.source import build_redaction, message_changed, message_deleted, message_saved
from bot.meetings import calendar_file, items, minutes, prompt, reminder, topics
from bot.meetings.meeting import MINUTES, NUDGE, PROMPT, REMINDER
from bot.outbox import Builder
from bot.questions import answers
from bot.questions.asking import build_post
from bot.questions.closing import ASKS_OUTCOME, build_asks_outcome, close_by_date, remind
from bot.questions.state import CLOSING
from bot.questions.state import KIND as QUESTION
from bot.questions.state import REMINDER as REMINDER_OF_QUESTION
from bot.quiet.waiting import NOTICE
from bot.reports.post import post_sales_report
from bot.schedules import Job
from bot.search.sending import EXPORT, build_export
from bot.threads import Follower
from bot.timers import Bell
from bot.triage.changed import CARD
from bot.triage.notices import tell
from bot.triage.shown import build_card
from bot.upkeep import watch
from bot.workspace import moods

FOLLOWERS: Mapping[str, Follower] = {prompt.THREAD: topics.FOLLOWER, QUESTION: answers.FOLLOWER}
WORKERS: Mapping[str, Worker] = {
    "reaction_added": flag_set,
    "reaction_removed": flag_taken_back,
    "message_changed": threads.both(message_changed, threads.reply_changed(FOLLOWERS)),
    "message_deleted": threads.both(message_deleted, threads.reply_removed(FOLLOWERS)),
    "message_saved": message_saved,
    "thread_reply": threads.reply_taken(FOLLOWERS),
    "direct_message": message_to_us,
    "mention": message_to_us,
    "save_message": save_message,
    "home_opened": home_opened,
    **moods.WORKERS,
}
JOBS: Mapping[str, Job] = {
    DIGEST.kind: post_digest,
    SALES_REPORT.kind: post_sales_report,
    ACTIVITY_REPORT: post_report,
}
BELLS: Mapping[str, Bell] = {
    ACTIVITY_ASKS: ask_sales,
    NOTICE: tell,
    ERASING: ring_erasing,
    LIFETIME: ring_lifetime,
    CLOSING: close_by_date,
    REMINDER_OF_QUESTION: remind,
    PROMPT: prompt.ring_prompt,
    REMINDER: reminder.ring_reminder,
    MINUTES: minutes.ring_end,
    NUDGE: minutes.ring_nudge,
    items.DAY_BEFORE: items.ring_item,
    items.ON_THE_DAY: items.ring_item,
}
BUILDERS: Mapping[str, Builder] = {
    "home": build_home,
    "redact": build_redaction,
    "scrub": build_scrubbed,
    OWN_DATA: build_own_data,
    "blank": build_blank,
    PROMPT: prompt.build_prompt,
    REMINDER: reminder.build_reminder,
    MINUTES: minutes.build_minutes,
    CARD: build_card,
    calendar_file.BUILDER: calendar_file.build_file,
    EXPORT: build_export,
    QUESTION: build_post,
    ASKS_OUTCOME: build_asks_outcome,
    reminder.REMINDER_TO_ONE: reminder.build_to_one,
    prompt.NO_CHANNEL: prompt.build_no_channel,
    minutes.ASKING: minutes.build_asking,
    items.ITEM_DUE: items.build_due,
    items.ITEM_GIVEN: items.build_given,
    moods.TROUBLE: moods.build_trouble,
    LEDGER: build_ledger,
    watch.TROUBLES: watch.build_troubles,
    watch.GAP: watch.build_gap,
}
