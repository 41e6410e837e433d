"""
`make listen`: sentences spoken by real voices, recognised, and heard by the skill.

    PYTHONPATH=tests:. python -m understanding.listening [--doc F]  # of the texts kept
    PYTHONPATH=tests:. python -m understanding.listening --speak PYTHON [--doc F]

The second speaks and recognises first; PYTHON is the interpreter of an environment with
requirements/listen.txt. What was recognised is kept in tests/listening/heard, so that everything
but the audio can be worked out again.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ruamel.yaml import YAML

from rules_lib.evaluation.intervals import Proportion, estimate
from skill.app import knowledge_base
from skill.dangers import danger_levels
from understanding.chosen import LISTENING, chosen
from understanding.command import level, share
from understanding.grammar import Grammar, words
from understanding.listener import listener
from understanding.scores import Counts, score, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from understanding.corpus import Utterance

HEARD = LISTENING / "heard"
VOICES = {"heart": "hibari, heart", "joe": "piper, joe"}
RECOGNISERS = {
    "whisper": "whisper tiny.en, open",
    "sphinx": "pocketsphinx, open",
    "grammar": "pocketsphinx, grammar",
}
CACHE = Path(".cache/listening")
_AUDIO = Path(__file__).with_name("audio.py")
_LOCALE = "en-US"
_FIGURES = re.compile(r"(<!-- listening -->\n).*?(<!-- /listening -->)", re.DOTALL)
_COLUMNS = (
    "voice",
    "recogniser",
    "sentences",
    "word error",
    "danger signs said",
    "heard or asked back",
    "of those heard or asked back, said",
    "denied by mistake",
    "as urgent as when written, or more",
)


@dataclass(frozen=True)
class Spoken:
    """A sentence, what a recogniser made of it, and whether its grammar holds the sentence."""

    utterance: Utterance
    heard: str
    held: bool = False


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return the least number of words to replace, add or leave out."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        last, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            here = min(row[place] + 1, row[place - 1] + 1, last + (word != other))
            last, row[place] = row[place], here
    return row[-1]


def ask(python: Path, *arguments: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines that audio.py answers, in an environment of its own."""
    with subprocess.Popen(
        [python, _AUDIO, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write("".join(f"{line}\n" for line in lines))
        running.stdin.close()
        yield from (line.rstrip("\n") for line in running.stdout)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, running.args)


def written_grammar(python: Path) -> tuple[Grammar, Path]:
    """Return the grammar of the words that the recogniser knows, and its file."""
    whole = Grammar.of_model(_LOCALE)
    known = list(ask(python, "words", lines=sorted(whole.vocabulary())))
    grammar = whole.within(known)
    path = CACHE / "device.fsg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(grammar.automaton(), encoding="utf-8")
    return grammar, path


def recognise(
    python: Path, sentences: Sequence[str], voices: Sequence[str] = tuple(VOICES)
) -> Iterator[dict[str, dict[str, str]]]:
    """Yield of each sentence, in order: voice to recogniser to what was heard."""
    _, grammar = written_grammar(python)
    jobs = [
        json.dumps({"id": number, "voice": voice, "text": text})
        for number, text in enumerate(sentences)
        for voice in voices
    ]
    answers = ask(python, "hear", str(CACHE / "audio"), str(grammar), lines=jobs)
    for _ in sentences:
        yield {(answer := json.loads(next(answers)))["voice"]: answer["heard"] for _ in voices}
    for _ in answers:  # the end of the program, and its failure if it failed
        pass


def speak(python: Path) -> None:
    """Speak and recognise everything, and keep what was heard."""
    utterances = chosen()
    grammar, _ = written_grammar(python)
    kept: dict[str, list[dict[str, str | bool]]] = {}
    heard = recognise(python, [one.text for one in utterances])
    for number, (one, by_voice) in enumerate(zip(utterances, heard, strict=True), 1):
        print(f"{number} of {len(utterances)}: {one.text}", flush=True)
        for voice, by_recogniser in by_voice.items():
            entry: dict[str, str | bool] = {"said": one.text, **by_recogniser}
            if grammar.holds(one.text):
                entry["held"] = True
            kept.setdefault(voice, []).append(entry)
    yaml = YAML()
    yaml.width = 4096
    HEARD.mkdir(exist_ok=True)
    for voice, entries in kept.items():
        with (HEARD / f"{voice}.yaml").open("w", encoding="utf-8") as out:
            out.write(
                "# Written by `make listen`: what recognisers made of each sentence of\n"
                "# sentences.yaml. `held`: the grammar can produce the sentence.\n"
            )
            yaml.dump(entries, out)


def kept(voice: str, recogniser: str) -> list[Spoken]:
    """Return what was heard of each sentence; ValueError where other sentences were spoken."""
    utterances = chosen()
    entries = YAML(typ="safe", pure=True).load(HEARD / f"{voice}.yaml")
    if [entry["said"] for entry in entries] != [one.text for one in utterances]:
        raise ValueError(f"{voice}.yaml is of other sentences: make listen")
    return [
        Spoken(one, str(entry[recogniser]), bool(entry.get("held")))
        for one, entry in zip(utterances, entries, strict=True)
    ]


def counts_of(spoken: Sequence[Spoken]) -> Counts:
    """Return how much of it the skill hears."""
    dangers = frozenset(danger_levels(knowledge_base()))
    return total(
        score(one.utterance, listener(one.utterance.locale).hear(one.heard or " "), dangers)
        for one in spoken
    )


def word_error(spoken: Sequence[Spoken]) -> str:
    """Return the errors of all words, with a bootstrap interval over the sentences."""
    pairs = [(words(one.utterance.text), words(one.heard)) for one in spoken]
    # Sentences are drawn whole, by their numbers.
    errors = {
        number: (word_errors(said, heard), len(said)) for number, (said, heard) in enumerate(pairs)
    }

    def rate(drawn: Sequence[int]) -> float:
        return sum(errors[one][0] for one in drawn) / sum(errors[one][1] for one in drawn)

    found = estimate(list(errors), rate)
    assert found.value is not None
    assert found.interval is not None
    low, high = found.interval
    return f"{found.value:.1%} ({low:.1%}-{high:.1%})".replace("%", " %", 1).replace("%-", "-")


def kept_urgency(spoken: Sequence[Spoken]) -> Proportion:
    """Return how often what was recognised is as urgent as what was written, or more."""
    levels = [
        (
            level(one.utterance.locale, one.heard or " "),
            level(one.utterance.locale, one.utterance.text),
        )
        for one in spoken
    ]
    return Proportion(sum(heard >= written for heard, written in levels), len(levels))


def row(voice: str, recogniser: str, spoken: Sequence[Spoken]) -> str:
    """Return a line of the table."""
    counts = counts_of(spoken)
    cells = [
        voice,
        recogniser,
        str(counts.utterances),
        word_error(spoken),
        str(counts.flags),
        share(counts.recall),
        share(counts.precision),
        str(counts.flags_denied),
        share(kept_urgency(spoken)),
    ]
    return f"| {' | '.join(cells)} |"


def report() -> Iterator[str]:
    """Yield the figures of what is kept, as lines of Markdown."""
    yield f"| {' | '.join(_COLUMNS)} |"
    yield "|" + " --- |" * len(_COLUMNS)
    yield row("none", "none: as written", [Spoken(one, one.text) for one in chosen()])
    for recogniser, about in RECOGNISERS.items():
        for voice, name in VOICES.items():
            heard = kept(voice, recogniser)
            if recogniser == "grammar":
                heard = [one for one in heard if not one.held]
            yield row(name, about, heard)


def main(arguments: Sequence[str] | None = None) -> int:
    """Speak if asked to, print the figures, and write them into a document."""
    parser = argparse.ArgumentParser(prog="make listen", description=main.__doc__)
    parser.add_argument("--speak", type=Path, metavar="PYTHON")
    parser.add_argument("--doc", type=Path)
    given = parser.parse_args(arguments)
    if given.speak:
        speak(given.speak.absolute())
    lines = list(report())
    print("\n".join(lines))
    if given.doc:
        text = given.doc.read_text(encoding="utf-8")
        new = _FIGURES.sub(lambda marks: marks[1] + "\n".join(lines) + "\n" + marks[2], text)
        given.doc.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
