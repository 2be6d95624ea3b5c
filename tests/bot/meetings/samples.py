"""Meetings without a database, for what is said of them."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

from bot.i18n import Texts
from bot.meetings.meeting import Meeting
from bot.meetings.regularity import Regularity
from bot.meetings.rhythm import Frequency, Rhythm
from bot.meetings.values import SeriesAnswers
from bot.messages import (
    common,
    meeting_agenda,
    meeting_forms,
    meeting_items,
    meeting_list,
    meeting_minutes,
    meeting_series,
    meetings,
)
from bot.messages.digest_pages import Chunk, pack
from storage.actions import ActionItem
from storage.meetings import Group, Minutes, Occurrence, Series, Topic
from tests.bot.digests.builders import a_bridge, an_insight
from tests.support import ANNA, BEN, MIA

Rendered = Mapping[str, Any]
AT: Final = datetime(2026, 3, 5, 13, tzinfo=UTC)
TODAY: Final = date(2026, 3, 5)
LONG: Final = "*word* <!channel> & " * 150
NAMES: Final = {ANNA: "Anna", BEN: "*Ben*", MIA: "Mia"}


def a_series(**changes: Any) -> Series:
    values: dict[str, Any] = {
        "id": 1,
        "bridge_id": 1,
        "title": "Sales &amp; marketing",
        "rule": "FREQ=WEEKLY;BYDAY=TH",
        "local_time": "14:00",
        "starts_on": TODAY,
        "minutes": 60,
        "channels": "both",
        "participants": [ANNA, MIA],
        "groups": ["S1"],
        "facilitators": [MIA],
        "place": "https://meet.example/42",
        "prompts": [],
        "prompt_ahead": 2880,
        "reminder_ahead": 60,
        "off_days": [],
        "holidays": None,
        "moves_over": False,
        "is_active": True,
        "revision": 1,
    }
    return Series(**{**values, **changes})


def an_occurrence(**changes: Any) -> Occurrence:
    values: dict[str, Any] = {
        "id": 1,
        "series_id": 1,
        "planned_on": TODAY,
        "starts_at": AT,
        "status": "planned",
        "is_moved": False,
        "reason": None,
        "facilitator_id": MIA,
        "prompted_at": AT,
        "reminded_for": None,
        "prompt_missed": False,
        "reminder_missed": False,
    }
    return Occurrence(**{**values, **changes})


def a_meeting(**changes: Any) -> Meeting:
    return Meeting(an_occurrence(**changes), a_series(), a_bridge())


def an_item(number: int = 1, **changes: Any) -> ActionItem:
    values: dict[str, Any] = {
        "id": number,
        "bridge_id": 1,
        "occurrence_id": 1,
        "text": "price list <@U1>",
        "owner_id": ANNA,
        "due_on": date(2026, 3, 2),
        "status": "open",
        "reason": None,
        "created_by": MIA,
        "created_at": AT,
        "closed_at": None,
        "reminder_missed": False,
    }
    return ActionItem(**{**values, **changes})


ITEMS: Final = [
    an_item(),
    an_item(2, due_on=None),
    an_item(3, due_on=date(2026, 4, 1), status="done"),
    an_item(4, status="dropped", reason="not needed"),
]
RECORDED: Final = Minutes(1, [ANNA, MIA], LONG, "notes", MIA, AT, 2)
REGULAR: Final = Regularity(8, 7, 1, 1, Decimal("3.5"), 5, 4)
FIRST_TIME: Final = Regularity(0, 0, 0, 0, None, 0, 0)
ANSWERS: Final = SeriesAnswers("Weekly", Rhythm(), TODAY, time(10))


def an_agenda(_: Texts, pages: int = 1) -> list[Any]:
    bridge, insight = a_bridge(), an_insight(142, supporter_count=3)
    topics = [Topic(number, 1, BEN, LONG, None, None, None, AT) for number in range(1, 3 + 20 * (pages - 1))]
    topics.append(Topic(999, 1, ANNA, "", 142, None, None, AT))
    parts = [
        meeting_agenda.action_items(_, ITEMS[:2], NAMES, TODAY),
        meeting_agenda.topics(_, bridge, topics, {142: insight}, NAMES),
        meeting_agenda.insights(_, bridge, [an_insight(6, supporter_count=3), an_insight(7)], NAMES),
        meeting_agenda.requests(_, [an_insight(8)], NAMES, AT),
        meeting_agenda.who_comes(_, {ANNA: "yes", BEN: "no", MIA: "other"}, NAMES),
        meeting_agenda.missed(
            _, a_meeting(), an_occurrence(), prompt=True, reminder=pages > 1, minutes=True, items=21
        ),
        meeting_agenda.regularity(_, REGULAR),
    ]
    head = Chunk(tuple(meeting_agenda.head(_, a_meeting())))
    return pack([head, *(chunk for part in parts for chunk in part)])


def listed(**changes: Any) -> meeting_list.Listed:
    values: dict[str, Any] = {
        "series": a_series(),
        "bridge": a_bridge(),
        "following": a_meeting(),
        "unrecorded": a_meeting(),
        "regularity": REGULAR,
        "may_change": True,
        "may_record": True,
    }
    return meeting_list.Listed(**{**values, **changes})


def every_rhythm() -> list[meeting_list.Listed]:
    rules = [
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;BYDAY=+1TU",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        "FREQ=MONTHLY;BYMONTHDAY=5",
    ]
    return [listed(series=a_series(rule=rule), regularity=FIRST_TIME) for rule in rules]


def home_section(_: Texts) -> Rendered:
    return common.home(
        meeting_items.section(_, [an_item(one) for one in range(12)], [a_meeting()], NAMES, TODAY)
    )


def typed(**changes: Any) -> meeting_forms.Typed:
    values: dict[str, Any] = {
        "revision": "1",
        "outcome": "held",
        "present": (BEN,),
        "decisions": "mine",
        "items": "@anna: x",
        "notes": "",
    }
    return meeting_forms.Typed(**{**values, **changes})


def minutes_form(_: Texts, recorded: Minutes | None, mine: meeting_forms.Typed | None) -> Rendered:
    start = meeting_forms.MinutesStart(a_meeting(), recorded, ITEMS if recorded else [], NAMES, [ANNA], mine)
    return meeting_forms.minutes_form(_, start)


SAMPLES: Final[dict[str, list[Callable[[Texts], Rendered]]]] = {
    "meetings.prompt": [
        lambda _: meetings.prompt(_, a_meeting(), {ANNA: "yes", BEN: "no", MIA: "other"}, NAMES),
        lambda _: meetings.prompt(_, a_meeting(is_moved=True, reason="Fair"), {}, NAMES),
        lambda _: meetings.prompt(_, a_meeting(status="skipped", reason="Fair"), {}, NAMES),
    ],
    "meetings.off": [lambda _: meetings.off(_, a_meeting(status="cancelled"))],
    "meetings.reminder_changed": [
        lambda _: meetings.reminder_changed(_, a_meeting()),
        lambda _: meetings.reminder_changed(_, a_meeting(status="skipped")),
    ],
    "meetings.direct_reminder": [lambda _: meetings.direct_reminder(_, a_meeting())],
    "meetings.no_channel": [lambda _: meetings.no_channel(_, a_meeting())],
    "meetings.ask_for_minutes": [
        lambda _: meetings.ask_for_minutes(_, a_meeting(), again=False),
        lambda _: meetings.ask_for_minutes(_, a_meeting(), again=True),
    ],
    "meetings.suggested": [
        lambda _: meetings.suggested(_, a_meeting(), ANNA, LONG, AT),
        lambda _: meetings.suggested(_, a_meeting(), ANNA, "", None),
    ],
    "meeting_agenda.first_page": [
        lambda _: meeting_agenda.first_page(_, a_meeting(), an_agenda(_)[0], 1),
        lambda _: meeting_agenda.first_page(_, a_meeting(), an_agenda(_, 3)[0], 3),
    ],
    "meeting_agenda.further_page": [
        lambda _: meeting_agenda.further_page(_, a_meeting(), an_agenda(_, 3)[1])
    ],
    "meeting_series.series_form": [
        *(
            lambda _, one=one: meeting_series.series_form(
                _,
                a_bridge(),
                SeriesAnswers("Weekly", Rhythm(one), TODAY, time(10), participants=(ANNA,)),
                [Group("S1", "heads", [ANNA])],
                "1::",
                is_new=True,
            )
            for one in Frequency
        ),
        lambda _: meeting_series.series_form(_, a_bridge(), ANSWERS, [], "1:1:1", is_new=False),
    ],
    "meeting_forms.suggest_form": [lambda _: meeting_forms.suggest_form(_, a_meeting())],
    "meeting_forms.one_form": [
        lambda _: meeting_forms.one_form(_, a_meeting(), None),
        lambda _: meeting_forms.one_form(_, a_meeting(), AT),
    ],
    "meeting_forms.minutes_form": [
        lambda _: minutes_form(_, None, None),
        lambda _: minutes_form(_, RECORDED, None),
        lambda _: minutes_form(_, RECORDED, typed()),
    ],
    "meeting_forms.item_form": [
        lambda _: meeting_forms.item_form(_, an_item(), meeting_forms.LATER, TODAY),
        lambda _: meeting_forms.item_form(_, an_item(), meeting_forms.HAND_OVER, TODAY),
        lambda _: meeting_forms.item_form(_, an_item(text=LONG), meeting_forms.DROP, TODAY),
    ],
    "meeting_minutes.minutes": [
        lambda _: meeting_minutes.minutes(_, a_meeting(), RECORDED, ITEMS, NAMES),
        lambda _: meeting_minutes.minutes(_, a_meeting(), Minutes(1, [], "", "", MIA, AT, 1), [], NAMES),
    ],
    "meeting_minutes.summary": [
        lambda _: meeting_minutes.summary(_, a_meeting(), RECORDED, ITEMS * 6, NAMES),
    ],
    "meeting_items.given": [
        lambda _: meeting_items.given(_, an_item(), a_meeting(), "Mia"),
        lambda _: meeting_items.given(_, an_item(due_on=None), a_meeting(), None),
    ],
    "meeting_items.due": [
        lambda _: meeting_items.due(_, an_item(), a_meeting(), date(2026, 3, 2)),
        lambda _: meeting_items.due(_, an_item(), a_meeting(), date(2026, 3, 1)),
        lambda _: meeting_items.due(_, an_item(), a_meeting(), date(2026, 3, 4)),
    ],
    "meeting_items.changed": [
        lambda _: meeting_items.changed(_, an_item(), NAMES),
        lambda _: meeting_items.changed(_, an_item(status="done"), NAMES),
        lambda _: meeting_items.changed(_, an_item(status="dropped"), NAMES),
    ],
    "meeting_items.listed": [
        lambda _: meeting_items.listed(_, [], [], NAMES, TODAY),
        lambda _: meeting_items.listed(_, [an_item(one) for one in range(12)], ITEMS, NAMES, TODAY),
        home_section,
    ],
    "meeting_list.overview": [
        lambda _: meeting_list.overview(_, [], a_bridge()),
        lambda _: meeting_list.overview(_, [listed(), listed(may_change=False, following=None)], None),
        lambda _: meeting_list.overview(_, every_rhythm(), a_bridge()),
    ],
}
