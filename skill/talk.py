"""The local speaker: converse in the terminal, or one utterance a line in and JSON out."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import textwrap
import time
from typing import TYPE_CHECKING, Any, BinaryIO

from rules_lib import Urgency
from skill.app import build_skill, knowledge_base
from skill.asking import ANYTHING_ELSE
from skill.envelopes import TOO_QUIET, Conversation, plain
from skill.handlers.turn import TURN, nothing_known
from skill.phrases import load_locale, shipped_locales
from skill.resolver import FALLBACK, Filled, Resolved

if TYPE_CHECKING:
    import argparse
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping

    from skill.phrases import Locale

LONGEST_UTTERANCE = 1000
LONGEST_ECHO = 200
_LONGEST_LINE = 8 * LONGEST_UTTERANCE
"""Bytes of a line that are read; the rest is passed over."""
STOP = "AMAZON.StopIntent"
_SILENCES = 2
"""So many in a row end the session, as on a device: one reprompt, then no more."""
_WIDEST = 88
# JSON escapes every line break but these, which some readers of lines take for one.
_LINE_BREAKS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def silenced(
    locale: Locale, told: Urgency | None, floor: Urgency | None, question: str | None
) -> tuple[Urgency, str]:
    """
    Return what a second silence in a row is worth, and the words that end the session.

    Args:
        locale: the words of the device's locale.
        told: the highest urgency announced, None for none.
        floor: of what is known; what was not told yet counts as well.
        question: the id of the open question.
    """
    if told is not None and question == ANYTHING_ELSE.id:
        return told, locale.phrase("goodbye")  # the answer was given; nothing is open
    # Who cannot answer may be too ill to: until somebody has looked, it is not less.
    level = max(told or Urgency.SAME_DAY, floor or Urgency.SAME_DAY, Urgency.SAME_DAY)
    if level is Urgency.SAME_DAY:
        return level, locale.phrase("silence")
    return level, " ".join(locale.phrase(key) for key in (f"urgency.{level.id}", "goodbye"))


class Speaker:
    """A device in a room: hears lines, sends requests to the skill, says what comes back."""

    def __init__(
        self, locale: Locale, skill: Any = None, clock: Callable[[], dt.datetime] | None = None
    ) -> None:
        """
        Open the skill.

        Args:
            locale: the words of the device's locale.
            skill: with `invoke(envelope) -> response`, both as JSON values; ours by default.
            clock: says what time it is, with a time zone; this machine's by default.

        """
        self._locale = locale
        self._skill = skill or build_skill()
        clocked = {"clock": clock} if clock else {}
        self._conversation = Conversation.of_locale(locale, **clocked)
        self._open()

    def _open(self) -> None:
        self._silences = 0
        self._turn: dict[str, Any] = nothing_known(knowledge_base())
        self._reprompt: str | None = None
        self.greeting = self._ask_skill(self._conversation.launch())

    def hear(self, line: str) -> dict[str, Any]:
        """Answer a line; the fields are those of docs/local_speaker.md, "The machine face"."""
        started = time.perf_counter()
        if self._conversation.ended:
            self._open()
        self._conversation.resolved = None
        if not line.strip():
            speech = self._silence()
        elif len(line) > LONGEST_UTTERANCE:
            speech = self._refused()
        else:
            self._silences = 0
            speech = self._ask_skill(self._conversation.say(line))
        resolved = self._conversation.resolved
        ended = self._conversation.ended
        turn = {**self._turn, "question": None, "expects": None} if ended else self._turn
        return {
            "utterance": line[:LONGEST_ECHO],
            "locale": self._locale.id,
            "intent": resolved.intent if resolved else None,
            "slots": {name: _shown(slot) for name, slot in resolved.slots.items()}
            if resolved
            else {},
            **{key: turn[key] for key in _CLINICAL},
            "speech": speech,
            "reprompt": None if ended else self._reprompt,
            "expects": turn["expects"],
            "session_ended": ended,
            "error": turn["error"],
            "elapsed_ms": round((time.perf_counter() - started) * 1000, 1),
        }

    def leave(self) -> str:
        """Stop as whoever says "stop" does; nothing is said where the session is over already."""
        if self._conversation.ended:
            return ""
        return self._ask_skill(self._conversation.resolve_to(Resolved(STOP)))

    def _ask_skill(self, envelope: dict[str, Any]) -> str:
        """Send a request and return what is said; whatever fails, a safe sentence is."""
        try:
            response = self._skill.invoke(envelope)
            self._conversation.heard(response)
            answer = response.get("response") or {}
            speech = plain(answer.get("outputSpeech"))
            self._reprompt = plain((answer.get("reprompt") or {}).get("outputSpeech")) or None
            told = self._conversation.attributes.get(TURN)
            self._turn = {**self._turn, "error": None, **(told if isinstance(told, dict) else {})}
        except Exception as error:  # noqa: BLE001 - the patient must hear something
            self._turn = {**self._turn, "error": type(error).__name__}
            speech = ""
        return speech or self._locale.phrase("failure")

    def _refused(self) -> str:
        """Refuse what is too long; of it the skill learns only that nothing was understood."""
        self._silences = 0
        before = self._turn["urgency"]
        answer = self._ask_skill(self._conversation.resolve_to(Resolved(FALLBACK)))
        if self._turn["urgency"] is not None or before is not None:
            return answer  # an urgency is said first, nothing before it
        return f"{self._locale.phrase('too_long')} {answer}"

    def _silence(self) -> str:
        """Say the reprompt once; after that say how to be safe, and stop."""
        self._silences += 1
        self._turn = {**self._turn, "error": None}
        if self._silences < _SILENCES and self._reprompt:
            return self._reprompt
        self._tell_ended()
        told, floor = (
            Urgency.from_id(self._turn[name]) if self._turn[name] else None
            for name in ("urgency", "floor")
        )
        level, words = silenced(self._locale, told, floor, self._turn["question"])
        self._turn = {**self._turn, "urgency": level.id}
        return words

    def _tell_ended(self) -> None:
        # A skill cannot speak once the session is over, so its answer is not listened to.
        try:
            self._skill.invoke(self._conversation.end(TOO_QUIET))
        except Exception as error:  # noqa: BLE001 - the patient must hear something
            self._turn = {**self._turn, "error": type(error).__name__}


_CLINICAL = (
    "patient",
    "findings",
    "floor",
    "urgency",
    "causes",
    "advice",
    "withheld",
    "rules",
    "knowledge_base",
    "engine",
    "differences",
    "question",
)


def _shown(slot: Filled) -> dict[str, Any]:
    shown: dict[str, Any] = {"value": slot.value, "id": slot.id}
    if slot.several:
        shown["values"] = [_shown(one) for one in slot.several]
    return shown


def run(given: argparse.Namespace) -> int:
    """
    Run the speaker until the input ends.

    Args:
        given: the command line: `locale`, `json`, `trace`.

    Returns:
        The exit code: 0, or 2 where the locale is not shipped.
    """
    if given.locale not in shipped_locales():
        allowed = ", ".join(shipped_locales())
        shown = ascii(given.locale[:20])
        sys.stderr.write(f"iron-guide talk: no locale {shown}; allowed: {allowed}\n")
        return 2
    try:
        if not (given.json or given.trace):
            logging.disable(logging.CRITICAL)  # a patient at the terminal reads no log
        speaker = Speaker(load_locale(given.locale))
        if given.json:
            _machine(speaker, sys.stdin.buffer, sys.stdout.buffer)
        else:
            _terminal(speaker, trace=given.trace)
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    except BrokenPipeError:
        # Nobody reads any more; the interpreter must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _machine(speaker: Speaker, lines: BinaryIO, answers: BinaryIO) -> None:
    for line in _lines(lines):
        text = json.dumps(speaker.hear(line), ensure_ascii=False, allow_nan=False)
        answers.write(text.translate(_LINE_BREAKS).encode() + b"\n")
        answers.flush()


def _lines(source: BinaryIO) -> Iterator[str]:
    """Yield lines as text; bad bytes become U+FFFD, and no line fills the memory."""
    while line := source.readline(_LONGEST_LINE):
        rest = line
        while not rest.endswith(b"\n") and (rest := source.readline(_LONGEST_LINE)):
            pass
        yield line.decode("utf-8", errors="replace").removesuffix("\n").removesuffix("\r")


def _terminal(speaker: Speaker, *, trace: bool) -> None:
    for stream in (sys.stdin, sys.stdout):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if sys.stdin.isatty():
        _enable_line_editing()
    _say(speaker.greeting)
    while True:
        try:
            line = input("> ")
        except EOFError:
            _say(speaker.leave())
            return
        answer = speaker.hear(line)
        if trace:
            _print_trace(answer)
        _say(answer["speech"])
        if answer["session_ended"]:
            print("(The session is over. Say something to begin a new one, Ctrl-D to leave.)\n")


def _enable_line_editing() -> None:
    try:
        import readline  # noqa: F401, PLC0415 - input() uses it once it is there
    except ImportError:
        return


def _say(speech: str) -> None:
    width = min(_WIDEST, shutil.get_terminal_size().columns)
    print(f"\n{textwrap.fill(speech, max(20, width))}\n")


def _print_trace(answer: Mapping[str, Any]) -> None:
    slots = ", ".join(f"{name}={slot['value']}" for name, slot in answer["slots"].items())
    findings = ", ".join(f"{name}={told}" for name, told in answer["findings"].items())
    print(f"  intent    {answer['intent']} {slots}".rstrip())
    print(f"  findings  {findings or '-'}")
    print(f"  urgency   {answer['urgency'] or '-'} (floor {answer['floor'] or '-'})")
    print(f"  causes    {', '.join(cause['id'] for cause in answer['causes']) or '-'}")
    print(f"  rules     {', '.join(answer['rules']) or '-'}")
    print(f"  expects   {answer['expects'] or '-'} ({answer['question'] or 'no question'})")
