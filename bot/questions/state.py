"""How a question stands: read from the database, for posts, forms and lists."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from bot import slacktext
from bot.insights.words import names_in
from bot.workspace.access import Viewer
from storage import bridges, questions, workspace
from storage.bridges import Bridge
from storage.insights import Insight
from storage.questions import Question

KIND: Final = "question"  # of threads, and of the builder of its posts
CLOSING: Final = "question_closes"  # timers
REMINDER: Final = "question_reminder"
SOURCE: Final = "question"  # of insights

# How many must be asked for an answer without a name to be one: of two, each knows the other's.
LEAST_ASKED: Final = 3
# *n of m* is said of an anonymous question only where it gives nobody away.
LEAST_COUNTED: Final = 5
LEAST_ANSWERED: Final = 3


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
        """Those who have answered by name, the first first."""
        return tuple(dict.fromkeys(one.author_id for one in self.answers if one.author_id))

    @property
    def answered(self) -> int:
        """How many have answered; anonymously each can but once."""
        return len(self.answers) if self.question.is_anonymous else len(self.people)

    @property
    def is_counted(self) -> bool:
        """Whether it is said how many of those asked have answered."""
        return not self.question.is_anonymous or self.asked >= LEAST_COUNTED

    @property
    def are_few(self) -> bool:
        """Whether no more is said than that there are a few: of an anonymous question's first answers."""
        return self.question.is_anonymous and 0 < self.answered < LEAST_ANSWERED

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
    asked = len(people_asked(connection, team_id, question) | authors)
    people = authors | {question.asked_by} | ({question.outcome_by} if question.outcome_by else set())
    names = dict(names_in(connection, team_id, [one.text for one in answers]))
    names |= workspace.names(connection, team_id, people)
    if question.is_anonymous:  # some who answered may have left since
        asked = max(asked, len(answers))
    return Standing(question, bridge, answers, asked, names)


def people_asked(
    connection: Connection, team_id: str, question: Question, channel_id: str | None = None
) -> set[str]:
    """Full members who are in the question's channels, or in one of them, without who asked it."""
    channels = question.channel_ids if channel_id is None else [channel_id]
    return workspace.colleagues_in(connection, team_id, channels) - {question.asked_by}


def may_see(who: Viewer, stands: Standing) -> bool:
    """Whether she is in a channel that the question concerns, or manages its bridge."""
    places = {*stands.question.channel_ids, stands.bridge.marketing_channel_id}
    return bool(places & who.channel_ids) or who.manages(stands.bridge)


def may_be_posted_to(connection: Connection, team_id: str, channel_id: str) -> bool:
    """Whether Frontline is in the channel, and nobody of another organisation."""
    channel = workspace.channel(connection, team_id, channel_id)
    return channel is not None and channel.is_member and not channel.is_shared and not channel.is_archived


def channel_name(connection: Connection, team_id: str, channel_id: str) -> str:
    names = workspace.channel_names(connection, team_id, [channel_id])
    return slacktext.inert_mrkdwn(names.get(channel_id, channel_id), {}, 80)
