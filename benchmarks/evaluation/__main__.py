"""Prints how well Frontline reads: `make eval`. Which figures there are: docs/analysis.md."""

import sys

from benchmarks.evaluation import themes
from benchmarks.evaluation.report import report

LANGUAGES = {"en": "English", "ru": "Russian"}


def main(part: str = "test") -> None:
    """All figures in both languages, on the held-out set."""
    for language, name in LANGUAGES.items():
        print(f"{name} ({part} set), with 95 % intervals; beside them plainer ways")
        for figure in report(part, language):
            print(figure)
        found = themes.report(language, part)
        for label, (value, low, high) in (
            ("precision", found.precision),
            ("recall", found.recall),
            ("F1", found.f1),
        ):
            print(f"  {f'themes, pairwise: {label}':<34} {value:.3f}  [{low:.3f}, {high:.3f}]")
        print()


if __name__ == "__main__":
    main(*sys.argv[1:2])
