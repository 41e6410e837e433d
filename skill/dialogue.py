"""What to do with a turn: take in what was understood, assess it, decide what is said next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib import Assessment, Finding, Presence, Urgency, assess, next_question
from rules_lib.assessment import WithheldReason
from rules_lib.frozen import frozen
from skill import reasons, speech
from skill.asking import (
    ANYTHING_ELSE,
    SYMPTOM,
    YES_NO,
    complaint_told,
    give_up,
    next_open,
    settled_floor,
)
from skill.conversation import Conversation, OpenQuestion, merged
from skill.reading import Answer, Reading, Wish
from skill.taking_in import take_in

if TYPE_CHECKING:
    from rules_lib import KnowledgeBase
    from skill.phrases import Locale

FAILED_TURNS_BEFORE_YES_NO = 2
FAILED_TURNS_BEFORE_SAME_DAY = 3


@frozen
class Turn:
    """What is said, and what it rests on."""

    speech: str
    reprompt: str | None
    """None ends the session."""
    assessment: Assessment | None
    """None where nothing was told and so nothing assessed: a greeting."""


class Dialogue:
    """The turns of one knowledge base in one locale; holds nothing of any patient."""

    def __init__(self, kb: KnowledgeBase, locale: Locale) -> None:
        self._kb = kb
        self._locale = locale

    def launch(self, talk: Conversation) -> Turn:
        """Greet and ask what is felt."""
        talk.question = SYMPTOM
        return self._turn(talk, speech.phrases(self._locale, "welcome"), "welcome_reprompt")

    def start_over(self, talk: Conversation) -> Turn:
        """Forget what was told, the highest urgency too, and ask afresh."""
        # What was an emergency may be one still: "start again" is also said for "repeat".
        again = ""
        if self._emergency_told(talk):
            again = speech.emergency_reprompt(self._locale, assess(self._kb, talk.findings))
        talk.clear()
        talk.question = SYMPTOM
        words = speech.joined(again, speech.phrases(self._locale, "start_over"))
        return self._turn(talk, words, "welcome_reprompt")

    def help(self, talk: Conversation) -> Turn:
        """Say what one can say, then ask the open question again."""
        if self._emergency_told(talk):
            return self._emergency(talk, assess(self._kb, talk.findings))
        talk.question = talk.question or SYMPTOM
        return self._turn(
            talk,
            speech.joined(
                speech.phrases(self._locale, "help"),
                self._asked(talk.question, talk),
            ),
        )

    def repeat(self, talk: Conversation) -> Turn:
        """Say the last words again."""
        if not talk.speech:
            return self.launch(talk)
        return Turn(talk.speech, talk.reprompt or None, assess(self._kb, talk.findings))

    def stop(self, talk: Conversation) -> Turn:
        """
        Say goodbye; an interview cut short is told to be checked within 24 hours at least.

        A danger sign that may have been said, and was not asked back yet, counts as unsure.
        """
        doubted = (Finding(name, Presence.UNSURE) for name in talk.doubts)
        assessment = assess(self._kb, merged(talk.findings, tuple(doubted)))
        if not (complaint_told(self._kb, talk) or talk.doubts) and talk.announced is None:
            words = speech.phrases(self._locale, "goodbye")
            return Turn(words, None, assessment)
        level = talk.level(assessment)
        talk.announced = level
        if level is Urgency.EMERGENCY:
            return Turn(self._emergency_words(talk, assessment), None, assessment)
        words = speech.joined(
            speech.urgency(self._locale, level),
            "" if talk.finished else speech.phrases(self._locale, "goodbye_unfinished"),
            speech.safety_net(self._locale, assessment, level),
            speech.phrases(self._locale, "farewell"),
        )
        return Turn(words, None, assessment)

    def take(self, talk: Conversation, reading: Reading) -> Turn:
        """Take in a reading and answer it."""
        told_before, patient_before = dict(talk.findings), talk.patient
        amid = talk.question is not None and bool(talk.question.finding)
        heard = speech.waits(self._locale, reading.wish) if amid else ""
        asked = talk.question
        answered = take_in(self._kb, talk, reading)
        assessment = assess(self._kb, talk.findings)
        called = reading.wish is Wish.EMERGENCY and not (
            # "No, I don't want to die" answers our own question.
            reading.answer is Answer.NO
            and asked is not None
            and asked.expects == YES_NO
            and self._is_crisis(Finding(asked.finding))
        )
        if called or assessment.floor is Urgency.EMERGENCY or self._emergency_told(talk):
            return self._emergency(talk, assessment)
        understood = answered or reading.wish or talk.findings != told_before
        # "It's for my mum" says nothing of an illness, and is not to be complained about.
        if not understood and talk.patient is patient_before:
            return self._not_understood(talk, assessment)
        talk.failed = 0
        follow_up = self._follow_up(talk, assessment, reading, changed=talk.findings != told_before)
        return follow_up or self._go_on(talk, assessment, heard)

    def _follow_up(
        self, talk: Conversation, assessment: Assessment, reading: Reading, *, changed: bool
    ) -> Turn | None:
        """Answer what was asked of us, where that does not wait for the danger signs."""
        question = talk.question
        medicine = reading.medicine if reading.wish is Wish.CAN_I_TAKE else None
        if medicine is None and question is None:
            medicine, talk.medicine = talk.medicine, None
        if medicine is not None:
            return self._about_medicine(talk, assessment, medicine)
        if reading.wish in reasons.WISHES and (talk.announced or talk.findings):
            told = reasons.reason(self._locale, self._kb, talk, assessment, reading.wish)
            return self._with_question(talk, assessment, told)
        if changed or talk.doubts:
            return None
        if talk.finished and reading.wish:
            level = talk.level(assessment)
            talk.question = ANYTHING_ELSE
            more = ""
            if reading.wish is Wish.IS_IT_SERIOUS:
                more = reasons.why_not_more(self._locale, self._kb, assessment)
            words = speech.wish(self._locale, assessment, level, reading.wish, more)
            return self._turn(talk, words, "anything_else", assessment)
        if question is not None and not question.finding and reading.answer is not None:
            return self._open_answer(talk, assessment, reading.answer)
        return None

    def _open_answer(self, talk: Conversation, assessment: Assessment, answer: Answer) -> Turn:
        """Answer a yes or no to "what are you feeling" or "is there anything else"."""
        # "Thanks", "okay" or "I don't know" after the answer: there is nothing else.
        if answer is Answer.NO or (answer is Answer.UNSURE and talk.finished):
            return self.stop(talk)
        told = complaint_told(self._kb, talk)
        talk.question = ANYTHING_ELSE if told else SYMPTOM
        words = speech.phrases(self._locale, "tell_more") if told else self._help_with(talk)
        return self._turn(talk, words, None, assessment)

    def _about_medicine(self, talk: Conversation, assessment: Assessment, medicine: str) -> Turn:
        """Say whether a medicine may be taken; never a dose, and never before its screening."""
        advice = self._kb.advice.get(medicine)
        against = any(
            item.id == medicine and item.reason is WithheldReason.CONTRAINDICATED
            for item in assessment.withheld
        )
        unknown = [
            name
            for name in (advice.needs_denied if advice and not against else ())
            if name not in assessment.findings
        ]
        if unknown and talk.finished:
            talk.medicine = medicine
            talk.question = OpenQuestion(unknown[0], unknown[0], YES_NO)
            return self._turn(talk, self._asked(talk.question, talk), None, assessment)
        return self._with_question(
            talk, assessment, speech.medicine(self._locale, assessment, medicine)
        )

    def _with_question(self, talk: Conversation, assessment: Assessment, words: str) -> Turn:
        """Say something short, then come back to the open question, or go on asking."""
        question = talk.question if talk.question and talk.question.finding else None
        if question is None and (talk.doubts or complaint_told(self._kb, talk)):
            question = next_open(self._kb, talk)
        talk.question = question or (ANYTHING_ELSE if talk.finished else SYMPTOM)
        asked = self._asked(talk.question, talk)
        news = self._news(talk, assessment)
        return self._turn(talk, speech.joined(news, words, asked), None, assessment)

    def _news(self, talk: Conversation, assessment: Assessment) -> str:
        """Return the words for an urgency that has risen and must not wait, or nothing."""
        floor = settled_floor(self._kb, talk, assessment)
        if floor is None or floor < Urgency.WITHIN_24_HOURS or floor <= (talk.announced or 0):
            return ""
        talk.announced = floor
        return speech.news(self._locale, assessment, floor)

    def _go_on(self, talk: Conversation, assessment: Assessment, heard: str = "") -> Turn:
        """
        Ask the next question, or give the answer when nothing is left that matters.

        What was asked of us amid the questions is told (`heard`) to have been heard.
        """
        if not complaint_told(self._kb, talk) and not talk.doubts:
            talk.question = SYMPTOM
            said = speech.says(self._locale, assessment)
            words = speech.joined(said, self._help_with(talk))
            return self._turn(talk, words, None, assessment)
        if give_up(self._kb, talk):
            assessment = assess(self._kb, talk.findings)
        question = next_open(self._kb, talk)
        if question is None:
            return self._answer(talk, assessment)
        talk.question = question
        asked = self._asked(question, talk)
        words = speech.joined(self._news(talk, assessment), heard, asked)
        return self._turn(talk, words, None, assessment)

    def _asked(self, question: OpenQuestion, talk: Conversation) -> str:
        return speech.question(self._locale, question, self._kb, talk.patient)

    def _help_with(self, talk: Conversation) -> str:
        """Ask for the complaint, where there is none yet."""
        offer = speech.phrases(self._locale, "ask_symptom")
        return speech.joined(offer, self._asked(SYMPTOM, talk))

    def _answer(self, talk: Conversation, assessment: Assessment) -> Turn:
        level = talk.level(assessment)
        talk.announced, talk.finished, talk.question = level, True, ANYTHING_ELSE
        words = speech.answer(self._locale, assessment, level)
        return self._turn(talk, words, "anything_else", assessment)

    def _emergency_told(self, talk: Conversation) -> bool:
        return talk.announced is Urgency.EMERGENCY

    def _emergency(self, talk: Conversation, assessment: Assessment) -> Turn:
        talk.announced, talk.question, talk.failed = Urgency.EMERGENCY, None, 0
        words = self._emergency_words(talk, assessment)
        reprompt = speech.emergency_reprompt(self._locale, assessment)
        talk.speech, talk.reprompt = words, reprompt
        return Turn(words, reprompt, assessment)

    def _is_crisis(self, found: Finding) -> bool:
        """Whether a finding by itself is what the crisis line is for."""
        return speech.CRISIS_LEAD in assess(self._kb, {found.id: found}).leads

    def _emergency_words(self, talk: Conversation, assessment: Assessment) -> str:
        bodily = False
        if speech.CRISIS_LEAD in assessment.leads:
            # Whoever wants to die and cannot breathe needs the ambulance whatever else they want.
            body = {
                name: found for name, found in talk.findings.items() if not self._is_crisis(found)
            }
            bodily = assess(self._kb, body).floor is Urgency.EMERGENCY
        return speech.emergency(self._locale, assessment, talk.patient, bodily=bodily)

    def _not_understood(self, talk: Conversation, assessment: Assessment) -> Turn:
        """Be more helpful each time; from the third time on, say how to be safe."""
        talk.failed += 1
        open_question = talk.question or (ANYTHING_ELSE if talk.finished else SYMPTOM)
        if talk.failed >= FAILED_TURNS_BEFORE_YES_NO and not open_question.finding:
            question = next_question(self._kb, talk.findings, talk.asked)
            if question is not None and not talk.finished:
                open_question = OpenQuestion(question.id, question.finding, question.expects)
        talk.question = open_question
        asked = self._asked(open_question, talk)
        if talk.failed >= FAILED_TURNS_BEFORE_SAME_DAY:
            talk.announced = max(talk.announced or Urgency.SAME_DAY, Urgency.SAME_DAY)
            words = speech.phrases(self._locale, "not_understood.third")
        else:
            words = speech.not_understood(self._locale, open_question, talk.failed)
        return self._turn(talk, speech.joined(words, asked), None, assessment)

    def _turn(
        self,
        talk: Conversation,
        words: str,
        reprompt_key: str | None = None,
        assessment: Assessment | None = None,
    ) -> Turn:
        """Return a turn that waits, with a phrase to ask again, or the open question itself."""
        if assessment is None and talk.findings:
            assessment = assess(self._kb, talk.findings)
        if reprompt_key is not None:
            again = speech.phrases(self._locale, reprompt_key)
        else:
            again = speech.reprompt(self._locale, talk.question or SYMPTOM, self._kb, talk.patient)
        talk.speech, talk.reprompt = words, again
        return Turn(words, again, assessment)
