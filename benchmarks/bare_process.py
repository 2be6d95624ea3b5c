"""`python -m benchmarks.bare_process`: a bare Bolt app in Socket Mode, as Slack's own tutorial writes it."""

import os
import threading

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient


def main() -> None:
    """Connect, say so, and go on until the process is ended."""
    client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = App(client=client)
    app.event("reaction_added")(lambda: None)
    SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect()  # type: ignore[no-untyped-call]
    print("bare_runs", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
