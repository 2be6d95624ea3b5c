"""What keeps Frontline from working, and what it missed, for those who can mend it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import Block, HeaderBlock

from bot.i18n import N_, Message, Texts
from bot.messages.bridges import pages
from bot.messages.common import comma, message, mrkdwn
from bot.slacktext import inert_mrkdwn
from bot.upkeep.findings import Finding, Kind
from bot.workspace.access import Viewer
from storage.health import Gap

MOST_NAMED: Final = 20
MOST_BRIDGES: Final = 10  # whose next times are shown

# What does not work without each scope that the manifest asks for.
LACKING: Final[dict[str, Message]] = {
    "app_mentions:read": N_("I don't notice when somebody mentions me"),
    "channels:history": N_("I can't read what is flagged in public channels, nor catch up there"),
    "channels:join": N_("I can't join public channels by myself"),
    "channels:read": N_("I don't know which public channels there are and who is in them"),
    "chat:write": N_("I can't post anything: no digests, no agendas, no notices"),
    "commands": N_("commands and shortcuts don't work"),
    "files:write": N_("I can't send files: exports, calendars"),
    "groups:history": N_("I can't read what is flagged in private channels, nor catch up there"),
    "groups:read": N_("I don't know who is in private channels"),
    "im:history": N_("I can't read what people write to me in direct messages"),
    "im:write": N_("I can't write direct messages"),
    "reactions:read": N_("I don't see flags: no emoji makes an insight"),
    "reactions:write": N_("I can't confirm a flag with an emoji of my own"),
    "usergroups:read": N_("I don't know user groups, so that none can be marketing or come to a meeting"),
    "users:read": N_("I don't know people's names, languages and time zones"),
}


@dataclass(frozen=True)
class Upcoming:
    """What comes next in a bridge. None: nothing is planned, or it is paused."""

    bridge: str
    digest_at: datetime | None
    meeting_at: datetime | None


@dataclass(frozen=True)
class Health:
    """How things stand. Channels by id; what is told of bridges is of those that the reader manages."""

    findings: Sequence[Finding]
    archived: tuple[str, ...]
    shared: tuple[str, ...]  # with another organisation
    missed: int  # digests and reports of the last 30 days
    catching_up: int  # lists, channels and threads still to be compared with Slack
    caught_up_at: datetime | None
    gap: Gap | None  # the last one worth telling
    last_run_at: datetime | None
    upcoming: Sequence[Upcoming]


def health(reader: Viewer, state: Health) -> list[Block]:
    """What is wrong, with what to do about it, or that all is well; then what was missed and what comes."""
    _ = reader.texts
    lines = [f":warning: {text}" for text in (*trouble_lines(reader, state.findings), *_others(_, state))]
    lines = lines or [_(":white_check_mark: All is well.")]
    if state.catching_up:
        lines.append(
            _(":arrows_counterclockwise: What happened while I was away is being caught up just now.")
        )
    elif state.caught_up_at is not None:
        at = _.moment(state.caught_up_at, reader.time_zone)
        lines.append(_("Last compared with Slack: {moment}", moment=at))
    if state.gap is not None:
        lines.append(_gap_line(_, state.gap, reader.time_zone))
    if state.last_run_at is not None:
        at = _.moment(state.last_run_at, reader.time_zone)
        lines.append(_("Last digest or report: {moment}", moment=at))
    lines += [_next(_, one, reader.time_zone) for one in state.upcoming[:MOST_BRIDGES]]
    return [HeaderBlock(text=_("Health")), *(mrkdwn(text) for text in pages(lines))]


def trouble_message(reader: Viewer, found: Sequence[Finding]) -> dict[str, Any]:
    """What keeps Frontline from working, said once while it lasts."""
    _ = reader.texts
    lines = [f":warning: {text}" for text in trouble_lines(reader, found)]
    return message(_("Something keeps me from working."), [mrkdwn(part) for part in pages(lines)])


def gap_message(reader: Viewer, gap: Gap) -> dict[str, Any]:
    """When nobody listened to Slack, and what of it was caught up."""
    _ = reader.texts
    lines = [
        f":electric_plug: {_gap_line(_, gap, reader.time_zone)}",
        _(
            "Commands, buttons and forms that somebody used meanwhile were not answered: they should be "
            "tried again. A flag that was set and taken back meanwhile can't be seen any more."
        ),
    ]
    return message(_("I was away, and am back."), [mrkdwn("\n".join(lines))])


def trouble_lines(reader: Viewer, found: Iterable[Finding]) -> list[str]:
    """Each trouble with what to do about it; one paragraph for what has one remedy."""
    _ = reader.texts
    of_kind: dict[Kind, list[Finding]] = {}
    for one in found:
        of_kind.setdefault(one.kind, []).append(one)
    lines = []
    if Kind.SCOPE in of_kind:
        lines.append(_scopes(_, [one.about for one in of_kind[Kind.SCOPE]]))
    if Kind.ABSENT in of_kind:
        text = _(
            "I am not in {channels}. Nothing can be flagged or posted there until somebody types "
            "`/invite @Frontline` in it; or take it out of its bridge in `/frontline setup`.",
            channels=_named([one.about for one in of_kind[Kind.ABSENT]]),
        )
        lines.append(text)
    lines += [_parked(_, reader, one) for kind in (Kind.POSTS, Kind.EVENTS) for one in of_kind.get(kind, ())]
    return lines


def _scopes(_: Texts, scopes: Sequence[str]) -> str:
    head = _("Slack has not granted me all that I need:")
    lacking = [f"• `{scope}`: {_.say(LACKING[scope])}" for scope in scopes]
    remedy = _(
        "Whoever runs Frontline pastes `manifest.yml` into the app's settings in Slack (*App Manifest*) and "
        "installs the app again (*Install App*)."
    )
    return "\n".join([head, *lacking, remedy])


def _parked(_: Texts, reader: Viewer, one: Finding) -> str:
    """What was given up, since when and why; of which bridge, where there are several."""
    if one.kind is Kind.POSTS:
        text = _.plural("{n} post could not be delivered", "{n} posts could not be delivered", one.count)
        how = _("Whoever runs Frontline finds them with `app.py outbox list`.")
    else:
        text = _.plural("{n} event could not be worked on", "{n} events could not be worked on", one.count)
        how = _("Whoever runs Frontline mends it with `app.py doctor`.")
    names = [bridge.name for bridge in reader.managed if bridge.id in one.bridge_ids]
    details = [_("bridge “{bridge}”", bridge=inert_mrkdwn(name, {}, 80)) for name in names[:MOST_NAMED]]
    if len(reader.bridges) == 1:
        details = []
    if one.since_at is not None:
        details.append(_("since {moment}", moment=_.moment(one.since_at, reader.time_zone)))
    if one.error:
        details.append(f"`{inert_mrkdwn(one.error, {}, 80)}`")
    return f"{text} ({comma(details)}). {how}"


def _others(_: Texts, state: Health) -> list[str]:
    """What was told when it happened and stands still, and runs that were missed."""
    lines = []
    if state.archived:
        lines.append(
            _("Archived: {channels}. Take them out of their bridge.", channels=_named(state.archived))
        )
    if state.shared:
        text = _(
            "Shared with another organisation, so that I post nothing there: {channels}",
            channels=_named(state.shared),
        )
        lines.append(text)
    if state.missed:
        text = _.plural(
            "{n} digest or report of the last 30 days was missed.",
            "{n} digests or reports of the last 30 days were missed.",
            state.missed,
        )
        lines.append(text)
    return lines


def _gap_line(_: Texts, gap: Gap, zone: str) -> str:
    start = _.moment(gap.began_at, zone)
    if gap.ended_at is None:
        return _("I have not been connected to Slack since {start}.", start=start)
    away = _("I was away from {start} to {end}.", start=start, end=_.moment(gap.ended_at, zone))
    if gap.caught_up_at is None:
        return f"{away} " + _("It is being caught up.")
    found = [
        text
        for count, text in (
            (gap.flags, _.plural("{n} flag set or taken back", "{n} flags set or taken back", gap.flags)),
            (gap.changes, _.plural("{n} edit or deletion", "{n} edits or deletions", gap.changes)),
            (gap.replies, _.plural("{n} reply in my threads", "{n} replies in my threads", gap.replies)),
        )
        if count
    ]
    if not found:
        return f"{away} " + _("Nothing had been missed.")
    return f"{away} " + _("Caught up: {found}.", found=comma(found))


def _next(_: Texts, one: Upcoming, zone: str) -> str:
    """The next times of a bridge, in the reader's time zone."""
    digest = _("no digest is due")
    if one.digest_at is not None:
        digest = _("next digest {moment}", moment=_.moment(one.digest_at, zone))
    meeting = _("no meeting is planned")
    if one.meeting_at is not None:
        meeting = _("next meeting {moment}", moment=_.moment(one.meeting_at, zone))
    return f":calendar: *{inert_mrkdwn(one.bridge, {}, 80)}*: {digest} · {meeting}"


def _named(channel_ids: Sequence[str]) -> str:
    shown = [f"<#{one}>" for one in channel_ids[:MOST_NAMED]]
    return ", ".join([*shown, *(["…"] if len(channel_ids) > MOST_NAMED else [])])
