"""
Trains the ear of each language from its phrasebook: python -m skill.ear_training [--check].

An averaged perceptron for each sign, with a margin (Collins 2002, doi:10.3115/1118693.1118694;
Freund and Schapire 1999, doi:10.1023/A:1007662407062), over the loudest stretch of each phrase
(skill/ear.py). Whole numbers and a fixed order: the same phrasebook gives the same ear, on any
machine. The file names the hash of what it was made of; --check compares that.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ruamel.yaml import YAML

from skill.ear import features, loudest
from skill.locale_files import read_locale
from skill.patterns import Choice, Number, PatternReader, Words
from skill.phrases import FOOTER, LOCALES, header
from skill.sentence import STOP, Normaliser, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from skill.patterns import Part

BOOK = "phrasebook.yaml"
ROUNDS = 20
MARGIN = 100
"""Hundredths by which a mention must be louder, and anything else quieter, than the least."""
LEAST = 100
ASKED = 110
"""From how loud on a mention is asked back; chosen on the development part of the utterances."""
QUIET = 3
"""Weights smaller than this, in hundredths, are left out."""
SURE = 4
"""Phrases of a sign after which one more makes a word no louder."""
ONCE, SURER = 60, 20
"""How loud a word may be by itself, and with each phrase more: what is in one phrase of a sign
only is no mention alone."""
MISSED = 4
"""A mention that was not heard teaches so many times as much as a false alarm."""
WAYS = 1
"""Ways to say a pattern that are learnt."""
_SETTINGS = (ROUNDS, MARGIN, LEAST, ASKED, QUIET, ONCE, SURER, SURE, MISSED, WAYS)
_HALF = 0.5
_SEED = 7


class Phrase(NamedTuple):
    """A phrase of the book."""

    sentence: Sentence
    votes: tuple[tuple[int, int, str], ...]
    signs: frozenset[str]
    """What it mentions; empty for what only sounds like it."""


def read_book(path: Path) -> dict[str, Any]:
    """Return a phrasebook: sign to phrases, `not` and `both`."""
    book: dict[str, Any] = YAML(typ="safe", pure=False).load(path)
    return book


def phrases_of(
    book: Mapping[str, Any], normaliser: Normaliser, deaf: frozenset[str]
) -> list[Phrase]:
    """Return the phrases, each said once, with all that they mention."""
    signs: dict[str, set[str]] = {}
    for sign, phrases in book.items():
        if sign not in {"not", "both"}:
            for phrase in phrases:
                signs.setdefault(str(phrase), set()).add(sign)
    for phrase, *both in book.get("both") or ():
        signs.setdefault(str(phrase), set()).update(both)
    for phrases in (book.get("not") or {}).values():
        for phrase in phrases:
            signs.setdefault(str(phrase), set())
    made = []
    for phrase, mentioned in signs.items():
        sentence = normaliser.sentence(phrase)
        made.append(Phrase(sentence, tuple(features(sentence, deaf)), frozenset(mentioned)))
    return made


def patterns_of(
    findings: Mapping[str, Any],
    words: Mapping[str, Any],
    normaliser: Normaliser,
    deaf: frozenset[str],
) -> Iterator[Phrase]:
    """
    Yield what the patterns of findings say, some ways of each: what they know is known to the ear.

    Args:
        findings: finding id to {heard, covers}.
        words: the locale's words; what its idioms say means nothing.
        normaliser: of the words.
        deaf: stems that say nothing.
    """
    reader = PatternReader(normaliser, words.get("groups", {}))
    chance = random.Random(_SEED)  # noqa: S311 - which ones, no secret
    meant: list[tuple[frozenset[str], str]] = [
        (frozenset([name, *entry.get("covers", ())]), str(pattern))
        for name, entry in findings.items()
        for pattern in entry.get("heard", ())
    ]
    meant += [(frozenset(), str(pattern)) for pattern in words["cues"]["ignore"]["idiom"]]
    for signs, pattern in meant:
        parts = reader.read(pattern)
        for stems in sorted({tuple(_said(parts, chance)) for _ in range(WAYS)}):
            if stems:
                breaks = (STOP, *(0 for _ in stems[1:]), STOP)
                sentence = Sentence(stems, stems, breaks, frozenset(), {})
                yield Phrase(sentence, tuple(features(sentence, deaf)), signs)


def _said(parts: Iterable[Part], chance: random.Random) -> Iterator[str]:
    """Yield the stems of one way to say a pattern."""
    for part in parts:
        if isinstance(part, Words):
            yield chance.choice(sorted(part.stems))
        elif isinstance(part, Choice):
            if not part.optional or chance.random() < _HALF:
                yield from _said(chance.choice(part.sequences), chance)
        elif isinstance(part, Number):
            yield "<n>"


def trained(
    book: Mapping[str, Any], words: Mapping[str, Any], findings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the model of a phrasebook, as `skill.ear.Ear` takes it."""
    normaliser = Normaliser(words)
    deaf = frozenset(map(normaliser.stem, (*words["small"], *words["ear"]["deaf"])))
    phrases = phrases_of(book, normaliser, deaf)
    signs = sorted({sign for phrase in phrases for sign in phrase.signs})
    phrases += patterns_of(findings, words, normaliser, deaf)
    weights: dict[str, list[list[int]]] = {}
    for number, sign in enumerate(signs):
        for feature, weight in sorted(_perceptron(sign, phrases).items()):
            if abs(weight) >= QUIET:
                weights.setdefault(feature, []).append([number, weight])
    return {
        "signs": signs,
        "deaf": sorted(deaf),
        "weights": weights,
        "least": [ASKED] * len(signs),
    }


def _perceptron(sign: str, phrases: Sequence[Phrase]) -> dict[str, int]:
    """Return the averaged weights of one sign, in hundredths."""
    seen = Counter(
        feature
        for phrase in phrases
        if sign in phrase.signs
        for feature in {v[2] for v in phrase.votes}
    )
    shuffled = list(phrases)
    chance = random.Random(_SEED)  # noqa: S311 - an order, no secret
    weights: dict[str, int] = {}
    summed: dict[str, int] = {}
    step = 1
    for _ in range(ROUNDS):
        chance.shuffle(shuffled)
        for phrase in shuffled:
            step += 1
            mentioned = sign in phrase.signs
            votes = [(a, b, weights[f]) for a, b, f in phrase.votes if f in weights]
            stretch = next((s for _, s in loudest({sign: votes}, phrase.sentence)), None)
            loudness = stretch.loudness if stretch else 0
            if mentioned and loudness < LEAST + MARGIN:
                change, taught = MISSED * 10, phrase.votes
            elif not mentioned and loudness > LEAST - MARGIN and stretch:
                change = -10
                taught = tuple(
                    vote
                    for vote in phrase.votes
                    if stretch.start <= vote[0] and vote[1] < stretch.end
                )
            else:
                continue
            for _, _, feature in taught:
                before = weights.get(feature, 0)
                after = min(before + change, _loudest(seen[feature]))
                weights[feature] = after
                summed[feature] = summed.get(feature, 0) + step * (after - before)
    return {
        feature: weight - summed[feature] // step for feature, weight in weights.items() if weight
    }


def _loudest(seen: int) -> int:
    """Return how loud a feature may be that so many phrases of a sign have."""
    return ONCE + SURER * min(seen, SURE)


def ears() -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Yield each language's model file, the hash of what it is made of, and that."""
    for path in sorted(LOCALES.glob(f"*/{BOOK}")):
        locale = read_locale(path.parent.name)
        words, findings = locale["words"], locale["findings"]
        book = read_book(path)
        made_of = json.dumps([book, words, findings, _SETTINGS], sort_keys=True, default=str)
        digest = hashlib.sha256(made_of.encode()).hexdigest()
        yield (
            LOCALES / f"{path.parent.name}.ear.json",
            digest,
            {"book": book, "words": words, "findings": findings},
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Train the ears whose phrasebook or words have changed; with --check only say which."""
    parser = argparse.ArgumentParser(prog="python -m skill.ear_training", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; 1 where stale")
    check = parser.parse_args(arguments).check
    stale = []
    for path, digest, made_of in ears():
        if path.is_file() and f'"made_of":"{digest}"' in path.read_text(encoding="utf-8"):
            continue
        stale.append(path.name)
        if not check:
            model = {"made_of": digest, **trained(**made_of)}
            text = json.dumps(model, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            path.write_text(f"{header(text)}\n{text}{FOOTER}", encoding="utf-8")
    if stale:
        what = "stale, run 'make generate'" if check else "written"
        sys.stderr.write(f"skill/locales: {', '.join(stale)} {what}\n")
    return int(bool(stale) and check)


if __name__ == "__main__":
    sys.exit(main())
