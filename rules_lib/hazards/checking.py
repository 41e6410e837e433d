"""What a hazard log says, held against itself and against the project it is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rules_lib.errors import HazardLogError, Problem
from rules_lib.hazards.log import ControlKind, Decision
from rules_lib.hazards.targets import PROPERTIES, Project, property_ids
from rules_lib.vignettes import read_vignettes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.hazards.log import Control, Hazard, HazardLog, Matrix
    from rules_lib.knowledge_base import KnowledgeBase

_POINTS_TO = {
    ControlKind.DESIGN: ("code",),
    ControlKind.RULE: ("rule", "group", "finding", "advice"),
    ControlKind.PROOF: ("proof",),
    ControlKind.TEST: ("test",),
    ControlKind.WORDING: ("phrase",),
    ControlKind.DOCUMENT: ("doc", "code"),
}
"""Of each kind of control, what it points to at least once."""
_WRITTEN_ID = re.compile(r"^(?:### (H-\d{3})\b|\| (H-\d{3}/C\d+) \|)", re.MULTILINE)
"""Where the generated document has the id of a hazard, of a control."""


def project_of(log: HazardLog, kb: KnowledgeBase) -> Project:
    """
    Return the project that a log is about.

    Raises:
        KnowledgeError: where its vignettes cannot be read.
    """
    frame = log.frame
    properties = frame.project / frame.pack / PROPERTIES
    proofs = None
    if properties.is_file():
        proofs = property_ids(properties.read_text(encoding="utf-8"), PROPERTIES)
    cases = [vignette.id for vignette in read_vignettes(frame.project / frame.cases, kb)]
    return Project(frame.project, kb, cases=cases, phrases=frame.phrases, proofs=proofs)


def check_log(log: HazardLog, project: Project, document: str = "") -> None:
    """
    Return where all is well with a log.

    Args:
        log: as read.
        project: what it points to.
        document: the document made of it before; no id of that may have gone since.

    Raises:
        HazardLogError: with every problem.
    """
    problems = [
        *reference_problems(log, project),
        *_numbering(log),
        *_unused(log),
        *_vanished(log, document),
        *(problem for hazard in log.hazards for problem in _risk(hazard, log.matrix)),
    ]
    if problems:
        raise HazardLogError(problems)


def reference_problems(log: HazardLog, project: Project) -> Iterator[Problem]:
    """Give a problem for each reference whose target is not there."""
    for reference in log.references():
        fault = project.fault(reference)
        if fault is not None:
            what, allowed, guess = fault
            yield Problem(reference.file, reference.line, reference.place, what, allowed, guess)


def _numbering(log: HazardLog) -> Iterator[Problem]:
    """Give each id that is there twice, and each gap: a hazard does not go, it is withdrawn."""
    for wanted, hazard in enumerate(log.hazards, 1):
        place = f"hazard '{hazard.id}'"
        if hazard.id != f"H-{wanted:03}":
            what = f"H-{wanted:03} is missing, or an id before it stands twice"
            allowed = "H-001, H-002, ... without gaps over all files"
            yield Problem(hazard.file, hazard.line, place, what, allowed)
            return
    for hazard in log.hazards:
        for number, control in enumerate(hazard.controls, 1):
            if control.id != f"C{number}":
                place = f"hazard '{hazard.id}': control '{control.id}'"
                yield Problem(
                    hazard.file, control.line, place, f"is not C{number}", "C1, C2, ... in order"
                )
            else:
                yield from _control(hazard, control)


def _control(hazard: Hazard, control: Control) -> Iterator[Problem]:
    wanted = _POINTS_TO[control.kind]
    if not control.withdrawn and not any(each.kind in wanted for each in control.at):
        place = f"hazard '{hazard.id}': control '{control.id}'"
        what = f"is of kind {control.kind} and points to none"
        yield Problem(
            hazard.file, control.line, place, what, f"a reference to {' or '.join(wanted)}"
        )


def _risk(hazard: Hazard, matrix: Matrix) -> Iterator[Problem]:
    """Give what is wrong with how a hazard is rated."""
    if hazard.withdrawn:
        return

    def wrong(what: str, allowed: str) -> Problem:
        return Problem(hazard.file, hazard.line, f"hazard '{hazard.id}'", what, allowed)

    steps = [
        ("severity", [level.id for level in matrix.severities]),
        ("likelihood", [level.id for level in matrix.likelihoods]),
    ]
    for name, scale in steps:
        before, after = (getattr(risk, name) for risk in (hazard.before, hazard.after))
        if scale.index(after) > scale.index(before):
            yield wrong(f"controls raise the {name} from {before} to {after}", "at most as before")
    left, decisions = matrix.rating(hazard.after), list(Decision)
    least = (left >= matrix.clinician_from) + (left >= matrix.refused_from)
    if decisions.index(hazard.decision) < least:
        what = f"leaves a risk of {left} and calls it {hazard.decision}"
        yield wrong(what, " or ".join(decisions[least:]))
    if all(control.withdrawn for control in hazard.controls):
        yield wrong("has no control left", "one or more that are not withdrawn")


def _unused(log: HazardLog) -> Iterator[Problem]:
    """Give each source and theme that no hazard uses."""
    used = {id_ for hazard in log.hazards for id_ in hazard.sources} | set(log.matrix.sources)
    for source in log.sources:
        if source not in used:
            yield Problem("sources.yaml", 0, f"source '{source}'", "is used by no hazard")


def _vanished(log: HazardLog, document: str) -> Iterator[Problem]:
    """Give each id that the document had and the log has not."""
    there = set(log.ids())
    for hazard, control in _WRITTEN_ID.findall(document):
        id_ = hazard or control
        if id_ not in there:
            allowed = "keep it, and say under 'withdrawn' why it no longer holds"
            yield Problem("log.yaml", 0, id_, "was in the document and is gone", allowed)
