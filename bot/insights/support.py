"""Support comes and goes; with the last of it an insight is withdrawn, unless someone acted on it."""

from enum import StrEnum

from sqlalchemy import Connection

from bot.insights.rules import CONFIRMATION, NEW, WITHDRAWN
from bot.say import Say
from storage import insights, workspace
from storage.insights import Insight


class Support(StrEnum):
    """What a change of support came to."""

    SAME = "same"
    ADDED = "added"
    REVIVED = "revived"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    KEPT = "kept"  # the last support is gone, but somebody had acted already


def settle_support(
    connection: Connection, say: Say, insight: Insight, user_id: str, *, supports: bool
) -> Support:
    """Let a person support the insight or not; gives what that came to."""
    if insight.merged_into_id is not None:
        return _settle_merged(connection, say, insight, user_id, supports=supports)
    supporters = insights.supporters_of(connection, insight.id)
    if supports == (user_id in supporters):
        if supports:
            insights.support_is_own(connection, insight.id, user_id)
        return Support.SAME
    if supports:
        insights.add_supporter(connection, insight.id, user_id, say.now)
        supporters.append(user_id)
        result = Support.REVIVED if insight.status == WITHDRAWN else Support.ADDED
    else:
        insights.remove_supporter(connection, insight.id, user_id)
        supporters.remove(user_id)
        result = _after_removal(insight, supporters)
    values: dict[str, object] = {"supporter_count": len(supporters), "changed_at": say.now}
    own = insights.own_supporters_of(connection, insight.id)
    if own and insight.reporter_id not in own:
        values["reporter_id"] = own[0]
    if result is Support.REVIVED:
        values["status"] = NEW
    if result is Support.WITHDRAWN:
        values["status"] = WITHDRAWN
    insights.change(connection, insight.id, values)
    insights.record(connection, insight.id, say.now, user_id, result)
    if result in (Support.REVIVED, Support.WITHDRAWN):
        mark_message(connection, say, insight, on=result is Support.REVIVED)
    return result


def _settle_merged(
    connection: Connection, say: Say, insight: Insight, user_id: str, *, supports: bool
) -> Support:
    """Support of what is part of another counts there; taken back, no more, unless she supports that too."""
    supporters = insights.supporters_of(connection, insight.id)
    whole = insights.by_id(connection, insight.merged_into_id or 0)
    if whole is None or supports == (user_id in supporters):
        return Support.SAME
    if supports:
        insights.add_supporter(connection, insight.id, user_id, say.now)
        supporters.append(user_id)
        if user_id not in insights.supporters_of(connection, whole.id):
            insights.add_supporter(connection, whole.id, user_id, say.now, insight.id)
    else:
        insights.remove_supporter(connection, insight.id, user_id)
        supporters.remove(user_id)
        if user_id not in insights.own_supporters_of(connection, whole.id):
            insights.remove_supporter(connection, whole.id, user_id)
    count = len(insights.supporters_of(connection, whole.id))
    insights.change(connection, whole.id, {"supporter_count": count, "changed_at": say.now})
    insights.change(connection, insight.id, {"supporter_count": len(supporters), "changed_at": say.now})
    result = Support.ADDED if supports else Support.KEPT
    insights.record(connection, insight.id, say.now, user_id, result)
    return result


def _after_removal(insight: Insight, left: list[str]) -> Support:
    if left:
        return Support.REMOVED
    return Support.WITHDRAWN if insight.status in (NEW, WITHDRAWN) else Support.KEPT


def mark_message(connection: Connection, say: Say, insight: Insight, *, on: bool) -> None:
    """Frontline's own reaction at the message; none where another organisation could see it."""
    if insight.channel_id is None or insight.message_ts is None:
        return
    channel = workspace.channel(connection, say.team_id, insight.channel_id)
    if channel is not None and channel.is_member and not channel.is_shared:
        say.react(insight.channel_id, insight.message_ts, CONFIRMATION, on=on)
