"""How a question stands: read from the database, for posts, forms and lists."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from bot import slacktext
from bot.insights.words import names_in
from storage import bridges, questions, workspace
from storage.bridges import Bridge
from storage.insights import Insight
from storage.questions import Question

KIND: Final = "question"  # of threads, and of the builder of its posts
CLOSING: Final = "question_closes"  # timers
REMINDER: Final = "question_reminder"
SOURCE: Final = "question"  # of insights


@dataclass(frozen=True)
class Standing:
    """A question with all that is shown of it."""

    question: Question
    bridge: Bridge
    answers: tuple[Insight, ...]
    asked: int  # people in its channels
    names: dict[str, str]

    @property
    def people(self) -> tuple[str, ...]:
        """Those who have answered, the first first."""
        return tuple(dict.fromkeys(one.author_id for one in self.answers if one.author_id))

    @property
    def is_open(self) -> bool:
        return self.question.closed_at is None

    def people_in(self, channel_id: str) -> tuple[str, ...]:
        """Those whose first answer stands in that channel."""
        first = {one.author_id: one.channel_id for one in reversed(self.answers) if one.author_id}
        return tuple(user for user in self.people if first[user] == channel_id)


def standing(connection: Connection, team_id: str, question: Question) -> Standing | None:
    """None: its bridge is gone."""
    bridge = bridges.bridge(connection, question.bridge_id)
    if bridge is None:
        return None
    answers = tuple(questions.answers(connection, question.id))
    authors = {one.author_id for one in answers if one.author_id}
    asked = workspace.colleagues_in(connection, team_id, question.channel_ids) - {question.asked_by}
    people = authors | {question.asked_by} | ({question.outcome_by} if question.outcome_by else set())
    names = dict(names_in(connection, team_id, [one.text for one in answers]))
    return Standing(
        question, bridge, answers, len(asked | authors), names | workspace.names(connection, team_id, people)
    )


def may_be_posted_to(connection: Connection, team_id: str, channel_id: str) -> bool:
    """Whether Frontline is in the channel, and nobody of another organisation."""
    channel = workspace.channel(connection, team_id, channel_id)
    return channel is not None and channel.is_member and not channel.is_shared and not channel.is_archived


def channel_name(connection: Connection, team_id: str, channel_id: str) -> str:
    names = workspace.channel_names(connection, team_id, [channel_id])
    return slacktext.inert_mrkdwn(names.get(channel_id, channel_id), {}, 80)
