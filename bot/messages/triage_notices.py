"""What those hear who passed something on. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import Block, ContextBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot import slacktext
from bot.i18n import Texts
from bot.messages.common import link, message, mrkdwn
from bot.messages.insights import quote_block
from bot.triage.rules import DONE, IN_PROGRESS
from storage.insights import Insight

OUTCOME: Final = 2000  # characters
EXCERPT: Final = 300  # of the person's own insight in a direct message


@dataclass(frozen=True)
class News:
    """What has become of an insight."""

    insight: Insight
    who: str  # the name of who took, finished or declined it
    names: Mapping[str, str]  # of people and channels that the outcome mentions


def thread_notice(_: Texts, news: News, own: Insight, user_ids: Sequence[str]) -> dict[str, Any]:
    """Below the message that they flagged, which is `own`; each is mentioned once."""
    people = " ".join(f"<@{one}>" for one in user_ids)
    line = _headline(_, news, own)
    return message(f"{people} {line}", [mrkdwn(f"{people} {line}"), *_outcome(news)])


def direct_notice(_: Texts, news: News, own: Insight, names: Mapping[str, str]) -> dict[str, Any]:
    """To one person alone, with her own insight beside it."""
    line = _headline(_, news, own)
    blocks: list[Block] = [mrkdwn(line), *_outcome(news), quote_block(_, own, names, limit=EXCERPT)]
    if own.permalink:
        shown = link(own.permalink, _("open"))
        blocks.append(ContextBlock(elements=[MarkdownTextObject(text=shown, verbatim=True)]))
    return message(line, blocks)


def _headline(_: Texts, news: News, own: Insight) -> str:
    insight = news.insight
    who = slacktext.inert_mrkdwn(news.who, {}, 80) or _("a colleague")
    words = {"name": who, "number": insight.number}
    if insight.status == IN_PROGRESS:
        line = _(":hammer: *#{number}* is being worked on: {name} took it.", **words)
    elif insight.status == DONE:
        line = _(":white_check_mark: *#{number}* is done, says {name}:", **words)
    else:
        line = _(":no_entry: *#{number}* will not be pursued, says {name}:", **words)
    if own.id == insight.id:
        return line
    part = _("#{part} is part of #{number}, which says the same.", part=own.number, number=insight.number)
    return f"{line}\n{part}" if insight.status == IN_PROGRESS else f"{part}\n{line}"


def _outcome(news: News) -> list[Block]:
    insight = news.insight
    if not insight.outcome or insight.status == IN_PROGRESS:
        return []
    return [mrkdwn(slacktext.inert_mrkdwn(insight.outcome, news.names, OUTCOME))]


# --- which of them a person wants --------------------------------------------------------------------------


def notice_names(_: Texts) -> dict[str, str]:
    """What can be chosen, as it stands in the home tab's menu."""
    return {
        "all": _("Notices: all"),
        "outcome": _("Notices: outcome only"),
        "off": _("Notices: off"),
    }


def notices_are(_: Texts, chosen: str) -> dict[str, Any]:
    """How it is, and how to change it."""
    said = {
        "all": _("I tell you who took what you passed on, and what came of it."),
        "outcome": _("I tell you what came of what you passed on, and nothing before that."),
        "off": _("I tell you nothing of what you passed on; my home tab shows it."),
    }[chosen]
    more = _("Change it with `/frontline notices all`, `outcome` or `off`; `hours` opens your quiet hours.")
    return message(said, [mrkdwn(f"{said}\n{more}")])


def notices_help(_: Texts, chosen: str) -> dict[str, Any]:
    """The word was none of those that can be chosen."""
    said = _(
        "I know `/frontline notices all`, `outcome`, `off` and `hours`. Now it is: `{chosen}`.", chosen=chosen
    )
    return message(said, [mrkdwn(said)])
