"""A workspace in which one person and one insight left a trace everywhere, through the real use cases.

Anna's own words hold QUAGGA. What Ben said, and is one insight, holds OKAPI; Anna passed it on.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.activities import answering
from bot.analysis.again import reanalyse
from bot.catchup import CatchUp
from bot.gestures import Answer, FormState, Update
from bot.help import answer_frontline
from bot.inbox import Incoming
from bot.insights import change
from bot.insights.command import answer_insight
from bot.meetings import attend, calendar_file, topics
from bot.themes import people
from bot.triage.rules import Step
from storage import analysis, meetings, refusals, theme_queue, walks
from storage.insights import Insight
from storage.meetings import Group
from tests.bot.activities.builders import Desk
from tests.bot.meetings.builders import FIRST, Meetings, typed, users
from tests.bot.questions.desk import Asking
from tests.bot.triage.desk import finish, now, step
from tests.stage import Stage, form, make_stage
from tests.support import ANNA, BEN, MARKETING, MIA, SALES, TEAM, TOM

QUAGGA, OKAPI = "quagga", "okapi"


@dataclass
class Life:
    """The stage, and the insights that matter."""

    stage: Stage
    hers: Insight  # Anna said it, Ben flagged it
    his: Insight  # Ben said it, Anna flagged it, and Ben too
    also: list[Insight] = field(default_factory=list)

    def frontline(self, line: str, user: str = TOM, channel: str | None = MARKETING) -> Answer:
        return answer_frontline(self.stage.services, self.stage.gesture(user, channel), line)

    def settle(self) -> None:
        """Do and send all that is due."""
        for _ in range(3):
            self.stage.work()
            self.stage.ring()
            self.stage.send(30)

    def shown(self) -> str:
        """All that Frontline shows to anybody in Slack."""
        slack = self.stage.slack
        posts = [one for channel in slack.standing for one in slack.posts(channel) if not one.get("files")]
        return repr([{**one, "metadata": None} for one in posts]) + repr(list(slack.homes.values()))


def live(database: Any) -> Life:
    """Let all of it happen."""
    stage = make_stage(database, manager_ids=(MIA, ANNA))
    services = stage.services
    _know_names(stage)
    for user in (ANNA, MIA, TOM, BEN):
        stage.hear(Incoming("home_opened", f"home:{user}", user_id=user))
    stage.work()
    slack = stage.slack
    hers = _flag(stage, ANNA, f"{QUAGGA} invoices come out blank in Zorbix", BEN)
    his = _flag(stage, BEN, f"{OKAPI} gives 25% off at Hartmann, says <@{ANNA}>", ANNA, BEN)
    twin = _flag(stage, BEN, f"{QUAGGA.replace('qu', 'k')} invoices come out blank again in Zorbix", BEN)
    near = _flag(stage, BEN, f"{OKAPI} gives 25% off at Molino", ANNA)
    life = Life(stage, hers, his, [twin, near])
    answer_insight(services, stage.gesture(ANNA), f"{QUAGGA} typed by hand")
    details = form(note=f"{QUAGGA} note", customer="Hartmann", urgent=["urgent"])
    change.save_details(services, stage.gesture(ANNA), details, his.id)
    life.frontline("language en", ANNA)
    life.frontline("notices all", ANNA)
    life.settle()
    _triage(life)
    _talk(life)
    _advertise(life)
    _meet(life)
    _machinery(life)
    life.settle()
    assert slack.posts(MARKETING)
    with services.db.writing() as connection:  # their words were edited just now
        for one in (hers, his):
            theme_queue.add(connection, one.id, one.bridge_id, stage.clock.real(), tells=False)
    return life


def _know_names(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        entry = ("competitor", "Acme", ("acme.com",))
        analysis.save_names(connection, stage.bridge.id, [entry])
        analysis.ignore_name(connection, stage.bridge.id, "nobody")
        meetings.replace_groups(connection, TEAM, [Group("S1", "sellers", [ANNA, BEN])])
        refusals.remember(connection, TEAM, "table", stage.clock.real() + timedelta(days=1))


def _flag(stage: Stage, author: str, text: str, *flaggers: str) -> Insight:
    ts = stage.slack.say(SALES, author, text)
    for user in flaggers:
        stage.flag(user, ts)
    return stage.insight(ts)


def _triage(life: Life) -> None:
    stage = life.stage
    step(stage, now(stage, life.his), Step.TAKE)
    stage.clock.pass_time(minutes=5)
    life.settle()
    finish(stage, now(stage, life.his), f"{OKAPI} answered, thanks to <@{ANNA}>")
    finish(stage, now(stage, life.hers), "A new printer")
    stage.clock.pass_time(minutes=5)
    life.settle()
    theme = next(
        (row["theme_id"] for row in stage.rows("theme_members") if row["insight_id"] == life.also[1].id), None
    )
    if theme is not None:
        people.pull_out(stage.services, stage.gesture(MIA), f"{theme}:{life.also[1].id}")


def _talk(life: Life) -> None:
    asking = Asking(life.stage)
    asking.ask("What do customers fear?")
    root = asking.root()
    life.stage.reply(ANNA, root, f"{QUAGGA} answer")
    life.stage.reply(BEN, root, "They fear the fair")
    life.settle()
    asking.close("A new leaflet")
    life.settle()


def _advertise(life: Life) -> None:
    stage, desk = life.stage, Desk(life.stage)
    activity = desk.plan(insights=f"#{life.his.number} #{life.hers.number}", owner=ANNA)
    desk.start(activity)
    desk.enter(activity, "100", note="stand")
    desk.finish(activity)
    life.settle()
    asking_id = int(stage.rows("activity_askings")[-1]["id"])
    values: dict[str, Any] = {
        "activity_deal": {"value": f"{QUAGGA} deal"},
        "activity_amount": {"value": None},
        "activity_comment": {"value": f"{QUAGGA} comment"},
    }
    answering.save_answer(stage.services, stage.gesture(ANNA), FormState(values), asking_id, is_comment=False)
    for line in ("activities now", "digest now", "report now"):
        life.frontline(line, MIA)
    life.settle()


def _meet(life: Life) -> None:
    stage, it = life.stage, Meetings(life.stage)
    it.set_up(meeting_people=users(ANNA, MIA))
    it.prompted()
    it.reply(f"{QUAGGA} topic", ANNA)
    life.frontline(f"topic {QUAGGA} by command, <@{MIA}>", ANNA)
    topics.add_insight(stage.services, stage.gesture(MIA), str(life.his.id))
    topics.add_insight(stage.services, stage.gesture(MIA), str(life.hers.id))
    attend.answer(stage.services, stage.gesture(ANNA), "1", "yes")
    suggestion = FormState({"meeting_reason": typed(f"{QUAGGA} rather on Friday")})
    attend.save_suggestion(stage.services, stage.gesture(ANNA), "1", suggestion)
    it.wait_until(FIRST - timedelta(hours=1))
    it.wait_until(FIRST + timedelta(hours=1))
    it.record(f"Decided with <@{ANNA}>", "@anna by Monday: " + QUAGGA + " price list\n@mia: fair", "")
    it.record("We go to the fair", "", "", user=ANNA, revision=1)
    life.settle()
    calendar_file.send_file(stage.services, stage.gesture(ANNA), "1")
    answer_insight(stage.services, stage.gesture(MIA), "export")
    life.settle()


def _machinery(life: Life) -> None:
    services = life.stage.services
    CatchUp(services, days=14).begin()
    with services.db.writing() as connection:  # she was in the marketing channel once
        walks.save_place(connection, TEAM, ANNA, life.stage.bridge.id, "", life.his.id)
    next(reanalyse(services.db, services.clock, TEAM, None))


def answered(answer: Answer) -> dict[str, Any]:
    """The form that takes the place of the one that was answered."""
    assert isinstance(answer, Update), answer
    return dict(answer.view)
