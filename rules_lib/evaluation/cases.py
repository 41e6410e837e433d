"""Every vignette with what each judge made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.errors import RulesLibError
from rules_lib.evaluation.baselines import BASELINES
from rules_lib.evaluation.patient import Patient, interview
from rules_lib.rules import Likelihood, Urgency
from rules_lib.session import assess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rules_lib.assessment import Assessment
    from rules_lib.evaluation.patient import Interview
    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.vignettes import Vignette

INTERVIEW, ASSESSMENT = "interview", "assessment"
JUDGEMENTS: Mapping[str, str] = {
    INTERVIEW: "the opening is heard, questions are asked; the urgency announced",
    ASSESSMENT: "all findings are known at once; the floor",
}
"""The two judgements of the pack, and how each is made."""
SYSTEMS: Mapping[str, str] = {**JUDGEMENTS, **{each.id: each.about for each in BASELINES}}
"""Everything that judges: the pack's two judgements, then the baselines."""


@dataclass(frozen=True, slots=True)
class Case:
    """One vignette, judged."""

    vignette: Vignette
    right: Urgency
    interview: Interview
    assessment: Assessment
    """Of all findings at once."""
    told: Mapping[str, Urgency | None]
    """System to the urgency that it gave, None where it gave no advice."""

    def under(self, system: str) -> bool:
        """Return whether a system was less urgent than right, or gave no advice."""
        told = self.told[system]
        return told is None or told < self.right

    def over(self, system: str) -> bool:
        """Return whether a system was more urgent than right."""
        told = self.told[system]
        return told is not None and told > self.right

    @property
    def transcript(self) -> str:
        """Every question of the interview and its answer, in order."""
        return ", ".join(
            f"{each.question}{' (again)' if each.again else ''}: {each.answer}"
            for each in self.interview.asked
        )

    def causes_named(self, system: str) -> bool | None:
        """Return whether each cause expected as likely or possible is named so, None if none."""
        expected = {
            name
            for name, word in self.vignette.expect.get("causes", {}).items()
            if word != Likelihood.LESS_LIKELY
        }
        answer = self.interview.assessment if system == INTERVIEW else self.assessment
        named = {
            cause.id for cause in answer.causes if cause.likelihood is not Likelihood.LESS_LIKELY
        }
        return expected <= named if expected else None


def judged(
    kb: KnowledgeBase,
    vignettes: Iterable[Vignette],
    on_case: Callable[[int], None] = lambda _: None,
) -> tuple[Case, ...]:
    """
    Return the vignettes that name a right level, judged by everybody, in the order of their ids.

    Args:
        kb: the pack.
        vignettes: in any order.
        on_case: called after each with the number judged so far.

    Raises:
        RulesLibError: where an interview does not end; names the vignette.
    """
    cases = []
    for vignette in sorted(vignettes, key=lambda vignette: vignette.id):
        if vignette.level is None:
            continue
        try:
            cases.append(_case(kb, vignette, Urgency.from_id(vignette.level)))
        except RulesLibError as error:
            msg = f"{vignette.file}:{vignette.line}: vignette '{vignette.id}': {error}"
            raise RulesLibError(msg) from error
        on_case(len(cases))
    return tuple(cases)


def _case(kb: KnowledgeBase, vignette: Vignette, right: Urgency) -> Case:
    asked = interview(kb, vignette.opening, Patient(kb, vignette.findings))
    assessment = assess(kb, vignette.findings)
    told: dict[str, Urgency | None] = {INTERVIEW: asked.announced, ASSESSMENT: assessment.floor}
    told |= {each.id: each.judge(kb, vignette) for each in BASELINES}
    return Case(vignette, right, asked, assessment, told)
