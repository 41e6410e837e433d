"""A proof in words: for the terminal, and for the document that reviewers read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.proving.story import complaint, story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules_lib.knowledge_base import KnowledgeBase
    from rules_lib.proving.proof import Proof

BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


def report(kb: KnowledgeBase, proof: Proof, *, witnesses: bool = False) -> Iterator[str]:
    """Give the lines that the command prints."""
    seconds = proof.seconds
    yield f"{kb.id} {kb.version}: {len(kb.rules)} rules, {len(kb.findings)} findings and groups"
    count, parts = len(proof.properties), len(proof.outcomes)
    held = parts - len(proof.broken())
    if not count:
        yield "it promises nothing: there is no properties.yaml"
    else:
        yield (
            f"z3: {count} properties, {held} of {parts} parts proved in all states, "
            f"each premise with a witness, {seconds['z3']:.1f} s"
        )
        agreed = parts - len(proof.disputed())
        yield f"decision diagrams: {agreed} of {parts} parts alike, {seconds['diagrams']:.1f} s"
    faults = f"{len(proof.faults)} faults" if proof.faults else "none"
    yield f"dead, doubled, contradictory or idle rules: {faults}, {seconds['rules']:.1f} s"
    yield (
        f"random states, model against both engines: {proof.states}, "
        f"{len(proof.differences)} differences, {seconds['states']:.1f} s"
    )
    if proof.gaps:
        yield f"signs that conclude no urgency by themselves: {len(proof.gaps)}"
        yield f"  {', '.join(proof.gaps)}"
    yield from _failures(kb, proof)
    yield from _witnesses(kb, proof) if witnesses else ()


def _failures(kb: KnowledgeBase, proof: Proof) -> Iterator[str]:
    promised = {one.id: one for one in proof.properties}
    for outcome in proof.broken():
        about = promised[outcome.property]
        yield f"\nNOT PROVED {outcome.property}, part {outcome.part + 1} (line {about.line})"
        if outcome.counterexample is None:
            yield "No state fulfils its premise, so it promises nothing."
        else:
            yield complaint(kb, about, outcome.part, outcome.counterexample)
    for outcome in proof.disputed():
        said = "holds" if outcome.holds else "does not hold"
        yield f"\nDISPUTED {outcome.property}, part {outcome.part + 1}: by z3 it {said}"
    for fault in proof.faults:
        yield f"\n{fault.kind.upper()} rule '{fault.rule}': {fault.what}"
    for difference in proof.differences[:10]:
        yield f"\nDIFFERENCE {difference}"


def _witnesses(kb: KnowledgeBase, proof: Proof) -> Iterator[str]:
    for outcome in proof.outcomes:
        if outcome.witness is not None:
            yield f"\n{outcome.property}, part {outcome.part + 1}:"
            yield f"  {story(kb, outcome.witness)}"


def in_document(text: str, kb: KnowledgeBase, proof: Proof) -> str:
    """Return a document with what was proved between its marks; no times, so that it stays."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    figures = "\n".join(_figures(kb, proof))
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"


def _figures(kb: KnowledgeBase, proof: Proof) -> Iterator[str]:
    parts = len(proof.outcomes)
    yield ""
    yield (
        f"Of `{kb.id}` {kb.version}, {len(kb.rules)} rules: {len(proof.properties)} properties in "
        f"{parts} parts, {parts - len(proof.broken())} proved by z3, "
        f"{parts - len(proof.disputed())} found alike by decision diagrams; "
        f"{len(proof.faults)} dead, doubled, contradictory or idle rules; {proof.states} random "
        f"states compared with both engines, {len(proof.differences)} differences."
    )
    yield ""
    yield "| property | promises | parts | hazards |"
    yield "| --- | --- | --- | --- |"
    count: dict[str, int] = {}
    for outcome in proof.outcomes:
        count[outcome.property] = count.get(outcome.property, 0) + 1
    for one in proof.properties:
        yield f"| `{one.id}` | {one.says} | {count[one.id]} | {', '.join(one.hazards)} |"
    yield ""
    yield f"Signs that conclude no urgency by themselves: {', '.join(proof.gaps) or 'none'}."
    yield ""
