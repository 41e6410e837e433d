"""What reading free text costs: forty words, how it grows with more, and what is the least."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from benchmarks.measure import in_turns, timed
from benchmarks.results import Goal, Section
from skill.app import House, knowledge_base
from skill.locale_files import read_locale
from skill.sentence import Normaliser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CORPUS = Path(__file__).resolve().parents[1] / "tests/utterances/en/development"
WORDS = 40
NOW = dt.datetime(2026, 11, 22, 20, 30, tzinfo=dt.UTC)
GOAL_MS = 2.0
SENTENCES = 60
FLOOR = f"only cut into words and stems, {WORDS} words"
NAMES = f"one regular expression of the names on the device's list, {WORDS} words"


def reading(rounds: int, times: int) -> Section:
    """Measure the English reader on what people say, joined to forty and to more words."""
    house = House(knowledge_base())
    reader = house.reader(house.locale("en-US"))
    said = [str(entry["text"]) for path in sorted(CORPUS.glob("*.yaml")) for entry in _read(path)]
    lengths = {
        f"reading {WORDS * more} words": _of_length(said, WORDS * more) for more in (1, 2, 4)
    }
    reader.read(said[0], now=NOW)  # the first one loads the words
    locale = read_locale("en")
    normaliser = Normaliser(locale["words"])
    names = re.compile(rf"\b(?:{'|'.join(_names(locale['findings']))})\b", re.IGNORECASE)
    forty = _of_length(said, WORDS)
    section = Section(
        title="Reading free text",
        about=f"{SENTENCES} stretches of what the development part of the utterances says, "
        "one after the other,\ncut to so many words; the English reader with its ear. Beside it, "
        "as floors, what comes before all\nreading, and a search that knows neither endings nor "
        "small words nor denials.",
        yardstick=f"reading {WORDS} words",
    )
    timings = in_turns(
        {
            name: timed(lambda text: reader.read(text, now=NOW), texts, times)
            for name, texts in lengths.items()
        }
        | {
            FLOOR: timed(normaliser.sentence, forty, times),
            NAMES: timed(names.findall, forty, times),
        },
        rounds,
    )
    section.add(timings, "us")
    short, double, most = (timings[name] for name in lengths)
    section.goals += [
        Goal(f"reading {WORDS} words", short.median * 1000, GOAL_MS, unit="ms"),
        Goal("twice as many words over forty", double.over(short), 2.5),
        Goal("four times as many words over forty", most.over(short), 5),
    ]
    return section


def _read(path: Path) -> Sequence[dict[str, object]]:
    entries: Sequence[dict[str, object]] = YAML(typ="safe", pure=False).load(path)
    return entries


def _names(findings: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the names of the findings as a device's list has them, the longest first."""
    names = {re.escape(str(name)) for entry in findings.values() for name in entry.get("slot", ())}
    return sorted(names, key=len, reverse=True)


def _of_length(said: Sequence[str], words: int) -> list[str]:
    """Return stretches of so many words each."""
    every = " ".join(said).split()
    step = max(1, (len(every) - words) // SENTENCES)
    return [" ".join(every[at : at + words]) for at in range(0, step * SENTENCES, step)]
