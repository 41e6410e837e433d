"""An assessment in plain words: phrase keys, filled in and put in order. Pure functions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rules_lib import Assessment, Urgency
from rules_lib.assessment import UNKNOWN_CAUSE, WithheldReason
from rules_lib.rules import Likelihood
from skill.reading import Person, Wish

if TYPE_CHECKING:
    from rules_lib import KnowledgeBase
    from rules_lib.assessment import Cause
    from skill.conversation import OpenQuestion
    from skill.phrases import Locale

MOST_WORDS = 75
"""Words in a turn, about; advice that does not fit waits until it is asked for."""
MOST_EFFECTS = 2
"""Common effects named in a turn."""
_WAITING = {Wish.WHY, Wish.WHAT_TO_DO, Wish.IS_IT_SERIOUS, Wish.IS_IT_NORMAL}
"""What is answered once the questions are through."""
CRISIS_LEAD, NURSE_LEAD = "crisis-line", "tell-nurse"
POSITION = "anaphylaxis-position"


def joined(*sentences: str) -> str:
    """Return the sentences that are not empty, with a space between them."""
    return " ".join(sentence for sentence in sentences if sentence)


def phrases(locale: Locale, *keys: str) -> str:
    """Return the phrases of these keys one after another."""
    return joined(*(locale.phrase(key) for key in keys))


def ssml(locale: Locale, text: str) -> str:
    """Return text as SSML, telephone numbers spoken digit by digit."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    numbers = [number for number in locale.region["digits"] if number in escaped]
    if numbers:
        longest_first = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))
        pattern = rf"(?<!\d)(?:{longest_first})(?!\d)"
        escaped = re.sub(pattern, r'<say-as interpret-as="telephone">\g<0></say-as>', escaped)
    return f"<speak>{escaped}</speak>"


def finding_name(locale: Locale, kb: KnowledgeBase, name: str) -> str:
    """Return how the locale names a finding, the pack's own name where it has none."""
    entry = locale.findings.get(name)
    say = entry.get("say") if isinstance(entry, dict) else None
    return say if isinstance(say, str) else kb.findings[name].name.lower()


def question(
    locale: Locale, asked: OpenQuestion, kb: KnowledgeBase, patient: Person = Person.SPEAKER
) -> str:
    """Return the words of a question, about somebody else where the patient does not speak."""
    own = patient is Person.SPEAKER
    keys = ["ask"] if own else ["other", "ask"]
    for name in (asked.id, asked.finding):
        for key in keys:
            if locale.find(f"questions.{name}.{key}"):
                return locale.phrase(f"questions.{name}.{key}")
    key = "ask_finding" if own else "ask_finding_other"
    return locale.phrase(key, finding=finding_name(locale, kb, asked.finding))


def not_understood(locale: Locale, asked: OpenQuestion, failed: int) -> str:
    """Return what helps to answer, more of it the second time."""
    key = f"not_understood.expects.{asked.expects}"
    if locale.find(key) is None:
        key = "not_understood.first" if failed == 1 else "not_understood.second"
    return locale.phrase(key)


def reprompt(
    locale: Locale, asked: OpenQuestion, kb: KnowledgeBase, patient: Person = Person.SPEAKER
) -> str:
    """Return the question once more, and what to do if one cannot answer."""
    return joined(question(locale, asked, kb, patient), locale.phrase("cannot_answer"))


def emergency(
    locale: Locale,
    assessment: Assessment,
    patient: Person = Person.SPEAKER,
    *,
    bodily: bool = False,
) -> str:
    """
    Return the emergency prompt: the lead first, the number, what to do while waiting.

    Args:
        locale: whose words.
        assessment: an emergency.
        patient: whoever calls for somebody else is told what to do for them.
        bodily: whether, beside thoughts of dying, what else was told is an emergency by itself.

    """
    nurse = NURSE_LEAD in assessment.leads
    first = "emergency.nurse" if nurse else "emergency.call"
    other = "" if patient is Person.SPEAKER else "_other"
    position = f"emergency.position{other}" if POSITION in assessment.advice else ""
    if CRISIS_LEAD in assessment.leads:
        keys = ["emergency.crisis_and_body", position] if bodily else ["emergency.crisis"]
        return joined(*(locale.phrase(key) for key in keys if key))
    # Somebody beside a nurse, or told what to do with a packet, needs no advice about the door.
    said = says(locale, assessment)
    waiting = "" if nurse or said else f"emergency.waiting{other}"
    keys = [first, "emergency.cannot_call", position or waiting]
    return joined(*(locale.phrase(key) for key in keys if key), said)


def says(locale: Locale, assessment: Assessment) -> str:
    """Return what rules want said beside the urgency."""
    names = [f"says.{name}" for name in assessment.says]
    return joined(*(locale.phrase(key) for key in names if locale.find(key)))


def beside(locale: Locale, assessment: Assessment) -> str:
    """Return what rules want said beside an urgency that is no emergency."""
    names = [f"beside.{name}" for name in assessment.says]
    return joined(*(locale.phrase(key) for key in names if locale.find(key)))


def usual(locale: Locale, assessment: Assessment, level: Urgency) -> str:
    """Return how long a common effect lasts, where one may stay at home."""
    if level > Urgency.ROUTINE:
        return ""
    names = [f"usual.{name}" for name in assessment.says]
    return joined(*[locale.phrase(key) for key in names if locale.find(key)][:MOST_EFFECTS])


def emergency_reprompt(locale: Locale, assessment: Assessment) -> str:
    """Return the number once more."""
    key = "crisis_again" if CRISIS_LEAD in assessment.leads else "again"
    return locale.phrase(f"emergency.{key}")


def urgency(locale: Locale, level: Urgency) -> str:
    """Return what to do and how soon, the action in the first twelve words."""
    return locale.phrase(f"urgency.{level.id}")


def news(locale: Locale, assessment: Assessment, level: Urgency) -> str:
    """Return an urgency that is told before the interview is over."""
    return joined(
        _lead(locale, assessment),
        urgency(locale, level),
        beside(locale, assessment),
        safety_net(locale, assessment, level),
    )


def answer(locale: Locale, assessment: Assessment, level: Urgency) -> str:
    """Return the answer: urgency, cause, advice, safety net, in this order."""
    first = joined(
        _lead(locale, assessment),
        urgency(locale, level),
        says(locale, assessment),
        beside(locale, assessment),
        _cause(locale, assessment, level) or usual(locale, assessment, level),
    )
    return _with_advice(locale, assessment, level, first)


def _with_advice(locale: Locale, assessment: Assessment, level: Urgency, first: str) -> str:
    """Return `first`, as much advice as a turn has room for, and the safety net."""
    last = joined(safety_net(locale, assessment, level), locale.phrase("anything_else"))
    room = MOST_WORDS - len(first.split()) - len(last.split())
    spoken: list[str] = []
    for name in assessment.advice:
        sentence = locale.phrase(f"advice.{name}")
        length = len(sentence.split())
        if length <= room or not spoken:
            spoken.append(sentence)
            room -= length
    return joined(first, *spoken, last)


def _lead(locale: Locale, assessment: Assessment) -> str:
    return joined(*(locale.phrase(f"leads.{lead}") for lead in assessment.leads[:1]))


def _cause(locale: Locale, assessment: Assessment, level: Urgency) -> str:
    """Return the likeliest cause; from same-day on none that passes by itself: it would calm."""
    found = assessment.causes[:1]
    calming = found and locale.find(f"net.lasting.{found[0].id}") is not None
    return "" if calming and level >= Urgency.SAME_DAY else causes(locale, found)


def causes(locale: Locale, found: tuple[Cause, ...]) -> str:
    """Return a sentence for each cause that may be; an unknown one is the net's to name."""
    return joined(
        *(
            locale.phrase(f"causes.{cause.id}")
            for cause in found
            if cause.likelihood is not Likelihood.LESS_LIKELY and cause.id != UNKNOWN_CAUSE
        )
    )


def safety_net(locale: Locale, assessment: Assessment, level: Urgency) -> str:
    """Return what is uncertain, what to look for, how to get help, how long it should last."""
    cause = assessment.causes[0].id if assessment.causes else "unknown"
    lasting = f"net.lasting.{cause}"
    if locale.find(lasting) is None or level > Urgency.ROUTINE:
        lasting = f"net.lasting.{level.id}"
    return phrases(locale, "net.uncertain", "net.look_for", lasting)


def waits(locale: Locale, wished: Wish | None) -> str:
    """Return that what was asked of us was heard, and comes later; nothing for other wishes."""
    return locale.phrase(f"waits.{wished}") if wished in _WAITING else ""


def wish(
    locale: Locale, assessment: Assessment, level: Urgency, wished: Wish, more: str = ""
) -> str:
    """
    Return the answer to what was asked of us after the assessment was given.

    Args:
        locale: whose words.
        assessment: of what was told so far.
        level: the urgency announced.
        wished: what was asked.
        more: what would make it more urgent; said where there is room for it.
    """
    if wished is Wish.WHAT_TO_DO:
        return _with_advice(locale, assessment, level, urgency(locale, level))
    why = usual(locale, assessment, level)
    if wished is Wish.WHY:
        why = causes(locale, assessment.causes[:2]) or locale.phrase("causes.unknown")
    first = joined(why, urgency(locale, level))
    last = joined(safety_net(locale, assessment, level), locale.phrase("anything_else"))
    whole = joined(first, more, last)
    return whole if len(whole.split()) <= MOST_WORDS else joined(first, last)


def medicine(locale: Locale, assessment: Assessment, name: str) -> str:
    """Return what to say about a medicine: never a dose, always whom to ask first."""
    withheld = {item.id: item.reason for item in assessment.withheld}
    named = locale.medicines.get(name, {}).get("say") or locale.phrase("medicine.this")
    key = "medicine.ask_first"
    if name in assessment.advice:
        key = "medicine.offered"
    elif withheld.get(name) is WithheldReason.CONTRAINDICATED:
        key = "medicine.not_for_you"
    own = f"medicine.{name}"
    return joined(
        locale.phrase(key, medicine=named), locale.phrase(own) if locale.find(own) else ""
    )
