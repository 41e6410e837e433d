"""
Utterances with their labels, from tests/utterances/<language>/<part>/*.yaml.

docs/understanding.md says what each label means. All problems of all files are told at once.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from rules_lib.facts import ValueType
from skill.reading import Person, Wish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rules_lib import KnowledgeBase

FOLDER = Path(__file__).parents[1] / "utterances"
TEST, DEVELOPMENT, BLIND = "test", "development", "blind"
PARTS = (TEST, DEVELOPMENT, BLIND)
POLARITIES = frozenset({"present", "absent", "unsure"})
REGION = {"en": "en-US", "es": "es-ES", "de": "de-DE", "fr": "fr-FR"}
"""Where an utterance of a language is heard that names no locale of its own."""
_KEYS = frozenset(
    {"text", "findings", "ask_back", "also", "either", "person", "wish", "intent", "kind", "locale"}
)
_WORD = re.compile(r"\w+")


class CorpusError(Exception):
    """Utterances that cannot be used; one line a problem."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody says, and what a careful nurse would have understood."""

    text: str
    locale: str
    part: str
    place: str
    """File and number, for messages."""
    findings: Mapping[str, str | float] = field(default_factory=dict)
    """Finding id to `present`, `absent`, `unsure`, a number or the id of a choice."""
    ask_back: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    either: tuple[frozenset[str], ...] = ()
    person: Person = Person.SPEAKER
    wish: Wish | None = None
    intents: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    @property
    def language(self) -> str:
        """Return the language, e.g. `en`."""
        return self.locale.partition("-")[0]

    @property
    def present(self) -> frozenset[str]:
        """Return the ids of what is reported, values among them."""
        return frozenset(
            name for name, said in self.findings.items() if said not in {"absent", "unsure"}
        )

    def red_flags(self, dangers: frozenset[str]) -> list[frozenset[str]]:
        """Return the mentions of danger signs, each with the ids that would do for it."""
        plain = [frozenset([name]) for name in sorted((self.present | self.ask_back) & dangers)]
        return plain + [choice for choice in self.either if choice & dangers]


def read_corpus(
    kb: KnowledgeBase, part: str | None = None, language: str | None = None
) -> list[Utterance]:
    """
    Return the utterances, in the order of their files.

    Args:
        kb: whose findings the labels name.
        part: `test`, `development` or `blind`; all where None.
        language: e.g. `de`; all where None.

    Raises:
        CorpusError: with every problem of every file.

    """
    problems: list[str] = []
    utterances: list[Utterance] = []
    seen: dict[tuple[str, str], str] = {}
    for path in sorted(FOLDER.glob("*/*/*.yaml")):
        of_language, of_part = path.parts[-3].partition("-")[0], path.parts[-2]
        if of_part not in PARTS:
            problems.append(f"{path.parts[-3:]}: the folder must be one of {', '.join(PARTS)}")
            continue
        if part not in {None, of_part} or language not in {None, of_language}:
            continue
        for number, entry in enumerate(_entries(path, path.stat().st_mtime_ns), 1):
            place = f"{'/'.join(path.parts[-3:])}:{number}"
            found = list(_problems(kb, entry))
            problems += [f"{place}: {problem}" for problem in found]
            if found:
                continue
            utterance = _utterance(entry, path.parts[-3], of_part, place)
            key = (of_language, " ".join(_WORD.findall(_folded(utterance.text))))
            if key in seen:
                problems.append(f"{place}: says the same as {seen[key]}")
            seen[key] = place
            utterances.append(utterance)
    if problems:
        raise CorpusError("\n".join(problems))
    return utterances


@functools.cache
def _entries(path: Path, _changed: int) -> tuple[Mapping[str, Any], ...]:
    """Return what a file holds; parsing takes seconds, and many ask for the same parts."""
    return tuple(YAML(typ="safe", pure=False).load(path) or ())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("\u2019", "")


def _utterance(entry: Mapping[str, Any], folder: str, part: str, place: str) -> Utterance:
    intent = entry.get("intent") or ()
    wish = entry.get("wish")
    return Utterance(
        text=str(entry["text"]),
        locale=str(entry.get("locale") or REGION.get(folder, folder)),
        part=part,
        place=place,
        findings=entry.get("findings") or {},
        ask_back=frozenset(entry.get("ask_back") or ()),
        also=frozenset(entry.get("also") or ()),
        either=tuple(frozenset(choice) for choice in entry.get("either") or ()),
        person=Person(entry.get("person") or "speaker"),
        wish=Wish(wish) if wish else None,
        intents=frozenset([intent] if isinstance(intent, str) else intent),
        kinds=frozenset(entry.get("kind") or ()),
    )


def _problems(kb: KnowledgeBase, entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict) or not str(entry.get("text") or "").strip():
        yield "an entry has a text and its labels"
        return
    for key in sorted(set(entry) - _KEYS):
        yield f"no label '{key}'; allowed: {', '.join(sorted(_KEYS))}"
    for name, said in (entry.get("findings") or {}).items():
        yield from _label_problems(kb, name, said)
    named = [*(entry.get("ask_back") or ()), *(entry.get("also") or ())]
    named += [name for choice in entry.get("either") or () for name in choice]
    for name in named:
        if name not in kb.findings and name not in kb.groups:
            yield f"no finding '{name}'"
    for label, values in (("person", Person), ("wish", Wish)):
        said = entry.get(label)
        if said and said not in {member.value for member in values}:
            yield f"no {label} '{said}'; allowed: {', '.join(member.value for member in values)}"


def _label_problems(kb: KnowledgeBase, name: str, said: Any) -> Iterator[str]:
    declared = kb.findings.get(name)
    if declared is None:
        if name not in kb.groups:
            yield f"no finding '{name}'"
        return
    if said in POLARITIES and (declared.type is ValueType.YES_NO or said != "present"):
        return
    if declared.type is ValueType.YES_NO:
        yield f"'{name}' is {', '.join(sorted(POLARITIES))}, not {said!r}"
    elif declared.type is ValueType.CHOICE:
        if said not in declared.choices:
            yield f"'{name}' is one of {', '.join(declared.choices)}, not {said!r}"
    elif isinstance(said, bool) or not isinstance(said, (int, float)):
        yield f"'{name}' is a number, not {said!r}"
