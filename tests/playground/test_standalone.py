"""The server alone in a process of its own, for bots in other processes."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

from slack_sdk import WebClient

from tests.playground.probe import MANIFEST

ROOT = Path(__file__).parents[2]


def test_it_prints_its_address_serves_and_stops(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST), encoding="utf-8")
    command = [sys.executable, "-m", "playground", "--manifest", str(manifest), "--bot-token", "xoxb-mine"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())
        assert WebClient("xoxb-mine", base_url=address["api_url"]).auth_test()["ok"]
        with urllib.request.urlopen(address["url"] + "page/log") as answer:
            assert json.load(answer)["calls"][0]["method"] == "auth.test"
        process.terminate()
        assert process.wait(10) == 0


def test_what_it_cannot_use_is_misuse(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text("[]", encoding="utf-8")
    command = [sys.executable, "-m", "playground", "--manifest", str(manifest)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "not an app manifest" in done.stdout
