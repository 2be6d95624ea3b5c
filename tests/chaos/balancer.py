"""HTTP mode's load balancer: hands each request to the next replica that takes connections."""

from collections.abc import Sequence

from playground.delivery import Outcome
from playground.log import Delivery
from playground.signed_http import SignedHttp, Urls


class Balancer:
    """A transport of the playground's to several replicas, without sticky sessions.

    Where nobody listens the next one is tried at once, as a balancer does; a request that was begun and broke
    is a failure, since the replica may have acted on it.
    """

    def __init__(self, signing_secret: str, ports: Sequence[int], *, ack_seconds: float) -> None:
        urls = [f"http://127.0.0.1:{port}/slack/events" for port in ports]
        self._ways = [
            SignedHttp(signing_secret, Urls(url, url, url), ack_seconds=ack_seconds) for url in urls
        ]
        self._turn = 0

    def close(self) -> None:
        """Stop sending."""
        for way in self._ways:
            way.close()

    async def attempt(
        self, delivery: Delivery, number: int, reason: str | None, *, ignore_ack: bool
    ) -> Outcome:
        """Try once, at the replica whose turn it is or the next that listens."""
        outcome = Outcome("no_connection")
        for _ in self._ways:
            self._turn += 1
            way = self._ways[self._turn % len(self._ways)]
            outcome = await way.attempt(delivery, number, reason, ignore_ack=ignore_ack)
            if outcome.result != "connection_failed":
                break
        return outcome
