"""Digests as Slack messages: complete, inert, and never beyond a limit of Slack's."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.digests.compile import CategoryPart, Digest, Queue
from bot.digests.schedule import Frequency
from bot.i18n import texts
from bot.meetings.regularity import Regularity
from bot.messages.common import mrkdwn
from bot.messages.digest import preview, render
from bot.messages.digest_pages import Chunk, pack
from bot.variants import plainest
from playground import blocks as slack
from storage.bridges import Category
from storage.digests import Totals, Touched
from storage.insights import Insight
from tests.bot.activities.builders import some_figures
from tests.bot.digests.builders import MONDAY, a_bridge, a_digest, a_week, an_insight
from tests.support import ANNA, BEN

EN = texts("en")


def shown(message: Mapping[str, Any]) -> str:
    return "\n".join(slack.texts(message["blocks"]))


def everything(digest: Digest) -> str:
    rendered = render(EN, digest)
    return "\n".join([shown(rendered.head.message), *(shown(page.message) for page in rendered.pages)])


def test_the_head_says_the_essentials() -> None:
    waiting = an_insight(7, created_at=MONDAY - timedelta(days=12, hours=1))
    digest = a_digest(
        totals=Totals(insights=12, people=5, channels=2, supporters=19),
        total_before=7,
        categories=(CategoryPart("complaint", 12, 14, ()), CategoryPart("market", 0, 0, ())),
        requests=Queue(3, False, (waiting,)),
        untouched=Queue(500, True, ()),
    )
    post = render(EN, digest).head.message
    assert ":rage: Complaints: *12*" not in shown(post)
    head = shown(plainest(post))
    assert "Weekly digest\n" in head
    assert "Mon 23 Feb, 09:00 – Mon 2 Mar, 09:00 (Europe/Berlin)" in head
    assert "*12 insights* from 5 people in 2 channels" in head
    assert "5 more than the week before; 19 supporters in all" in head
    assert ":rage: Complaints: *12* (2 fewer)" in head
    assert "Market" not in head
    assert "*3 requests* wait, the oldest for 12 days." in head
    one = shown(render(EN, replace(digest, requests=Queue(1, False, (waiting,)))).head.message)
    assert "*1 request* waits, for 12 days now." in one
    assert "More than *500 insights* are untouched." in head


@pytest.mark.parametrize(
    ("before", "frequency", "expected"),
    [
        (2, Frequency.WEEKLY, "as many as the week before"),
        (3, Frequency.MONTHLY, "1 fewer than the month before"),
        (0, Frequency.WEEKDAYS, "none in the period before"),
        (1, Frequency.DAILY, "1 more than in the period before"),
    ],
)
def test_movement_is_told_in_numbers(before: int, frequency: Frequency, expected: str) -> None:
    digest = a_digest(total_before=before, period=a_week(frequency=frequency))
    assert expected in shown(render(EN, digest).head.message)


def test_nothing_is_compared_where_there_is_nothing_to_compare_with() -> None:
    said = everything(a_digest(is_compared=False))
    assert "before" not in said
    assert "more" not in said


def test_a_quiet_period_is_one_line_without_thread() -> None:
    nothing = Queue(0, False, ())
    quiet = a_digest(
        totals=Totals(0, 0, 0, 0), categories=(CategoryPart("market", 0, 4, ()),), untouched=nothing
    )
    rendered = render(EN, quiet)
    assert rendered.pages == ()
    [line] = rendered.head.message["blocks"]
    assert "nothing came in" in line["text"]["text"]
    assert "\n" not in line["text"]["text"]


def test_a_quiet_digest_leads_to_what_waits_and_a_quiet_month_tells_of_activities_and_meetings() -> None:
    quiet = a_digest(
        totals=Totals(0, 0, 0, 0),
        categories=(),
        untouched=Queue(12, False, ()),
        activities=(some_figures(),),
        meetings=(("Sales & marketing", Regularity(8, 7, 0, 1, None, 0, 0)),),
    )
    said = shown(render(EN, quiet).head.message)
    assert "Triage 12 new" in said and "triage_open" in str(render(EN, quiet).head.message)
    assert "Trade fair" in said and "Held 7 of the last 8" in said
    assert "Trade fair" in shown(preview(EN, EN, quiet, None))


def test_the_thread_quotes_with_author_number_supporters_and_link() -> None:
    insight = an_insight(142, supporter_count=3, is_urgent=True, customer="Hartmann")
    digest = a_digest(
        categories=(CategoryPart("customer", 8, 1, (insight,)),),
        customers=(Touched("Hartmann", 4),),
        competitors=(Touched("Acme", 2),),
    )
    [page] = render(EN, digest).pages
    said = shown(page.message)
    assert "*:speech_balloon: Customers* · 8 (7 more)" in said
    assert "They say our offer came too late." in said
    assert (
        "#142 · Anna · 3 supporters · urgent · Hartmann · <https://acme.slack.com/archives/CSALES/p1|open>"
    ) in said
    assert "And 7 more" in said
    assert "• Hartmann: 4" in said
    assert "• Acme: 2" in said
    assert page.quoted == (142,)
    assert "quote-142" in [block.get("block_id") for block in page.message["blocks"]]


def test_the_title_names_the_bridge_where_it_has_a_name_of_its_own() -> None:
    assert "Weekly digest: EMEA" in shown(render(EN, a_digest(bridge=a_bridge(name="EMEA"))).head.message)


def test_a_category_whose_messages_are_all_deleted_says_so_instead_of_promising_more() -> None:
    [page] = render(EN, a_digest(categories=(CategoryPart("market", 2, 0, ()),))).pages
    assert "2 messages have been deleted." in shown(page.message)
    assert "more:" not in shown(page.message)


def test_an_insight_quoted_twice_has_two_block_ids() -> None:
    insight = an_insight(9)
    digest = a_digest(
        categories=(CategoryPart("request", 1, 0, (insight,)),), requests=Queue(1, False, (insight,))
    )
    [page] = render(EN, digest).pages
    ids = [block.get("block_id") for block in page.message["blocks"]]
    assert {"quote-9", "quote-9-2"} <= set(ids)


def test_a_long_quote_is_shortened_at_a_words_end_and_keeps_its_link() -> None:
    insight = an_insight(1, text="The price is too high for them. " * 100)
    [page] = render(EN, a_digest(categories=(CategoryPart("customer", 1, 0, (insight,)),))).pages
    [quote] = [block for block in page.message["blocks"] if block.get("block_id") == "quote-1"]
    words = "".join(slack.texts([quote]))
    assert words.endswith("…")
    kept = words.removesuffix("…").rstrip()
    assert ("The price is too high for them. " * 100).startswith(kept)
    assert kept.endswith(("them.", *["The", "price", "is", "too", "high", "for", "them"]))
    assert "|open>" in shown(page.message)


def test_notifications_never_show_a_quote() -> None:
    rendered = render(EN, a_digest())
    for post in (rendered.head, *rendered.pages):
        assert "offer" not in post.message["text"]


def test_only_who_may_send_gets_the_button() -> None:
    assert "digest_send_now" in json.dumps(preview(EN, EN, a_digest(), "1:key"))
    assert "digest_send_now" not in json.dumps(preview(EN, EN, a_digest(), None))


def test_chunks_stay_whole() -> None:
    pages = pack([Chunk(tuple(render_blocks(3)), (n,)) for n in range(40)], most_blocks=10)
    assert all(len(page.blocks) == 9 for page in pages[:-1])
    assert [one for page in pages for one in page.quoted] == list(range(40))


def render_blocks(count: int) -> list[Any]:
    return [mrkdwn("x")] * count


# --- any insights whatever ---------------------------------------------------------------------------------

NASTY = st.sampled_from(
    [
        "<!channel>",
        "<!here|here>",
        "<@UANNA>",
        "<@UNKNOWN|x>",
        "<#C1|sales>",
        "<!subteam^S1|@all>",
        "<https://example.com/" + "long/" * 300 + "|x>",
        "&amp;&lt;!everyone&gt;",
        "*_~`",
        "```",
        "> quote\n",
        ":tada::skin-tone-3:",
        "👩‍👩‍👧‍👦",
        "é̂" * 5,
        "Скидка 25% до Нового года. ",
        "word " * 50,
        "x" * 700,
        "\n\n\n",
        "\x00\u202e",
        "<",
    ]
)
TEXTS = st.one_of(
    st.lists(NASTY, max_size=12).map("".join),
    st.text(max_size=300),
    NASTY.map(lambda one: (one * 3000)[:3000]),
)
NAMES = st.one_of(st.text(max_size=200), st.just("&" * 200), st.just("<!channel>"))


@st.composite
def digests(draw: st.DrawFn) -> Digest:
    """Up to 400 insights made of a few drawn ones, in up to 20 categories of any name."""
    forms = draw(
        st.lists(
            st.tuples(TEXTS, st.booleans(), st.integers(1, 99), st.none() | NAMES), min_size=1, max_size=8
        )
    )
    per_category = draw(st.integers(0, 20))
    size = draw(st.integers(0, 20))
    named = draw(st.lists(NAMES, min_size=1, max_size=20))
    kinds = tuple(
        Category(f"k{n}", named[n % len(named)][:60] or None, "x" * draw(st.sampled_from([1, 100])), n, False)
        for n in range(size)
    )

    def one(number: int) -> Insight:
        text, urgent, supporters, customer = forms[number % len(forms)]
        return an_insight(
            number,
            text=text,
            is_urgent=urgent,
            supporter_count=supporters,
            customer=customer,
            author_id=ANNA if number % 2 else None,
            author_name=customer,
            has_files=urgent,
        )

    parts = tuple(
        CategoryPart(
            kind.key, per_category + 3, n % 5, tuple(one(n * 20 + m + 1) for m in range(per_category))
        )
        for n, kind in enumerate(kinds)
    )
    total = sum(part.count for part in parts)
    oldest = tuple(one(number) for number in range(1, draw(st.integers(1, 11))))
    touched = tuple(Touched(name, n) for n, name in enumerate(named, 1) if name)
    return a_digest(
        bridge=replace(a_bridge(), name=draw(NAMES)[:80] or "b", categories=kinds),
        totals=Totals(total, total, 3, 2 * total),
        categories=parts,
        customers=touched,
        competitors=touched,
        requests=Queue(40, False, oldest),
        untouched=Queue(40, False, oldest),
        names={ANNA: draw(NAMES), BEN: draw(NAMES)},
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(digests())
def test_any_digest_keeps_slacks_limits(digest: Digest) -> None:
    rendered = render(EN, digest)
    told: list[int] = []
    check_limits(plainest(rendered.head.message))
    for post in (rendered.head, *rendered.pages):
        check_limits(post.message)
        assert len(post.message["text"]) < 300
        assert quoted_numbers(post.message) == set(post.quoted)  # ids are the numbers here
        told += sorted(set(post.quoted))
        assert_inert(post.message["blocks"])
    if not digest.is_quiet:
        wanted = {one.number for part in digest.categories for one in part.quotes}
        wanted |= {one.number for one in (*digest.requests.oldest, *digest.untouched.oldest)}
        assert set(told) == wanted
    check_limits(preview(EN, EN, digest, "1:key"))


LONG_LINK = "<https://example.com/" + "long/" * 300 + "|x>"


@pytest.mark.parametrize("words", ["Слово " * 500, "👩‍👩‍👧‍👦" * 400, LONG_LINK * 40, ":tada:" * 500])
def test_the_longest_digest_keeps_slacks_limits(words: str) -> None:
    kinds = tuple(Category(f"k{n}", "&" * 60, "x" * 100, n, n > 20) for n in range(80))
    parts = tuple(
        CategoryPart(
            kind.key,
            99,
            9,
            tuple(an_insight(n * 5 + m + 1, text=words, customer="&" * 200) for m in range(5)),
        )
        for n, kind in enumerate(kinds)
    )
    digest = a_digest(bridge=a_bridge(name="<" * 80, categories=kinds), categories=parts)
    rendered = render(EN, digest)
    assert len(rendered.pages) > 5
    check_limits(plainest(rendered.head.message))
    for post in (rendered.head, *rendered.pages):
        check_limits(post.message)
    assert sum(len(set(post.quoted)) for post in rendered.pages) == 400
    check_limits(preview(EN, EN, digest, "1:key"))


def check_limits(message: Mapping[str, Any]) -> None:
    """Slack's rules, and its undocumented limit counted strictly: addresses and emoji count too."""
    slack.check_message(message["blocks"])
    assert sum(len(text.encode("utf-16-le")) // 2 for text in strings(message["blocks"])) <= 13_200


def strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return [text for part in parts for text in strings(part)]


def quoted_numbers(message: Mapping[str, Any]) -> set[int]:
    ids = [str(block.get("block_id") or "") for block in message["blocks"]]
    return {int(one.split("-")[1]) for one in ids if one.startswith("quote-")}


def assert_inert(node: Any) -> None:
    """No element that notifies, and no mention in marked-up text."""
    if isinstance(node, list):
        for one in node:
            assert_inert(one)
    elif isinstance(node, dict):
        assert node.get("type") not in ("user", "usergroup", "broadcast", "channel")
        if node.get("type") == "mrkdwn":
            assert not any(mention in node["text"] for mention in ("<!", "<@", "<#"))
        for value in node.values():
            assert_inert(value)
