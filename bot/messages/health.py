"""What keeps Frontline from working, for those who administer. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import Block, HeaderBlock

from bot.i18n import Texts
from bot.messages.bridges import pages
from bot.messages.common import mrkdwn
from bot.workspace.access import Viewer

MOST_NAMED: Final = 20


@dataclass(frozen=True)
class Health:
    """How things stand. Channels by id."""

    parked_events: int
    parked_posts: int
    catching_up: int  # lists, channels and threads still to be compared with Slack
    absent: tuple[str, ...]  # Frontline is not in them
    archived: tuple[str, ...]
    shared: tuple[str, ...]  # with another organisation
    missed: int  # digests and reports of the last 30 days
    last_run_at: datetime | None


def health(reader: Viewer, state: Health) -> list[Block]:
    """What is wrong, with what to do about it; a line where all is well."""
    _ = reader.texts
    lines = _troubles(_, state) or [_(":white_check_mark: All is well.")]
    if state.catching_up:
        lines.append(
            _(":arrows_counterclockwise: What happened while I was away is being caught up just now.")
        )
    if state.last_run_at is not None:
        at = _.moment(state.last_run_at, reader.time_zone)
        lines.append(_("Last digest or report: {moment}", moment=at))
    return [HeaderBlock(text=_("Health")), *(mrkdwn(text) for text in pages(lines))]


def _troubles(_: Texts, state: Health) -> list[str]:
    lines = []
    if state.absent:
        text = _(
            "I am not in {channels}. Please type `/invite @Frontline` there.", channels=_named(state.absent)
        )
        lines.append(f":warning: {text}")
    if state.archived:
        text = _("Archived: {channels}. Take them out of their bridge.", channels=_named(state.archived))
        lines.append(f":warning: {text}")
    if state.shared:
        text = _(
            "Shared with another organisation, so that I post nothing there: {channels}",
            channels=_named(state.shared),
        )
        lines.append(f":warning: {text}")
    if state.parked_posts:
        text = _.plural("{n} post was given up.", "{n} posts were given up.", state.parked_posts)
        lines.append(f":warning: {text} {_how(_)}")
    if state.parked_events:
        text = _.plural("{n} event was given up.", "{n} events were given up.", state.parked_events)
        lines.append(f":warning: {text} {_how(_)}")
    if state.missed:
        text = _.plural(
            "{n} digest or report of the last 30 days was missed.",
            "{n} digests or reports of the last 30 days were missed.",
            state.missed,
        )
        lines.append(f":warning: {text}")
    return lines


def _how(_: Texts) -> str:
    return _("Whoever runs Frontline mends it with `python app.py doctor`.")


def _named(channel_ids: tuple[str, ...]) -> str:
    shown = [f"<#{one}>" for one in channel_ids[:MOST_NAMED]]
    return ", ".join([*shown, *(["…"] if len(channel_ids) > MOST_NAMED else [])])
