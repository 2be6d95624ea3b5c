"""Keeps the catalogues of `bot/locales` in step with the code: `python -m bot.catalogue` (`make messages`).

New texts are added without a translation, gone ones removed, and nothing is guessed. The header holds no
dates and places stand without line numbers, so that a catalogue changes only where its texts do.
"""

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from bot.i18n import DEFAULT_LANGUAGE, LANGUAGES, LOCALES

ROOT: Final = Path(__file__).parent.parent
PLACES: Final = ("app.py", "bot", "handlers")
# `_("…")`, `N_("…")` and `_.plural("…", "…", n)`, whose first two arguments are its forms.
KEYWORDS: Final = {"_": None, "N_": None, "plural": (1, 2)}
WIDTH: Final = 100  # characters of a line


def sources() -> Iterator[Path]:
    """The files that hold texts for people, in a fixed order."""
    for place in PLACES:
        path = ROOT / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def extracted() -> Catalog:
    """Every text that the code says, with the files that say it."""
    found = Catalog()
    for path in sources():
        place = path.relative_to(ROOT).as_posix()
        for line, message_id, _comments, _context in extract("python", BytesIO(path.read_bytes()), KEYWORDS):
            found.add(message_id, locations=[(place, line)])
    return found


def load(language: str) -> Catalog:
    """The catalogue as it is stored; an empty one where there is none."""
    path = LOCALES / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as stored:
        return read_po(stored, locale=language)


def updated(catalogue: Catalog, code: Catalog) -> Catalog:
    """The catalogue with exactly the texts of `code`, and the translations that it has already."""
    catalogue.update(code, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The catalogue as its file holds it."""
    for message in catalogue:
        # «25% off» is a sentence, no format of printf's: all placeholders of ours are {named}.
        message.flags.discard("python-format")
    body = BytesIO()
    write_po(body, catalogue, width=WIDTH, omit_header=True, include_lineno=False, ignore_obsolete=True)
    header = (
        f"{catalogue.header_comment.strip()}\n"
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
    )
    return f"{header}\n{body.getvalue().decode().strip()}\n".encode()


def untranslated(catalogue: Iterable[Message]) -> list[Message]:
    """Texts of which a form is missing, or whose translation nobody has confirmed."""
    return [one for one in catalogue if one.id and (one.fuzzy or not all(forms(one)))]


def forms(message: Message) -> tuple[str, ...]:
    """The translation in all its forms; one where it does not depend on a number."""
    said = message.string
    return tuple(said) if isinstance(said, (list, tuple)) else (said or "",)


def main() -> int:
    """Update every catalogue and say what changed. 1 where something is left to translate."""
    code = extracted()
    missing = 0
    for language in LANGUAGES:
        if language == DEFAULT_LANGUAGE:
            continue
        catalogue = load(language)
        gone = [one for one in catalogue if one.id and one.id not in code]
        after = updated(catalogue, code)
        (LOCALES / f"{language}.po").write_bytes(written(after))
        left = untranslated(after)
        for message in gone:
            # Its translation is shown: that of the text which took its place is often much the same.
            sys.stdout.write(f"{language}: removed: {message.id!r} = {message.string!r}\n")
        for message in left:
            sys.stdout.write(f"{language}: to translate in bot/locales/{language}.po: {message.id!r}\n")
        sys.stdout.write(f"{language}: {len(after)} texts, {len(left)} to translate\n")
        missing += len(left)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
