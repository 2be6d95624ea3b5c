"""What comes of a question is told to those who answered, each once, however late her answer is read."""

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.i18n import texts
from bot.messages import questions as messages
from bot.questions.shown import question_key
from bot.questions.state import KIND, Standing, channel_name, may_be_posted_to, standing
from bot.say import Say
from bot.workspace.access import viewer
from storage import outbox, workspace
from storage.insights import Insight
from storage.questions import Question


def tell_outcome(connection: Connection, say: Say, question: Question) -> None:
    """Tell it in the threads where they answered, each mentioned once, else directly.

    Of an anonymous question nobody is known: it is told to the channels.
    """
    stands = standing(connection, say.team_id, question)
    if stands is None:
        return
    for channel_id in question.channel_ids:
        if question.is_anonymous:
            _tell_channel(connection, say, stands, channel_id)
        else:
            people = stands.people_in(channel_id)
            _tell(connection, say, stands, channel_id, people, _key(question.id, channel_id))


def tell_late(connection: Connection, say: Say, question: Question, answer: Insight) -> None:
    """Tell it to someone whose answer was read only after the outcome had been told, unless she knows it."""
    stands = standing(connection, say.team_id, question)
    user_id, channel_id = answer.author_id, answer.channel_id
    if stands is None or user_id is None or channel_id is None:
        return
    if any(one.author_id == user_id and one.id != answer.id for one in stands.answers):
        return
    _tell(connection, say, stands, channel_id, [user_id], _key(question.id, f"late:{user_id}"))


def _key(question_id: int, what: str) -> str:
    return f"{KIND}:{question_id}:{what}:outcome"


def _tell(
    connection: Connection, say: Say, stands: Standing, channel_id: str, people: Sequence[str], key: str
) -> None:
    """Mention in the question's thread those who can read it there; tell the others directly."""
    question, bridge = stands.question, stands.bridge
    here: frozenset[str] = workspace.members_among(connection, say.team_id, channel_id, set(people))
    post = outbox.by_key(connection, question_key(question.id, channel_id))
    if post is None or not may_be_posted_to(connection, say.team_id, channel_id):
        here = frozenset()
    if here and post is not None:
        mentioned = [one for one in people if one in here]
        said = messages.outcome_post(texts(bridge.language), stands, mentioned)
        say.post(key, channel_id, said, parent_id=post.id, bridge_id=bridge.id, waits_for=mentioned)
    for user_id in people:
        if user_id not in here:
            _ = viewer(connection, say.team_id, user_id).texts
            name = channel_name(connection, say.team_id, channel_id)
            said = messages.outcome_post(_, stands, [], name)
            say.direct(f"{KIND}:{question.id}:outcome:{user_id}", user_id, said, bridge_id=bridge.id)


def _tell_channel(connection: Connection, say: Say, stands: Standing, channel_id: str) -> None:
    """In the channel itself: of a thread that they did not write in Slack would tell nobody."""
    question, bridge = stands.question, stands.bridge
    if not stands.answers or not may_be_posted_to(connection, say.team_id, channel_id):
        return
    said = messages.outcome_to_all(texts(bridge.language), stands)
    say.post(_key(question.id, channel_id), channel_id, said, bridge_id=bridge.id)
