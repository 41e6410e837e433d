"""What the vocabulary must not do: clash, contradict itself, or lie unused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.assessment import UNKNOWN_CAUSE
from rules_lib.authoring.conditions import RESERVED
from rules_lib.authoring.quantities import UNITS, is_counted, is_unit
from rules_lib.errors import nearest
from rules_lib.facts import SEVERITY_RANGE, Presence, ValueType
from rules_lib.rules import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.authoring.draft import Draft
    from rules_lib.errors import Problem
    from rules_lib.facts import FindingType


def vocabulary_problems(draft: Draft) -> Iterator[Problem]:
    """Find words that clash, declarations that contradict themselves, and unused ones."""
    yield from _clashes(draft)
    for declared in draft.findings.values():
        for what, allowed, key, guess in _declaration(declared):
            yield draft.wrong(("finding", declared.id), what, allowed, at=key, guess=guess)
    yield from _clocks(draft)
    if draft.everything_read():
        yield from _unused(draft)


def _clashes(draft: Draft) -> Iterator[Problem]:
    """Findings, groups and facts share one namespace; so do questions and groups."""
    for (noun, id_), (_, node) in draft.nodes.items():
        first = {"group": ("finding",), "question": ("group",)}.get(noun, ())
        fact = node.at("then", "fact").value if noun == "rule" else None
        if isinstance(fact, str):
            for other in ("finding", "group"):
                if (other, fact) in draft.nodes:
                    what = f"fact '{fact}' is also the id of a {other}"
                    yield draft.wrong((noun, id_), what, "an id of its own", at="then")
            if fact in RESERVED:
                yield draft.wrong((noun, id_), f"fact '{fact}' is a reserved word", at="then")
        for other in first:
            if (other, id_) in draft.nodes:
                what = f"'{id_}' is also the id of a {other}"
                yield draft.wrong((noun, id_), what, "an id of its own", at="id")
        if noun in ("finding", "group") and id_ in RESERVED:
            what = f"'{id_}' is a word of the condition language"
            yield draft.wrong((noun, id_), what, f"any but {', '.join(RESERVED)}", at="id")


def _declaration(declared: FindingType) -> Iterator[tuple[str, str, str, str]]:
    number, choice = declared.type is ValueType.NUMBER, declared.type is ValueType.CHOICE
    bounded = declared.minimum < declared.maximum and abs(declared.minimum) != float("inf")
    if number and not bounded:
        yield "is a number without range", "range: [at least, at most]", "type", ""
    if bounded and not number:
        yield "has a range and is no number", "type: number", "range", ""
    if declared.unit and not number:
        yield "has a unit and is no number", "type: number", "unit", ""
    if declared.unit and not is_unit(declared.unit):
        what = f"unknown unit '{declared.unit[:60]}'"
        guess = nearest(declared.unit, UNITS)
        yield what, f"{', '.join(UNITS)}, or a count in braces such as {{count}}", "unit", guess
    if choice and not declared.choices:
        yield "is a choice without choices", "choices: [one, another]", "type", ""
    if declared.choices and not choice:
        yield "has choices and is no choice", "type: choice", "choices", ""
    for word in declared.choices:
        if word in set(Presence):
            yield f"choice '{word}' is a word for presence", "another word", word, ""


def _clocks(draft: Draft) -> Iterator[Problem]:
    """The clocks count hours; the worst severity is a number from 0 to 10."""
    clocks = draft.pack.get("clocks", {})
    wanted = [(f"clocks: {key}", id_, "h") for key, id_ in clocks.items()]
    if "severity" in draft.pack:
        wanted.append(("severity", draft.pack["severity"], ""))
    for key, id_, unit in wanted:
        declared = draft.findings.get(id_)
        if declared is None:
            continue
        fits = declared.unit == unit if unit else is_counted(declared.unit)
        if declared.type is not ValueType.NUMBER or not fits:
            in_unit = f" in {unit}" if unit else " without unit"
            what = f"is named by pack.yaml ({key}) and is no number{in_unit}"
            allowed = "type: number" + (f", unit: {unit}" if unit else "")
            yield draft.wrong(("finding", id_), what, allowed, at="type")
        elif key == "severity" and (declared.minimum, declared.maximum) != SEVERITY_RANGE:
            least, most = SEVERITY_RANGE
            given = f"{declared.minimum:g} to {declared.maximum:g}"
            what = f"is named by pack.yaml ({key}) and goes from {given}"
            yield draft.wrong(("finding", id_), what, f"range: [{least:g}, {most:g}]", at="range")


def _unused(draft: Draft) -> Iterator[Problem]:
    """Find what no rule, group, question or need ever uses, even one that is broken itself."""
    tested, concluded = _said(draft, "rule", "when"), _said(draft, "rule", "then")
    screened = _said(draft, "complaint", "groups") | _said(draft, "complaint", "recap")
    denied = _said(draft, "advice", "needs_denied")
    used = tested | denied | _said(draft, "group", "members") | draft.named_by_pack
    used |= _said(draft, "question", "finding") | _said(draft, "complaint", "findings")
    asked = concluded | _said(draft, "complaint", "questions")
    checks = (
        ("finding", used, "is never used", "a rule, group, question or need that uses it"),
        ("advice", concluded, "is never advised", "a rule that advises it"),
        ("cause", concluded, "is never concluded", "a rule that concludes it"),
        ("question", asked, "is never asked", "a complaint or rule that asks it"),
        (
            "group",  # one of circumstances may be asked among a complaint's questions
            screened | denied | asked,
            "is never asked",
            "a complaint or advice that needs it",
        ),
    )
    for noun, known, what, allowed in checks:
        for kind, id_ in draft.nodes:
            if kind == noun and id_ not in known and id_ != UNKNOWN_CAUSE:
                yield draft.wrong((kind, id_), what, allowed)


def _said(draft: Draft, noun: str, key: str) -> set[str]:
    """Return every word that items say under a key; retired rules say nothing."""
    return {
        word
        for (kind, _), (_, node) in draft.nodes.items()
        if kind == noun and node.at("status").value != Status.RETIRED
        for word in node.at(key).words()
    }
