"""The dialogue and trace in the README, from a golden dialogue; run it to write them anew."""

from __future__ import annotations

import re
from pathlib import Path

from dialogue_files import FOLDER, speaker, turns

from rules_lib import assess
from skill.app import knowledge_base

README = Path(__file__).parents[1] / "README.md"
DIALOGUE = FOLDER / "en-US" / "aches-the-day-after.yaml"
MARKED = re.compile(r"(<!-- dialogue -->\n).*?(<!-- /dialogue -->)", re.DOTALL)
TELLING = ("urgency:", "cause:")


def dialogue() -> str:
    """Return the block between the README's markers."""
    room = speaker(DIALOGUE.parent.name)
    lines = []
    for turn in turns(DIALOGUE):
        answer = room.hear(turn["say"])
        lines += [f"> **You:** {turn['say']}\n>", f"> **Iron Guide:** {answer['speech']}\n>"]
    kb = knowledge_base()
    assessment = assess(kb, answer["findings"])
    lines += [
        "",
        "The last answer rests on these rules, each with the facts it matched and its sources:",
        "",
    ]
    lines += ["| rule | facts | concluded | sources |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {activation.rule} | {', '.join(activation.facts)} | {', '.join(activation.concluded)}"
        f" | {', '.join(activation.sources)} |"
        for activation in assessment.trace
        if any(name.startswith(TELLING) for name in activation.concluded)
    ]
    return "\n".join(lines).replace(">\n\n", "\n") + "\n"


def with_dialogue(text: str) -> str:
    """Return the README's text with its dialogue made anew."""
    return MARKED.sub(lambda marks: f"{marks[1]}\n{dialogue()}\n{marks[2]}", text)


if __name__ == "__main__":
    README.write_text(with_dialogue(README.read_text(encoding="utf-8")), encoding="utf-8")
