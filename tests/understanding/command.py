"""
`make understand`: how well utterances are heard, with 95 % confidence intervals.

    PYTHONPATH=tests:. python -m understanding [--part test] [--language en] [--failures]
    PYTHONPATH=tests:. python -m understanding --doc docs/understanding.md --readme README.md
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rules_lib import Urgency, assess
from rules_lib.evaluation.intervals import Proportion
from skill.app import knowledge_base
from skill.dangers import danger_levels
from understanding.corpus import (
    DEVELOPMENT,
    FOLDER,
    PARTS,
    TEST,
    CorpusError,
    Utterance,
    read_corpus,
)
from understanding.listener import listener
from understanding.noise import Noise
from understanding.scores import Counts, Score, score, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NOISED = 10_000
PAIRS = 2_000
_FIGURES = re.compile(r"(<!-- figures -->\n).*?(<!-- /figures -->)", re.DOTALL)
_CHIEF = re.compile(r"(<!-- understood -->\n).*?(<!-- /understood -->)", re.DOTALL)
_HEADING, _CHIEF_CELLS = 2, 7
_COLUMNS = (
    "part",
    "utterances",
    "danger signs said",
    "heard or asked back",
    "of those heard or asked back, said",
    "of those taken as told, said",
    "denied by mistake",
    "F1 of findings",
    "person",
    "intent",
    "wish",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 2 where the corpus cannot be read."""
    parser = argparse.ArgumentParser(prog="make understand", description=main.__doc__)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--language")
    parser.add_argument("--noised", type=int, default=NOISED, help="noised utterances to make")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="minimising pairs to make")
    about = "print what went wrong; of the development part only, the test part stays unseen"
    parser.add_argument("--failures", action="store_true", help=about)
    parser.add_argument("--doc", type=Path, help="write the figures into this document")
    parser.add_argument("--readme", type=Path, help="write the chief figures into this one")
    given = parser.parse_args(arguments)
    try:
        corpus = read_corpus(knowledge_base(), given.part, given.language)
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 2
    if given.failures:
        _print_failures(corpus)
        return 0
    lines = list(_report(corpus, given.noised, given.pairs))
    print("\n".join(lines))
    if given.doc:
        _written(given.doc, _FIGURES, lines)
    if given.readme:
        _written(given.readme, _CHIEF, list(_chief(lines)))
    return 0


def _scored(utterances: Sequence[Utterance]) -> list[Score]:
    dangers = frozenset(danger_levels(knowledge_base()))
    return [
        score(utterance, listener(utterance.locale).hear(utterance.text), dangers)
        for utterance in utterances
    ]


def _print_failures(corpus: Sequence[Utterance]) -> None:
    seen = [utterance for utterance in corpus if utterance.part == DEVELOPMENT]
    for utterance, judged in zip(seen, _scored(seen), strict=True):
        if judged.failures:
            print(f"{utterance.place}: {utterance.text}")
            for failure in judged.failures:
                print(f"    {failure}")


def _report(corpus: Sequence[Utterance], noised: int, pairs: int) -> Iterator[str]:
    yield f"| {' | '.join(_COLUMNS)} |"
    yield "|" + " --- |" * len(_COLUMNS)
    for part in PARTS:
        for language in sorted({utterance.language for utterance in corpus}):
            chosen = [one for one in corpus if (one.part, one.language) == (part, language)]
            if chosen:
                _tell(f"{language} {part}")
                yield _row(f"{language}, {part}", total(_scored(chosen)))
    for path in sorted(FOLDER.glob("*/noise.yaml")):
        language, noise = path.parent.name, Noise(path.parent.name)
        for part in (TEST, DEVELOPMENT):
            chosen = [one for one in corpus if (one.part, one.language) == (part, language)]
            if not chosen:
                continue
            _tell(f"{language} {part}, noised")
            made = list(noise.noised(chosen, noised // 2))
            yield _row(f"{language}, {part}, noised", total(_scored(made)))

    yield ""
    for path in sorted(FOLDER.glob("*/noise.yaml")):
        language, noise = path.parent.name, Noise(path.parent.name)
        dangerous = [one for one in corpus if (one.part, one.language) == (TEST, language)]
        yield from _pairs(language, noise, dangerous, pairs)


def _tell(what: str) -> None:
    print(f"hearing {what}", file=sys.stderr, flush=True)


def _row(name: str, counts: Counts) -> str:
    cells = [
        name,
        f"{counts.utterances:,}",
        f"{counts.flags:,}",
        share(counts.recall),
        share(counts.precision),
        share(counts.precision_of_taken),
        str(counts.flags_denied),
        f"{counts.f1:.3f}" if counts.f1 is not None else "-",
        share(Proportion(counts.persons_right, counts.utterances)),
        share(counts.intent_accuracy),
        share(Proportion(counts.wishes_right, counts.wishes)),
    ]
    return f"| {' | '.join(cells)} |"


def share(found: Proportion) -> str:
    """Return a share with its interval, as it stands in the tables."""
    if found.value is None or found.interval is None:
        return "-"
    low, high = found.interval
    return f"{found.value:.1%} ({low:.1%}-{high:.1%})".replace("%", " %", 1).replace("%-", "-")


def _pairs(
    language: str, noise: Noise, utterances: Sequence[Utterance], count: int
) -> Iterator[str]:
    """Yield how often making a danger small lowered what would be announced."""
    dangers = frozenset(danger_levels(knowledge_base()))
    flagged = [one for one in utterances if one.present & dangers]
    lower = made = 0
    for locale, plain, small in noise.pairs(flagged, count) if flagged else ():
        made += 1
        lower += level(locale, small) < level(locale, plain)
    yield (
        f'- {language}, made small ("it\'s probably nothing but ..."): {made:,} pairs of the test'
        f" part, {lower} in which the urgency fell"
    )


def level(locale: str, text: str) -> Urgency:
    """Return the urgency of what was heard, with what is asked back answered yes."""
    heard = listener(locale).hear(text)
    told = {**heard.findings, **dict.fromkeys(heard.doubtful, "present")}
    floor = assess(knowledge_base(), told).floor
    return Urgency.SELF_CARE if floor is None else floor


def _chief(lines: Sequence[str]) -> Iterator[str]:
    """Yield the test part's rows, as far as they tell of danger signs, and the pairs."""
    for number, line in enumerate(lines):
        cells = line.split("|")
        if number < _HEADING or ", test |" in line or ", blind |" in line:
            yield "|".join(cells[:_CHIEF_CELLS]) + "|"
        elif line and not line.startswith("|"):
            yield from ("", line)


def _written(path: Path, block: re.Pattern[str], lines: Sequence[str]) -> None:
    text = path.read_text(encoding="utf-8")
    new = block.sub(lambda marks: marks[1] + "\n".join(lines) + "\n" + marks[2], text)
    path.write_text(new, encoding="utf-8")
