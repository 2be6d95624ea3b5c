"""Message text as Slack stores it, and whom a message would notify.

Slack escapes `&`, `<`, `>` and turns what a person typed into `<@U…>`, `<#C…|name>`, `<!channel>`
and `<https://…>` (docs.slack.dev/messaging/formatting-message-text).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from playground.model import Json

_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_TOKEN = re.compile(
    r"(?P<url>https?://[^\s<>]+)"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w@])@(?P<name>[\w][\w.\-]*)"
    r"|(?<![\w&#])#(?P<channel>[\w][\w\-]*)"
)
_BROADCASTS = ("channel", "here", "everyone")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_BROADCAST = re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>")
_LINK = re.compile(r"<(https?://[^|>]+)(?:\|[^>]*)?>|(?<![<|])(https?://[^\s<>|]+)")


def escape(text: str) -> str:
    """Escape the three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str, users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """What Slack stores for typed text; `users` and `channels` map names to ids."""
    parts = _CODE.split(text)
    return "".join(
        escape(part) if index % 2 else _typed_plain(part, users, channels) for index, part in enumerate(parts)
    )


def _typed_plain(text: str, users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    out: list[str] = []
    position = 0
    for match in _TOKEN.finditer(text):
        token, used = _token(match, users, channels)
        if token is None:
            continue
        out += [escape(text[position : match.start()]), token]
        position = match.start() + used
    return "".join([*out, escape(text[position:])])


def _token(
    match: re.Match[str], users: Mapping[str, str], channels: Mapping[str, str]
) -> tuple[str | None, int]:
    if url := match["url"]:
        url = url.rstrip(".,;:!?)'\"")
        return f"<{escape(url)}>", len(url)
    if mail := match["mail"]:
        return f"<mailto:{mail}|{mail}>", len(mail)
    if name := match["channel"]:
        found = channels.get(name.lower())
        return (f"<#{found}|{name.lower()}>" if found else None), len(name) + 1
    name = match["name"].rstrip(".-")
    if name.lower() in _BROADCASTS:
        return f"<!{name.lower()}>", len(name) + 1
    found = users.get(name.lower())
    return (f"<@{found}>" if found else None), len(name) + 1


def notified_by_text(text: str) -> frozenset[str]:
    """Ids and broadcasts that this mrkdwn text notifies."""
    return frozenset(
        [*_MENTION.findall(text), *("!" + one for one in _BROADCAST.findall(text)), *_GROUP.findall(text)]
    )


def notified_by_blocks(blocks: Sequence[Json]) -> frozenset[str]:
    """Ids and broadcasts that these blocks notify: mrkdwn text and rich text's own elements."""
    found: set[str] = set()
    for node in _nodes(list(blocks)):
        match node.get("type"):
            case "mrkdwn" | "markdown":
                found |= notified_by_text(str(node.get("text", "")))
            case "user" if "user_id" in node:
                found.add(str(node["user_id"]))
            case "usergroup" if "usergroup_id" in node:
                found.add(str(node["usergroup_id"]))
            case "broadcast":
                found.add(f"!{node.get('range')}")
    return frozenset(found)


def links(text: str, blocks: Sequence[Json] | None) -> tuple[str, ...]:
    """Addresses in the text and blocks that Slack could unfurl, each once, in order."""
    found = [one or other for one, other in _LINK.findall(text)]
    for node in _nodes(list(blocks or [])):
        if node.get("type") == "mrkdwn":
            found += [one or other for one, other in _LINK.findall(str(node.get("text", "")))]
        elif node.get("type") == "link":
            found.append(str(node.get("url", "")))
    return tuple(dict.fromkeys(found))


def _nodes(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _nodes(one)
    elif isinstance(value, list):
        for one in value:
            yield from _nodes(one)
