"""Logs without text and tokens (promise 4): to stderr, for people or as JSON lines.

Three things keep message text out. Libraries never log below INFO, where slack_sdk and Bolt print bodies.
Keys that are likely to hold text or tokens are withheld. Exceptions are shown by their place and type; what
they say is shown only of kinds whose words are known to be harmless, since a driver's error may quote the row
and a ValueError the value. Tracebacks never show local variables.
"""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from types import TracebackType
from typing import Any, Final, Literal

import structlog
from sqlalchemy.exc import DBAPIError

WITHHELD: Final = "[withheld]"
_OWN: Final = ("app", "bot", "handlers", "storage")  # loggers that may go below INFO
_QUIET: Final = ("apscheduler", "sqlalchemy", "alembic", "uvicorn.access", "asyncio")  # WARNING and up

# Any key that contains one of these words.
_SECRET_KEY: Final = re.compile(
    r"(?:^|_)(text|blocks?|payload|body|token|secret|password|note|outcome|authorization|cookie|view"
    r"|message|attachments?|response_url|database_url|parameters|params)(?:$|_)",
    re.IGNORECASE,
)
_FREE_KEYS: Final = frozenset({"message_ts", "view_id"})
_SECRETS: Final = (
    (re.compile(r"\b(xox[a-z]|xapp|xoxe\.xox[a-z])-[A-Za-z0-9-]+"), r"\1-…"),
    (re.compile(r"(non-JSON format: ).*", re.DOTALL), r"\1[withheld]"),  # slack_sdk quotes the body
    (re.compile(r"(hooks\.slack(?:-gov)?\.com/)\S+"), r"\1…"),
    (re.compile(r"([?&](?:ticket|token|app_id)=)[^&\s'\")]+"), r"\1…"),
    (re.compile(r"(\w+://[^/\s:@]*:)[^@\s/]+@"), r"\1…@"),
)

_SAFE_KINDS: Final = (OSError, TypeError, AttributeError, NameError, ImportError, AssertionError)
_SAFE_MODULES: Final = ("app.", "__main__.", "bot.", "handlers.", "storage.")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]
Event = MutableMapping[str, Any]


def configure_logging(level: str = "INFO", log_format: Literal["console", "json"] = "console") -> None:
    """Send all logs of the process to stderr. May be called again to change either."""
    wanted = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=_CHAIN,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(log_format)],
        )
    )
    handler.addFilter(_no_library_debug)
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, _Stderr)] + [handler]
    # Bolt gives its loggers the root's level when it makes them, so the root must never be lower.
    root.setLevel(max(wanted, logging.INFO))
    for name in _OWN:
        logging.getLogger(name).setLevel(wanted)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(wanted, logging.WARNING))


def correlation(correlation_id: str) -> Any:
    """A context in which every log line of this thread or task carries the id."""
    return structlog.contextvars.bound_contextvars(correlation_id=correlation_id)


class _Stderr(logging.StreamHandler[Any]):
    """Our handler, told from those of others (pytest's, for one); follows a replaced `sys.stderr`."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def _no_library_debug(record: logging.LogRecord) -> bool:
    # Even where somebody set a library's own logger to DEBUG.
    return record.levelno >= logging.INFO or record.name.split(".")[0] in _OWN


def withhold(_: object, __: str, event: Event) -> Event:
    """Take out what may be text or a secret, by its key; redact tokens anywhere in strings."""
    for key, value in event.items():
        if key in {"event", "exc_info", "_record", "_from_structlog", "stack"}:
            continue
        if _SECRET_KEY.search(key) and key not in _FREE_KEYS and not isinstance(value, int | float | None):
            event[key] = WITHHELD
    return event


def redact(_: object, __: str, event: Event) -> Event:
    """Cut tokens, response addresses and passwords out of every string."""
    for key, value in event.items():
        event[key] = _redacted(value)
    return event


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, rest in _SECRETS:
            value = pattern.sub(rest, value)
        return value
    if isinstance(value, Mapping):
        return {
            key: WITHHELD if isinstance(key, str) and _SECRET_KEY.search(key) else _redacted(one)
            for key, one in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(one) for one in value]
    return value


def show_exception(_: object, __: str, event: Event) -> Event:
    """Replace `exc_info` by where it was raised and what it is; take its words out of the message too."""
    info = _exc_info(event.pop("exc_info", None))
    if info is None:
        return event
    _, problem, _ = info
    said = str(problem)
    if said and not _is_safe(problem) and said in str(event.get("event")):
        event["event"] = str(event["event"]).replace(said, WITHHELD)  # slack_sdk writes "failed: {error}"
    event["exception"] = "\n".join(_lines(problem))
    return event


def _exc_info(given: Any) -> ExcInfo | None:
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    if given is True:
        given = sys.exc_info()
    return given if isinstance(given, tuple) and given[1] is not None else None


def _lines(problem: BaseException) -> list[str]:
    """The chain of exceptions, the first cause first, each with its frames and what may be said of it."""
    lines: list[str] = []
    cause = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    if cause is not None:
        lines += [*_lines(cause), "which led to:"]
    for frame in traceback.extract_tb(problem.__traceback__):
        lines.append(f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}')
        if frame.line:
            lines.append(f"    {frame.line}")
    lines.append(describe(problem))
    return lines


def describe(problem: BaseException) -> str:
    """The exception in a line: its type, and its words only where they can't hold what people wrote."""
    kind = f"{type(problem).__module__}.{type(problem).__qualname__}".removeprefix("builtins.")
    if isinstance(problem, DBAPIError):
        driver = problem.orig
        code = getattr(driver, "sqlstate", None) or getattr(driver, "sqlite_errorname", None) or "no code"
        return f"{kind}: {type(driver).__name__} ({code})"
    said = str(problem)
    return f"{kind}: {said if _is_safe(problem) else WITHHELD}" if said else kind


def _is_safe(problem: BaseException) -> bool:
    if isinstance(problem, UnicodeError):
        return False
    return isinstance(problem, _SAFE_KINDS) or f"{type(problem).__module__}.".startswith(_SAFE_MODULES)


_SHARED: Final[list[Callable[..., Any]]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    withhold,
    show_exception,
    redact,
]
_CHAIN: Final[list[Callable[..., Any]]] = [
    structlog.stdlib.filter_by_level,
    *_SHARED,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]


def _last(log_format: str) -> list[Callable[..., Any]]:
    if log_format == "json":
        return [structlog.processors.JSONRenderer(default=str, ensure_ascii=False)]
    # Not structlog's own: with `rich` installed it prints local variables.
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
