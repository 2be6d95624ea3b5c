"""What marketing does in tests, in a line each."""

from typing import Any

from bot.gestures import Answer, FormState
from bot.messages.triage import Asked
from bot.triage import change, merge
from bot.triage.changed import card_key
from bot.triage.rules import Pressed, Step
from storage import insights, outbox
from storage.insights import Insight
from tests.fakeslack import key_of
from tests.stage import Stage, form
from tests.support import BEN, MARKETING, MIA, SALES


def flagged(stage: Stage, user: str, text: str = "They want 25% off.", **more: Any) -> Insight:
    """An insight that Ben said and `user` flagged."""
    ts = stage.slack.say(more.get("channel", SALES), BEN, text)
    stage.flag(user, ts, **more)
    return stage.insight(ts, more.get("channel", SALES))


def now(stage: Stage, insight: Insight) -> Insight:
    """The insight as it stands."""
    with stage.services.db.reading() as connection:
        found = insights.by_id(connection, insight.id)
    assert found is not None
    return found


def history(stage: Stage, insight: Insight) -> list[tuple[str, str | None, dict[str, Any]]]:
    with stage.services.db.reading() as connection:
        found = insights.history_of(connection, insight.id)
    return [(one.change, one.by_user_id, one.detail) for one in found]


def step(stage: Stage, insight: Insight, what: Step, user: str = MIA, key: str | None = None) -> Answer:
    """Press a button that was drawn when the insight stood as `insight`."""
    gesture = stage.gesture(user, key=key)
    return change.take_step(stage.services, gesture, Pressed.of(insight).value, what)


def finish(
    stage: Stage,
    insight: Insight,
    outcome: str | None = "A new price list",
    what: Step = Step.DONE,
    user: str = MIA,
    key: str | None = None,
) -> Answer:
    """Answer the outcome's form that was opened when the insight stood as `insight`."""
    asked = Asked(Pressed.of(insight), what)
    answers = FormState({}) if outcome is None else form(outcome=outcome)
    return change.save_outcome(stage.services, stage.gesture(user, None, key), asked, answers)


def merge_into(stage: Stage, insight: Insight, text: str, user: str = MIA) -> Answer:
    asked = Asked(Pressed.of(insight))
    return merge.save_merge(stage.services, stage.gesture(user, None), asked, form(target=text))


def cards(stage: Stage) -> list[dict[str, Any]]:
    """The cards that stand in the marketing channel."""
    return [one for one in stage.slack.posts(MARKETING) if key_of(one).startswith("card:")]


def card_of(stage: Stage, insight: Insight) -> dict[str, Any]:
    """The insight's card as it stands in Slack once all is sent."""
    stage.send(seconds=3)
    with stage.services.db.reading() as connection:
        post = outbox.by_key(connection, card_key(insight.id))
    assert post is not None and post.message_ts is not None and post.channel_id is not None
    return dict(stage.slack.standing[post.channel_id][post.message_ts])
