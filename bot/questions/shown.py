"""What of a question stands in Slack, and how it follows: many answers make few updates."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from bot.questions.state import KIND
from bot.say import Say
from storage import outbox, questions

GATHER: Final = timedelta(seconds=5)  # answers of so long make one update of each post


def question_key(question_id: int, channel_id: str) -> str:
    """The dedupe key of the question's post in a channel."""
    return f"{KIND}:{question_id}:{channel_id}"


def progress_key(question_id: int) -> str:
    """The dedupe key of the post that shows marketing how it stands."""
    return f"{KIND}:{question_id}:progress"


def summary_key(question_id: int) -> str:
    """The dedupe key of what marketing gets at its end."""
    return f"{KIND}:{question_id}:summary"


def refresh(connection: Connection, say: Say, question_id: int, *, after: timedelta = GATHER) -> None:
    """Bring all posts that show how the question stands up to date."""
    question = questions.by_id(connection, say.team_id, question_id)
    if question is None:
        return
    keys = {progress_key(question_id): None} | {
        question_key(question_id, channel_id): channel_id for channel_id in question.channel_ids
    }
    for key, channel_id in keys.items():
        post = outbox.by_key(connection, key)
        if post is not None and post.state != "dropped":
            say.update(post.id, KIND, after=after, question=question_id, channel=channel_id)
    summary = outbox.by_key(connection, summary_key(question_id))
    if summary is not None and summary.state != "dropped":
        # It quotes: what is deleted must go at once.
        quoted = [one.id for one in questions.answers(connection, question_id)]
        say.update(summary.id, KIND, quoted=quoted, question=question_id, channel=None, summary=True)


def answers_changed(connection: Connection, say: Say, insight_id: int) -> None:
    """An insight has changed: where it answers a question, so has how that stands."""
    question_id = questions.question_of(connection, insight_id)
    if question_id is not None:
        refresh(connection, say, question_id)


def people_changed(connection: Connection, say: Say, channel_id: str | None = None) -> None:
    """Who is in the channel, or who is a colleague at all, has changed: so has how many are asked."""
    for question in questions.open_in(connection, say.team_id, channel_id):
        refresh(connection, say, question.id)
