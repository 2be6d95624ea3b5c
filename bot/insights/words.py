"""The words of an insight, made findable: plain text, stems, and their place in the index."""

import re
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from bot import slacktext, stems
from storage import search, workspace
from storage.insights import Insight

_USER = re.compile(r"<@([UW][A-Z0-9]+)")
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)")


def names_in(connection: Connection, team_id: str, texts: Iterable[str | None]) -> Mapping[str, str]:
    """Names of the people and channels that the texts mention."""
    joined = " ".join(text for text in texts if text)
    return {
        **workspace.names(connection, team_id, set(_USER.findall(joined))),
        **workspace.channel_names(connection, team_id, set(_CHANNEL.findall(joined))),
    }


def index_insight(connection: Connection, team_id: str, insight: Insight) -> None:
    """Write the insight's stems into the full-text index, replacing what stood there."""
    parts = [insight.text, insight.customer, insight.product, insight.note, *insight.competitors]
    names = names_in(connection, team_id, [insight.text])
    plain = [slacktext.plain(part, names) for part in parts if part]
    search.index(connection, insight.id, [stem for part in plain for stem in stems.stems(part)])
