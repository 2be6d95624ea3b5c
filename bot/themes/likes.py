"""«Looks like #118, seen by three others»: said when something is captured that was heard before."""

from sqlalchemy import Connection

from bot.insights.change import may_see
from bot.messages.insights import Like
from bot.workspace.access import Viewer
from storage import insights, themes
from storage.bridges import Bridge
from storage.insights import Insight


def like_for(connection: Connection, reader: Viewer, bridge: Bridge, insight: Insight) -> Like | None:
    """The earlier insight that the reader may be told of; None where there is none that she may see."""
    found = themes.like_of(connection, insight.id)
    if found is None or not may_see(connection, reader, found, bridge):
        return None
    others = set(insights.supporters_of(connection, found.id)) - {reader.user_id}
    return Like(found.number, len(others))
