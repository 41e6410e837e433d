"""
Golden dialogues: what is said, what it is taken for, and the exact words that come back.

A file is a list of turns. `say` is one utterance; `hears` the exact answer; any other key is
a field of the local speaker's JSON, compared as it stands. To write a new one:

    python tests/dialogue_files.py en-US < lines.txt > tests/dialogues/en-US/name.yaml

and then read every word of it before it is committed: the recorder writes what is, a person
decides whether it is right.
"""

from __future__ import annotations

import datetime as dt
import functools
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from skill.app import IronGuideSkill, build_skill
from skill.phrases import load_locale
from skill.talk import Speaker

FOLDER = Path(__file__).parent / "dialogues"
KEPT = ("intent", "findings", "floor", "urgency", "causes", "question", "session_ended")
"""What the recorder writes of a turn, beside what is heard; empty values are left out."""


MOMENT = dt.datetime(2026, 11, 22, 20, 30)  # noqa: DTZ001 - by the clocks of each region
"""When every dialogue is held: a Sunday evening, wherever it is."""


@functools.cache
def our_skill() -> IronGuideSkill:
    """Return the one skill that all rooms talk to: it is stateless, and reads its words once."""
    return build_skill()


def speaker(locale: str, skill: Any = None) -> Speaker:
    """Return a speaker in a room whose clock stands still."""
    words = load_locale(locale)
    moment = MOMENT.replace(tzinfo=ZoneInfo(words.region["time_zone"]))
    return Speaker(words, skill or our_skill(), lambda: moment)


def files() -> list[Path]:
    """Return every dialogue, sorted."""
    return sorted(FOLDER.glob("*/*.yaml"))


def turns(path: Path) -> list[dict[str, Any]]:
    """Return the turns of a dialogue."""
    loaded: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(path)
    return loaded


def record(locale: str, lines: list[str]) -> list[dict[str, Any]]:
    """Return the turns that these lines make."""
    room = speaker(locale)
    result = []
    before: dict[str, Any] = {}
    for line in lines:
        answer = room.hear(line)
        turn: dict[str, Any] = {"say": line, "hears": answer["speech"]}
        turn |= {key: answer[key] for key in KEPT if answer[key] and answer[key] != before.get(key)}
        result.append(turn)
        before = answer
    return result


if __name__ == "__main__":
    yaml = YAML()
    yaml.width = 110
    yaml.allow_unicode = True
    yaml.dump(record(sys.argv[1], sys.stdin.read().splitlines()), sys.stdout)
