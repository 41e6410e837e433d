"""A warm turn through the whole skill, JSON values in and out, against a hello world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.device import device, interview, requested
from benchmarks.hello_world import handler as hello_world
from benchmarks.measure import Timing, in_turns, timed
from benchmarks.results import Goal, Section
from skill.app import lambda_handler as iron_guide

if TYPE_CHECKING:
    from collections.abc import Callable

HELLO = "hello world"
ALL = "the interview's turns without free text, all together"
SYMPTOM = "back pain"
SENTENCE = "my back hurts since my iron infusion yesterday and i feel fluey but i have no fever"
FREE_TEXT = "DescribeIntent"
LIMIT = 5


def turns(rounds: int, times: int) -> Section:
    """Measure each turn of an interview, warm."""
    section = Section(
        title="One turn through the skill",
        about="An envelope as a dict in, the response as a dict out, in one process. Each turn of"
        f'\nan interview that begins with "{SYMPTOM}" is repeated with the session attributes that'
        "\nit had there; hello world is the smallest ask-sdk-core skill, asked for its hello.",
        yardstick=HELLO,
    )
    quiet = dict(interview(SYMPTOM))
    texts = {
        f"free text: {name}": asked for name, asked in interview(SENTENCE) if FREE_TEXT in name
    }
    last = list(quiet.values())[-1]
    after = _after(last)
    quiet |= {name: after(words) for name, words in FOLLOW_UPS.items()}
    contestants: dict[str, Callable[[], list[float]]] = {
        HELLO: timed(lambda asked: hello_world(asked, None), [requested("HelloWorldIntent")], times)
    }
    for name, asked in (quiet | texts).items():
        contestants[name] = timed(lambda one: iron_guide(one, None), [asked], times)
    timings = in_turns(contestants, rounds)
    hello = timings[HELLO]
    together = zip(*(timings[name].rounds for name in quiet), strict=True)
    every = Timing([[call for calls in part for call in calls] for part in together])
    section.add({HELLO: hello, ALL: every} | timings, "us")
    section.goals.append(
        Goal("a turn without free text over hello world", every.over(hello), LIMIT)
    )
    return section


FOLLOW_UPS = {
    "why is this happening": "why is this happening",
    "what can I do": "what can i do",
    "why do you say that": "why do you say that",
}
"""Said once the assessment is given."""


def _after(asked: dict[str, Any]) -> Callable[[str], dict[str, Any]]:
    """Return what makes a request of an utterance, said after this request was answered."""
    speaker = device()
    speaker.heard(iron_guide(asked, None))
    return speaker.say
