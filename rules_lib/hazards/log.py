"""What a hazard log holds, as frozen values: hazards, their controls, and how risk is rated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class ControlKind(StrEnum):
    """What a control is made of, and so what it has to point to."""

    DESIGN = "design"
    """Code that is built so."""
    RULE = "rule"
    """Something the pack says."""
    PROOF = "proof"
    """A property that holds for every patient."""
    TEST = "test"
    """A check that fails when the danger is there."""
    WORDING = "wording"
    """What is said."""
    DOCUMENT = "document"
    """What people are told to do."""


class Decision(StrEnum):
    """What is made of a risk that is left."""

    ACCEPTABLE = "acceptable"
    NEEDS_CLINICIAN = "needs-clinician"
    """A clinician decides whether it is acceptable."""
    BLOCKS_RELEASE = "blocks-release"
    """Nothing may be released while it is so."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to something of the project that must be there."""

    kind: str
    """One of targets.KINDS."""
    target: str
    file: str
    """File of the log that has it."""
    line: int
    place: str
    """Where inside the file."""

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.kind}: {self.target}"


@dataclass(frozen=True, slots=True)
class Control:
    """Something that keeps a hazard from doing harm."""

    id: str
    """Within its hazard: C1, C2, ..."""
    what: str
    kind: ControlKind
    at: tuple[Reference, ...]
    """Where it is."""
    evidence: tuple[Reference, ...]
    """What shows that it works."""
    withdrawn: str
    """Why it is a control no more; empty while it is one."""
    line: int


@dataclass(frozen=True, slots=True)
class Rating:
    """How bad, and how likely: ids of the matrix."""

    severity: str
    likelihood: str


@dataclass(frozen=True, slots=True)
class Hazard:
    """Something that can go wrong with harm to somebody."""

    id: str
    title: str
    theme: str
    hazard: str
    causes: tuple[str, ...]
    who: str
    harm: str
    before: Rating
    after: Rating
    controls: tuple[Control, ...]
    residual: str
    decision: Decision
    owner: str
    """Id of a role."""
    sources: tuple[str, ...]
    withdrawn: str
    """Why it is a hazard no more; empty while it is one."""
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a scale."""

    id: str
    name: str
    means: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Severity by likelihood: the DCB0129 way of rating a risk."""

    severities: tuple[Level, ...]
    """Mildest first."""
    likelihoods: tuple[Level, ...]
    """Least likely first."""
    ratings: Mapping[str, tuple[int, ...]]
    """Likelihood to the rating of each severity, mildest first."""
    bands: Mapping[int, str]
    """Rating to what it means."""
    clinician_from: int
    """A risk left that is rated so wants a clinician's decision."""
    refused_from: int
    """A risk left that is rated so is accepted by nobody."""
    sources: tuple[str, ...]

    def rating(self, risk: Rating) -> int:
        """Return the rating of a risk, higher for worse."""
        column = [level.id for level in self.severities].index(risk.severity)
        return self.ratings[risk.likelihood][column]

    def severity_name(self, id_: str) -> str:
        """Return what people call a severity."""
        return next(level.name for level in self.severities if level.id == id_)

    def likelihood_name(self, id_: str) -> str:
        """Return what people call a likelihood."""
        return next(level.name for level in self.likelihoods if level.id == id_)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a hazard is known from."""

    id: str
    title: str
    year: int | None
    link: str
    says: str
    """What it found, as far as it matters here."""
    judgement: bool


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody who answers for something, and what they look at before a release."""

    id: str
    name: str
    who: str
    before_release: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """Something that a person has reviewed."""

    item: str
    by: str
    on: str
    """A date."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What log.yaml says of the log as a whole."""

    title: str
    project: Path
    """The folder that references start from."""
    pack: str
    cases: str
    phrases: str
    """Folder of locale folders."""
    status: str
    is_not: tuple[str, ...]
    rated: str
    reporting: str
    roles: Mapping[str, Role]
    themes: Mapping[str, str]
    """File stem to what people call the theme, in order."""
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class HazardLog:
    """The whole log, as read."""

    frame: Frame
    matrix: Matrix
    sources: Mapping[str, Origin]
    hazards: tuple[Hazard, ...]
    """In the order of their ids."""

    def of(self, theme: str) -> tuple[Hazard, ...]:
        """Return the hazards of one theme."""
        return tuple(hazard for hazard in self.hazards if hazard.theme == theme)

    def references(self) -> Iterator[Reference]:
        """Give every reference of what is not withdrawn."""
        for hazard in self.hazards:
            for control in hazard.controls:
                if not hazard.withdrawn and not control.withdrawn:
                    yield from control.at
                    yield from control.evidence

    def ids(self) -> tuple[str, ...]:
        """Return the id of each hazard, and of each control as `H-001/C1`."""
        return tuple(
            id_
            for hazard in self.hazards
            for id_ in (hazard.id, *(f"{hazard.id}/{control.id}" for control in hazard.controls))
        )
