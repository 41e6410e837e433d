"""
Trains the ear of each language from its phrasebook: python -m skill.ear_training [--check].

One logistic regression a sign (Fan et al. 2008, LIBLINEAR, by way of scikit-learn) over what the
words of each phrase are known by, and the names and patterns of findings.yaml, so that what they
know is known to the ear. Of a phrase longer than the window only the loudest window is learnt, and
of one that does not mention the sign its loudest run as well (skill/regression.py). The file names
the hash of what it was made of; --check compares that.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from skill.ear import features
from skill.locale_files import parsed, read_locale
from skill.patterns import Choice, Number, PatternReader, Words
from skill.phrases import FOOTER, LOCALES, header
from skill.sentence import STOP, Normaliser, Sentence
from skill.stretches import WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from skill.patterns import Part

BOOK = "phrasebook"
"""Folder of a language's phrases, one file a voice."""
QUIET = 30
"""Weights smaller than this, in hundredths, are left out."""
COST, MENTIONS_COUNT = 1.5, 3.0
"""Inverse of the regularisation; what a missed mention costs beside a false alarm."""
NAME_COUNTS = 5.0
"""What the plain name of a sign counts: whatever else is said with its words, it is meant."""
HARD = -3.0
"""Log odds of a harmless run from which it is learnt as such."""
ROUNDS = 2
"""Times that the loudest windows and runs are sought anew."""
STEP = 2
"""Words from one window of a long phrase to the next."""
WAYS = 2
"""Ways to say a pattern that are learnt."""
_SETTINGS = (COST, MENTIONS_COUNT, NAME_COUNTS, HARD, ROUNDS, WINDOW, STEP, QUIET, WAYS)
_LISTS = frozenset({"not", "both"})
_HALF = 0.5
_SEED = 7


class Phrase(NamedTuple):
    """A phrase of the book."""

    known: tuple[tuple[int, int, str], ...]
    """First word, last word and feature: what its words are known by."""
    signs: frozenset[str]
    """What it mentions; empty for what only sounds like it."""
    counts: float = 1.0
    """What it counts beside the others."""


def read_book(folder: Path) -> dict[str, Any]:
    """Return the phrasebook of a folder: sign to phrases, `not` and `both`."""
    book: dict[str, Any] = {"not": {}, "both": []}
    for path in sorted(folder.glob("*.yaml")):
        for key, phrases in (parsed(path.read_text(encoding="utf-8")) or {}).items():
            if key == "not":
                for group, sounding in phrases.items():
                    book["not"][f"{path.stem} {group}"] = sounding
            else:
                book.setdefault(key, []).extend(phrases)
    return book


def phrases_of(book: Mapping[str, Any], normaliser: Normaliser) -> list[Phrase]:
    """Return the phrases, each said once, with all that they mention."""
    signs: dict[str, set[str]] = {}
    for sign, phrases in book.items():
        if sign not in _LISTS:
            for phrase in phrases:
                signs.setdefault(str(phrase), set()).add(sign)
    for phrase, *both in book.get("both") or ():
        signs.setdefault(str(phrase), set()).update(both)
    for phrases in (book.get("not") or {}).values():
        for phrase in phrases:
            signs.setdefault(str(phrase), set())
    return [
        Phrase(tuple(features(normaliser.sentence(phrase))), frozenset(mentioned))
        for phrase, mentioned in signs.items()
    ]


def patterns_of(
    findings: Mapping[str, Any], words: Mapping[str, Any], normaliser: Normaliser
) -> Iterator[Phrase]:
    """
    Yield the names of findings, and some ways to say each pattern: the ear shall know them too.

    Args:
        findings: finding id to {say, slot, heard, covers}.
        words: the locale's words; what its idioms say means nothing.
        normaliser: of the words.
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
                yield Phrase(tuple(features(sentence)), signs)
    for name, entry in findings.items():
        for text in (entry.get("say"), *entry.get("slot", ())):
            if text:
                signs = frozenset([name, *entry.get("covers", ())])
                yield Phrase(tuple(features(normaliser.sentence(str(text)))), signs, NAME_COUNTS)


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


def learnt(
    book: Mapping[str, Any], words: Mapping[str, Any], findings: Mapping[str, Any]
) -> tuple[list[str], list[Phrase]]:
    """Return the signs that the ear listens for, and every phrase that it learns from."""
    normaliser = Normaliser(words)
    phrases = phrases_of(book, normaliser)
    signs = sorted({sign for phrase in phrases for sign in phrase.signs})
    return signs, [*phrases, *patterns_of(findings, words, normaliser)]


def trained(signs: Sequence[str], phrases: Sequence[Phrase]) -> dict[str, Any]:
    """Return the model of a phrasebook, as `skill.ear.Ear` takes it."""
    # Imported here: to see whether a model is stale needs none of it.
    from skill.regression import Regression, Settings  # noqa: PLC0415

    settings = Settings(COST, MENTIONS_COUNT, HARD, ROUNDS, WINDOW, STEP)
    known, counts = [one.known for one in phrases], [one.counts for one in phrases]
    regression = Regression(known, counts, settings)
    bias: list[int] = []
    weights: dict[str, list[int]] = {}
    for number, sign in enumerate(signs):
        fitted = regression.fit([sign in phrase.signs for phrase in phrases])
        bias.append(fitted.bias)
        for feature, weight in fitted.weights.items():
            if abs(weight) >= QUIET:
                weights.setdefault(feature, []).extend((number, weight))
    return {"signs": signs, "bias": bias, "weights": weights}


def digest_of(signs: Sequence[str], phrases: Sequence[Phrase]) -> str:
    """Return the hash of what a model is made of: what training is given, not where it stands."""
    made_of = hashlib.sha256(json.dumps([signs, _SETTINGS]).encode())
    for phrase in phrases:
        made_of.update(json.dumps([phrase.known, sorted(phrase.signs)]).encode())
    return made_of.hexdigest()


def ears() -> Iterator[tuple[Path, list[str], list[Phrase]]]:
    """Yield each language's model file, its signs and the phrases that it is made of."""
    for folder in sorted(LOCALES.glob(f"*/{BOOK}")):
        language = folder.parent.name
        locale = read_locale(language)
        signs, phrases = learnt(read_book(folder), locale["words"], locale["findings"])
        yield LOCALES / f"{language}.ear.json", signs, phrases


def is_fresh(path: Path, digest: str) -> bool:
    """Whether a model file was made of this."""
    return path.is_file() and f'"made_of":"{digest}"' in path.read_text(encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train the ears whose phrasebook or words have changed; with --check only say which."""
    parser = argparse.ArgumentParser(prog="python -m skill.ear_training", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; 1 where stale")
    check = parser.parse_args(arguments).check
    stale = []
    for path, signs, phrases in ears():
        digest = digest_of(signs, phrases)
        if is_fresh(path, digest):
            continue
        stale.append(path.name)
        if not check:
            model = {"made_of": digest, **trained(signs, phrases)}
            text = json.dumps(model, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            path.write_text(f"{header(text)}\n{text}{FOOTER}", encoding="utf-8")
    if stale:
        what = "stale, run 'make generate'" if check else "written"
        sys.stderr.write(f"skill/locales: {', '.join(stale)} {what}\n")
    return int(bool(stale) and check)


if __name__ == "__main__":
    sys.exit(main())
