"""What is said about exports. Pure."""

from typing import Any

from bot.i18n import Texts
from bot.messages.common import message, mrkdwn
from bot.messages.insights import save_instead


def export_on_its_way(_: Texts, total: int, form: str, line: str) -> dict[str, Any]:
    """The answer to `/insight export`, whose line may have been meant as an insight."""
    text = _.plural(
        "{n} insight is on its way to you, as a {format} file in a direct message.",
        "{n} insights are on their way to you, as a {format} file in a direct message.",
        total,
        format="CSV" if form == "csv" else "JSON Lines",
    )
    return message(text, [mrkdwn(text), save_instead(_, line)])


def export_comment(_: Texts, total: int) -> str:
    """What stands beside the file."""
    return _.plural(
        "Your export of {n} insight. What is deleted in Slack later stays in this file: please delete it "
        "when you no longer need it.",
        "Your export of {n} insights. What is deleted in Slack later stays in this file: please delete it "
        "when you no longer need it.",
        total,
    )
