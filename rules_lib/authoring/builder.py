"""From the plain values of a pack's files to frozen ones; shapes were checked before."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from rules_lib.facts import FindingType, Kind, ValueType
from rules_lib.pack import (
    Advice,
    CauseType,
    Clocks,
    Complaint,
    Expects,
    Group,
    Question,
    Role,
)
from rules_lib.rules import Conclusions, Likelihood, Rule, Source, Status, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rules_lib.rules import Condition

Item = dict[str, Any]


def finding_types(items: Iterable[Item]) -> dict[str, FindingType]:
    """Return the findings of findings.yaml, by id."""
    return {
        item["id"]: FindingType(
            id=item["id"],
            name=item["name"],
            kind=Kind(item["kind"]),
            type=ValueType(item.get("type", "yes-no")),
            counts=item.get("counts", "now"),
            unit=item.get("unit", ""),
            minimum=float(item["range"][0]) if "range" in item else -math.inf,
            maximum=float(item["range"][1]) if "range" in item else math.inf,
            choices=tuple(item.get("choices", ())),
            severity=item.get("severity", False),
            volunteered_only=item.get("volunteered_only", ""),
        )
        for item in items
    }


def groups_of(items: Iterable[Item]) -> dict[str, Group]:
    """Return the groups of interview.yaml, by id."""
    return {
        item["id"]: Group(
            id=item["id"],
            name=item["name"],
            members=tuple(item["members"]),
            role=Role(item.get("role", "screening")),
            kind=Kind(item.get("kind", "sign")),
            also_yes=tuple(item.get("also_yes", ())),
        )
        for item in items
    }


def group_findings(groups: Mapping[str, Group]) -> dict[str, FindingType]:
    """Return each group as the yes-no finding it also is."""
    return {id_: FindingType(id_, group.name, group.kind) for id_, group in groups.items()}


def questions_of(items: Iterable[Item], groups: Mapping[str, Group]) -> dict[str, Question]:
    """Return the questions of interview.yaml, and one for each group, by id."""
    asked = [
        Question(
            item["id"],
            item["finding"],
            Expects(item["expects"]),
            not_with=tuple(item.get("not_with", ())),
        )
        for item in items
    ]
    asked += [Question(id_, id_, Expects.YES_NO) for id_ in groups]
    return {question.id: question for question in asked}


def complaints_of(items: Iterable[Item]) -> dict[str, Complaint]:
    """Return the complaints of interview.yaml, by id."""
    return {
        item["id"]: Complaint(
            id=item["id"],
            findings=tuple(item.get("findings", ())),
            groups=tuple(item.get("groups", ())),
            questions=tuple(item.get("questions", ())),
            recap=item.get("recap"),
            default=item.get("default", False),
            not_asked=tuple(item.get("not_asked", {}).items()),
        )
        for item in items
    }


def sources_of(items: Iterable[Item]) -> dict[str, Source]:
    """Return the citations of sources.yaml, by id."""
    return {
        item["id"]: Source(
            id=item["id"],
            title=item["title"],
            year=item.get("year"),
            link=item.get("link", ""),
            judgement=item.get("judgement", False),
        )
        for item in items
    }


def causes_of(items: Iterable[Item]) -> dict[str, CauseType]:
    """Return the causes of causes.yaml, by id."""
    return {
        item["id"]: CauseType(item["id"], item["name"], tuple(item.get("statements", ())))
        for item in items
    }


def advice_of(items: Iterable[Item]) -> dict[str, Advice]:
    """Return the advice of advice.yaml, by id, in the order offered."""
    return {
        item["id"]: Advice(
            id=item["id"],
            name=item["name"],
            needs_denied=tuple(item.get("needs_denied", ())),
            always=item.get("always", False),
            statements=tuple(item.get("statements", ())),
        )
        for item in items
    }


def clocks_of(item: Item | None) -> Clocks | None:
    """Return the clocks of pack.yaml, where it has them."""
    return None if item is None else Clocks(**item)


def rule_of(item: Item, when: Condition) -> Rule:
    """Return one rule of rules/*.yaml, whose condition was read before."""
    review_by, cases = item.get("review_by"), item.get("cases", {})
    return Rule(
        id=item["id"],
        says=item["says"],
        when=when,
        then=conclusions_of(item["then"]),
        sources=tuple(item["sources"]),
        statements=tuple(item.get("statements", ())),
        status=Status(item["status"]),
        review_by=dt.date.fromisoformat(review_by) if review_by else None,
        misuse=item.get("misuse", ""),
        implied_by=tuple(item.get("implied_by", ())),
        salience=item.get("salience", 0),
        fires=tuple(cases.get("fires", ())),
        nearly=tuple(cases.get("nearly", ())),
    )


def sketch_of(item: Item, when: Condition) -> Rule:
    """Return what can be told of a rule of which other fields are wrong."""
    retired = item.get("status") == Status.RETIRED
    return Rule(
        id=item["id"],
        says="",
        when=when,
        then=conclusions_of(item["then"]),
        sources=(),
        status=Status.RETIRED if retired else Status.DRAFT,
    )


def conclusions_of(item: Item) -> Conclusions:
    """Return what a rule concludes."""
    cause = item.get("cause")
    return Conclusions(
        urgency=Urgency.from_id(item["urgency"]) if "urgency" in item else None,
        fact=item.get("fact"),
        cause=cause["id"] if cause else None,
        likelihood=Likelihood(cause["likelihood"]) if cause else None,
        advise=tuple(item.get("advise", ())),
        withhold=tuple(item.get("withhold", ())),
        ask=tuple(item.get("ask", ())),
        lead=item.get("lead"),
        say=tuple(item.get("say", ())),
    )
