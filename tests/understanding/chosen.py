"""
The sentences of the listening test: tests/listening/sentences.yaml, drawn by hash, not by ear.

    PYTHONPATH=tests:. python -m understanding.chosen     # draws them, once

Two utterances of the English test part for each danger sign, then as many more of the whole test
part and of the opening words of the English golden dialogues as are stated here, each in the order
of the SHA-256 of its words. The file says where each stands, not what it means: the labels stay in
the corpus and in the dialogues.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from skill.app import knowledge_base
from skill.dangers import danger_levels
from understanding.corpus import TEST, Utterance, read_corpus

if TYPE_CHECKING:
    from collections.abc import Iterable

LISTENING = Path(__file__).parents[1] / "listening"
SENTENCES = LISTENING / "sentences.yaml"
TIMES, MORE, OPENINGS = 2, 20, 12
_DIALOGUES = Path(__file__).parents[1] / "dialogues"
_HEAD = (
    "# What the listening test speaks: where each sentence stands, in the test part of\n"
    "# tests/utterances or as the first words of a dialogue of tests/dialogues. Drawn by\n"
    "# `python -m understanding.chosen`, which says how; nobody picked them.\n"
)


def openings() -> list[Utterance]:
    """Return the first words of each English dialogue, labelled by what the dialogue holds."""
    dangers, found = frozenset(danger_levels(knowledge_base())), []
    for path in sorted(_DIALOGUES.glob("en-*/*.yaml")):
        first: dict[str, Any] = YAML(typ="safe", pure=True).load(path)[0]
        question = str(first.get("question"))
        found.append(
            Utterance(
                text=str(first["say"]),
                locale=path.parent.name,
                part="dialogues",
                place=f"{path.parent.name}/{path.name}:1",
                findings=first.get("findings") or {},
                ask_back=frozenset({question} & dangers),
            )
        )
    return found


def _drawn(utterances: Iterable[Utterance]) -> list[Utterance]:
    return sorted(utterances, key=lambda one: hashlib.sha256(one.text.encode()).hexdigest())


def draw() -> list[Utterance]:
    """Return the sentences: the same corpus, the same draw."""
    dangers = frozenset(danger_levels(knowledge_base()))
    corpus = _drawn(read_corpus(knowledge_base(), TEST, "en"))
    chosen: dict[str, Utterance] = {}
    for sign in sorted(dangers):
        mentions = [one for one in corpus if any(sign in said for said in one.red_flags(dangers))]
        chosen |= {one.text: one for one in mentions[:TIMES]}
    rest = [one for one in corpus if one.text not in chosen]
    chosen |= {one.text: one for one in rest[:MORE]}
    first = {one.text: one for one in reversed(openings()) if one.text not in chosen}
    chosen |= {one.text: one for one in _drawn(first.values())[:OPENINGS]}
    return list(chosen.values())


@functools.cache
def chosen() -> list[Utterance]:
    """Return what sentences.yaml names, with its labels; KeyError where it stands no longer."""
    known = {one.place: one for one in read_corpus(knowledge_base(), TEST, "en")}
    known |= {one.place: one for one in openings()}
    places: list[str] = YAML(typ="safe", pure=True).load(SENTENCES)
    return [known[place] for place in places]


if __name__ == "__main__":
    lines = [f"- {one.place}\n" for one in draw()]
    SENTENCES.write_text(_HEAD + "".join(lines), encoding="utf-8")
