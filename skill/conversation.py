"""What has been said so far: lives in the session attributes, nowhere else."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rules_lib import FactError, Finding, Presence, Urgency
from rules_lib.facts import findings_from
from skill.reading import Person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib import Assessment, KnowledgeBase

# Looking a member up in its enumeration is slow before Python 3.12.
_PRESENT = Presence.PRESENT
KEY = "conversation"
"""Where it stands in the session attributes."""


@dataclass
class OpenQuestion:
    """The question that waits for an answer."""

    id: str
    finding: str
    expects: str
    again: int = 0
    """How often it was asked once more without an answer."""


@dataclass
class Conversation:
    """Everything kept between two turns of one session."""

    findings: dict[str, Finding] = field(default_factory=dict)
    patient: Person = Person.SPEAKER
    asked: list[str] = field(default_factory=list)
    """Ids of questions that are not to be asked again."""
    doubts: list[str] = field(default_factory=list)
    """Findings that may have been said and are still to be asked back."""
    question: OpenQuestion | None = None
    medicine: str | None = None
    """A medicine somebody asked about, whose screening question is open."""
    announced: Urgency | None = None
    """The highest urgency told; it never falls until the patient starts over."""
    failed: int = 0
    """Turns in a row in which nothing was understood."""
    finished: bool = False
    """Whether the answer was given and only follow-up is left."""
    speech: str = ""
    reprompt: str = ""

    def level(self, assessment: Assessment) -> Urgency:
        """Return the urgency to tell, never less than was told before."""
        return max(assessment.announced, self.announced or assessment.announced)

    def clear(self) -> None:
        """Forget everything that was told and said."""
        vars(self).update(vars(Conversation()))

    def to_attributes(self) -> dict[str, Any]:
        """Return the conversation as plain JSON values."""
        return {
            "findings": {name: _packed(found) for name, found in self.findings.items()},
            "patient": self.patient.value,
            "asked": list(self.asked),
            "doubts": list(self.doubts),
            "question": dict(vars(self.question)) if self.question else None,
            "medicine": self.medicine,
            "announced": self.announced.id if self.announced else None,
            "failed": self.failed,
            "finished": self.finished,
            "speech": self.speech,
            "reprompt": self.reprompt,
        }

    @classmethod
    def from_attributes(cls, kb: KnowledgeBase, kept: Any) -> Conversation:
        """
        Read a conversation back; what cannot be read is left out, the rest is kept.

        A finding that an older version of the pack knew must not lose the others.
        """
        if not isinstance(kept, dict):
            return cls()
        findings: dict[str, Finding] = {}
        told = kept.get("findings")
        told = told if isinstance(told, dict) else {}
        try:
            findings = findings_from(kb.findings, told)
        except FactError:
            for name, said in told.items():
                with contextlib.suppress(FactError):
                    findings |= findings_from(kb.findings, {name: said})
        return cls(
            findings=findings,
            patient=next((p for p in Person if p.value == kept.get("patient")), Person.SPEAKER),
            asked=_ids(kept.get("asked")),
            doubts=[name for name in _ids(kept.get("doubts")) if name in kb.findings],
            question=_question(kb, kept.get("question")),
            medicine=_text(kept.get("medicine")) or None,
            announced=next((u for u in Urgency if u.id == kept.get("announced")), None),
            failed=kept["failed"] if isinstance(kept.get("failed"), int) else 0,
            finished=kept.get("finished") is True,
            speech=_text(kept.get("speech")),
            reprompt=_text(kept.get("reprompt")),
        )


def _packed(found: Finding) -> Any:
    if found.presence is not _PRESENT or (found.value is None and found.severity is None):
        return str(found.presence)
    if found.severity is None:
        return found.value
    return {"presence": "present", "value": found.value, "severity": found.severity}


def _question(kb: KnowledgeBase, kept: Any) -> OpenQuestion | None:
    if not isinstance(kept, dict):
        return None
    finding = _text(kept.get("finding"))
    if finding and finding not in kb.findings:
        return None
    again = kept.get("again")
    return OpenQuestion(
        _text(kept.get("id")),
        finding,
        _text(kept.get("expects")),
        again if isinstance(again, int) else 0,
    )


def _ids(kept: Any) -> list[str]:
    return [name for name in kept if isinstance(name, str)] if isinstance(kept, list) else []


def _text(kept: Any) -> str:
    return kept if isinstance(kept, str) else ""


def merged(findings: Mapping[str, Finding], told: tuple[Finding, ...]) -> dict[str, Finding]:
    """
    Return the findings with what was told last laid over.

    A severity once told is kept, and doubt about what was told before does not take it back.
    """
    result = dict(findings)
    for found in told:
        before = result.get(found.id)
        known = before is not None and before.presence is Presence.PRESENT
        if known and found.presence is Presence.UNSURE:
            continue
        severity = found.severity
        if severity is None and before is not None and found.presence is Presence.PRESENT:
            severity = before.severity
        result[found.id] = Finding(found.id, found.presence, found.value, severity)
    return result
