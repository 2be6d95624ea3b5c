"""Every message, form and home tab can be shown in both languages, within Slack's limits.

A new function of `bot.messages` that makes one needs a sample here.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest

from bot import messages
from bot.activities.figures import Figures
from bot.activities.kinds import Answer, Kind, Occasion
from bot.activities.periods import month_of
from bot.activities.report import Report
from bot.bridges.categories import default_categories
from bot.bridges.zones import ZoneChoice
from bot.coverage.compile import ChannelCoverage, Coverage
from bot.digests.compile import CategoryPart, Queue
from bot.digests.schedule import REGULARS, Frequency, Rhythm
from bot.i18n import LANGUAGES, Texts, texts
from bot.ids import View
from bot.insights.support import Support
from bot.manifest import BOT_SCOPES
from bot.messages import (
    about,
    activities,
    activity_asking,
    activity_forms,
    activity_report,
    bridges,
    categories,
    common,
    digest,
    digest_form,
    erasure,
    filters,
    help,
    home,
    insight_forms,
    insights,
    lists,
    question_forms,
    questions,
    quiet_hours,
    report,
    search,
    themes,
    triage,
    triage_inbox,
    triage_notices,
    triage_walk,
)
from bot.messages import moods as troubles
from bot.messages.bridges import FormStart
from bot.messages.categories import ShownCategory
from bot.messages.health import Health, Upcoming, gap_message, health, trouble_message
from bot.messages.lists import ListsStart
from bot.messages.moods import Fault, Trouble
from bot.questions.state import Standing
from bot.quiet.hours import DEFAULT, WorkingHours
from bot.reports.compile import SalesReport
from bot.triage.rules import Pressed, Step
from bot.upkeep.findings import Finding
from bot.upkeep.findings import Kind as Wrong
from bot.variants import plainest
from bot.workspace.access import Viewer
from playground import blocks as slack
from storage.about import Counts
from storage.activity_answers import Answered, Asking
from storage.analysis import Unknown
from storage.bridges import Marketers
from storage.digests import Deals, Span, Totals, Touched
from storage.erasure import Lifetime
from storage.health import Gap
from storage.meetings import Group
from storage.questions import Question
from storage.schedules import Schedule
from storage.themes import Theme
from tests.bot.activities.builders import FIRST, LAST, an_activity, an_entry, some_figures
from tests.bot.digests.builders import a_bridge, a_digest, a_week, an_insight
from tests.bot.meetings import samples as of_meetings
from tests.support import ANNA, BEN, MARKETING, MIA, SALES, TOM, person

Rendered = Mapping[str, Any]
Sample = Callable[[Texts], Rendered]

BUTTON_SHOWN = 30  # characters of a button that Slack shows
BRIDGE = a_bridge(sales_channel_ids=(SALES, "CSALES2"))
OTHER = a_bridge(id=2, name="EMEA")
STATUSES = ("new", "acknowledged", "in_progress", "done", "declined", "withdrawn")
UNKNOWN = [Unknown("zorblatt", "Zorblatt & *Söhne* <!here>", 3), Unknown("k" * 64, "K" * 64, 41)]
PRESSED = Pressed(142, "new@0")
KINDS = [ShownCategory(one.key, f"{one.key} …", one.emoji) for one in default_categories()]
INSIGHT = an_insight(
    142,
    text="They want 25% off.",
    customer="Hartmann",
    competitors=["Acme", "Zweitakt"],
    product="SC-40",
    deal_amount=1_250_050,
    deal_currency="EUR",
    is_urgent=True,
    outcome="A new leaflet",
    supporter_count=21,
    edited_at=datetime(2026, 3, 1, tzinfo=UTC),
    thread_permalink="https://acme.slack.com/archives/CSALES/p0",
)
GONE = replace(INSIGHT, id=143, number=143, text="", text_removed_at=datetime(2026, 3, 1, tzinfo=UTC))
NAMES = {ANNA: "Anna", BEN: "Ben"}
DUE = Schedule(
    id=1,
    bridge_id=1,
    kind="digest",
    rule="FREQ=WEEKLY;BYDAY=MO",
    local_time="09:00",
    time_zone="Europe/Berlin",
    starts_on=date(2026, 1, 1),
    is_paused=False,
    next_run_at=datetime(2026, 3, 9, 8, 0, tzinfo=UTC),
)
PAUSED = replace(DUE, is_paused=True, next_run_at=None)
HEARD_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TROUBLES = [
    *(Finding(Wrong.SCOPE, scope, frozenset({1, 2})) for scope in BOT_SCOPES),
    *(Finding(Wrong.ABSENT, f"C{number:09}", frozenset({1})) for number in range(40)),
    Finding(Wrong.POSTS, "1", frozenset({1}), 2, HEARD_AT, "not_in_channel"),
    Finding(Wrong.EVENTS, "0", frozenset(), 21, HEARD_AT, "x" * 200),
]
GAPS = [
    Gap(1, HEARD_AT, HEARD_AT + timedelta(hours=5), HEARD_AT + timedelta(hours=6), 21, 2, 1),
    Gap(2, HEARD_AT, HEARD_AT + timedelta(hours=5), HEARD_AT + timedelta(hours=6), 0, 0, 0),
    Gap(3, HEARD_AT, HEARD_AT + timedelta(hours=5), None, 0, 0, 0),
    Gap(4, HEARD_AT, None, None, 0, 0, 0),
]
UPCOMING = [Upcoming("EMEA & *co* <!here>", HEARD_AT, HEARD_AT), Upcoming("SMB", None, None)]
COVERAGE = Coverage(
    Span(HEARD_AT - timedelta(days=30), HEARD_AT),
    tuple(
        ChannelCoverage(f"C{number:09}", number % 4, number % 4 and 1, number % 5, HEARD_AT, HEARD_AT)
        for number in range(90)
    ),
)
FULL = a_digest(
    bridge=BRIDGE,
    totals=Totals(insights=21, people=5, channels=2, supporters=34),
    total_before=7,
    categories=(
        CategoryPart("customer", 12, 14, (INSIGHT,)),
        CategoryPart("market", 4, 0, (GONE,)),
        CategoryPart("request", 3, 3, ()),
        CategoryPart("complaint", 2, 1, ()),
    ),
    customers=(Touched("Hartmann", 4, 1, 1, (Deals(8_000_000, "EUR"), Deals(500, "JPY"))),),
    competitors=(Touched("Acme", 2), Touched("Globex", 0, 3, 3), *(Touched(f"R{n}", 2) for n in range(6))),
    requests=Queue(3, False, (an_insight(7),)),
    untouched=Queue(500, True, (an_insight(8),)),
    coverage=COVERAGE,
)
TOLD_TO_SALES = SalesReport(
    bridge=BRIDGE,
    channel_id=SALES,
    period=a_week(),
    categories=(("customer", 12), ("market", 4), ("request", 1)),
    done=21,
    declined=2,
    outcomes=tuple(
        an_insight(number, status=status, outcome="*word* " * 300, text="They say " * 200)
        for number, status in enumerate(["done", "declined"] * 4)
    ),
    in_progress=2,
    waiting=5,
    to_response=timedelta(hours=2),
    to_outcome=timedelta(days=3),
    names=NAMES,
)
QUIET = a_digest(totals=Totals(0, 0, 0, 0), categories=(), requests=Queue(500, True, ()), coverage=COVERAGE)

WORDY = some_figures(
    an_entry(1, Kind.SPEND, 600_000, note="the stand <!here> *now*"),
    an_entry(2, Kind.LEADS, 21, entered_by=ANNA),
    an_entry(3, Kind.SPEND, 9_200, given_amount=10_000, given_currency="USD", rate="0.92"),
    an_entry(4, Kind.LEADS, 12, corrects_id=2),
    an_entry(5, Kind.FIRST_REVENUE, 1_250_000),
    plan={Kind.LEADS: 40, Kind.MEETINGS: 0, Kind.FIRST_REVENUE: 2_000_000},
    numbers=tuple(range(1, 30)),
)
BARE = some_figures(status="planned", started_on=None, planned_budget=None, title="W" * 150)
STOPPED = some_figures(
    *(an_entry(number, Kind.SPEND, 100, note="x" * 1000) for number in range(150)),
    status="cancelled",
    cancel_reason="no stand <!channel> left " * 20,
)
DONE = some_figures(status="finished", ended_on=LAST)
SHIFTS = WorkingHours(frozenset({0, 2, 6}), time(22), time(6))
ASKING = Asking(3, 7, Occasion.END, datetime(2026, 4, 1, tzinfo=UTC), 21)
ANSWERED = Answered(3, ANNA, Answer.YES, "Hartmann", 1_200_000, "EUR", "the demo did it", ASKING.asked_at)

REPORT = Report(
    bridge=BRIDGE,
    days=month_of(FIRST),
    today=LAST,
    ran=(WORDY, STOPPED, DONE),
    planned=(BARE,) * 12,
    askings=(ASKING,),
    answers=(ANSWERED,),
    names={MIA: "Mia", ANNA: "Anna"},
)
EMPTY_REPORT = replace(REPORT, ran=(), planned=())


def shown_activity(figures: Figures, *, may_change: bool = True) -> activities.Shown:
    return activities.Shown(figures, LAST.replace(month=4, day=2), {MIA: "Mia"}, may_change=may_change)


def plan_start(**changes: Any) -> activity_forms.PlanStart:
    values: dict[str, Any] = {"bridge_id": 1, "currency": None, "today": FIRST}
    return activity_forms.PlanStart(**{**values, **changes})


def entry_start(**changes: Any) -> activity_forms.EntryStart:
    values: dict[str, Any] = {
        "activity_id": 7,
        "title": "Fair",
        "currency": "EUR",
        "today": FIRST,
        "is_spend": True,
    }
    return activity_forms.EntryStart(**{**values, **changes})


def activity_cards(_: Texts, figures: Figures) -> Rendered:
    word = activity_asking.word_lines(_, [ASKING], [ANSWERED], NAMES, with_details=True)
    return activities.activity_card(_, shown_activity(figures), word)


def start(**changes: Any) -> FormStart:
    values: dict[str, Any] = {
        "bridge": BRIDGE,
        "zone": ZoneChoice("Europe/Berlin", "Berlin"),
        "language": "en",
        "flag_emoji": ("bulb", "fire"),
        "chooses_managers": True,
        "may_create": True,
        "shows_shared": False,
        "metadata": "[]",
    }
    return FormStart(**{**values, **changes})


def reader(_: Texts, **changes: Any) -> Viewer:
    values: dict[str, Any] = {
        "user_id": TOM,
        "person": person(TOM, is_admin=True),
        "language": _.language,
        "channel_ids": frozenset({SALES, MARKETING}),
        "bridges": (BRIDGE, OTHER),
    }
    return Viewer(**{**values, **changes})


def home_of(_: Texts, shown: int, schedule: Schedule) -> Rendered:
    entries = [INSIGHT, GONE][:shown]
    page = home.Page(
        entries, total=9 * shown, offset=2 * shown, size=2, supported=frozenset({142}), query="w" * 200
    )
    state = home.State(
        {1: schedule},
        {SALES: "sales", MARKETING: "marketing"},
        {1: schedule},
        {MIA: "Mia"},
        {1: [f"Marketer {number}" for number in range(21)]},
    )
    waiting = triage_inbox.Inbox(entries, 9 * shown, 2 * shown, 2, NAMES, None, "market", ":0:market")
    ill = Health(TROUBLES, (SALES,), (SALES,), 5, 1, HEARD_AT, GAPS[0], HEARD_AT, UPCOMING)
    well = Health((), (), (), 0, 0, None, None, None, UPCOMING[1:])
    plans = home.activities(_, [shown_activity(one) for one in (WORDY, BARE)[:shown]], 9 * shown, "1")
    names = home.unknown_names(_, BRIDGE, UNKNOWN, many=True)
    wait = [(asked(), True), (asked(is_anonymous=True), False)][:shown]
    return home.home_tab(
        [
            home.my_insights(reader(_), page, NAMES),
            questions.home_section(_, wait, "Europe/Berlin"),
            triage_inbox.inbox(reader(_), waiting),
            plans,
            home.bridges(reader(_), state),
            names,
            health(reader(_), ill if shown else well),
        ]
    )


def empty_home(_: Texts) -> Rendered:
    page = home.Page([], total=0, offset=0, size=2, supported=frozenset())
    nobody = reader(_, bridges=())
    return home.home_tab([home.my_insights(nobody, page, {}), home.bridges(nobody, home.State({}, {}, {}))])


def list_page(_: Texts, status: str, kind: str, total: int) -> Rendered:
    return insights.page(
        _,
        insights.list_title(_, kind, "price", total, 0, 1),
        [insights.entry(_, BRIDGE, replace(INSIGHT, status=status), NAMES, "Europe/Berlin")],
        earlier="1",
        later="2",
        by_date=kind != "search",
        offer=insights.save_instead(_, "search price"),
    )


def shown(**changes: Any) -> triage.Shown:
    values = {
        "status_by": ANNA,
        "status_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "taken_by": ANNA,
        **changes,
    }
    return triage.Shown(BRIDGE, replace(INSIGHT, **values), NAMES, "Europe/Berlin", target=7)


def triage_card(_: Texts, status: str, *, is_urgent: bool) -> Rendered:
    long = {"outcome": "word " * 400, "note": "*note* " * 400} if is_urgent else {"outcome": None}
    return triage.card(_, shown(status=status, is_urgent=is_urgent, **long))


def notice_to(_: Texts, status: str, own: Any, *, direct: bool) -> Rendered:
    news = triage_notices.News(replace(INSIGHT, status=status, outcome="*word* " * 300), "Mia", NAMES)
    if direct:
        return triage_notices.direct_notice(_, news, own, NAMES)
    return triage_notices.thread_notice(_, news, own, [f"U{number:010}" for number in range(100)])


def asked(**changes: Any) -> Standing:
    values: dict[str, Any] = {
        "id": 1,
        "bridge_id": 1,
        "asked_by": ANNA,
        "text": "What do <!channel> customers fear?",
        "channel_ids": [SALES],
        "asked_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "closes_at": datetime(2026, 3, 9, 9, tzinfo=UTC),
        "closed_at": None,
        "closed_by": None,
        "outcome": None,
        "outcome_by": None,
        "outcome_at": None,
    }
    answers = tuple(replace(INSIGHT, id=n, number=n) for n in range(1, 8))
    return Standing(Question(**{**values, **changes}), BRIDGE, answers, 12, NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_summaries_of_questions_can_be_shown(language: str) -> None:
    for stands in (asked(closed_at=INSIGHT.created_at), replace(asked(), answers=())):
        check(questions.summary(texts(language), stands, "Europe/Berlin")[0])


def trouble(fault: Fault, *, is_marketing: bool) -> Trouble:
    return Trouble("default", "#sales", is_marketing, fault)


def all_troubles() -> list[Trouble]:
    return [
        trouble(fault, is_marketing=marketing)
        for fault in Fault
        for marketing in (False, True)
        if troubles.concerns(fault, is_marketing=marketing)
    ]


KNOWN = about.Known(
    name="Hartmann",
    counts=Counts(12, 3, 1, 2, ((BRIDGE.id, "competitor", 10), (BRIDGE.id, "request", 2))),
    deals={"EUR": 1_250_000, "USD": 99},
    themes=[about.ThemeLine(7, "Blank invoices", 3)],
    waiting=[INSIGHT],
    found=[INSIGHT, GONE],
    names=NAMES,
    offset=0,
    size=5,
    line="about Hartmann",
    turning=("about:", ":about Hartmann"),
)
THEME = Theme(7, BRIDGE.id, "Blank invoices", INSIGHT.id, False, INSIGHT.created_at)
THEME_PAGE = themes.Shown(7, THEME.title, BRIDGE, [INSIGHT, GONE], NAMES, "Europe/Berlin")
GOING = dict.fromkeys(("insights", "supports", "posts", "topics", "minutes_stay", "messages"), 3)
SAMPLES: dict[str, list[Sample]] = {
    "activities.activity_card": [
        partial(activity_cards, figures=figures) for figures in (WORDY, BARE, STOPPED, DONE)
    ]
    + [lambda _: activities.activity_card(_, shown_activity(WORDY, may_change=False))],
    "activities.activity_list": [
        lambda _: activities.activity_list(_, [], 0, offset=0, size=10, new_for="1"),
        lambda _: activities.activity_list(
            _,
            [shown_activity(one) for one in (WORDY, BARE, STOPPED, DONE)],
            21,
            offset=0,
            size=10,
            new_for=None,
        ),
        lambda _: activities.activity_list(_, [shown_activity(BARE)], 11, offset=10, size=10, new_for="1"),
    ],
    "activities.currency_chosen": [lambda _: activities.currency_chosen(_, "EMEA", "USD")],
    "activity_forms.plan_form": [
        lambda _: activity_forms.plan_form(_, plan_start()),
        lambda _: activity_forms.plan_form(
            _,
            plan_start(
                activity_id=7,
                currency="EUR",
                title="W" * 150,
                purpose="retain",
                owner_id=MIA,
                starts_on=FIRST,
                ends_on=LAST,
                budget="5000.00",
                plan={Kind.LEADS: "40"},
                insights="#12, #15",
            ),
        ),
    ],
    "activity_forms.entry_form": [
        lambda _: activity_forms.entry_form(_, entry_start()),
        lambda _: activity_forms.entry_form(_, entry_start(is_spend=False)),
        lambda _: activity_forms.entry_form(
            _,
            entry_start(corrects_id=1, corrected="Spend: €5", kind=Kind.SPEND, amount="5 USD", rate="0.92"),
        ),
        lambda _: activity_forms.entry_form(
            _, entry_start(is_spend=False, corrects_id=1, corrected="Leads: 5", kind=Kind.LEADS, note="n")
        ),
    ],
    "activity_forms.cancel_form": [lambda _: activity_forms.cancel_form(_, 7, "W" * 150)],
    "activity_report.report_post": [
        partial(activity_report.report_post, report=report) for report in (REPORT, EMPTY_REPORT)
    ],
    "activity_report.report_preview": [
        lambda _: activity_report.report_preview(_, _, REPORT, "1:2026-03-01..2026-03-31:key"),
        lambda _: activity_report.report_preview(_, _, EMPTY_REPORT, None),
    ],
    "activity_asking.asking_message": [
        partial(activity_asking.asking_message, activity=an_activity(), occasion=occasion, asking_id=3)
        for occasion in Occasion
    ],
    "activity_asking.answer_noted": [
        partial(activity_asking.answer_noted, title="Fair", answer=answer, asking_id=asking_id)
        for answer in Answer
        for asking_id in (3, None)
    ],
    "activity_asking.answer_form": [
        partial(
            activity_asking.answer_form,
            asking_id=3,
            activity=an_activity(),
            given=given,
            is_comment=is_comment,
        )
        for given in (None, ANSWERED)
        for is_comment in (False, True)
    ],
    "bridges.bridge_form": [
        lambda _: bridges.bridge_form(_, start()),
        lambda _: bridges.bridge_form(
            _,
            start(
                bridge=replace(BRIDGE, marketers=Marketers((MIA,), ("S1", "SGONE"))),
                groups=[Group(f"S{number}", "marketing" * 3, []) for number in range(150)],
            ),
        ),
        lambda _: bridges.bridge_form(_, start(bridge=None)),
        lambda _: bridges.bridge_form(_, start(chooses_managers=False, may_create=False)),
    ],
    "bridges.bridge_list": [
        lambda _: bridges.bridge_list(_, [BRIDGE, OTHER], may_create=True),
        lambda _: bridges.bridge_list(_, [BRIDGE] * 95, may_create=True),
    ],
    "bridges.bridge_saved": [
        lambda _: bridges.bridge_saved(_, "EMEA", [("C1", "in"), ("C2", "joining")], is_new=True),
        lambda _: bridges.bridge_saved(_, "EMEA", [("C1", "in"), ("C3", "invite")], is_new=False),
    ],
    "bridges.could_not_join": [
        lambda _: bridges.could_not_join(_, "C1", "is_archived"),
        lambda _: bridges.could_not_join(_, "C1", "channel_not_found"),
        lambda _: bridges.could_not_join(_, "C1", "restricted_action"),
    ],
    "categories.category_form": [lambda _: categories.category_form(_, KINDS, KINDS, "[]")],
    "lists.lists_form": [
        lambda _: lists.lists_form(_, ListsStart(1, "EMEA", {}, metadata="[]")),
        lambda _: lists.lists_form(
            _,
            ListsStart(
                1, "<!here> *EMEA*", dict.fromkeys(lists.KINDS, "Acme = Акме\n" * 200), UNKNOWN, 2, "[]"
            ),
        ),
    ],
    "erasure.nothing_here": [erasure.nothing_here],
    "erasure.erase_form": [
        lambda _: erasure.erase_form(_, people=True),
        lambda _: erasure.erase_form(_, people=False),
    ],
    "erasure.preview_form": [
        lambda _: erasure.preview_form(_, erasure.Preview(142, "", GOING, erasure.confirm_word(_), "[]")),
        lambda _: erasure.preview_form(
            _,
            erasure.Preview(None, "Anna <!here> *x*", GOING, erasure.confirm_word(_), "[]", has_changed=True),
        ),
    ],
    "erasure.person_is_erased": [lambda _: erasure.person_is_erased(_, GOING)],
    "erasure.lifetime_form": [
        lambda _: erasure.lifetime_form(_, BRIDGE, None),
        lambda _: erasure.lifetime_form(_, BRIDGE, Lifetime(1, 90, "days")),
    ],
    "erasure.lifetime_preview": [
        lambda _: erasure.lifetime_preview(
            _, BRIDGE, Lifetime(1, 18, "months"), 21, "3 March, 03:30", "[]", has_changed=True
        )
    ],
    "common.notice": [lambda _: common.notice(_, "Done.")],
    "digest.preview": [
        lambda _: digest.preview(_, _, FULL, "1:key"),
        lambda _: digest.preview(_, _, replace(FULL, is_compared=False), None),
        lambda _: digest.preview(_, _, QUIET, "1:key"),
        lambda _: digest.preview(_, _, replace(FULL, period=a_week(is_whole=False)), None),
    ],
    "digest_form.schedule_form": [
        partial(
            digest_form.schedule_form,
            bridge=BRIDGE,
            rhythm=Rhythm(frequency),
            is_paused=True,
            regular=regular,
        )
        for regular in REGULARS.values()
        for frequency in regular.frequencies
    ],
    "report.preview": [
        lambda _: report.preview(_, _, TOLD_TO_SALES, "1:key"),
        lambda _: report.preview(
            _, _, replace(TOLD_TO_SALES, done=0, declined=0, outcomes=(), waiting=0), None
        ),
        lambda _: report.preview(_, _, replace(TOLD_TO_SALES, categories=()), None),
        lambda _: report.preview(
            _, _, replace(TOLD_TO_SALES, categories=(), done=0, declined=0, outcomes=()), None
        ),
    ],
    "help.help_message": [
        lambda _: help.help_message(_, BRIDGE),
        lambda _: help.help_message(_, None),
    ],
    "help.unknown_command": [lambda _: help.unknown_command(_, BRIDGE, "foo <!channel>")],
    "help.language_set": [
        lambda _: help.language_set(_, "English", automatic=True),
        lambda _: help.language_set(_, "English", automatic=False),
    ],
    "help.language_help": [lambda _: help.language_help(_, "English")],
    "home.home_tab": [
        lambda _: home_of(_, 2, DUE),
        lambda _: home_of(_, 0, PAUSED),
        empty_home,
    ],
    "insight_forms.new_form": [
        lambda _: insight_forms.new_form(_, [BRIDGE], BRIDGE),
        lambda _: insight_forms.new_form(
            _, [BRIDGE, OTHER], OTHER, text="x", category="market", customer="y"
        ),
    ],
    "insight_forms.message_form": [
        lambda _: insight_forms.message_form(_, [BRIDGE], BRIDGE, text="x" * 7000, source={"channel": SALES}),
        lambda _: insight_forms.message_form(_, [BRIDGE], BRIDGE, text="", source={"channel": SALES}),
    ],
    "insight_forms.edit_form": [lambda _: insight_forms.edit_form(_, BRIDGE, INSIGHT, NAMES)],
    "insight_forms.manage_form": [
        lambda _: insight_forms.manage_form(_, BRIDGE, INSIGHT, ANNA, [ANNA]),
        lambda _: insight_forms.manage_form(_, BRIDGE, INSIGHT, BEN, [ANNA]),
    ],
    "insights.saved": [
        lambda _: insights.saved(_, BRIDGE, INSIGHT),
    ],
    "insights.looks_like": [
        lambda _: insights.looks_like(_, INSIGHT, insights.Like(118, 0)),
        lambda _: insights.looks_like(_, INSIGHT, insights.Like(118, 3)),
    ],
    "themes.page": [
        lambda _: themes.page(_, THEME_PAGE, may_change=True),
        lambda _: themes.page(_, replace(THEME_PAGE, title=""), may_change=False),
        lambda _: themes.page(
            _, replace(THEME_PAGE, members=[replace(INSIGHT, number=n) for n in range(12)]), may_change=True
        ),
    ],
    "about.page": [
        lambda _: about.page(_, reader(_), KNOWN, INSIGHT.changed_at),
        lambda _: about.page(_, reader(_), replace(KNOWN, offset=5, deals={}), INSIGHT.changed_at),
        lambda _: about.page(_, reader(_), replace(KNOWN, counts=Counts(0, 0, 0, 0, ())), INSIGHT.changed_at),
    ],
    "themes.gone": [themes.gone],
    "themes.rename_form": [lambda _: themes.rename_form(_, THEME, "Blank invoices")],
    "themes.merge_form": [lambda _: themes.merge_form(_, THEME)],
    "themes.split_form": [lambda _: themes.split_form(_, THEME, [INSIGHT, GONE], NAMES)],
    "insights.note_of_support": [
        partial(
            insights.note_of_support, bridge=BRIDGE, insight=INSIGHT, user_id=BEN, result=result, names=NAMES
        )
        for result in (None, *Support)
    ],
    "insights.undone": [lambda _: insights.undone(_, INSIGHT, Support.REMOVED)],
    "insights.own_post": [lambda _: insights.own_post(_)],
    "insights.offer_to_save": [lambda _: insights.offer_to_save(_, "export x", "No.", "export x")],
    "insights.offer_message": [
        lambda _: insights.offer_message(_, help.help_blocks(_, BRIDGE), [("", "v")]),
        lambda _: insights.offer_message(_, help.help_blocks(_, None), [("EMEA", "1"), ("DACH", "2")]),
    ],
    "insights.page": [
        partial(list_page, status=status, kind=kind, total=total)
        for status in (*STATUSES, "merged")
        for kind in ("search", "mine", "list")
        for total in (0, 1, 22)
    ],
    "question_forms.ask_form": [
        lambda _: question_forms.ask_form(
            _, BRIDGE, question_forms.AskForm({SALES: "sales"}, datetime(2026, 3, 9, 10, tzinfo=UTC), "")
        ),
    ],
    "question_forms.answer_form": [lambda _: question_forms.answer_form(_, asked(is_anonymous=True))],
    "question_forms.outcome_form": [
        lambda _: question_forms.outcome_form(_, asked(is_anonymous=True)),
        lambda _: question_forms.outcome_form(_, asked()),
        lambda _: question_forms.outcome_form(_, asked(closed_at=INSIGHT.created_at)),
    ],
    "questions.question_post": [
        lambda _: questions.question_post(_, asked()),
        lambda _: questions.question_post(_, asked(closed_at=INSIGHT.created_at)),
        lambda _: questions.question_post(_, asked(closes_at=None)),
        lambda _: questions.question_post(_, asked(is_anonymous=True)),
        lambda _: questions.question_post(_, replace(asked(is_anonymous=True), asked=4)),
        lambda _: questions.question_post(_, asked(is_anonymous=True, closed_at=INSIGHT.created_at)),
    ],
    "questions.progress_post": [
        lambda _: questions.progress_post(_, asked()),
        lambda _: questions.progress_post(_, asked(closed_at=INSIGHT.created_at)),
        lambda _: questions.progress_post(_, asked(outcome="A new leaflet", outcome_by=MIA)),
    ],
    "questions.reminder": [
        lambda _: questions.reminder(_, asked()),
        lambda _: questions.reminder(_, asked(closes_at=None, is_anonymous=True)),
    ],
    "questions.thread_shows_names": [
        lambda _: questions.thread_shows_names(_, asked(is_anonymous=True).question)
    ],
    "questions.thanks": [lambda _: questions.thanks(_)],
    "questions.outcome_to_all": [
        lambda _: questions.outcome_to_all(_, asked(outcome="x" * 1500, outcome_by=MIA, is_anonymous=True))
    ],
    "questions.outcome_post": [
        lambda _: questions.outcome_post(_, asked(outcome="x" * 1500), [ANNA, BEN]),
        lambda _: questions.outcome_post(_, asked(outcome="A new leaflet"), [], "sales"),
    ],
    "questions.asks_outcome": [
        lambda _: questions.asks_outcome(_, asked()),
        lambda _: questions.asks_outcome(_, asked(is_anonymous=True)),
    ],
    "questions.asked": [lambda _: questions.asked(_, [SALES])],
    "questions.outcome_told": [lambda _: questions.outcome_told(_)],
    "questions.question_list": [
        lambda _: questions.question_list(_, [], "Europe/Berlin"),
        lambda _: questions.question_list(_, [(asked(), True), (asked(outcome="x"), True)], "Europe/Berlin"),
        lambda _: questions.question_list(
            _, [(asked(text="x&" * 700, outcome="y" * 1500), True)] * 8, "Europe/Berlin"
        ),
    ],
    "search.export_on_its_way": [
        partial(search.export_on_its_way, total=total, form=form, line="export")
        for total in (1, 21)
        for form in ("csv", "jsonl")
    ],
    "triage.card": [
        partial(triage_card, status=status, is_urgent=urgent)
        for status in (*STATUSES, "merged")
        for urgent in (True, False)
    ],
    "triage.outcome_form": [
        lambda _: triage.outcome_form(_, shown(), triage.Asked(PRESSED, Step.DONE, "1:142:")),
        lambda _: triage.outcome_form(_, shown(outcome=None), triage.Asked(PRESSED, Step.DECLINE)),
    ],
    "triage.category_form": [lambda _: triage.category_form(_, shown(), triage.Asked(PRESSED, None, ":0:"))],
    "triage.merge_form": [lambda _: triage.merge_form(_, shown(), triage.Asked(PRESSED))],
    "quiet_hours.hours_form": [
        lambda _: quiet_hours.hours_form(_, quiet_hours.Standing(DEFAULT, "Europe/Berlin")),
        lambda _: quiet_hours.hours_form(_, quiet_hours.Standing(None, None)),
        lambda _: quiet_hours.hours_form(_, quiet_hours.Standing(SHIFTS, "America/Argentina/Buenos_Aires")),
    ],
    "triage_notices.thread_notice": [
        partial(notice_to, status=status, own=own, direct=False)
        for status in ("in_progress", "done", "declined")
        for own in (INSIGHT, GONE)
    ],
    "triage_notices.direct_notice": [
        partial(notice_to, status=status, own=own, direct=True)
        for status in ("in_progress", "done", "declined")
        for own in (INSIGHT, GONE)
    ],
    "triage_notices.notices_are": [
        partial(triage_notices.notices_are, chosen=one) for one in ("all", "outcome", "off")
    ],
    "triage_notices.notices_help": [lambda _: triage_notices.notices_help(_, "all")],
    "filters.filter_form": [
        lambda _: filters.filter_form(_, View.INBOX_FILTER, ""),
        lambda _: filters.filter_form(_, View.INBOX_FILTER, "w" * 200),
        lambda _: filters.filter_form(_, View.MINE_FILTER, "w" * 200),
    ],
    "triage_walk.page": [
        lambda _: triage_walk.page(
            _,
            shown(),
            triage_walk.Place(":142:", 21, 5, ":0:"),
            names_bridge=True,
            above="Tom took #142 just now.",
        ),
        lambda _: triage_walk.page(
            _, shown(status="done"), triage_walk.Place(":142:", 1), names_bridge=False, above=None
        ),
    ],
    "triage_walk.end": [partial(triage_walk.end, left=left, walk=":0:") for left in (0, 1, 22)],
    "health.gap_message": [partial(lambda _, gap: gap_message(reader(_), gap), gap=gap) for gap in GAPS],
    "health.trouble_message": [
        lambda _: trouble_message(reader(_), TROUBLES),
        lambda _: trouble_message(reader(_, bridges=(BRIDGE,)), TROUBLES[-1:]),
    ],
    "moods.manager_left": [lambda _: troubles.manager_left(_, "Mia", ["default", "SMB"])],
    "moods.trouble_message": [lambda _: troubles.trouble_message(_, all_troubles())],
    **of_meetings.SAMPLES,
}
# What is made of a text that is said already, or no message at all.
WITHOUT_WORDS = {
    "redaction.without_person",
    "common.home",
    "common.message",
    "common.modal",
    "digest.simple",
    "insight_forms.metadata_of",
    "meetings.said",
}


def message_functions() -> Iterator[str]:
    """All public functions of `bot.messages` that make a message, form or tab."""
    for module in pkgutil.iter_modules(messages.__path__):
        content = importlib.import_module(f"{messages.__name__}.{module.name}")
        for name, value in inspect.getmembers(content, inspect.isfunction):
            is_own = value.__module__ == content.__name__ and not name.startswith("_")
            if is_own and inspect.signature(value).return_annotation == dict[str, Any]:
                yield f"{module.name}.{name}"


def test_every_message_has_a_sample() -> None:
    assert set(message_functions()) - WITHOUT_WORDS == set(SAMPLES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAMPLES)
def test_messages_can_be_shown(name: str, language: str) -> None:
    for sample in SAMPLES[name]:
        check(sample(texts(language)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("frequency", Frequency)
@pytest.mark.parametrize("before", [0, 7, 21, 30])
def test_digests_can_be_shown(language: str, frequency: Frequency, before: int) -> None:
    shown = replace(FULL, total_before=before, period=a_week(frequency=frequency))
    rendered = digest.render(texts(language), shown)
    for post in (rendered.head, *rendered.pages):
        check(post.message)
    check(plainest(rendered.head.message))


def check(rendered: Rendered) -> None:
    """Slack would take it, and its buttons can be read whole."""
    if "type" in rendered:
        slack.check_view(dict(rendered), str(rendered["type"]))
    else:
        assert rendered["text"]
        slack.check_message(list(rendered["blocks"]))
    assert [text for text in buttons(rendered) if len(text) > BUTTON_SHOWN] == []
    unfilled = [text for text in slack.texts(rendered) if "{" in re.sub(r"<!date\^[^>]*>", "", text)]
    assert unfilled == []


def buttons(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        if node.get("type") == "button":
            yield node["text"]["text"]
        for value in node.values():
            yield from buttons(value)
    elif isinstance(node, list):
        for one in node:
            yield from buttons(one)


def test_managers_see_who_manages_in_their_language() -> None:
    form = bridges.bridge_form(texts("ru"), start(chooses_managers=False))
    assert f"Ответственные: <@{MIA}>" in "\n".join(slack.texts(form))
