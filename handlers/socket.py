"""Socket Mode: a connection to Slack that we open, over slack_bolt's own handler and client.

A request is acknowledged when Bolt's middleware and listeners have committed (promise 1). The client answers
pings, reconnects when Slack asks for it, and when the connection is lost: its own pings are not answered.
What it does not notice, a connection over which Slack no longer pings or that carries nothing, the watchdog
replaces.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.errors import OperatorError
from bot.live import Live, is_too_late, too_late
from bot.slack import SlackBusy, SlackProblem

log = structlog.get_logger()

CONCURRENCY: Final = 10  # requests worked on at once
PING_EVERY: Final = 5.0  # seconds; the client gives up a connection without pongs after four times that
# Slack pings every ten seconds. Its library for Node gives up a connection after thirty without; slack_sdk
# only answers.
PINGLESS: Final = 40.0  # seconds without a ping, after which a connection is deaf
SILENCE: Final = 300.0  # seconds without a request, after which a connection is in doubt
LONGEST_SILENCE: Final = 3600.0  # seconds; a quiet night is no reason to reconnect every five minutes
DOUBT_AGAIN: Final = 30.0  # seconds

UNREACHABLE: Final = (
    "Slack can't be reached for Socket Mode. Check the network, a proxy (HTTPS_PROXY), and SLACK_API_URL."
)
REFUSALS: Final = {
    "invalid_auth": "SLACK_APP_TOKEN is not valid. Make a new app-level token with connections:write.",
    "not_authed": "SLACK_APP_TOKEN is not valid. Make a new app-level token with connections:write.",
    "token_revoked": "SLACK_APP_TOKEN was revoked. Make a new app-level token with connections:write.",
    "account_inactive": "The app or its workspace is inactive. Install the app again.",
    "not_allowed_token_type": "SLACK_APP_TOKEN must be the app-level token (xapp-…), not the bot token.",
    "missing_scope": "SLACK_APP_TOKEN lacks the scope connections:write. Make a new one with it.",
    "forbidden_team": "The workspace does not allow this app. Ask its administrators.",
    "socket_mode_not_enabled": "Socket Mode is off in the app's settings. Switch it on, or use HTTP mode.",
}


class _Message(str):
    """What came over the socket, and when."""

    came_at: float  # monotonic seconds


class _Client(SocketModeClient):
    """slack_sdk's client, which also says that Slack pings, and leaves out what has waited for too long."""

    on_ping: Callable[[], None]
    live: Live

    def __init__(self, *args: Any, **settings: Any) -> None:
        self._connecting = threading.RLock()  # first: the library's threads begin at once
        super().__init__(*args, **settings)

    def connect(self) -> None:
        """Connect, at first and anew."""
        with self._connecting:
            super().connect()
        session = self.current_session
        assert session is not None
        answer = session.pong

        def pong(payload: str | bytes = "") -> None:
            self.on_ping()
            answer(payload)

        session.pong = pong  # type: ignore[method-assign]  # called for each ping, and for nothing else

    def _run_current_session(self) -> None:
        """In the thread that receives: read from a session until its end.

        The library gives session and state one after the other, and its own reader may take the new session
        with the old state. Nothing would end that reading any more, neither a later connection, which nobody
        then reads from, nor a close, which waits for it for ever.
        """
        with self._connecting:
            session, state = self.current_session, self.current_session_state
        if session is None or not session.is_active():
            return
        try:
            session.run_until_completion(state)
        except Exception as problem:  # noqa: BLE001 - a thread's boundary: it reads the next session too
            log.warning("socket_reading_failed", error=type(problem).__name__)

    def enqueue_message(self, message: str) -> None:
        """Let a message wait for a worker; none is left where it closes: Slack sends it again elsewhere."""
        if self.closed:
            return
        waiting = _Message(message)
        waiting.came_at = time.monotonic()
        super().enqueue_message(waiting)

    def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        """In a worker: answer a request in time, or not at all. Of an event Slack asks again; a person Slack
        has told by then that it did not work.
        """
        assert isinstance(raw_message, _Message)
        if "envelope_id" not in message:
            super().run_message_listeners(message, raw_message)
        elif is_too_late(raw_message.came_at):
            for heard in self.message_listeners:
                heard(self, message, raw_message)  # type: ignore[arg-type, call-arg, misc]
            too_late("socket", raw_message.came_at)
        else:
            with self.live.answering("socket", raw_message.came_at):
                super().run_message_listeners(message, raw_message)


class _Handler(SocketModeHandler):
    """Bolt's handler, over our client."""

    def __init__(self, app: App, app_token: str, live: Live, *, concurrency: int) -> None:
        # Not Bolt's own, which would make another client with threads.
        self.app, self.app_token = app, app_token
        self.client: _Client = _Client(
            app_token,
            logger=app.logger,
            web_client=app.client,
            proxy=app.client.proxy,
            ping_interval=PING_EVERY,
            concurrency=concurrency,
        )
        self.client.live = live
        self.client.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type]


class SocketConnection:
    """Frontline's connection to Slack in Socket Mode."""

    def __init__(
        self,
        bolt: App,
        app_token: str,
        *,
        live: Live | None = None,
        on_hello: Callable[[], None] = lambda: None,
        concurrency: int = CONCURRENCY,
    ) -> None:
        """`live` is told of requests in hand. `on_hello` is called (in the socket's own thread: be quick)
        whenever a connection has been made anew: what happened in between may have to be caught up.
        """
        self._bolt = bolt
        self._app_token = app_token
        self._live = live or Live()
        self._on_hello = on_hello
        self._concurrency = concurrency
        self._handler: _Handler | None = None
        self._heard_at = self._pinged_at = time.monotonic()
        self.requests = self.pings = 0  # heard over all connections

    @property
    def silent_for(self) -> float:
        """Seconds since a request came, or since the connection was made."""
        return time.monotonic() - self._heard_at

    @property
    def pingless_for(self) -> float:
        """Seconds since anything came of Slack's own accord, pings included.

        0 while there was never a ping: behind a proxy that keeps them to itself their absence says nothing.
        """
        return time.monotonic() - max(self._pinged_at, self._heard_at) if self.pings else 0.0

    @property
    def is_connected(self) -> bool:
        """Whether the connection stands at the moment."""
        return self._handler is not None and bool(self._handler.client.is_connected())

    def connect(self) -> None:
        """Connect; the client mends later losses. Raises OperatorError where it fails at once."""
        address = self._address()
        handler = _Handler(self._bolt, self._app_token, self._live, concurrency=self._concurrency)
        client = handler.client
        client.on_ping = self._pinged
        client.message_listeners.append(self._heard)
        client.wss_uri = address
        client.connect()
        if not client.is_connected():  # the client logs why, and raises nothing
            client.close()
            raise OperatorError(UNREACHABLE)
        self._handler = handler
        self._heard_at = time.monotonic()
        log.info("socket_connected")

    def renew(self) -> bool:
        """Replace the connection by a new one. False: Slack gave none; the old one stands."""
        if self._handler is None:
            return False
        try:
            self._handler.client.connect_to_new_endpoint(force=True)
        except (SlackApiError, SlackClientError, OSError, ValueError) as problem:
            log.warning("socket_not_renewed", error=type(problem).__name__)
            return False
        return self.is_connected

    def _address(self) -> str:
        """Where to connect: asked here, since the client would wait and try again where Slack refuses."""
        try:
            return str(self._bolt.client.apps_connections_open(app_token=self._app_token)["url"])
        except SlackApiError as problem:
            raise OperatorError(_refusal(problem)) from None
        except (SlackClientError, OSError, ValueError):
            raise OperatorError(UNREACHABLE) from None

    def close(self, timeout: float = 6.0) -> bool:
        """Take nothing new, answer what is in hand, disconnect. False: not within `timeout` seconds."""
        if self._handler is None:
            return True
        client, self._handler = self._handler.client, None
        client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
        client.closed = True  # nothing more is taken into the queue, nor from it
        deadline = time.monotonic() + timeout
        # Answers need the connection, so the workers end before it does.
        if not _ends_within(timeout, client.message_workers.shutdown):
            _end(client.disconnect)
            return False
        return _ends_within(max(0.1, deadline - time.monotonic()), lambda: _end(client.close))

    def _heard(self, _: object, message: dict[str, Any], __: str | None) -> None:
        self._heard_at = time.monotonic()
        if message.get("type") == "hello":
            self._on_hello()
        else:
            self.requests += 1

    def _pinged(self) -> None:
        self._pinged_at = time.monotonic()
        self.pings += 1


class Watchdog:
    """The step that replaces a connection which stands and carries nothing.

    Slack pings also while a company sleeps. A connection over which it does not is deaf (seen after a
    refresh, slackapi/bolt-js#1061), and replaced within a minute.

    Silent death after a reconnection has been seen besides (slackapi/python-slack-sdk#1701,
    slackapi/bolt-python#1529): all looks well, and no event comes. A quiet workspace looks the same, so
    each renewal that brings nothing doubles the wait for the next; the first request heard ends that.
    """

    def __init__(
        self, connection: SocketConnection, ask: Callable[[], object], *, silence: float = SILENCE
    ) -> None:
        """`ask` is a call to Slack that changes nothing (`auth.test`); `silence` in seconds."""
        self._connection = connection
        self._ask = ask
        self._silence = self._patience = silence
        self._heard = 0
        self._deaf: tuple[int, int] | None = None  # requests and pings heard when a deaf one was replaced
        self._not_before = float("-inf")

    def step(self) -> bool:
        """Renew the connection where it is in doubt. False: it is not, or that was of no use just now."""
        connection = self._connection
        if connection.requests != self._heard:
            self._heard, self._patience = connection.requests, self._silence
        # A connection that is lost, the client mends by itself.
        if not connection.is_connected or not self._should_renew():
            return False
        if time.monotonic() < self._not_before or not self._slack_answers():
            return False
        if not self._should_renew():  # a process that stood still hears late what came meanwhile
            return False
        is_deaf = connection.pingless_for >= PINGLESS
        log.warning("socket_silent", seconds=round(connection.silent_for), deaf=is_deaf)
        self._not_before = time.monotonic() + min(DOUBT_AGAIN, self._silence)
        signs = connection.requests, connection.pings
        if not connection.renew():
            return False
        if is_deaf:
            self._deaf = signs
        else:
            self._patience = min(self._patience * 2, max(LONGEST_SILENCE, self._silence))
        return True

    def doubt(self) -> str | None:
        """Why nothing may be heard over a connection that stands, in a few words; None where all is well."""
        connection = self._connection
        if not connection.is_connected:
            return None
        if connection.pingless_for >= PINGLESS:
            return f"Slack has not pinged for {connection.pingless_for:.0f} s"
        if self._deaf == (connection.requests, connection.pings):
            return "Slack has not pinged since it was renewed"
        if connection.silent_for > self._patience + 60.0:
            return f"silent for {connection.silent_for:.0f} s; no new connection can be had"
        return None

    def _should_renew(self) -> bool:
        connection = self._connection
        return connection.silent_for >= self._patience or connection.pingless_for >= PINGLESS

    def _slack_answers(self) -> bool:
        """Without Slack no new connection can be had, and silence says nothing."""
        try:
            self._ask()
        except SlackBusy:
            return True
        except SlackProblem:
            self._not_before = time.monotonic() + min(DOUBT_AGAIN, self._silence)
            return False
        return True


def _ends_within(timeout: float, ending: Callable[[], None]) -> bool:
    """Do what ends something, elsewhere: the library waits for its threads for as long as they take.

    False: it failed, or was not done within `timeout` seconds.
    """
    ended = threading.Event()

    def end() -> None:
        ending()
        ended.set()

    threading.Thread(target=end, daemon=True).start()
    return ended.wait(timeout)


def _end(ending: Callable[[], None]) -> None:
    """Do what ends a connection, once more where its socket vanished meanwhile.

    The library's own threads close a socket that was lost; where they come in between, the library trips over
    the socket that is gone (AttributeError) or closed (OSError), before it has ended its threads. The second
    time there is no socket left to trip over.
    """
    try:
        ending()
    except (AttributeError, OSError) as problem:
        log.info("socket_gone_already", error=type(problem).__name__)
        ending()


def _refusal(problem: SlackApiError) -> str:
    data = problem.response.data
    code = str(data.get("error")) if isinstance(data, dict) else f"HTTP {problem.response.status_code}"
    return REFUSALS.get(code, f"Slack refused the Socket Mode connection ({code}). Check SLACK_APP_TOKEN.")
