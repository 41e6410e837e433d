"""
`make calls`: emergencies by telephone line as bad as in the field, through the real dialogue.

    PYTHONPATH=tests:. python -m understanding.calls [--calls 100000] [--doc F]

Every caller is an emergency of tests/cases/evaluation: says its opening, answers truthfully, denies
what the story does not tell. A turn fails (nothing matched, or silence, half and half: the source
does not tell them apart) at the field rate of 24.76 %; a repeat is repaired in 25.47 %; yes and no
are swapped once in 645. These rates are the issue's, of a field study of smart speakers and of a
clinic study. Dialogues of equal state are played once (the dialogue keeps nothing else).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rules_lib import Urgency
from rules_lib.facts import findings_from
from rules_lib.vignettes import read_vignettes
from skill.app import House, knowledge_base
from skill.conversation import Conversation
from skill.reading import Answer, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules_lib.facts import Finding
    from rules_lib.vignettes import Vignette

CALLS = 100_000
FAILS, REPAIRED, SWAPPED = 0.2476, 0.2547, 1 / 645
_SILENT = 0.5
_CASES = Path(__file__).parents[1] / "cases/evaluation"
_FIGURES = re.compile(r"(<!-- calls -->\n).*?(<!-- /calls -->)", re.DOTALL)
_LONGEST = 60
"""Turns after which a caller gives up; no call has come near it."""
_SEED = 24762547


@dataclass(frozen=True)
class Caller:
    """An emergency, and what its words would be."""

    id: str
    opening: tuple[Finding, ...]
    told: dict[str, Finding]


@dataclass
class Outcome:
    """How a call ended."""

    announced: Urgency
    turns: int


class Line:
    """The real dialogue in one locale; states that were met before are not worked out again."""

    def __init__(self, locale: str) -> None:
        house = House(knowledge_base())
        self._kb = house.kb
        self._dialogue = house.dialogue(house.locale(locale))
        self._next: dict[tuple[str, str], str] = {}
        talk = Conversation()
        self._dialogue.launch(talk)
        self.launched = _packed(talk)

    def after(self, state: str, key: str, reading: Reading) -> str:
        """Return the state after a reading; `key` names the reading."""
        if (state, key) not in self._next:
            talk = Conversation.from_attributes(self._kb, json.loads(state))
            self._dialogue.take(talk, reading)
            self._next[state, key] = _packed(talk)
        return self._next[state, key]


def _packed(talk: Conversation) -> str:
    kept = talk.to_attributes()
    kept["speech"] = kept["reprompt"] = ""  # what was said decides nothing
    return json.dumps(kept, sort_keys=True)


def callers(level: Urgency = Urgency.EMERGENCY) -> list[Caller]:
    """Return the vignettes of a level as callers."""
    kb = knowledge_base()

    def found(vignette: Vignette, what: Any) -> dict[str, Finding]:
        return findings_from(kb.findings, what)

    return [
        Caller(one.id, tuple(found(one, one.opening).values()), found(one, one.findings))
        for one in read_vignettes(_CASES, kb)
        if one.level == level.id
    ]


def call(line: Line, caller: Caller, chance: random.Random, *, clear: bool = False) -> Outcome:
    """Play one call; `clear`: on a line on which nothing fails."""
    state, failing, silences = line.launched, False, 0
    for turn in range(1, _LONGEST):
        kept = json.loads(state)
        told = kept["announced"]
        if told == Urgency.EMERGENCY.id or kept["finished"]:
            return Outcome(Urgency.from_id(told), turn - 1)
        if not clear and chance.random() < (1 - REPAIRED if failing else FAILS):
            failing = True
            if chance.random() < _SILENT:
                silences += 1
                if silences > 1:  # the session ends; the speaker says how to be safe
                    level = Urgency.from_id(told) if told else Urgency.SAME_DAY
                    return Outcome(max(level, Urgency.SAME_DAY), turn)
                continue  # the reprompt
            silences = 0
            state = line.after(state, "nothing", Reading())
            continue
        failing, silences = False, 0
        key, reading = _said(caller, kept, chance, clear=clear)
        state = line.after(state, key, reading)
    return Outcome(Urgency.from_id(json.loads(state)["announced"] or "self-care"), _LONGEST)


def _said(
    caller: Caller, kept: dict[str, Any], chance: random.Random, *, clear: bool
) -> tuple[str, Reading]:
    """Return what the caller says to the open question, and a name for it."""
    finding = kept["question"]["finding"] if kept["question"] else ""
    if not finding:
        return f"opening {caller.id}", Reading(findings=caller.opening)
    kb = knowledge_base()
    told = caller.told.get(finding)
    if told is not None and told.value is not None:
        return f"{finding} {told.value}", Reading(findings=(told,))
    if kept["question"]["expects"] != "yes-no":
        return "unsure", Reading(answer=Answer.UNSURE)
    group = kb.groups.get(finding)
    names = (finding, *((*group.members, *group.also_yes) if group else ()))
    yes = any(
        (f := caller.told.get(name)) is not None and f.presence == "present" for name in names
    )
    if not clear and chance.random() < SWAPPED:
        yes = not yes
    return ("yes", Reading(answer=Answer.YES)) if yes else ("no", Reading(answer=Answer.NO))


def report(calls: int, locale: str = "en-US") -> list[str]:
    """Return the figures of so many calls, as lines of Markdown."""
    line, chance = Line(locale), random.Random(_SEED)
    people = callers()
    clear = {one.id: call(line, one, chance, clear=True) for one in people}
    reached = [one for one in people if clear[one.id].announced is Urgency.EMERGENCY]
    lines = [
        "| callers | calls | at least same-day | emergency | extra turns, median |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, group in (
        (f"all {len(people)} emergencies", people),
        (f"the {len(reached)} that a clear line announces as one", reached),
    ):
        told: Counter[Urgency] = Counter()
        extra = []
        for number in range(calls):
            caller = group[number % len(group)]
            outcome = call(line, caller, chance)
            told[outcome.announced] += 1
            extra.append(outcome.turns - clear[caller.id].turns)
            if sys.stderr.isatty() and number % 5000 == 0:
                print(f"\r{number:,} of {calls:,} calls", end="", file=sys.stderr)
        safe = told[Urgency.SAME_DAY] + told[Urgency.EMERGENCY]
        lines.append(
            f"| {name} | {calls:,} | {safe / calls:.2%} | {told[Urgency.EMERGENCY] / calls:.2%}"
            f" | {statistics.median(extra):g} |"
        )
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, print, and write the figures into a document."""
    parser = argparse.ArgumentParser(prog="make calls", description=main.__doc__)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--doc", type=Path)
    given = parser.parse_args(arguments)
    lines = report(given.calls)
    print("\n".join(lines))
    if given.doc:
        text = given.doc.read_text(encoding="utf-8")
        new = _FIGURES.sub(lambda marks: marks[1] + "\n".join(lines) + "\n" + marks[2], text)
        given.doc.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
