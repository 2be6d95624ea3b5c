"""`/frontline report …`: preview, now, pause, resume; alone, the form of the schedule."""

from typing import Final

from sqlalchemy import Connection

from bot.digests.answer import Commanded, answer_words, colleague, so_far
from bot.digests.choose import bridge_by_id, choose_bridge, may_preview
from bot.digests.schedule import SALES_REPORT
from bot.errors import UserError
from bot.gestures import Answer, Gesture, Reply
from bot.i18n import N_, Texts, texts
from bot.inbox import say_for
from bot.messages.digest import simple
from bot.messages.report import preview
from bot.reports.compile import compile_report
from bot.reports.post import write_report
from bot.services import Services
from bot.workspace.access import Viewer
from storage import workspace
from storage.bridges import Bridge

HELP: Final = N_(
    "Try `/frontline report preview`, `now`, `pause` or `resume`, with the bridge's name behind it "
    "where there are several. `/frontline report` alone opens the schedule."
)


def answer_report(services: Services, gesture: Gesture, words: str) -> Answer:
    """Do what the words behind `/frontline report` ask. Raises UserError."""
    return answer_words(services, gesture, words, Commanded(SALES_REPORT, HELP, _preview, _now))


def send_previewed(services: Services, gesture: Gesture, value: str) -> Answer:
    """*Send now* of a preview: however often it is pressed, that preview is sent once. Raises UserError."""
    bridge_id, _, shown = value.partition(":")
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        bridge = bridge_by_id(who, bridge_id)
        channels = _send(services, connection, gesture, bridge, shown or gesture.key)
    return Reply(_sent(who.texts, channels), replaces=True)


def _preview(services: Services, gesture: Gesture, name: str) -> Answer:
    now = services.clock.now()
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        bridge = choose_bridge(who, may_preview(who), gesture.channel_id, name)
        channel_id = _channel_to_show(services, connection, who, bridge, gesture.channel_id)
        period = so_far(connection, bridge, now, SALES_REPORT)
        report = compile_report(connection, bridge, channel_id, period)
    send_value = f"{bridge.id}:{gesture.key}" if who.manages(bridge) else None
    return Reply(preview(who.texts, texts(bridge.language), report, send_value))


def _channel_to_show(
    services: Services, connection: Connection, who: Viewer, bridge: Bridge, here: str | None
) -> str:
    """The sales channel whose report is shown: this, else the first she may see. Raises UserError."""
    ordered = sorted(bridge.sales_channel_ids, key=lambda one: one != here)
    for channel_id in ordered:
        channel = workspace.channel(connection, services.team_id, channel_id)
        is_public = channel is not None and not channel.is_private
        if who.sees_all_of(bridge) or channel_id in who.channel_ids or is_public:
            return channel_id
    raise UserError(N_("The bridge's sales channels are private, and you are in none of them."))


def _now(services: Services, gesture: Gesture, name: str) -> Answer:
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        bridge = choose_bridge(who, who.manages, gesture.channel_id, name)
        channels = _send(services, connection, gesture, bridge, gesture.key)
    return Reply(_sent(who.texts, channels))


def _send(
    services: Services, connection: Connection, gesture: Gesture, bridge: Bridge, once: str
) -> list[str]:
    say = say_for(services, connection, gesture.key)
    period = so_far(connection, bridge, services.clock.now(), SALES_REPORT)
    told = write_report(connection, say, bridge, period, f"report-now:{bridge.id}:{once}"[:160])
    if not told:
        raise UserError(
            N_("There is no sales channel to post in: all are archived or shared with other organisations.")
        )
    return told


def _sent(_: Texts, channels: list[str]) -> dict[str, object]:
    shown = ", ".join(f"<#{one}>" for one in channels[:50])
    return simple(_("The report is on its way to {channels}.", channels=shown))
