"""`python -m playground`: the Slack-compatible server alone, for a bot in another process.

Prints one JSON line with its addresses and tokens, then serves until it is interrupted.
"""

import argparse
import json
import signal
import threading
from pathlib import Path
from typing import Any

from playground import seeding
from playground.delivery import ACK_SECONDS, RETRY_DELAYS
from playground.server import Playground


def main(arguments: list[str] | None = None) -> int:
    """Run it; 0 when interrupted, 2 for what it cannot use."""
    given = _parser().parse_args(arguments)
    try:
        manifest = read_manifest(given.manifest)
        playground = Playground(
            manifest=manifest,
            language=given.language,
            port=given.port,
            bot_token=given.bot_token,
            app_token=given.app_token,
            signing_secret=given.signing_secret,
            request_url=given.request_url,
            ack_seconds=given.ack_seconds,
            retry_delays=tuple(given.retry_delays),
        )
        if given.seed:
            playground.tour = seeding.sow(playground.workspace, seeding.load(given.language)).tour
    except (OSError, ValueError) as fault:
        print(f"playground: {fault}")
        return 2
    done = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: done.set())
    with playground:
        print(json.dumps(_address(playground)), flush=True)
        done.wait()
    return 0


def read_manifest(path: Path) -> dict[str, Any]:
    """An app manifest from JSON, or from YAML where PyYAML is installed; ValueError otherwise."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        manifest = json.loads(text)
    else:
        try:
            import yaml
        except ImportError:
            raise ValueError(f"{path}: reading YAML needs PyYAML; give a JSON file instead") from None
        manifest = yaml.safe_load(text)
    if not isinstance(manifest, dict):
        raise ValueError(f"{path}: not an app manifest")
    return manifest


def _address(playground: Playground) -> dict[str, str]:
    return {
        "url": playground.url,
        "api_url": playground.api_url,
        "bot_token": playground.bot_token,
        "app_token": playground.app_token,
        "signing_secret": playground.signing_secret,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m playground", description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True, help="the app's manifest (JSON or YAML)")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--language", choices=("en", "ru"), default="en")
    parser.add_argument("--seed", action="store_true", help="fill the workspace with the demo's story")
    parser.add_argument("--bot-token")
    parser.add_argument("--app-token")
    parser.add_argument("--signing-secret")
    parser.add_argument("--request-url", help="deliver by signed HTTP to this address")
    parser.add_argument("--ack-seconds", type=float, default=ACK_SECONDS)
    parser.add_argument("--retry-delays", type=float, nargs="*", default=list(RETRY_DELAYS))
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
