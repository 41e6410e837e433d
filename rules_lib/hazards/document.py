"""The clinical safety document: made of the hazard log, the pack and what is still to review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.hazards.log import Decision
from rules_lib.rules import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rules_lib.hazards.log import Hazard, HazardLog, Rating, Reference
    from rules_lib.knowledge_base import KnowledgeBase


def document(
    log: HazardLog,
    kb: KnowledgeBase,
    open_today: Iterable[str],
    link: Callable[[Reference], str],
) -> str:
    """
    Return the document, as Markdown.

    Args:
        log: as read and checked.
        kb: the pack that the product runs.
        open_today: what has to be done before a release, as `open_items` gives it.
        link: path of the file that a reference leads to, seen from the document; empty where
            it leads to none.
    """
    lines = [
        f"# {log.frame.title}",
        "",
        f"Generated from the hazard log and the pack `{kb.id}` {kb.version} by",
        "`python -m rules_lib hazards`.",
        "",
        _flowed(log.frame.status),
        "",
        *("## Intended use", "", _flowed(kb.use), ""),
        *("## Misuse", "", _flowed(kb.misuse), ""),
        *("## What it is not", "", *(f"- {_flowed(item)}" for item in log.frame.is_not), ""),
        *_release(log, open_today),
        *_rating(log),
        *_summary(log),
        *_overview(log),
    ]
    for theme, name in log.frame.themes.items():
        lines += [f"## {name}", ""]
        for hazard in log.of(theme):
            lines += hazard_section(log, hazard, link)
    lines += ["## How to report an incident", "", log.frame.reporting.strip(), ""]
    lines += _sources(log)
    return "\n".join(lines).rstrip() + "\n"


def open_items(
    log: HazardLog, kb: KnowledgeBase, locales: Iterable[str], *, proved: bool
) -> Iterator[str]:
    """
    Give what has to be done before a release, a sentence without full stop each.

    Args:
        log: as read and checked.
        kb: the pack that the product runs.
        locales: names of the locales that the product speaks.
        proved: whether the pack says what is proved of it, so that proofs could be looked up.
    """
    proofs = sum(reference.kind == "proof" for reference in log.references())
    reviewed = {review.item for review in log.frame.reviews}
    drafts = sum(rule.status is not Status.REVIEWED for rule in kb.rules)
    unread = [name for name in locales if f"locale {name}" not in reviewed]
    there = [hazard for hazard in log.hazards if not hazard.withdrawn]
    blocking = [each.id for each in there if each.decision is Decision.BLOCKS_RELEASE]
    wanting = [
        each.id
        for each in there
        if each.decision is Decision.NEEDS_CLINICIAN and f"hazard {each.id}" not in reviewed
    ]
    if kb.status is not Status.REVIEWED:
        yield f"the pack `{kb.id}` {kb.version} is not reviewed: {kb.status}"
    if proofs and not proved:
        yield f"the pack does not say what is proved of it: {proofs} references to proofs unchecked"
    if drafts:
        yield f"rules not reviewed by a clinician: {drafts} of {len(kb.rules)}"
    if unread:
        yield f"locales not reviewed by somebody who speaks them: {', '.join(unread)}"
    if blocking:
        yield f"hazards that block a release: {', '.join(blocking)}"
    if wanting:
        yield (
            f"hazards whose remaining risk a clinician has to decide on: {len(wanting)} of "
            f"{len(there)} ({', '.join(wanting)})"
        )


def _release(log: HazardLog, open_today: Iterable[str]) -> Iterator[str]:
    """Give who looks at what before a release, and what is open today."""
    yield from ("## Before a release", "", "Who must review what:", "")
    yield from ("| role | who | looks at |", "| --- | --- | --- |")
    for role in log.frame.roles.values():
        yield _row(role.name, role.who, "<br>".join(map(_flowed, role.before_release)))
    yield from ("", "Open today:", "")
    yield from [f"- {item}" for item in open_today] or ["- nothing"]
    yield ""
    if log.frame.reviews:
        yield from ("Reviewed:", "")
        yield from (f"- {each.item}, by the {each.by}, {each.on}" for each in log.frame.reviews)
        yield ""


def _rating(log: HazardLog) -> Iterator[str]:
    matrix = log.matrix
    yield from ("## How risk is rated", "", _flowed(log.frame.rated), "")
    for noun, levels in (("severity", matrix.severities), ("likelihood", matrix.likelihoods)):
        yield from (f"| {noun} | means |", "| --- | --- |")
        yield from (_row(level.name, _flowed(level.means)) for level in reversed(levels))
        yield ""
    yield _row("likelihood / severity", *(level.name for level in matrix.severities))
    yield _row("---", *("---" for _ in matrix.severities))
    for level in reversed(matrix.likelihoods):
        yield _row(level.name, *map(str, matrix.ratings[level.id]))
    yield from ("", "| rating | means |", "| --- | --- |")
    yield from (_row(str(rating), _flowed(means)) for rating, means in matrix.bands.items())
    yield from ("", f"The scales are those of {', '.join(matrix.sources)}.", "")


def _summary(log: HazardLog) -> Iterator[str]:
    """Give how many hazards stand in each cell of the matrix, before the controls and after."""
    matrix = log.matrix
    hazards = [hazard for hazard in log.hazards if not hazard.withdrawn]
    yield from ("## Summary", "")
    yield (
        f"{len(hazards)} hazards, {sum(len(hazard.controls) for hazard in hazards)} controls. "
        "In each cell: hazards, and their rating in brackets."
    )
    for title, risks in (
        ("Without the controls", [hazard.before for hazard in hazards]),
        ("With the controls", [hazard.after for hazard in hazards]),
    ):
        yield from ("", f"{title}:", "")
        yield _row("likelihood / severity", *(level.name for level in matrix.severities))
        yield _row("---", *("---" for _ in matrix.severities))
        for likelihood in reversed(matrix.likelihoods):
            cells = [
                (
                    sum(
                        (risk.severity, risk.likelihood) == (severity.id, likelihood.id)
                        for risk in risks
                    ),
                    rating,
                )
                for severity, rating in zip(
                    matrix.severities, matrix.ratings[likelihood.id], strict=True
                )
            ]
            shown = (f"{count} ({rating})" if count else "" for count, rating in cells)
            yield _row(likelihood.name, *shown)
        by_rating = [
            f"{sum(matrix.rating(risk) == rating for risk in risks)} of rating {rating}"
            for rating in matrix.bands
        ]
        yield from ("", f"{'; '.join(by_rating)}.")
    yield ""


def _overview(log: HazardLog) -> Iterator[str]:
    yield from ("## Overview", "")
    yield from ("| hazard | | before | after | decision | owner |", "| --- " * 6 + "|")
    for hazard in log.hazards:
        if hazard.withdrawn:
            yield _row(hazard.id, hazard.title, "", "", "withdrawn", "")
            continue
        before, after = (log.matrix.rating(risk) for risk in (hazard.before, hazard.after))
        title = f"[{hazard.title}](#{hazard.id.lower()})"
        owner = log.frame.roles[hazard.owner].name
        yield _row(hazard.id, title, str(before), str(after), hazard.decision, owner)
    yield ""


def hazard_section(
    log: HazardLog, hazard: Hazard, link: Callable[[Reference], str]
) -> Iterator[str]:
    """Give the lines of one hazard: what it is, how it is rated, and its controls."""
    yield from (f'<a id="{hazard.id.lower()}"></a>', "", f"### {hazard.id} {hazard.title}", "")
    if hazard.withdrawn:
        yield from (f"Withdrawn: {_flowed(hazard.withdrawn)}", "")
    yield from (_flowed(hazard.hazard), "")
    yield from (f"- cause: {_flowed(cause)}" for cause in hazard.causes)
    yield f"- harm: {_flowed(hazard.who)}; {_flowed(hazard.harm)}"
    yield f"- without the controls: {_risk(log, hazard.before)}"
    yield f"- with the controls: {_risk(log, hazard.after)}"
    yield f"- what is left: {_flowed(hazard.residual)} **{hazard.decision}**"
    yield f"- owner: {log.frame.roles[hazard.owner].name}; known from: {', '.join(hazard.sources)}"
    yield from ("", "| control | | where | shown by |", "| --- " * 4 + "|")
    for control in hazard.controls:
        name = f"{hazard.id}/{control.id}"
        if control.withdrawn:
            yield _row(name, f"withdrawn: {_flowed(control.withdrawn)}", "", "")
            continue
        what = f"{_flowed(control.what)} ({control.kind})"
        where, shown = (
            "<br>".join(_linked(reference, link) for reference in references)
            for references in (control.at, control.evidence)
        )
        yield _row(name, what, where, shown)
    yield ""


def _linked(reference: Reference, link: Callable[[Reference], str]) -> str:
    path = link(reference)
    target = f"`{reference.target.replace('|', '/')}`"
    return f"{reference.kind} [{target}]({path})" if path else f"{reference.kind} {target}"


def _risk(log: HazardLog, risk: Rating) -> str:
    matrix = log.matrix
    severity = matrix.severity_name(risk.severity).lower()
    likelihood = matrix.likelihood_name(risk.likelihood).lower()
    return f"severity {severity}, likelihood {likelihood}, rating {matrix.rating(risk)}"


def _sources(log: HazardLog) -> Iterator[str]:
    yield from ("## Where the hazards are known from", "")
    yield from ("| | source | what it found |", "| --- | --- | --- |")
    for source in log.sources.values():
        title = f"{source.title}, {source.year}" if source.year else source.title
        if source.link:
            title = f"[{title}](https://{source.link})"
        yield _row(source.id, title, _flowed(source.says))
    yield ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _flowed(text: str) -> str:
    """Return text on one line."""
    return " ".join(text.split())
