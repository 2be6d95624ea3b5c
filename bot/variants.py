"""A message in several forms, the richest first: workspaces that don't know a block yet get a plainer one.

Slack answers `invalid_blocks` and posts nothing, so the next form may be sent at once. What was refused is
remembered for a while, so that not every post is refused first.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

import structlog
from slack_sdk.models.blocks import Block

from bot.services import Services
from bot.slack import SlackRefused
from storage import refusals

log = structlog.get_logger()

PLAINER: Final = "plainer"  # in a payload: the blocks of the plainer forms
REMEMBERED: Final = timedelta(days=7)

Message = Mapping[str, Any]


def with_plainer(message: Message, *forms: Sequence[Block]) -> dict[str, Any]:
    """The message with the blocks of its plainer forms, each plainer than the one before."""
    return {**message, PLAINER: [[block.to_dict() for block in form] for form in forms]}


def plainest(message: Message) -> dict[str, Any]:
    """The form that every workspace takes: where a refusal could not be answered."""
    *_, last = _forms(message)
    return last


def map_blocks(message: Message, change: Callable[[Sequence[Any]], list[dict[str, Any]]]) -> dict[str, Any]:
    """The message with the blocks of all its forms changed."""
    changed = {**message, "blocks": change(message.get("blocks") or [])}
    if PLAINER in message:
        changed[PLAINER] = [change(blocks) for blocks in message[PLAINER]]
    return changed


def send_richest(services: Services, message: Message, send: Callable[[Message], str]) -> str:
    """Send the richest form that the workspace takes; gives what `send` gives.

    Raises what `send` raises, SlackRefused with `invalid_blocks` only where it refuses the plainest form too.
    """
    forms = _forms(message)
    if len(forms) == 1:
        return send(forms[0])
    with services.db.reading() as connection:
        refused = refusals.standing(connection, services.team_id, services.clock.real())
    for form, next_one in pairwise(forms):
        special = _types(form) - _types(next_one)
        if special & refused:
            continue
        try:
            return send(form)
        except SlackRefused as problem:
            if problem.code != "invalid_blocks":
                raise
            _remember(services, special)
    return send(forms[-1])


def _remember(services: Services, types: set[str]) -> None:
    until = services.clock.real() + REMEMBERED
    with services.db.writing() as connection:
        for block_type in sorted(types):
            refusals.remember(connection, services.team_id, block_type, until)
    log.info("blocks_refused", types=sorted(types))


def _forms(message: Message) -> list[dict[str, Any]]:
    plain = {name: value for name, value in message.items() if name != PLAINER}
    return [plain, *({**plain, "blocks": blocks} for blocks in message.get(PLAINER) or [])]


def _types(form: Message) -> set[str]:
    return {str(block.get("type")) for block in form.get("blocks") or []}
