"""
`make fuzz`: random and hostile inputs; the reader must neither fail, nor hang, nor invent.

    PYTHONPATH=tests:. python -m understanding.fuzz [--inputs 100000] [--seed 1]

Kinds, in turn: words of the language in any order, real utterances cut and shuffled, characters of
all of Unicode, digits and signs, one thing said very often, and letters that are no word. Of the
last no finding may come.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from typing import TYPE_CHECKING

from skill.app import knowledge_base
from skill.phrases import load_heard
from understanding.corpus import REGION, read_corpus
from understanding.listener import MOMENT, listener

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

INPUTS = 100_000
LONGEST_SECONDS = 2.0
"""A reading of at most 1,000 characters that takes longer hangs."""
_LONGEST = 1000
_NO_WORD = "bcdfgjkqvwxz"
_SIGNS = "0123456789.,:;/-+%°&?!()'\"\\{}[]<>|*~\u2013\u2014\u2026\u00b4\u2019\n\t"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read so many inputs; 1 at the first that fails."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=main.__doc__)
    parser.add_argument("--inputs", type=int, default=INPUTS)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    chance = random.Random(given.seed)
    languages = sorted(REGION)
    makers = {language: _makers(language, chance) for language in languages}
    for language in languages:
        _problem(language, "", "")  # the first reading loads the words
    slowest = 0.0
    for number in range(given.inputs):
        language = languages[number % len(languages)]
        kinds = makers[language]
        kind, make = kinds[number // len(languages) % len(kinds)]
        text = make()[:_LONGEST]
        begun = time.process_time()
        problem = _problem(language, kind, text)
        taken = time.process_time() - begun
        slowest = max(slowest, taken)
        if problem or taken > LONGEST_SECONDS:
            print(f"{language}, {kind}: {problem or f'{taken:.1f} s'}: {text!r}")
            return 1
        if number % 10_000 == 0:
            print(f"{number:,} of {given.inputs:,}", file=sys.stderr, flush=True)
    print(
        f"{given.inputs:,} inputs in {len(languages)} languages: none failed, none hung"
        f" (the slowest took {slowest * 1000:.0f} ms), no finding from nothing"
    )
    return 0


def _problem(language: str, kind: str, text: str) -> str:
    reader = listener(REGION[language]).reader
    try:
        reading = reader.read(text, now=MOMENT)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        return f"{type(error).__name__}: {error}"
    if kind == "no word" and (reading.findings or reading.doubtful):
        return f"heard {reading.findings or reading.doubtful}"
    return ""


def _makers(language: str, chance: random.Random) -> list[tuple[str, Callable[[], str]]]:
    nodes = load_heard(REGION[language])["nodes"]
    words = sorted({word for edges, *_ in nodes for word in edges})
    said = [one.text for one in read_corpus(knowledge_base(), language=language)]

    def shuffled() -> str:
        parts = " ".join(chance.sample(said, 3)).split()
        chance.shuffle(parts)
        return " ".join(parts)

    def cut() -> str:
        text = chance.choice(said)
        return text[chance.randrange(len(text)) :] + chance.choice(said)[: chance.randrange(1, 80)]

    def unicode() -> str:
        points = (chance.randrange(1, 0x110000) for _ in range(chance.randrange(1, 200)))
        return "".join(chr(point) for point in points if not 0xD800 <= point < 0xE000)

    return [
        ("any words", lambda: " ".join(chance.choices(words, k=chance.randrange(1, 40)))),
        ("shuffled", shuffled),
        ("cut", cut),
        ("characters", unicode),
        ("signs", lambda: "".join(chance.choices(_SIGNS, k=chance.randrange(1, 120)))),
        ("often", lambda: f"{chance.choice(words)} " * chance.randrange(1, 120)),
        (
            "no word",
            lambda: " ".join(
                "".join(chance.choices(_NO_WORD, k=chance.randrange(5, 12)))
                for _ in range(chance.randrange(1, 20))
            ),
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())
